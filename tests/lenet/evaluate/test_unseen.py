"""The rows about people whom the network never met, on made-up segments; and drawings made of digits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from lenet import classify, load
from lenet.data import curation, nondigits
from lenet.data.unipen import Segment
from lenet.evaluate import tables, unseen
from lenet.rejection import load_rejection
from lenet.strokes import Stroke

SEVEN = [np.array([[70.0, 62], [205, 60], [130, 232]])]
LINE = [np.array([[100.0, 20], [101, 90], [100, 200]])]
BOW = [np.array([[0.0, 0], [40, 50], [0, 100]])]
angles = np.linspace(0, 2 * np.pi, 40)
SLASHED = [
    np.stack([60 * np.sin(angles), -100 * np.cos(angles)], axis=1),
    np.array([[-70.0, 110], [70, -110]]),
]
ZERO = SLASHED[:1]


def segment(strokes: list[Stroke], label: str, provider: str, writer: str = "w") -> Segment:
    return Segment(strokes, label, provider, writer, f"{provider} {label} {len(strokes)}")


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Segment]]:
    """A few segments by two test providers, one a wrong one, and one by a provider that isn't tested on."""
    one, two = curation.TEST[:2]
    found = {
        "digits": [
            segment(SEVEN, "7", one),
            segment(LINE, "1", one, "v"),
            segment(LINE, "4", two),  # wrong: a line
            segment(SLASHED, "0", two),
            segment(ZERO, "0", two),
            segment(SEVEN, "2", "abc"),
        ],
        "capitals": [segment(BOW, "D", one), segment(BOW, "O", one), segment(LINE, "B", one)],
        "letters": [segment(BOW, "j", two), segment(SLASHED, "j", two), segment(BOW, "c", two)],
        "signs": [segment(BOW, ")", one), segment(BOW, ")", "abc")],
    }
    monkeypatch.setattr("lenet.data.unipen_characters", lambda category: found[category])
    return found


def test_each_row_counts_its_own_digits(archive: dict[str, list[Segment]]) -> None:
    """Rows count the test providers' digits, all or without wrong ones, as classify reads them."""
    results = unseen.unseen_digits(load(), load_rejection())
    one, two = curation.TEST[:2]
    assert results["writers"] == 3
    assert results["labelled"]["n"] == 5
    assert results["cleaned"]["n"] == 4
    assert results["slashed"]["n"] == 1
    assert [row["n"] for row in results["digits"]] == [2, 1, 0, 0, 0, 0, 0, 1, 0, 0]
    assert {name: row["n"] for name, row in results["providers"].items() if row["n"]} == {one: 2, two: 2}
    whole = [segment for segment in archive["digits"][:5] if segment.label != "4"]
    readings = [classify(segment.strokes) for segment in whole]
    misses = sum(
        reading.digit != int(segment.label) for reading, segment in zip(readings, whole, strict=True)
    )
    assert results["cleaned"]["misses"] == misses
    rejected = np.mean([reading.is_digit is not None and reading.is_digit < 0.5 for reading in readings])
    assert results["cleaned"]["rejected"] == pytest.approx(100 * rejected)
    assert f"{misses}" in tables.unseen(results)


def test_what_is_rejected(archive: dict[str, list[Segment]]) -> None:
    """Letters and signs are those of test writers that are no digit's double; what is made of digits is counted, too."""
    results = unseen.non_digits(load(), load_rejection(), of_each=3)
    assert {kind: row["n"] for kind, row in results["capitals"].items()} == {"D": 1, "all": 1}
    assert {kind: row["n"] for kind, row in results["letters"].items()} == {"c": 1, "j": 2, "all": 3}
    assert {kind: row["n"] for kind, row in results["signs"].items()} == {")": 1, "all": 1}
    assert list(results["side by side"]) == ["2 digits", "3 digits", "4 digits", "all"]
    rejected = [classify(strokes).is_digit for strokes in (BOW, SLASHED)]
    expected = 50 * sum(chance is not None and chance < 0.5 for chance in rejected)
    assert results["letters"]["j"]["rejected"] == expected
    mean = np.mean([results["letters"][letter]["rejected"] for letter in "cj"])
    assert results["letters"]["all"]["rejected"] == pytest.approx(mean, abs=0.01)
    assert "| letters " in tables.non_digits(results)


def test_side_by_side() -> None:
    """The digits stand from left to right without touching, about equally tall, whatever size they had."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        together = nondigits.side_by_side([SEVEN, [stroke / 100 for stroke in SEVEN], ZERO], rng)
        assert [len(stroke) for stroke in together] == [3, 3, 40]
        for left, right in pairwise(together):
            assert left[:, 0].max() < right[:, 0].min()
        heights = [np.ptp(stroke[:, 1]) for stroke in together]
        assert max(heights) < 1.5 * min(heights)


def test_turned() -> None:
    """A quarter's turn is clockwise on a pad whose y points down; four of them change nothing."""
    np.testing.assert_array_equal(nondigits.turned([np.array([[0.0, -1]])], 1)[0], [[1, 0]])
    np.testing.assert_allclose(nondigits.turned(SEVEN, 4)[0], SEVEN[0])
    assert (2, 2) not in nondigits.TURNED
    assert len(nondigits.TURNED) == 13


def test_a_tap_is_a_dot() -> None:
    """A tap's ink is that of the pen alone: as wide as it is tall."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        box = classify(*nondigits.tap(rng)).steps.box
        assert box is not None
        assert abs(box[2] - box[3]) <= 3
