"""The Experiment view, as a visitor uses it: what it shows is what the library computes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, ViewportSize, expect
from pytest_playwright import CreateContextCallback

from lenet import Conditions, blend, vary
from lenet.experiment.changes import CHANGES
from lenet.experiment.vary import blended, changed
from lenet.experiment.words import in_words
from lenet.model import AMPLITUDE
from tests.browser.conftest import objections, open_pad
from tests.browser.digits import DIGITS
from tests.browser.experiment import chosen, drawing, expect_figure, slide, tab
from tests.browser.pad import Pad
from tests.browser.test_tools import save
from tests.server import ROOT, Server

UNCENTRED = Conditions(centred=False)


def expect_curves(page: Page, probabilities: NDArray[np.floating]) -> None:
    """Wait until the ten curves have these (41, 10) heights."""
    page.wait_for_function(
        """(expected) => {
            const lines = [...document.querySelectorAll(".curves polyline")];
            return lines.length === 10 && lines.every((line, digit) =>
                [...line.points].length === 41 && [...line.points].every(({ x, y }, position) =>
                    x === position && Math.abs(1 - y - expected[position][digit]) < 0.002));
        }""",
        arg=probabilities.tolist(),
    )


def test_the_curves_are_the_librarys(seven: Page) -> None:
    """For each kind of change the ten curves, and the words below them, are what lenet.vary makes of the drawing."""
    strokes, pen_width = drawing(seven)
    for name, change in CHANGES.items():
        chosen(seven).select_option(name)
        expected = vary(strokes, name, None, pen_width)
        expect_curves(seven, expected.probabilities)
        words = in_words(expected.digits, expected.values.tolist(), change.none, change.written)
        expect(seven.locator(".range .words")).to_have_text(f"The answer {words}.")


def test_the_figure_follows_the_slider(seven: Page) -> None:
    """The input and the bars are those of the changed drawing; back on Look inside, of the drawing as it is."""
    strokes, pen_width = drawing(seven)
    slide(seven, 34)
    value = CHANGES["turn"].values()[34]
    expect(seven.get_by_label("How much")).to_have_attribute("aria-valuetext", CHANGES["turn"].written(value))
    expect_figure(seven, changed(strokes, "turn", value, pen_width))
    seven.get_by_role("button", name="As drawn").click()
    expect_figure(seven, changed(strokes, "turn", 0, pen_width))
    slide(seven, 34)
    expect_figure(seven, changed(strokes, "turn", value, pen_width))
    tab(seven, "Look inside").click()
    expect_figure(seven, changed(strokes, "turn", 0, pen_width))
    expect(chosen(seven)).to_be_hidden()


def test_what_is_tried_is_saved(seven: Page, tmp_path: Path) -> None:
    """The saved numbers are those of the changed drawing, with what was tried; the picture says that it was changed."""
    strokes, pen_width = drawing(seven)
    slide(seven, 34)
    value = CHANGES["turn"].values()[34]
    expected = changed(strokes, "turn", value, pen_width)
    expect_figure(seven, expected)
    told = json.loads(save(seven, "JSON", tmp_path).read_text("utf-8"))
    assert (told["experiment"]["change"], told["experiment"]["value"]) == ("turn", pytest.approx(value))
    np.testing.assert_allclose(told["maps"]["c3"], expected.maps["c3"], atol=1e-4)
    assert "changed by an experiment" in save(seven, "SVG", tmp_path).read_text("utf-8")


def test_the_figure_shows_only_the_difference(seven: Page) -> None:
    """With Only the difference, a map is white where the change changed nothing, and the legend says what it shows."""
    strokes, pen_width = drawing(seven)
    slide(seven, 34)
    value = CHANGES["turn"].values()[34]
    seven.get_by_label("Only the difference").check()
    expect(seven.locator(".words .note")).to_have_text(re.compile("^difference from the drawing as it is"))
    less = changed(strokes, "turn", 0, pen_width).maps["c1"]
    expected = np.clip(changed(strokes, "turn", value, pen_width).maps["c1"] - less, -AMPLITUDE, AMPLITUDE)
    shown = seven.evaluate(
        """async () => {
            const { modules } = await import(document.querySelector("link[href*='static/lenet/page-']").href);
            const { values, scale } = modules["shared/prediction.js"].newest.arrays.c1;
            return [...values].map((value) => value * scale);
        }"""
    )
    np.testing.assert_allclose(shown, expected.ravel(), atol=0.5 * AMPLITUDE / 127 + 1e-6)
    seven.get_by_role("button", name="As drawn").click()
    expect(seven.locator(".words .note")).to_have_text(re.compile("^difference"))
    ground = "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data.slice(0, 3)]"
    seven.wait_for_function(
        """() => { const { data } = document.querySelector("[data-layer=c1] canvas").getContext("2d")
            .getImageData(0, 0, 28, 28); return new Set(data.filter((_, i) => i % 4 === 0)).size === 1; }"""
    )
    zero = seven.locator("[data-layer=c1] canvas").first.evaluate(ground)
    assert min(zero) > 235  # --zero, on which nothing is less or more
    seven.get_by_label("Only the difference").uncheck()
    expect(seven.locator(".words .note")).to_have_text(re.compile("^blue = negative"))


def test_without_centring_the_place_matters(seven: Page) -> None:
    """With the switch off the pad is read as it is: the curves bend where they were flat, and so does the figure."""
    strokes, pen_width = drawing(seven)
    chosen(seven).select_option("move x")
    always = vary(strokes, "move x", None, pen_width).probabilities
    assert np.ptp(always[:, 7]) < 1e-4
    expect_curves(seven, always)
    seven.get_by_label("Scaled and centred").uncheck()
    expect_curves(seven, vary(strokes, "move x", None, pen_width, conditions=UNCENTRED).probabilities)
    slide(seven, 4)
    left = CHANGES["move x"].values()[4]
    expect_figure(seven, changed(strokes, "move x", left, pen_width, conditions=UNCENTRED))
    expect(seven.locator(".look-for")).to_contain_text("That is what scaling and centring are for.")


def test_one_drawing_becomes_another(pad: Pad, seven: Page) -> None:
    """A drawing that was kept is where the next one goes, along the curves of lenet.blend."""
    kept, pen_width = drawing(seven)
    seven.get_by_role("button", name="Keep this drawing").click()
    pad.button("Clear").click()
    pad.draw(DIGITS[1])
    strokes, _ = drawing(seven)
    expect_curves(seven, blend(strokes, kept, None, pen_width).probabilities)
    slide(seven, 30)
    expect_figure(seven, blended(strokes, kept, 0.75, pen_width))


def test_the_curves_follow_the_pen(pad: Pad, seven: Page) -> None:
    """While the pen is down and rests, the whole range is that of what is drawn so far."""
    pad.press([(100, 150), (180, 150)])
    strokes, pen_width = drawing(seven)
    expect_curves(seven, vary(strokes, "turn", None, pen_width).probabilities)
    seven.mouse.up()
    pad.button("Clear").click()
    expect(seven.locator(".curves polyline")).to_have_count(0)


def test_tabs_are_walked_with_keys_and_the_pad_stays(pad: Pad) -> None:
    """Arrows, Home and End choose a tab, one of which is in the tab order; the pad stands where it stood."""
    page = pad.page
    place = pad.canvas.bounding_box()
    names = ("Look inside", "Experiment", "Training")
    tab(page, names[0]).focus()
    for key, now in (
        ("ArrowRight", "Experiment"),
        ("ArrowRight", "Training"),
        ("ArrowRight", "Look inside"),
        ("ArrowLeft", "Training"),
        ("ArrowLeft", "Experiment"),
        ("Home", "Look inside"),
        ("End", "Training"),
    ):
        page.keyboard.press(key)
        expect(tab(page, now)).to_be_focused()
        for name in names:
            expect(tab(page, name)).to_have_attribute("aria-selected", str(name == now).lower())
            expect(tab(page, name)).to_have_attribute("tabindex", "0" if name == now else "-1")
        assert page.get_by_role("tabpanel").count() == (now != "Look inside")
    expect(page.get_by_role("tabpanel", name="Training")).to_be_visible()
    assert pad.canvas.bounding_box() == place


def test_a_link_opens_the_experiment(server: Server, page: Page) -> None:
    """After # stands the tab, what is changed, how far, and without what; nonsense is told, not obeyed."""
    page.goto(f"{server.url}#tab=experiment&try=move-x.3.uncentred")
    expect(tab(page, "Experiment")).to_have_attribute("aria-selected", "true")
    expect(chosen(page)).to_have_value("move x")
    expect(page.get_by_label("How much")).to_have_value("3")
    expect(page.get_by_label("Scaled and centred")).not_to_be_checked()
    expect(page.get_by_label("Pen redrawn")).to_be_checked()
    page.evaluate("location.hash = '#tab=experiment&try=boil.3'")
    expect(page.locator("#told")).to_have_text("This page cannot show what this link wants to open.")


