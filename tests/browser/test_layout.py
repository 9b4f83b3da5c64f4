"""The page's layout: with any font, at any size of text, in contrast themes, while it loads, and under open panels."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Locator, Page, Route, expect

from tests.browser.conftest import open_pad
from tests.browser.digits import DIGITS
from tests.browser.pad import Pad
from tests.browser.units import picture
from tests.server import Server

WINDOWS = [(1280, 720), (1024, 768), (390, 844), (360, 640)]
FONTS = {
    "the system's": "",
    "8 % wider": "* { letter-spacing: .055em !important }",
    "DejaVu Sans": "* { font-family: 'DejaVu Sans' !important }",
}
# Every visible text below `root` as { text, whole, boxes: [[left, top, right, bottom], ...] }, a box a line; `whole`
# are those that stay on one line. Letters fill the middle of their line's box.
TEXTS = """(root) => {
    const whole = "button, select, .share, .name, small, figcaption, th, td, .ticks span, .steps *";
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node; (node = walker.nextNode()); ) {
        const parent = node.parentElement;
        const shown = node.data.trim() && parent.checkVisibility({ visibilityProperty: true });
        const clipped = getComputedStyle(parent).clipPath === "inset(50%)"; // for screen readers only
        if (!shown || clipped || parent.closest(".visually-hidden, .spoken, .glance, [popover], option, script, style")) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const boxes = [...range.getClientRects()].filter(({ width }) => width > 0);
        found.push({
            text: node.data.trim(),
            whole: parent.closest(whole) !== null,
            boxes: boxes.map(({ left, top, right, bottom, height }) =>
                [left, top + height / 5, right, bottom - height / 5]),
        });
    }
    return found;
}"""
BUTTONS = """(root) => [...root.querySelectorAll("button, select")].filter((one) => one.checkVisibility()).map((one) => {
    const { left, top, right, bottom } = one.getBoundingClientRect();
    return { text: one.textContent.trim(), boxes: [[left, top, right, bottom]], wide: one.scrollWidth > one.clientWidth };
})"""


def collide(one: list[float], other: list[float]) -> bool:
    """Whether two boxes share more than a pixel each way."""
    return all(min(one[i + 2], other[i + 2]) - max(one[i], other[i]) > 1 for i in (0, 1))


def flaws(root: Locator) -> list[str]:
    """What wraps that should not, lies on something else, or sticks out of its button or of the window."""
    texts: list[dict[str, Any]] = root.evaluate(TEXTS)
    buttons: list[dict[str, Any]] = root.evaluate(BUTTONS)
    width = root.evaluate("() => document.documentElement.clientWidth")
    found = [f"wraps: {one['text']}" for one in texts if one["whole"] and len(one["boxes"]) > 1]
    found += [f"does not fit: {one['text']}" for one in buttons if one["wide"]]
    for kind in (texts, buttons):
        boxes = [(one["text"], box) for one in kind for box in one["boxes"]]
        found += [f"leaves the window: {text}" for text, box in boxes if box[0] < -1 or box[2] > width + 1]
        for i, (text, box) in enumerate(boxes):
            found += [f"{text} lies on {other}" for other, under in boxes[:i] if collide(box, under)]
    for button in buttons:
        for text in texts:
            if text["text"] not in button["text"]:
                found += [
                    f"{text['text']} lies on the button {button['text']}"
                    for box in text["boxes"]
                    if collide(box, button["boxes"][0])
                ]
    return found


def expect_flawless(pad: Pad) -> None:
    """Nothing wraps or overlaps: drawn, with Kernels, with each panel, which is looked at by itself."""
    page = pad.page
    whole = page.locator(".contain").first
    expect(pad.status).to_have_text("Draw a digit")
    assert flaws(whole) == []
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile(r"^3 100\.0 %"))
    assert flaws(whole) == []
    page.get_by_role("button", name="Kernels").click()
    expect(page.locator(".kernels .note")).to_have_text(re.compile("own scale"))
    assert flaws(whole) == []
    page.get_by_role("button", name="Why?").click()
    expect(page.locator(".verdict")).to_contain_text("speaks for 3")
    assert flaws(page.locator(".contributions")) == []
    page.keyboard.press("Escape")
    for name in ("C1 map 0", "S2 map 0", "F6 units"):
        picture(page, name).click(position={"x": 3, "y": 3})
        expect(page.locator(".sum .result b")).to_have_text(re.compile(r"\d"))
        assert flaws(page.locator(".sum .bar-top")) == []
    page.keyboard.press("Escape")


@pytest.mark.parametrize(("width", "height"), WINDOWS)
@pytest.mark.parametrize("font", FONTS)
def test_any_font_fits(server: Server, page: Page, font: str, width: int, height: int) -> None:
    """No label wraps, no text lies on another or on a button, none leaves its button or the window."""
    page.set_viewport_size({"width": width, "height": height})
    pad = open_pad(page, server.url)
    page.add_style_tag(content=FONTS[font] or "* {}")
    expect_flawless(pad)


@pytest.fixture(scope="module")
def large_text(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """A browser that its reader has told to write twice as large as browsers do."""
    arguments = [*browser_type_launch_args["args"], "--blink-settings=defaultFontSize=32"]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield browser
    browser.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_text_twice_as_large_fits(server: Server, large_text: Browser, width: int, height: int) -> None:
    """The page writes as large as the reader's browser is told to, and nothing wraps or overlaps then."""
    page = large_text.new_page(viewport={"width": width, "height": height})
    pad = open_pad(page, server.url)
    sizes = "() => ['.share', '.why', 'header button', '.what p'].map((one) => " + (
        "parseFloat(getComputedStyle(document.querySelector(one)).fontSize))"
    )
    assert page.evaluate(sizes) == [28] * 4
    expect_flawless(pad)
    page.close()


