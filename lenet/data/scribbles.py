"""Scribbles: seeded drawings that are no digits, as somebody's hand would make them.

Each kind is a generator of strokes in about a unit square. None may give what a person would read as a
digit: hence the many turns, loops and lines. What `UNSEEN` names is never trained with, so that rejection
can be tried on kinds that it does not know.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from lenet.strokes import Stroke

Points = NDArray[np.float64]


SPLITS = ("train", "validation", "test")


def scribbles(kind: str, split: str, count: int, seed: int = 0) -> list[list[Stroke]]:
    """`count` drawings of `kind`, always the same ones, and others in each of `SPLITS`."""
    rng = np.random.default_rng((seed, SPLITS.index(split), list(KINDS).index(kind)))
    return [scribble(kind, rng) for _ in range(count)]


def scribble(kind: str, rng: np.random.Generator) -> list[Stroke]:
    """One drawing of `kind`, a key of `KINDS`, in about a unit square; `rng` decides everything in it."""
    angle, (width, height) = rng.normal(0, 0.12), rng.uniform(0.75, 1, 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return [_by_hand(stroke * (width, height) @ turn.T, rng) for stroke in KINDS[kind](rng)]


def sign(rng: np.random.Generator) -> list[Stroke]:
    """Three to five lines and bows that hang together, as the letters of an alphabet that does not exist.

    Only to learn from: now and then chance makes what a person would read as a digit.
    """
    ends: list[Points] = []
    strokes = []

    def corner() -> Points:
        place = np.array([rng.integers(0, 3) * 0.35, rng.integers(0, 4) / 3]) + rng.normal(0, 0.03, 2)
        return np.asarray(place)

    for _ in range(int(rng.integers(3, 6))):
        start, end = (
            ends[int(rng.integers(len(ends)))] if ends and rng.random() < 0.5 else corner() for _ in "12"
        )
        while np.hypot(*(end - start)) < 0.25:
            end = corner()
        part = np.linspace(0, 1, 20)[:, None]
        aside = (
            np.array([start[1] - end[1], end[0] - start[0]]) * rng.uniform(-0.7, 0.7) * (rng.random() < 0.45)
        )
        strokes.append(_by_hand(start + (end - start) * part + np.sin(np.pi * part) * aside, rng))
        ends += [start, end, (start + end) / 2 + aside]
    return strokes


def _by_hand(stroke: Points, rng: np.random.Generator) -> Stroke:
    """`stroke` with points 0.02 apart, as a pad gives them, and an unsteady hand's smooth errors."""
    lengths = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0], np.cumsum(lengths)])
    places = np.linspace(0, along[-1], max(int(along[-1] / 0.02), 4))
    points = np.stack([np.interp(places, along, values) for values in stroke.T], axis=1)
    phase, wavelength = rng.uniform(0, 2 * np.pi, 2), rng.uniform(0.3, 1)
    return points + 0.012 * np.sin(2 * np.pi * places[:, None] / wavelength + phase)


def _smooth(corners: Points) -> Points:
    """A smooth curve through `corners`."""
    time = np.arange(len(corners))
    return np.asarray(CubicSpline(time, corners)(np.linspace(0, len(corners) - 1, 20 * len(corners))))


def _circle(x: float, y: float, radius: float) -> Points:
    angles = np.linspace(0, 2 * np.pi, 40)
    return np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1)


def _polygon(corners: list[tuple[float, float]], rng: np.random.Generator, loose: float = 0.05) -> Points:
    """`corners` joined by straight lines, each moved a little, the last one back to the first."""
    moved = np.array(corners) + rng.normal(0, loose, (len(corners), 2))
    return np.concatenate([moved, moved[:1] + rng.normal(0, 0.02, (1, 2))])


def _loops(rng: np.random.Generator) -> list[Points]:
    turns = rng.uniform(3, 6)
    angles = np.linspace(0, 2 * np.pi * turns, 300) * rng.choice([-1, 1]) + rng.uniform(0, 2 * np.pi)
    drift = np.linspace(0, rng.uniform(0.5, 2), 300)
    x, y = np.cos(angles) * rng.uniform(0.2, 0.4) + drift, np.sin(angles) * rng.uniform(0.2, 0.5)
    return [np.stack([x, y], axis=1) / max(1.0, drift[-1])]


def _zigzags(rng: np.random.Generator) -> list[Points]:
    count = int(rng.integers(6, 11))
    across, along = np.arange(count) % 2 + rng.normal(0, 0.1, count), np.linspace(0, 1, count)
    points = np.stack([across, along * rng.uniform(0.4, 1.2)], axis=1)
    return [points if rng.random() < 0.5 else points[:, ::-1]]


def _tangles(rng: np.random.Generator) -> list[Points]:
    return [_smooth(rng.uniform(0, 1, (int(rng.integers(10, 18)), 2)))]


