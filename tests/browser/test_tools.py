"""Examples, saving, a reload, and drawing with the keyboard."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from lenet import classify
from tests.browser.conftest import open_pad
from tests.browser.digits import DIGITS, Stroke
from tests.browser.pad import MODULES, Pad
from tests.server import Server

EXAMPLES = json.loads(
    (Path(__file__).parents[2] / "demo" / "frontend" / "header" / "examples.json").read_text("utf-8")
)
# What each example that is a digit shows; the scribble and the letter are none.
SHOWN = {**{str(digit): digit for digit in range(10)}, "barred 7": 7, "hooked 9": 9}
SHOWN |= {"1 with a long upstroke": 1, "open 4": 4, "closed 4": 4}


def strokes_of(page: Page) -> Any:
    """The strokes that the pad holds."""
    return page.evaluate(
        f"""async () => {{
            const {{ drawing }} = (await {MODULES})["shared/pad.js"];
            return drawing.strokes;
        }}"""
    )


def expect_strokes(page: Page, strokes: Any) -> None:
    """Wait until the pad holds these strokes, as at the end of a replay."""
    page.wait_for_function(
        f"""async (strokes) => {{
            const {{ drawing }} = (await {MODULES})["shared/pad.js"];
            return !drawing.penDown && JSON.stringify(drawing.strokes) === JSON.stringify(strokes);
        }}""",
        arg=strokes,
    )


@pytest.mark.parametrize("name", SHOWN)
def test_example_digits_are_read_right(name: str) -> None:
    """Every example that is a digit is read as that digit."""
    (example,) = (example for example in EXAMPLES if example["name"] == name)
    assert classify(example["strokes"], 20).digit == SHOWN[name]


def test_an_example_replays_and_is_one_undo_step(pad: Pad) -> None:
    """Choosing an example draws it stroke by stroke; one undo takes all of it back."""
    page = pad.page
    page.get_by_role("button", name="Examples").click()
    expect(page.get_by_role("button", name=re.compile("^Example: "))).to_have_count(len(EXAMPLES))
    page.get_by_role("button", name="Example: barred 7").click()
    expect(pad.button("Redo")).to_be_disabled()
    expect(pad.status).to_have_text(re.compile("^7"))
    (barred,) = (example for example in EXAMPLES if example["name"] == "barred 7")
    expect_strokes(page, barred["strokes"])
    pad.button("Undo").click()
    expect(pad.status).to_have_text("Draw a digit")
    expect(pad.button("Undo")).to_be_disabled()


def test_a_scribble_is_doubted_at_rest(pad: Pad, tmp_path: Path) -> None:
    """What is no digit is doubted once the pen is up, the closest digit named, and nothing on the page moves."""
    page = pad.page
    (scribble,) = (example["strokes"] for example in EXAMPLES if example["name"] == "scribble")
    closest = f"{classify(scribble, 20).digit}"
    words = f"Probably not a digit. If it must be one: {closest}"
    bars = page.locator(".bars")
    for width, height in ((1280, 720), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        pad.draw(DIGITS[3])
        expect(pad.status).to_have_text(re.compile("^3"))
        before = bars.bounding_box()
        pad.button("Clear").click()
        page.get_by_role("button", name="Examples").click()
        page.get_by_role("button", name="Example: scribble").click()
        expect(pad.status).to_have_text(words)
        expect(pad.status).to_have_attribute("aria-busy", "false")
        assert bars.bounding_box() == before
        assert f"LeNet-5 reads: {words}" in save(page, "SVG", tmp_path).read_text("utf-8")
        pad.button("Clear").click()


def test_several_digits_are_told_so(pad: Pad, tmp_path: Path) -> None:
    """Who draws two digits side by side is asked for one, on the page and in the saved picture."""
    words = "More than one digit? Draw one."
    pad.draw(
        [[(0.45 * x + left, 0.45 * y + 70) for x, y in stroke] for left in (8, 145) for stroke in DIGITS[3]]
    )
    expect(pad.status).to_have_text(words)
    expect(pad.status.locator("strong")).to_have_count(0)
    assert f"LeNet-5 reads: {words}" in save(pad.page, "SVG", tmp_path).read_text("utf-8")


FACE: list[Stroke] = [
    [(78, 79), (86, 96)],
    [(177, 65), (201, 110)],
    [(74, 157), (112, 171), (133, 196), (152, 179), (175, 133)],
]


def test_less_than_half_is_no_large_digit(pad: Pad, tmp_path: Path) -> None:
    """Where no digit has half of the probability, page and slide name the closest two, and no digit is large."""
    pad.draw(FACE)
    expect(pad.status).to_have_attribute("aria-busy", "false")
    expect(pad.status).to_have_text(re.compile(" or "))
    shares = classify(strokes_of(pad.page), 20).probabilities
    assert shares.max() < 0.5
    first, second = np.argsort(-shares)[:2]
    words = f"Probably not a digit. If it must be one: {first} or {second}"
    expect(pad.status).to_have_text(words)
    expect(pad.status.locator("strong")).to_have_count(0)
    sizes = "one => [...one.querySelectorAll('*'), one].map((part) => parseFloat(getComputedStyle(part).fontSize))"
    assert max(pad.status.evaluate(sizes)) < 20
    slide = save(pad.page, "SVG", tmp_path).read_text("utf-8")
    assert f"LeNet-5 reads: {words}" in slide
    assert not re.search(r'font-size="72"[^>]*>\d', slide)


def test_doubt_waits_for_the_pen(pad: Pad) -> None:
    """While the pen is down the best guess stands there, however little it looks like a digit."""
    pad.draw([[(60, 60), (220, 220)]])
    pad.press([(220, 60), (60, 220)])
    expect(pad.status).to_have_attribute("aria-busy", "true")
    expect(pad.status).to_have_text(re.compile(r"^\d \d"))
    pad.page.mouse.up()
    expect(pad.status).to_have_text(re.compile("^Probably not a digit"))


def test_a_replay_makes_way_for_the_hand(pad: Pad) -> None:
    """Who draws, undoes or presses Escape during a replay ends it; a click elsewhere does not."""
    page = pad.page
    (eight,) = (example["strokes"] for example in EXAMPLES if example["name"] == "8")

    def replay() -> None:
        page.get_by_role("button", name="Examples").click()
        page.get_by_role("button", name="Example: 8").click()
        page.wait_for_function("() => !document.querySelector('#examples:popover-open')")

    replay()
    page.mouse.click(640, 715)
    expect_strokes(page, eight)
    # From here on time is slow: a replay of half a minute does not end by itself while the test looks.
    page.evaluate(
        """() => {
            const frame = requestAnimationFrame;
            const clock = performance.now.bind(performance);
            performance.now = () => clock() / 25;
            window.requestAnimationFrame = (then) => frame((now) => then(now / 25));
        }"""
    )
    stops: tuple[Callable[[], None], ...] = (
        lambda: pad.draw([[(30, 250), (60, 250)]]),
        lambda: page.keyboard.press("Escape"),
        lambda: pad.canvas.press("Control+z"),
    )
    for stop in stops:
        pad.button("Clear").click()
        expect(pad.status).to_have_text("Draw a digit")
        replay()
        expect(pad.status).not_to_have_text("Draw a digit")
        stop()
        expect(pad.status).to_have_attribute("aria-busy", "false")
        assert strokes_of(page)[:1] != eight


def test_the_examples_wait_for_their_script(server: Server, page: Page) -> None:
    """The menu opened before its script has come is filled and placed when it comes."""
    held: list[Route] = []
    page.route("**/static/lenet/page-*.js", lambda route: held.append(route))
    page.goto(server.url)
    page.get_by_role("button", name="Examples").click()
    expect(page.get_by_role("dialog", name="Examples")).to_be_visible()
    while not held:
        page.wait_for_event("request")
    held[0].continue_()
    expect(page.get_by_role("button", name="Example: letter A")).to_be_visible()
    menu = page.get_by_role("dialog", name="Examples").bounding_box()
    button = page.get_by_role("button", name="Examples").bounding_box()
    assert menu and button and 0 <= menu["y"] - button["y"] - button["height"] <= 12


def test_nothing_is_saved_without_an_answer(pad: Pad) -> None:
    """A drawing that the network has not read is not saved beside an older answer; a sentence says so."""
    page = pad.page
    page.route("**/predict", lambda route: route.abort())
    pad.draw(DIGITS[1])
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="SVG", exact=True).click()
    expect(page.locator("#told")).to_have_text(re.compile("not read this drawing yet"))


def test_an_empty_pad_is_not_saved(pad: Pad) -> None:
    """Without a drawing there is nothing to save, and a sentence says so."""
    page = pad.page
    page.get_by_role("button", name="Save", exact=True).click()
    page.on("download", lambda download: pytest.fail(download.suggested_filename))
    for kind in ("PNG", "SVG", "JSON", "CSV"):
        page.locator("#told").evaluate("told => { told.textContent = '' }")
        page.get_by_role("button", name=kind, exact=True).click()
        expect(page.locator("#told")).to_have_text("Nothing is drawn, so nothing was saved.")


def save(page: Page, kind: str, folder: Path) -> Path:
    """The file that a button of the save menu gives."""
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=kind, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_saves_picture_and_numbers(pad: Pad, tmp_path: Path) -> None:
    """SVG and PNG show the same slide; JSON and CSV hold the library's own values of every layer."""
    page = pad.page
    pad.draw(DIGITS[2])
    expect(pad.status).to_have_text(re.compile("^2"))
    prediction = classify(strokes_of(page), 20)

    svg = save(page, "SVG", tmp_path)
    assert svg.name == "lenet5-2.svg"
    root = ElementTree.parse(svg).getroot()
    images = root.findall(".//{http://www.w3.org/2000/svg}image")
    assert len(images) == 3 + 1 + 6 + 6 + 16 + 16 + 1 + 1
    assert "LeNet-5 reads: 2" in svg.read_text("utf-8")
    # Each of the steps and the input has its caption from the page, below it and above what comes next.
    captions = [*page.locator(".steps figcaption").all_inner_texts(), "INPUT 32×32"]
    texts = {text.text: text.attrib for text in root.findall(".//{http://www.w3.org/2000/svg}text")}
    boxes = [{name: float(image.attrib[name]) for name in ("x", "y", "width", "height")} for image in images]
    for caption, box in zip(captions, boxes[:4], strict=True):
        below = min([one["y"] for one in boxes[:4] if one["y"] > box["y"]], default=880)
        place = texts[caption]
        assert float(place["x"]) == box["x"] + box["width"] / 2
        assert place["text-anchor"] == "middle"
        assert box["y"] + box["height"] + float(place["font-size"]) <= float(place["y"]) < below

    with Image.open(save(page, "PNG", tmp_path)) as png:
        assert png.size == (3200, 1800)
        assert len(set(png.convert("L").resize((160, 90)).tobytes())) > 20

    told = json.loads(save(page, "JSON", tmp_path).read_text("utf-8"))
    for name, values in prediction.maps.items():
        np.testing.assert_allclose(told["maps"][name], values, atol=1e-4)

    with save(page, "CSV", tmp_path).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1024 + 4704 + 1176 + 1600 + 400 + 120 + 84 + 10 + 10 + 1
    assert rows[-1]["layer"] == "is_digit"
    assert float(rows[-1]["value"]) == pytest.approx(prediction.is_digit, abs=1e-4)
    c3 = [float(row["value"]) for row in rows if row["layer"] == "c3"]
    np.testing.assert_allclose(c3, prediction.maps["c3"].ravel(), atol=1e-4)


