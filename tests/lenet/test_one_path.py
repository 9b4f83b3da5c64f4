"""From strokes to the network's input there is one path: what trains, measures and reads it takes the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lenet import classify, data
from lenet.data import PenDigit
from lenet.evaluate import measure, robustness
from lenet.train import augment, dataset, rejection
from lenet.train.dataset import Digits

# A seven with a slip of the pen far away, which the box must not hold.
SLIPPED = [np.array([[70.0, 60], [205, 62], [130, 232]]), np.array([[270.0, 270], [271, 270]])]
SEVEN = PenDigit(SLIPPED, 7, 1)


def as_evaluated(monkeypatch: pytest.MonkeyPatch) -> NDArray[np.float32]:
    monkeypatch.setattr(data, "pendigits", lambda split: [SEVEN])
    return measure.inputs("pendigits")[0][0].numpy()


def as_validated(monkeypatch: pytest.MonkeyPatch) -> NDArray[np.float32]:
    return dataset.pen_inputs([SEVEN])[0][0].numpy()


def as_distorted(monkeypatch: pytest.MonkeyPatch) -> NDArray[np.float32]:
    """As training distorts it, if hardly at all, with the pen that strokes are always redrawn with."""
    drawn = (augment.distort_strokes(SLIPPED, np.random.default_rng(seed), 0) for seed in range(50))
    return min(drawn, key=lambda one: float(np.abs(one - classify(SLIPPED).input).sum()))


def as_robustness(monkeypatch: pytest.MonkeyPatch) -> NDArray[np.float32]:
    monkeypatch.setattr(robustness, "on_pad", lambda strokes, *_: strokes)
    return next(iter(robustness.pen_grid([SEVEN], pictures=False)))[1][0]


def as_a_drawing_that_is_no_digit(monkeypatch: pytest.MonkeyPatch) -> NDArray[np.float32]:
    monkeypatch.setattr(rejection, "characters", lambda split: [SLIPPED])
    monkeypatch.setattr(rejection, "unipen_characters", lambda *_: [SLIPPED] * 2)
    few = replace(rejection.Recipe(), pictures=1, pen_copies=1, character_copies=1, signs=2, scribbles=2)
    digits = Digits(torch.rand(2, 32, 32), torch.tensor([3, 4]), [SEVEN], {})
    return rejection.sources(digits, few)[1][0][1].numpy()  # behind its distorted copy


@pytest.mark.parametrize(
    "path", [as_evaluated, as_validated, as_distorted, as_robustness, as_a_drawing_that_is_no_digit]
)
def test_a_slip_of_the_pen_is_left_out_everywhere(
    path: Callable[[pytest.MonkeyPatch], NDArray[np.float32]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drawing with a slip of the pen gives the input that classify reads, whoever asks."""
    np.testing.assert_array_equal(path(monkeypatch), classify(SLIPPED).input)
