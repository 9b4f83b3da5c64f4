"""The demo, started as a visitor of the README would start it, and a real Chromium in front of it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from demo.scripts import ENTRIES
from tests.browser.digits import DIGITS
from tests.browser.pad import Pad
from tests.covered import Covered
from tests.server import Server

CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --no-proxy-server"
)
# Playwright has Chromium share memory through files on the disk, as in a container whose /dev/shm is small.
LARGE = os.path.exists("/dev/shm") and shutil.disk_usage("/dev/shm").free > 2**30
UNWANTED = ["--disable-dev-shm-usage"] if LARGE else []
# The system's Chromium where there is one, else Playwright's own; it asks nobody for anything by itself. The headless
# shell is the same engine without windows, menus and services around it: a page opens at half the cost.
CHROMIUM: dict[str, Any] = {
    "executable_path": shutil.which("chromium-headless-shell") or shutil.which("chromium"),
    "args": CHROMIUM_FLAGS.split(),
    "ignore_default_args": UNWANTED,
}

expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo, shared by all tests that leave it running."""
    with Server(tmp_path_factory.mktemp("server") / "log") as server:
        yield server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How pytest-playwright starts the browser."""
    return {**browser_type_launch_args, **CHROMIUM}


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Iterator[Browser]:
    """Chromium; make coverage names a folder for what it runs of the page's scripts."""
    folder = os.environ.get("COVERED_SCRIPTS")
    covered = Covered(browser, Path(folder)) if folder else None
    yield browser
    if covered:
        covered.save()


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
    # The page looks the same before its scripts have come.
    expect(page.locator("[data-live]")).to_have_count(len(ENTRIES))
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


@pytest.fixture
def seven(pad: Pad) -> Page:
    """The Experiment view with a 7 on the pad."""
    pad.draw(DIGITS[7])
    expect(pad.status).to_have_text(re.compile("^7"))
    pad.page.get_by_role("tab", name="Experiment").click()
    return pad.page
