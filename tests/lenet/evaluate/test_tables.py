"""Tables of made-up results."""

from __future__ import annotations

import numpy as np

from lenet.evaluate.measure import report
from lenet.evaluate.tables import confusion, markdown


def test_a_table_is_even() -> None:
    """Every line is as long as the others; text stands to the left, figures to the right."""
    assert markdown(["name", "n"], [["a", "1,000"], ["longer", "5"]]).splitlines() == [
        "| name   |     n |",
        "| ------ | ----: |",
        "| a      | 1,000 |",
        "| longer |     5 |",
    ]


def test_the_confusion_is_counted_by_hand() -> None:
    """A digit's row holds how many there are, how many were misread, and what each was read as."""
    labels, read = np.array([1, 1, 1, 1, 7]), np.array([1, 1, 7, 2, 7])
    cells = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in confusion(report(np.eye(10)[read], labels)).splitlines()
    ]
    assert cells[0] == ["digit", "n", "missed", "error", "read as 0", *map(str, range(1, 10))]
    assert cells[3] == ["**1**", "4", "2", "50.00 %", "", "2", "1", "", "", "", "", "1", "", ""]
    assert cells[9] == ["**7**", "1", "0", "0.00 %", *[""] * 7, "1", "", ""]
