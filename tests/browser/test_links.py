"""Links that carry a drawing and what is open."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lenet import classify
from lenet.explain import unit_sum
from lenet.prediction import shipped
from tests.browser.conftest import open_pad
from tests.browser.digits import DIGITS
from tests.browser.pad import MODULES, Pad
from tests.browser.test_tools import strokes_of
from tests.server import Server


def test_a_link_opens_the_same_drawing(server: Server, context: BrowserContext) -> None:
    """The copied link carries the strokes after its # and opens them in another window."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    first = open_pad(context.new_page(), server.url)
    first.draw(DIGITS[5])
    expect(first.status).to_have_text(re.compile("^5"))
    first.button("Copy link").click()
    expect(first.page.locator("#told")).to_have_text(re.compile("Link copied"))
    link = first.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(server.url + "#d=")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(link)
    second = Pad(page)
    expect(second.status).to_have_text(re.compile("^5"))
    np.testing.assert_allclose(strokes_of(page)[0], strokes_of(first.page)[0], atol=0.05)
    assert not [url for url in asked if "d=" in url.partition("#")[0]], "no server sees the drawing's link"


def test_an_empty_pad_has_no_link(pad: Pad) -> None:
    """A link opens a drawing or what is open; where there is neither, a sentence says so and nothing is copied."""
    page = pad.page
    page.evaluate(
        """() => {
            window.copied = [];
            navigator.clipboard.writeText = async (text) => copied.push(text);
        }"""
    )
    told = page.locator("#told")
    pad.button("Copy link").click()
    expect(told).to_have_text("Nothing is drawn and nothing is open, so there is nothing to link to.")
    assert page.evaluate("copied") == []
    pad.button("Kernels").click()
    pad.button("Copy link").click()
    expect(told).to_have_text("Link copied: it opens an empty pad anywhere, with what is open now.")
    assert ["kernels=c1" in link for link in page.evaluate("copied")] == [True]


def test_a_closed_clipboard_leaves_the_link_to_copy_by_hand(pad: Pad) -> None:
    """Where the clipboard is refused the link stands selected in a field; Escape gives the focus back."""
    page = pad.page
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    pad.draw(DIGITS[1])
    pad.button("Copy link").click()
    field = page.get_by_label("Copy this link")
    expect(field).to_be_focused()
    expect(field).to_have_value(re.compile("#d="))
    assert page.evaluate("getSelection().toString()") == field.input_value()
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    expect(pad.button("Copy link")).to_be_focused()


def test_damaged_links_say_so(pad: Pad) -> None:
    """A link cut short, changed, foreign or endless opens an empty pad and says why; nothing of it runs."""
    page = pad.page
    pad.draw(DIGITS[5])
    good = page.evaluate(
        f"""async () => {{
            const modules = await {MODULES};
            return modules["header/link.js"].encode(modules["shared/pad.js"].drawing);
        }}"""
    )
    for bad in (
        good[:-4],
        good[:10] + ("A" if good[10] != "A" else "B") + good[11:],
        "AAAA",
        "%3Cscript",
        "A" * 50_000,
    ):
        page.evaluate("link => { location.hash = '#d=' + link }", bad)
        expect(page.locator("#told")).to_have_text("This link is damaged, so the pad starts empty.")
        expect(pad.status).to_have_text("Draw a digit")
        page.evaluate("link => { location.hash = '#d=' + link }", good)
        expect(pad.status).to_have_text(re.compile("^5"))


