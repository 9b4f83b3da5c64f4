"""From strokes, or from ink, to the network's input: MNIST's own preprocessing, exactly.

The paper (III.A) says that each digit was fitted into a 20×20 box, keeping its aspect ratio, and then
centred by its mass in 28×28. The arithmetic behind these words was recovered by Yadav and Bottou,
"Cold Case: the Lost MNIST Digits", 2019, and is followed here to the last digit, so that a drawing
reaches the network just as the digits did that it learned from. Every step is kept to be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lenet.strokes import PEN, Frame, Stroke, draw_in, frame, without_slips

BOX = 20  # cells, the longer side of a digit
MNIST = 28  # cells, MNIST's picture
INPUT = 32  # cells, the network's input

Ink = NDArray[np.floating] | NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Steps:
    """What preprocessing did, step by step; boxes are (top, left, height, width) in pixels of `ink`."""

    frame: Frame | None
    """Where the ink lies in the strokes' own units; None for a picture's ink or where nothing is drawn."""
    ink: Ink
    """(h, w) in [0, 1], 1 = ink."""
    box: tuple[int, int, int, int] | None
    """Tight around every pixel with any ink; None where there is none."""
    square: tuple[int, int, int, int] | None
    """The box made square, ten pixels at least; it may reach beyond the ink's own picture."""
    fitted: NDArray[np.uint8]
    """(20, 20) grey levels: the square's content."""
    centre: tuple[float, float]
    """(row, column) of the centre of mass in `fitted`, in cells from its top-left corner."""
    offset: tuple[int, int]
    """(top, left) of `fitted` in `placed`: whole cells, so that no grey level changes."""
    placed: NDArray[np.uint8]
    """(28, 28) grey levels, as MNIST has them: `fitted`, its centre of mass in the middle."""
    input: NDArray[np.float32]
    """(32, 32) in [0, 1]: `placed` with two cells of ground on every side."""


def preprocess_strokes(strokes: Sequence[Stroke], pen_width: float | None = None, *, pen: int = PEN) -> Steps:
    """All steps from `strokes` to the 32×32 input.

    The one way from strokes to the network, for the page, training and evaluation alike: slips of the pen are left
    out, and the rest is drawn with a pen of `pen` pixels. `pen_width` is that of `frame`.
    """
    strokes = without_slips(strokes)
    if not strokes:
        return preprocess(np.zeros((0, 0), np.uint8))
    place = frame(strokes, pen_width, pen=pen)
    return _steps(draw_in(place, strokes), place)


def stroke_inputs(drawings: Iterable[Sequence[Stroke]]) -> NDArray[np.float32]:
    """(N, 32, 32) inputs in [0, 1] of N drawings, each a list of strokes."""
    return np.stack([preprocess_strokes(strokes).input for strokes in drawings])


def preprocess(ink: Ink) -> Steps:
    """All steps from `ink`, (h, w) in [0, 1] with 1 = ink and of any size, to the 32×32 input."""
    return _steps(ink, None)


def _steps(ink: Ink, place: Frame | None) -> Steps:
    box = _tight_box(ink)
    if box is None:
        fitted, centre, square = np.zeros((BOX, BOX), np.uint8), (BOX / 2, BOX / 2), None
    else:
        square = _square(box)
        fitted = _fit(ink, box, square)
        centre = centre_of_mass(fitted)
    placed = np.zeros((MNIST, MNIST), np.uint8)
    top, left = _offset(fitted.sum(axis=1), centre[0]), _offset(fitted.sum(axis=0), centre[1])
    rows, columns = np.nonzero(fitted)
    placed[top + rows, left + columns] = fitted[rows, columns]
    picture = np.zeros((INPUT, INPUT), np.float32)
    border = (INPUT - MNIST) // 2
    picture[border : border + MNIST, border : border + MNIST] = placed / np.float32(255)
    return Steps(place, ink, box, square, fitted, centre, (top, left), placed, picture)


def _offset(ink: NDArray[np.integer], middle: float) -> int:
    """Where the 20 cells go so that `middle` lies in the middle of 28.

    Those with `ink` stay inside, even for a mass far out; blank ones may leave, as MNIST's do.
    """
    cells = np.flatnonzero(ink)
    first, last = (int(cells[0]), int(cells[-1])) if len(cells) else (0, BOX - 1)
    return min(max(int(MNIST / 2 + 1 - middle), -first), MNIST - 1 - last)


def _tight_box(ink: Ink) -> tuple[int, int, int, int] | None:
    """(top, left, height, width) around every pixel that has any ink."""
    marked = ink > 0
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    if not len(rows):
        return None
    top, left = int(rows[0]), int(columns[0])
    return top, left, int(rows[-1]) - top + 1, int(columns[-1]) - left + 1


def _square(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The box made square by extending its short side to both sides."""
    top, left, height, width = box
    side = max(height, width, 10)
    return top - int((side - height) / 2), left - int((side - width) / 2), side, side


def _fit(ink: Ink, box: tuple[int, int, int, int], square: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """The square resampled to (20, 20) grey levels; its darkest cell becomes 255.

    Only the box's own pixels are touched: what a stripe takes is proportional to its ink, not to its square.
    """
    top, left, height, width = box
    pixels = ink[top : top + height, left : left + width].astype(np.float64)
    row, column, side = top - square[0], left - square[1], square[2]
    while side < BOX:
        pixels = pixels.repeat(2, axis=0).repeat(2, axis=1)
        row, column, side = 2 * row, 2 * column, 2 * side
    weights = _resampling(side)
    height, width = pixels.shape
    grey = weights[:, row : row + height] @ pixels @ weights[:, column : column + width].T
    return np.floor(255 * grey / min(1.0, grey.max()) + 0.5).clip(0, 255).astype(np.uint8)


@lru_cache(maxsize=64)
def _resampling(side: int) -> NDArray[np.float64]:
    """(20, side) matrix W of W·crop·Wᵀ: how much of each source pixel falls into each cell.

    A source pixel spans 0.99 of its share of a cell, not all of it: an oddity of the program that made
    MNIST, and visible in its digits.
    """
    share = BOX / side
    start = np.arange(side) * share
    end = start + 0.99 * share
    first = np.floor(start + 1e-11).astype(int)
    last = np.ceil(end - 1e-11).astype(int) - 1
    weights = np.zeros((BOX, side))
    pixel = np.arange(side)
    weights[first, pixel] = np.where(first == last, share, np.clip(first + 1 - start, 0, 1))
    split = first != last
    weights[last[split], pixel[split]] = np.clip(end - last, 0, 1)[split]
    return weights


def centre_of_mass(grey: NDArray[np.uint8]) -> tuple[float, float]:
    """(row, column) of the centre of mass, where the middle of cell i lies at i + 0.5."""
    mass = grey.astype(np.float64)
    middle = np.arange(len(grey)) + 0.5
    total = mass.sum()
    return float(middle @ mass.sum(axis=1) / total), float(mass.sum(axis=0) @ middle / total)
