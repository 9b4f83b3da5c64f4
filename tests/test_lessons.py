"""What is learned from and what is held out, on made-up digits."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lenet.data import PenDigit
from lenet.lessons import error, load_digits
from lenet.preprocess import preprocess
from lenet.strokes import draw
from tests.made_up import as_inputs, keys


def test_validation_pictures_are_held_out(sources: tuple[NDArray[np.uint8], list[PenDigit]]) -> None:
    """Each MNIST digit is either trained on or validated on, with its own label."""
    digits = load_digits()
    validation, labels = digits.validation["mnist"]
    learned, held_out = keys(digits.pictures), keys(validation)
    assert not learned & held_out
    assert learned | held_out == keys(as_inputs(sources[0]))
    label = {one.numpy().tobytes(): k % 10 for k, one in enumerate(as_inputs(sources[0]))}
    assert digits.picture_labels.tolist() == [label[one.numpy().tobytes()] for one in digits.pictures]
    assert labels.tolist() == [label[one.numpy().tobytes()] for one in validation]


def test_validation_writers_are_held_out(sources: tuple[NDArray[np.uint8], list[PenDigit]]) -> None:
    """Each pen digit is either trained on or validated on, and so is each writer."""
    digits = load_digits()
    inputs, labels = digits.validation["pendigits"]
    drawn = {preprocess(draw(digit.strokes)).input.tobytes(): digit for digit in sources[1]}
    held_out = [drawn[one.numpy().tobytes()] for one in inputs]
    assert held_out
    assert not {digit.writer for digit in held_out} & {digit.writer for digit in digits.pen}
    assert {id(digit) for digit in [*held_out, *digits.pen]} == {id(digit) for digit in sources[1]}
    assert labels.tolist() == [digit.digit for digit in held_out]


class Always(nn.Module):
    """Reads every digit as a three."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.eye(10)[3].repeat(len(x), 1)


@pytest.mark.parametrize(("labels", "expected"), [([3, 3, 1, 2], 50), ([3] * 4, 0), ([0] * 1500, 100)])
def test_error_is_in_per_cent(labels: list[int], expected: float) -> None:
    """The error is the share read wrong, in per cent, of one batch or several."""
    assert error(Always(), torch.zeros(len(labels), 32, 32), torch.tensor(labels)) == expected
