"""Where things lie: what is shown of the drawing on the drawing, to the pixel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lenet import classify
from lenet.explain import contributions
from lenet.prediction import Prediction, shipped
from tests.browser.conftest import open_pad
from tests.browser.digits import DIGITS, Stroke
from tests.browser.pad import SIDE, Pad
from tests.browser.units import at_unit, picture, strokes
from tests.server import Server

Edges = tuple[float, float, float, float]  # left, top, right, bottom
KERNELS = {"C1": (5, 1), "S2": (2, 2), "C3": (5, 1), "S4": (2, 2)}  # side and step
VIEWS: list[tuple[Literal["light", "dark"], int, int, float]] = [
    ("light", 1280, 720, 1),
    ("dark", 1280, 720, 1.25),
    ("light", 390, 844, 3),
    ("dark", 360, 640, 2),
]


def placed(digit: int, scale: float, left: float, top: float) -> list[Stroke]:
    """A digit drawn smaller or larger, with its points' top-left corner there."""
    points = [point for stroke in DIGITS[digit] for point in stroke]
    x, y = (min(values) for values in zip(*points, strict=True))
    return [[(left + scale * (a - x), top + scale * (b - y)) for a, b in stroke] for stroke in DIGITS[digit]]


DRAWINGS = {
    "small, top left": placed(3, 0.3, 15, 20),
    "large": placed(4, 1.25, 40, 15),
    "flat, bottom right": [[(x, 200 + y / 4) for x, y in placed(7, 1, 130, 0)[0]]],
}


def on_pad(prediction: Prediction, rows: tuple[int, int], columns: tuple[int, int]) -> Edges:
    """The pad's part, in pad units, that the input's cells from the first to before the last row and column see."""
    frame, steps = prediction.steps.frame, prediction.steps
    assert frame and steps.square
    top, left, side, _ = (frame.pixel * pixels for pixels in steps.square)

    def x(column: float) -> float:
        return frame.left + left + (column - 2 - steps.offset[1]) * side / 20

    def y(row: float) -> float:
        return frame.top + top + (row - 2 - steps.offset[0]) * side / 20

    return x(columns[0]), y(rows[0]), x(columns[1]), y(rows[1])


def expect_on_pad(pad: Pad, part: Locator, edges: Edges, cell: tuple[int, int, int] | None = None) -> None:
    """Wait until `part`, or its cell (row, column, cells a side), lies there on the pad, within one pixel."""
    pad.page.wait_for_function(
        """([pad, part, wanted, cell]) => {
            const ink = pad.getBoundingClientRect(), box = part.getBoundingClientRect();
            const [row, column, cells] = cell ?? [0, 0, 1];
            const left = box.left - ink.left + column * box.width / cells;
            const top = box.top - ink.top + row * box.height / cells;
            const found = [left, top, left + box.width / cells, top + box.height / cells];
            window.found = found.map((edge) => edge / ink.width * 280);
            return part.checkVisibility() && found.every((edge, i) => Math.abs(edge - wanted[i] * ink.width / 280) < 1);
        }""",
        arg=[pad.canvas.element_handle(), part.element_handle(), edges, cell],
        timeout=30_000,
    )


def open_view(
    server: Server, browser: Browser, view: tuple[Literal["light", "dark"], int, int, float]
) -> Pad:
    """The page in a theme, a window's size and density."""
    theme, width, height, density = view
    context = browser.new_context(
        color_scheme=theme, viewport={"width": width, "height": height}, device_scale_factor=density
    )
    return open_pad(context.new_page(), server.url)


def draw_anew(pad: Pad, drawing: list[Stroke]) -> Prediction:
    """Draw on an empty pad; what the library makes of what was drawn."""
    if pad.button("Clear").is_enabled():
        pad.button("Clear").click()
        expect(pad.status).to_have_text("Draw a digit")
    pad.canvas.scroll_into_view_if_needed()
    pad.draw(drawing)
    return classify(strokes(pad.page), 20)


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_reasons_lie_on_the_ink_they_are_about(
    server: Server, browser: Browser, view: tuple[Literal["light", "dark"], int, int, float]
) -> None:
    """The cell of Why? that speaks most lies on the pad where the preprocessing took that input cell from."""
    pad = open_view(server, browser, view)
    overlay = pad.page.locator(".paper .speaks")
    for drawing in DRAWINGS.values():
        prediction = draw_anew(pad, drawing)
        assert prediction.digit is not None
        pad.button("Why?").click()
        expect(overlay).to_be_visible()
        other = int(pad.page.get_by_label("the other digit").input_value())
        cells, _, _ = contributions(shipped(), prediction, prediction.digit, other)
        row, column = (int(i) for i in np.unravel_index(np.abs(cells).argmax(), cells.shape))
        edges = on_pad(prediction, (row, row + 1), (column, column + 1))
        expect_on_pad(pad, overlay, edges, (row, column, 32))
        painted = overlay.evaluate("c => [...c.getContext('2d').getImageData(0, 0, 32, 32).data]")
        alpha = np.array(painted).reshape(32, 32, 4)[:, :, 3]
        assert alpha[row, column] == alpha.max() == 255
    pad.page.context.close()


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_a_field_lies_on_what_the_unit_sees(
    server: Server, browser: Browser, view: tuple[Literal["light", "dark"], int, int, float]
) -> None:
    """The box on the pad is the unit's receptive field, as far as it is on the pad."""
    pad = open_view(server, browser, view)
    page = pad.page
    for drawing in DRAWINGS.values():
        prediction = draw_anew(pad, drawing)
        size = step = 1  # of the receptive field, in input cells
        for layer, (side, stride) in KERNELS.items():
            size, step = size + (side - 1) * step, step * stride
            cells = prediction.maps[layer.lower()].shape[-1]
            row, column = cells // 2, cells // 3
            picture(page, f"{layer} map 1").hover(
                position=at_unit(page, f"{layer} map 1", row, column, cells)
            )
            rows, columns = ((step * first, step * first + size) for first in (row, column))
            left, top, right, bottom = (min(max(edge, 0), SIDE) for edge in on_pad(prediction, rows, columns))
            expect_on_pad(pad, page.locator(".paper .field"), (left, top, right, bottom))
    page.context.close()


