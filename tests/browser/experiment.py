"""The Experiment view, as a person uses it and sees the figure follow."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from lenet import Prediction


def tab(page: Page, name: str) -> Locator:
    """The tab of that name."""
    return page.get_by_role("tab", name=name)


def chosen(page: Page) -> Locator:
    """What is changed."""
    return page.get_by_label("What is changed")


def slide(page: Page, position: int) -> None:
    """Put the slider there, as the keys do."""
    page.get_by_label("How much").fill(str(position))


def expect_figure(page: Page, prediction: Prediction) -> None:
    """Wait until the input's picture is this one's, and the digit's meter."""
    page.wait_for_function(
        """([canvas, expected]) => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, 32, 32);
            const ground = data[0];
            return expected.every((row, y) => row.every((ink, x) =>
                (ink > 0.02) === (Math.abs(data[4 * (32 * y + x)] - ground) > 2)));
        }""",
        arg=[page.get_by_label("Network input", exact=True).element_handle(), prediction.input.tolist()],
    )
    for digit in (1, 7):
        meter = page.get_by_role("meter", name=str(digit))
        expect(meter).to_have_attribute("aria-valuenow", f"{100 * prediction.probabilities[digit]:.1f}")


def drawing(page: Page) -> tuple[Any, float]:
    """What is on the pad, and its pen: the pad tells whoever asks."""
    strokes, pen_width = page.evaluate(
        """() => new Promise((resolve) => {
            document.addEventListener("strokes", ({ detail }) => resolve([detail.strokes, detail.penWidth]),
                { once: true });
            document.querySelector("#pad .sketchpad:has(> .paper)").dispatchEvent(new CustomEvent("strokes-wanted"));
        })"""
    )
    return strokes, pen_width
