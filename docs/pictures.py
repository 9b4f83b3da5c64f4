"""Make the README's pictures from the running demo: python docs/pictures.py http://127.0.0.1:7860/"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

HERE = Path(__file__).parent
# A barred seven, as it is written in much of the world; corners in parts of the pad's side.
SEVEN = (((0.26, 0.24), (0.50, 0.23), (0.74, 0.22), (0.60, 0.52), (0.46, 0.84)), ((0.36, 0.53), (0.70, 0.51)))


def draw(page: Page) -> None:
    """Draw the seven with the mouse."""
    box = page.get_by_label("Drawing pad").bounding_box()
    assert box
    for stroke in SEVEN:
        for number, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8)
            if number == 0:
                page.mouse.down()
        page.mouse.up()
    page.mouse.move(0, 0)


def main(url: str) -> None:
    """Write docs/sketchpad-light.png and docs/sketchpad-dark.png."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for theme in ("light", "dark"):
            page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme=theme)
            page.goto(url)
            expect(page.get_by_role("status")).to_have_text("Draw a digit")
            draw(page)
            expect(page.get_by_role("status")).to_contain_text("7")
            page.screenshot(path=HERE / f"sketchpad-{theme}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
