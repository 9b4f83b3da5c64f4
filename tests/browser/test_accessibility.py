"""axe-core on every view, light and dark, at a projector's and at a phone's size."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import ViewportSize, expect
from pytest_playwright import CreateContextCallback

from tests.browser.conftest import objections, open_pad
from tests.browser.digits import DIGITS
from tests.server import Server

SIZES = {"projector": (1280, 720), "phone": (360, 740)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(
    server: Server, new_context: CreateContextCallback, theme: Literal["light", "dark"], size: str
) -> None:
    """No view has anything that axe-core objects to, and none is wider than the screen."""
    width, height = SIZES[size]
    window: ViewportSize = {"width": width, "height": height}
    page = new_context(color_scheme=theme, viewport=window, reduced_motion="reduce").new_page()
    pad = open_pad(page, server.url)
    found: dict[str, list[str]] = {}

    def check(view: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view
        found.update({f"{view}: {rule}": elements for rule, elements in objections(page).items()})

    check("empty")
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    check("drawn")
    page.get_by_role("button", name="Kernels").click()
    page.get_by_role("button", name="Table I").click()
    expect(page.get_by_role("img", name="Sums of C3 map 0")).to_be_visible()
    check("kernels and Table I")
    page.get_by_role("button", name="Table I").click()
    for name in ("C3 map 3", "S4 map 3", "F6 units"):
        page.get_by_role("img", name=name, exact=True).click()
        expect(page.locator(".sum .result b")).to_have_text(re.compile(r"\d"))
        check(name)
        page.get_by_role("button", name="Close").click()  # the next layer may lie under the sum
    page.get_by_role("button", name="Why?").click()
    expect(page.locator(".verdict")).to_contain_text("speaks for 3")
    check("why")
    assert found == {}
