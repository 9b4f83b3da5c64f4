"""Calibration: whether digits that the network is 90 % sure of are right nine times out of ten; charts.py draws it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def reliability(
    probabilities: NDArray[np.floating], labels: NDArray[np.int64], bins: int = 15
) -> list[dict[str, Any]]:
    """What (N, 10) probabilities promise and what they keep, in `bins` equal bins of the highest one.

    Each bin tells its n, and in per cent the mean "confidence" and the "accuracy"; None where it is empty.
    """
    sure = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    number = np.minimum((sure * bins).astype(int), bins - 1)
    lots = [number == b for b in range(bins)]
    return [
        {
            "n": int(lot.sum()),
            "confidence": round(100 * float(sure[lot].mean(dtype=float)), 4) if lot.any() else None,
            "accuracy": round(100 * float(right[lot].mean()), 4) if lot.any() else None,
        }
        for lot in lots
    ]


def calibration_error(bins: list[dict[str, Any]]) -> float:
    """Expected calibration error in points: |accuracy − confidence| of `reliability`'s bins, by their n.

    M. P. Naeini, G. F. Cooper, M. Hauskrecht, "Obtaining Well Calibrated Probabilities", AAAI 2015.
    """
    gaps = [lot["n"] * abs(lot["accuracy"] - lot["confidence"]) for lot in bins if lot["n"]]
    return sum(gaps) / sum(lot["n"] for lot in bins)