# Each part of the view: a link that opens it, and what it then says of a 7.
PARTS = {
    "range": ("", "stays 7"),
    "smallest": ("&try=smallest.3.40", "It reads 3 when"),
    "without": ("&try=without.c1-1.c3-5", "Without C1 map 1, C3 map 5"),
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 720), (1024, 640), (390, 844), (360, 740)])
def test_axe_finds_nothing_in_the_experiment(
    server: Server,
    new_context: CreateContextCallback,
    theme: Literal["light", "dark"],
    size: tuple[int, int],
    part: str,
) -> None:
    """The view has nothing that axe-core objects to, is not wider than the screen, and on a wide one not higher."""
    link, words = PARTS[part]
    window: ViewportSize = {"width": size[0], "height": size[1]}
    page = new_context(color_scheme=theme, viewport=window, reduced_motion="reduce").new_page()
    pad = open_pad(page, server.url)
    pad.draw(DIGITS[7])
    page.evaluate("link => { location.hash = link }", f"#tab=experiment{link}")
    expect(page.locator(f".{part} .words")).to_contain_text(words)
    assert objections(page) == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    if size[0] > 1000:
        assert page.evaluate("document.documentElement.scrollHeight") <= size[1]
        section = page.locator("#experiment section")
        assert section.evaluate("e => e.scrollHeight <= e.clientHeight && e.scrollWidth <= e.clientWidth")


