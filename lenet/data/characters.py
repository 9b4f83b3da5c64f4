"""Omniglot's characters as drawings that are no digits: reading them, which of them, and for what.

B. M. Lake, R. Salakhutdinov, J. B. Tenenbaum, "Human-level concept learning through probabilistic program
induction", Science 350, 2015. Training, validation and test share neither an alphabet nor a drawer's
number. Both the split and `DIGIT_LIKE` were fixed before anything was trained.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass

import numpy as np

from lenet.data.download import fetch
from lenet.strokes import Stroke

# Left out, by number in its alphabet, with the digit it is taken for: a character of whose twenty drawings a
# person would take three or more for a digit, in any form that people write (barred 7, hooked 9, open 4).
# fmt: off
DIGIT_LIKE: dict[str, dict[int, int]] = {
    "Balinese": {5: 7},
    "Early_Aramaic": {1: 4, 2: 9, 3: 7, 4: 4, 5: 3, 6: 4, 7: 1, 10: 7, 11: 7, 12: 6, 14: 9, 16: 0, 17: 7, 20: 4},
    "Greek": {4: 8, 6: 5, 8: 0, 9: 1, 15: 0, 18: 6, 21: 4},
    "Korean": {21: 1, 22: 7, 27: 2, 33: 0, 37: 7},
    "Latin": {1: 9, 2: 6, 7: 9, 9: 1, 12: 1, 15: 0, 17: 9, 19: 5, 25: 4, 26: 2},  # a b g i l o q s y z
}
# fmt: on

# The alphabets and the drawers, of twenty in each alphabet.
SPLITS: dict[str, tuple[tuple[str, ...], range]] = {
    "train": (("Greek", "Korean"), range(1, 10)),
    "validation": (("Balinese",), range(10, 13)),
    "test": (("Early_Aramaic", "Latin"), range(13, 21)),
}


@dataclass(frozen=True, eq=False)
class Character:
    """One drawing of Omniglot: its strokes (y down), the alphabet, the character's number, the drawer's."""

    strokes: list[Stroke]
    alphabet: str
    number: int
    drawer: int


def omniglot() -> list[Character]:
    """Omniglot's small background set 1: 2,720 drawings of 136 characters, 20 of each."""
    characters = []
    with zipfile.ZipFile(fetch("omniglot/strokes_background_small1.zip")) as file:
        for name in sorted(file.namelist()):
            place = re.fullmatch(r"strokes_background_small1/(\w+)/character(\d+)/\d+_(\d+)\.txt", name)
            if place is None:  # folders, and what macOS packed beside them
                continue
            strokes: list[list[tuple[float, float]]] = []
            for line in file.read(name).decode("ascii").split():
                if line == "START" or line == "BREAK":
                    strokes.append([])
                else:
                    x, y, _ = line.split(",")
                    strokes[-1].append((float(x), -float(y)))  # y is negative, going down
            arrays = [np.array(stroke) for stroke in strokes if stroke]
            characters.append(Character(arrays, place[1], int(place[2]), int(place[3])))
    return characters


def characters(split: str) -> list[list[Stroke]]:
    """The strokes of Omniglot's characters in `split`, a key of `SPLITS`, without the digit-like ones."""
    alphabets, drawers = SPLITS[split]
    return [
        character.strokes
        for character in omniglot()
        if character.alphabet in alphabets
        and character.drawer in drawers
        and character.number not in DIGIT_LIKE[character.alphabet]
    ]
