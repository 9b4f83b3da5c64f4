"""The moments of training that are kept, and their file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from lenet.checkpoint import WeightsError
from lenet.model import LeNet5
from lenet.snapshots import COUNT, Snapshot, load_snapshots, moments, save_snapshots


def test_moments_lie_evenly_on_a_logarithmic_scale() -> None:
    """From nothing learned over the first steps to the last, each moment is the same factor later than the one before."""
    steps = moments(44_560)
    assert len(steps) == COUNT
    assert steps[:2] == [0, 1]
    assert steps[-1] == 44_560
    factors = np.divide(steps[6:], steps[5:-1])
    np.testing.assert_allclose(factors, 44_560 ** (1 / 14), rtol=0.02)


@pytest.mark.parametrize("steps", [1, 2, 7, 100])
def test_short_runs_have_fewer_moments(steps: int) -> None:
    """No moment comes twice, and the last step is always one."""
    found = moments(steps)
    assert found == sorted(set(found))
    assert found[-1] == steps


def test_snapshots_are_read_as_they_were_written(tmp_path: Path) -> None:
    """Steps and errors come back as they were, weights within half precision, in eval mode."""
    path = tmp_path / "some.snapshots.safetensors"
    written = [Snapshot(step, {"mnist": 90.0 - step}, LeNet5()) for step in (0, 10)]
    save_snapshots(written, path, {"key": "k"})
    for one, again in zip(written, load_snapshots(path), strict=True):
        assert (one.step, one.errors) == (again.step, again.errors)
        assert not again.model.training
        expected = one.model.state_dict()
        for name, value in again.model.state_dict().items():
            torch.testing.assert_close(value, expected[name], rtol=1e-3, atol=1e-6)


def test_what_is_no_snapshots_file(tmp_path: Path) -> None:
    """A missing file, and one of another network, is one sentence."""
    path = tmp_path / "some.safetensors"
    with pytest.raises(WeightsError, match="does not exist"):
        load_snapshots(path)
    save_file({"c1.weight": torch.zeros(1, 6, 5, 5)}, path, {"steps": "[0]", "errors": "[{}]"})
    with pytest.raises(WeightsError, match="another network than LeNet5"):
        load_snapshots(path)
