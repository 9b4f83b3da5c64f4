"""preprocess against reference vectors, real MNIST digits, and the written rule in exact arithmetic."""

from __future__ import annotations

import math
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from lenet import data
from lenet.preprocess import _resampling, preprocess, preprocess_strokes, stroke_inputs
from lenet.strokes import draw, frame

VECTORS = np.load(Path(__file__).parents[1] / "data" / "mnist-preprocess-vectors.npz")


@pytest.fixture(scope="module")
def digits(sample: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> tuple[NDArray[np.uint8], float]:
    """MNIST digits, and the share that is to come back: training digits, or without them the sample."""
    if os.environ.get("LENET_DATA"):
        return data.mnist("train")[0][:10_000], 0.999
    return sample[0], 0.995


@pytest.fixture(scope="module")
def again(digits: tuple[NDArray[np.uint8], float]) -> NDArray[np.uint8]:
    """The same digits preprocessed once more."""
    return np.stack([preprocess(picture / 255).placed for picture in digits[0]])


@pytest.mark.parametrize("k", range(len(VECTORS["sizes"])))
def test_reference_vectors(k: int) -> None:
    """Strokes that were preprocessed independently of this project come out cell by cell the same."""
    side = int(VECTORS["sizes"][k])
    ink = np.unpackbits(VECTORS[f"in{k}"], count=side * side).reshape(side, side)
    assert (preprocess(ink).placed == VECTORS["out"][k]).all()


def test_mnist_digits_come_back(digits: tuple[NDArray[np.uint8], float], again: NDArray[np.uint8]) -> None:
    """What already went through MNIST's preprocessing comes back within one grey level."""
    pictures, share = digits
    difference = np.abs(again.astype(int) - pictures).max(axis=(1, 2))
    assert (difference <= 1).mean() >= share


def test_the_centre_of_mass_lies_at_fourteen(again: NDArray[np.uint8]) -> None:
    """The centre of mass lies in (13.5, 14.5], in pixel-index coordinates, unless the border holds the ink."""
    centres = np.array([ndimage.center_of_mass(picture) for picture in again])
    held = np.stack([again[:, [0, -1]].any(axis=(1, 2)), again[:, :, [0, -1]].any(axis=(1, 2))], axis=1)
    assert held.mean() < 0.01
    assert (held | (13.5 < centres) & (centres <= 14.5 + 1e-9)).all()


def test_the_input_is_the_picture_with_two_cells_of_ground(
    sample: tuple[NDArray[np.uint8], NDArray[np.int64]],
) -> None:
    """LeNet-5's 32×32 in [0, 1] is MNIST's 28×28 with two cells of ground on every side."""
    for picture in sample[0][:20]:
        steps = preprocess(picture / 255)
        assert steps.input.dtype == np.float32
        np.testing.assert_array_equal(steps.input, np.pad(steps.placed, 2) / np.float32(255))


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (7, 300), (0, 0), (0, 5), (5, 0)])
def test_nothing_drawn(shape: tuple[int, int]) -> None:
    """Without ink there is no box, and every picture is ground."""
    steps = preprocess(np.zeros(shape))
    assert steps.box is None
    assert steps.square is None
    assert steps.centre == (10, 10)
    assert steps.offset == (5, 5)
    assert steps.fitted.dtype == np.uint8
    assert not steps.fitted.any()
    assert not steps.placed.any()
    assert not steps.input.any()


def test_boxes_by_hand() -> None:
    """The box is tight around the ink, and the square extends its short side to both sides."""
    ink = np.zeros((100, 60))
    ink[30:71, 20:30] = 1
    steps = preprocess(ink)
    assert steps.box == (30, 20, 41, 10)
    assert steps.square == (30, 5, 41, 41)


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("flipped", [False, True])
def test_mass_far_from_the_middle_loses_no_ink(turns: int, flipped: bool) -> None:
    """An L of a long hairline and a heavy foot, which the rule would push out, stops at the border."""
    ink = np.zeros((200, 200))
    ink[:, 0] = 1
    ink[160:, :60] = 1
    steps = preprocess(np.rot90(ink.T if flipped else ink, turns))
    rows, columns = np.nonzero(steps.fitted)
    ends = [
        int(15 - middle) + cells.min() for middle, cells in zip(steps.centre, (rows, columns), strict=True)
    ] + [int(15 - middle) + cells.max() for middle, cells in zip(steps.centre, (rows, columns), strict=True)]
    assert min(ends) < 0 or max(ends) > 27  # the published rule alone would cut ink off
    assert (np.sort(steps.placed[steps.placed > 0]) == np.sort(steps.fitted[steps.fitted > 0])).all()


