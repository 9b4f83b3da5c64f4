"""Flips in words."""

from __future__ import annotations

import pytest

from lenet.experiment.changes import CHANGES
from lenet.experiment.words import in_words

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
            "stays 7 from 0° to 0°, then 1, then nothing; below, 2, then 4",
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
