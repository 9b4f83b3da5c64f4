"""The smallest change in the Experiment view: what is shown is what the library found."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from lenet import classify, smallest_change, smallest_change_of_pixels
from tests.browser.digits import DIGITS
from tests.browser.experiment import chosen, drawing, expect_figure
from tests.browser.pad import Pad


@pytest.fixture
def asked(seven: Page) -> Page:
    """The view with a 7 on the pad, about to be asked for a 3."""
    chosen(seven).select_option("the smallest change")
    seven.get_by_label("Digit to become").select_option("3")
    return seven


def find(page: Page) -> None:
    """Press the button."""
    page.get_by_role("button", name="Find the smallest change").click()


def expect_lines(page: Page, kind: str, strokes: Any) -> None:
    """Wait until the old or the new lines of the picture have these points."""
    page.wait_for_function(
        """([kind, expected]) => {
            const lines = [...document.querySelectorAll(`.over .${kind} polyline`)].map(({ points }) => [...points]);
            return lines.length === expected.length && lines.every((line, i) => line.length === expected[i].length &&
                line.every(({ x, y }, j) => Math.hypot(x - expected[i][j][0], y - expected[i][j][1]) < 0.11));
        }""",
        arg=[kind, [np.asarray(stroke).tolist() for stroke in strokes]],
    )


def test_old_and_new_lie_over_each_other(asked: Page) -> None:
    """Found, the picture has the drawing and the moved strokes, the figure reads these, and the words say how much."""
    strokes, pen_width = drawing(asked)
    find(asked)
    expected = smallest_change(strokes, 3, pen_width)
    pixels = smallest_change_of_pixels(strokes, 3, pen_width)
    expect_lines(asked, "old", expected.strokes)
    expect_lines(asked, "new", expected.moved)
    expect_figure(asked, classify(expected.moved, pen_width))
    expect(asked.get_by_role("status")).to_have_text(re.compile("3"))
    expect(asked.locator(".smallest .words")).to_have_text(
        f"It reads 3 when the strokes are moved by {100 * expected.mean:.1f} % of the drawing's size on average, and "
        f"by {100 * expected.largest:.1f} % at most. Pixels need other changes: {100 * pixels.changed:.1f} % of the "
        f"ink in all, {100 * pixels.largest:.1f} % in the one that changes most."
    )
    expect(asked.locator(".smallest .note")).to_contain_text("gradient")


def test_it_is_played_from_the_one_to_the_other(asked: Page) -> None:
    """On the slider lies all between the two, read as it is there; Play goes all the way, Escape stops it."""
    strokes, pen_width = drawing(asked)
    find(asked)
    way = asked.get_by_label("How far moved")
    expect(way).to_have_value("40")
    expected = smallest_change(strokes, 3, pen_width)
    way.fill("10")
    quarter = [a + (b - a) / 4 for a, b in zip(expected.strokes, expected.moved, strict=True)]
    expect_lines(asked, "new", quarter)
    expect_figure(asked, classify(quarter, pen_width))
    way.fill("0")
    expect_figure(asked, classify(strokes, pen_width))
    play = asked.locator(".smallest .play")
    play.click()
    expect(play).to_have_text("▶ Play")
    expect(way).to_have_value("40")
    expect_figure(asked, classify(expected.moved, pen_width))
    way.fill("0")
    play.click()
    asked.keyboard.press("Escape")
    expect(play).to_have_text("▶ Play")
    assert way.input_value() != "40"


def test_another_drawing_drops_what_was_found(pad: Pad, asked: Page) -> None:
    """A change belongs to its drawing: with another stroke it is gone, and the figure reads what is drawn."""
    find(asked)
    expect(asked.get_by_label("How far moved")).to_have_value("40")
    pad.draw([[(100, 150), (180, 150)]])
    expect(asked.get_by_label("How far moved")).to_be_disabled()
    strokes, pen_width = drawing(asked)
    expect_figure(asked, classify(strokes, pen_width))
    expect_lines(asked, "old", strokes)
    expect(asked.locator(".over .new polyline")).to_have_count(0)


def test_a_search_can_be_cancelled(asked: Page) -> None:
    """While it is looked for, a bar says so; Cancel ends the request, and an answer that comes later is not shown."""
    held: list[Route] = []
    asked.route("**/smallest-change", lambda route: held.append(route))
    find(asked)
    expect(asked.get_by_role("progressbar", name="Searching")).to_be_visible()
    expect(asked.locator(".smallest .words")).to_have_text("Searching …")
    with asked.expect_event("requestfailed", lambda request: request.url.endswith("/smallest-change")):
        asked.get_by_role("button", name="Cancel").click()
    expect(asked.get_by_role("progressbar", name="Searching")).to_be_hidden()
    expect(asked.get_by_role("button", name="Find the smallest change")).to_be_focused()
    expect(asked.locator(".smallest .words")).to_have_text(re.compile("^Which digit should it become"))
    assert len(held) == 1


def test_it_says_when_it_finds_none(asked: Page) -> None:
    """Where the server finds no change, the page says so and shows the drawing as it is."""
    strokes, pen_width = drawing(asked)
    answer = {
        "found": False,
        "mean": 0,
        "largest": 0,
        "strokes": strokes,
        "moved": strokes,
        "pixels": {"found": False, "changed": 0, "largest": 0, "input": [0] * 1024, "difference": [0] * 1024},
    }
    asked.route("**/smallest-change", lambda route: route.fulfill(body=json.dumps(answer)))
    find(asked)
    expect(asked.locator(".smallest .words")).to_have_text(
        "No change of the strokes was found that makes it a 3 and not another drawing. "
        "No change of the pixels was found, either."
    )
    expect(asked.get_by_label("How far moved")).to_be_disabled()
    expect_figure(asked, classify(strokes, pen_width))


def test_it_says_when_nothing_is_to_be_changed(asked: Page) -> None:
    """Asked for the digit that it reads already, it says so."""
    asked.get_by_label("Digit to become").select_option("7")
    find(asked)
    expect(asked.locator(".smallest .words")).to_have_text("It reads 7 already.")


def test_a_busy_server_is_asked_again(asked: Page) -> None:
    """Refused for now, the search says so and goes on until it is answered."""
    tries: list[Route] = []

    def answer(route: Route) -> None:
        tries.append(route)
        if len(tries) == 1:
            route.fulfill(status=429, body='{"error": "Too much."}')
        else:
            route.continue_()

    asked.route("**/smallest-change", answer)
    find(asked)
    expect(asked.locator(".smallest .problem")).to_have_text(re.compile("^The server is busy"))
    expect(asked.locator(".smallest .words")).to_contain_text("It reads 3 when")
    expect(asked.locator(".smallest .problem")).to_be_empty()


def test_a_link_opens_what_was_found(pad: Pad) -> None:
    """After # stand the digit and how far: the search is made again for who opens it with a drawing."""
    page = pad.page
    pad.draw(DIGITS[7])
    expect(pad.status).to_have_text(re.compile("^7"))
    page.evaluate("location.hash = '#tab=experiment&try=smallest.3.10'")
    expect(page.locator(".smallest .words")).to_contain_text("It reads 3 when")
    expect(page.get_by_label("How far moved")).to_have_value("10")
    page.evaluate("location.hash = '#tab=experiment&try=smallest.33'")
    expect(page.locator("#told")).to_have_text("This page cannot show what this link wants to open.")
