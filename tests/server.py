"""The demo in a process of its own, from its start to its stop, and nothing of Gradio or a browser in ours."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import httpx

from tests.process import Process

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens at, from below those that the system gives to any connection meanwhile."""
    while True:
        port = random.SystemRandom().randrange(10_000, 32_768)
        with socket.socket() as free, suppress(OSError):
            free.bind((HOST, port))
            return port


class Server:
    """`python app.py`, or another command, on a port of its own; can be stopped and started again."""

    cwd = ROOT

    def __init__(self, log: Path, *command: str) -> None:
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}/"
        self.log = log
        self.command = [sys.executable, *(command or ["app.py"])]
        self.environment = {**os.environ, "GRADIO_SERVER_PORT": str(self.port)}
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the process and wait until it answers."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.cwd, env=self.environment, stdout=log, stderr=log
            )
        wait_for_answer(self.url, self.process, self.log)

    def stop(self) -> None:
        """End the process, politely."""
        self.process.terminate()
        self.process.wait()

    def kill(self) -> None:
        """End the process as a crash does."""
        self.process.kill()
        self.process.wait()

    def megabytes(self) -> float:
        """The process's resident memory; only Linux tells."""
        return Process(self.process.pid).megabytes()


def wait_for_answer(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a GET of `url` is answered, whatever with; AssertionError where `process` ends before."""
    while True:
        try:
            httpx.get(url, timeout=60)
            return
        except httpx.TransportError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.02)  # the cores are needed by what is starting


@contextmanager
def served(*command: str) -> Iterator[Server]:
    """A server while the block runs; its log goes with it."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "log", *command) as server:
        yield server
