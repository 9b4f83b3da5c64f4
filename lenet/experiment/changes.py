"""What can be changed about a drawing, a little or a lot: moved, turned, slanted, its pen, its ink."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lenet.strokes import Stroke

Strokes = Sequence[Stroke]

POSITIONS = 41  # of a slider's whole range; odd, so that the drawing as it is lies on one of them
FINE = 1 / 60  # of the drawing's longer side: as far apart a bent line's points may be
MOST_FINE = 2_000  # points of a bent drawing that crosses itself over and over, beside its own
GAPS = 5  # a drawing's way is broken in so many places; odd, so that one lies in the middle
SEED = 1998  # of noise and of the wobble's waves: the same for everybody, so that a range is one curve


@dataclass(frozen=True)
class Change:
    """One kind of change, and how far it sensibly goes."""

    low: float
    high: float
    """The ends of its range."""
    none: float
    """The value that changes nothing."""
    unit: str
    """What a value is counted in, as it is written behind the number."""
    factor: float = 1
    """What a value is multiplied by to be written."""
    reciprocal: bool = False
    """Whether the range is even in ratios, as for sizes, and not in differences."""

    def values(self, positions: int = POSITIONS) -> NDArray[np.float64]:
        """(positions,) values over the whole range, of which one is exactly `none`."""
        if self.reciprocal:
            values = np.geomspace(self.low, self.high, positions)
        else:
            values = np.linspace(self.low, self.high, positions)
        values[np.abs(values - self.none).argmin()] = self.none
        return values

    def written(self, value: float) -> str:
        """A value as people read it: "24°"."""
        number = f"{value * self.factor:.3g}".replace("-", "−")
        return number + self.unit


CHANGES: dict[str, Change] = {
    "move x": Change(-0.4, 0.4, 0, " % of the pad", 100),
    "move y": Change(-0.4, 0.4, 0, " % of the pad", 100),
    "size": Change(0.25, 4, 1, " %", 100, reciprocal=True),
    "turn": Change(-90, 90, 0, "°"),
    "slant": Change(-60, 60, 0, "°"),
    "stretch": Change(0.25, 4, 1, "×", reciprocal=True),
    "pen width": Change(0.25, 4, 1, "×", reciprocal=True),
    "wobble": Change(0, 0.2, 0, " % of the digit", 100),
    "noise": Change(0, 1, 0, " % of full ink", 100),
    "gaps": Change(0, 0.95, 0, " % of the line", 100),
    "contrast": Change(0, 1, 1, " %", 100),
}
OF_INPUT = ("noise", "contrast")  # changes of the network's input; the others are of the strokes


def named(name: str) -> Change:
    """The change of that name; ValueError for none."""
    if not isinstance(name, str) or name not in CHANGES:
        raise ValueError(f"{str(name)[:20]!r} cannot be changed; what can is {', '.join(CHANGES)}.")
    return CHANGES[name]


def changed_strokes(strokes: Strokes, name: str, value: float, pad: float) -> list[Stroke]:
    """`strokes` (at least one) after a change of `value`; the very same where it is the one that changes nothing.

    "move x" and "move y" are in shares of the side of the `pad`, right and down; "size" is a factor; "turn" is in
    degrees, clockwise; "slant" in degrees of what was upright, to the right; "stretch" is what width becomes
    of height, the area staying; "wobble" is the depth of waves in shares of the drawing's longer side; "gaps" the
    share of the way that the pen is lifted. All but the first two leave the middle of the drawing where it is.
    """
    if value == named(name).none or name in OF_INPUT or name == "pen width":
        return list(strokes)
    middle, size = place(strokes)
    with np.errstate(all="ignore"):
        if name in ("move x", "move y"):
            way = np.array([value, 0] if name == "move x" else [0, value]) * pad
            new = [stroke + way for stroke in strokes]
        else:
            units = [(stroke - middle) / size for stroke in strokes]  # within -0.5 … 0.5
            new = [unit * size + middle for unit in _SHAPED[name](units, value)]
    if not all(np.isfinite(stroke).all() for stroke in new):
        raise ValueError(f"By {value:g} no drawing can be changed in its {name}.")
    return new


def changed_input(picture: NDArray[np.float32], name: str, value: float) -> NDArray[np.float32]:
    """The input (32, 32) in [0, 1] after a change of the input; the very same after any other.

    "noise" adds normally distributed numbers with that standard deviation, always the same ones; "contrast" is
    what full ink becomes.
    """
    if name == "noise":
        grain = np.random.default_rng(SEED).normal(0, 1, picture.shape)
        return np.clip(picture + value * grain, 0, 1).astype(np.float32)
    if name == "contrast":
        return picture * np.float32(min(max(value, 0), 1))
    return picture


def place(strokes: Strokes) -> tuple[NDArray[np.float64], float]:
    """The middle of the box around `strokes`, and its longer side; 1 where they are a single point."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    with np.errstate(over="ignore"):
        size = float((high - low).max())
    if not np.isfinite(size):
        raise ValueError("The drawing's coordinates are too large to be drawn.")
    return low / 2 + high / 2, size if size > 0 else 1.0