def test_a_reload_keeps_the_drawing(pad: Pad) -> None:
    """After a reload the drawing is there again, in this tab only."""
    pad.draw(DIGITS[6])
    expect(pad.status).to_have_text(re.compile("^6"))
    pad.page.reload()
    expect(pad.status).to_have_text(re.compile("^6"))
    other = open_pad(pad.page.context.new_page(), pad.page.url)
    expect(other.status).to_have_text("Draw a digit")


@pytest.mark.parametrize(
    "kept",
    [
        '{"strokes": [[]], "penWidth": 20}',
        '{"strokes": [[[140, 40], [140]]], "penWidth": 20}',
        '{"strokes": [[["a", "b"]]], "penWidth": 20}',
        '{"strokes": [null], "penWidth": 20}',
        '{"strokes": "aaaa", "penWidth": 20}',
        '{"strokes": [[[140, 40], [140, 240]]], "penWidth": "thick"}',
        '{"strokes": [[[140, 40], [140, 240]]], "penWidth": -1}',
        "[1]",
        "not JSON",
    ],
)
def test_a_session_of_somebody_else_is_no_drawing(server: Server, page: Page, kept: str) -> None:
    """Whatever lies where the tab keeps its drawing, the pad starts empty, and is drawn on and read."""
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.add_init_script(f"sessionStorage.setItem('lenet5-drawing', {json.dumps(kept)})")
    pad = open_pad(page, server.url)
    pad.draw(DIGITS[6])
    expect(pad.status).to_have_text(re.compile("^6"))
    assert len(strokes_of(page)) == 1
    assert thrown == []


