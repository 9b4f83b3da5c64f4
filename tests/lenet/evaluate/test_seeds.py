"""Seeds side by side: chosen by validation error, told with mean and spread."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lenet import load
from lenet.checkpoint import WEIGHTS, metadata, save
from lenet.evaluate import seeds
from lenet.evaluate.measure import TITLES
from lenet.evaluate.seeds import SEEDS, best
from lenet.evaluate.tables import seeds_table
from lenet.snapshots import Snapshot, load_snapshots, save_snapshots, snapshots_of


def seed(number: int, validation: float, test: float) -> dict[str, Any]:
    """What is written of a seed whose errors are the same on both sets."""
    errors = {"validation": validation, "test": test}
    return {"seed": number, **{kind: dict.fromkeys(TITLES, error) for kind, error in errors.items()}}


def test_the_best_is_so_by_validation() -> None:
    """The lowest validation error wins, whatever the test error."""
    assert best([seed(0, 0.5, 0.1), seed(1, 0.4, 0.9), seed(2, 0.6, 0.2)]) == 1


def test_mean_and_spread_by_hand() -> None:
    """The last row tells each error's mean and standard deviation."""
    lines = seeds_table([seed(3, 0.5, 1), seed(4, 0.7, 3)]).splitlines()
    one, mean = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines[-2:])
    assert one == ["4", "0.70 %", "0.70 %", "3.00 %", "3.00 %"]
    assert mean == ["**mean**", *["0.600 ± 0.141 %"] * 2, *["2.000 ± 1.414 %"] * 2]


def test_the_command_writes_all_and_ships_the_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All seeds' errors are written, and the best one's weights with their metadata are the shipped ones."""
    monkeypatch.setattr(seeds, "SEEDS", tmp_path / "seeds.json")
    monkeypatch.setattr(seeds, "WEIGHTS", tmp_path / "model.safetensors")
    monkeypatch.setattr(seeds, "errors", lambda path: {name: {"error": 1.0} for name in TITLES})
    paths = [tmp_path / f"seed-{number}.safetensors" for number in range(2)]
    for number, path in enumerate(paths):
        about = {"recipe": {"seed": number, "epochs": 1}, "history": [dict.fromkeys(TITLES, 1.0 - number)]}
        save_snapshots([Snapshot(number, {"mnist": 1.0}, load())], snapshots_of(path), {})
        how = {"key": str(number), "minutes": 0.1, "hardware": "a processor", "commit": "", "torch": "2"}
        save(load(), path, about | how)
    assert seeds.main(list(map(str, paths))) == 0
    assert [told["seed"] for told in json.loads((tmp_path / "seeds.json").read_text())] == [0, 1]
    assert metadata(tmp_path / "model.safetensors") == metadata(paths[1])
    assert [one.step for one in load_snapshots(tmp_path / "model.snapshots.safetensors")] == [1]
    assert metadata(tmp_path / "model.snapshots.safetensors")["key"] == "1"
    assert str(paths[1]) in capsys.readouterr().out


def test_the_shipped_weights_are_the_best_seed() -> None:
    """weights/seeds.json tells several seeds, and the shipped one is the best of them by validation error."""
    told = json.loads(SEEDS.read_text("utf-8"))
    assert len({one["seed"] for one in told}) == len(told) >= 2
    assert told[best(told)]["seed"] == metadata(WEIGHTS)["recipe"]["seed"]
