"""Flips in words."""

from __future__ import annotations

import numpy as np
import pytest

from lenet.experiment.changes import CHANGES
from lenet.experiment.words import in_words, learning_in_words, sure_answers, what_to_notice

ROUND = CHANGES["turn"].written


@pytest.mark.parametrize(
    ("digits", "values", "words"),
    [
        ([7, 7, 7], [-10, 0, 10], "stays 7 from −10° to 10°"),
        ([7, 7, 1], [0, 24, 30], "stays 7 up to 24°, then 1"),
        ([4, 7, 7], [-30, -20, 0], "stays 7 down to −20°; below, 4"),
        ([4, 7, 7, 7, 1], [-30, -20, 0, 24, 30], "stays 7 from −20° to 24°, then 1; below, 4"),
        (
            [4, 4, 2, 7, 1, None],
            [-3, -2, -1, 0, 1, 2],
            "stays 7 from 0° to 0°, then 1, then no answer; below, 2, then 4",
        ),
        ([7, 1, 2, 1, 2], [0, 1, 2, 3, 4], "stays 7 up to 0°, then 1, then 2, then 1, then others"),
    ],
)
def test_flips_are_told_from_the_drawing_outwards(
    digits: list[int | None], values: list[float], words: str
) -> None:
    """It is told how far the answer stays, to both sides, and what comes behind, the nearest first."""
    assert in_words(digits, values, 0, ROUND) == words


def test_values_are_written_as_people_read_them() -> None:
    """Per cent where it is a share, a factor with its sign, and a true minus."""
    written = [
        CHANGES[name].written(value) for name, value in [("size", 0.5), ("move x", -0.1), ("stretch", 2.0)]
    ]
    assert written == ["50 %", "−10 % of the pad", "2×"]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([None, None, 4, 4], "is sure of nothing at first, then says 4 from step 385 on"),
        (
            [None, 9, 4, 4],
            "is sure of nothing at first, then says 9 from step 20 on, then says 4 from step 385 on",
        ),
        ([4, 4, 4, None], "says 4 at first, then is sure of nothing from step 33,420 on"),
        ([None] * 4, "is sure of nothing at first"),
    ],
)
def test_learning_is_told_from_its_beginning(answers: list[int | None], words: str) -> None:
    """Each answer is told with the step from which on it stood, in their order."""
    assert learning_in_words(answers, [0, 20, 385, 33_420]) == words


def test_a_learning_full_of_changes_is_told_in_short() -> None:
    """Of many answers only the first and the last are told, and how many stood between them."""
    words = learning_in_words([None, 9, 4, 9, 4, 7], [0, 1, 2, 4, 9, 20])
    assert words == "is sure of nothing at first, then changes its mind 4 times, then says 7 from step 20 on"


def test_half_is_sure() -> None:
    """An answer is one with half of the probability or more, as on the page."""
    assert sure_answers(np.array([[0.5, 0.3, 0.2], [0.4, 0.49, 0.11], [0.1, 0.1, 0.8]])) == [0, None, 2]


def test_what_to_notice_is_where_the_errors_fall() -> None:
    """It is told between which steps the errors fall from more than half of their first value to nearly their last."""
    words = what_to_notice([0, 10, 200, 900, 5_000], [90.0, 88.0, 50.0, 1.4, 0.5])
    assert "between steps 200 and 900: of 100 digits it misreads 50, then 1." in words
    assert "The other 4,100 steps" in words