@pytest.mark.parametrize("turns", range(4))
def test_only_ink_is_kept_inside(turns: int) -> None:
    """A wide T is centred by its mass as MNIST's digits are, even where blank cells leave the picture."""
    ink = np.zeros((24, 40))
    ink[:4] = 1
    ink[:, 20] = 1
    centre = ndimage.center_of_mass(preprocess(np.rot90(ink, turns)).placed)
    assert all(13.5 < middle <= 14.5 for middle in centre)


@pytest.mark.parametrize(("side", "first", "last", "fitted"), [(1, 14, 16, 8), (3, 12, 18, 6)])
def test_tiny_pictures_by_hand(side: int, first: int, last: int, fitted: int) -> None:
    """One pixel is two cells of a ten-pixel square doubled, three pixels are six, about in its middle."""
    steps = preprocess(np.ones((side, side)))
    assert steps.placed.dtype == steps.fitted.dtype == np.uint8
    for cells, place in ((steps.placed, first), (steps.fitted, fitted)):
        expected = np.zeros_like(cells)
        expected[place : place + last - first, place : place + last - first] = 255
        np.testing.assert_array_equal(cells, expected)


@pytest.mark.parametrize("length", [20, 300, 5000])
def test_long_thin_pictures_by_hand(length: int) -> None:
    """A line one pixel wide is a line one cell wide and twenty long, however long it was."""
    expected = np.zeros((28, 28), np.uint8)
    expected[14, 5:25] = 255
    line = np.ones((1, length))
    np.testing.assert_allclose(preprocess(line).placed, expected, atol=1)
    np.testing.assert_allclose(preprocess(line.T).placed, expected.T, atol=1)


@pytest.mark.parametrize("level", [1, 0.5, 1 / 255, 1e-6])
def test_the_darkest_cell_is_full_ink(level: float) -> None:
    """Faint ink is stretched until its darkest cell is 255."""
    ink = np.zeros((40, 40))
    ink[5:35, 18] = level
    assert preprocess(ink).placed.max() == 255


@pytest.mark.parametrize("side", [20, 21, 28, 33, 40, 119, 120, 200, 511])
def test_resampling_follows_the_written_rule(side: int) -> None:
    """W is the rule of Yadav and Bottou in exact fractions: each pixel's span of 0.99 of its share."""
    share = Fraction(20, side)
    expected = np.zeros((20, side))
    for pixel in range(side):
        start = pixel * share
        end = start + Fraction(99, 100) * share
        first, last = math.floor(start), math.ceil(end) - 1
        if first == last:
            expected[first, pixel] = share
        else:
            expected[first, pixel] = min(max(float(first + 1 - start), 0), 1)
            expected[last, pixel] = min(max(float(end - last), 0), 1)
    np.testing.assert_allclose(_resampling(side), expected, atol=1e-9)


def test_the_ink_is_left_alone() -> None:
    """Neither the ink given nor the cached matrix is changed by preprocessing, and bytes mean the same."""
    ink = np.random.default_rng(0).integers(0, 2, (30, 47)).astype(np.uint8)
    kept = ink.copy()
    first, second = preprocess(ink), preprocess(ink.astype(np.float64))
    np.testing.assert_array_equal(ink, kept)
    np.testing.assert_array_equal(first.placed, second.placed)


SEVEN = np.array([[70.0, 60], [205, 62], [130, 232]])
SLIP = np.array([[270.0, 270], [271, 270]])


@pytest.mark.parametrize("strokes", [[SEVEN, SLIP], [SLIP]], ids=["seven with a slip", "dot"])
@pytest.mark.parametrize(("pen_width", "pen"), [(None, 15), (20.0, 15), (20.0, 9)])
def test_strokes_are_preprocessed_as_their_ink(
    strokes: list[NDArray[np.float64]], pen_width: float | None, pen: int
) -> None:
    """Strokes come to what the ink that is drawn of them comes to, but for slips; and where it lay is told."""
    steps, drawn = preprocess_strokes(strokes, pen_width, pen=pen), strokes[:1]
    expected = preprocess(draw(drawn, pen_width, pen=pen))
    assert steps.frame == frame(drawn, pen_width, pen=pen)
    assert steps.box == expected.box
    np.testing.assert_array_equal(steps.ink, expected.ink)
    np.testing.assert_array_equal(steps.input, expected.input)


def test_many_drawings_inputs_are_each_ones() -> None:
    """The inputs of many drawings are those of each, the empty one's too, which has no ink and no frame."""
    drawings = [[SEVEN], [], [SEVEN[::-1] * (1, -1)]]
    expected = [preprocess_strokes(strokes).input for strokes in drawings]
    np.testing.assert_array_equal(stroke_inputs(drawings), expected)
    empty = preprocess_strokes([])
    assert empty.frame is None
    assert empty.ink.shape == (0, 0)
    assert not empty.input.any()
