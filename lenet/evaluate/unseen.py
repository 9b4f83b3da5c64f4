"""The people whom the network never met: digits, letters and signs by UNIPEN's test writers, and what they may draw
else. Whose they are and which are left out was fixed beforehand (lenet/data/curation.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet.checkpoint import WEIGHTS, load
from lenet.data import curation, nondigits
from lenet.data.unipen import Segment
from lenet.model import LeNet5, in_batches
from lenet.preprocess import preprocess_strokes, stroke_inputs
from lenet.rejection import Rejection, features, load_rejection


def shares(right: NDArray[np.bool_]) -> dict[str, Any]:
    """How many there are, how many were missed, and that in per cent."""
    misses = int((~right).sum())
    return {"n": len(right), "misses": misses, "error": round(100 * misses / max(len(right), 1), 2)}


def odds(model: LeNet5, head: Rejection, inputs: Tensor) -> Tensor:
    """(N,) log odds that (N, 32, 32) inputs in [0, 1] are digits."""
    return in_batches(lambda x: head(features(model.maps(x))), inputs)


def unseen_digits(model: LeNet5, head: Rejection | None = None) -> dict[str, Any]:
    """UNIPEN's test digits as labelled, cleaned, by digit and by provider, and slashed zeros; rejected ones with `head`."""
    segments = curation.digits("test", cleaned=False)
    labels = np.array([int(segment.label) for segment in segments])
    providers = np.array([segment.provider for segment in segments])
    whole = np.array([not curation.is_wrong(segment) for segment in segments])
    slashed = whole & np.array(
        [segment.label == "0" and curation.is_slashed(segment.strokes) for segment in segments]
    )
    drawn = torch.from_numpy(stroke_inputs(segment.strokes for segment in segments))
    right = in_batches(model, drawn).argmax(1).numpy() == labels
    writers = {(segment.provider, segment.writer) for segment in segments}
    results: dict[str, Any] = {
        "writers": len(writers),
        "labelled": shares(right),
        "cleaned": shares(right[whole]),
        "digits": [shares(right[whole & (labels == digit)]) for digit in range(10)],
        "providers": {name: shares(right[whole & (providers == name)]) for name in curation.TEST},
        "slashed": shares(right[slashed]),
    }
    if head is not None:
        rejected = odds(model, head, drawn).numpy() < 0
        for name, lot in (("labelled", whole | True), ("cleaned", whole), ("slashed", slashed)):
            results[name]["rejected"] = round(100 * float(rejected[lot].sum()) / max(lot.sum(), 1), 2)
    return results


def non_digits(model: LeNet5, head: Rejection, of_each: int = 200) -> dict[str, Any]:
    """What is no digit, by group and kind: n, and how many the head rejects in per cent; `of_each` kind at most.

    Letters and signs are those by UNIPEN's test writers, without the doubles of a digit; "all" tells their mean, each
    kind counting alike.
    """
    rng = np.random.default_rng(0)
    digits = curation.digits("test")
    groups: dict[str, dict[str, Tensor]] = {}
    for category in ("capitals", "letters", "signs"):
        characters = curation.characters(category, "test")
        groups[category] = {
            label: torch.from_numpy(stroke_inputs(one.strokes for one in _some(characters, label, of_each)))
            for label in sorted({one.label for one in characters})
        }
    groups["side by side"] = {
        f"{count} digits": torch.from_numpy(
            stroke_inputs(
                nondigits.side_by_side([digits[k].strokes for k in rng.integers(0, len(digits), count)], rng)
                for _ in range(of_each)
            )
        )
        for count in (2, 3, 4)
    }
    groups["turned"] = {
        f"{digit} by {90 * quarters}°": torch.from_numpy(
            stroke_inputs(
                nondigits.turned(one.strokes, quarters) for one in _some(digits, str(digit), of_each)
            )
        )
        for digit, quarters in nondigits.TURNED
        if any(one.label == str(digit) for one in digits)
    }
    taps = [nondigits.tap(rng) for _ in range(of_each)]
    groups["a tap of the pen"] = {
        "tap": torch.from_numpy(np.stack([preprocess_strokes(*one).input for one in taps]))
    }
    results: dict[str, Any] = {}
    for group, kinds in groups.items():
        results[group] = {}
        for kind, inputs in kinds.items():
            lot = odds(model, head, inputs) < 0
            results[group][kind] = {
                "n": len(inputs),
                "rejected": round(100 * float(lot.float().mean()), 2),
            }
        results[group]["all"] = {
            "n": sum(one["n"] for one in results[group].values()),
            "rejected": round(float(np.mean([one["rejected"] for one in results[group].values()])), 2),
        }
    return results


def _some(segments: list[Segment], label: str, count: int) -> list[Segment]:
    """At most `count` of those with `label`, evenly taken."""
    chosen = [segment for segment in segments if segment.label == label]
    return chosen[:: max(1, -(-len(chosen) // count))]


def unseen(weights: Path = WEIGHTS) -> dict[str, Any]:
    """`unseen_digits`, and for the shipped weights, whose the head is, `non_digits`, by name."""
    model, head = load(weights), load_rejection() if weights == WEIGHTS else None
    digits = unseen_digits(model, head)
    return {"unipen": digits} if head is None else {"unipen": digits, "non-digits": non_digits(model, head)}
