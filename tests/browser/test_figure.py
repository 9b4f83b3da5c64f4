"""The page as the paper's figure: its columns, its lines, its ribbons, and what it says before the first stroke."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from lenet import classify
from lenet.model import TABLE_I
from lenet.prediction import shipped
from tests.browser.conftest import open_pad
from tests.browser.digits import DIGITS
from tests.browser.pad import Pad
from tests.browser.units import at_unit, picture, strokes
from tests.server import Server

ORDER = ("input", "c1", "s2", "c3", "s4", "c5", "f6")
# Lines by what they join: their ends, and the boxes of the parts, all in px of the window.
JOINED = """() => {
    const origin = document.querySelector("#figure").getBoundingClientRect();
    const box = (part) => { const b = part.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; };
    const boxes = (name) => name === "softmax"
        ? [...document.querySelectorAll(".bar .name")].map(box)
        : [...document.querySelectorAll(`[data-layer=${name}] .maps canvas`)].map(box);
    return [...document.querySelectorAll(".lines path[data-link]")].filter((path) => path.getAttribute("d"))
        .map((path) => {
            const [from, to] = path.dataset.link.split("-");
            const ends = path.getAttribute("d").split("M").filter(Boolean).map((one) => {
                const n = one.match(/-?[\\d.]+/g).map(Number);
                return [n[0] + origin.left, n[1] + origin.top, n.at(-2) + origin.left, n.at(-1) + origin.top];
            });
            return { from, to, ends, sources: boxes(from), targets: boxes(to) };
        });
}"""


@pytest.mark.parametrize(
    ("width", "height"), [(1024, 640), (1280, 720), (1366, 768), (1920, 1080), (2560, 1440)]
)
def test_the_figure_fills_the_window(drawn: Pad, width: int, height: int) -> None:
    """From the pad over the layers to the bars all stands side by side, as large as the window, and nothing scrolls."""
    page = drawn.page
    page.set_viewport_size({"width": width, "height": height})
    parts = [page.locator("#pad"), *(page.locator(f"[data-layer={name}] .maps") for name in ORDER[1:])]
    boxes = [part.bounding_box() for part in [*parts, page.locator(".bars")]]
    assert all(boxes)
    for one, other in pairwise(box for box in boxes if box):
        assert one["x"] + one["width"] < other["x"]
    figure = page.locator("#figure").bounding_box()
    assert figure and figure["width"] >= 0.94 * width and figure["height"] >= 0.88 * height
    overflow = "(({ scrollWidth: w, scrollHeight: h }) => [w - innerWidth, h - innerHeight])(document.documentElement)"
    assert page.evaluate(overflow) == [0, 0]
    maps = page.locator(".maps canvas").evaluate_all(
        "all => all.reduce((sum, one) => sum + one.getBoundingClientRect().width * one.getBoundingClientRect().height, 0)"
    )
    if (width, height) == (1280, 720):
        assert maps >= 0.25 * figure["width"] * figure["height"]


def on_edge(x: float, y: float, box: list[float]) -> bool:
    """Whether a point lies on a box's edge, within a pixel and a half."""
    left, top, right, bottom = box
    inside = left - 1.5 <= x <= right + 1.5 and top - 1.5 <= y <= bottom + 1.5
    return inside and min(abs(x - left), abs(x - right), abs(y - top), abs(y - bottom)) <= 1.5


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 640), (390, 844)])
def test_lines_end_at_what_they_join(drawn: Pad, width: int, height: int) -> None:
    """C1 to S2 and C3 to S4 one to one, S2 to C3 by Table I, and each line from the edge of a part to that of another."""
    page = drawn.page
    page.set_viewport_size({"width": width, "height": height})
    wanted = {
        ("c1", "s2"): [(i, i) for i in range(6)],
        ("s2", "c3"): [(source, map) for map, sources in enumerate(TABLE_I) for source in sources],
        ("c3", "s4"): [(i, i) for i in range(16)],
        ("input", "c1"): [(0, i) for i in range(6)],
        ("s4", "c5"): [(i, 0) for i in range(16)],
    }

    def wrong() -> list[str]:
        groups = page.evaluate(JOINED)
        found = []
        for group in groups:
            key = group["from"], group["to"]
            pairs = wanted.pop(key, None) if key not in seen else seen[key]
            if pairs is None:
                continue
            seen[key] = pairs
            if len(group["ends"]) != len(pairs):
                found.append(f"{key}: {len(group['ends'])} lines")
                continue
            for (source, target), (x, y, end_x, end_y) in zip(pairs, group["ends"], strict=True):
                if not on_edge(x, y, group["sources"][source]):
                    found.append(f"{key} {source} {target} begins at {x}, {y}")
                if not on_edge(end_x, end_y, group["targets"][target]):
                    found.append(f"{key} {source} {target} ends at {end_x}, {end_y}")
        return found

    seen: dict[Any, Any] = {}
    # They follow the window's new size in its next frame.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert wrong() == []
    assert not wanted


