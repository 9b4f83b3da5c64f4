"""What a request asks for beyond the drawing: an experiment, as the page's Experiment view makes it.

In the body beside "strokes" and "pen_width", each to be left out:

    "change", "value"  one of lenet.experiment.changes.CHANGES, and how far
    "towards", "value" the strokes of another drawing, and how far towards it, from 0 to 1
    "centred"          false: the pad as it is, without scaling and centring
    "redrawn"          false: the pen as drawn
"""

from __future__ import annotations

from threading import Event
from typing import Any

import numpy as np

from lenet import Prediction, classify
from lenet.experiment import Conditions, blend, smallest_change, vary
from lenet.experiment.changes import named
from lenet.experiment.vary import blended, changed
from lenet.experiment.words import in_words

from .message import encode

FIELDS = ("change", "towards", "centred", "redrawn")
PICTURES = 11  # of a range's inputs that are sent to be shown: from one end to the other


class GivenUp(Exception):
    """Nobody waits for it any more."""


def read(body: dict[str, Any]) -> Prediction:
    """The prediction for the strokes in a request's body, changed as it asks; ValueError for what cannot be."""
    strokes, pen_width = _drawing(body.get("strokes"), "strokes"), body.get("pen_width")
    if not strokes or not any(field in body for field in FIELDS):
        return classify(strokes, pen_width)
    conditions = _conditions(body)
    if "towards" in body:
        other = _drawing(body["towards"], "towards")
        return blended(strokes, other, _value(body, 0, 1), pen_width, conditions=conditions)
    change = body.get("change", "turn")
    kind = named(change)
    value = _value(body, kind.low, kind.high) if "change" in body else kind.none
    return changed(strokes, change, value, pen_width, conditions=conditions)


def whole_range(body: dict[str, Any]) -> bytes:
    """All of a change's range, or of the way to another drawing, as a message.

    Float32: "values" (41,), "probabilities" (41, 10), and "is_digit" (41,), NaN where nothing is left of the
    drawing. Uint8: "inputs" (11, 32, 32), evenly from the range. The header's "words" say where the answer flips.
    """
    strokes, pen_width = _drawing(body.get("strokes"), "strokes"), body.get("pen_width")
    conditions = _conditions(body)
    if "towards" in body:
        found = blend(strokes, _drawing(body["towards"], "towards"), None, pen_width, conditions=conditions)
        none, written = 0.0, _share
    else:
        kind = named(body.get("change", ""))
        found = vary(strokes, body["change"], None, pen_width, conditions=conditions)
        none, written = kind.none, kind.written
    shown = np.linspace(0, len(found.values) - 1, PICTURES).round().astype(int)
    arrays = {
        "values": found.values.astype(np.float32),
        "probabilities": found.probabilities,
        "is_digit": found.is_digit.astype(np.float32),
        "inputs": np.rint(found.inputs[shown] * 255).astype(np.uint8),
    }
    return encode(arrays, words=in_words(found.digits, found.values.tolist(), none, written))


def smallest(body: dict[str, Any], digit: int, gone: Event) -> dict[str, Any]:
    """`lenet.smallest_change` of the strokes in a request's body; given up once nobody waits for it."""

    def report(*_: int) -> None:
        if gone.is_set():
            raise GivenUp

    strokes = _drawing(body.get("strokes"), "strokes")
    found = smallest_change(strokes, digit, body.get("pen_width"), report=report)
    return {
        "found": found.found,
        "mean": found.mean,
        "largest": found.largest,
        "strokes": [stroke.round(2).tolist() for stroke in found.strokes],
        "moved": [stroke.round(2).tolist() for stroke in found.moved],
    }


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def _drawing(strokes: Any, name: str) -> list[Any]:
    if not isinstance(strokes, list):
        raise ValueError(f'"{name}" must be a list of strokes, each a list of [x, y].')
    return strokes


def _conditions(body: dict[str, Any]) -> Conditions:
    for name in ("centred", "redrawn"):
        if not isinstance(body.get(name, True), bool):
            raise ValueError(f'"{name}" must be true or false.')
    return Conditions(body.get("centred", True), body.get("redrawn", True))


def _value(body: dict[str, Any], low: float, high: float) -> float:
    value = body.get("value")
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f'"value" must be a number from {low:g} to {high:g}.')
    return float(value)