def crop(page: Page, part: Locator) -> NDArray[np.uint8]:
    """The pixels (h, w, 3) of a part of the page."""
    return np.asarray(Image.open(io.BytesIO(part.screenshot())).convert("RGB"))


def ground(pixels: NDArray[np.uint8]) -> tuple[int, ...]:
    """The most frequent colour."""
    colours, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    return tuple(int(value) for value in colours[counts.argmax()])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_themes_keep_what_colour_tells(
    server: Server, browser: Browser, theme: Literal["light", "dark"]
) -> None:
    """With forced colours a bar still shows its share, the legend its three colours, the numbers their tints."""
    context = browser.new_context(
        forced_colors="active", color_scheme=theme, viewport={"width": 1280, "height": 720}
    )
    page = context.new_page()
    pad = open_pad(page, server.url)
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    page.mouse.move(640, 710)
    full, empty = (ground(crop(page, page.get_by_role("meter", name=digit))) for digit in ("3", "0"))
    assert np.abs(np.subtract(full, empty)).sum() > 150
    ramp = crop(page, page.locator(".ramp"))[5].astype(int)
    low, middle, high = ramp[3], ramp[len(ramp) // 2], ramp[-4]
    for one, other in ((low, middle), (middle, high), (low, high)):
        assert np.abs(one - other).sum() > 150
    picture(page, "C1 map 0").click()
    cells = page.locator(".grid[aria-label=kernel] td")
    expect(cells).to_have_count(25)
    assert len({ground(crop(page, cells.nth(number))) for number in range(25)}) > 8
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Table I").click()
    links = page.locator(".table td button")
    expect(links.first).to_have_class(re.compile("column"))
    chosen, other = (tuple(crop(page, links.nth(number))[4, 4]) for number in (0, 3))
    assert chosen != other
    context.close()


@pytest.mark.parametrize(("width", "height"), WINDOWS)
def test_nothing_moves_while_it_loads(server: Server, page: Page, width: int, height: int) -> None:
    """Every row, caption, button and bar stands where it will stand before the page's own scripts have come."""
    page.set_viewport_size({"width": width, "height": height})
    held: list[Route] = []
    let_go: list[bool] = []
    page.route("**/static/lenet/**.js", lambda route: route.continue_() if let_go else held.append(route))
    page.goto(server.url)
    parts = page.locator(
        "#pad .paper, h1, h2, header button, figcaption, .what p, .bars, .layer, .legend, .play"
    )
    expect(page.locator(".paper")).to_be_visible()
    expect(page.get_by_role("button", name="Play the layers")).to_be_visible()
    corners = """parts => parts.map((part) => {
        const { left, top, right, bottom } = part.getBoundingClientRect();
        return [part.textContent.trim().slice(0, 20) || part.className, left, top, right, bottom];
    })"""
    before = parts.evaluate_all(corners)
    let_go.append(True)
    for route in held:
        route.continue_()
    pad = Pad(page)
    expect(page.locator("[role=meter]")).to_have_count(10)
    pad.draw([[(140, 50), (140, 230)]])
    expect(pad.status).to_have_text(re.compile("^1"))
    now = {tuple(part[1:]) for part in parts.evaluate_all(corners)}
    assert [part for part in before if tuple(part[1:]) not in now] == []


@pytest.mark.parametrize(("width", "height"), [(360, 640), (375, 667), (390, 664), (360, 740), (412, 915)])
def test_a_phone_shows_pad_and_all_bars(server: Server, page: Page, width: int, height: int) -> None:
    """On an upright phone the whole pad and the ten bars with their per cents are on the first screen."""
    page.set_viewport_size({"width": width, "height": height})
    pad = open_pad(page, server.url)
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    assert page.evaluate("scrollY") == 0
    expect(pad.canvas).to_be_in_viewport(ratio=1)
    paper = pad.canvas.bounding_box()
    assert paper and paper["width"] >= 0.8 * width
    for share in page.locator(".share").all():
        expect(share).to_be_in_viewport(ratio=1)


def test_maps_with_more_cells_are_not_smaller(drawn: Pad) -> None:
    """In every window C1's maps are as large as C3's and S2's or larger, and C3's as S4's."""
    for width in (1440, 1280, 1024, 990, 768, 390):
        drawn.page.set_viewport_size({"width": width, "height": 800})
        maps = {name: picture(drawn.page, f"{name} map 0") for name in ("C1", "S2", "C3", "S4")}
        side = {name: round((one.bounding_box() or {"width": 0})["width"]) for name, one in maps.items()}
        assert side["C1"] >= max(side["S2"], side["C3"]), width
        assert side["C3"] >= side["S4"] > 0, width


def middle(page: Page, part: Locator) -> tuple[float, float]:
    """The middle of a part of the page that is in sight."""
    box = part.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize(
    ("width", "height"), [(1280, 720), (1920, 1080), (1366, 640), (1024, 768), (1024, 640)]
)
def test_no_panel_scrolls_a_wide_page(drawn: Pad, width: int, height: int) -> None:
    """Whatever is opened by mouse, the page stays where it is, and the panel lies beside what was clicked."""
    page = drawn.page
    page.set_viewport_size({"width": width, "height": height})
    sum_of = page.locator(".sum")
    opens: dict[Locator, Locator] = {
        picture(page, name): sum_of
        for name in ("C1 map 5", "S2 map 2", "C3 map 6", "S4 map 15", "C5 units", "F6 units")
    }
    opens[page.get_by_role("meter", name="9")] = sum_of
    opens[page.get_by_role("button", name="Why?")] = page.locator(".contributions")
    opens[page.get_by_role("button", name="Kernels")] = page.locator(".kernels")
    opens[page.get_by_role("button", name="Table I")] = page.locator(".table")
    for part, panel in opens.items():
        page.mouse.click(*middle(page, part))
        expect(panel).to_be_visible()
        if panel is sum_of:
            expect(panel.locator(".result b")).to_have_text(re.compile(r"\d"))
            page.wait_for_function("panel => panel.getAnimations().length === 0", arg=panel.element_handle())
        assert page.evaluate("document.documentElement.scrollHeight") <= height
        assert panel.evaluate("panel => [panel.scrollHeight - panel.clientHeight, panel.scrollLeft]") == [
            0,
            0,
        ]
        clicked, opened = part.bounding_box(), panel.bounding_box()
        assert clicked and opened
        beside = (
            clicked["x"] + clicked["width"] <= opened["x"] or opened["x"] + opened["width"] <= clicked["x"]
        )
        above, below = clicked["y"], clicked["y"] + clicked["height"]
        assert beside or below <= opened["y"] or opened["y"] + opened["height"] <= above
        page.keyboard.press("Escape")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (360, 640)])
