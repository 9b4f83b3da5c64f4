"""Make the README's pictures from the running demo: python docs/pictures.py http://127.0.0.1:7860/

For each theme docs/sketchpad-THEME.png, the page with a drawing on it, and docs/sketchpad-THEME.webp, how
that drawing is read while it is made.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM

HERE = Path(__file__).parent
# A barred seven, as it is written in much of the world; corners in parts of the pad's side.
SEVEN = (((0.26, 0.24), (0.50, 0.23), (0.74, 0.22), (0.60, 0.52), (0.46, 0.84)), ((0.36, 0.53), (0.70, 0.51)))
STEPS = 4  # frames from corner to corner

SIZE = (960, 540)  # of the animation, in pixels
FRAME, FIRST, LAST = 110, 700, 2600  # ms that each frame stands, and the first and the last one

# Whether the newest drawing has been read, and what was read has been painted.
READ = """async () => {
    const { modules } = await import(document.querySelector("link[href*='static/lenet/page-']").href);
    const [{ drawing }, { newest }] = [modules["shared/pad.js"], modules["shared/prediction.js"]];
    const points = ({ strokes }) => strokes.flat().length;
    if (points(newest.drawing) !== points(drawing)) return false;
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await frame();
    return true;
}"""


def picture(page: Page) -> Image.Image:
    """The page as it is now."""
    page.wait_for_function(READ)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def draw(page: Page) -> Iterator[Image.Image]:
    """Draw the seven with the mouse; a picture after each step."""
    box = page.get_by_label("Drawing pad").bounding_box()
    assert box
    for stroke in SEVEN:
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for (x, y), (next_x, next_y) in pairwise(places):
            for step in range(1, STEPS + 1):
                part = step / STEPS
                page.mouse.move(x + part * (next_x - x), y + part * (next_y - y), steps=2)
                yield picture(page)
        page.mouse.up()


def main(url: str) -> None:
    """Write the pictures of both themes."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        for theme in ("light", "dark"):
            page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme=theme)
            page.goto(url)
            expect(page.get_by_role("status")).to_have_text("Draw a digit")
            expect(page.get_by_role("img", name="C3 map 15")).to_be_visible()
            frames = [picture(page), *draw(page)]
            page.mouse.move(0, 0)
            expect(page.get_by_role("status")).to_contain_text("7")
            frames.append(picture(page))
            frames[-1].save(HERE / f"sketchpad-{theme}.png", optimize=True)
            first, *others = (frame.resize(SIZE, Image.Resampling.LANCZOS) for frame in frames)
            first.save(
                HERE / f"sketchpad-{theme}.webp",
                save_all=True,
                append_images=others,
                duration=[FIRST, *[FRAME] * (len(others) - 1), LAST],
                loop=0,
                quality=70,
                method=6,
                minimize_size=True,
            )
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
