"""What a request asks for beyond the drawing: an experiment, or an earlier network, as the page's views do.

In the body beside "strokes" and "pen_width", each to be left out:

    "change", "value"  one of lenet.experiment.changes.CHANGES, and how far
    "towards", "value" the strokes of another drawing, and how far towards it, from 0 to 1
    "centred"          false: the pad as it is, without scaling and centring
    "redrawn"          false: the pen as drawn
    "off"              maps that are switched off, their numbers by layer: {"c1": [2], "c3": [0, 15]}
    "difference"       true: each map as the difference from what it is for the drawing as it is (/predict only)

or, without any of these,

    "moment"           from 0 to 15: the network as it was at that moment of its training
"""

from __future__ import annotations

from threading import Event
from typing import Any

import numpy as np

from lenet import Prediction, classify
from lenet.experiment import (
    Conditions,
    at_moment,
    blend,
    over_training,
    smallest_change,
    smallest_change_of_pixels,
    vary,
)
from lenet.experiment.changes import named
from lenet.experiment.learning import shipped_moments
from lenet.experiment.vary import blended, changed
from lenet.experiment.words import in_words, learning_in_words, sure_answers
from lenet.model import LeNet5
from lenet.prediction import FloatArray, shipped

from .message import encode

FIELDS = ("change", "towards", "centred", "redrawn", "off")
DECIMALS = 4  # of moved points, which lie so near the border that fewer could lie before it
PICTURES = 11  # of a range's inputs that are sent to be shown: from one end to the other


class GivenUp(Exception):
    """Nobody waits for it any more."""


def read(body: dict[str, Any]) -> Prediction:
    """The prediction for the strokes in a request's body, as it asks for it; ValueError for what cannot be."""
    strokes, pen_width = _drawing(body.get("strokes"), "strokes"), body.get("pen_width")
    if "moment" in body:
        return at_moment(strokes, _moment(body), pen_width)
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


def network(body: dict[str, Any]) -> LeNet5:
    """The network that a request's body is about: the shipped one, or that of an earlier moment."""
    return shipped_moments()[_moment(body)].model if "moment" in body else shipped()


def training(body: dict[str, Any]) -> bytes:
    """What the network made of the strokes in a request's body at every moment of its training, as a message.

    Float32: "probabilities" (16, 10). The header's "words" say from which step on it said what, or are null where
    nothing is drawn.
    """
    found = over_training(_drawing(body.get("strokes"), "strokes"), body.get("pen_width"))
    words = learning_in_words(sure_answers(found.probabilities), found.steps) if found.drawn else None
    return encode({"probabilities": found.probabilities}, words=words)


def as_drawn(body: dict[str, Any]) -> Prediction | None:
    """The prediction for the drawing as it is, where a request asks for the difference from it; else None."""
    wanted = body.get("difference", False)
    if not isinstance(wanted, bool):
        raise ValueError('"difference" must be true or false.')
    return classify(_drawing(body.get("strokes"), "strokes"), body.get("pen_width")) if wanted else None


def with_all_maps(body: dict[str, Any]) -> FloatArray | None:
    """(10,) probabilities as they would be if no map were switched off; None where the request switches none."""
    return read({**body, "off": {}}).probabilities if "off" in body else None


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
    """`lenet.smallest_change` of the strokes in a request's body, and that of the pixels; given up once nobody waits.

    "input", 0 to 255, and "difference", -1 to 1, of the pixels are 32×32 in one list.
    """

    def report(*_: int) -> None:
        if gone.is_set():
            raise GivenUp

    strokes, pen_width = _drawing(body.get("strokes"), "strokes"), body.get("pen_width")
    found = smallest_change(strokes, digit, pen_width, report=report)
    pixels = smallest_change_of_pixels(strokes, digit, pen_width, report=report)
    return {
        "found": found.found,
        "mean": found.mean,
        "largest": found.largest,
        "strokes": [stroke.round(DECIMALS).tolist() for stroke in found.strokes],
        "moved": [stroke.round(DECIMALS).tolist() for stroke in found.moved],
        "pixels": {
            "found": pixels.found,
            "changed": pixels.changed,
            "largest": pixels.largest,
            "input": np.rint(pixels.input * 255).astype(int).ravel().tolist(),
            "difference": pixels.difference.round(3).ravel().tolist(),
        },
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
    return Conditions(body.get("centred", True), body.get("redrawn", True), body.get("off", {}))


def _moment(body: dict[str, Any]) -> int:
    """The number of the moment that a request asks for."""
    moment, last = body["moment"], len(shipped_moments()) - 1
    if not isinstance(moment, int) or isinstance(moment, bool) or not 0 <= moment <= last:
        raise ValueError(f'"moment" must be a whole number from 0 to {last}.')
    if also := next((field for field in FIELDS if field in body), None):
        raise ValueError(f'"moment" goes with the drawing as it is: leave out "{also}".')
    return moment


def _value(body: dict[str, Any], low: float, high: float) -> float:
    value = body.get("value")
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f'"value" must be a number from {low:g} to {high:g}.')
    return float(value)
