"""The Training view, as a visitor uses it: what it shows is what the networks of the training make of the drawing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, ViewportSize, expect
from pytest_playwright import CreateContextCallback

from lenet import Prediction, over_training
from lenet.checkpoint import SNAPSHOTS, metadata
from lenet.experiment.learning import at_moment, shipped_moments
from lenet.explain import unit_sum
from tests.browser.conftest import objections, open_pad
from tests.browser.digits import DIGITS
from tests.browser.experiment import drawing, tab
from tests.browser.pad import Pad
from tests.browser.test_layout import FONTS, flaws
from tests.browser.units import at_unit, picture
from tests.server import Server

ABOUT = metadata(SNAPSHOTS)
STEPS: list[int] = ABOUT["steps"]
LAST = len(STEPS) - 1
LEARNING = 9  # a moment in the middle of it: some digits are read then

# Whether each value of a signed picture has its side of the scale, red for what is positive; what is hardly more than
# 0 has the middle.
SIDES = """([canvas, expected, least]) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return expected.length === width * height && expected.every((value, i) =>
        Math.abs(value) < least ? Math.abs(data[4 * i] - data[4 * i + 2]) < 25
            : (data[4 * i] > data[4 * i + 2]) === value > 0);
}"""


def slider(page: Page) -> Locator:
    """The slider over the training."""
    return page.get_by_label("Steps of training")


def play(page: Page) -> Locator:
    """The button that plays the training, and pauses it."""
    return page.get_by_role("button", name=re.compile("^(▶ Play|❚❚ Pause)$"))


def expect_step(page: Page, moment: int) -> None:
    """Wait until the slider is at a moment and tells it."""
    expect(slider(page)).to_have_value(str(moment))
    told = f"Step {STEPS[moment]:,} of {STEPS[LAST]:,}"
    expect(slider(page)).to_have_attribute("aria-valuetext", told)
    expect(page.locator("#training .moment")).to_have_text(
        f"{told} misreads {ABOUT['errors'][moment]['mnist']:.1f} % of the digits kept for checking"
    )


def expect_curves(page: Page, probabilities: NDArray[np.floating]) -> None:
    """Wait until the ten curves have these (16, 10) heights."""
    page.wait_for_function(
        """(expected) => {
            const lines = [...document.querySelectorAll("#training polyline")];
            return lines.length === 10 && lines.every((line, digit) =>
                [...line.points].length === expected.length && [...line.points].every(({ x, y }, moment) =>
                    x === moment && Math.abs(1 - y - expected[moment][digit]) < 0.002));
        }""",
        arg=probabilities.tolist(),
    )


def expect_sides(page: Page, name: str, values: NDArray[np.floating], least: float) -> None:
    """Wait until a picture's colours have the signs of its values; those below `least` none."""
    page.wait_for_function(
        SIDES, arg=[picture(page, name).element_handle(), values.ravel().tolist(), float(least)]
    )


def expect_figure(page: Page, prediction: Prediction) -> None:
    """Wait until bars, and maps of every layer, are this prediction's."""
    for digit in range(10):
        meter = page.get_by_role("meter", name=str(digit))
        expect(meter).to_have_attribute("aria-valuenow", f"{100 * prediction.probabilities[digit]:.1f}")
    maps = prediction.maps
    for name, values in (
        ("C1 map 2", maps["c1"][2]),
        ("S2 map 4", maps["s2"][4]),
        ("C3 map 11", maps["c3"][11]),
        ("S4 map 7", maps["s4"][7]),
        ("C5 units", maps["c5"]),
        ("F6 units", maps["f6"]),
    ):
        expect_sides(page, name, values, least=0.03)


@pytest.fixture
def four(pad: Pad) -> Page:
    """The Training view with a 4 on the pad."""
    pad.draw(DIGITS[4])
    expect(pad.status).to_have_text(re.compile("^4"))
    tab(pad.page, "Training").click()
    return pad.page


