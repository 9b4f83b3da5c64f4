"""The smallest change: it works, it is small, and its soft ink is the real one's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lenet import classify
from lenet.experiment import smallest, smallest_change, smallest_change_of_pixels
from lenet.experiment.changes import finely
from lenet.experiment.soft_ink import CELL, joined, soft_ink, to_cells
from lenet.model import normalise
from lenet.prediction import shipped
from lenet.preprocess import preprocess_strokes
from lenet.strokes import PEN
from tests.browser.digits import DIGITS


def found(digit: int, other: int) -> Any:
    return smallest_change(DIGITS[digit], other, 20)


@pytest.mark.parametrize(("digit", "other"), [(7, 3), (4, 9), (1, 7)])
def test_the_moved_strokes_are_read_as_the_other_digit(digit: int, other: int) -> None:
    """What was moved is another digit by the real preprocessing; half as far is still the first."""
    change = found(digit, other)
    assert change.found
    assert change.prediction.digit == classify(change.moved, 20).digit == other
    half = [(a + b) / 2 for a, b in zip(change.strokes, change.moved, strict=True)]
    assert classify(half, 20).digit == digit


def test_the_change_is_told_as_it_is() -> None:
    """Mean and largest way are those of the points, in shares of the drawing's longer side; the ends of it too."""
    change = found(4, 9)
    ways = np.concatenate([b - a for a, b in zip(change.strokes, change.moved, strict=True)])
    size = max(np.ptp(np.concatenate(change.strokes), axis=0))
    lengths = np.hypot(*ways.T) / size
    assert change.largest == pytest.approx(lengths.max())
    assert change.mean == pytest.approx(np.sqrt(np.square(lengths).mean()))
    assert 0 < change.mean < 0.1


def test_the_strokes_are_moved_smoothly() -> None:
    """Neighbours on a stroke go nearly the same way: none by more than a tenth of the largest apart."""
    change = found(4, 9)
    for before, after in zip(change.strokes, change.moved, strict=True):
        bends = np.hypot(*np.diff(after - before, axis=0).T)
        size = max(np.ptp(np.concatenate(change.strokes), axis=0))
        assert bends.max() < 0.25 * change.largest * size


def test_a_digit_that_is_read_already_needs_no_change() -> None:
    """Asked for the digit that it is, nothing is moved."""
    change = found(7, 7)
    assert change.found
    assert change.mean == change.largest == 0


def test_it_says_when_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no change is small enough, none is told, and the strokes are as drawn."""
    monkeypatch.setattr(smallest, "FARTHEST", 0.01)
    monkeypatch.setattr(smallest, "DARKEST", 0.001)
    change = found(0, 6)
    assert not change.found
    assert all((a == b).all() for a, b in zip(change.strokes, change.moved, strict=True))
    pixels = smallest_change_of_pixels(DIGITS[0], 6, 20)
    assert not pixels.found
    np.testing.assert_array_equal(pixels.input, classify(DIGITS[0], 20).input)


def test_pixels_need_less() -> None:
    """The changed input is read as the other digit, and noise of the same size is not."""
    change = smallest_change_of_pixels(DIGITS[4], 9, 20)
    assert change.found
    model, origin = shipped(), classify(DIGITS[4], 20).input
    with torch.no_grad():
        assert int(model(normalise(torch.from_numpy(change.input))[None, None]).argmax()) == 9
    assert change.probabilities.argmax() == 9
    difference = np.abs(change.input - origin)
    assert change.largest == pytest.approx(float(difference.max()), abs=1e-6)
    assert change.changed == pytest.approx(float(difference.sum() / origin.sum()), abs=1e-6)
    grain = np.random.default_rng(0).permutation((change.input - origin).ravel()).reshape(32, 32)
    with torch.no_grad():
        noisy = torch.from_numpy((origin + grain).clip(0, 1).astype(np.float32))
        assert int(model(normalise(noisy)[None, None]).argmax()) == 4


def test_the_search_tells_its_steps_and_can_be_ended() -> None:
    """Each step is reported, of how many there are at most; what the report raises ends it."""
    steps: list[tuple[int, int]] = []

    class Enough(Exception):
        pass

    def report(step: int, most: int) -> None:
        steps.append((step, most))
        if step == 2:
            raise Enough

    with pytest.raises(Enough):
        smallest_change(DIGITS[0], 6, 20, report=report)
    assert steps == [(0, smallest.STEPS), (1, smallest.STEPS), (2, smallest.STEPS)]


@pytest.mark.parametrize("digit", range(10))
def test_soft_ink_is_nearly_the_real_ink(digit: int) -> None:
    """The ink that has gradients differs from the preprocessing's by little, and only along the line's edges."""
    strokes = finely([np.array(stroke) for stroke in DIGITS[digit]], 5)
    steps = preprocess_strokes(strokes, 20)
    points, lines = joined(strokes)
    origin, scale = to_cells(steps)
    soft = soft_ink(torch.from_numpy(points * scale + origin), lines, PEN / CELL).numpy()
    assert np.abs(soft - steps.input).sum() / steps.input.sum() < 0.15
    assert np.abs(soft - steps.input).max() < 0.4


def test_soft_inks_gradient_is_its_slope() -> None:
    """A point moved by a little changes the soft ink as its gradient says."""
    points = torch.tensor([[8.0, 9.0], [20.3, 11.2], [14.1, 25.7]], dtype=torch.float64, requires_grad=True)
    lines = torch.tensor([[0, 1], [1, 2], [2, 2]])
    torch.autograd.gradcheck(lambda p: soft_ink(p, lines, 2.5), (points,), atol=1e-4)


@pytest.mark.parametrize(
    ("drawing", "digit", "sentence"),
    [
        (DIGITS[1], 10, "from 0 to 9"),
        (DIGITS[1], True, "from 0 to 9"),
        ([], 1, "Nothing is drawn"),
        ("1", 1, "Only pen strokes"),
    ],
)
def test_refusals_are_a_sentence(drawing: Any, digit: Any, sentence: str) -> None:
    """What there is no other digit of is told in a sentence."""
    for search in (smallest_change, smallest_change_of_pixels):
        with pytest.raises(ValueError, match=sentence):
            search(drawing, digit, 20)
