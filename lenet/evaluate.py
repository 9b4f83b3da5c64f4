"""How well the shipped weights read digits they never saw: python -m lenet.evaluate

Two test sets, neither looked at while the network was made: MNIST's 10,000 test digits, and the UCI pen
digits of 14 writers, drawn from their strokes by the page's own path. Then the same digits as other people
would bring them (lenet/robustness.py), which takes some minutes, and drawings that are no digits, to be
doubted; `--quick` leaves both out. For the shipped weights it also tells how the recipe's other seeds did
(lenet/seeds.py).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor

from lenet import data
from lenet.characters import characters
from lenet.checkpoint import DOUBT, WEIGHTS, WeightsError, load
from lenet.doubt import load_doubt
from lenet.model import LeNet5, normalise
from lenet.preprocess import stroke_inputs
from lenet.robustness import HEIGHTS, PENS, Lot, calibration_error, distorted, pen_grid, reliability
from lenet.scribbles import KINDS, UNSEEN, scribbles

SEEDS = Path(__file__).parents[1] / "weights" / "seeds.json"  # not in an installed package
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
    with torch.inference_mode():
        parts = [model(normalise(part)[:, None]).softmax(1) for part in pictures.split(500)]
    return torch.cat(parts).numpy()


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


def evaluate(weights: Path = WEIGHTS) -> dict[str, Any]:
    """`report` of each test set, by name, for the weights in a file."""
    model = load(weights)
    results = {}
    for name in TITLES:
        pictures, labels = inputs(name)
        results[name] = report(probabilities(model, pictures), labels)
    return results


def robustness(weights: Path = WEIGHTS, pictures_of: int = 500) -> dict[str, Any]:
    """Accuracies in per cent of the lots of lenet/robustness.py, by kind and name, with their n.

    Of the pen digits as pictures only `pictures_of` are read, evenly taken: they take the longest.
    """
    from tqdm import tqdm

    model = load(weights)
    images, image_labels = data.mnist("test")
    pen = data.pendigits("test")
    some = pen[:: max(1, len(pen) // pictures_of)]
    kinds: dict[str, tuple[Iterator[Lot], NDArray[np.int64]]] = {
        "distorted": (distorted(images), image_labels),
        "strokes": (pen_grid(pen, pictures=False), np.array([digit.digit for digit in pen])),
        "pictures": (pen_grid(some, pictures=True), np.array([digit.digit for digit in some])),
    }
    lots = ((kind, labels, lot) for kind, (given, labels) in kinds.items() for lot in given)
    results: dict[str, Any] = {kind: {"n": len(labels)} for kind, (_, labels) in kinds.items()}
    for kind, labels, (name, given) in tqdm(lots, total=10 + 2 * len(HEIGHTS) * len(PENS), unit="lot"):
        right = probabilities(model, torch.from_numpy(given)).argmax(axis=1) == labels
        results[kind][name] = round(100 * float(right.mean()), 2)
    return results


def doubt(path: Path = DOUBT, of_each: int = 500) -> dict[str, Any]:
    """What the head in `path` makes of test digits and of drawings that are none, `of_each` kind of scribble.

    "digits": n and the per cent doubted of each test set. "drawings": for each kind n, the per cent doubted,
    whether the head was trained with such drawings, and the AUROC against each test set: the chance that
    a digit gets a higher probability of being one than such a drawing.
    """
    model, head = load(), load_doubt(path)

    def odds(pictures: Tensor) -> NDArray[np.float32]:
        with torch.inference_mode():
            parts = [head(model.maps(normalise(part)[:, None])["f6"]) for part in pictures.split(500)]
        return torch.cat(parts).numpy()

    digits = {name: odds(inputs(name)[0]) for name in TITLES}
    kinds = {"Omniglot characters": characters("test")}
    kinds |= {kind: scribbles(kind, "test", of_each) for kind in KINDS}
    results: dict[str, Any] = {
        "digits": {name: {"n": len(of), "doubted": _per_cent(of < 0)} for name, of in digits.items()},
        "drawings": {},
    }
    for kind, drawings in kinds.items():
        of = odds(torch.from_numpy(stroke_inputs(drawings)))
        results["drawings"][kind] = {
            "n": len(drawings),
            "trained": kind in KINDS and kind not in UNSEEN,
            "doubted": _per_cent(of < 0),
            "auroc": {name: round(auroc(real, of), 4) for name, real in digits.items()},
        }
    return results


def auroc(higher: NDArray[np.floating], lower: NDArray[np.floating]) -> float:
    """The chance that one of `higher` exceeds one of `lower`; ties count half."""
    ranks = rankdata(np.concatenate([higher, lower]))[: len(higher)]
    return float(ranks.mean() - (len(higher) + 1) / 2) / len(lower)


def _per_cent(chosen: NDArray[np.bool_]) -> float:
    return round(100 * float(chosen.mean()), 2)


def table(title: str, result: dict[str, Any]) -> str:
    """`report`'s result to be read by people."""
    lines = [
        (
            f"{title}: {result['error']:.2f} % error, {result['misses']} of {result['n']:,} digits missed; "
            f"calibration error {result['calibration_error']:.2f} points"
        ),
        "",
        "digit       n  missed   error      read as" + "".join(f"{digit:>5}" for digit in range(10)),
    ]
    for row, counts in zip(result["digits"], result["confusion"], strict=True):
        cells = "".join(f"{count or '·':>5}" for count in counts)
        lines.append(
            f"{row['digit']:>5} {row['n']:>7,} {row['misses']:>7} {row['error']:>6.2f} %             {cells}"
        )
    return "\n".join(lines)


