"""The smallest change that makes the network say another digit: of the strokes, and of the pixels.

Both climb the network's own gradient until it reads the other digit, and come back onto the border between the two
as near to the drawing as they can. Strokes are moved smoothly: a point takes its neighbours on the stroke along.
Whether the other digit is read is decided by the real preprocessing, not by the soft ink that has the gradients.
There may be a smaller change than the one found, but none is told that does not work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from lenet.experiment.changes import place
from lenet.experiment.soft_ink import CELL, joined, soft_ink, to_cells
from lenet.experiment.vary import checked_strokes
from lenet.model import LeNet5, normalise
from lenet.prediction import FloatArray, Prediction, classify, shipped, softmax
from lenet.preprocess import preprocess_strokes
from lenet.strokes import PEN, Stroke

STEPS = 60  # at most
APART = 1 / 40  # of the drawing's longer side, from point to point
MOST_POINTS = 300  # of a drawing whose lines go over and over itself
SMOOTH = 0.12  # of it: so far along the stroke a moved point takes others with it
FARTHEST = 0.25  # of it: what moves its points by more, on average, is another drawing
STRIDE = 0.02  # of it, on average: how far the first steps go
SHADE, DARKEST = 0.01, 0.3  # the same for pixels: steps, and what is another picture, in shares of full ink
FINEST = 0.1  # of the first steps: how far the last go
PULL = 0.15  # of a change that was found: so far back the search for a smaller one begins
FINER = 8  # halvings of the way to the border
TINY = 1e-30

Report = Callable[[int, int], None]  # told the step and how many there are at most; may raise to end it


@dataclass(frozen=True, eq=False)
class StrokeChange:
    """Strokes moved until another digit is read, or what was tried."""

    strokes: list[Stroke]
    """The drawing, with points at even distances."""
    moved: list[Stroke]
    """Where each of these was moved to; as drawn where `found` is false."""
    found: bool
    """Whether the moved strokes are read as the digit that was asked for."""
    mean: float
    """How far the points were moved: root mean square, in shares of the drawing's longer side."""
    largest: float
    """The farthest of them."""
    prediction: Prediction
    """Of the moved strokes."""


@dataclass(frozen=True, eq=False)
class PixelChange:
    """An input changed until another digit is read, or as it was."""

    input: FloatArray
    """(32, 32) in [0, 1]."""
    difference: FloatArray
    """(32, 32) in [-1, 1]: what was added to each pixel, or taken away."""
    found: bool
    changed: float
    """The sum of all changes, in shares of the drawing's ink."""
    largest: float
    """Of one pixel, in shares of full ink."""
    probabilities: FloatArray
    """(10,), for the changed input."""


def smallest_change(
    drawing: Sequence[ArrayLike], digit: int, pen_width: float | None = None, *, report: Report | None = None
) -> StrokeChange:
    """The smallest smooth move of the strokes of `drawing` that is found to make it read as `digit`.

    `drawing` and `pen_width` are as for `lenet.classify`. `report` is told each step; what it raises ends the search.
    Raises ValueError where nothing is drawn, or for no digit.
    """
    strokes, pen_width = checked_strokes(drawing, pen_width)
    _check(strokes, digit)
    _, size = place(strokes)
    fine = _even(strokes, APART * size)
    points, lines = joined(fine)
    smooth = _smoothing(fine, SMOOTH * size)
    ends = np.cumsum([len(stroke) for stroke in fine])[:-1]

    def split(moves: NDArray[np.float64]) -> list[Stroke]:
        return np.split(points + moves, ends)

    def says(moves: NDArray[np.float64]) -> bool:
        return classify(split(moves), pen_width).digit == digit

    model = shipped()

    def uphill(moves: NDArray[np.float64], length: float) -> NDArray[np.float64]:
        way = smooth @ (smooth.T @ _stroke_gradient(model, split(moves), lines, digit, pen_width))
        return moves + way * (length * size / max(_mean(way), TINY))

    best = _search(np.zeros_like(points), says, uphill, STRIDE, FARTHEST, lambda m: _mean(m) / size, report)
    moved = fine if best is None else split(best)
    mean, largest = (
        (0.0, 0.0) if best is None else (_mean(best) / size, float(np.hypot(*best.T).max()) / size)
    )
    return StrokeChange(fine, moved, best is not None, mean, largest, classify(moved, pen_width))


