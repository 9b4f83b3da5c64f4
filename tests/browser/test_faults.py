"""What the page does when the server is in trouble."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import open_pad
from tests.browser.digits import DIGITS
from tests.browser.pad import Pad
from tests.browser.units import at_unit, picture
from tests.server import Server

PROXYS_PAGE = "<html><h1>400 Bad Request</h1></html>"


@pytest.fixture(autouse=True)
def complaints(page: Page) -> Iterator[list[str]]:
    """What the page's scripts threw and nobody caught: nothing, whatever the server does."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    yield found
    assert found == []


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that a test may stop, and starts again."""
    with Server(tmp_path_factory.mktemp("own") / "log") as server:
        yield server


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
    expect(pad.status).to_have_text(re.compile("^4"), timeout=30_000)
    expect(page.locator(".stale")).to_have_count(0)


@pytest.mark.parametrize(("status", "sentence"), [(500, "has a problem"), (503, "busy"), (429, "busy")])
def test_says_what_is_wrong_and_tries_again(pad: Pad, status: int, sentence: str) -> None:
    """An error or an overload is named in one line, and the drawing is read as soon as it can be."""
    pad.page.route("**/predict", lambda route: route.fulfill(status=status))
    pad.draw(DIGITS[8])
    expect(pad.status).to_have_text(re.compile(sentence))
    pad.page.unroute("**/predict")
    expect(pad.status).to_have_text(re.compile("^8"))


def test_a_reply_cut_in_half_is_no_answer(pad: Pad) -> None:
    """Half a message is an error like any other, not half a picture."""

    def cut(route: Route) -> None:
        body = route.fetch().body()
        route.fulfill(status=200, body=body[: len(body) // 2])

    pad.page.route("**/predict", cut)
    pad.draw(DIGITS[8])
    expect(pad.status).to_have_text(re.compile("has a problem"))
    pad.page.unroute("**/predict")
    expect(pad.status).to_have_text(re.compile("^8"))


def test_a_refused_drawing_is_explained(pad: Pad) -> None:
    """What the server refuses for good is said in its own sentence, and the next drawing is read."""
    pad.page.route("**/predict", lambda route: route.fulfill(status=400, json={"error": "Too many points."}))
    pad.draw(DIGITS[8][:1])
    expect(pad.status).to_have_text("Too many points.")
    pad.page.unroute("**/predict")
    pad.button("Undo").click()
    expect(pad.status).to_have_text("Draw a digit")


@pytest.mark.parametrize("body", [PROXYS_PAGE, "", "null", '{"error": 400}'])
def test_a_refusal_that_is_not_the_servers_own_is_no_last_word(pad: Pad, body: str) -> None:
    """A 400 without the server's sentence, as of a proxy, is trouble like any other: told, and asked again."""
    pad.page.route("**/predict", lambda route: route.fulfill(status=400, body=body))
    pad.draw(DIGITS[8])
    expect(pad.status).to_have_text(re.compile("has a problem"))
    pad.page.unroute("**/predict")
    expect(pad.status).to_have_text(re.compile("^8"))


def test_a_message_without_its_arrays_is_no_answer(pad: Pad) -> None:
    """A whole message that lacks an array which the page draws is trouble; the next one is read."""
    header = json.dumps({"digit": 8, "arrays": []}).encode()
    body = len(header).to_bytes(4, "little") + header
    pad.page.route("**/predict", lambda route: route.fulfill(status=200, body=body))
    pad.draw(DIGITS[8])
    expect(pad.status).to_have_text(re.compile("has a problem"))
    pad.page.unroute("**/predict")
    expect(pad.status).to_have_text(re.compile("^8"))


