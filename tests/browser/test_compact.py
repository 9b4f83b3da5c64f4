"""The compact view, and the frames of docs/embedding.md on another site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_playwright import CreateContextCallback

from tests.browser.conftest import objections, open_pad
from tests.browser.digits import DIGITS
from tests.browser.other_site import other_site
from tests.browser.pad import Pad
from tests.server import ROOT, Server

PAGE = (ROOT / "docs" / "embedding.md").read_text("utf-8")
FRAMES = re.findall("```html\n(.*?)```", PAGE, re.DOTALL)
SIZES = [(600, 520), (600, 440), (480, 520), (360, 560)]


def open_compact(page: Page, url: str) -> Pad:
    """Open the compact view and wait until its first answer is there."""
    return open_pad(page, f"{url}#view=compact")


def overflow(page: Page) -> list[int]:
    """By how many pixels the page is wider and higher than its window."""
    return page.evaluate(
        "(({ scrollWidth: w, scrollHeight: h }) => [w - innerWidth, h - innerHeight])(document.documentElement)"
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(600, 520), (360, 560)])
def test_it_is_whole_without_scrolling(
    server: Server,
    new_context: CreateContextCallback,
    theme: Literal["light", "dark"],
    width: int,
    height: int,
) -> None:
    """Pad, answer, C1 and C3 are in sight and nothing scrolls, empty, drawn, or taken apart; axe is content."""
    window: ViewportSize = {"width": width, "height": height}
    page = new_context(color_scheme=theme, viewport=window, reduced_motion="reduce").new_page()
    pad = open_compact(page, server.url)
    found: dict[str, list[str]] = {}

    def check(view: str) -> None:
        assert overflow(page) == [0, 0], view
        found.update({f"{view}: {rule}": elements for rule, elements in objections(page).items()})

    check("empty")
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    check("drawn")
    for name in ("Drawing pad", "C1 map 5", "C3 map 15"):
        expect(page.get_by_label(name, exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("meter", name="9")).to_be_in_viewport(ratio=1)
    for control in page.locator("button:visible, a:visible").all():
        box = control.bounding_box()
        assert box and box["height"] >= 44 and box["width"] >= 44, control.inner_text()
    page.get_by_role("img", name="C1 map 2", exact=True).click()
    expect(page.locator(".sum .result b")).to_have_text(re.compile(r"\d"))
    check("sum")
    expect(pad.canvas).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Why?").click()
    expect(page.locator(".verdict")).to_contain_text("speaks for 3")
    check("why")
    expect(pad.canvas).to_be_in_viewport(ratio=1)
    assert found == {}


def test_it_is_compact_from_the_first_picture(server: Server, page: Page) -> None:
    """The whole page is never painted before the compact one: where its first button stands it stays."""
    page.set_viewport_size({"width": 600, "height": 520})
    page.add_init_script(
        """window.places = new Set();
        const look = () => {
            const button = document.querySelector("[data-menu=examples]");
            if (button) places.add(JSON.stringify(button.getBoundingClientRect()));
            requestAnimationFrame(look);
        };
        look();"""
    )
    pad = open_compact(page, server.url)
    pad.draw(DIGITS[5])
    expect(pad.status).to_have_text(re.compile("^5"))
    assert page.evaluate("places.size") == 1


def test_drawing_moves_nothing(server: Server, page: Page) -> None:
    """Pad, bars and maps stand still when the answer comes, and fit frames of other sizes too."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto("about:blank")
        pad = open_compact(page, server.url)
        parts = [
            page.locator(part).first for part in (".paper", ".bar", "[data-layer=c1]", "[data-layer=c3]")
        ]
        before = [part.bounding_box() for part in parts]
        pad.draw(DIGITS[5])
        expect(pad.status).to_have_text(re.compile("^5"))
        assert [part.bounding_box() for part in parts] == before
        assert overflow(page) == [0, 0]
        pad.button("Clear").click()
        expect(pad.status).to_have_text("Draw a digit")


def test_keys_reach_the_whole_page(server: Server, page: Page) -> None:
    """With Tab and Enter alone the whole page opens, in another tab, with the drawing and the open sum."""
    page.set_viewport_size({"width": 600, "height": 520})
    pad = open_compact(page, server.url + "?__theme=dark")
    pad.draw(DIGITS[2])
    expect(pad.status).to_have_text(re.compile("^2"))
    page.get_by_role("img", name="C3 map 5", exact=True).click()
    result = page.locator(".sum .result b")
    expect(result).to_have_text(re.compile(r"\d"))
    page.get_by_role("button", name="Examples").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Open the whole page")).to_be_focused()
    with page.expect_popup() as popup:
        page.keyboard.press("Enter")
    whole = popup.value
    expect(Pad(whole).status).to_have_text(re.compile("^2"))
    expect(whole.locator(".sum .result b")).to_have_text(result.inner_text())
    expect(whole.get_by_role("button", name="Copy link")).to_be_visible()
    expect(whole.locator("body.dark")).to_be_attached()
    assert "view=" not in whole.url