def test_the_teachers_sheet_presses_what_is_there(seven: Page) -> None:
    """Every label and every change that the sheet names is on the page, and each of its links opens what it says."""
    sheet = (ROOT / "docs" / "teacher.md").read_text("utf-8")
    named = set(re.findall(r"(?<!\*)\*(\w[^*\n?]*\w)\*(?!\*)", sheet))
    tabs = {"Look inside", "Experiment", "Training"}
    assert tabs | {"Scaled and centred", "Keep this drawing", "Kernels", "Play", "Copy link"} <= named
    assert set(CHANGES) >= {"turn", "move x", "size", "noise", "gaps", "contrast"}
    parts = {
        "the smallest change": {"Find the smallest change", "Play"},
        "maps switched off": set[str](),
    }
    for label in named - {"where", "whether"} - set(parts) - set().union(*parts.values()):
        control = seven.get_by_role("button", name=label).or_(seven.get_by_role("tab", name=label))
        if label in CHANGES:
            chosen(seven).select_option(label)
        else:
            expect(control.or_(seven.get_by_label(label)).filter(visible=True).first).to_be_visible()
    for part, labels in parts.items():
        assert part in named
        assert labels <= named
        chosen(seven).select_option(part)
        for label in labels:
            expect(seven.locator("#experiment").get_by_role("button", name=label)).to_be_visible()
    for link in re.findall(r"http://127.0.0.1:7860/(#\S+)", sheet):
        seven.evaluate("link => { location.hash = link }", link)
        wanted = dict(part.split("=") for part in link[1:].split("&"))
        expect(seven.locator(f"#tab-{wanted['tab']}")).to_have_attribute("aria-selected", "true")
        if "step" in wanted:
            expect(seven.get_by_label("Steps of training")).to_have_value(wanted["step"])
            expect(seven.locator("#training").get_by_role("button", name="Play")).to_be_visible()
        name, position, *off = wanted.get("try", "turn.20").split(".")
        if name in ("smallest", "without"):
            expect(chosen(seven)).to_have_value(list(parts)[name == "without"])
            expect(seven.locator("#told")).to_be_hidden()
            continue
        expect(chosen(seven)).to_have_value(name.replace("-", " "))
        expect(seven.get_by_label("How much")).to_have_value(position)
        expect(seven.get_by_label("Scaled and centred")).to_be_checked(checked="uncentred" not in off)
        expect(seven.locator("#told")).to_be_hidden()


def test_a_place_on_the_curves_and_a_picture_are_positions(seven: Page) -> None:
    """A press on the curves puts the slider below it, and a click on one of the pictures to what it shows."""
    how_much = seven.get_by_label("How much")
    expect(seven.locator(".curves polyline")).to_have_count(10)
    plot = seven.locator(".range .curves svg")
    box = plot.bounding_box()
    assert box
    for share, position in ((0.25, 10), (0.9, 36), (0.001, 0)):
        seven.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        expect(how_much).to_have_value(str(position))
    pictures = seven.locator(".range .inputs canvas")
    for number in (0, pictures.count() - 1):
        pictures.nth(number).click()
        expect(how_much).to_have_value(str(40 * number // (pictures.count() - 1)))
