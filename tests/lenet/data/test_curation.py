"""Which of UNIPEN's characters are for what, and which are left out."""

from __future__ import annotations

import numpy as np
import pytest

from lenet import data
from lenet.data import curation
from lenet.data.unipen import Segment
from lenet.strokes import Stroke

LINE = [np.array([[0.0, 0], [2, 6], [5, 15]])]
FLAT = [LINE[0][:, ::-1]]
BOW = [np.array([[0.0, 0], [4, 5], [0, 10]])]


def ring(width: float) -> Stroke:
    angles = np.linspace(0.1, 6.3, 40)
    return np.stack([width * np.sin(angles), -np.cos(angles)], axis=1)


def segment(
    strokes: list[Stroke], label: str, provider: str = "abc", writer: str = "w", source: str = "s"
) -> Segment:
    return Segment(strokes, label, provider, writer, source)


@pytest.mark.parametrize(
    ("strokes", "line", "steep"),
    [
        (LINE, True, True),
        (FLAT, True, False),
        (BOW, False, False),
        (LINE * 2, False, False),
        ([LINE[0][:1]], True, False),
    ],
)
def test_a_straight_line(strokes: list[Stroke], line: bool, steep: bool) -> None:
    """One stroke that hardly leaves the straight is a line; steep, if it is rather upright than lying."""
    assert curation.is_line(strokes) == line
    assert curation.is_line(strokes, steep=True) == steep


@pytest.mark.parametrize(
    ("strokes", "slashed"),
    [
        ([ring(0.6)], False),
        ([ring(0.6), np.array([[-0.8, 1.2], [0.8, -1.2]])], True),
        ([ring(0.2), np.array([[0.0, 1.2], [0, -1.2]])], True),
        ([ring(0.6), np.array([[-0.2, -0.8], [0.3, -1.2]])], False),  # a hook at the top
        ([np.concatenate([ring(0.6), [[0.5, -1], [-0.6, 1]]])], True),  # in one stroke
        ([np.concatenate([ring(0.6), ring(0.55)])], False),  # twice round
    ],
)
def test_slashed_zeros(strokes: list[Stroke], slashed: bool) -> None:
    """A zero is slashed where a line crosses its middle, in a stroke of its own or not."""
    assert curation.is_slashed(strokes) == slashed


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> list[Segment]:
    """Sixty writers of a provider and one of a test provider, with a 1 and a 7 of a line each, and a curved 7."""
    writers = [("abc", str(number)) for number in range(60)] + [(curation.TEST[0], "0")]
    found = [
        segment(strokes, label, *writer, source=f"{writer} {label} {len(strokes[0])}")
        for writer in writers
        for strokes, label in ((LINE, "1"), (LINE, "7"), (BOW, "7"))
    ]
    monkeypatch.setattr(data, "unipen_characters", lambda category: found)
    return found


def test_the_splits_share_no_writer(archive: list[Segment]) -> None:
    """Each writer is in one split with all digits, every sixth or so validates, a test provider's are all tested."""
    splits = {split: curation.digits(split, cleaned=False) for split in ("train", "validation", "test")}
    writers = {split: {(one.provider, one.writer) for one in some} for split, some in splits.items()}
    assert sum(map(len, splits.values())) == len(archive)
    assert sum(map(len, writers.values())) == 61
    assert writers["test"] == {(curation.TEST[0], "0")}
    assert 4 <= len(writers["validation"]) <= 18


def test_wrong_segments_are_left_out(archive: list[Segment], monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is no 7, and what was seen to be wrong is known by its source; uncleaned, both are there."""
    assert [(one.label, len(one.strokes[0])) for one in curation.digits("test")] == [("1", 3), ("7", 3)]
    assert curation.digits("test")[1].strokes is BOW
    monkeypatch.setattr(curation, "LEFT_OUT", {curation.name_of(archive[-1])})
    assert [one.label for one in curation.digits("test")] == ["1"]
    assert len(curation.digits("test", cleaned=False)) == 3


@pytest.mark.parametrize(
    ("strokes", "label", "left"),
    [(BOW, "i", True), (FLAT, "-", True), (LINE, "i", False), (BOW, "l", False), (BOW, r"\@", False)],
)
def test_a_digits_double_is_no_character(
    strokes: list[Stroke], label: str, left: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters that a person takes for a digit, those that are told by nobody, and steep lines are left out."""
    monkeypatch.setattr(
        data, "unipen_characters", lambda category: [segment(strokes, label, curation.TEST[0])]
    )
    assert bool(curation.characters("letters", "test")) == left


def test_every_double_is_that_of_a_digit() -> None:
    """The list of doubles names single characters that are no digits, and the digit of each."""
    assert all(len(character) == 1 and not character.isdigit() for character in curation.DOUBLES)
    assert set(curation.DOUBLES.values()) <= set(range(10))