def test_the_curves_are_the_sixteen_networks(four: Page) -> None:
    """The ten curves and the words are what lenet.over_training makes of the drawing; names stand by what gets high."""
    strokes, pen_width = drawing(four)
    expected = over_training(strokes, pen_width).probabilities
    expect_curves(four, expected)
    first = next(i for i, row in enumerate(expected) if row[4] >= 0.5)
    expect(four.locator("#training .words")).to_have_text(
        f"It is sure of nothing at first, then says 4 from step {STEPS[first]:,} on."
    )
    named = [str(digit) for digit in range(10) if expected[:, digit].max() >= 0.2]
    assert four.locator("#training .names span").all_inner_texts() == named


def test_the_error_curve_is_the_files(pad: Pad) -> None:
    """Before anything is drawn the grey curve has the errors that training wrote, and every third step is named."""
    page = pad.page
    tab(page, "Training").click()
    points = page.locator("#training .errors").evaluate("e => [...e.points].map(({ x, y }) => [x, y])")
    heights = [[i, 1 - errors["mnist"] / 100] for i, errors in enumerate(ABOUT["errors"])]
    np.testing.assert_allclose(points, [[0, 1], *heights, [LAST, 1]], atol=1e-5)
    shown = page.locator("#training .moments li").filter(visible=True)
    assert shown.all_inner_texts() == [f"{step:,}" for step in STEPS[::3]]
    expect(page.locator("#training polyline")).to_have_count(0)
    expect(page.locator("#training .words")).to_have_text(re.compile("^Draw a digit"))


def test_the_whole_figure_follows_the_slider(four: Page) -> None:
    """Bars and maps are those of the moment's network, at the end and on Look inside those of the shipped one."""
    strokes, pen_width = drawing(four)
    expect_step(four, LAST)
    for moment in (LEARNING, 0, LAST):
        slider(four).fill(str(moment))
        expect_step(four, moment)
        expect_figure(four, at_moment(strokes, moment, pen_width))
    slider(four).fill(str(LEARNING))
    expect_figure(four, at_moment(strokes, LEARNING, pen_width))
    tab(four, "Look inside").click()
    expect_figure(four, at_moment(strokes, LAST, pen_width))
    expect(slider(four)).to_be_hidden()
    tab(four, "Training").click()
    expect_figure(four, at_moment(strokes, LEARNING, pen_width))


def test_the_slider_stands_below_what_it_means(four: Page) -> None:
    """Slider, present line and named step are in one line from top to bottom, at every third moment."""
    for moment in range(0, LAST + 1, 3):
        slider(four).fill(str(moment))
        places = four.evaluate(
            """(moment) => {
                const box = (part) => document.querySelector(`#training ${part}`).getBoundingClientRect();
                const [chart, range] = [box(".curves svg"), box(".position")];
                const present = box(".present");
                return [present.left + present.width / 2,
                    range.left + 8 + (range.width - 16) * moment / 15,
                    chart.left + chart.width * moment / 15];
            }""",
            moment,
        )
        assert np.ptp(places) < 1.5
        label = four.locator("#training .moments li").nth(moment).bounding_box()
        assert label
        assert label["x"] - 2 <= places[0] <= label["x"] + label["width"] + 2


def test_a_place_on_the_curves_is_a_moment(four: Page) -> None:
    """Who presses on the curves goes to the moment nearest to that place."""
    box = four.locator("#training .curves").bounding_box()
    assert box
    four.mouse.click(box["x"] + box["width"] * 7.3 / LAST, box["y"] + box["height"] / 2)
    expect_step(four, 7)


def test_kernels_are_the_moments(four: Page) -> None:
    """Open kernels, C1's and Table I's, are those of the moment, and the shipped ones back on Look inside."""
    four.get_by_role("button", name="Kernels").click()

    def expect_kernels(moment: int) -> None:
        kernels = shipped_moments()[moment].model.c1.weight.detach().numpy()[:, 0]
        expect(four.locator(".kernels .note")).to_have_text(
            f"kernels, on their own scale: ±{np.abs(kernels).max():.2f}"
        )
        for number, kernel in enumerate(kernels):
            expect_sides(four, f"Kernel of C1 map {number}", kernel, least=np.abs(kernels).max() / 20)

    expect_kernels(LAST)
    for moment in (0, LEARNING, LAST, 3):
        slider(four).fill(str(moment))
        expect_kernels(moment)
    four.get_by_role("button", name="Table I").click()
    model = shipped_moments()[3].model
    links = model.c3.weight.detach().numpy()
    expect_sides(four, "Kernel from S2 map 2 to C3 map 0", links[2], least=np.abs(links).max() / 20)
    four.keyboard.press("Escape")
    tab(four, "Look inside").click()
    expect_kernels(LAST)


