"""What computing one answer costs: the bytes of an update in, the bytes of its reply out, on one core.

Beside it stands the bare forward pass, which no demo of LeNet-5 can do without, and the same work taken
step by step. Each is run on its own, so the steps only roughly add up to the whole.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from demo.benchmark.drawings import PEN_WIDTH, body, growing
from demo.benchmark.report import Figure, Goal, percentile
from demo.message import pack
from demo.routes import read_strokes
from lenet.model import LAYERS, LeNet5, normalise, squash
from lenet.prediction import _softmax, shipped
from lenet.preprocess import preprocess
from lenet.strokes import as_strokes, draw

PART = "Computing one answer, one core"
FORWARD = "bare forward pass"

Steps = dict[str, Callable[[], Any]]


def measure(rounds: int = 20) -> list[Figure]:
    """Median µs of the whole, of the forward pass, and of each step, over drawings as they grow."""
    torch.set_num_threads(1)  # as the server does
    updates = [body(drawing) for digit in range(10) for drawing in growing(digit, 6)]
    steps = [_steps(shipped(), update) for update in updates]
    times: dict[str, list[float]] = {name: [] for name in steps[0]}
    for number in range(rounds + 1):
        for name, taken in times.items():
            for step in steps:
                begin = time.perf_counter()
                step[name]()
                taken.append(1e6 * (time.perf_counter() - begin))
            if number == 0:  # it only warmed up
                taken.clear()
    medians = {name: percentile(taken, 50) for name, taken in times.items()}
    count = rounds * len(updates)
    whole, forward = medians.pop("whole"), medians[FORWARD]
    goal = Goal(times_baseline=2.5)
    return [
        Figure(PART, "update to reply, beside the bare forward pass", whole, "µs", count, goal, forward),
        *(Figure(PART, f"  {name}", value, "µs", count) for name, value in medians.items()),
    ]


def _steps(model: LeNet5, update: bytes) -> Steps:
    """An update's whole answer and each step of it, ready to be run again and again."""
    message = json.loads(update)
    strokes = as_strokes(message["strokes"])
    ink = draw(strokes, PEN_WIDTH)
    picture = preprocess(ink).input
    prediction = read_strokes(message["strokes"], PEN_WIDTH)

    def whole() -> bytes:
        message = json.loads(update)
        return pack(read_strokes(message["strokes"], message["pen_width"]))

    def tensor() -> Tensor:
        return normalise(torch.from_numpy(picture))[None, None]

    value = tensor()
    steps: Steps = {
        "whole": whole,
        "JSON": partial(json.loads, update),
        "strokes as arrays": partial(as_strokes, message["strokes"]),
        "drawing": partial(draw, strokes, PEN_WIDTH),
        "preprocessing": partial(preprocess, ink),
        "tensor": tensor,
        FORWARD: partial(_run, model, value),
    }
    for name in LAYERS:
        layer = partial(_layer, model, name)
        steps[f"  {name}"] = partial(_run, layer, value)
        value = _run(layer, value)
    steps["softmax"] = partial(_softmax, prediction.maps["output"])
    steps["packing"] = partial(pack, prediction)
    return steps


@torch.inference_mode()
def _run(function: Callable[[Tensor], Tensor], value: Tensor) -> Tensor:
    return function(value)


def _layer(model: LeNet5, name: str, value: Tensor) -> Tensor:
    result: Tensor = model.get_submodule(name)(value)
    if name == "output":
        return result
    return squash(result).flatten(1) if name == "c5" else squash(result)
