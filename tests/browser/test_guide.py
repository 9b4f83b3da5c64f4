"""What docs/guide.md and docs/embedding.md tell people to press, open and type does what they say."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.digits import DIGITS
from tests.browser.pad import Pad
from tests.server import ROOT

GUIDE = (ROOT / "docs" / "guide.md").read_text("utf-8")
EMBEDDING = (ROOT / "docs" / "embedding.md").read_text("utf-8")


def test_everything_to_press_is_there(pad: Pad) -> None:
    """Each label that the guide names belongs to a control or a heading of the page."""
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    page = pad.page
    page.get_by_role("img", name="C1 map 2", exact=True).click()
    labels = set(re.findall(r"(?<!\*)\*(\w[^*\n]+\w\??|▶ Play)\*", GUIDE))
    labels = {label for label in labels if label == "Why?" or not label.endswith("?")}  # others are questions
    assert {"Play the layers", "Copy link", "▶ Play", "Why?", "CSV"} <= labels
    page.get_by_role("button", name="Save", exact=True).click()
    for label in labels:
        named = page.get_by_role("button", name=label).or_(page.get_by_role("heading", name=label))
        expect(named.first).to_be_visible()


def test_what_is_to_be_clicked_for_a_logit_is_there(pad: Pad) -> None:
    """A click on a bar shows the softmax, and from there how the logit came about, with its F6 units."""
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    page = pad.page
    page.get_by_role("meter", name="3").click()
    page.get_by_role("button", name="How logit 3 came about").click()
    expect(page.locator(".sum .terms")).to_contain_text("F6 unit")


def test_the_links_open_what_they_say(pad: Pad) -> None:
    """The guide's link and each part in the table on links open something, on the drawing that is there."""
    page = pad.page
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    (link,) = re.findall("http://127.0.0.1:7860/(#.*)", GUIDE)
    parts = [
        part for row in re.findall(r"^\| (`.*?) \|", EMBEDDING, re.MULTILINE) for part in row.split("`")[1::2]
    ]
    others = {"d=…", "view=compact", "lesson=3", "hide=maps.why", "projector"}  # which open no panel
    assert others < set(parts)
    for part in [link, *(part for part in parts if part not in others)]:
        page.evaluate("part => { location.hash = part }", part)
        opened = page.locator(".panel, .table, .kernels").filter(visible=True)
        expect(opened).to_have_count(1)
        expect(page.locator("#told")).to_be_hidden()
        page.evaluate("location.hash = ''")
        expect(opened).to_have_count(0)
    page.evaluate("location.hash = 'view=compact'")
    expect(page.get_by_role("link", name="Open the whole page")).to_be_visible()
    expect(pad.status).to_have_text(re.compile("^3"))


def test_the_guides_keys(pad: Pad) -> None:
    """From the pad Tab leads to the layers; Page Down and Enter open a sum on the next map, Escape closes it."""
    page = pad.page
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    pad.canvas.focus()
    maps = page.get_by_role("application", name=re.compile("^C1 maps"))
    while not maps.evaluate("maps => maps === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("PageDown")
    page.keyboard.press("Enter")
    expect(page.locator(".sum h2")).to_contain_text("C1 map 1")
    page.keyboard.press("Escape")
    expect(page.locator(".sum")).to_be_hidden()
