"""Several digits where one is wanted: their parts, and the decision on digits drawn for the page's examples."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lenet import classify
from lenet.data.nondigits import side_by_side as placed
from lenet.several import MOST, side_by_side
from lenet.strokes import Stroke

ROOT = Path(__file__).parents[2]
EXAMPLES = {
    example["name"]: [np.array(stroke, float) for stroke in example["strokes"]]
    for example in json.loads((ROOT / "demo" / "frontend" / "header" / "examples.json").read_text("utf-8"))
}


def line(x: float, lean: float = 0, top: float = 0, height: float = 100) -> Stroke:
    return np.array([[x + lean, top], [x, top + height]])


@pytest.mark.parametrize(
    ("strokes", "expected"),
    [
        ([], []),
        ([line(0)], []),
        ([line(0), line(40)], [[0], [1]]),
        ([line(40), line(0)], [[1], [0]]),  # from left to right, whatever was drawn first
        ([line(0, lean=25), line(16, lean=25)], [[0], [1]]),  # 9 of 100 over the next one
        ([line(0, lean=25), line(10, lean=25)], []),  # 15
        ([line(0), line(40), np.array([[-5.0, 50], [45, 50]])], []),  # an H
        ([line(0), line(40), np.array([[35.0, 0], [50, 0]])], [[0], [1, 2]]),
        ([line(0), line(40, height=30)], []),  # an accent, a dot
        ([line(x) for x in range(0, 40 * MOST, 40)], [[k] for k in range(MOST)]),
        ([line(x) for x in range(0, 40 * MOST + 40, 40)], []),
    ],
)
def test_parts(strokes: list[Stroke], expected: list[list[int]]) -> None:
    """Parts stand beside each other, none over another, about equally tall and not too many."""
    numbers = {id(stroke): number for number, stroke in enumerate(strokes)}
    assert [sorted(numbers[id(one)] for one in part) for part in side_by_side(strokes)] == expected


@pytest.mark.parametrize("name", EXAMPLES)
def test_one_drawing_is_not_several(name: str) -> None:
    """No example is taken for several digits: neither a digit nor what is rejected."""
    assert not classify(EXAMPLES[name], 20).several


def test_digits_side_by_side_are_several() -> None:
    """Of the examples' digits, put side by side by twos and threes, nearly all are rejected and said to be several."""
    rng = np.random.default_rng(0)
    digits = [strokes for name, strokes in EXAMPLES.items() if classify(strokes, 20).digit is not None]
    digits = [strokes for strokes in digits if not classify(strokes, 20).rejected]
    said = [
        classify(placed([digits[k] for k in rng.integers(0, len(digits), count)], rng)).several
        for count in (2, 3) * 20
    ]
    assert np.mean(said) >= 0.8


def test_a_picture_is_never_several() -> None:
    """A picture of several digits is rejected, but has no strokes whose places could be told."""
    strokes = placed([EXAMPLES["7"], EXAMPLES["2"], EXAMPLES["3"]], np.random.default_rng(0))
    drawn = classify(strokes)
    assert drawn.several
    picture = classify(np.pad(np.asarray(drawn.steps.ink) * np.uint8(255), 20))
    assert picture.rejected
    assert not picture.several


def test_an_empty_pad_is_not_several() -> None:
    """Nothing drawn, and dots alone, are not several digits."""
    assert not classify([]).several
    assert not classify([[(10.0, 10)], [(200.0, 10)]], 20).several
