"""What the page does when the server is in trouble."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Server, open_pad
from tests.browser.digits import DIGITS
from tests.browser.pad import Pad


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server that a test may stop."""
    server = Server(tmp_path / "log")
    yield server
    server.stop()


def test_survives_a_restart_in_mid_drawing(own_server: Server, page: Page) -> None:
    """With the server gone in mid-stroke the page says so and keeps the drawing; with it back, it reads."""
    pad = open_pad(page, own_server.url)
    first, second = DIGITS[4]
    pad.draw([first])
    pad.press(second[:2])
    own_server.stop()
    for point in second[2:]:
        page.mouse.move(*pad.at(point), steps=3)
    expect(pad.status).to_have_text(re.compile("No connection.*drawing is kept"))
    assert [pad.meter(digit) for digit in range(10)] == [0] * 10
    expect(page.locator(".stale [data-layer=c3]")).to_be_visible()
    page.mouse.up()
    own_server.start()
    expect(pad.status).to_have_text(re.compile("^4"), timeout=20_000)
    expect(page.locator(".stale")).to_have_count(0)


@pytest.mark.parametrize(("status", "sentence"), [(500, "has a problem"), (503, "busy"), (429, "busy")])
def test_says_what_is_wrong_and_tries_again(pad: Pad, status: int, sentence: str) -> None:
    """An error or an overload is named in one line, and the drawing is read as soon as it can be."""
    pad.page.route("**/update", lambda route: route.fulfill(status=status))
    pad.draw(DIGITS[8])
    expect(pad.status).to_have_text(re.compile(sentence))
    pad.page.unroute("**/update")
    expect(pad.status).to_have_text(re.compile("^8"))


def test_a_reply_cut_in_half_is_no_answer(pad: Pad) -> None:
    """Half a message is an error like any other, not half a picture."""

    def cut(route: Route) -> None:
        body = route.fetch().body()
        route.fulfill(status=200, body=body[: len(body) // 2])

    pad.page.route("**/update", cut)
    pad.draw(DIGITS[8])
    expect(pad.status).to_have_text(re.compile("has a problem"))
    pad.page.unroute("**/update")
    expect(pad.status).to_have_text(re.compile("^8"))


def test_a_refused_drawing_is_explained(pad: Pad) -> None:
    """What the server refuses for good is said in its own sentence, and the next drawing is read."""
    pad.page.route("**/update", lambda route: route.fulfill(status=400, json={"error": "Too many points."}))
    pad.draw(DIGITS[8][:1])
    expect(pad.status).to_have_text("Too many points.")
    pad.page.unroute("**/update")
    pad.button("Undo").click()
    expect(pad.status).to_have_text("Draw a digit")


def test_a_slow_answer_is_no_stale_answer(pad: Pad) -> None:
    """While an answer is long in coming the page says so and shows no older one; then it is shown."""
    pad.draw(DIGITS[8])
    expect(pad.status).to_have_text(re.compile("^8"))
    held: list[Route] = []
    pad.page.route("**/update", lambda route: held.append(route))
    pad.button("Undo").click()
    expect(pad.status).to_have_text(re.compile("slow.*drawing is kept"))
    assert [pad.meter(digit) for digit in range(10)] == [0] * 10
    held[0].continue_()
    pad.page.unroute("**/update")
    expect(pad.status).to_have_text("Draw a digit")


def test_a_phone_that_goes_offline_in_mid_stroke(pad: Pad) -> None:
    """Without a network the stroke goes on and is kept; with it back, the drawing is read at once."""
    first, second = DIGITS[4]
    pad.draw([first])
    pad.press(second[:2])
    pad.page.context.set_offline(True)
    for point in second[2:]:
        pad.page.mouse.move(*pad.at(point), steps=3)
    pad.page.mouse.up()
    expect(pad.status).to_have_text(re.compile("No connection.*drawing is kept"))
    pad.page.context.set_offline(False)
    expect(pad.status).to_have_text(re.compile("^4"))


def test_a_tab_that_slept_while_the_server_was_restarted(own_server: Server, page: Page) -> None:
    """A tab that the browser froze, for however long, wakes up with its drawing and goes on reading it."""
    pad = open_pad(page, own_server.url)
    first, second = DIGITS[4]
    pad.draw([first])
    devtools = page.context.new_cdp_session(page)
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    own_server.stop()
    own_server.start()
    devtools.send("Page.setWebLifecycleState", {"state": "active"})
    pad.draw([second])
    expect(pad.status).to_have_text(re.compile("^4"))


def test_a_laptop_that_slept_for_an_hour(own_server: Server, page: Page) -> None:
    """With an hour gone at once while the server was away, the page finds it again by itself."""
    page.clock.install()
    pad = open_pad(page, own_server.url)
    own_server.stop()
    pad.draw(DIGITS[8])
    expect(pad.status).to_have_text(re.compile("No connection.*drawing is kept"))
    page.clock.fast_forward("01:00:00")
    own_server.start()
    page.clock.fast_forward("00:10")
    expect(pad.status).to_have_text(re.compile("^8"))


def test_two_tabs_keep_apart(pad: Pad) -> None:
    """Two tabs of one browser each have their own drawing and answer, also after a reload."""
    other = open_pad(pad.page.context.new_page(), pad.page.url)
    for tab, digit in ((pad, 4), (other, 8)):
        tab.draw(DIGITS[digit])
    for tab, digit in ((pad, 4), (other, 8)):
        expect(tab.status).to_have_text(re.compile(f"^{digit}"))
        tab.page.reload()
        expect(tab.status).to_have_text(re.compile(f"^{digit}"))
