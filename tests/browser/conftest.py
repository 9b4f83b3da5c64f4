"""The demo, started as a visitor of the README would start it, and a real Chromium in front of it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.digits import DIGITS
from tests.browser.pad import Pad

ROOT = Path(__file__).parents[2]
CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)

expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong


class Server:
    """`python app.py`, or another command, on a port of its own; can be stopped and started again."""

    cwd = ROOT

    def __init__(self, log: Path, *command: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.log = log
        self.command = [sys.executable, *(command or ["app.py"])]
        self.environment = {**os.environ, "GRADIO_SERVER_PORT": str(self.port)}
        self.start()

    def start(self) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.cwd, env=self.environment, stdout=log, stderr=log
            )
        while not self.answers():
            assert self.process.poll() is None, self.log.read_text()

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=60):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo, shared by all tests that leave it running."""
    server = Server(tmp_path_factory.mktemp("server") / "log")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium where there is one, else Playwright's own."""
    return {
        **browser_type_launch_args,
        "executable_path": shutil.which("chromium"),
        "args": CHROMIUM_FLAGS.split(),
    }


@pytest.fixture
def violations(page: Page) -> Iterator[list[str]]:
    """What the page tried and its Content-Security-Policy forbade; a test that provokes some clears it."""
    found: list[str] = []
    page.on(
        "console", lambda message: found.append(message.text) if "Security Policy" in message.text else None
    )
    yield found
    assert found == []


@pytest.fixture
def pad(server: Server, page: Page, violations: list[str]) -> Pad:
    """The page, open in a browser window of a projector's size; whatever is done, its policy allows it."""
    page.set_viewport_size({"width": 1280, "height": 720})
    return open_pad(page, server.url)


def open_pad(page: Page, url: str) -> Pad:
    """Open the page and wait until its first answer is there."""
    page.goto(url)
    pad = Pad(page)
    expect(page.get_by_role("img", name="C1 map 5")).to_be_visible()
    expect(pad.status).to_have_text("Draw a digit")
    return pad


def objections(page: Page) -> dict[str, list[str]]:
    """What axe-core objects to on the page as it is now: elements, the first three, by the rule's name."""
    violations = Axe().run(page).response["violations"]
    return {rule["id"]: [node["html"] for node in rule["nodes"]][:3] for rule in violations}


@pytest.fixture
def drawn(pad: Pad) -> Pad:
    """The page with a 3 on it."""
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    return pad
