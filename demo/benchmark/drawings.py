"""Ten digits as a steady hand draws them on the pad, and the updates that the page sends meanwhile."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = list[tuple[float, float]]

PEN_WIDTH = 20  # the pad's own
STEP = 7.0  # pad units between two positions of the pen: a stroke of half a second at 60 positions a second

# Corners that the pen rounds, in pad units (0 … 280, y down); one list a stroke.
_CORNERS: tuple[tuple[Sequence[tuple[float, float]], ...], ...] = (
    ([(150, 45), (85, 45), (75, 140), (90, 235), (190, 240), (205, 140), (190, 45), (140, 45)],),
    ([(110, 85), (148, 48), (142, 140), (136, 238)],),
    ([(85, 90), (95, 45), (190, 40), (200, 105), (140, 165), (80, 228), (140, 226), (208, 230)],),
    (
        [
            (84, 60),
            (150, 30),
            (205, 80),
            (170, 132),
            (120, 134),
            (190, 138),
            (210, 200),
            (150, 250),
            (75, 225),
        ],
    ),
    ([(128, 46), (98, 104), (68, 162), (134, 158), (212, 156)], [(166, 96), (162, 168), (158, 242)]),
    ([(200, 50), (100, 54), (92, 125), (150, 105), (205, 150), (195, 230), (130, 248), (80, 215)],),
    ([(172, 40), (110, 90), (78, 190), (110, 250), (190, 245), (200, 165), (140, 145), (86, 190)],),
    ([(72, 58), (140, 58), (210, 60), (168, 135), (126, 238)],),
    ([(195, 70), (150, 35), (85, 60), (110, 115), (205, 190), (140, 252), (75, 190), (180, 110), (200, 65)],),
    ([(190, 85), (150, 35), (85, 60), (85, 130), (150, 145), (190, 90), (188, 150), (165, 245)],),
)


def smooth(corners: Sequence[tuple[float, float]], step: float = STEP) -> Points:
    """A curve that rounds the corners of a path, as points about `step` apart along it."""
    path = np.array(corners, dtype=float)
    for _ in range(4):  # Chaikin: a corner becomes two, a quarter and three quarters along
        ahead, behind = path[:-1] * 0.75 + path[1:] * 0.25, path[:-1] * 0.25 + path[1:] * 0.75
        inner = np.stack([ahead, behind], axis=1).reshape(-1, 2)
        path = np.concatenate([path[:1], inner, path[-1:]])
    return [(float(x), float(y)) for x, y in _evenly(path, step).round(1)]


def _evenly(path: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    places = np.linspace(0, along[-1], max(2, round(along[-1] / step) + 1))
    return np.column_stack([np.interp(places, along, path[:, axis]) for axis in (0, 1)])


DIGITS: tuple[tuple[Points, ...], ...] = tuple(
    tuple(smooth(stroke) for stroke in strokes) for strokes in _CORNERS
)


def growing(digit: int, points: int = 3) -> list[list[Points]]:
    """The drawings that lead up to a digit, each `points` longer than the one before."""
    done: list[Points] = []
    drawings = []
    for stroke in DIGITS[digit]:
        drawings += [[*done, stroke[:end]] for end in range(points, len(stroke) + points, points)]
        done.append(stroke)
    return drawings


def body(strokes: list[Points]) -> bytes:
    """A drawing as the page sends it."""
    return json.dumps({"strokes": strokes, "pen_width": PEN_WIDTH}, separators=(",", ":")).encode()
