"""Weights on disk: what is written comes back, and what is broken is told."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from lenet import LeNet5, checkpoint
from lenet.checkpoint import WEIGHTS, WeightsError, load, metadata, save

ABOUT: dict[str, Any] = {"recipe": {"seed": 3, "rate": 3e-3}, "history": [{"loss": 0.5}], "commit": "1a2b+"}


@pytest.fixture
def model() -> LeNet5:
    """A network that starts at random."""
    torch.manual_seed(0)
    return LeNet5()


@pytest.fixture
def path(model: LeNet5, tmp_path: Path) -> Path:
    """Its weights in a file."""
    path = tmp_path / "as" / "deep" / "weights.safetensors"
    save(model, path, ABOUT)
    return path


def sentence(path: Path) -> str:
    """The one sentence with which a weights file is refused."""
    with pytest.raises(WeightsError) as problem:
        load(path)
    text = str(problem.value)
    assert str(path) in text
    assert "\n" not in text
    return text


@pytest.mark.parametrize("kind", [str, Path])
def test_weights_come_back(kind: Any, model: LeNet5, path: Path) -> None:
    """Loading gives bit by bit the weights that were saved, by a path or its name."""
    again = load(kind(path)).state_dict()
    assert list(again) == list(model.state_dict())
    for name, weights in model.state_dict().items():
        assert torch.equal(again[name], weights)


def test_the_file_holds_the_papers_parameters(path: Path) -> None:
    """The file holds the 60,850 trainable parameters and nothing else."""
    assert sum(weights.numel() for weights in load_file(path).values()) == 60_850


def test_metadata_comes_back(path: Path) -> None:
    """What was told about the weights comes back as it was."""
    assert metadata(path) == ABOUT
    with safe_open(path, framework="pt") as file:
        assert file.metadata()["format"] == "pt", "so other libraries know whose tensors these are"


def test_the_shipped_weights_are_the_default() -> None:
    """Without a path load and metadata read the shipped weights."""
    for name, weights in load_file(WEIGHTS).items():
        assert torch.equal(load().state_dict()[name], weights)
    assert metadata() == metadata(WEIGHTS)
    assert "recipe" in metadata()


def test_each_load_is_a_fresh_copy_in_eval_mode(path: Path) -> None:
    """A loaded network is ready to read, and changing it changes no other."""
    first = load(path)
    assert not any(module.training for module in first.modules())
    with torch.no_grad():
        for weights in first.parameters():
            weights.zero_()
    assert all(weights.any() for name, weights in load(path).named_parameters() if "weight" in name)


def test_saving_again_replaces(model: LeNet5, path: Path) -> None:
    """A file is replaced, and nothing unfinished stays beside it."""
    with torch.no_grad():
        model.output.bias.fill_(7)
    save(model, path, {})
    assert (load(path).output.bias == 7).all()
    assert metadata(path) == {}
    assert sorted(path.parent.iterdir()) == [path, path.with_name(path.name + ".sha256")]


def test_a_failed_save_leaves_the_old_file(
    model: LeNet5, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A save that breaks off in the middle leaves the file as it was."""

    def broken(_: object, unfinished: Path, **__: object) -> None:
        Path(unfinished).write_bytes(b"half")
        raise OSError("No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr(checkpoint, "save_file", broken)
    with pytest.raises(OSError, match="No space"):
        save(model, path, {})
    assert path.read_bytes() == before


def test_a_missing_file(tmp_path: Path) -> None:
    """A missing file's sentence tells how to make one."""
    path = tmp_path / "none.safetensors"
    help = "Restore it from the repository, or make it: python -m lenet.train"
    assert sentence(path) == f"{path} does not exist. {help}"


@pytest.mark.parametrize("keep", [0, 4, 100, -1])
def test_a_truncated_file(keep: int, path: Path) -> None:
    """A file that was cut off is damaged."""
    path.write_bytes(path.read_bytes()[:keep])
    assert "is damaged" in sentence(path)


@pytest.mark.parametrize("content", [b"not weights at all", bytes(5000), b"\xff" * 5000])
def test_a_file_of_something_else(content: bytes, path: Path) -> None:
    """A file in another format is damaged."""
    path.write_bytes(content)
    assert "is damaged" in sentence(path)


def test_a_folder(tmp_path: Path) -> None:
    """A folder is no weights file."""
    sentence(tmp_path)


def test_weights_of_another_network(path: Path) -> None:
    """Tensors too many, too few, of another name or another shape belong to another network."""
    own = load_file(path)
    fewer = {name: weights for name, weights in own.items() if name != "f6.bias"}
    for foreign in (
        {},
        fewer,
        {**own, "f7.bias": torch.zeros(3)},
        {**fewer, "f7.bias": torch.zeros(84)},
        {**own, "f6.bias": torch.zeros(85)},
    ):
        save_file(foreign, path)
        assert sentence(path) == f"{path} holds weights of another network than LeNet5."


@pytest.fixture
def shipped(model: LeNet5, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Weights that stand in for the shipped ones."""
    path = tmp_path / "model.safetensors"
    save(model, path, ABOUT)
    monkeypatch.setattr(checkpoint, "WEIGHTS", path)
    return path


def test_the_hash_lies_beside_the_shipped_weights() -> None:
    """The hash beside the shipped weights is theirs, in sha256sum's form."""
    line = WEIGHTS.with_name(WEIGHTS.name + ".sha256").read_text("ascii")
    assert line == f"{hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()}  {WEIGHTS.name}\n"
    assert checkpoint.fingerprint() == line[:64]


def test_saved_weights_can_be_shipped(shipped: Path) -> None:
    """What save writes passes the check of the shipped file."""
    load(shipped)


def test_shipped_weights_with_one_bit_changed(shipped: Path) -> None:
    """A shipped file that is whole but not the one that was hashed is refused; any other may be anything."""
    content = bytearray(shipped.read_bytes())
    content[-1] ^= 1
    shipped.write_bytes(content)
    assert "hash" in sentence(shipped)
    other = shipped.with_name("other.safetensors")
    other.write_bytes(content)
    load(other)


def test_shipped_weights_without_their_hash(shipped: Path) -> None:
    """Without the hash the shipped file is not trusted, and the sentence names what is missing."""
    shipped.with_name(shipped.name + ".sha256").unlink()
    assert ".sha256 does not exist" in sentence(shipped)


def test_a_hash_that_is_none(shipped: Path) -> None:
    """Bytes that are no text beside the shipped file are a hash that is not its own."""
    shipped.with_name(shipped.name + ".sha256").write_bytes(b"\xff\xfe hash")
    assert "is not the file whose hash lies beside it" in sentence(shipped)
