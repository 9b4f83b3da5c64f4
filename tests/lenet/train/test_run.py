"""Training's contract on a few digits: it learns, resumes exactly, and never opens a test set."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor

from lenet import LeNet5, data
from lenet.checkpoint import load, metadata
from lenet.data import PenDigit
from lenet.snapshots import load_snapshots, moments
from lenet.train import __main__ as command
from lenet.train import cache, dataset, run
from lenet.train.dataset import Digits, pen_inputs
from lenet.train.run import Recipe
from lenet.train.teacher import Teacher, Teachers
from tests.made_up import as_inputs, keys, pen_digit

pytestmark = pytest.mark.slow

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]


@pytest.fixture
def digits(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> Digits:
    """64 pictures and six pen digits, in place of those that training would load."""
    pictures, labels = as_inputs(sample[0]), torch.from_numpy(sample[1])
    pen = [pen_digit(seed, 0) for seed in range(8)]
    some = Digits(
        pictures=pictures[:64],
        picture_labels=labels[:64],
        pen=pen[:6],
        validation={"mnist": (pictures[64:80], labels[64:80]), "pendigits": pen_inputs(pen[6:])},
    )
    for module in (command, dataset):
        monkeypatch.setattr(module, "load_digits", lambda: some)
    monkeypatch.setattr(command, "the_teachers", lambda digits, folder: some_teachers())
    return some


def some_teachers() -> Teachers:
    """A teacher who has learned nothing yet, always the same."""
    torch.manual_seed(99)
    teachers = Teachers([])
    teachers.each.append(Teacher())
    return teachers.eval()


def trained(
    folder: Path, digits: Digits | None = None, **recipe: Any
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The weights and the metadata that a short training leaves in `folder`."""
    out = folder / "weights.safetensors"
    short = Recipe(**{"seed": 0, "epochs": 3, "batch": 16, "pen_copies": 1, **recipe})
    run.train(short, digits or dataset.load_digits(), out, folder / "state.pt", some_teachers())
    about = metadata(out)
    assert about.pop("minutes") >= 0  # not the same twice
    return load_file(out), about


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def count_calls(monkeypatch: pytest.MonkeyPatch, stop: int | None = None) -> list[int]:
    """The network's calls from now on; where they reach `stop`, somebody presses Ctrl-C."""
    forward, calls = LeNet5.forward, [0]

    def counted(model: LeNet5, x: Tensor) -> Tensor:
        if calls[0] == stop:
            raise KeyboardInterrupt
        calls[0] += 1
        return forward(model, x)

    monkeypatch.setattr(LeNet5, "forward", counted)
    return calls


