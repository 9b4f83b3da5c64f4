"""What excites a unit is what comes out highest; the file tells it as it was found, for that network only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lenet import load
from lenet.checkpoint import WeightsError
from lenet.evaluate.units import units
from lenet.model import normalise
from lenet.units import load_units, save_units

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]


def test_the_most_exciting_come_first(sample: Sample) -> None:
    """No digit excites a map or unit more than its nine do, and those stand in falling order."""
    model, pictures = load(), sample[0][:60]
    found = units(model, pictures)
    inputs = torch.from_numpy(np.pad(pictures, ((0, 0), (2, 2), (2, 2)))).float() / 255
    with torch.no_grad():
        maps = model.maps(normalise(inputs)[:, None])
    for layer, count in (("c1", 6), ("c3", 16), ("f6", 84)):
        values = maps[layer].numpy().reshape(60, count, -1).mean(2)
        assert found.exciting[layer].shape == (count, 9)
        for unit, chosen in enumerate(found.exciting[layer]):
            expected = pictures[np.argsort(-values[:, unit], kind="stable")[:9]]
            np.testing.assert_array_equal(found.pictures[chosen], expected)
    np.testing.assert_allclose(found.means["c3"], maps["c3"].mean(0), atol=1e-6)


def test_the_file_tells_what_was_found(sample: Sample, tmp_path: Path) -> None:
    """Pictures, places and means come back as they were written."""
    found = units(load(), sample[0][:20])
    save_units(found, tmp_path / "units.npz")
    again = load_units(tmp_path / "units.npz")
    np.testing.assert_array_equal(again.pictures, found.pictures)
    for layer, places in found.exciting.items():
        np.testing.assert_array_equal(again.exciting[layer], places)
    for layer, means in found.means.items():
        np.testing.assert_array_equal(again.means[layer], means)


def test_what_is_no_such_file(sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing, a damaged, and another network's file is one sentence with the command that makes it."""
    path = tmp_path / "units.npz"
    with pytest.raises(WeightsError, match=r"does not exist.*lenet\.evaluate\.units$"):
        load_units(path)
    path.write_bytes(b"PK\3\4 no archive")
    with pytest.raises(WeightsError, match="damaged"):
        load_units(path)
    save_units(units(load(), sample[0][:20]), path)
    monkeypatch.setattr("lenet.units.fingerprint", lambda: "another")
    with pytest.raises(WeightsError, match="another LeNet-5"):
        load_units(path)


def test_the_shipped_file_is_the_shipped_networks() -> None:
    """weights/units.npz was made for the shipped network, and is no larger than a page can carry."""
    shipped = load_units()
    assert shipped.exciting["f6"].shape == (84, 9)
    assert shipped.pictures.nbytes < 1_000_000