@pytest.fixture
def copied(server: Server, context: BrowserContext) -> Pad:
    """The page with a 3 on it, in a window that lets it write to the clipboard."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    pad = open_pad(context.new_page(), server.url)
    pad.page.set_viewport_size({"width": 1280, "height": 720})
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    return pad


def elsewhere(pad: Pad) -> Page:
    """Another window, which opened the copied link."""
    pad.button("Copy link").click()
    expect(pad.page.locator("#told")).to_have_text(re.compile("Link copied"))
    page = pad.page.context.new_page()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(pad.page.evaluate("navigator.clipboard.readText()"))
    expect(Pad(page).status).to_have_text(re.compile("^3"))
    return page


def test_a_link_opens_a_units_sum(pad: Pad) -> None:
    """A link names any unit of any layer; its sum opens on the drawing, with the library's own value."""
    page = pad.page
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    reading = classify(strokes_of(page), 20)
    for name in ("c1.2.13.9", "s2.5.0.13", "c3.5.2.7", "s4.15.4.0", "f6.83", "output.3"):
        page.evaluate("name => { location.hash = `#unit=${name}` }", name)
        layer, *unit = name.split(".")
        value = unit_sum(shipped(), reading, layer, tuple(map(int, unit)))["value"]
        expect(page.locator(".sum .result b")).to_have_text(f"{value:.3f}".replace("-", "−"))


def test_a_copied_link_opens_the_same_sum(copied: Pad) -> None:
    """Who copies the link while a unit's sum is open sends the sum along."""
    copied.page.get_by_role("img", name="C3 map 5", exact=True).click()
    result = copied.page.locator(".sum .result b")
    expect(result).to_have_text(re.compile(r"\d"))
    page = elsewhere(copied)
    expect(page.locator(".sum h2")).to_have_text(copied.page.locator(".sum h2").inner_text())
    expect(page.locator(".sum .result b")).to_have_text(result.inner_text())


def test_a_copied_link_opens_the_same_table(copied: Pad) -> None:
    """Table I opens at the same column and kernel, its partial maps in sight, and so do C1's kernels."""
    copied.button("Kernels").click()
    copied.button("Table I").click()
    copied.page.get_by_role("img", name="Kernel from S2 map 4 to C3 map 8").click()
    page = elsewhere(copied)
    expect(page.get_by_role("img", name="Sums of C3 map 8")).to_be_in_viewport()
    expect(page.locator("button.cell").get_by_label("Kernel from S2 map 4 to C3 map 8")).to_be_visible()
    expect(page.get_by_label("Kernel of C1 map 5")).to_be_attached()
    expect(page.locator(".kernels")).not_to_have_attribute("hidden", "")


def test_a_copied_link_opens_the_same_comparison(copied: Pad) -> None:
    """Why this digit and not that one: the link knows which other digit was asked for."""
    copied.button("Why?").click()
    copied.page.get_by_label("the other digit").select_option("7")
    expect(copied.page.locator(".verdict")).to_contain_text("speaks for 7")
    page = elsewhere(copied)
    expect(page.locator(".lead")).to_have_text(copied.page.locator(".lead").inner_text())
    expect(page.locator(".against")).to_have_text("speaks for 7")
    expect(page.locator(".paper .speaks")).to_be_visible()


def test_a_link_to_nowhere_keeps_the_drawing(pad: Pad) -> None:
    """A link that wants something open that does not exist says so, opens nothing, and leaves the drawing."""
    page = pad.page
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    told = page.locator("#told")
    units = [
        f"unit={name}" for name in ("c3.5.2", "c3.16.0.0", "c1.0.0.-1", "input.0.1.1", "toString", "<b>")
    ]
    for nowhere in (*units, "table=16", "table=0.5", "table=x", "why=10", "why=x", "kernels", "kernels=c3"):
        page.evaluate("link => { location.hash = link }", nowhere)
        expect(told).to_have_text("This page cannot show what this link wants to open.")
        expect(page.locator(".panel:visible, .table:visible, .kernels:visible")).to_have_count(0)
        told.evaluate("told => { told.textContent = '' }")
    expect(pad.status).to_have_text(re.compile("^3"))


def test_what_a_link_does_not_know_is_passed_over(pad: Pad) -> None:
    """Words of a later or another page in a link change nothing and say nothing; a bare # closes what was open."""
    page = pad.page
    page.evaluate("location.hash = '#unit=c1.0.3.4&more=1&view=grand'")
    expect(page.locator(".sum h2")).to_have_text("C1 map 0, row 3, column 4")
    expect(page.locator("#told")).to_be_hidden()
    page.evaluate("location.hash = ''")
    expect(page.locator(".sum")).to_be_hidden()
