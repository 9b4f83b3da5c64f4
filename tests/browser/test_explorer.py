"""Looking inside: receptive fields, sums, kernels, Table I, and why this digit."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from lenet import classify
from lenet.model import TABLE_I
from tests.browser.conftest import open_pad
from tests.browser.digits import DIGITS
from tests.browser.pad import Pad
from tests.browser.units import at_unit, picture, strokes
from tests.server import Server


def read_maps(page: Page, layer: str) -> list[int]:
    """The numbers of a layer's maps that are not faded."""
    maps = page.locator(f"[data-layer={layer}] .map:has(canvas[role=img])")
    return [i for i, one in enumerate(maps.all()) if "unread" not in (one.get_attribute("class") or "")]


def field(page: Page, layer: str, cells: int) -> list[float]:
    """Top, left, height and width, in cells, of the first box shown on a layer."""
    style = "b => [b.style.top, b.style.left, b.style.height, b.style.width].map(parseFloat)"
    box = page.locator(f"[data-layer={layer}] .map > i:not([hidden]):not(.cross)").first
    return [round(share * cells / 100, 2) for share in box.evaluate(style)]


def test_pointing_shows_the_receptive_field(drawn: Pad) -> None:
    """A C3 unit lights up 5×5, 10×10 and 14×14 on the layers before it, on the maps of Table I only."""
    page = drawn.page
    picture(page, "C3 map 3").hover(position=at_unit(page, "C3 map 3", 2, 4, 10))
    expect(page.locator(".readout")).to_have_text(re.compile(r"^C3 map 3, row 2, column 4: [−\d.]+$"))
    assert read_maps(page, "s2") == read_maps(page, "c1") == list(TABLE_I[3])
    assert read_maps(page, "c3") == [3]
    assert field(page, "s2", 14) == [2, 4, 5, 5]
    assert field(page, "c1", 28) == [4, 8, 10, 10]
    assert field(page, "input", 32) == [4, 8, 14, 14]
    expect(page.locator(".paper .field")).to_be_visible()
    page.mouse.move(5, 715)
    expect(page.locator(".paper .field")).to_be_hidden()
    assert read_maps(page, "s2") == list(range(6))


def test_a_field_that_leaves_the_pad_says_so(drawn: Pad) -> None:
    """C5 sees all 32×32 cells, more than the pad shows: the field's sides are open there."""
    picture(drawn.page, "C5 units").hover()
    expect(drawn.page.locator(".paper .field")).to_have_text("This unit sees more than the whole pad.")
    assert read_maps(drawn.page, "s4") == list(range(16))
    assert field(drawn.page, "input", 32) == [0, 0, 32, 32]


@pytest.mark.parametrize("scale", [1, 1.25, 1.5])
def test_a_click_opens_the_unit_that_is_lit(server: Server, browser: Browser, scale: float) -> None:
    """On displays of any scale the pointer's place, between two whole pixels, means one unit to eye and click."""
    context = browser.new_context(device_scale_factor=scale, viewport={"width": 1280, "height": 720})
    page = context.new_page()
    pad = open_pad(page, server.url)
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    readout = page.locator(".readout")
    title = page.get_by_role("region", name="How this value came about").get_by_role("heading", level=2)
    rng = np.random.default_rng(0)
    for name, columns, rows in (("F6 units", 7, 12), ("C1 map 3", 28, 28), ("S4 map 0", 5, 5)):
        for _ in range(3):
            box = picture(page, name).bounding_box()
            assert box
            # A hair beyond the edge between two units, where whole pixels lie before it.
            row, column = rng.integers(1, rows), rng.integers(1, columns)
            x = box["x"] + column * box["width"] / columns + 0.05
            y = box["y"] + row * box["height"] / rows + 0.05
            page.mouse.move(x, y)
            unit = re.compile(r"^(.*\d): [−\d.]+$")
            expect(readout).to_have_text(unit)
            lit = unit.match(readout.inner_text())
            assert lit
            page.mouse.down()
            page.mouse.up()
            expect(title).to_have_text(lit[1])
            page.keyboard.press("Escape")
            page.mouse.move(5, 715)
            expect(readout).to_have_text("")
    context.close()


