"""The evaluation's arithmetic by hand, and the shipped weights' error."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lenet import classify, data, load
from lenet.data import PenDigit
from lenet.evaluate import __main__ as command
from lenet.evaluate import measure, tables
from lenet.evaluate.measure import TITLES, probabilities, report

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]
STROKES = [np.array([[70.0, -60], [205, -62], [130, 232]]), np.array([[90.0, 90], [160, 90]])]


@pytest.fixture
def small_sets(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """Part of the sample and two pen digits in place of the real test sets."""
    pictures, labels = sample
    pen = [PenDigit(STROKES, 7, 1), PenDigit(STROKES[:1], 3, 2)]

    def only_test(content: object) -> object:
        def read(split: str) -> object:
            assert split == "test"
            return content

        return read

    monkeypatch.setattr(data, "mnist", only_test((pictures[:120], labels[:120])))
    monkeypatch.setattr(data, "pendigits", only_test(pen))


def test_report_by_hand() -> None:
    """Errors are per cents of each digit and of all; the confusion's rows are the true digits."""
    labels = np.array([1, 1, 1, 1, 7, 7, 0, 9])
    read = np.array([1, 1, 7, 2, 7, 1, 0, 9])
    result = report(np.eye(10)[read], labels)
    assert (result["n"], result["misses"], result["error"]) == (8, 3, 37.5)
    assert result["digits"][1] == {"digit": 1, "n": 4, "misses": 2, "error": 50}
    assert result["digits"][7] == {"digit": 7, "n": 2, "misses": 1, "error": 50}
    assert result["digits"][9] == {"digit": 9, "n": 1, "misses": 0, "error": 0}
    assert result["digits"][5] == {"digit": 5, "n": 0, "misses": 0, "error": 0}
    confusion = np.zeros((10, 10), int)
    confusion[1, [1, 7, 2]] = 2, 1, 1
    confusion[7, [7, 1]] = 1
    confusion[0, 0] = confusion[9, 9] = 1
    assert result["confusion"] == confusion.tolist()


def test_a_report_without_misses() -> None:
    """Where all is right the error is zero and the confusion diagonal."""
    labels = np.arange(10).repeat(3)
    result = report(np.eye(10)[labels], labels)
    assert result["error"] == result["misses"] == 0
    assert result["confusion"] == (3 * np.eye(10, dtype=int)).tolist()


def test_probabilities_keep_their_order(sample: Sample) -> None:
    """Many pictures are read in parts; each gets the probabilities it has alone, in its place."""
    model = load()
    pictures = torch.from_numpy(np.pad(sample[0], ((0, 0), (2, 2), (2, 2)))).float() / 255
    several = probabilities(model, torch.cat([pictures, pictures[:120].flip(0)]))
    np.testing.assert_allclose(several.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(several[500:], several[:120][::-1], atol=1e-5)
    for number in range(0, 500, 50):
        alone = probabilities(model, pictures[number : number + 1])
        np.testing.assert_allclose(several[number], alone[0], atol=1e-5)


def test_inputs_go_the_pages_own_path(small_sets: None, sample: Sample) -> None:
    """The pictures are MNIST's with ground around them, the pen digits' those that classify makes."""
    pictures, labels = measure.inputs("mnist")
    expected = np.pad(sample[0][:120], ((0, 0), (2, 2), (2, 2))) / 255
    np.testing.assert_allclose(pictures.numpy(), expected, atol=1e-7)
    assert labels.tolist() == sample[1][:120].tolist()
    drawn, digits = measure.inputs("pendigits")
    for one, strokes in zip(drawn, (STROKES, STROKES[:1]), strict=True):
        np.testing.assert_array_equal(one.numpy(), classify(strokes).input)
    assert digits.tolist() == [7, 3]


def test_json_and_tables_agree(small_sets: None, capsys: pytest.CaptureFixture[str]) -> None:
    """The tables hold the same figures as the JSON, set by set and digit by digit."""
    assert command.main(["--json", "--quick"]) == 0
    results = json.loads(capsys.readouterr().out)
    assert (results["mnist"]["n"], results["pendigits"]["n"]) == (120, 2)
    assert command.main(["--quick"]) == 0
    printed = capsys.readouterr().out
    for table in (tables.summary(results, results["seeds"]), tables.seeds_table(results["seeds"])):
        assert table in printed
    for name, title in TITLES.items():
        assert f"{title}:\n\n{tables.confusion(results[name])}" in printed


def test_missing_weights_are_one_sentence(
    small_sets: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without weights the command ends with one sentence and status 2."""
    path = tmp_path / "none.safetensors"
    assert command.main(["--weights", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{path} does not exist.")
    assert len(err.splitlines()) == 1


def test_missing_data_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the test sets the command ends with one sentence and status 2."""
    monkeypatch.setenv("LENET_DATA", str(tmp_path))
    assert command.main([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("does not exist, but LENET_DATA names the folder it should be in.\n")
    assert len(err.splitlines()) == 1


def test_the_shipped_weights_read_mnist(sample: Sample) -> None:
    """The shipped weights miss at most 1.2 % of the sample of MNIST's test digits; `make figures` reads them all."""
    pictures = np.pad(sample[0], ((0, 0), (2, 2), (2, 2))) / np.float32(255)
    assert report(probabilities(load(), torch.from_numpy(pictures)), sample[1])["error"] <= 1.2
