"""What a visitor does: draw, look, undo, clear."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import open_pad
from tests.browser.digits import DIGITS
from tests.browser.pad import Pad
from tests.server import Server


@pytest.mark.parametrize("digit", range(10))
def test_reads_a_digit_drawn_with_the_mouse(pad: Pad, digit: int) -> None:
    """Each of the ten digits, drawn as a person does, is read right."""
    pad.draw(DIGITS[digit])
    expect(pad.status).to_have_text(re.compile(f"^{digit}"))


def test_answers_while_the_pen_is_down(pad: Pad) -> None:
    """The answer changes in the middle of a stroke, before the pen is lifted."""
    one_then_seven = [*DIGITS[1][0][1:]]
    pad.press(one_then_seven)
    expect(pad.status).to_have_text(re.compile("^1"))
    pad.page.mouse.up()
    pad.press([(74, 52), (110, 50), (150, 46)])
    expect(pad.status).to_have_text(re.compile("^7"))
    expect(pad.status).to_have_attribute("aria-busy", "true")
    pad.page.mouse.up()
    expect(pad.status).to_have_attribute("aria-busy", "false")


def test_undo_and_redo_step_through_the_strokes(pad: Pad) -> None:
    """Undo takes back the last stroke only, redo brings it back, and the answers follow."""
    pad.draw(DIGITS[1])
    expect(pad.status).to_have_text(re.compile("^1"))
    pad.draw([[(74, 52), (110, 50), (150, 46)]])
    expect(pad.status).to_have_text(re.compile("^7"))
    pad.button("Undo").click()
    expect(pad.status).to_have_text(re.compile("^1"))
    pad.button("Redo").click()
    expect(pad.status).to_have_text(re.compile("^7"))
    pad.button("Undo").click()
    pad.button("Undo").click()
    expect(pad.status).to_have_text("Draw a digit")
    expect(pad.button("Undo")).to_be_disabled()


def test_clear_empties_the_pad_and_can_be_undone(pad: Pad) -> None:
    """Clear leaves an empty pad and no guess; an accidental clear is undone."""
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    pad.button("Clear").click()
    expect(pad.status).to_have_text("Draw a digit")
    assert set(pad.pixels("Drawing pad")) == {0}
    pad.button("Undo").click()
    expect(pad.status).to_have_text(re.compile("^3"))


def test_keys_undo_and_redo(pad: Pad) -> None:
    """Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y do what they do everywhere."""
    pad.draw(DIGITS[6])
    expect(pad.status).to_have_text(re.compile("^6"))
    pad.canvas.press("Control+z")
    expect(pad.status).to_have_text("Draw a digit")
    pad.canvas.press("Control+Shift+Z")
    expect(pad.status).to_have_text(re.compile("^6"))
    pad.canvas.press("Control+z")
    pad.canvas.press("Control+y")
    expect(pad.status).to_have_text(re.compile("^6"))


def test_an_empty_pad_makes_no_guess(pad: Pad) -> None:
    """Without a drawing there is a request to draw, and every meter stands at zero."""
    expect(pad.status).to_have_text("Draw a digit")
    assert [pad.meter(digit) for digit in range(10)] == [0] * 10


def test_a_tap_is_no_digit(pad: Pad) -> None:
    """A dot of a finger that trembles, and two of them, leave the request to draw a digit; a stroke beside them is read."""
    pad.draw([[(140, 60), (140, 67)]])
    pad.expect_ink((140, 62))
    for _ in range(2):
        expect(pad.status).to_have_attribute("aria-busy", "false")
        expect(pad.status).to_have_text("Draw a digit")
        assert [pad.meter(digit) for digit in range(10)] == [0] * 10
        expect(pad.button("Why?")).to_be_hidden()
        with pad.page.expect_response("**/predict"):
            pad.draw([[(180, 60), (181, 66)]])
    pad.draw(DIGITS[1])
    expect(pad.status).not_to_have_text("Draw a digit")


def test_meters_show_the_probabilities(pad: Pad) -> None:
    """The ten meters add up to 100 %, and the digit read has the highest."""
    pad.draw(DIGITS[5])
    expect(pad.status).to_have_text(re.compile("^5"))
    shares = [pad.meter(digit) for digit in range(10)]
    assert sum(shares) == pytest.approx(100, abs=0.5)
    assert max(shares) == shares[5]


def test_every_picture_has_its_name(pad: Pad) -> None:
    """Network input and all C1 and C3 maps are reachable by name."""
    names = ["Network input", *(f"C1 map {i}" for i in range(6)), *(f"C3 map {i}" for i in range(16))]
    for name in names:
        expect(pad.page.get_by_role("img", name=name, exact=True)).to_be_visible()


def test_pictures_follow_the_drawing(pad: Pad) -> None:
    """The network's input and its maps change when something is drawn."""
    names = ["Network input", "C1 map 0", "C3 map 0"]
    empty = {name: pad.pixels(name) for name in names}
    pad.draw(DIGITS[2])
    expect(pad.status).to_have_text(re.compile("^2"))
    for name in names:
        assert pad.pixels(name) != empty[name], name


