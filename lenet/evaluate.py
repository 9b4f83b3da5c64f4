"""How well the shipped weights read digits they never saw: python -m lenet.evaluate

Two test sets, neither looked at while the network was made: MNIST's 10,000 test digits, and the UCI pen
digits of 14 writers, drawn from their strokes by the page's own path.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet import data
from lenet.checkpoint import WEIGHTS, WeightsError, load
from lenet.model import LeNet5, normalise
from lenet.preprocess import preprocess
from lenet.strokes import draw

TITLES = {"mnist": "MNIST test set", "pendigits": "UCI pen digits, test writers"}


def inputs(name: str) -> tuple[Tensor, NDArray[np.int64]]:
    """The test set `name`, a key of `TITLES`: (N, 32, 32) inputs in [0, 1] and digits (N,)."""
    if name == "mnist":
        pictures, labels = data.mnist("test")
        return torch.from_numpy(np.pad(pictures, ((0, 0), (2, 2), (2, 2)))).float() / 255, labels
    digits = data.pendigits("test")
    drawn = np.stack([preprocess(draw(digit.strokes)).input for digit in digits])
    return torch.from_numpy(drawn), np.array([digit.digit for digit in digits])


def predictions(model: LeNet5, pictures: Tensor) -> NDArray[np.int64]:
    """The most probable digit (N,) of each of the (N, 32, 32) inputs in [0, 1]."""
    with torch.inference_mode():
        parts = [model(normalise(part)[:, None]).argmax(1) for part in pictures.split(500)]
    return torch.cat(parts).numpy()


def report(read: NDArray[np.int64], labels: NDArray[np.int64]) -> dict[str, Any]:
    """Counts over a test set; `confusion[label][read]` is how many of a digit were read as which."""
    confusion = np.zeros((10, 10), dtype=int)
    np.add.at(confusion, (labels, read), 1)
    counts = confusion.sum(axis=1)
    misses = counts - confusion.diagonal()
    return {
        "n": len(labels),
        "misses": int(misses.sum()),
        "error": 100 * misses.sum() / len(labels),
        "digits": [
            {"digit": digit, "n": int(n), "misses": int(m), "error": 100 * m / max(n, 1)}
            for digit, (n, m) in enumerate(zip(counts, misses, strict=True))
        ],
        "confusion": confusion.tolist(),
    }


def evaluate(weights: Path = WEIGHTS) -> dict[str, Any]:
    """`report` of each test set, by name, for the weights in a file."""
    model = load(weights)
    results = {}
    for name in TITLES:
        pictures, labels = inputs(name)
        results[name] = report(predictions(model, pictures), labels)
    return results


def table(title: str, result: dict[str, Any]) -> str:
    """`report`'s result to be read by people."""
    lines = [
        f"{title}: {result['error']:.2f} % error, {result['misses']} of {result['n']:,} digits missed",
        "",
        "digit       n  missed   error      read as" + "".join(f"{digit:>5}" for digit in range(10)),
    ]
    for row, counts in zip(result["digits"], result["confusion"], strict=True):
        cells = "".join(f"{count or '·':>5}" for count in counts)
        lines.append(
            f"{row['digit']:>5} {row['n']:>7,} {row['misses']:>7} {row['error']:>6.2f} %             {cells}"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """The command line: `python -m lenet.evaluate --help`."""
    parser = argparse.ArgumentParser(
        prog="python -m lenet.evaluate", description="Test error of the shipped weights."
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    options = parser.parse_args(arguments)
    try:
        results = evaluate(options.weights)
    except (data.DataError, WeightsError) as problem:
        print(problem, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(results, indent=1))
    else:
        print("\n\n".join(table(TITLES[name], result) for name, result in results.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