def test_a_sum_is_the_moments(four: Page) -> None:
    """A unit chosen at a moment opens that network's sum."""
    strokes, pen_width = drawing(four)
    slider(four).fill(str(LEARNING))
    expected = at_moment(strokes, LEARNING, pen_width)
    expect_figure(four, expected)
    picture(four, "C1 map 1").click(position=at_unit(four, "C1 map 1", 13, 14, 28))
    value = unit_sum(shipped_moments()[LEARNING].model, expected, "c1", (1, 13, 14))["value"]
    expect(four.locator(".sum .result b")).to_have_text(f"{value:.3f}".replace("-", "−"))


def test_play_goes_on_to_the_end(four: Page) -> None:
    """Played, the moments follow one another to the last, where it stops; from there it begins anew."""
    slider(four).fill(str(LAST - 2))
    play(four).click()
    expect(play(four)).to_have_text("❚❚ Pause")
    expect_step(four, LAST)
    expect(play(four)).to_have_text("▶ Play")
    play(four).click()
    expect_step(four, 0)
    expect_step(four, 1)
    play(four).click()
    expect(play(four)).to_have_text("▶ Play")


def test_what_ends_play(pad: Pad, four: Page) -> None:
    """Escape, the slider, the pen and another tab each end it."""

    ends: dict[str, Callable[[], None]] = {
        "Escape": lambda: four.keyboard.press("Escape"),
        "the slider": lambda: slider(four).fill("4"),
        "the pen": lambda: pad.draw([[(240, 20), (250, 30)]]),
        "another tab": lambda: tab(four, "Look inside").click(),
    }
    for end in ends.values():
        tab(four, "Training").click()
        slider(four).fill("2")
        play(four).click()
        expect(play(four)).to_have_text("❚❚ Pause")
        end()
        expect(four.locator("#training .run")).to_have_text("▶ Play")


def test_curves_and_figure_follow_the_pen(pad: Pad, four: Page) -> None:
    """While the pen is down the moment that is looked at reads what is drawn so far; nothing is left of a cleared pad."""
    slider(four).fill(str(LEARNING))
    pad.press([(60, 60), (200, 60)])
    strokes, pen_width = drawing(four)
    expect_curves(four, over_training(strokes, pen_width).probabilities)
    expect_figure(four, at_moment(strokes, LEARNING, pen_width))
    four.mouse.up()
    pad.button("Clear").click()
    expect(four.locator("#training polyline")).to_have_count(0)
    expect(four.locator("#training .words")).to_have_text(re.compile("^Draw a digit"))


