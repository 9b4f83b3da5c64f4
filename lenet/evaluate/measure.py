"""Errors on two test sets, neither of which was looked at while the network was made.

MNIST's 10,000 test digits, and the UCI pen digits of 14 writers, drawn from their strokes as the page draws them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet import data
from lenet.checkpoint import WEIGHTS, load
from lenet.evaluate.calibration import calibration_error, reliability
from lenet.model import LeNet5, in_batches
from lenet.preprocess import stroke_inputs

TITLES = {"mnist": "MNIST test set", "pendigits": "UCI pen digits, test writers"}


def inputs(name: str) -> tuple[Tensor, NDArray[np.int64]]:
    """The test set `name`, a key of `TITLES`: (N, 32, 32) inputs in [0, 1] and digits (N,)."""
    if name == "mnist":
        pictures, labels = data.mnist("test")
        return torch.from_numpy(np.pad(pictures, ((0, 0), (2, 2), (2, 2)))).float() / 255, labels
    digits = data.pendigits("test")
    drawn = stroke_inputs(digit.strokes for digit in digits)
    return torch.from_numpy(drawn), np.array([digit.digit for digit in digits])


def probabilities(model: LeNet5, pictures: Tensor) -> NDArray[np.float32]:
    """(N, 10) probabilities of each digit for each of the (N, 32, 32) inputs in [0, 1]."""
    return in_batches(model, pictures).softmax(1).numpy()


def report(shares: NDArray[np.floating], labels: NDArray[np.int64]) -> dict[str, Any]:
    """What `shares`, (N, 10) probabilities, are worth; `confusion[label][read]` counts digits."""
    read = shares.argmax(axis=1)
    confusion = np.zeros((10, 10), dtype=int)
    np.add.at(confusion, (labels, read), 1)
    counts = confusion.sum(axis=1)
    misses = counts - confusion.diagonal()
    bins = reliability(shares, labels)
    return {
        "n": len(labels),
        "misses": int(misses.sum()),
        "error": 100 * misses.sum() / len(labels),
        "calibration_error": round(calibration_error(bins), 3),
        "reliability": bins,
        "digits": [
            {"digit": digit, "n": int(n), "misses": int(m), "error": 100 * m / max(n, 1)}
            for digit, (n, m) in enumerate(zip(counts, misses, strict=True))
        ],
        "confusion": confusion.tolist(),
    }


def errors(weights: Path = WEIGHTS) -> dict[str, Any]:
    """`report` of each test set, by name, for the weights in a file."""
    model = load(weights)
    results = {}
    for name in TITLES:
        pictures, labels = inputs(name)
        results[name] = report(probabilities(model, pictures), labels)
    return results
