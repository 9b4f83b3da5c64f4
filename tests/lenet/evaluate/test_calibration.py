"""Calibration by hand, and that of the results."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lenet.checkpoint import RESULTS
from lenet.evaluate.calibration import calibration_error, reliability
from lenet.evaluate.measure import TITLES


def test_reliability_by_hand() -> None:
    """90 % sure and 60 % right fill one bin and are thirty points apart; sure and right are none."""
    shares = np.full((10, 10), 0.1 / 9)
    shares[:, 3] = 0.9
    bins = reliability(shares, np.array([3] * 6 + [4] * 4))
    assert bins[13] == {"n": 10, "confidence": 90, "accuracy": 60}
    assert bins[:13] == [{"n": 0, "confidence": None, "accuracy": None}] * 13
    assert calibration_error(bins) == pytest.approx(30)
    assert calibration_error(reliability(np.eye(10), np.arange(10))) == 0


def test_bins_weigh_by_their_digits() -> None:
    """The calibration error is the mean over digits, not over bins."""
    shares = np.zeros((4, 10))
    shares[:, :2] = [[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.6, 0.4]]
    bins = reliability(shares, np.array([0, 0, 0, 1]))
    assert [lot["n"] for lot in bins if lot["n"]] == [1, 3]
    assert calibration_error(bins) == pytest.approx(60 / 4)


@pytest.mark.parametrize("name", TITLES)
def test_bins_hold_every_digit(name: str) -> None:
    """results.json's bins add up to the test set, its right digits, and its calibration error."""
    told = json.loads(RESULTS.read_text("utf-8"))[name]
    bins = told["reliability"]
    assert len(bins) == 15
    assert sum(lot["n"] for lot in bins) == told["n"]
    right = sum(lot["n"] * lot["accuracy"] / 100 for lot in bins if lot["n"])
    assert right == pytest.approx(told["n"] - told["misses"], abs=0.05)
    assert calibration_error(bins) == pytest.approx(told["calibration_error"], abs=0.001)
