"""The pad and the answer, as a person with a mouse and eyes has them."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from tests.browser.digits import Stroke

SIDE = 280

# JavaScript's promise for the page's own modules, by their paths, as the page itself has them.
MODULES = """import(document.querySelector("link[href*='static/lenet/page-']").href).then(({ modules }) => modules)"""


class Pad:
    """Draws on the page by moving the mouse, in pad units."""

    def __init__(self, page: Page, label: str = "Drawing pad") -> None:
        self.page = page
        self.canvas: Locator = page.get_by_label(label)
        self.status: Locator = page.get_by_role("status")

    def at(self, point: tuple[float, float]) -> tuple[float, float]:
        """Where a point of the pad lies on the screen."""
        return self.places([point])[0]

    def places(self, stroke: Stroke) -> Stroke:
        """Where the points of a stroke lie on the screen."""
        box = self.canvas.bounding_box()
        assert box
        x, y, scale = box["x"], box["y"], box["width"] / SIDE
        return [(x + scale * right, y + scale * down) for right, down in stroke]

    def press(self, stroke: Stroke) -> None:
        """Draw a stroke and leave the pen down."""
        first, *others = self.places(stroke)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for place in others:
            self.page.mouse.move(*place)

    def draw(self, strokes: list[Stroke]) -> None:
        """Draw strokes, lifting the pen after each."""
        for stroke in strokes:
            self.press(stroke)
            self.page.mouse.up()

    def button(self, name: str) -> Locator:
        """The button of that name."""
        return self.page.get_by_role("button", name=name)

    def meter(self, digit: int) -> float:
        """The probability that a digit's meter tells, in per cent."""
        return float(self.page.get_by_role("meter", name=str(digit)).get_attribute("aria-valuenow") or "nan")

    def expect_ink(self, point: tuple[float, float], there: bool = True) -> None:
        """Wait until there is ink at a point of the pad, or none."""
        self.page.wait_for_function(
            """([canvas, x, y, there]) => {
                const context = canvas.getContext("2d");
                const pixel = context.getImageData(x * canvas.width, y * canvas.height, 1, 1);
                return (pixel.data[3] > 0) === there;
            }""",
            arg=[self.canvas.element_handle(), point[0] / SIDE, point[1] / SIDE, there],
        )

    def pixels(self, name: str) -> list[int]:
        """The RGBA bytes of a picture's canvas."""
        canvas = self.page.get_by_label(name, exact=True)
        return canvas.evaluate("c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]")
