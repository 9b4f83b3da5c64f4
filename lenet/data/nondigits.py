"""Drawings that are no digit, made of digits: several side by side, turned ones, and a tap of the pen."""

from __future__ import annotations

import numpy as np

from lenet.strokes import Stroke

Drawing = list[Stroke]
# Digits that are none when turned, and by how many quarters. A 2 or a 5 upside down is one still; so is, on its
# head, a 6 or a 9, and on its side or not a 0, an 8 or, short of standing, a 1.
TURNED = tuple(
    (digit, quarters)
    for digit in (2, 3, 4, 5, 7)
    for quarters in (1, 2, 3)
    if (digit, quarters) not in ((2, 2), (5, 2))
)


def side_by_side(drawings: list[Drawing], rng: np.random.Generator) -> Drawing:
    """One drawing of several, from left to right, about equally tall on about one line, near each other or apart."""
    together: Drawing = []
    right = 0.0
    for drawing in drawings:
        points = np.concatenate(drawing)
        low, span = points.min(axis=0), np.ptp(points, axis=0)
        scale = rng.uniform(0.85, 1.15) / max(span[1], span[0] / 2, 1e-9)  # about 1 tall
        corner = np.array([right, rng.normal(0, 0.05) - span[1] * scale])
        together += [(stroke - low) * scale + corner for stroke in drawing]
        right += span[0] * scale + rng.uniform(0.1, 0.6)
    return together


def turned(drawing: Drawing, quarters: int) -> Drawing:
    """The drawing turned clockwise by so many quarters of a circle."""
    turn = np.linalg.matrix_power(np.array([[0, -1], [1, 0]]), quarters)
    return [stroke @ turn.T for stroke in drawing]


def tap(rng: np.random.Generator) -> tuple[Drawing, float]:
    """A pen put down, hardly moved and lifted, and the pen's width."""
    width = rng.uniform(8, 32)
    points = rng.normal(0, 0.02 * width, (int(rng.integers(1, 5)), 2))
    return [points + rng.uniform(0, 280, 2)], float(width)
