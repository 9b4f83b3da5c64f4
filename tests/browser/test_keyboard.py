"""Drawing with keys alone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.pad import Pad


def test_arrows_and_space_draw_a_digit(pad: Pad) -> None:
    """Without a mouse a digit is drawn and read; Space lifts the pen, and the moving pen leaves no ink then."""
    cursor, hint = pad.page.locator(".cursor"), pad.page.get_by_text("Arrow keys move the pen")
    expect(cursor).to_be_hidden()
    pad.page.keyboard.press("Tab")
    while not pad.canvas.evaluate("canvas => canvas === document.activeElement"):
        pad.page.keyboard.press("Tab")
    expect(cursor).to_be_visible()
    expect(hint).to_be_visible()
    expect(pad.canvas).to_have_accessible_description(re.compile("Space puts it down and lifts it"))
    press(pad, "Shift+ArrowUp", 4)
    pad.expect_ink((140, 100), there=False)
    pad.page.keyboard.press("Space")
    expect(pad.page.get_by_text("Pen down", exact=True)).to_be_attached()
    expect(hint).to_be_hidden()
    press(pad, "Shift+ArrowDown", 8)
    press(pad, "ArrowDown", 2)
    expect(pad.status).to_have_text(re.compile("^1"))
    pad.page.keyboard.press("Space")
    expect(pad.page.get_by_text("Pen up", exact=True)).to_be_attached()
    press(pad, "Shift+ArrowRight", 4)
    pad.expect_ink((140, 226))
    pad.expect_ink((200, 230), there=False)
    pad.page.keyboard.press("Control+z")
    expect(pad.status).to_have_text("Draw a digit")


def test_two_arrows_draw_aslant_and_escape_lifts(pad: Pad) -> None:
    """Two arrow keys held together draw a slanting line; Escape lifts the pen, and so does leaving the pad."""
    pad.canvas.focus()
    keyboard = pad.page.keyboard
    keyboard.press("Space")
    keyboard.down("ArrowRight")
    keyboard.down("ArrowDown")
    for _ in range(12):
        keyboard.down("ArrowDown")  # held down, a key repeats
    keyboard.up("ArrowRight")
    keyboard.up("ArrowDown")
    keyboard.press("Escape")
    pad.expect_ink((190, 190))
    pad.expect_ink((140, 190), there=False)
    press(pad, "Shift+ArrowLeft", 6)
    pad.expect_ink((100, 205), there=False)
    keyboard.press("Space")
    keyboard.press("Tab")
    expect(pad.page.locator(".cursor")).to_be_hidden()
    expect(pad.status).to_have_attribute("aria-busy", "false")


def test_the_mouse_takes_over_from_the_keys(pad: Pad) -> None:
    """A mouse stroke ends a stroke begun with keys; both stay, and the cursor is gone."""
    pad.canvas.focus()
    pad.page.keyboard.press("Space")
    press(pad, "Shift+ArrowDown", 2)
    pad.draw([[(40, 40), (100, 40)]])
    expect(pad.page.locator(".cursor")).to_be_hidden()
    pad.expect_ink((140, 170))
    pad.expect_ink((70, 40))
    pad.button("Undo").click()
    pad.expect_ink((70, 40), there=False)
    pad.expect_ink((140, 170))


def press(pad: Pad, key: str, times: int) -> None:
    """Press a key so many times."""
    for _ in range(times):
        pad.page.keyboard.press(key)


def test_the_bars_are_gone_through_by_arrows(drawn: Pad) -> None:
    """Among the bars the arrows go from digit to digit, from the one read to the ends, and Enter takes one apart."""
    page, press = drawn.page, drawn.page.keyboard.press
    bars, readout = page.get_by_role("application", name=re.compile("^Probability")), page.locator(".readout")
    drawn.button("Why?").focus()
    press("Tab")
    expect(bars).to_be_focused()
    expect(readout).to_contain_text("Probability of 3:")
    for key, times, digit in (
        ("ArrowDown", 2, 5),
        ("ArrowUp", 9, 0),
        ("ArrowDown", 12, 9),
        ("ArrowUp", 1, 8),
    ):
        for _ in range(times):
            press(key)
        expect(readout).to_contain_text(f"Probability of {digit}:")
    press("x")
    expect(readout).to_contain_text("Probability of 8:")
    press("Enter")
    panel = page.get_by_role("region", name="How this value came about")
    expect(panel.get_by_role("heading", level=2)).to_contain_text("8")
    press("Escape")
    expect(bars).to_be_focused()