def smallest_change_of_pixels(
    drawing: Sequence[ArrayLike], digit: int, pen_width: float | None = None, *, report: Report | None = None
) -> PixelChange:
    """The smallest change of the input's pixels, by their squares, that is found to make it read as `digit`.

    Arguments and errors are those of `smallest_change`.
    """
    strokes, pen_width = checked_strokes(drawing, pen_width)
    _check(strokes, digit)
    model, origin = shipped(), preprocess_strokes(strokes, pen_width).input.astype(np.float64)

    def says(moves: NDArray[np.float64]) -> bool:
        return bool(_probabilities(model, origin + moves).argmax() == digit)

    def uphill(moves: NDArray[np.float64], length: float) -> NDArray[np.float64]:
        ink = _single(origin + moves).requires_grad_()
        (gradient,) = torch.autograd.grad(_lead(model, ink, digit), ink)
        way = gradient.double().numpy()
        return (origin + moves + way * (length / max(_rms(way), TINY))).clip(0, 1) - origin

    best = _search(np.zeros_like(origin), says, uphill, SHADE, DARKEST, _rms, report)
    found = best is not None
    moves = np.zeros_like(origin) if best is None else best
    changed, largest = float(np.abs(moves).sum() / origin.sum()), float(np.abs(moves).max())
    picture = (origin + moves).astype(np.float32)
    return PixelChange(
        picture, moves.astype(np.float32), found, changed, largest, _probabilities(model, picture)
    )


def _search(
    still: NDArray[np.float64],
    says: Callable[[NDArray[np.float64]], bool],
    uphill: Callable[[NDArray[np.float64], float], NDArray[np.float64]],
    stride: float,
    farthest: float,
    mean: Callable[[NDArray[np.float64]], float],
    report: Report | None,
) -> NDArray[np.float64] | None:
    """The smallest moves by their `mean` that were found to do what `says` asks; None for none up to `farthest`.

    Uphill until the other digit is read, back along the whole way to the border, a little towards the drawing as it
    was, and uphill again in smaller steps, for as long as that leads onto the border at a nearer place.
    """
    if says(still):
        return still
    moves, best, first = still, None, stride
    for step in range(STEPS):
        if report:
            report(step, STEPS)
        if says(moves):
            best = moves * _least(says, moves)
            moves, stride = best * (1 - PULL), stride / 2
            if stride < FINEST * first:
                break
        elif mean(moves) > (farthest if best is None else mean(best)):
            break
        moves = uphill(moves, stride)
    return best


def _check(strokes: Sequence[Stroke], digit: int) -> None:
    if isinstance(digit, bool) or not isinstance(digit, int) or not 0 <= digit <= 9:
        raise ValueError("The other digit is a whole number from 0 to 9.")
    if not strokes:
        raise ValueError("Nothing is drawn.")


def _stroke_gradient(
    model: LeNet5, strokes: Sequence[Stroke], lines: Tensor, digit: int, pen_width: float | None
) -> NDArray[np.float64]:
    """How much further `digit` would lead if a point were moved, (N, 2), in the strokes' unit.

    Where the drawing is placed, and how large it is drawn, are taken to stay; the next step takes them anew.
    """
    origin, scale = to_cells(preprocess_strokes(strokes, pen_width))
    points = _single(np.concatenate(strokes) * scale + origin).requires_grad_()
    (gradient,) = torch.autograd.grad(_lead(model, soft_ink(points, lines, PEN / CELL), digit), points)
    return gradient.double().numpy() * scale


def _single(values: NDArray[np.floating]) -> Tensor:
    return torch.from_numpy(values.astype(np.float32))


def _lead(model: LeNet5, picture: Tensor, digit: int) -> Tensor:
    """The logit of `digit` less the highest of the others."""
    logits = model(normalise(picture)[None, None])[0]
    return logits[digit] - torch.cat([logits[:digit], logits[digit + 1 :]]).max()


def _probabilities(model: LeNet5, picture: NDArray[np.floating]) -> FloatArray:
    with torch.inference_mode():
        return softmax(model(normalise(_single(picture))[None, None])[0].numpy())


def _even(strokes: Sequence[Stroke], step: float) -> list[Stroke]:
    """`strokes` with points `step` apart, or as far as `MOST_POINTS` of them are."""
    ways = [np.concatenate([[0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))]) for stroke in strokes]
    step = max(step, sum(float(way[-1]) for way in ways) / MOST_POINTS)
    result = []
    for stroke, way in zip(strokes, ways, strict=True):
        at = np.linspace(0, way[-1], int(np.ceil(way[-1] / step)) + 1)
        result.append(np.stack([np.interp(at, way, stroke[:, axis]) for axis in (0, 1)], 1))
    return result


def _smoothing(strokes: Sequence[Stroke], reach: float) -> NDArray[np.float64]:
    """(N, N): how much of each point's own move every point of the same stroke shares, each row in all 1."""
    count = sum(map(len, strokes))
    smooth, begin = np.zeros((count, count)), 0
    for stroke in strokes:
        way = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
        near = np.exp(-(((way[:, None] - way) / reach) ** 2) / 2)
        end = begin + len(stroke)
        smooth[begin:end, begin:end] = near / near.sum(axis=1, keepdims=True)
        begin = end
    return smooth


def _mean(moves: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.square(moves).sum(axis=1).mean()))


def _rms(values: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.square(values).mean()))


def _least(says: Callable[[NDArray[np.float64]], bool], moves: NDArray[np.float64]) -> float:
    """The smallest share of `moves` that still does, by halving."""
    low, high = 0.0, 1.0
    for _ in range(FINER):
        middle = (low + high) / 2
        low, high = (low, middle) if says(moves * middle) else (middle, high)
    return high
