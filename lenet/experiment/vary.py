"""A drawing read again and again while one thing about it changes: what turns the answer, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from lenet.experiment.blending import Blend
from lenet.experiment.changes import changed_input, changed_strokes, named
from lenet.experiment.conditions import AS_ALWAYS, PAD, Conditions, prepared
from lenet.model import normalise
from lenet.prediction import FloatArray, Prediction, shipped, shipped_rejection, softmax
from lenet.preprocess import Steps
from lenet.rejection import features
from lenet.strokes import Stroke, as_strokes, checked_pen_width, only_dots, without_slips
from lenet.units import Off, instead

POSITIONS = 41  # of a blend; a change has as many
MOST = 101  # positions of one range
MOST_STROKES, MOST_POINTS = 40, 1_500  # of a drawing that is read so often; a digit has four, and a hundred

Ready = tuple[Steps, bool]  # a drawing on its way to the network, and whether it is nothing but dots


@dataclass(frozen=True, eq=False)
class Range:
    """What the network makes of a drawing at N values of one change."""

    values: NDArray[np.float64]
    """(N,), as they were asked for."""
    digits: list[int | None]
    """The most probable digit at each; None where nothing, or nothing but dots, is left."""
    probabilities: FloatArray
    """(N, 10); each row sums to 1."""
    is_digit: FloatArray
    """(N,), the probability that it is a digit at all; NaN where `digits` is None."""
    inputs: FloatArray
    """(N, 32, 32) in [0, 1], what the network saw."""


def vary(
    drawing: Sequence[ArrayLike],
    change: str,
    values: Iterable[float] | None = None,
    pen_width: float | None = None,
    *,
    conditions: Conditions = AS_ALWAYS,
    pad: float = PAD,
) -> Range:
    """Read `drawing`, pen strokes as `lenet.classify` takes them, at each of `values` of a `change`.

    `change` is one of `lenet.experiment.changes.CHANGES`: "move x" and "move y" in shares of the side of the `pad`,
    "size" and "pen width" as factors, "turn" (clockwise) and "slant" (to the right) in degrees, "stretch" as width by
    height, "wobble" and "noise" as depths, "gaps" as the share of the line that is left out, "contrast" as what
    full ink becomes. Without `values`, of which there are at most 101, they are its whole range in 41 steps. All
    are one batch through the network.

    Raises ValueError, in one sentence, for anything else.
    """
    kind = named(change)
    at = _values(kind.values() if values is None else values)
    strokes, pen_width = checked_strokes(drawing, pen_width)
    return _range(
        at, lambda value: _changed(strokes, change, value, pen_width, conditions, pad), conditions.off
    )


def blend(
    one: Sequence[ArrayLike],
    other: Sequence[ArrayLike],
    values: Iterable[float] | None = None,
    pen_width: float | None = None,
    *,
    conditions: Conditions = AS_ALWAYS,
    pad: float = PAD,
) -> Range:
    """Read what lies between two drawings, at each of `values` from 0, the `one`, to 1, the `other`.

    Every point of the one goes straight to a point of the other; see `lenet.experiment.blending`. Without
    `values` there are 41. Raises ValueError where nothing is drawn in one of them.
    """
    at = _values(np.linspace(0, 1, POSITIONS) if values is None else values)
    (strokes, pen_width), (others, _) = checked_strokes(one, pen_width), checked_strokes(other, pen_width)
    between = Blend(strokes, others)
    return _range(at, lambda value: _ready(between.at(value), conditions, pen_width, 1, pad), conditions.off)


def changed(
    drawing: Sequence[ArrayLike],
    change: str,
    value: float,
    pen_width: float | None = None,
    *,
    conditions: Conditions = AS_ALWAYS,
    pad: float = PAD,
) -> Prediction:
    """The whole prediction at one `value` of a `change`: what `vary` tells of it, and all layers."""
    named(change)
    (at,) = _values([value])
    strokes, pen_width = checked_strokes(drawing, pen_width)
    return _prediction(_changed(strokes, change, float(at), pen_width, conditions, pad), conditions.off)


def blended(
    one: Sequence[ArrayLike],
    other: Sequence[ArrayLike],
    value: float,
    pen_width: float | None = None,
    *,
    conditions: Conditions = AS_ALWAYS,
    pad: float = PAD,
) -> Prediction:
    """The whole prediction at one `value` of a `blend`."""
    (at,) = _values([value])
    (strokes, pen_width), (others, _) = checked_strokes(one, pen_width), checked_strokes(other, pen_width)
    ready = _ready(Blend(strokes, others).at(float(at)), conditions, pen_width, 1, pad)
    return _prediction(ready, conditions.off)


def _changed(
    strokes: Sequence[Stroke],
    change: str,
    value: float,
    pen_width: float | None,
    conditions: Conditions,
    pad: float,
) -> Ready:
    new = changed_strokes(strokes, change, value, pad) if strokes else []
    thickness = value if change == "pen width" else 1.0
    steps, dots = _ready(new, conditions, pen_width, thickness, pad)
    picture = changed_input(steps.input, change, value) if strokes else steps.input
    return (steps if picture is steps.input else replace(steps, input=picture)), dots


def _ready(
    strokes: Sequence[Stroke], conditions: Conditions, pen_width: float | None, thickness: float, pad: float
) -> Ready:
    steps = prepared(strokes, conditions, pen_width, thickness=thickness, pad=pad)
    return steps, bool(strokes) and only_dots(strokes, pen_width)


def _range(at: NDArray[np.float64], ready: Callable[[float], Ready], off: Off) -> Range:
    """`ready` read at each value, in one batch, with the maps in `off` switched off."""
    read = [ready(float(value)) for value in at]
    inputs = np.stack([steps.input for steps, _ in read])
    maps, chances = _through(inputs, off)
    probabilities = softmax(maps["output"].numpy())
    nothing = [_is_nothing(one) for one in read]
    digits = [None if no else int(row.argmax()) for no, row in zip(nothing, probabilities, strict=True)]
    is_digit = np.where(nothing, np.float32("nan"), chances.numpy())
    return Range(at, digits, probabilities, is_digit, inputs)


def _prediction(ready: Ready, off: Off) -> Prediction:
    steps, _ = ready
    values, chances = _through(steps.input[None], off)
    maps = {name: value[0].numpy() for name, value in values.items()}
    probabilities = softmax(maps["output"])
    if _is_nothing(ready):
        return Prediction(None, probabilities, None, maps, steps, off=off)
    return Prediction(int(probabilities.argmax()), probabilities, float(chances[0]), maps, steps, off=off)


def _is_nothing(ready: Ready) -> bool:
    """Whether no ink reaches the network, or nothing but dots."""
    steps, dots = ready
    return dots or not steps.input.any()


def _through(inputs: FloatArray, off: Off) -> tuple[dict[str, Tensor], Tensor]:
    """Every layer's values for (N, 32, 32) inputs without the maps in `off`, and (N,) probabilities that they are digits."""
    # Loaded before inference mode, within which nothing that is made has gradients.
    model, rejection = shipped(), shipped_rejection()
    with torch.inference_mode():
        maps = model.maps(normalise(torch.from_numpy(inputs))[:, None], instead(off))
        return maps, rejection(features(maps)).sigmoid()


