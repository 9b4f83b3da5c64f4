"""What computing one answer costs: the bytes of an update in, the bytes of its reply out, on one core.

Beside it stands the bare forward pass as torch comes, which no demo of LeNet-5 can do without, run over and
over by itself. The server does it without oneDNN (demo/app.py), in about half the time, as the second row
tells. The steps are timed one after another as in an answer: each finds the processor's caches as the one
before has left them, which makes them slower than in a loop of their own, and lets them add up.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from demo.message import prediction as pack
from demo.routes import read_strokes
from lenet.model import LAYERS, LeNet5, normalise, squash
from lenet.prediction import Prediction, shipped, shipped_rejection, softmax
from lenet.preprocess import preprocess
from lenet.rejection import features
from lenet.strokes import as_strokes, draw_in, frame, without_slips
from tests.benchmark.drawings import body, growing
from tests.benchmark.report import Figure, Goal, percentile

PART = "Computing one answer, one core"

Tracks = dict[str, list[float]]  # µs, by what took them


def measure(rounds: int) -> list[Figure]:
    """Median µs of the whole, of the forward pass, and of each step, over drawings as they grow."""
    torch.set_num_threads(1)  # as the server does
    updates = [body(drawing) for digit in range(10) for drawing in growing(digit, 6)]
    model, blank = shipped(), torch.zeros(1, 1, 32, 32)
    wholes: list[float] = []
    stock: list[float] = []
    lean: list[float] = []
    steps: Tracks = {}
    for number in range(rounds + 1):
        if number == 1:  # the round before it only warmed up
            for track in (wholes, stock, lean, *steps.values()):
                track.clear()
        for track, with_onednn in ((stock, True), (lean, False)):
            torch.backends.mkldnn.set_flags(with_onednn)
            with torch.inference_mode():
                for _ in updates:
                    _timed(track, partial(model, blank))
        for update in updates:
            _timed(wholes, partial(_whole, update))
        for update in updates:
            _step_by_step(model, update, steps)
    count = rounds * len(updates)
    whole, forward = percentile(wholes, 50), percentile(stock, 50)
    name, goal = "update to reply, beside torch's forward pass", Goal(times_baseline=2.5)
    return [
        Figure(PART, name, whole, "µs", count, goal, forward),
        Figure(PART, "the forward pass as the server does it", percentile(lean, 50), "µs", count),
        *(Figure(PART, f"  {step}", percentile(track, 50), "µs", count) for step, track in steps.items()),
    ]


def _timed(track: list[float], step: Callable[[], object]) -> None:
    begin = time.perf_counter()
    step()
    track.append(1e6 * (time.perf_counter() - begin))


def _whole(update: bytes) -> bytes:
    message = json.loads(update)
    return pack(read_strokes(message["strokes"], message["pen_width"]))


def _step_by_step(model: LeNet5, update: bytes, tracks: Tracks) -> None:
    """What `_whole` does, with the time that each step took noted in `tracks`."""
    begin = time.perf_counter()

    def passed(name: str) -> None:
        nonlocal begin
        tracks.setdefault(name, []).append(1e6 * (time.perf_counter() - begin))
        begin = time.perf_counter()

    message = json.loads(update)
    passed("JSON")
    strokes = as_strokes(message["strokes"])
    passed("strokes as arrays")
    strokes = without_slips(strokes)
    place = frame(strokes, message["pen_width"])
    ink = draw_in(place, strokes)
    passed("drawing")
    steps = replace(preprocess(ink), frame=place)
    passed("preprocessing")
    with torch.inference_mode():
        value = normalise(torch.from_numpy(steps.input))[None, None]
        passed("tensor")
        values = {}
        for name in LAYERS:
            value = _layer(model, name, value)
            values[name] = value
            passed(f"forward: {name}")
        maps = {name: value[0].numpy() for name, value in values.items()}
        passed("arrays of all layers")
    probabilities = softmax(maps["output"])
    passed("softmax")
    with torch.inference_mode():
        is_digit = float(shipped_rejection()(features(values)).sigmoid())
    passed("rejection")
    prediction = Prediction(int(probabilities.argmax()), probabilities, is_digit, maps, steps)
    passed("prediction")
    pack(prediction)
    passed("packing")


def _layer(model: LeNet5, name: str, value: Tensor) -> Tensor:
    result: Tensor = model.get_submodule(name)(value)
    if name == "output":
        return result
    return squash(result).flatten(1) if name == "c5" else squash(result)
