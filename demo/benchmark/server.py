"""The demo in a process of its own, from its start to its stop."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from demo.benchmark.drawings import DIGITS, body
from demo.benchmark.report import ROOT, BenchmarkError
from demo.benchmark.wire import HOST

APP = ("app.py",)
BASELINE = ("-m", "demo.benchmark.baseline")
PATIENCE = 120  # s until a server that does not answer counts as broken


class Server:
    """`python app.py`, or another command, on a free port; entered when it has answered its first update."""

    def __init__(self, *command: str) -> None:
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}/"
        self._command = [sys.executable, *(command or APP)]
        self.seconds_to_answer = float("nan")

    def __enter__(self) -> Self:
        self.start()
        return self

    def start(self) -> None:
        """Start the process, also anew on the same port, and wait for its first answer."""
        environment = {
            **os.environ,
            "GRADIO_SERVER_NAME": HOST,
            "GRADIO_SERVER_PORT": str(self.port),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        }
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - stop and kill close it
        begin = time.perf_counter()
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, env=environment, stdout=self._log, stderr=self._log
        )
        try:
            while not self._answers():
                if self._process.poll() is not None or time.perf_counter() - begin > PATIENCE:
                    raise BenchmarkError(f"The server did not start: {self._last_words()}")
                time.sleep(0.01)
        except BaseException:
            self.stop()
            raise
        self.seconds_to_answer = time.perf_counter() - begin

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process, politely first."""
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def kill(self) -> None:
        """End the process as a crash does."""
        self._process.kill()
        self._process.wait()
        self._log.close()

    def megabytes(self) -> float:
        """The process's resident memory."""
        status = Path(f"/proc/{self._process.pid}/status").read_text("utf-8")
        found = re.search(r"VmRSS:\s*(\d+) kB", status)
        return int(found[1]) / 1024 if found else float("nan")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            connection.request("POST", "/update", body(list(DIGITS[7])))
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"it said nothing and left {self._process.poll()}"