def test_draws_with_the_keyboard(pad: Pad) -> None:
    """Arrow keys and space draw a 1; Escape lifts the pen, and the answer follows."""
    pad.canvas.focus()
    keyboard = pad.page.keyboard
    for _ in range(4):
        keyboard.press("Shift+ArrowUp")
    keyboard.press("Space")
    for _ in range(8):
        keyboard.press("Shift+ArrowDown")
    keyboard.press("Escape")
    expect(pad.status).to_have_text(re.compile("^1"))
    (stroke,) = strokes_of(pad.page)
    assert stroke[0] == [140, 60]
    assert stroke[-1] == [140, 220]
    keyboard.press("Control+z")
    expect(pad.status).to_have_text("Draw a digit")


def test_examples_that_cannot_be_fetched(pad: Pad) -> None:
    """The menu says that its examples could not be fetched, and fetches them when it is opened again."""
    page = pad.page
    page.route("**/examples.json", lambda route: route.abort(), times=1)
    menu = page.get_by_role("dialog", name="Examples")
    pad.button("Examples").click()
    expect(menu).to_have_text("The examples could not be fetched; open this menu again.")
    page.keyboard.press("Escape")
    pad.button("Examples").click()
    expect(menu.get_by_role("button")).to_have_count(len(EXAMPLES))