@pytest.fixture
def course(server: Server) -> Iterator[str]:
    """Another site with the page's two frames, far down."""
    frames = [frame.replace("https://USER-NAME.hf.space/", server.url) for frame in FRAMES]
    with other_site("".join(f"<p style='height: 1500px'>Chapter</p>{frame}" for frame in frames)) as url:
        yield url


def test_the_documented_frames_work(course: str, page: Page) -> None:
    """On another site the first frame reads what is drawn in it; the second shows its drawing's sum."""
    page.set_viewport_size({"width": 800, "height": 700})
    page.goto(course)
    assert len(FRAMES) == 2
    assert page.evaluate("scrollY") == 0
    frames = page.locator("iframe")
    frames.nth(0).scroll_into_view_if_needed()
    first, second = frames.nth(0).content_frame, frames.nth(1).content_frame
    pad = Pad(page)
    pad.canvas, pad.status = first.get_by_label("Drawing pad"), first.get_by_role("status")
    expect(pad.status).to_have_text("Draw a digit")
    here = page.evaluate("scrollY")
    pad.draw(DIGITS[4])
    expect(pad.status).to_have_text(re.compile("^4"))
    assert page.evaluate("scrollY") == here
    frames.nth(1).scroll_into_view_if_needed()
    there = page.evaluate("scrollY")
    expect(second.get_by_role("status")).to_have_text(re.compile("^7"))
    expect(second.locator(".sum h2")).to_have_text("Probability of 7")
    expect(second.locator(".sum .result b")).to_have_text(re.compile(r"\d"))
    assert page.evaluate("scrollY") == there, "a frame does not scroll the page around it"
    with page.expect_popup() as popup:
        second.get_by_role("link", name="Open the whole page").click()
    expect(Pad(popup.value).status).to_have_text(re.compile("^7"))
    expect(popup.value.locator(".sum h2")).to_have_text("Probability of 7")


def test_each_frame_keeps_its_own_drawing(server: Server, page: Page) -> None:
    """Two pads on one page have each their own drawing, also after a reload, where a frame may store one."""
    frame = f'<iframe src="{server.url}#view=compact" width="600" height="520"></iframe>'
    with other_site(frame * 2) as url:
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(url.replace("localhost", "127.0.0.1"))  # frames of another site may store nothing here
        frames = [page.locator("iframe").nth(number).content_frame for number in range(2)]
        for inside, digit in zip(frames, (3, 7), strict=True):
            pad = Pad(page)
            pad.canvas, pad.status = inside.get_by_label("Drawing pad"), inside.get_by_role("status")
            expect(pad.status).to_have_text("Draw a digit")
            pad.draw(DIGITS[digit])
            expect(pad.status).to_have_text(re.compile(f"^{digit}"))
        page.reload()
        for inside, digit in zip(frames, (3, 7), strict=True):
            expect(inside.get_by_role("status")).to_have_text(re.compile(f"^{digit}"))


def test_a_frame_with_table_i_leaves_its_page_where_it_is(server: Server, page: Page) -> None:
    """A link that scrolls to Table I scrolls its own frame only."""
    page.set_viewport_size({"width": 800, "height": 700})
    frame = f'<iframe src="{server.url}#table=5" width="700" height="600"></iframe><p style="height: 3000px">'
    with other_site(f"<p style='height: 500px'>Chapter</p>{frame}") as url:
        page.goto(url)
        inside = page.frame_locator("iframe")
        expect(inside.get_by_role("img", name="Sums of C3 map 5")).to_be_attached()
        expect(inside.locator(".partials-scale")).to_have_text(re.compile("own scale"))
        assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_frames_theme_can_be_fixed(
    server: Server, browser: Browser, theme: Literal["light", "dark"]
) -> None:
    """?__theme= wins over the visitor's system, as the page says."""
    other: Literal["light", "dark"] = "dark" if theme == "light" else "light"
    context = browser.new_context(color_scheme=other)
    page = context.new_page()
    open_compact(page, f"{server.url}?__theme={theme}")
    paper = page.locator(".paper").evaluate("paper => getComputedStyle(paper).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(12, 14, 18)"}[theme]
    context.close()