def expect_ribbons(page: Page, count: int) -> list[dict[str, Any]]:
    """The ribbons, as soon as there are so many: their source, what it adds, and how they look."""
    found = page.wait_for_function(
        """(count) => {
            const all = [...document.querySelectorAll(".ribbons [data-added]")];
            if (all.length !== count) return null;
            const origin = document.querySelector("#figure").getBoundingClientRect();
            return all.map((one) => {
                const n = one.getAttribute("d").match(/-?[\\d.]+/g).map(Number);
                return {
                    source: Number(one.dataset.source), added: Number(one.dataset.added),
                    width: Number(one.getAttribute("stroke-width")), kind: one.getAttribute("class"),
                    start: [n[0] + origin.left, n[1] + origin.top],
                    end: [n.at(-2) + origin.left, n.at(-1) + origin.top],
                };
            });
        }""",
        arg=count,
    )
    ribbons: list[dict[str, Any]] = found.json_value()
    return ribbons


def expect_honest(ribbons: list[dict[str, Any]]) -> None:
    """Widths are as the sizes of what is added, and the looks as its signs."""
    most = max(abs(ribbon["added"]) for ribbon in ribbons)
    widest = max(ribbon["width"] for ribbon in ribbons)
    for ribbon in ribbons:
        assert ribbon["width"] == pytest.approx(max(1, widest * abs(ribbon["added"]) / most), abs=0.01)
        assert ribbon["kind"] == ("takes" if ribbon["added"] < 0 else "adds")


def edges(page: Page, name: str) -> list[float]:
    """Left, top, right and bottom of a picture."""
    box = picture(page, name).bounding_box()
    assert box
    return [box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]]


def test_ribbons_show_what_each_s2_map_adds(drawn: Pad) -> None:
    """To a C3 unit pointed at, from just the maps of Table I, with the sums of their own patch times kernel."""
    page = drawn.page
    map, row, column = 9, 3, 6
    picture(page, f"C3 map {map}").hover(position=at_unit(page, f"C3 map {map}", row, column, 10))
    ribbons = expect_ribbons(page, len(TABLE_I[map]))
    s2 = classify(strokes(page), 20).maps["s2"].astype(float)
    kernels = shipped().c3.kernels()[map].detach().double().numpy()
    assert {ribbon["source"] for ribbon in ribbons} == set(TABLE_I[map])
    for ribbon in ribbons:
        source = ribbon["source"]
        by_hand = sum(
            s2[source, row + i, column + j] * kernels[source, i, j] for i in range(5) for j in range(5)
        )
        assert ribbon["added"] == pytest.approx(by_hand, abs=1e-3)
        assert on_edge(ribbon["start"][0], ribbon["start"][1], edges(page, f"S2 map {source}"))
        assert on_edge(ribbon["end"][0], ribbon["end"][1], edges(page, f"C3 map {map}"))
    expect_honest(ribbons)
    largest = max(abs(ribbon["added"]) for ribbon in ribbons)
    expect(page.locator(".told-of-ribbons")).to_contain_text(f"the widest: {largest:.2f}.")