def in_seconds(seconds: float) -> Callable[[], str]:
    """A date so long after it is asked for, as Retry-After may have it: tests are collected long before they run."""
    return lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("wish", "least", "most"),
    [
        ("7", 5, 10),
        (in_seconds(600), 20, 40),
        (in_seconds(-600), 0.2, 3),
        ("Wed, 21 Oct 2105 07:28:00 GMT", 20, 40),
        ("9" * 400, 20, 40),
        ("soon", 0.2, 3),
    ],
    ids=["seconds", "date", "past", "next century", "endless", "nonsense"],
)
def test_the_server_is_left_alone_as_it_wishes(
    pad: Pad, wish: str | Callable[[], str], least: float, most: float
) -> None:
    """Retry-After is heeded as seconds and as a date, half a minute at most; nonsense is never a hot loop."""
    page = pad.page
    page.clock.install()
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503, headers={"Retry-After": wish if isinstance(wish, str) else wish()})

    page.route("**/predict", refuse)
    with page.expect_response("**/predict"):
        page.evaluate(
            """() => document.querySelector("#pad .sketchpad:has(> .paper)").dispatchEvent(
                new CustomEvent("strokes-set", { detail: { strokes: [[[140, 40], [140, 240]]], keep: true } }))"""
        )
    expect(pad.status).to_have_text(re.compile("busy"))
    page.clock.run_for(int(1000 * least))
    assert len(asked) == 1
    with page.expect_request("**/predict"):
        page.clock.run_for(int(1000 * (most - least)))


def test_kernels_that_do_not_come_are_told_and_asked_for_again(pad: Pad) -> None:
    """Both parts that show kernels open at once, say in a sentence why they are empty, and fill when they can."""
    page = pad.page
    blank = pad.pixels("Kernel of C1 map 0")
    page.route("**/kernels", lambda route: route.fulfill(status=500))
    parts = {"Kernels": page.locator(".kernels"), "Table I": page.locator("section.table")}
    for name, part in parts.items():
        page.get_by_role("button", name=name).click()
        expect(part.get_by_text("The server has a problem")).to_be_visible()
        expect(page.get_by_role("button", name=name)).to_have_attribute("aria-expanded", "true")
    page.unroute("**/kernels")
    for part in parts.values():
        expect(part.get_by_text("The server has a problem")).to_have_count(0)
    assert pad.pixels("Kernel of C1 map 0") != blank
    assert pad.pixels("Kernel from S2 map 0 to C3 map 0") != blank


@pytest.mark.parametrize(
    ("path", "words"),
    [("partial-maps", "Partial maps and sums"), ("unit", "tanh"), ("contributions", "The 3 leads")],
)
def test_a_panel_says_why_it_is_empty(drawn: Pad, path: str, words: str) -> None:
    """An answer that does not come is told of in the panel that waits for it, and shown when it can be had."""
    page = drawn.page
    page.route(f"**/{path}", lambda route: route.fulfill(status=503))
    if path == "partial-maps":
        page.get_by_role("button", name="Table I").click()
        part = page.locator("section.table")
    elif path == "unit":
        picture(page, "C1 map 0").click(position=at_unit(page, "C1 map 0", 3, 4, 28))
        part = page.locator(".sum")
    else:
        page.get_by_role("button", name="Why?").click()
        part = page.locator(".contributions")
    expect(part.get_by_text("The server is busy")).to_be_visible()
    page.unroute(f"**/{path}")
    expect(part.get_by_text(words).first).to_be_visible()
    expect(part.get_by_text("The server is busy")).to_have_count(0)


def test_late_kernels_open_nothing(pad: Pad) -> None:
    """What a link opened and another one closed stays closed when its kernels come at last."""
    page = pad.page
    held: list[Route] = []
    page.route("**/kernels", lambda route: held.append(route))
    with page.expect_request("**/kernels"):
        page.evaluate("location.hash = 'kernels=c1&table=5.1'")
    page.evaluate("location.hash = ''")
    parts = page.locator(".kernels, section.table")
    expect(parts.filter(visible=True)).to_have_count(0)
    with page.expect_response("**/kernels"):
        held[0].continue_()
    page.wait_for_function(
        "() => document.querySelector('.kernel-scale').textContent + document.querySelector('.kernels .note').textContent"
    )
    expect(parts.filter(visible=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Kernels")).to_have_attribute("aria-expanded", "false")


def test_a_slow_answer_is_no_stale_answer(pad: Pad) -> None:
    """While an answer is long in coming the page says so and shows no older one; then it is shown."""
    pad.draw(DIGITS[8])
    expect(pad.status).to_have_text(re.compile("^8"))
    held: list[Route] = []
    pad.page.route("**/predict", lambda route: held.append(route))
    pad.button("Undo").click()
    expect(pad.status).to_have_text(re.compile("slow.*drawing is kept"))
    assert [pad.meter(digit) for digit in range(10)] == [0] * 10
    held[0].continue_()
    pad.page.unroute("**/predict")
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
