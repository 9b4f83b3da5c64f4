"""What the shipped network's units answer to, and what it misreads without a map, as their files hold it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lenet import units
from lenet.checkpoint import RESULTS, UNITS, WeightsError
from lenet.units import errors_without, exciting


@pytest.mark.parametrize(("layer", "number"), [("c1", 0), ("c3", 15), ("f6", 83)])
def test_the_exciting_digits_are_the_files(layer: str, number: int) -> None:
    """They are the file's nine of that map or unit, in its order."""
    with np.load(UNITS) as file:
        expected = file["pictures"][file[f"exciting {layer}"][number]]
    np.testing.assert_array_equal(exciting(layer, number), expected)
    assert exciting(layer, number).shape == (9, 28, 28)


@pytest.mark.parametrize(
    ("layer", "number", "sentence"),
    [
        ("s2", 0, "known of c1, c3 and f6"),
        ("c1", 6, "C1 has no number 6; it has 0 to 5"),
        ("f6", -1, "F6 has no"),
    ],
)
def test_what_nothing_is_known_of_is_refused(layer: str, number: int, sentence: str) -> None:
    """Another layer, and a number that it does not have, is a ValueError with one sentence."""
    with pytest.raises(ValueError, match=sentence):
        exciting(layer, number)


def test_the_errors_are_the_measured_ones() -> None:
    """By test set, the errors are those that the evaluation wrote: with all maps, and without each."""
    told = json.loads(RESULTS.read_text("utf-8"))
    for name, errors in errors_without().items():
        assert errors["all"] == [told[name]["error"]]
        for layer, count in (("c1", 6), ("c3", 16)):
            assert errors[layer] == [one[name] for one in told["ablation"][layer]]
            assert len(errors[layer]) == count


@pytest.mark.parametrize(
    ("content", "sentence"), [(None, "does not exist"), ("{", "damaged"), ("[]", "damaged")]
)
def test_a_missing_or_damaged_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, sentence: str
) -> None:
    """Without the evaluation's figures there is one sentence about their file."""
    path = tmp_path / "results.json"
    if content is not None:
        path.write_text(content)
    monkeypatch.setattr(units, "RESULTS", path)
    with pytest.raises(WeightsError, match=sentence):
        errors_without.__wrapped__()
