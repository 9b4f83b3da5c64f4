"""What each C1 and C3 map is good for: the test error without it.

A map is switched off by giving all that reads it, in place of its values, their means over the training digits
(`LeNet5.maps`, `instead`): it then tells nothing of the digit at hand.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lenet import data
from lenet.checkpoint import WEIGHTS, load
from lenet.evaluate.measure import TITLES, inputs
from lenet.model import Instead, LeNet5, in_batches, normalise

LAYERS = ("c1", "c3")  # whose maps can be switched off


@torch.inference_mode()
def mean_maps(model: LeNet5, inputs: Tensor) -> dict[str, Tensor]:
    """The means of C1's (6, 28, 28) and C3's (16, 10, 10) values over (N, 32, 32) inputs in [0, 1]."""
    sums: dict[str, Tensor] = {}
    for part in inputs.split(500):
        maps = model.maps(normalise(part)[:, None])
        sums = {layer: sums.get(layer, 0) + maps[layer].sum(0) for layer in LAYERS}
    return {layer: total / len(inputs) for layer, total in sums.items()}


def errors_without(
    model: LeNet5, training: Tensor, tests: dict[str, tuple[Tensor, Tensor]]
) -> dict[str, list[dict[str, float]]]:
    """By layer, for each of its maps the error in per cent without it, by test set, of inputs and labels.

    Inputs are (N, 32, 32) in [0, 1]; `training` decides what the maps' means are.
    """
    means = mean_maps(model, training)
    results: dict[str, list[dict[str, float]]] = {}
    for layer, mean in means.items():
        results[layer] = []
        for number in range(len(mean)):
            off = {layer: {number: mean[number]}}
            results[layer].append({name: _error(model, *test, off) for name, test in tests.items()})
    return results


def ablation(weights: Path = WEIGHTS) -> dict[str, Any]:
    """`errors_without` each map of the weights in a file, on both test sets, and the n of the smaller one."""
    training = np.pad(data.mnist("train")[0], ((0, 0), (2, 2), (2, 2))) / np.float32(255)
    tests = {
        name: (pictures, torch.from_numpy(labels)) for name in TITLES for pictures, labels in [inputs(name)]
    }
    n = min(len(labels) for _, labels in tests.values())
    return {"n": n, **errors_without(load(weights), torch.from_numpy(training), tests)}


def _error(model: LeNet5, inputs: Tensor, labels: Tensor, instead: Instead) -> float:
    logits = in_batches(partial(model, instead=instead), inputs)
    return round(100 * float((logits.argmax(1) != labels).float().mean()), 2)
