"""The lots of test digits as other people would bring them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet import classify
from lenet.checkpoint import RESULTS
from lenet.data import PenDigit
from lenet.evaluate.robustness import HEIGHTS, PAD, PENS, distorted, on_pad, pen_grid
from lenet.preprocess import preprocess
from lenet.strokes import as_strokes

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]
SEVEN = PenDigit(as_strokes([[[70, 60], [205, 62], [130, 232]]]), 7, 1)


@pytest.mark.parametrize("height", HEIGHTS)
@pytest.mark.parametrize("pen", PENS)
def test_digits_lie_on_the_pad(height: int, pen: int) -> None:
    """Ink and all, a digit is as tall as it should be and stays on the pad."""
    (stroke,) = on_pad(SEVEN.strokes, height, pen, np.random.default_rng(0))
    assert np.ptp(stroke, axis=0).max() + pen == pytest.approx(max(height, pen + 1), abs=0.2)
    assert stroke.min() >= pen / 2 - 0.1
    assert stroke.max() <= PAD - pen / 2 + 0.1


def test_strokes_drop_size_and_pen() -> None:
    """However large and thick it is drawn, a digit's strokes give nearly the same input."""
    lots = [inputs[0] for _, inputs in pen_grid([SEVEN], pictures=False)]
    assert len(lots) == len(HEIGHTS) * len(PENS)
    for lot in lots[5:]:  # at 40 px tenths of a pixel are large steps
        assert np.abs(lot - lots[-1]).mean() < 0.02


def test_pictures_keep_the_pen() -> None:
    """In a picture a thick pen stays thick: the same digit has more ink."""
    lots = {name: inputs[0].sum() for name, inputs in pen_grid([SEVEN], pictures=True)}
    for height in HEIGHTS[2:]:
        ink = [lots[f"{height}/{pen}"] for pen in PENS]
        assert ink == sorted(ink)


def test_shifts_change_nothing(sample: Sample) -> None:
    """An unchanged digit on the canvas comes back as MNIST has it, and a shifted one exactly the same."""
    lots = dict(distorted(sample[0][::50]))
    assert len(lots) == 10
    np.testing.assert_array_equal(lots["shifted +6 px"], lots["unchanged"])
    np.testing.assert_array_equal(lots["shifted −6 px"], lots["unchanged"])
    expected = [preprocess(picture / 255).input for picture in sample[0][::50]]
    np.testing.assert_array_equal(lots["unchanged"], expected)


def test_rotation_turns_clockwise_and_back(sample: Sample) -> None:
    """The two rotations lean a straight 1 to opposite sides."""
    one = np.zeros((1, 28, 28), np.uint8)
    one[0, 4:24, 13:15] = 255
    lots = dict(distorted(one))

    def lean(picture: NDArray[np.floating]) -> float:
        rows, columns = np.nonzero(picture > 0.5)
        return float(np.polyfit(rows, columns, 1)[0])

    assert lean(lots["rotated +15°"][0]) == pytest.approx(-lean(lots["rotated −15°"][0]), abs=0.05)
    assert abs(lean(lots["rotated +15°"][0])) == pytest.approx(np.tan(np.radians(15)), abs=0.05)
    assert classify(one[0]).digit == 1


def test_results_hold_every_lot() -> None:
    """results.json tells all lots, on the whole of MNIST's and the pen digits' test sets."""
    told = json.loads(RESULTS.read_text("utf-8"))["robustness"]
    cells = {f"{height}/{pen}" for height in HEIGHTS for pen in PENS}
    assert set(told["strokes"]) == set(told["pictures"]) == cells | {"n"}
    assert len(told["distorted"]) == 11
    assert (told["distorted"]["n"], told["strokes"]["n"]) == (10_000, 3_498)
    assert told["pictures"]["n"] >= 500
