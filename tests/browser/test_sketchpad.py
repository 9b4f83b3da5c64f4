"""The sketchpad as a component in other people's Blocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pad import Pad
from tests.server import Server


@pytest.fixture
def other_page(tmp_path: Path, page: Page) -> Iterator[Page]:
    """A page of somebody else's with the pad in it."""
    server = Server(tmp_path / "log", "-m", "tests.browser.other_blocks")
    page.goto(server.url)
    yield page
    server.stop()


def test_value_travels_both_ways(other_page: Page) -> None:
    """Python's strokes are shown and can be undone; a stroke drawn arrives in Python as an array."""
    pad = Pad(other_page, "My pad")
    told = other_page.get_by_label("Told")
    expect(pad.canvas).to_be_visible()
    pad.expect_ink((140, 140))
    pad.draw([[(40, 40), (100, 40), (160, 40)]])
    expect(told).to_have_value("2 strokes, 2 columns")
    other_page.get_by_role("button", name="Fill").click()
    pad.expect_ink((140, 230))
    pad.expect_ink((100, 40), there=False)
    pad.button("Undo").click()
    pad.expect_ink((140, 230), there=False)
    pad.expect_ink((100, 40))
