"""The tests' digits as a steady hand draws them, and the updates that the page sends meanwhile."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from tests.browser.digits import DIGITS, Stroke

PEN_WIDTH = 20  # the pad's own
STEP = 7.0  # pad units between two positions of the pen: a stroke of half a second at 60 positions a second


def evenly(stroke: Stroke, step: float = STEP) -> Stroke:
    """The same line as points about `step` apart along it."""
    path = np.array(stroke, dtype=float)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    places = np.linspace(0, along[-1], max(2, round(along[-1] / step) + 1))
    points = np.column_stack([np.interp(places, along, path[:, axis]) for axis in (0, 1)])
    return [(float(x), float(y)) for x, y in points.round(1)]


STEADY = [[evenly(stroke) for stroke in DIGITS[digit]] for digit in range(10)]


def growing(digit: int, points: int = 3) -> list[list[Stroke]]:
    """The drawings that lead up to a digit, each `points` longer than the one before."""
    done: list[Stroke] = []
    drawings = []
    for stroke in STEADY[digit]:
        drawings += [[*done, stroke[:end]] for end in range(points, len(stroke) + points, points)]
        done.append(stroke)
    return drawings


def body(strokes: list[Stroke], **asked: Any) -> bytes:
    """A drawing as the page sends it, and what is asked beyond it."""
    content = {"strokes": strokes, "pen_width": PEN_WIDTH, **asked}
    return json.dumps(content, separators=(",", ":")).encode()