def finely(strokes: Strokes, step: float) -> list[Stroke]:
    """`strokes` with points between their own, at most `step` apart, so that straight lines can bend.

    Where those were more than `MOST_FINE`, they are as many further apart.
    """
    way = sum(float(np.hypot(*np.diff(stroke, axis=0).T).sum()) for stroke in strokes)
    step = max(step, way / MOST_FINE)
    result = []
    for stroke in strokes:
        lengths = np.hypot(*np.diff(stroke, axis=0).T)
        parts = np.ceil(lengths / step).clip(1).astype(int)
        at = np.concatenate([i + np.arange(n) / n for i, n in enumerate(parts)] + [[len(stroke) - 1.0]])
        own = np.arange(len(stroke))
        result.append(np.stack([np.interp(at, own, stroke[:, axis]) for axis in (0, 1)], 1))
    return result


def _linear(matrix: list[list[float]]) -> Callable[[Strokes], list[Stroke]]:
    return lambda strokes: [stroke @ np.array(matrix).T for stroke in strokes]


def _size(strokes: Strokes, factor: float) -> list[Stroke]:
    return [stroke * factor for stroke in strokes]


def _turn(strokes: Strokes, degrees: float) -> list[Stroke]:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return _linear([[cos, -sin], [sin, cos]])(strokes)


def _slant(strokes: Strokes, degrees: float) -> list[Stroke]:
    return _linear([[1, -np.tan(np.radians(degrees))], [0, 1]])(strokes)  # y grows downwards


def _stretch(strokes: Strokes, factor: float) -> list[Stroke]:
    wider = np.sqrt(factor)
    return _linear([[wider, 0], [0, 1 / wider]])(strokes)


def _wobble(strokes: Strokes, depth: float) -> list[Stroke]:
    """Two waves across the drawing in each direction, which move what is close together alike."""
    rng = np.random.default_rng(SEED)
    result = finely(strokes, FINE)
    for waves in (1.5, 3.5):
        phases, turns = rng.uniform(0, 2 * np.pi, (2, 2))
        direction = np.array([[np.cos(turn), np.sin(turn)] for turn in turns])
        result = [
            stroke + depth / 2 * np.sin(2 * np.pi * waves * stroke @ direction.T + phases)[:, ::-1]
            for stroke in result
        ]
    return result


def _gaps(strokes: Strokes, share: float) -> list[Stroke]:
    """The pen is lifted at `GAPS` places, evenly along the whole way, together for `share` of it."""
    fine = finely(strokes, FINE)
    steps = [np.hypot(*np.diff(stroke, axis=0).T) for stroke in fine]
    whole = sum(float(step.sum()) for step in steps)
    result, begun = [], 0.0
    for stroke, step in zip(fine, steps, strict=True):
        way = begun + np.concatenate([[0], np.cumsum(step)])
        begun = float(way[-1])
        down = np.abs((way / max(whole, 1e-9) * GAPS) % 1 - 0.5) >= share / 2
        edges = np.flatnonzero(np.diff(down.astype(np.int8)))
        result += [
            piece
            for piece, is_down in zip(np.split(stroke, edges + 1), np.split(down, edges + 1), strict=True)
            if is_down[0]
        ]
    return result


_SHAPED: dict[str, Callable[[Strokes, float], list[Stroke]]] = {
    "size": _size,
    "turn": _turn,
    "slant": _slant,
    "stretch": _stretch,
    "wobble": _wobble,
    "gaps": _gaps,
}
