"""What the network made of a drawing while it was learning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from lenet import classify, over_training
from lenet.checkpoint import SNAPSHOTS, WeightsError, metadata
from lenet.experiment import learning
from lenet.experiment.learning import at_moment, shipped_moments
from lenet.model import LeNet5
from lenet.prediction import shipped
from lenet.snapshots import COUNT

SEVEN: Any = [[[70, 60], [205, 62], [130, 232]]]
DOT: Any = [[[100.0, 100.0]]]
EMPTY: Any = []


def by_hand(moment: int) -> LeNet5:
    """A LeNet-5 with one moment's weights, taken from the file without lenet.snapshots."""
    model = LeNet5()
    model.load_state_dict({name: stacked[moment].float() for name, stacked in load_file(SNAPSHOTS).items()})
    return model.eval()


def pixels(drawing: Any) -> torch.Tensor:
    """What every network sees of a drawing: white is −0.1 and ink 1.175, as the paper says."""
    ink = torch.from_numpy(classify(drawing, 20).input)
    return (ink * 1.275 - 0.1)[None, None]


@pytest.mark.parametrize("drawing", [SEVEN, EMPTY])
def test_each_row_is_that_moments_network(drawing: Any) -> None:
    """Every row before the last is the softmax of what the weights of that moment make of the input."""
    found = over_training(drawing, 20)
    assert found.steps == metadata(SNAPSHOTS)["steps"]
    assert found.probabilities.shape == (COUNT, 10)
    assert found.drawn == bool(drawing)
    for moment in range(COUNT - 1):
        with torch.no_grad():
            expected = by_hand(moment)(pixels(drawing)).softmax(1)[0].numpy()
        np.testing.assert_allclose(found.probabilities[moment], expected, atol=1e-6)


def test_the_last_moment_is_the_shipped_network() -> None:
    """The last row, and the last whole prediction, are what lenet.classify answers, to the last bit."""
    expected, last = classify(SEVEN, 20), at_moment(SEVEN, COUNT - 1, 20)
    np.testing.assert_array_equal(over_training(SEVEN, 20).probabilities[-1], expected.probabilities)
    np.testing.assert_array_equal(last.probabilities, expected.probabilities)
    assert (last.digit, last.is_digit) == (expected.digit, expected.is_digit)
    assert shipped_moments()[-1].model is shipped()


def test_the_files_last_moment_are_the_shipped_weights() -> None:
    """What the file has as its last moment are the shipped weights in half precision, no others."""
    kept = load_file(SNAPSHOTS)
    for name, value in shipped().state_dict().items():
        torch.testing.assert_close(kept[name][-1], value.half(), rtol=0, atol=0)


@pytest.mark.parametrize("moment", [0, 9, 12])
def test_a_moments_prediction_has_all_its_layers(moment: int) -> None:
    """Every layer's values are those of that moment's network, and the probabilities its row; nothing is doubted."""
    found = at_moment(SEVEN, moment, 20)
    with torch.no_grad():
        expected = by_hand(moment).maps(pixels(SEVEN))
    assert list(found.maps) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(found.maps[name], values[0].numpy(), atol=1e-5)
    row = over_training(SEVEN, 20).probabilities[moment]
    np.testing.assert_array_equal(found.probabilities, row)
    assert found.digit == row.argmax()
    assert found.is_digit is None
    assert not found.rejected
    np.testing.assert_array_equal(found.input, classify(SEVEN, 20).input)


def test_a_dot_is_no_digit_at_any_moment() -> None:
    """Where only a dot is drawn no moment names a digit."""
    assert not over_training(DOT).drawn
    assert [at_moment(DOT, moment).digit for moment in range(COUNT)] == [None] * COUNT


@pytest.mark.parametrize("moment", [-1, COUNT])
def test_moments_that_there_are_not(moment: int) -> None:
    """Another moment than the sixteen is refused in a sentence."""
    with pytest.raises(ValueError, match=f"the moments 0 to 15, not {moment}"):
        at_moment(SEVEN, moment)


def test_snapshots_of_another_training_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that another run wrote is not taken for the shipped network's training."""
    path = tmp_path / "other.safetensors"
    about = {"steps": "[0]", "errors": "[{}]", "key": '"another"'}
    save_file({name: value[:1].clone() for name, value in load_file(SNAPSHOTS).items()}, path, about)
    monkeypatch.setattr(learning, "SNAPSHOTS", path)
    with pytest.raises(WeightsError, match="of another training"):
        shipped_moments.__wrapped__()