def test_resizing_keeps_the_drawing(pad: Pad) -> None:
    """Turning the phone or resizing the window repaints the drawing at the new size."""
    pad.draw(DIGITS[0])
    pad.page.set_viewport_size({"width": 390, "height": 844})
    expect(pad.status).to_have_text(re.compile("^0"))
    box = pad.canvas.bounding_box()
    assert box and box["width"] >= 340
    assert pad.canvas.evaluate("c => c.width") == round(box["width"])
    alpha = pad.pixels("Drawing pad")[3::4]
    assert 0.05 < sum(value > 127 for value in alpha) / len(alpha) < 0.3


def test_sharp_on_dense_screens(server: Server, browser: Browser) -> None:
    """The pad has as many pixels as the screen, not as the page."""
    context = browser.new_context(device_scale_factor=3)
    pad = open_pad(context.new_page(), server.url)
    width = pad.canvas.evaluate("c => c.width / c.clientWidth")
    context.close()
    assert width == pytest.approx(3, abs=0.02)


def test_everything_fits_a_projector(pad: Pad) -> None:
    """At 1280×720 pad, answer, C1 and C3 are visible at once, without scrolling."""
    for name in ("Drawing pad", "C1 map 5", "C3 map 15"):
        box = pad.page.get_by_label(name, exact=True).bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= 720, name
    nine = pad.page.get_by_role("meter", name="9").bounding_box()
    assert nine and nine["y"] + nine["height"] <= 720


@pytest.mark.parametrize(
    ("width", "height"),
    [(1366, 640), (1100, 640), (1024, 600), (844, 390), (768, 1024), (640, 360), (320, 256)],
)
def test_the_whole_pad_fits_any_window(pad: Pad, width: int, height: int) -> None:
    """On laptops, phones held across, tablets and enlarged pages the pad is whole, and but on the least the bars too."""
    pad.page.set_viewport_size({"width": width, "height": height})
    paper = pad.canvas.bounding_box()
    assert paper and paper["height"] <= height and paper["x"] + paper["width"] <= width
    assert pad.page.evaluate("document.documentElement.scrollWidth") <= width
    if height > 256:
        for part in (pad.canvas, pad.page.get_by_role("meter", name="9")):
            expect(part).to_be_in_viewport(ratio=1)


def test_phone_draws_with_a_finger(server: Server, browser: Browser) -> None:
    """On a 390-pixel phone a finger draws, the page does not scroll under it, and nothing is too wide."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=3, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    pad = open_pad(page, server.url)
    finger = context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [dict(zip("xy", pad.at(point), strict=True)) for point in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    for stroke in DIGITS[7]:
        touch("touchStart", stroke[0])
        for point in stroke[1:]:
            touch("touchMove", point)
        touch("touchEnd")
    expect(pad.status).to_have_text(re.compile("^7"))
    assert page.evaluate("window.scrollY") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    answer = pad.status.bounding_box()
    assert answer and answer["y"] + answer["height"] <= 844
    for name in ("Undo", "Redo", "Clear"):
        box = pad.button(name).bounding_box()
        assert box and box["height"] >= 44 and box["width"] >= 44
    context.close()


def test_talks_to_its_own_server_only(server: Server, page: Page) -> None:
    """The page asks no other host for anything, from its first byte to a read digit."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    pad = open_pad(page, server.url)
    pad.draw(DIGITS[4])
    expect(pad.status).to_have_text(re.compile("^4"))
    assert asked
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []
