"""Maps switched off in the Experiment view: figure, bars and words are what the library reads without them."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from lenet import Conditions, Prediction, classify
from lenet.checkpoint import RESULTS
from lenet.experiment.vary import changed
from lenet.units import Off, exciting
from tests.browser.digits import DIGITS
from tests.browser.experiment import chosen, drawing, tab
from tests.browser.pad import Pad
from tests.server import Server


def switch(page: Page, layer: str, number: int) -> Locator:
    """The switch of a map."""
    return page.get_by_role("switch", name=re.compile(rf"^Map {number} of {layer};"))


@pytest.fixture
def switches(seven: Page) -> Page:
    """The view with a 7 on the pad, and all maps on."""
    chosen(seven).select_option("maps switched off")
    expect(seven.get_by_role("switch")).to_have_count(22)
    return seven


def read(page: Page, off: Off) -> Prediction:
    """What the library makes of what is drawn, without these maps."""
    strokes, pen_width = drawing(page)
    return changed(strokes, "turn", 0, pen_width, conditions=Conditions(off=off))


def expect_bars(page: Page, now: NDArray[np.float32], before: NDArray[np.float32]) -> None:
    """Wait until the ten bars are as long as `now`, and their dashed frames as `before`, or gone where that is 0."""
    page.wait_for_function(
        """([now, before]) => [...document.querySelectorAll("[role=meter]")].every((meter, digit) => {
            const { width } = meter.getBoundingClientRect();
            const [fill, frame] = [...meter.children].map((part) => part.getBoundingClientRect().width / width);
            const expected = before[digit] < 0.005 ? 0 : before[digit];
            return Math.abs(fill - now[digit]) < 0.02 && Math.abs(frame - expected) < 0.02;
        })""",
        arg=[now.tolist(), before.tolist()],
    )


def test_the_figure_and_both_bars_follow(switches: Page) -> None:
    """With maps off, one and then two, bars and maps are those that the library reads; the bars before are seen too."""
    strokes, pen_width = drawing(switches)
    before = classify(strokes, pen_width).probabilities
    switch(switches, "C1", 1).click()
    expect_bars(switches, read(switches, {"c1": [1]}).probabilities, before)
    switch(switches, "C3", 15).click()
    without = read(switches, {"c1": [1], "c3": [15]})
    expect_bars(switches, without.probabilities, before)
    for digit in range(10):
        meter = switches.get_by_role("meter", name=str(digit))
        expect(meter).to_have_attribute(
            "aria-valuetext",
            f"{100 * without.probabilities[digit]:.1f} %, with all maps {100 * before[digit]:.1f} %",
        )
    now = int(without.probabilities.argmax())
    expect(switches.locator(".without .words")).to_have_text(
        re.compile(
            rf"^With all maps: 7, {100 * before[7]:.1f} %\. "
            rf"Without C1 map 1, C3 map 15: {now}, {100 * without.probabilities[now]:.1f} %"
        )
    )
    switches.get_by_role("button", name="All on").click()
    expect_bars(switches, before, before)


def test_a_map_that_is_off_shows_what_it_passes_on(pad: Pad, switches: Page) -> None:
    """Off, a map is the same picture whatever is drawn, in the figure and on its switch; its neighbour is not."""
    switch(switches, "C1", 2).click()
    expect(switch(switches, "C1", 2)).not_to_be_checked()
    expect_bars(switches, read(switches, {"c1": [2]}).probabilities, read(switches, {}).probabilities)
    off, on = pad.pixels("C1 map 2"), pad.pixels("C1 map 3")
    own = switch(switches, "C1", 2).locator("canvas")
    data = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data]"
    assert own.evaluate(data) == off
    pad.button("Clear").click()
    pad.draw(DIGITS[4])
    expect_bars(switches, read(switches, {"c1": [2]}).probabilities, read(switches, {}).probabilities)
    assert pad.pixels("C1 map 2") == off == own.evaluate(data)
    assert pad.pixels("C1 map 3") != on


def test_sums_are_without_them_too(switches: Page) -> None:
    """A unit of a map that is off tells what is passed on instead of its sum."""
    mean = read(switches, {"c1": [2]}).maps["c1"][2, 12, 9]
    switches.evaluate("location.hash = '#tab=experiment&try=without.c1-2&unit=c1.2.12.9'")
    expect(switches.locator(".sum .end")).to_contain_text(
        f"This map is switched off: its mean, {mean:.3f}, is passed on".replace("-", "−")
    )
    switches.keyboard.press("Escape")


def test_beside_each_map_stands_what_the_test_set_says(switches: Page) -> None:
    """Each switch tells the measured error without its map, and the line below both test sets', with and without."""
    told = json.loads(RESULTS.read_text("utf-8"))
    for layer, count in (("c1", 6), ("c3", 16)):
        for number in range(count):
            error = told["ablation"][layer][number]["mnist"]
            one = switch(switches, layer.upper(), number)
            expect(one).to_have_text(f"{error:.2f}" if error < 10 else f"{error:.1f}")
    errors = told["ablation"]["c3"][7]
    switch(switches, "C3", 7).hover()
    expect(switches.locator(".about")).to_have_text(
        f"C3 map 7: without it, of MNIST's test digits {errors['mnist']:.2f} %, not {told['mnist']['error']:.2f} %, "
        f"are misread; of the pen digits {errors['pendigits']:.2f} %, not {told['pendigits']['error']:.2f} %. "
        "These training digits excite it most:"
    )