def robustness_table(results: dict[str, Any]) -> str:
    """`robustness`'s result to be read by people."""
    lines = [f"MNIST test digits on a 64×64 canvas (n = {results['distorted']['n']:,}), read right:"]
    lines += [f"  {name:<24}{share:6.2f} %" for name, share in results["distorted"].items() if name != "n"]
    for kind in ("strokes", "pictures"):
        n = results[kind]["n"]
        lines += ["", f"UCI pen digits, test writers, as {kind} (n = {n:,}), read right, in per cent:"]
        lines.append("height \\ pen" + "".join(f"{pen:>8}" for pen in PENS))
        for height in HEIGHTS:
            cells = "".join(f"{results[kind][f'{height}/{pen}']:8.2f}" for pen in PENS)
            lines.append(f"{height:>9} px{cells}")
    return "\n".join(lines)


def doubt_table(results: dict[str, Any]) -> str:
    """`doubt`'s result to be read by people."""
    lines = ["Not a digit?                n  doubted   AUROC against " + ", ".join(TITLES.values())]
    for name, title in TITLES.items():
        row = results["digits"][name]
        lines.append(f"{title:<28}{row['n']:>6,}{row['doubted']:>7.2f} %")
    for kind, row in results["drawings"].items():
        areas = "".join(f"{area:>8.4f}" for area in row["auroc"].values())
        known = "" if row["trained"] else "   never trained with"
        lines.append(f"{kind:<28}{row['n']:>6,}{row['doubted']:>7.2f} %{areas}{known}")
    return "\n".join(lines)


def mean_error(seeds: list[dict[str, Any]], kind: str, name: str) -> tuple[float, float]:
    """Mean and standard deviation of the seeds' errors in per cent; `kind` is "validation" or "test"."""
    errors = np.array([seed[kind][name] for seed in seeds])
    return float(errors.mean()), float(errors.std(ddof=1)) if len(seeds) > 1 else 0.0


def seeds_table(seeds: list[dict[str, Any]]) -> str:
    """Each seed's errors in per cent, their mean and standard deviation, as a table in Markdown."""
    kinds = [(kind, name) for kind in ("validation", "test") for name in TITLES]
    rows = ["| seed | " + " | ".join(f"{name}, {kind}" for kind, name in kinds) + " |", "|---:" * 5 + "|"]
    for seed in seeds:
        errors = " | ".join(f"{seed[kind][name]:.2f} %" for kind, name in kinds)
        rows.append(f"| {seed['seed']} | {errors} |")
    cells = " | ".join("{:.3f} ± {:.3f} %".format(*mean_error(seeds, *which)) for which in kinds)
    return "\n".join([*rows, f"| **mean** | {cells} |"])


def main(arguments: list[str] | None = None) -> int:
    """The command line: `python -m lenet.evaluate --help`."""
    parser = argparse.ArgumentParser(
        prog="python -m lenet.evaluate", description="Test error of the shipped weights."
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--quick", action="store_true", help="test errors only, in seconds")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    options = parser.parse_args(arguments)
    try:
        results = evaluate(options.weights)
        if not options.quick:
            results["robustness"] = robustness(options.weights)
            if options.weights == WEIGHTS:  # the head belongs to the shipped weights
                results["doubt"] = doubt()
        if options.weights == WEIGHTS and SEEDS.exists():
            results["seeds"] = json.loads(SEEDS.read_text("utf-8"))
    except (data.DataError, WeightsError) as problem:
        print(problem, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(results, indent=1))
    else:
        tables = [table(title, results[name]) for name, title in TITLES.items()]
        if not options.quick:
            tables.append(robustness_table(results["robustness"]))
            if "doubt" in results:
                tables.append(doubt_table(results["doubt"]))
        if "seeds" in results:
            tables.append("Errors of the recipe's seeds:\n" + seeds_table(results["seeds"]))
        print("\n\n".join(tables))
    return 0


if __name__ == "__main__":
    sys.exit(main())
