"""What is learned from and what is held out, on made-up digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lenet.data import PenDigit
from lenet.data.curation import split_of
from lenet.preprocess import preprocess_strokes
from lenet.train.dataset import Dataset, cached, error, load_digits
from tests.made_up import as_inputs, keys, unipen_segments


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
    drawn = {preprocess_strokes(digit.strokes).input.tobytes(): digit for digit in sources[1]}
    held_out = [drawn[one.numpy().tobytes()] for one in inputs]
    assert held_out
    learned = [digit for digit in digits.pen if isinstance(digit.writer, int)]  # the others are UNIPEN's
    assert not {digit.writer for digit in held_out} & {digit.writer for digit in learned}
    assert {id(digit) for digit in [*held_out, *learned]} == {id(digit) for digit in sources[1]}
    assert labels.tolist() == [digit.digit for digit in held_out]


def test_unipens_writers_are_held_out(sources: tuple[NDArray[np.uint8], list[PenDigit]]) -> None:
    """Each of UNIPEN's digits is learned from or validated on, by its writer; those of test providers are neither."""
    digits = load_digits()
    inputs, labels = digits.validation["unipen"]
    learned = {
        digit.strokes[0].tobytes(): digit.digit for digit in digits.pen if isinstance(digit.writer, str)
    }
    segments = unipen_segments()
    assert len(learned) + len(inputs) == len(segments) - 1
    assert len(inputs) > 1
    for segment in segments:
        assert learned.get(segment.strokes[0].tobytes(), int(segment.label)) == int(segment.label)
    assert segments[-1].strokes[0].tobytes() not in learned
    expected = [
        (preprocess_strokes(one.strokes).input, int(one.label))
        for one in segments
        if split_of(one) == "validation"
    ]
    for one, label, (drawn, digit) in zip(inputs, labels, expected, strict=True):
        np.testing.assert_array_equal(one.numpy(), drawn)
        assert label == digit


class Always(nn.Module):
    """Reads every digit as a three."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.eye(10)[3].repeat(len(x), 1)


@pytest.mark.parametrize(("labels", "expected"), [([3, 3, 1, 2], 50), ([3] * 4, 0), ([0] * 1500, 100)])
def test_error_is_in_per_cent(labels: list[int], expected: float) -> None:
    """The error is the share read wrong, in per cent, of one batch or several."""
    assert error(Always(), torch.zeros(len(labels), 32, 32), torch.tensor(labels)) == expected


def test_datasets_are_made_once(tmp_path: Path) -> None:
    """Datasets are made, written and read again; those made from something else are not taken for them."""
    made = list[float]()

    def make() -> Dataset:
        made.append(len(made))
        return Dataset(torch.arange(6).byte().reshape(2, 3), torch.tensor([4, 7]), torch.rand(2, 10))

    path = tmp_path / "new" / "dataset-0.safetensors"
    first, again = (cached(path, "one", make) for _ in range(2))
    assert len(made) == 1
    for part in ("inputs", "labels", "teacher_logits"):
        assert torch.equal(getattr(first, part), getattr(again, part))
    other = cached(path, "another", make)
    assert len(made) == 2
    assert other.teacher_logits is not None and first.teacher_logits is not None
    assert not torch.equal(other.teacher_logits, first.teacher_logits)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
