"""The units of the layers' pictures, as a person points at them, and what is drawn."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, Position


def picture(page: Page, name: str) -> Locator:
    """A layer's picture by its name."""
    return page.get_by_role("img", name=name, exact=True)


def strokes(page: Page) -> list[list[list[float]]]:
    """What is drawn on the pad."""
    return page.evaluate(
        """() => new Promise((resolve) => {
            document.addEventListener("strokes", (event) => resolve(event.detail.strokes), { once: true });
            document.querySelectorAll(".sketchpad").forEach((pad) =>
                pad.dispatchEvent(new CustomEvent("strokes-wanted")));
        })"""
    )


def at_unit(page: Page, name: str, row: int, column: int, cells: int) -> Position:
    """Where on a picture of cells × cells a unit lies."""
    box = picture(page, name).bounding_box()
    assert box
    return {"x": (column + 0.5) * box["width"] / cells, "y": (row + 0.5) * box["height"] / cells}