def checked_strokes(
    drawing: Sequence[ArrayLike], pen_width: float | None
) -> tuple[list[Stroke], float | None]:
    """Strokes without slips, and their pen, as experiments take them; ValueError for what are none, or too many."""
    if not isinstance(drawing, Sequence) or isinstance(drawing, (str, bytes, bytearray)):
        raise ValueError("Only pen strokes can be changed: a list of strokes, each a list of [x, y].")
    strokes = as_strokes(drawing)
    points = sum(map(len, strokes))
    if len(strokes) > MOST_STROKES or points > MOST_POINTS:
        raise ValueError(
            f"The drawing has {len(strokes)} strokes and {points} points; "
            f"at most {MOST_STROKES} and {MOST_POINTS} can be changed."
        )
    return without_slips(strokes), checked_pen_width(pen_width)


def _values(values: Iterable[float]) -> NDArray[np.float64]:
    """(N,) values; ValueError for what are none."""
    try:
        at = np.array([float(value) for value in values])
    except (TypeError, ValueError, OverflowError):
        raise ValueError("The values of a change must be numbers.") from None
    if not 1 <= len(at) <= MOST:
        raise ValueError(f"A change is read at 1 to {MOST} values, not at {len(at)}.")
    if not np.isfinite(at).all():
        raise ValueError("The values of a change must be finite numbers.")
    return at
