"""Test digits as other people would bring them: drawn small or large, with thin or thick pens, as strokes
or as pictures, and turned, sheared, squeezed, shrunk or shifted.

They are named lots of (N, 32, 32) inputs in [0, 1], made by the very path that `classify` takes. What is random
is seeded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from lenet import data
from lenet.checkpoint import WEIGHTS, load
from lenet.data import PenDigit
from lenet.evaluate.measure import probabilities
from lenet.picture import read_ink
from lenet.preprocess import Steps, preprocess, preprocess_strokes
from lenet.strokes import Frame, Stroke, draw_in

PAD = 280  # pixels, the pad's side
HEIGHTS = (40, 60, 90, 130, 200, 260)  # pixels, the longer side of a digit
PENS = (8, 14, 20, 26, 32)  # pixels
CANVAS = 64  # pixels, the picture that MNIST's digits are turned and moved on

Inputs = NDArray[np.float32]
Lot = tuple[str, Inputs]


def on_pad(strokes: list[Stroke], height: int, pen: int, rng: np.random.Generator) -> list[Stroke]:
    """`strokes` with their ink's longer side `height` pixels, anywhere on the pad."""
    points = np.concatenate(strokes)
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    scale = max(height - pen, 1) / max(span.max(), 1e-9)
    room = PAD - pen - span * scale
    corner = pen / 2 + rng.uniform(0, 1, 2) * room
    return [np.round((stroke - low) * scale + corner, 1) for stroke in strokes]


def pen_grid(digits: list[PenDigit], *, pictures: bool) -> Iterator[Lot]:
    """Pen digits in every size and with every pen, as strokes or as `pictures` of them: "height/pen"."""
    for height in HEIGHTS:
        for pen in PENS:
            rng = np.random.default_rng((height, pen))
            drawings = [on_pad(digit.strokes, height, pen, rng) for digit in digits]
            read = _pictured if pictures else preprocess_strokes
            yield f"{height}/{pen}", np.stack([read(strokes, pen).input for strokes in drawings])


def _pictured(strokes: list[Stroke], pen: int) -> Steps:
    """What is read from a picture of the pad, two pixels for each of its own."""
    dots = 2 * pen + 1
    frame = Frame(0.0, 0.0, pen / dots, dots)
    ink = np.pad(draw_in(frame, strokes), 8)  # some ground around: its border tells the ground
    return preprocess(read_ink(ink * np.uint8(255)).ink)


def distorted(pictures: NDArray[np.uint8]) -> Iterator[Lot]:
    """MNIST digits (N, 28, 28) on a 64×64 canvas, unchanged and changed in ten ways, by their names."""
    for name, matrix, shift in _changes():
        yield name, np.stack([_changed(picture, matrix, shift) for picture in pictures])


def _changes() -> Iterator[tuple[str, NDArray[np.float64], int]]:
    """Name, matrix from the new to the old picture (rows and columns from the middle), shift in pixels."""
    yield "unchanged", np.eye(2), 0
    for sign, word in ((1, "+"), (-1, "−")):
        angle = math.radians(15) * sign
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        yield f"rotated {word}15°", turn, 0
        yield f"sheared {word}0.2", np.array([[1.0, 0.2 * sign], [0, 1]]), 0
    yield "squeezed to 80 % width", np.diag([1 / 0.8, 1]), 0
    yield "squeezed to 80 % height", np.diag([1, 1 / 0.8]), 0
    yield "scaled ×0.5", np.diag([2.0, 2.0]), 0
    yield "shifted +6 px", np.eye(2), 6
    yield "shifted −6 px", np.eye(2), -6


def _changed(picture: NDArray[np.uint8], matrix: NDArray[np.float64], shift: int) -> Inputs:
    start = (CANVAS - len(picture)) // 2 + shift
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    canvas[start : start + len(picture), start : start + len(picture)] = picture
    if not np.array_equal(matrix, np.eye(2)):
        middle = np.full(2, CANVAS / 2)
        offset = middle - matrix @ middle
        numbers = (*matrix[0], offset[0], *matrix[1], offset[1])
        image = Image.fromarray(canvas).transform(
            (CANVAS, CANVAS), Image.Transform.AFFINE, numbers, Image.Resampling.BILINEAR
        )
        canvas = np.asarray(image)
    return preprocess(read_ink(canvas).ink).input


def robustness(weights: Path = WEIGHTS, pictures_of: int = 500) -> dict[str, Any]:
    """Accuracies in per cent of the lots above, by kind and name, with their n.

    Of the pen digits as pictures only `pictures_of` are read, evenly taken: they take the longest.
    """
    model = load(weights)
    images, image_labels = data.mnist("test")
    pen = data.pendigits("test")
    some = pen[:: max(1, len(pen) // pictures_of)]
    kinds: dict[str, tuple[Iterator[Lot], NDArray[np.int64]]] = {
        "distorted": (distorted(images), image_labels),
        "strokes": (pen_grid(pen, pictures=False), np.array([digit.digit for digit in pen])),
        "pictures": (pen_grid(some, pictures=True), np.array([digit.digit for digit in some])),
    }
    lots = ((kind, labels, lot) for kind, (given, labels) in kinds.items() for lot in given)
    results: dict[str, Any] = {kind: {"n": len(labels)} for kind, (_, labels) in kinds.items()}
    for kind, labels, (name, given) in tqdm(lots, total=10 + 2 * len(HEIGHTS) * len(PENS), unit="lot"):
        right = probabilities(model, torch.from_numpy(given)).argmax(axis=1) == labels
        results[kind][name] = round(100 * float(right.mean()), 2)
    return results