@pytest.mark.parametrize(
    ("name", "layer", "cells"),
    [("C1 map 2", "c1", 28), ("S2 map 2", "s2", 14), ("C3 map 2", "c3", 10), ("S4 map 2", "s4", 5)],
)
def test_a_click_shows_the_sum_of_a_unit(drawn: Pad, name: str, layer: str, cells: int) -> None:
    """The panel's value is the library's own for the strokes that were drawn."""
    page = drawn.page
    row, column = cells // 2, cells // 3
    picture(page, name).click(position=at_unit(page, name, row, column, cells))
    panel = page.get_by_role("region", name="How this value came about")
    expect(panel.get_by_role("heading", level=2)).to_have_text(f"{name}, row {row}, column {column}")
    shown = panel.locator(".result b").inner_text().replace("−", "-")
    value = classify(strokes(page), 20).maps[layer][2, row, column]
    assert float(shown) == pytest.approx(float(value), abs=0.0006)
    page.keyboard.press("Escape")


def test_the_kernel_walks_over_the_map(drawn: Pad) -> None:
    """Step and play move the unit on, pause holds it, and the sum follows."""
    page = drawn.page
    picture(page, "C1 map 0").click(position=at_unit(page, "C1 map 0", 3, 27, 28))
    panel = page.get_by_role("region", name="How this value came about")
    title = panel.get_by_role("heading", level=2)
    panel.get_by_role("button", name="One step forward").click()
    expect(title).to_have_text("C1 map 0, row 4, column 0")
    panel.get_by_role("button", name="One step back").click()
    expect(title).to_have_text("C1 map 0, row 3, column 27")
    panel.get_by_role("button", name="Play").click()
    expect(title).to_have_text(re.compile("^C1 map 0, row 4, column [1-9]"))
    panel.get_by_role("button", name="Pause").click()
    expect(panel.get_by_role("button", name="Play")).to_be_visible()


@pytest.mark.parametrize("width", [2560, 1280, 1024, 768, 390])
@pytest.mark.parametrize(("layer", "halved", "count"), [("c1", "s2", 6), ("c3", "s4", 16)])
def test_each_halved_map_is_in_line_with_the_one_it_halves(
    drawn: Pad, layer: str, halved: str, count: int, width: int
) -> None:
    """On a wide page a map of S2 or S4 stands at the height of the one it reads, on a narrow one below it."""
    drawn.page.set_viewport_size({"width": width, "height": 800})
    middles = np.array(
        [
            drawn.page.locator(f"[data-layer={name}] .map").evaluate_all(
                """maps => maps.map((map) => map.getBoundingClientRect())
                    .map(({ x, y, width, height }) => [x + width / 2, y + height / 2])"""
            )
            for name in (layer, halved)
        ]
    )
    assert middles.shape == (2, count, 2)
    along, aside = (0, 1) if width > 980 else (1, 0)
    assert np.allclose(middles[0, :, aside], middles[1, :, aside], atol=1)
    assert middles[0, :, along].max() < middles[1, :, along].min()


def test_from_the_answer_down_to_the_logit(drawn: Pad) -> None:
    """A bar leads to the softmax, the softmax to the logit's largest terms."""
    page = drawn.page
    page.get_by_role("meter", name="3").click()
    panel = page.get_by_role("region", name="How this value came about")
    expect(panel.get_by_role("heading", level=2)).to_have_text("Probability of 3")
    panel.get_by_role("button", name="How logit 3 came about").click()
    expect(panel.get_by_role("heading", level=2)).to_have_text("Logit of 3")
    expect(panel.get_by_role("row", name=re.compile("^F6 unit"))).to_have_count(8)
    expect(panel.get_by_role("row", name=re.compile("^the other 76"))).to_be_visible()