def test_a_bar_shows_the_f6_units_that_speak_for_and_against_it(drawn: Pad) -> None:
    """The eight that add most to its logit, each from its own cell of F6; at rest the answer has some of its own."""
    page = drawn.page
    f6 = classify(strokes(page), 20).maps["f6"].astype(float)
    weight = shipped().output.weight.detach().double().numpy()
    expect_honest(expect_ribbons(page, 5))
    for digit in (3, 8):
        page.get_by_role("meter", name=str(digit)).hover()
        ribbons = expect_ribbons(page, 8)
        by_hand = [f6[unit] * weight[digit, unit] for unit in range(84)]
        largest = sorted(range(84), key=lambda unit: -abs(by_hand[unit]))[:8]
        assert [ribbon["source"] for ribbon in ribbons] == largest
        left, top, right, bottom = edges(page, "F6 units")
        for ribbon in ribbons:
            assert ribbon["added"] == pytest.approx(by_hand[ribbon["source"]], abs=1e-3)
            line, column = divmod(ribbon["source"], 7)
            assert ribbon["start"][0] == pytest.approx(left + (column + 0.5) * (right - left) / 7, abs=1.5)
            assert ribbon["start"][1] == pytest.approx(top + (line + 0.5) * (bottom - top) / 12, abs=1.5)
        expect_honest(ribbons)


def test_pointing_along_a_map_asks_once(drawn: Pad) -> None:
    """What is added to a map's units is asked for once, however many of them the pointer goes over."""
    page = drawn.page
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/added") and '"c3"' in (request.post_data or ""):
            asked.append(request.url)

    page.on("request", note)
    for column in range(10):
        picture(page, "C3 map 3").hover(position=at_unit(page, "C3 map 3", 4, column, 10))
        expect_ribbons(page, len(TABLE_I[3]))
    assert len(asked) == 1


def test_maps_are_quiet_before_the_first_stroke(pad: Pad) -> None:
    """Until something is drawn the maps stand back; with the first stroke they are there."""
    opacity = (
        "() => [...document.querySelectorAll('.maps canvas')].map((one) => +getComputedStyle(one).opacity)"
    )
    pad.page.wait_for_function(f"({opacity})().every((one) => one <= 0.25)")
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    pad.page.wait_for_function(f"({opacity})().every((one) => one === 1)")


def test_an_empty_pad_invites(server: Server, page: Page) -> None:
    """After two seconds of nothing a faint example draws itself; the first touch takes it away for good."""
    page.clock.install()
    pad = open_pad(page, server.url)
    invitation = page.locator(".invitation")
    expect(invitation).to_have_text("Draw a digit here")
    page.clock.run_for(2000)
    expect(invitation.locator("path")).to_have_count(1)
    pad.press([(60, 60)])
    expect(invitation).to_have_count(0)
    page.mouse.up()
    pad.button("Clear").click()
    expect(pad.status).to_have_text("Draw a digit")
    page.clock.run_for(3000)
    expect(invitation).to_have_count(0)


def test_a_phone_keeps_the_answer_in_sight(drawn: Pad) -> None:
    """Scrolled to the layers, the drawing and the answer stand small at the upper edge; with the pad they go."""
    page = drawn.page
    page.set_viewport_size({"width": 390, "height": 844})
    glance = page.locator(".glance")
    expect(glance).to_be_hidden()
    page.evaluate("scrollTo(0, 1200)")
    expect(glance).to_be_visible()
    expect(glance.locator("strong")).to_have_text("3")
    box = glance.bounding_box()
    assert box and box["y"] == 0 and box["height"] < 60
    inked = "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((b) => b > 0)"
    assert glance.locator("canvas").evaluate(inked)
    page.evaluate("scrollTo(0, 0)")
    expect(glance).to_be_hidden()


def test_play_runs_along_the_lines(drawn: Pad) -> None:
    """A pulse runs along each line that leads to the layer played; with a sum open it goes through its parts."""
    page = drawn.page
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 60_000"))  # else it goes on by itself on a busy machine
    play = page.get_by_role("button", name="Play the layers")
    play.click()
    for count in (0, 0, 6, 6, 60, 16, 16, 12, 10):
        expect(page.locator(".pulses path")).to_have_count(count)
        page.clock.run_for(1600)
    expect(page.locator(".pulses path")).to_have_count(0)
    picture(page, "C1 map 2").click(position=at_unit(page, "C1 map 2", 10, 12, 28))
    expect(page.locator(".sum .result b")).to_have_text(re.compile(r"\d"))
    play.click()
    for label in ("patch", "kernel", "products"):
        expect(page.locator(".sum .lit")).to_have_attribute("aria-label", label)
        page.clock.run_for(1600)
    page.keyboard.press("Escape")
    expect(page.locator(".lit")).to_have_count(0)
    expect(page.locator(".sum")).to_be_visible()
