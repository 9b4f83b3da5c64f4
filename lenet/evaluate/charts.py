"""The model card's pictures: robustness as coloured grids, calibration, and the surest mistakes.

Each has its own light ground, so that it reads on light and dark pages alike. lenet/evaluate/card.py writes them.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from lenet.evaluate.robustness import HEIGHTS, PENS

Point = tuple[float, float]

PAPER, INK, FAINT = "#fcfcfa", "#26282b", "#6a6f76"
RULE, BAR, DOT, RARE = "#b9bec5", "#dde6ee", "#1f6f8b", "#94bccb"
POOR, GOOD = (236, 158, 112), (214, 236, 229)  # none read right, all read right: both bear dark figures
WIDTH = 880  # pixels, of every picture
FEW = 30  # digits in a bin, below which its accuracy is mostly chance
SHOWN = 20  # mistakes of each test set
FINE = 2  # drawn this much larger and then reduced, for smooth lines


class Sheet:
    """A picture `WIDTH` pixels wide to draw on; all places and sizes are in its pixels."""

    def __init__(self, height: int) -> None:
        self._large = Image.new("RGB", (WIDTH * FINE, height * FINE), PAPER)
        self._draw = ImageDraw.Draw(self._large)

    def text(self, at: Point, text: str, size: int = 13, anchor: str = "mm", ink: str = INK) -> None:
        """Write `text` in Pillow's own font; `anchor` as in Pillow, "mm" being the text's middle."""
        font = ImageFont.load_default(size * FINE)
        self._draw.text((at[0] * FINE, at[1] * FINE), text, ink, font, anchor)

    def box(self, start: Point, end: Point, fill: str | tuple[int, int, int]) -> None:
        """Fill from `start` up to `end`, which is no part of it."""
        corner = (end[0] * FINE - 1, end[1] * FINE - 1)
        self._draw.rectangle((start[0] * FINE, start[1] * FINE, *corner), fill)

    def line(self, start: Point, end: Point) -> None:
        """A thin straight line."""
        ends = [value * FINE for value in (*start, *end)]
        self._draw.line(ends, RULE, FINE)

    def dot(self, middle: Point, ink: str) -> None:
        """A dot, five pixels in radius."""
        self._draw.circle((middle[0] * FINE, middle[1] * FINE), 5 * FINE, ink)

    def finished(self) -> Image.Image:
        """The picture, in its own size."""
        return self._large.reduce(FINE)


def grids(results: dict[str, Any]) -> Image.Image:
    """`evaluate.robustness`' accuracies of pen digits, by height and pen: as strokes, and as pictures."""
    sheet = Sheet(300)
    for left, kind in ((20, "strokes"), (450, "pictures")):
        cells = results[kind]
        sheet.text((left, 24), f"As {kind}: read right, in %", 16, "lm")
        sheet.text((left + 410, 25), f"{cells['n']:,} digits a cell", 12, "rm", FAINT)
        sheet.text((left, 57), "height \\ pen", 12, "lm", FAINT)
        for column, pen in enumerate(PENS):
            sheet.text((left + 110 + 66 * column, 57), f"{pen} px", 12, ink=FAINT)
        for row, height in enumerate(HEIGHTS):
            sheet.text((left + 66, 90 + 36 * row), f"{height} px", 12, "rm", FAINT)
            for column, pen in enumerate(PENS):
                share = cells[f"{height}/{pen}"]
                x, y = cell(left, row, column)
                sheet.box((x, y), (x + 64, y + 34), shade(share))
                sheet.text((x + 32, y + 17), f"{share:.1f}", 14)
    return sheet.finished()


def cell(left: int, row: int, column: int) -> tuple[int, int]:
    """Where a grid's cell begins, the grid being `left` pixels from the picture's edge."""
    return left + 78 + 66 * column, 73 + 36 * row


def shade(share: float) -> tuple[int, int, int]:
    """The colour of a `share` in per cent, even steps from `POOR` to `GOOD`."""
    red, green, blue = (round(p + (g - p) * share / 100) for p, g in zip(POOR, GOOD, strict=True))
    return red, green, blue


def calibration(results: dict[str, Any], titles: dict[str, str]) -> Image.Image:
    """Reliability diagrams of two test sets: a dot for each of `report`'s bins, and a bar for its n.

    On the diagonal, digits that the network is 90 % sure of are right nine times out of ten.
    """
    sheet = Sheet(496)
    for left, (name, title) in zip((56, 488), titles.items(), strict=True):
        _diagram(sheet, left, title, results[name])
    note = f"Figures and faint bars (logarithmic): digits in the bin. Pale dots: fewer than {FEW} digits."
    sheet.text((WIDTH / 2, 479), note, 12, ink=FAINT)
    return sheet.finished()