def test_an_experiment_and_the_training_do_not_mix(four: Page) -> None:
    """From one tab to the other the figure shows what the open one asks for, and nothing of the one before."""
    strokes, pen_width = drawing(four)
    slider(four).fill(str(LEARNING))
    expect_figure(four, at_moment(strokes, LEARNING, pen_width))
    tab(four, "Experiment").click()
    expect(four.get_by_role("meter", name="4")).to_have_attribute(
        "aria-valuenow", f"{100 * at_moment(strokes, LAST, pen_width).probabilities[4]:.1f}"
    )
    tab(four, "Training").click()
    expect_figure(four, at_moment(strokes, LEARNING, pen_width))


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_the_pad_stays_where_it_is(server: Server, page: Page, size: tuple[int, int]) -> None:
    """In all three tabs the pad, and on a wide page the input, stand in the same place of the page."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    pad = open_pad(page, server.url)
    pad.draw(DIGITS[4])
    expect(pad.status).to_have_text(re.compile("^4"))
    parts = page.locator("#pad .paper" + (", [aria-label='Network input']" if size[0] > 1000 else ""))
    on_page = """parts => parts.map((part) => part.getBoundingClientRect())
        .map(({ left, top, width, height }) => [left + scrollX, top + scrollY, width, height])"""
    before = parts.evaluate_all(on_page)
    for name in ("Experiment", "Training", "Look inside"):
        tab(page, name).click()
        assert parts.evaluate_all(on_page) == before


def test_a_link_opens_a_moment(server: Server, page: Page) -> None:
    """After # stands the step; without one it is the last, another step means the nearest, nonsense is told."""
    page.goto(f"{server.url}#tab=training&step={STEPS[LEARNING]}")
    expect(tab(page, "Training")).to_have_attribute("aria-selected", "true")
    expect_step(page, LEARNING)
    told = "modules => modules['shared/view.js'].opened()"
    modules = """import(document.querySelector("link[href*='static/lenet/page-']").href).then(({ modules }) => modules)"""
    assert page.evaluate(f"{modules}.then({told})") == [["tab", "training"], ["step", str(STEPS[LEARNING])]]
    for link, moment in (
        ("#tab=training", LAST),
        (f"#tab=training&step={STEPS[12] + 9}", 12),
        ("#tab=training&step=0", 0),
        ("#tab=training&step=9999999", LAST),
    ):
        page.evaluate("link => { location.hash = link }", link)
        expect_step(page, moment)
    page.evaluate("location.hash = '#tab=training&step=early'")
    expect(page.locator("#told")).to_have_text("This page cannot show what this link wants to open.")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 720), (1024, 640), (1920, 1080), (390, 844), (844, 390)])
def test_axe_finds_nothing_in_the_training(
    server: Server, new_context: CreateContextCallback, theme: Literal["light", "dark"], size: tuple[int, int]
) -> None:
    """The view has nothing that axe-core objects to, is not wider than the screen, and on a wide one not higher."""
    window: ViewportSize = {"width": size[0], "height": size[1]}
    page = new_context(color_scheme=theme, viewport=window, reduced_motion="reduce").new_page()
    pad = open_pad(page, server.url)
    pad.draw(DIGITS[4])
    tab(page, "Training").click()
    expect(page.locator("#training .words")).to_contain_text("says 4")
    assert objections(page) == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    if size[0] > 1000:
        assert page.evaluate("document.documentElement.scrollHeight") <= size[1]
        strip = page.locator("#training").bounding_box()
        assert strip
        for name in ("C1 map 5", "S2 map 5", "C3 map 15", "S4 map 15", "C5 units", "F6 units"):
            box = picture(page, name).bounding_box()
            assert box
            assert box["y"] + box["height"] <= strip["y"]
            assert box["height"] >= 16


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 768), (390, 844)])
@pytest.mark.parametrize("font", ["the system's", "8 % wider"])
def test_any_font_fits_the_training(server: Server, page: Page, font: str, width: int, height: int) -> None:
    """However a link has the page shown, no text of the view wraps that should not, lies on another, or leaves it."""
    page.set_viewport_size({"width": width, "height": height})
    pad = open_pad(page, server.url)
    page.add_style_tag(content=FONTS[font] or "* {}")
    pad.draw(DIGITS[4])
    for link, shown in (
        ("", ""),
        ("&projector", "projector"),
        ("&hide=maps", "hide-maps"),
        ("&lesson=1", "lesson"),
    ):
        page.evaluate("link => { location.hash = link }", f"#tab=training{link}")
        page.wait_for_function(
            "shown => !shown || document.documentElement.classList.contains(shown)", arg=shown
        )
        expect(page.locator("#training .words")).to_contain_text("says 4")
        assert flaws(page.locator("#training")) == []
        ends = page.locator("#training *").evaluate_all(
            "parts => parts.map((part) => part.getBoundingClientRect()).map(({ right, bottom }) => [right, bottom])"
        )
        right, bottom = np.max(ends, axis=0)
        assert right <= width
        if width > 1000:
            assert bottom <= height