def _hatching(rng: np.random.Generator) -> list[Points]:
    slant, count = rng.uniform(-0.6, 0.6), int(rng.integers(4, 8))
    lines = [
        np.array([[x + slant, 0], [x, 1]]) + rng.normal(0, 0.04, (2, 2)) for x in np.linspace(0, 1, count)
    ]
    return lines if rng.random() < 0.6 else [line[:, ::-1] for line in lines]


def _grids(rng: np.random.Generator) -> list[Points]:
    rows, columns = (np.linspace(0.2, 0.8, int(count)) for count in rng.integers(2, 5, 2))
    lines = [np.array([[x, 0], [x, 1]]) for x in columns] + [np.array([[0, y], [1, y]]) for y in rows]
    return [line + rng.normal(0, 0.03, (2, 2)) for line in lines]


def _triangles(rng: np.random.Generator) -> list[Points]:
    return [_polygon([(0.5, 0), (1, 0.9), (0, 0.9)], rng, 0.08)]


def _squares(rng: np.random.Generator) -> list[Points]:
    return [_polygon([(0, 0), (1, 0), (1, 1), (0, 1)], rng)]


def _stars(rng: np.random.Generator) -> list[Points]:
    angles = np.arange(5) * 4 * np.pi / 5 - np.pi / 2  # in one line, as children learn it
    return [_polygon([(np.cos(angle) / 2, np.sin(angle) / 2) for angle in angles], rng, 0.03)]


def _hearts(rng: np.random.Generator) -> list[Points]:
    t = np.linspace(0, 2 * np.pi, 60)
    x = np.sin(t) ** 3 * 16
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return [np.stack([x, y * rng.uniform(0.8, 1.1)], axis=1) / 34]


def _arrows(rng: np.random.Generator) -> list[Points]:
    head, spread = rng.uniform(0.25, 0.4), rng.uniform(0.2, 0.35)
    shaft = np.array([[0.0, 0.5], [1, 0.5]])
    tip = np.array([[1 - head, 0.5 - spread], [1, 0.5], [1 - head, 0.5 + spread]])
    quarters = int(rng.integers(0, 4))  # right, down, left or up
    turn = np.linalg.matrix_power(np.array([[0, -1], [1, 0]]), quarters)
    return [(stroke + rng.normal(0, 0.02, stroke.shape)) @ turn.T for stroke in (shaft, tip)]


def _waves(rng: np.random.Generator) -> list[Points]:
    x = np.linspace(0, 1, 120)
    y = rng.uniform(0.1, 0.4) * np.sin(2 * np.pi * x * rng.uniform(2.5, 5) + rng.uniform(0, 2 * np.pi))
    return [np.stack([x, y], axis=1)]


def _crosses(rng: np.random.Generator) -> list[Points]:
    lines = np.array([[[0, 0], [1, 1]], [[1, 0], [0, 1]]]) + rng.normal(0, 0.06, (2, 2, 2))
    return list(lines)


def _spirals(rng: np.random.Generator) -> list[Points]:
    turns = rng.uniform(2.5, 4.5)
    angles = np.linspace(0, 2 * np.pi * turns, 200)
    radius = angles / angles[-1] / 2
    start, way = rng.uniform(0, 2 * np.pi), rng.choice([-1, 1])
    return [np.stack([radius * np.cos(way * angles + start), radius * np.sin(way * angles + start)], axis=1)]


def _houses(rng: np.random.Generator) -> list[Points]:
    door = rng.uniform(0.2, 0.6)
    return [
        _polygon([(0, 0.4), (1, 0.4), (1, 1.1), (0, 1.1)], rng, 0.03),
        np.array([[0, 0.4], [0.5, 0], [1, 0.4]]) + rng.normal(0, 0.03, (3, 2)),
        np.array([[door, 1.1], [door, 0.75], [door + 0.2, 0.75], [door + 0.2, 1.1]]),
    ]


def _faces(rng: np.random.Generator) -> list[Points]:
    angles = np.linspace(0.15 * np.pi, 0.85 * np.pi, 20)
    mouth = np.stack([0.28 * np.cos(angles), 0.28 * np.sin(angles) * rng.uniform(0.5, 1)], axis=1)
    eyes = [_circle(x, rng.normal(-0.15, 0.03), rng.uniform(0.01, 0.05)) for x in (-0.18, 0.18)]
    return [_circle(0, 0, 0.5), *eyes, mouth]


def _flowers(rng: np.random.Generator) -> list[Points]:
    angles = np.linspace(0, 2 * np.pi, 200) + rng.uniform(0, 2 * np.pi)
    radius = 0.35 + rng.uniform(0.1, 0.15) * np.cos(int(rng.integers(5, 9)) * angles)
    return [np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1), _circle(0, 0, 0.1)]


_ALL = (
    *(_loops, _zigzags, _tangles, _hatching, _grids, _triangles, _squares, _stars, _hearts, _arrows),
    *(_waves, _crosses, _spirals, _houses, _faces, _flowers),
)
KINDS: dict[str, Callable[[np.random.Generator], list[Points]]] = {one.__name__[1:]: one for one in _ALL}
UNSEEN = ("spirals", "flowers")
