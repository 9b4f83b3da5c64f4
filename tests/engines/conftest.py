"""The demo, and another browser than Chromium in front of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.scripts import ENTRIES
from tests.engines.engine import Engine, Firefox, WebKit
from tests.server import Server

ENGINES = {"firefox": Firefox, "webkit": WebKit}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo; who stops it starts it again."""
    with Server(tmp_path_factory.mktemp("server") / "log") as server:
        yield server


@pytest.fixture(scope="module", params=ENGINES)
def running(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One browser after the other."""
    with ENGINES[request.param]() as engine:
        yield engine


@pytest.fixture
def engine(running: Engine, server: Server) -> Engine:
    """The page, open and empty, with its first answer there."""
    running.open("about:blank")  # or a drawing kept in the tab, and what is after "#", would stay
    running.open(server.url)
    running.script("sessionStorage.clear(); return 0")
    running.open("about:blank")
    running.open(server.url)
    running.wait(f"return document.querySelectorAll('[data-live]').length === {len(ENTRIES)}")
    running.wait("return document.querySelector('[role=status]')?.textContent === 'Draw a digit'")
    return running
