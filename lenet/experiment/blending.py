"""What lies between two drawings: each stroke of the one becomes a stroke of the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from lenet.experiment.changes import place
from lenet.strokes import Stroke

POINTS = 64  # of each stroke between the two drawings
TRIED = 5  # strokes of which every pairing is tried; more are paired in the order in which they were drawn


class Blend:
    """Two drawings, point by point.

    Where one has fewer strokes, its longest is parted until it has as many: its parts touch, and come apart on
    the way. Strokes are paired, and walked in that direction, so that their points have least to go.
    """

    def __init__(self, one: Sequence[Stroke], other: Sequence[Stroke]) -> None:
        """Raises ValueError where there is nothing in one of the drawings."""
        if not one or not other:
            raise ValueError("Two drawings are needed, each with a stroke at least.")
        self._one, self._other = list(one), list(other)
        count = max(len(one), len(other))
        self._from = np.stack([_evenly(stroke) for stroke in _parted(one, count)])
        to = np.stack([_evenly(stroke) for stroke in _parted(other, count)])
        self._to = _paired(_within(self._from), _within(to), to)

    def at(self, value: float) -> list[Stroke]:
        """The strokes at `value`: at 0 those of the one drawing, at 1 those of the other, exactly."""
        if value == 0:
            return self._one
        if value == 1:
            return self._other
        return list(self._from + value * (self._to - self._from))


def _within(strokes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same shapes around 0, of size 1: where on the pad they stand makes no pair."""
    middle, size = place(list(strokes))
    return (strokes - middle) / size


def _parted(strokes: Sequence[Stroke], count: int) -> list[Stroke]:
    """`strokes` as `count` strokes, the longest of them halved again and again."""
    parts = list(strokes)
    while len(parts) < count:
        longest = max(range(len(parts)), key=lambda i: _length(parts[i]))
        points = _evenly(parts[longest])
        parts[longest : longest + 1] = [points[: POINTS // 2 + 1], points[POINTS // 2 :]]
    return parts


def _length(stroke: Stroke) -> float:
    return float(np.hypot(*np.diff(stroke, axis=0).T).sum())


def _evenly(stroke: Stroke) -> Stroke:
    """(POINTS, 2): `stroke` with its points at even distances on its way."""
    way = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
    at = np.linspace(0, way[-1], POINTS)
    return np.stack([np.interp(at, way, stroke[:, axis]) for axis in (0, 1)], 1)


def _paired(
    one: NDArray[np.float64], other: NDArray[np.float64], strokes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """`strokes`, whose shapes are `other`, in the order and the directions that go with `one`."""
    both = np.stack([other, other[:, ::-1]])  # there and back
    ways = np.square(one[:, None, None] - both.swapaxes(0, 1)[None]).sum(
        axis=(3, 4)
    )  # (one, other, direction)
    shortest, numbers = ways.min(axis=2), range(len(one))
    tried = permutations(numbers) if len(one) <= TRIED else [tuple(numbers)]
    order = min(tried, key=lambda order: float(sum(shortest[i, j] for i, j in enumerate(order))))
    turned = [ways[i, j].argmin() == 1 for i, j in enumerate(order)]
    return np.stack([strokes[j][::-1] if back else strokes[j] for j, back in zip(order, turned, strict=True)])
