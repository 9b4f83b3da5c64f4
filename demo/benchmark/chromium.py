"""A real Chromium without a window, and what it asks a page for."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from demo.benchmark.people import Asked
from demo.benchmark.report import BenchmarkError

try:
    from playwright.sync_api import Browser, CDPSession, Error, Page, Request, sync_playwright
except ImportError:
    raise BenchmarkError(
        "The benchmark needs Playwright: pip install --group dev, or make test, which sets it up."
    ) from None

OBSERVER = Path(__file__).with_name("observe.js")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --no-proxy-server"
)
QUIET = 1.0  # s without a finished request after which a page counts as loaded
PATIENCE = 60.0


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium where there is one, else Playwright's own."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS.split())
        except Error as problem:
            raise BenchmarkError(f"Chromium does not start: {problem.message.splitlines()[0]}") from None
        try:
            yield browser
        finally:
            browser.close()


def version() -> str:
    """The browser's version."""
    with chromium() as browser:
        return browser.version


@dataclass
class Load:
    """A page with nothing cached, and all that it asked for until it was quiet."""

    page: Page
    devtools: CDPSession
    requests: list[Request]
    transferred: int  # bytes, headers included
    hosts: set[str]


def open_page(browser: Browser, url: str) -> Load:
    """Open the page in a context of its own, with observe.js in it, and wait until it is quiet."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.add_init_script(path=OBSERVER)
    devtools = page.context.new_cdp_session(page)
    finished: list[Request] = []
    sizes: list[float] = []
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("requestfinished", lambda request: finished.append(request))
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    devtools.send("Network.enable")
    page.goto(url)
    page.wait_for_function(
        "observed.ready && observed.answered && observed.listening", timeout=1000 * PATIENCE
    )
    begin = changed = time.monotonic()
    while time.monotonic() - changed < QUIET and time.monotonic() - begin < PATIENCE:
        count = len(sizes)
        page.wait_for_timeout(100)
        if len(sizes) != count:
            changed = time.monotonic()
    hosts.discard("")  # data: and blob: ask nobody
    return Load(page, devtools, list(finished), int(sum(sizes)), hosts)


def asked_at_first_load(url: str) -> list[Asked]:
    """Every request of a first load that got a whole answer, in their order; the page itself comes first."""
    with chromium() as browser:
        requests = open_page(browser, url).requests
        asked = [
            Asked(one.method, one.url[len(url) - 1 :], one.post_data_buffer or b"")
            for one in requests
            if one.url.startswith(url)
        ]
    return sorted(asked, key=lambda one: one.path != "/")
