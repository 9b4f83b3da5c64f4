"""Distorted digits are digits still: inputs in [0, 1], each its own, decided by the generator."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lenet.data.curation import is_slashed
from lenet.preprocess import preprocess
from lenet.train.augment import distort_pictures, distort_strokes, slashed
from lenet.train.preprocess_batch import preprocess_batch
from tests.made_up import as_inputs, keys, pen_digit

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]


def test_distorted_pictures_are_pictures(sample: Sample) -> None:
    """Distorted pictures keep their shape and stay in [0, 1]; most change, and each in its own way."""
    inputs = as_inputs(sample[0][:1]).repeat(40, 1, 1)
    before = inputs.clone()
    distorted = distort_pictures(inputs, torch.Generator().manual_seed(0))
    assert torch.equal(inputs, before)
    assert distorted.shape == inputs.shape
    assert distorted.dtype == torch.float32
    assert distorted.isfinite().all()
    assert distorted.min() >= 0
    assert distorted.max() <= 1
    assert (distorted.amax((1, 2)) > 0.5).all()
    assert len(keys(distorted)) > 30


def test_the_generator_decides_how_pictures_are_distorted(sample: Sample) -> None:
    """The same generator distorts the same way, another one otherwise."""
    inputs = as_inputs(sample[0][:20])
    one, again, other = (distort_pictures(inputs, torch.Generator().manual_seed(k)) for k in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_few_pictures_are_distorted_too(sample: Sample, count: int) -> None:
    """However few the pictures and whatever befalls them, as many come back."""
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        assert distort_pictures(as_inputs(sample[0][:count]), generator).shape == (count, 32, 32)


def test_batches_are_preprocessed_alike(sample: Sample) -> None:
    """Fitting many pictures at once gives what MNIST's preprocessing gives for each, within a level."""
    big = np.kron(sample[0][::25], np.ones((2, 2)))  # their boxes have twenty pixels and more
    expected = np.stack([preprocess(picture / 255).input for picture in big])
    fitted = preprocess_batch(torch.from_numpy(big / 255).float()).numpy()
    assert (np.abs(fitted - expected) <= 1.01 / 255).mean() > 0.999


STROKES = {
    "scribble": pen_digit(0, 0).strokes,
    "large": [stroke * 1e6 - 1e7 for stroke in pen_digit(0, 0).strokes],
    "line": [np.array([[0.0, 5], [30, 5]])],
    "dot": [np.array([[3.0, 3]])],
}


@pytest.mark.parametrize("name", STROKES)
def test_distorted_strokes_are_an_input(name: str) -> None:
    """Distorted strokes are (32, 32) inputs in [0, 1] with full ink in them, and aren't changed."""
    before = [stroke.copy() for stroke in STROKES[name]]
    for seed in range(20):
        drawn = distort_strokes(STROKES[name], np.random.default_rng(seed))
        assert drawn.shape == (32, 32)
        assert drawn.dtype == np.float32
        assert np.isfinite(drawn).all()
        assert drawn.min() == 0
        assert drawn.max() == 1
    for stroke, kept in zip(STROKES[name], before, strict=True):
        np.testing.assert_array_equal(stroke, kept)


def test_the_generator_decides_how_strokes_are_distorted() -> None:
    """The same generator distorts the same way, another one otherwise."""
    one, again, other = (distort_strokes(STROKES["scribble"], np.random.default_rng(k)) for k in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_a_zero_gets_a_slash() -> None:
    """A 0 with a slash is its own strokes and one more, which the evaluation's rule, too, takes for a slash."""
    turn = np.linspace(0, 2 * np.pi, 40)
    zero = [np.stack([30 + 20 * np.sin(turn), 40 - 30 * np.cos(turn)], 1)]
    assert not is_slashed(zero)
    for seed in range(50):
        drawn = slashed(zero, np.random.default_rng(seed))
        assert drawn[0] is zero[0]
        assert len(drawn) == 2
        assert is_slashed(drawn)