def test_a_phone_shows_what_the_walking_kernel_reads(drawn: Pad, width: int, height: int) -> None:
    """Above the sum both the unit's map and the maps that it reads are in sight, at every step of the walk."""
    page = drawn.page
    page.set_viewport_size({"width": width, "height": height})
    panel = page.locator(".sum")
    title = panel.get_by_role("heading", level=2)
    reads = {"C1 map 0": "input", "S2 map 1": "c1", "C3 map 1": "s2", "S4 map 9": "c3"}
    for name, layer in reads.items():
        picture(page, name).click(position={"x": 4, "y": 4})
        expect(panel.locator(".result b")).to_have_text(re.compile(r"\d"))
        boxes = page.locator(f"[data-layer={layer}] .map > i:not([hidden]):not(.cross)")
        for _ in range(3):
            told = title.inner_text()
            panel.get_by_role("button", name="One step forward").click()
            expect(title).not_to_have_text(told)
            top = panel.bounding_box()
            assert top
            for box in [*boxes.all(), picture(page, name)]:
                seen = box.bounding_box()
                assert seen and seen["y"] >= 0 and seen["y"] + seen["height"] <= top["y"], name
        page.keyboard.press("Escape")


def test_a_sum_that_grows_moves_nothing_under_the_pen(drawn: Pad) -> None:
    """On a phone somebody draws on above an open sum: when it takes a line more, the pad stays where it is."""
    page = drawn.page
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "S4 map 9").click(position={"x": 4, "y": 4})
    panel = page.locator(".sum")
    expect(panel.locator(".result b")).to_have_text(re.compile(r"\d"))
    page.evaluate("scrollTo(0, 0)")
    before = panel.evaluate("panel => panel.offsetHeight")
    drawn.button("Clear").evaluate("button => button.click()")  # it lies below the panel
    drawn.draw(DIGITS[1])
    expect(drawn.status).to_have_text(re.compile("^1"))
    page.wait_for_function(
        "([panel, before]) => panel.offsetHeight > before", arg=[panel.element_handle(), before]
    )
    assert page.evaluate("scrollY") == 0


