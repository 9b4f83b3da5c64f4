"""What computing one answer costs: the bytes of an update in, the bytes of its reply out, on one core.

Beside it stands the bare forward pass, which no demo of LeNet-5 can do without, and the same work taken
step by step. The steps are run on their own, so they only roughly add up to the whole.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import torch
from torch import Tensor

from demo.benchmark.drawings import PEN_WIDTH, body, growing
from demo.benchmark.report import Figure, Goal, percentile
from demo.message import pack
from demo.routes import read_strokes
from lenet.model import LAYERS, LeNet5, normalise, squash
from lenet.prediction import _softmax, classify, shipped
from lenet.preprocess import preprocess
from lenet.strokes import as_strokes, draw

T = TypeVar("T")

PART = "Computing one answer, one core"


def measure(rounds: int = 20) -> list[Figure]:
    """Median µs of the whole, of the forward pass, and of each step, over drawings as they grow."""
    torch.set_num_threads(1)  # as the server does
    drawings = [drawing for digit in range(10) for drawing in growing(digit, 6)]
    model = shipped()
    tracks: dict[str, list[float]] = {}
    with torch.inference_mode():
        for _ in range(rounds + 1):  # all tracks in turn, so that a slow moment hits them alike
            for drawing in drawings:
                _once(model, body(drawing), tracks)
    # The first round warms up.
    tracks = {name: times[len(drawings) :] for name, times in tracks.items()}
    medians = {name: percentile(times, 50) for name, times in tracks.items()}
    count = rounds * len(drawings)
    forward = medians["bare forward pass"]
    whole = Figure(
        PART, "update to reply", medians.pop("whole"), "µs", count, Goal(times_baseline=2.5), forward
    )
    return [whole, *(Figure(PART, name, value, "µs", count) for name, value in medians.items())]


def _once(model: LeNet5, update: bytes, tracks: dict[str, list[float]]) -> None:
    """One update's whole and its steps, timed into `tracks`."""

    def timed(name: str, step: Callable[[], T]) -> T:
        begin = time.perf_counter()
        result = step()
        tracks.setdefault(name, []).append(1e6 * (time.perf_counter() - begin))
        return result

    def everything() -> bytes:
        message = json.loads(update)
        return pack(read_strokes(message["strokes"], message["pen_width"]))

    timed("whole", everything)
    message = timed("JSON", lambda: json.loads(update))
    strokes = timed("strokes as arrays", lambda: as_strokes(message["strokes"]))
    ink = timed("drawing", lambda: draw(strokes, PEN_WIDTH))
    steps = timed("preprocessing", lambda: preprocess(ink))
    pixels = timed("tensor", lambda: normalise(torch.from_numpy(steps.input))[None, None])
    timed("bare forward pass", lambda: model(pixels))
    value = pixels
    for layer in LAYERS:
        value = timed(f"  {layer}", partial(_layer, model, layer, value))
    logits = value[0].numpy()
    timed("softmax", lambda: _softmax(logits))
    prediction = classify(strokes, PEN_WIDTH)
    timed("packing", lambda: pack(prediction))


def _layer(model: LeNet5, name: str, value: Tensor) -> Tensor:
    result = model.get_submodule(name)(value)
    if name == "output":
        return result
    return squash(result).flatten(1) if name == "c5" else squash(result)
