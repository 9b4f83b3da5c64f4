"""Arrays as the bytes that the browser draws from.

    4 bytes   length n of the header, unsigned, little-endian
    n bytes   header, JSON in UTF-8: {"digit": 7 or null, "words": a sentence or null,
              "arrays": [{"name", "type", "shape", "scale"}]},
              padded with spaces so that the first array starts at a multiple of four
    the rest  the arrays one after another, little-endian, rows first, those of float32 first

A value is the stored number × `scale`. What is shown as a number travels as float32; what is only
painted as int8 or uint8, which is finer than the eye. frontend/shared/message.js reads it.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet import explain, units
from lenet.model import AMPLITUDE, TABLE_I, LeNet5
from lenet.prediction import Prediction

PAINTED = ("c1", "s2", "c3", "s4", "c5", "f6")
MAP_SCALE = AMPLITUDE / 127  # ±127 is ±1.7159, the ends of the squashing function; 0 stays 0
INK_SCALE = 1 / 255
SEVERAL = "More than one digit? Draw one."
SHOWN = 8  # sources of a unit that ribbons are drawn from
TYPES = {"f": ("float32", 1), "B": ("uint8", INK_SCALE), "b": ("int8", MAP_SCALE)}  # by NumPy's letters

Arrays = dict[str, NDArray[Any]]


def prediction(
    prediction: Prediction,
    network: LeNet5 | None = None,
    before: NDArray[np.float32] | None = None,
    as_drawn: Prediction | None = None,
) -> bytes:
    """All that the page shows of a drawing, and the kernels of the `network` that read it, where that is told.

    Float32: "probabilities" (10,), "is_digit" (1,), "logits" (10,), and "placement" (8,), where the
    preprocessing put the strokes, which placement.js names: left, top and side of the square box and the
    redrawn pen's width in the strokes' units, row and column of the centre of mass in the 20×20 and the
    20×20's row and column in the 28×28, in cells; "is_digit" and "placement" are NaN where nothing is drawn.
    With a network also `kernels` of it, "kernels_c1" and "kernels_c3".
    "before" (10,) are the probabilities with all maps, where some are switched off.
    Uint8: "fitted" (20, 20) and "input" (32, 32). Int8: every layer's maps, or their difference from those
    `as_drawn`, which ends at ±1.7159, too. "words" are what to tell whoever drew several digits side by side.
    """
    maps = {
        name: _painted(prediction.maps[name], as_drawn.maps[name] if as_drawn else None) for name in PAINTED
    }
    arrays = {
        "probabilities": prediction.probabilities,
        "is_digit": np.array([prediction.is_digit], np.float32),  # None becomes NaN
        "logits": prediction.maps["output"],
        "placement": _placement(prediction),
        **({f"kernels_{layer}": values for layer, values in _kernels(network).items()} if network else {}),
        **({} if before is None else {"before": before}),
        "fitted": prediction.steps.fitted,
        "input": np.rint(prediction.input * 255).astype(np.uint8),
        **maps,
    }
    return encode(arrays, prediction.digit, SEVERAL if prediction.several else None)


def _painted(values: NDArray[np.float32], less: NDArray[np.float32] | None) -> NDArray[np.int8]:
    difference = values if less is None else np.clip(values - less, -AMPLITUDE, AMPLITUDE)
    return np.rint(difference * (1 / MAP_SCALE)).astype(np.int8)


def kernels(model: LeNet5) -> bytes:
    """The kernels that the page shows: "c1" (6, 5, 5) and, in the order of Table I, "c3" (60, 5, 5)."""
    return encode(_kernels(model))


def _kernels(model: LeNet5) -> Arrays:
    return {"c1": model.c1.weight.detach()[:, 0].numpy(), "c3": model.c3.weight.detach().numpy()}


def partial_maps(model: LeNet5, prediction: Prediction, number: int) -> bytes:
    """`lenet.explain.partial_maps` of one C3 map."""
    return encode(dict(explain.partial_maps(model, prediction, number)))


def added(model: LeNet5, prediction: Prediction, layer: str, number: int | None) -> bytes:
    """`lenet.explain.added`, of what is shown: for each unit the `SHOWN` sources that add most, or all if they are fewer.

    "added" (…, k) float32, the largest in size first, and "source" (…, k) uint8, the number of the map or unit that
    adds it; … is (10, 10) for a map of C3, else the layer's units. For C3 also what each map adds on average over
    its map's units, in the order of Table I: "mean" (k,) and "mean_source" (k,).
    """
    values = explain.added(model, prediction, layer, number)
    arrays: Arrays = {}
    sources = np.arange(values.shape[-1])
    if layer == "c3" and number is not None:
        arrays["mean"] = values.mean(axis=(0, 1)).astype(np.float32)
        sources = np.array(TABLE_I[number])
    order = np.argsort(-np.abs(values), axis=-1, kind="stable")[..., :SHOWN]
    arrays["added"] = np.take_along_axis(values, order, -1).astype(np.float32)
    arrays["source"] = sources[order].astype(np.uint8)
    if "mean" in arrays:
        arrays["mean_source"] = sources.astype(np.uint8)
    return encode(arrays)


def exciting(layer: str, number: int) -> bytes:
    """`lenet.units.exciting` of a map or a unit: "pictures" (9, 28, 28), uint8."""
    return encode({"pictures": units.exciting(layer, number)})


def contributions(model: LeNet5, prediction: Prediction, digit: int, other: int) -> bytes:
    """`lenet.explain.contributions`: "cells" (32, 32), and "logits" (2,): the difference of the two
    digits' logits for an empty input and for the drawing."""
    cells, empty, drawn = explain.contributions(model, prediction, digit, other)
    return encode({"cells": cells.astype(np.float32), "logits": np.array([empty, drawn], np.float32)})


def encode(arrays: Arrays, digit: int | None = None, words: str | None = None) -> bytes:
    """One message; float32 arrays must come first, so that each starts where its type wants it."""
    layout = tuple((name, array.dtype.char, array.shape) for name, array in arrays.items())
    return b"".join([_header(layout, digit, words), *(array.tobytes() for array in arrays.values())])


@lru_cache(maxsize=64)  # the layouts are few, and so are the digits
def _header(
    layout: tuple[tuple[str, str, tuple[int, ...]], ...], digit: int | None, words: str | None
) -> bytes:
    arrays = [
        {"name": name, "type": TYPES[char][0], "shape": shape, "scale": TYPES[char][1]}
        for name, char, shape in layout
    ]
    header = json.dumps({"digit": digit, "words": words, "arrays": arrays}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 4)
    return len(header).to_bytes(4, "little") + header


def _placement(prediction: Prediction) -> NDArray[np.float32]:
    steps = prediction.steps
    frame = steps.frame
    if frame is None or steps.square is None:
        return np.full(8, np.nan, np.float32)
    top, left, side, _ = (frame.pixel * pixels for pixels in steps.square)
    places = (frame.left + left, frame.top + top, side, frame.pixel * frame.pen, *steps.centre, *steps.offset)
    with np.errstate(over="ignore"):  # strokes in units beyond float32 are read, but nobody looks at them
        return np.array(places, np.float32)