def open_nothing(page: Page) -> None:
    """Leave the page as it is."""


def open_sum(name: str) -> Callable[[Page], None]:
    """What opens the sum of a unit of a layer."""

    def click(page: Page) -> None:
        picture(page, name).click()
        expect(page.locator(".sum .result b")).to_have_text(re.compile(r"\d"))

    return click


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
@pytest.mark.parametrize("before", [open_nothing, open_sum("C1 map 0"), open_sum("F6 units")])
def test_a_message_covers_no_number(
    drawn: Pad, before: Callable[[Page], None], width: int, height: int
) -> None:
    """What the page says for some seconds lies neither on an open panel nor on the answer."""
    page = drawn.page
    page.set_viewport_size({"width": width, "height": height})
    before(page)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.resolve(); }")
    page.get_by_role("button", name="Copy link").evaluate("button => button.click()")
    told = page.locator("#told")
    expect(told).to_be_visible()
    message = told.bounding_box()
    assert message and message["y"] >= 0 and message["y"] + message["height"] <= height
    for part in page.locator(".panel:visible, .answer, .bars").all():
        box = part.bounding_box()
        assert box
        edges = (
            (one["x"], one["y"], one["x"] + one["width"], one["y"] + one["height"]) for one in (message, box)
        )
        assert not collide(*map(list, edges))