@pytest.mark.parametrize("part", [0.1, 0.45, 0.6, 0.95])
def test_an_interrupted_run_goes_on_exactly(
    part: float, digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was stopped amid an epoch and started again ends with the weights of one that wasn't."""
    with monkeypatch.context() as patched:
        calls = count_calls(patched)
        expected, told = trained(tmp_path / "whole")
    with monkeypatch.context() as patched:
        count_calls(patched, stop=int(part * calls[0]))
        with pytest.raises(KeyboardInterrupt):
            trained(tmp_path / "stopped")
    assert not (tmp_path / "stopped" / "weights.safetensors").exists()
    weights, told_again = trained(tmp_path / "stopped")
    assert same(weights, expected)
    assert told_again == told
    left = sorted(path.name for path in (tmp_path / "stopped").iterdir())
    assert left == [
        *(f"dataset-{k}.safetensors" for k in range(3)),
        "weights.safetensors",
        "weights.safetensors.sha256",
        "weights.snapshots.safetensors",
        "weights.snapshots.safetensors.sha256",
    ]
    kept = [load_file(tmp_path / lot / "weights.snapshots.safetensors") for lot in ("whole", "stopped")]
    assert same(*kept)


def test_snapshots_from_random_weights_to_the_shipped_ones(digits: Digits, tmp_path: Path) -> None:
    """The first snapshot is the untrained network, the last one, at the last step, the network that is written."""
    torch.manual_seed(0)
    untrained = LeNet5()
    weights, told = trained(tmp_path)
    snapshots = load_snapshots(tmp_path / "weights.snapshots.safetensors")
    assert [one.step for one in snapshots] == moments(3 * 5)  # three epochs of 70 digits, 16 at a time
    for one, expected in ((snapshots[0], untrained.state_dict()), (snapshots[-1], weights)):
        for name, value in one.model.state_dict().items():
            torch.testing.assert_close(value, expected[name], rtol=1e-3, atol=1e-7)
    last = told["history"][-1]
    assert snapshots[-1].errors == {name: last[name] for name in ("mnist", "pendigits")}


def test_another_recipes_state_is_not_gone_on_with(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A state left by another recipe is named and not used."""
    expected, _ = trained(tmp_path / "alone", seed=1)
    with monkeypatch.context() as patched:
        count_calls(patched, stop=22)  # in the second of three epochs
        with pytest.raises(KeyboardInterrupt):
            trained(tmp_path / "after", seed=0)
    weights, _ = trained(tmp_path / "after", seed=1)
    assert same(weights, expected)
    assert "has another recipe, other digits or an older source: starting anew." in capsys.readouterr().err


def edited(module: str, folder: Path) -> Path:
    """A copy of the library's sources in `folder`, with one module edited."""
    shutil.copytree(cache.ROOT / "lenet", folder / "lenet", ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "lenet" / f"{module}.py").open("a") as file:
        file.write("# edited\n")
    return folder


@pytest.mark.parametrize(
    ("what", "made"),
    [("nothing", 0), ("train/augment", 3), ("strokes", 3), ("data", 3), ("teachers", 3), ("explain", 0)],
)
def test_datasets_are_those_of_todays_source_and_data(
    what: str, made: int, digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Datasets are made anew where a source that makes them, the digits or the teachers are others; else not."""
    trained(tmp_path)
    made_anew, distort = list[Digits](), dataset.distort

    def counted(digits: Digits, *settings: Any) -> dataset.Dataset:
        made_anew.append(digits)
        return distort(digits, *settings)

    monkeypatch.setattr(run, "distort", counted)
    if what == "data":
        trained(tmp_path, replace(digits, pictures=digits.pictures.flip(2)))
    elif what == "teachers":
        monkeypatch.setattr(sys.modules[__name__], "some_teachers", lambda: Teachers([]))
        monkeypatch.setattr(Teachers, "forward", lambda self, x: torch.zeros(len(x), 10))
        trained(tmp_path)
    elif what == "nothing":
        trained(tmp_path)
    else:
        monkeypatch.setattr(cache, "ROOT", edited(what, tmp_path / "sources"))
        trained(tmp_path)
    assert len(made_anew) == made


def test_a_run_does_not_go_on_with_an_older_source(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A state that was left by an older source of the optimizer is not gone on with."""
    with monkeypatch.context() as patched:
        count_calls(patched, stop=22)  # in the second of three epochs
        with pytest.raises(KeyboardInterrupt):
            trained(tmp_path)
    monkeypatch.setattr(cache, "ROOT", edited("train/soap", tmp_path / "sources"))
    trained(tmp_path)
    assert "older source: starting anew." in capsys.readouterr().err


def test_the_seed_decides_the_result(digits: Digits, tmp_path: Path) -> None:
    """The same seed leads to the same weights and history, another one to others."""
    torch.manual_seed(5)
    one, told = trained(tmp_path / "one", seed=7, epochs=2)
    torch.manual_seed(6)
    again, told_again = trained(tmp_path / "again", seed=7, epochs=2)
    other, _ = trained(tmp_path / "other", seed=8, epochs=2)
    assert same(one, again)
    assert told == told_again
    assert not any(torch.equal(one[name], other[name]) for name in one)


def test_every_epoch_distorts_anew(digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hardly any two inputs that the network learns from are the same: one in ten pictures is untouched."""
    forward, learned = LeNet5.forward, list[Tensor]()

    def watched(model: LeNet5, x: Tensor) -> Tensor:
        if torch.is_grad_enabled():  # not while validating
            learned.append(x[:, 0].detach().clone())
        return forward(model, x)

    monkeypatch.setattr(LeNet5, "forward", watched)
    trained(tmp_path)
    assert len(torch.cat(learned)) == 3 * 70
    assert len(keys(torch.cat(learned))) > 0.85 * 3 * 70


def test_the_loss_falls(digits: Digits, tmp_path: Path) -> None:
    """Some epochs on 70 digits bring the loss down by a fifth and more."""
    _, told = trained(tmp_path, epochs=40, distillation_weight=0.0)
    losses = [epoch["loss"] for epoch in told["history"]]
    assert len(losses) == 40
    assert losses[-1] < 0.8 * losses[0]


def test_the_metadata_tells_how_the_weights_came_to_be(digits: Digits, tmp_path: Path) -> None:
    """The weights carry their recipe, an entry an epoch and the training files' hashes; no test figure."""
    _, told = trained(tmp_path)
    assert told["recipe"] == asdict(Recipe(seed=0, epochs=3, batch=16, pen_copies=1))
    assert len(told["history"]) == 3
    for epoch in told["history"]:
        assert epoch["loss"] > 0
        assert 0 <= epoch["mnist"] <= 100
        assert 0 <= epoch["pendigits"] <= 100
    for name, sha256 in told["data"].items():
        assert "train" in name
        assert data.SOURCES[name].sha256 == sha256
    assert "test" not in json.dumps(told)
    assert "t10k" not in json.dumps(told)


def test_teachers_are_made_once(digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each teacher is trained with a seed of its own, written, and read the next time, unless it learned from
    other digits; they speak as one."""
    monkeypatch.undo()
    monkeypatch.setattr(command, "TEACHER", Recipe(epochs=1, batch=16, pen_copies=1, distillation_weight=0))
    teachers = command.the_teachers(digits, tmp_path)
    x = digits.validation["mnist"][0][:, None]
    logits = [teacher(x) for teacher in teachers.each]
    assert len(logits) == command.TEACHERS
    assert len({tuple(each.flatten().tolist()) for each in logits}) == command.TEACHERS
    torch.testing.assert_close(teachers(x), sum(logits) / command.TEACHERS)
    with monkeypatch.context() as patched:
        patched.setattr(command, "train", None)
        assert torch.equal(command.the_teachers(digits, tmp_path)(x), teachers(x))
    others = replace(digits, pictures=digits.pictures.flip(2))
    assert not torch.equal(command.the_teachers(others, tmp_path)(x), teachers(x))


def test_the_weights_are_those_of_a_network_that_reads(digits: Digits, tmp_path: Path) -> None:
    """What training writes is what load reads."""
    weights, _ = trained(tmp_path, epochs=1)
    assert same(dict(load(tmp_path / "weights.safetensors").state_dict()), weights)


def test_training_never_opens_a_test_set(
    sources: tuple[NDArray[np.uint8], list[PenDigit]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole training run asks for training sets only, and for no file by itself."""

    def fetched(name: str) -> Path:
        raise AssertionError(f"{name} was opened.")

    monkeypatch.setattr(data, "fetch", fetched)
    weights, _ = trained(tmp_path, epochs=1, batch=128)
    assert weights


def run_main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    return command.main(list(arguments))


def test_ctrl_c_loses_nothing(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After Ctrl-C the command says where the state lies, and the same command goes on from there."""
    monkeypatch.chdir(tmp_path)
    arguments = ("--seed", "4", "--epochs", "2", "--threads", str(torch.get_num_threads()))
    with monkeypatch.context() as patched:
        calls = count_calls(patched)
        assert run_main(patched, *arguments, "--out", "whole.safetensors") == 0
    with monkeypatch.context() as patched:
        count_calls(patched, stop=calls[0] // 2 + 1)
        assert run_main(patched, *arguments, "--out", "out.safetensors") == 130
    assert "Nothing is lost" in capsys.readouterr().err
    assert run_main(monkeypatch, *arguments, "--out", "out.safetensors") == 0
    out, err = capsys.readouterr()
    assert "Going on after epoch 1 of 2" in err
    assert out.startswith("out.safetensors: loss ")
    assert same(load_file("out.safetensors"), load_file("whole.safetensors"))


def test_missing_data_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without its data the command ends with a sentence and status 2."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LENET_DATA", str(tmp_path))
    assert run_main(monkeypatch, "--epochs", "1") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("does not exist, but LENET_DATA names the folder it should be in.\n")
    assert "Traceback" not in err