def expect_nine(nine: Locator, layer: str, number: int) -> None:
    """Wait until the nine pictures are these training digits, ink where they have ink."""
    nine.page.wait_for_function(
        """([nine, expected]) => [...nine.children].every((canvas, i) => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
            return expected[i].flat().every((ink, at) => Math.abs(data[4 * at] - (255 - ink * 238 / 255)) < 3);
        })""",
        arg=[nine.element_handle(), exciting(layer, number).tolist()],
    )


def test_what_excites_the_map_looked_at(switches: Page) -> None:
    """The nine training digits are those of the map that was pointed at last."""
    nine = switches.locator("#experiment .nine")
    switch(switches, "C3", 7).hover()
    expect(nine).to_have_attribute("aria-label", "The nine training digits that excite C3 map 7 most")
    expect_nine(nine, "c3", 7)
    switch(switches, "C1", 4).hover()
    expect_nine(nine, "c1", 4)


@pytest.mark.parametrize(("link", "layer", "number"), [("c3.15.2.7", "c3", 15), ("f6.40", "f6", 40)])
def test_what_excites_a_unit_stands_below_its_sum(pad: Pad, link: str, layer: str, number: int) -> None:
    """The panel shows the nine of its map or unit on demand, the link tells so, and a layer without them has none."""
    page = pad.page
    pad.draw(DIGITS[7])
    page.evaluate("link => { location.hash = `unit=${link}` }", link)
    button = page.get_by_role("button", name="What excites it?")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".excites .nine")).to_be_hidden()
    button.click()
    expect_nine(page.locator(".excites .nine"), layer, number)
    page.evaluate("location.hash = 'unit=s2.1.2.3&excites'")
    expect(page.locator(".sum h2")).to_have_text("S2 map 1, row 2, column 3")
    expect(button).to_be_hidden()
    page.evaluate("location.hash = 'unit=f6.3&excites'")
    expect_nine(page.locator(".excites .nine"), "f6", 3)


def test_nothing_stands_in_the_bars_of_an_empty_pad(pad: Pad) -> None:
    """Where no maps are off, and before anything is drawn, no frame of an answer before is seen in any bar."""
    expect(pad.page.locator("[role=meter] > i:visible")).to_have_count(0)
    pad.draw(DIGITS[7])
    expect(pad.status).to_have_text(re.compile("^7"))
    expect(pad.page.locator("[role=meter] > i:visible")).to_have_count(0)


def test_keys_walk_over_the_maps_and_switch_them(switches: Page) -> None:
    """One of the switches is in the tab order; arrows go to its neighbours, Space switches."""
    switch(switches, "C1", 0).focus()
    for key, layer, number in (
        ("ArrowRight", "C1", 1),
        ("ArrowDown", "C3", 1),
        ("ArrowDown", "C3", 9),
        ("ArrowLeft", "C3", 8),
        ("ArrowUp", "C3", 0),
        ("ArrowUp", "C1", 0),
    ):
        switches.keyboard.press(key)
        expect(switch(switches, layer, number)).to_be_focused()
        expect(switches.locator("[role=switch][tabindex='0']")).to_have_count(1)
    switches.keyboard.press(" ")
    expect(switch(switches, "C1", 0)).not_to_be_checked()
    expect_bars(switches, read(switches, {"c1": [0]}).probabilities, read(switches, {}).probabilities)


def test_elsewhere_all_maps_are_on(switches: Page) -> None:
    """On Look inside, and for another experiment, the network is whole again; the switches stay as they were."""
    whole = read(switches, {}).probabilities
    switch(switches, "C1", 1).click()
    expect_bars(switches, read(switches, {"c1": [1]}).probabilities, whole)
    tab(switches, "Look inside").click()
    expect_bars(switches, whole, np.zeros(10, np.float32))
    tab(switches, "Experiment").click()
    expect_bars(switches, read(switches, {"c1": [1]}).probabilities, whole)
    chosen(switches).select_option("turn")
    expect_bars(switches, whole, np.zeros(10, np.float32))


def test_a_link_switches_maps_off(server: Server, page: Page) -> None:
    """After # stand the maps that are off; one that there is not is told, not obeyed."""
    page.goto(f"{server.url}#tab=experiment&try=without.c1-1.c3-15")
    expect(chosen(page)).to_have_value("maps switched off")
    expect(page.locator("[role=switch][aria-checked=false]")).to_have_count(2)
    expect(switch(page, "C1", 1)).not_to_be_checked()
    expect(switch(page, "C3", 15)).not_to_be_checked()
    page.evaluate("location.hash = '#tab=experiment&try=without.c1-6'")
    expect(page.locator("#told")).to_have_text("This page cannot show what this link wants to open.")
