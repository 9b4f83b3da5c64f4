"""A drawing read by the network: `classify` and its `Prediction`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from lenet.checkpoint import load
from lenet.model import LeNet5, normalise
from lenet.picture import MAX_PIXELS, Picture, PictureInk, read_ink
from lenet.preprocess import Steps, preprocess, preprocess_strokes, stroke_inputs
from lenet.rejection import Rejection, features, load_rejection
from lenet.several import side_by_side
from lenet.strokes import Stroke, as_strokes, checked_pen_width, only_dots, without_slips

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the network made of a drawing."""

    digit: int | None
    """The most probable digit; None where nothing, or nothing but dots of the pen, is drawn."""
    probabilities: FloatArray
    """(10,), softmax of the logits; sums to 1."""
    is_digit: float | None
    """The probability that the drawing is a digit at all; below 0.5 the drawing is rejected. None where `digit`
    is. `digit` and `probabilities` tell the best guess either way."""
    maps: dict[str, FloatArray]
    """Values after each layer's function: "c1" (6, 28, 28), "s2" (6, 14, 14), "c3" (16, 10, 10),
    "s4" (16, 5, 5), "c5" (120,), "f6" (84,), and "output" (10,), the logits."""
    steps: Steps
    """The preprocessing, step by step."""
    several: bool = False
    """Whether the drawing is rejected, but its parts, strokes that stand side by side, are a digit each."""
    picture: PictureInk | None = None
    """How the ink was found in a picture; None for strokes."""
    off: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Maps that were switched off, their numbers by layer: in `maps` stands what they passed on (lenet.units)."""

    @property
    def rejected(self) -> bool:
        """Whether something is drawn that is more likely no digit than one."""
        return self.is_digit is not None and self.is_digit < 0.5

    @property
    def input(self) -> FloatArray:
        """(32, 32) in [0, 1], 1 = ink: what the network saw, before the paper's normalisation."""
        return self.steps.input


@lru_cache(maxsize=1)
def shipped() -> LeNet5:
    """The shipped network, loaded once."""
    return load()


@lru_cache(maxsize=1)
def shipped_rejection() -> Rejection:
    """The head that belongs to the shipped network, loaded once."""
    return load_rejection()


def classify(
    drawing: Picture | Sequence[ArrayLike],
    pen_width: float | None = None,
    *,
    max_pixels: int = MAX_PIXELS,
) -> Prediction:
    """Read one digit.

    `drawing` is a picture (PIL image, path, or 2-D array; dark on light, light on dark, or ink in the
    alpha channel) of at most `max_pixels`, or a list of strokes, (N, 2) arrays of x and y, y down, in
    any unit. `pen_width`, in that unit, is the pen that the strokes were drawn with; None stands for
    12.5 % of the drawing's longer side. The network sees every stroke as wide as MNIST's are, and no dot
    that a slip of the pen left well away from the rest. Where no stroke is long enough to be of a digit,
    there are only dots, and `digit` is None; a picture's dot has no stroke, and is rejected like other ink.

    Raises ValueError, in one clear sentence, for anything else.
    """
    pen_width = checked_pen_width(pen_width)
    picture, dots = None, False
    strokes: list[Stroke] = []
    if isinstance(drawing, (str, os.PathLike, Image.Image, np.ndarray)):
        picture = read_ink(drawing, max_pixels)
        steps = preprocess(picture.ink)
    elif isinstance(drawing, Sequence) and not isinstance(drawing, (bytes, bytearray)):
        strokes = as_strokes(drawing)
        steps = preprocess_strokes(strokes, pen_width)
        dots = bool(strokes) and only_dots(strokes, pen_width)
    else:
        raise ValueError(f"A drawing is a picture or a list of strokes, not {type(drawing).__name__}.")
    # Loaded before inference mode, within which nothing that is made has gradients.
    model, rejection = shipped(), shipped_rejection()
    with torch.inference_mode():
        pixels = normalise(torch.from_numpy(steps.input))
        values = model.maps(pixels[None, None])
        chance = float(rejection(features(values)).sigmoid())
        maps = {name: value[0].numpy() for name, value in values.items()}
    probabilities = softmax(maps["output"])
    nothing = steps.box is None or dots
    digit, is_digit = (None, None) if nothing else (int(probabilities.argmax()), chance)
    several = not nothing and chance < 0.5 and _are_digits(side_by_side(without_slips(strokes)))
    return Prediction(digit, probabilities, is_digit, maps, steps, several, picture)


def _are_digits(parts: list[list[Stroke]]) -> bool:
    """Whether there are parts of a drawing, and each would be taken for a digit if it stood alone."""
    if not parts:
        return False
    with torch.inference_mode():
        maps = shipped().maps(normalise(torch.from_numpy(stroke_inputs(parts)))[:, None])
        return bool((shipped_rejection()(features(maps)) >= 0).all())


def softmax(logits: FloatArray) -> FloatArray:
    """Probabilities (…, 10) of logits (…, 10)."""
    exponentials = np.exp((logits - logits.max(axis=-1, keepdims=True)).astype(np.float64))
    return (exponentials / exponentials.sum(axis=-1, keepdims=True)).astype(np.float32)