def test_the_cross_lies_on_the_centre_of_mass(pad: Pad) -> None:
    """Its middle is the mean place of the ink in the 28×28 cells, in a wide window and in a narrow one."""
    for width in (1280, 390):
        pad.page.set_viewport_size({"width": width, "height": 800})
        for drawing in DRAWINGS.values():
            grey = draw_anew(pad, drawing).steps.placed.astype(float)
            middles = np.arange(28) + 0.5
            x, y = (float(middles @ grey.sum(axis=axis) / grey.sum() / 28) for axis in (0, 1))
            pad.page.wait_for_function(
                """([x, y]) => {
                    const cross = document.querySelector(".cross").getBoundingClientRect();
                    const box = document.querySelector("[aria-label^='Step 3']").getBoundingClientRect();
                    const off = [cross.x + cross.width / 2 - box.x - x * box.width,
                        cross.y + cross.height / 2 - box.y - y * box.height];
                    return off.every((pixels) => Math.abs(pixels) < 1);
                }""",
                arg=[x, y],
                timeout=30_000,
            )


def select_all(page: Page) -> None:
    """Select the whole page."""
    page.keyboard.press("Control+a")


def select_by_drag(page: Page) -> None:
    """Select from the title down to the pad's buttons."""
    title = page.get_by_role("heading", level=1).bounding_box()
    end = page.get_by_role("button", name="Clear").bounding_box()
    assert title and end
    page.mouse.move(title["x"] + 2, title["y"] + 5)
    page.mouse.down()
    page.mouse.move(end["x"] + 5, end["y"] + end["height"] + 30, steps=5)
    page.mouse.up()


@pytest.mark.parametrize("select", [select_all, select_by_drag])
def test_a_stroke_is_whole_whatever_is_selected(pad: Pad, select: Callable[[Page], None]) -> None:
    """Text selected around the pad is not dragged away with the pen: the stroke reaches its end."""
    drawn = [(60, 60), (120, 100), (200, 220)]
    for _ in range(2):  # the second on the first
        select(pad.page)
        pad.draw([[(float(x), float(y)) for x, y in drawn]])
    found = strokes(pad.page)
    assert len(found) == 2
    for stroke in found:
        assert stroke[0] == pytest.approx(drawn[0], abs=1)
        assert stroke[-1] == pytest.approx(drawn[-1], abs=1)
        assert len(stroke) >= len(drawn)


def brightness(page: Page) -> list[float]:
    """How much of the pad, of each layer, and of the answer is let through, in the order of the network."""
    return page.evaluate(
        """() => ["#pad .paper canvas", "[data-layer] canvas", "#answer .bars"].flatMap((parts) => {
            const one = parts.startsWith("[") ? [...document.querySelectorAll("[data-layer]")] : [document];
            return one.map((holder) => {
                let opacity = 1, part = holder === document ? document.querySelector(parts) : holder;
                for (; part; part = part.parentElement) opacity *= getComputedStyle(part).opacity;
                return Math.round(100 * opacity) / 100;
            });
        })"""
    )


def test_play_lights_one_part_after_another(drawn: Pad) -> None:
    """From its first step on exactly one of pad, layers and answer is lit, in order; the rest is dimmed once."""
    page = drawn.page
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 60_000"))  # else it goes on by itself on a busy machine
    page.get_by_role("button", name="Play the layers").click()
    for number in range(9):
        assert brightness(page) == [1 if part == number else 0.3 for part in range(9)]
        page.clock.run_for(1600)
    assert brightness(page) == [1] * 9


def test_drawing_ends_play(drawn: Pad) -> None:
    """Who draws while the layers play sees the drawing, and all of the page, at once."""
    page = drawn.page
    page.get_by_role("button", name="Play the layers").click()
    expect(page.locator(".station")).to_have_count(1)
    drawn.press([(60, 60), (90, 90)])
    assert brightness(page) == [1] * 9
    expect(page.get_by_role("button", name="Play the layers")).to_be_visible()
    page.mouse.up()
