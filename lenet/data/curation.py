"""What UNIPEN's characters are for, and which of them are left out. All of this was fixed without any network's reading
of the test writers.

- Split: all writers of seven providers test, so that the people and their tablets are unseen; of the others every
  sixth validates, by a hash of their code; the rest is learned from. Letters and signs are split as digits are.
- Wrong segments, by a rule: one straight line whose label is a digit other than 1 is a digit of which strokes are
  missing; one straight and steep line labelled as a letter or a sign can be told from a 1 by nobody.
- Wrong segments, by eye: `LEFT_OUT`. Of the test writers all 3,384 digits were looked at, of the others those whose
  nearest neighbours among other writers' digits have other labels. Left out is what nobody who is not told would take
  for its label: strokes are missing, belong to the next character, or there are several digits.
"""

from __future__ import annotations

import hashlib

import numpy as np

from lenet import data
from lenet.data.unipen import Segment
from lenet.strokes import Stroke

TEST = ("apa", "app", "art", "imp", "pri", "tos", "uqb")

# The first eight digits of the SHA-256 of `Segment.source`, which may name people: of the test writers, of others.
LEFT_OUT = frozenset(
    [
        "8a2eacea",
        "d8a8aa4f",
        "0f921748",
        "3d4be41e",
        "cf1b547b",
        "a2619a10",
        "60360884",
        "93e4b952",
        "e4e424aa",
        "66688c74",
        "de4c5520",
        "357200a1",
        "7d3178ea",
        "bac0bc4a",
        "4bd6b0b2",
        "e20a787a",
        "e86fcab8",
        "dc73eca6",
        "d3c9d940",
        "74c72d05",
        "c82c72d1",
        "1e51d8e6",
        "d29d2509",
        "db9e09c5",
        "cbb1ecf9",
        "05fd43de",
        "3091d253",
        "882c51fc",
        "56bc0fd8",
        "66c0e905",
        "bcff59b1",
        "0f904488",
        "0d79f7af",
        "8c2304f0",
        "25990639",
        "dbabb83c",
        "c5390619",
        "d751590f",
        "039e504e",
        "15b90a86",
        "3ffb6b09",
    ]
)

# A letter or sign of whose drawings, twenty by as many training writers, a person would take three or more for a
# digit, with that digit: of a line as long as it may be, size and place being lost, too. Chosen by eye.
DOUBLES = {
    "I": 1,
    "O": 0,
    "G": 6,
    "S": 5,
    "Z": 2,
    "b": 6,
    "g": 9,
    "l": 1,
    "o": 0,
    "q": 9,
    "s": 5,
    "y": 4,
    "z": 2,
    "'": 1,
    ",": 1,
    "/": 1,
    "\\": 1,
    "`": 1,
    "|": 1,
}
UNTOLD = r"\@"  # UNIPEN's label of a character that is not told


def digits(split: str, cleaned: bool = True) -> list[Segment]:
    """UNIPEN's digits of "train", "validation" or "test", the wrong segments left out unless `cleaned` is false."""
    chosen = [segment for segment in data.unipen_characters("digits") if split_of(segment) == split]
    return [segment for segment in chosen if not cleaned or not is_wrong(segment)]


def pen_digits(split: str) -> list[data.PenDigit]:
    """UNIPEN's digits of a split as those of the UCI pen digits come; the wrong segments are left out."""
    return [
        data.PenDigit(one.strokes, int(one.label), f"{one.provider}/{one.writer}") for one in digits(split)
    ]


def characters(category: str, split: str) -> list[Segment]:
    """The "capitals", "letters" or "signs" of a split that a person would not take for a digit."""
    return [
        segment
        for segment in data.unipen_characters(category)
        if segment.label not in DOUBLES
        and segment.label != UNTOLD
        and split_of(segment) == split
        and not is_line(segment.strokes, steep=True)
    ]


def split_of(segment: Segment) -> str:
    """What the segment's writer is for: "train", "validation" or "test"."""
    if segment.provider in TEST:
        return "test"
    writer = hashlib.sha256(f"{segment.provider}/{segment.writer}".encode()).hexdigest()
    return "validation" if int(writer, 16) % 6 == 5 else "train"


def is_wrong(digit: Segment) -> bool:
    """Whether it is no whole digit, or none of its label."""
    return name_of(digit) in LEFT_OUT or (digit.label != "1" and is_line(digit.strokes))


def name_of(segment: Segment) -> str:
    """By which `LEFT_OUT` names it."""
    return hashlib.sha256(segment.source.encode()).hexdigest()[:8]


def is_line(strokes: list[Stroke], steep: bool = False) -> bool:
    """Whether there is one stroke, no farther from straight than a tenth of its length; if `steep`, and upright."""
    if len(strokes) != 1:
        return False
    points = strokes[0] - strokes[0].mean(axis=0)
    along, across = np.linalg.svd(points, full_matrices=False)[2] if len(points) > 1 else np.eye(2)
    length, width = np.ptp(points @ along), np.ptp(points @ across)
    return bool(width <= 0.1 * length and (not steep or abs(along[1]) > 0.7 * abs(along[0])))


def is_slashed(zero: list[Stroke]) -> bool:
    """Whether a line runs through the zero: most of nine rows of its middle cross ink between its two sides."""
    points = np.concatenate(zero)
    top, bottom = points[:, 1].min(), points[:, 1].max()
    rows = [_crossings(zero, top + part * (bottom - top)) for part in np.linspace(0.3, 0.7, 9)]
    between = [
        len(x) > 2 and ((x - x[0] > 0.2 * np.ptp(x)) & (x[-1] - x > 0.2 * np.ptp(x))).any() for x in rows
    ]
    return bool(sum(between) >= 6)


def _crossings(strokes: list[Stroke], y: float) -> np.ndarray:
    """Where strokes cross a row, from left to right."""
    found = []
    for stroke in strokes:
        height = stroke[:, 1] - y
        before = np.flatnonzero((height[:-1] < 0) != (height[1:] < 0))
        part = height[before] / (height[before] - height[before + 1])
        found.append(stroke[before, 0] + part * (stroke[before + 1, 0] - stroke[before, 0]))
    return np.sort(np.concatenate(found))
