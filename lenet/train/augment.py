"""Distortions of the training digits, as other writers and other pens would have made them.

The paper (III.A) adds planar affine distortions: translation, scaling, squeezing and shearing. Here
rotation, a smooth random warp (Simard et al., "Best Practices for Convolutional Neural Networks",
2003) and a change of stroke width come on top, for pictures as pixels, for pen strokes as strokes.
A distorted digit is then fitted and centred anew, as it would be if somebody had drawn it that way;
translation and scaling therefore drop out.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from lenet.preprocess import preprocess_strokes
from lenet.strokes import PEN, SIDE, Stroke
from lenet.train.preprocess_batch import preprocess_batch

CANVAS, ZOOM = 57, 1.5  # distorted pictures: pixels a side, and pixels for each of MNIST's
KNOTS = 6  # a side, between which a random warp is smooth
# (57, 6): how much of each knot's shift each pixel of a side gets
SMOOTH = F.interpolate(torch.eye(KNOTS)[None, None], (CANVAS, KNOTS), mode="bicubic", align_corners=True)
SMOOTH = SMOOTH[0, 0]


def distort_pictures(pictures: Tensor, generator: torch.Generator, strength: float = 1.0) -> Tensor:
    """(B, 32, 32) inputs in [0, 1] -> (B, 32, 32), each distorted in its own way, at most by `strength`."""
    count = len(pictures)

    def uniform(low: float, high: float) -> Tensor:
        return torch.rand(count, generator=generator) * (high - low) + low

    reach = uniform(0, strength)  # most writers are close to MNIST's, some far from it
    angle, shear = uniform(-1, 1) * reach * math.radians(28), uniform(-1, 1) * reach * 0.5
    width, height = torch.exp(uniform(-0.3, 0.3) * reach), torch.exp(uniform(-0.3, 0.3) * reach)
    cos, sin = torch.cos(angle), torch.sin(angle)
    nothing = torch.zeros(count)
    affine = torch.stack(
        [
            torch.stack([cos * width, (shear * cos - sin) * height, nothing], 1),
            torch.stack([sin * width, (shear * sin + cos) * height, nothing], 1),
        ],
        1,
    )
    size = pictures.shape[-1]
    span = CANVAS / (ZOOM * size)  # the canvas's share of the picture's side; above 1
    grid = F.affine_grid(affine * span, [count, 1, CANVAS, CANVAS], align_corners=False)
    knots = torch.randn(count, 2, KNOTS, KNOTS, generator=generator) * (2 * 1.7 / size)
    warp = SMOOTH @ (knots * reach[:, None, None, None]) @ SMOOTH.T
    grid = grid + warp.permute(0, 2, 3, 1)
    ink = F.grid_sample(pictures[:, None], grid, align_corners=False)[:, 0]
    # MNIST's grey levels come from black and white: making them steep again undoes the resampling's
    # blur, and the level at which it is done makes the strokes wider or thinner.
    kind = uniform(0, 1)
    steepness = torch.where(kind < 0.7, uniform(2.5, 4), torch.ones(count))[:, None, None]
    level = torch.where(kind < 0.7, uniform(0.2, 0.7), torch.full([count], 0.5))
    ink = ((ink - level[:, None, None]) * steepness + 0.5).clamp(0, 1)
    coarse = kind > 0.95  # a digit of ten pixels, as drawn small
    if coarse.any():
        ink[coarse] = F.avg_pool2d(ink[coarse], 3).repeat_interleave(3, 1).repeat_interleave(3, 2)
    plain = (kind > 0.7) & (kind < 0.8)  # untouched
    return torch.where(plain[:, None, None], pictures, preprocess_batch(ink))


def distort_strokes(strokes: list[Stroke], rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """The (32, 32) input in [0, 1] of strokes that were distorted as strokes, drawn as the page draws them."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    size = max(float((high - low).max()), 1e-9)
    reach = rng.uniform(0.2, 1) * strength
    angle, shear = rng.uniform(-0.4, 0.4) * reach, rng.uniform(-0.5, 0.5) * reach
    width, height = np.exp(rng.uniform(-0.3, 0.3, 2) * reach)
    cos, sin = np.cos(angle), np.sin(angle)
    affine = np.array([[cos, -sin], [sin, cos]]) @ np.array([[width, shear], [0, height]])
    waves = rng.normal(0, 0.035 * reach, (2, 2, 2)), rng.uniform(0, 2 * np.pi, (2, 2))
    moved = []
    for stroke in _habits([(stroke - (low + high) / 2) / size for stroke in strokes], rng, reach):
        unit = stroke  # the drawing fits into -0.5 … 0.5
        for wave, phase in zip(*waves, strict=True):
            unit = unit + np.sin(2 * np.pi * unit + phase) @ wave
        moved.append(unit @ affine.T)
    if rng.random() < 0.5:  # the pen that strokes are always redrawn with, give or take
        pen = PEN + 2 * int(rng.integers(-2, 3))
    else:  # pictures come with any pen, up to a quarter of the digit
        pen = 1 + 2 * int(rng.integers(2, SIDE // 8 + 1))
    return preprocess_strokes(moved, pen=pen).input


def slashed(zero: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """A 0 as those write it who tell it from an O: with a line through it, from below up or from above down."""
    points = np.concatenate(zero)
    low, high = points.min(axis=0), points.max(axis=0)
    lower, upper = np.array([low[0], high[1]]), np.array([high[0], low[1]])  # y grows downwards
    # Each end stops within the corner of the 0's box, or goes beyond it by up to 0.4 of the diagonal.
    first, last = rng.uniform(-0.4, 0.15), 1 - rng.uniform(-0.4, 0.15)
    line = lower + np.linspace(first, last, 9)[:, None] * (upper - lower)
    return [*zero, line if rng.random() < 0.5 else line[::-1]]


def _habits(strokes: list[Stroke], rng: np.random.Generator, reach: float) -> list[Stroke]:
    """Strokes as another hand would put them: shifted, turned, swerving, with other ends, joined, broken or left out."""
    if len(strokes) > 1 and rng.random() < 0.08 * reach:  # a 7 without its bar, a 5 without its roof
        shortest = min(range(len(strokes)), key=lambda index: _length(strokes[index]))
        strokes = strokes[:shortest] + strokes[shortest + 1 :]
    result: list[Stroke] = []
    for stroke in strokes:
        centre = stroke.mean(axis=0)
        turn = rng.normal(0, 0.06 * reach)
        linear = np.array([[1, -turn], [turn, 1]]) * np.exp(rng.normal(0, 0.06 * reach))
        moved = (stroke - centre) @ linear.T + centre + rng.normal(0, 0.03 * reach, 2)
        moved = _swerving(moved, rng, reach)
        for _ in range(2):  # its end, then its start
            moved = _other_end(moved, rng, reach)[::-1]
        result.append(moved)
    chance = rng.random()
    if len(result) > 1 and chance < 0.1 * reach:  # without lifting the pen
        result[:2] = [np.concatenate(result[:2])]
    elif chance > 1 - 0.1 * reach and len(result[0]) > 8:  # the pen was lifted on the way
        cut = int(rng.integers(3, len(result[0]) - 3))
        result[:1] = [result[0][:cut], result[0][cut:] + rng.normal(0, 0.02, 2)]
    return result


def _length(stroke: Stroke) -> float:
    return float(np.hypot(*np.diff(stroke, axis=0).T).sum())


def _swerving(stroke: Stroke, rng: np.random.Generator, reach: float) -> Stroke:
    """`stroke` turning, growing and shrinking all along its way: a 9 left open, a flatter 4, a slanting foot."""
    steps = np.diff(stroke, axis=0)
    lengths = np.hypot(*steps.T)
    way = np.cumsum(lengths) / max(float(lengths.sum()), 1e-9)  # from 0 to 1
    growth, turn = (0.3 * reach * _wave(way, rng) for _ in range(2))
    # As a complex number, a step is made longer and turned by one factor.
    swerved = np.cumsum(np.concatenate([[0], steps @ [1, 1j] * np.exp(growth + 1j * turn)]))
    points = np.stack([swerved.real, swerved.imag], 1)
    return points - points.mean(axis=0) + stroke.mean(axis=0)


def _wave(way: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """A smooth random function on [0, 1] with mean 0 and variance 1, at each of `way`."""
    halves = np.arange(1, 4)[:, None]
    waves = np.cos(np.pi * halves * way + rng.uniform(0, 2 * np.pi, (3, 1)))
    return np.sqrt(2 / 3) * (rng.normal(0, 1, (3, 1)) * waves).sum(axis=0)


def _other_end(stroke: Stroke, rng: np.random.Generator, reach: float) -> Stroke:
    """`stroke` with its last part cut off, or going on straight or with a hook, or as it was."""
    chance = rng.random()
    if len(stroke) < 5 or chance > 0.6 * reach:
        return stroke
    if chance < 0.25 * reach:
        return stroke[: len(stroke) - int(rng.integers(0, 1 + len(stroke) // 8))]
    ahead = stroke[-1] - stroke[-4]
    ahead = ahead / max(float(np.hypot(*ahead)), 1e-9)
    turn = rng.normal(0, 0.5)
    cos, sin = np.cos(turn), np.sin(turn)
    step = np.array([[cos, -sin], [sin, cos]]) @ ahead * rng.uniform(0, 0.15)
    return np.concatenate([stroke, [stroke[-1] + step]])