def _diagram(sheet: Sheet, left: int, title: str, result: dict[str, Any]) -> None:
    bins, side, foot = result["reliability"], 372, 428
    wide = side / len(bins)
    sheet.text((left, 18), title, 16, "lm")
    gap = f"calibration error {result['calibration_error']:.2f} points"
    sheet.text((left, 39), f"{result['n']:,} digits, {gap}", 12, "lm", FAINT)
    for number, lot in enumerate(bins):
        if lot["n"]:
            tall = side / 2 * np.log1p(lot["n"]) / np.log1p(result["n"])
            x = left + wide * number
            sheet.box((x + 1, foot - tall), (x + wide - 1, foot), BAR)
            sheet.text((x + wide / 2, foot - 8), str(lot["n"]), 9, ink=FAINT)
    for share in range(0, 101, 20):
        along = side * share / 100
        sheet.text((left + along, foot + 12), str(share), 11, ink=FAINT)
        sheet.text((left - 8, foot - along), str(share), 11, "rm", FAINT)
    sheet.text((left + side / 2, foot + 27), "sure, in %", 12, ink=FAINT)
    sheet.text((left + 8, foot - side + 12), "read right, in %", 12, "lm", FAINT)
    sheet.line((left, foot), (left + side, foot))
    sheet.line((left, foot), (left, foot - side))
    sheet.line((left, foot), (left + side, foot - side))
    for lot in bins:
        if lot["n"]:
            sheet.dot(spot(left, lot), RARE if lot["n"] < FEW else DOT)


def spot(left: int, lot: dict[str, Any]) -> Point:
    """Where a bin's dot lies, its diagram being `left` pixels from the picture's edge."""
    return left + 3.72 * lot["confidence"], 428 - 3.72 * lot["accuracy"]


def mistakes(probabilities: NDArray[np.floating], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which of N digits are misread, the surest mistake first and at most `SHOWN`; (N, 10) probabilities."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")][:SHOWN]


Readings = tuple[NDArray[np.float32], NDArray[np.floating], NDArray[np.int64]]


def failures(readings: dict[str, Readings]) -> Image.Image:
    """The surest mistakes of test sets, by title: (N, 32, 32) inputs, (N, 10) probabilities, digits (N,)."""
    chosen = {title: mistakes(shares, labels) for title, (_, shares, labels) in readings.items()}
    rows = [-(-len(which) // 10) for which in chosen.values()]
    sheet = Sheet(14 + sum(44 + 112 * count for count in rows))
    thumbnails = []
    top = 0
    for (title, which), count in zip(chosen.items(), rows, strict=True):
        inputs, shares, labels = readings[title]
        misses = int((shares.argmax(axis=1) != labels).sum())
        sheet.text((20, top + 26), title, 16, "lm")
        sheet.text((WIDTH - 20, top + 27), f"the {len(which)} surest of {misses} mistakes", 12, "rm", FAINT)
        for place, digit in enumerate(which):
            x, y = 20 + 84 * (place % 10), top + 44 + 112 * (place // 10)
            thumbnails.append((thumbnail(inputs[digit]), (x + 10, y)))
            share = shares[digit]
            sheet.text((x + 42, y + 76), f"{labels[digit]} read as {share.argmax()},", 12)
            sheet.text((x + 42, y + 92), f"{100 * share.max():.0f} %", 12)
        top += 44 + 112 * count
    picture = sheet.finished()
    for small, at in thumbnails:  # after the picture was reduced: their pixels are to stay sharp
        picture.paste(small, at)
    return picture


def thumbnail(pixels: NDArray[np.floating]) -> Image.Image:
    """A 32×32 input in [0, 1] enlarged twice, dark ink on white."""
    dark = np.round(255 * (1 - pixels)).astype(np.uint8)
    return Image.fromarray(dark).resize((64, 64), Image.Resampling.NEAREST)


def save(picture: Image.Image, path: Any, figures: Any) -> None:
    """Write `picture` as PNG, and into it the `figures` it shows, so that a test can compare them."""
    about = PngInfo()
    about.add_itxt("figures", json.dumps(figures))
    colours = picture.quantize(64, dither=Image.Dither.NONE)
    colours.save(path, optimize=True, pnginfo=about)