def test_kernels_are_shown_on_demand(drawn: Pad) -> None:
    """C1's six kernels come with a button, C3's sixty stand in Table I."""
    page = drawn.page
    expect(picture(page, "Kernel of C1 map 0")).to_be_hidden()
    page.get_by_role("button", name="Kernels").click()
    for number in range(6):
        expect(picture(page, f"Kernel of C1 map {number}")).to_be_visible()
    page.get_by_role("button", name="Table I").click()
    kernels = page.get_by_role("img", name=re.compile("^Kernel from S2 map"))
    expect(kernels).to_have_count(60)


def test_table_one_takes_a_c3_map_apart(drawn: Pad) -> None:
    """A column shows the S2 maps it reads, their partial maps, the bias, the sums and the map."""
    page = drawn.page
    page.get_by_role("button", name="Table I").click()
    page.get_by_role("button", name="Kernel from S2 map 4 to C3 map 9").click()
    for source in TABLE_I[9]:
        expect(picture(page, f"Partial map from S2 map {source}")).to_be_visible()
    expect(picture(page, "Sums of C3 map 9")).to_be_visible()
    expect(picture(page, "Values of C3 map 9")).to_be_visible()
    assert read_maps(page, "s2") == list(TABLE_I[9])
    page.keyboard.press("ArrowRight")
    focused = page.locator("button:focus canvas")
    expect(focused).to_have_attribute("aria-label", "Kernel from S2 map 4 to C3 map 10")


def test_why_this_digit_and_not_another(drawn: Pad) -> None:
    """What speaks for 3 and against 5 lies on the drawing, and the numbers told add up."""
    page = drawn.page
    page.get_by_role("button", name="Why?").click()
    panel = page.get_by_role("region", name="Why this digit")
    panel.get_by_label("the other digit").select_option("5")
    expect(panel.locator(".for")).to_have_text("speaks for 3")
    expect(panel.locator(".against")).to_have_text("speaks for 5")
    expect(page.locator(".paper .speaks")).to_be_visible()
    panel.get_by_text("How that is computed").click()
    numbers = panel.locator(".rest").inner_text().replace("−", "-")
    match = re.search(r"(-?\d+\.\d+) ([+-]) (\d+\.\d+) = (-?\d+\.\d+)", numbers)
    assert match
    a, b, total = float(match[1]), float(match[2] + match[3]), float(match[4])
    assert a + b == pytest.approx(total, abs=1e-9)
    expect(panel.locator(".lead")).to_have_text(f"The 3 leads the 5 by {total:.2f} points.")
    drawn.button("Clear").click()
    expect(panel).to_be_hidden()


def test_layers_play_one_after_another(drawn: Pad) -> None:
    """Play goes from the pad over the layers; pause holds, Escape ends it."""
    page = drawn.page
    page.get_by_role("button", name="Play the layers").click()
    expect(page.locator("[data-layer=input].station")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".station")).to_have_count(0)


def test_keyboard_reaches_a_unit_and_its_sum(drawn: Pad) -> None:
    """Tab and arrow keys reach any unit, its value is announced, Enter opens and Escape closes its sum."""
    page = drawn.page
    maps = page.get_by_role("application", name=re.compile("^C1 maps"))
    page.get_by_role("button", name="Kernels").focus()
    page.keyboard.press("Tab")
    expect(maps).to_be_focused()
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    told = page.locator("#layers .told")
    expect(page.locator(".readout")).to_have_text(re.compile(r"^C1 map 1, row 13, column 13: [−\d.]+$"))
    page.keyboard.press("Enter")
    panel = page.get_by_role("region", name="How this value came about")
    expect(panel).to_be_visible()
    expect(told).to_have_text(re.compile(r"^C1 map 1, row 13, column 13: [−\d.]+$"))
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(maps).to_be_focused()
    page.keyboard.press("Enter")
    panel.get_by_role("button", name="Close").focus()
    page.keyboard.press("Enter")
    expect(panel).to_be_hidden()
    expect(maps).to_be_focused()
    page.keyboard.press("ArrowLeft")  # on from the unit that was chosen
    expect(page.locator(".readout")).to_have_text(re.compile(r"^C1 map 1, row 13, column 12: "))
