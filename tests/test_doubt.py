"""What is no digit is doubted; the drawings it learns from; its file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lenet import checkpoint, classify, evaluate, train_doubt
from lenet.characters import DIGIT_LIKE, SPLITS, characters
from lenet.checkpoint import DOUBT, WeightsError, fingerprint, metadata, save
from lenet.data import Character, PenDigit
from lenet.doubt import Doubt, load_doubt
from lenet.lessons import Digits
from lenet.scribbles import KINDS, UNSEEN, scribble, scribbles
from lenet.strokes import as_strokes
from lenet.train_doubt import Recipe, calibrate, fit

ROOT = Path(__file__).parents[1]
EXAMPLES = json.loads((ROOT / "demo" / "static" / "examples.json").read_text("utf-8"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_of_the_examples_only_the_scribble_and_the_letter_are_doubted(example: dict[str, object]) -> None:
    """Every example that is a digit is taken for one; the scribble and the letter are not."""
    chance = classify(example["strokes"], 20).is_digit  # type: ignore[arg-type]
    assert chance is not None
    assert (chance < 0.5) == (example["name"] in ("scribble", "letter A"))


def test_mnists_digits_are_not_doubted(sample: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> None:
    """Of the sample of MNIST's test digits, at most one in fifty is doubted, the goal being one in a hundred."""
    pictures = [classify(picture).is_digit for picture in sample[0]]
    assert sum(chance is None or chance < 0.5 for chance in pictures) <= len(pictures) / 50


def test_scribbles_are_doubted() -> None:
    """Of the kinds that it learned from, most test scribbles are doubted."""
    for kind in KINDS.keys() - set(UNSEEN):
        chances = [classify(strokes).is_digit for strokes in scribbles(kind, "test", 20)]
        assert sum(chance is not None and chance < 0.5 for chance in chances) >= 12, kind


@pytest.mark.parametrize("drawing", [[], np.zeros((28, 28), np.uint8)], ids=["strokes", "picture"])
def test_an_empty_pad_has_no_doubt(drawing: object) -> None:
    """Where nothing is drawn there is neither a digit nor a probability that it is one."""
    prediction = classify(drawing)  # type: ignore[arg-type]
    assert prediction.digit is prediction.is_digit is None


def test_the_shipped_head_belongs_to_the_shipped_network() -> None:
    """The head's file names the shipped LeNet-5's fingerprint and holds 2,737 parameters."""
    assert metadata(DOUBT)["model"] == fingerprint()
    assert sum(weights.numel() for weights in load_doubt().parameters()) == 2_737


def test_a_head_of_another_network_is_refused(tmp_path: Path) -> None:
    """A head that was made for another LeNet-5 is one sentence that names the command to make it anew."""
    path = tmp_path / "doubt.safetensors"
    save(Doubt(), path, {"model": "0" * 64})
    with pytest.raises(WeightsError, match=r"another LeNet-5 .* anew: python -m lenet\.train_doubt$"):
        load_doubt(path)
    save(Doubt(), path, {"model": fingerprint()})
    load_doubt(path)


def test_a_missing_or_changed_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing head's sentence tells how to make one; a shipped one must be the one that was hashed."""
    path = tmp_path / "doubt.safetensors"
    with pytest.raises(WeightsError, match=r"does not exist\. .*python -m lenet\.train_doubt$"):
        load_doubt(path)
    monkeypatch.setattr(checkpoint, "DOUBT", path)
    save(Doubt(), path, {"model": fingerprint()})
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    with pytest.raises(WeightsError, match="hash"):
        load_doubt(path)


def test_far_from_every_prototype_is_doubt() -> None:
    """The log odds fall with the distance from the nearest prototype, in whatever direction."""
    doubt = load_doubt()
    with torch.no_grad():
        f6 = torch.randn(1, 84, generator=torch.Generator().manual_seed(0))
        odds = doubt(f6 * torch.tensor([[5.0], [10], [20]]))
    assert odds[0] > odds[1] > odds[2]


@pytest.mark.parametrize("kind", KINDS)
def test_scribbles_are_seeded_strokes(kind: str) -> None:
    """A seed gives the same valid strokes again, another seed and another split other ones."""
    first, again, other = (scribble(kind, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert as_strokes(first)
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert len(first) != len(other) or any(
        one.shape != two.shape or (one != two).any() for one, two in zip(first, other, strict=True)
    )
    training, test = scribbles(kind, "train", 1)[0], scribbles(kind, "test", 1)[0]
    assert not np.array_equal(np.concatenate(training)[:4], np.concatenate(test)[:4])


def test_the_splits_share_nothing() -> None:
    """Training, validation and test share no alphabet and no drawer, and use every one of both."""
    alphabets = [alphabet for chosen, _ in SPLITS.values() for alphabet in chosen]
    drawers = [drawer for _, chosen in SPLITS.values() for drawer in chosen]
    assert sorted(alphabets) == sorted(DIGIT_LIKE)
    assert sorted(drawers) == list(range(1, 21))


def test_characters_like_digits_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A split holds its own alphabets and drawers, without the characters that a person takes for digits."""
    stroke = [np.array([[0.0, 0], [1, 1]])]
    drawn = [
        Character(stroke, alphabet, number, drawer)
        for alphabet in DIGIT_LIKE
        for number in range(1, 27)
        for drawer in range(1, 21)
    ]
    monkeypatch.setattr("lenet.data.omniglot", lambda: drawn)
    left = sum(26 - len(DIGIT_LIKE[alphabet]) for alphabet in ("Latin", "Early_Aramaic"))
    assert len(characters("test")) == 8 * left


def test_auroc_by_hand() -> None:
    """AUROC is the share of pairs in which the first exceeds the second; ties count half."""
    assert evaluate.auroc(np.array([3.0, 4]), np.array([1.0, 2])) == 1
    assert evaluate.auroc(np.array([1.0, 2]), np.array([3.0])) == 0
    assert evaluate.auroc(np.array([1.0, 3]), np.array([1.0, 2])) == (0.5 + 0 + 1 + 1) / 4


@pytest.mark.slow
def test_the_head_learns_and_is_calibrated() -> None:
    """Near a prototype is a digit, elsewhere is none, and no more than the wanted share of digits is doubted."""
    torch.manual_seed(0)
    start = torch.randn(10, 84)
    digits = [start.repeat(40, 1) + 0.1 * torch.randn(400, 84) for _ in range(2)]
    others = [torch.randn(400, 84) for _ in range(2)]
    doubt = fit(digits, others, start, replace(Recipe(), steps=150))
    calibrate(doubt, digits, 0.01)
    with torch.no_grad():
        assert all((doubt(one) < 0).float().mean() <= 0.01 for one in digits)
        assert all((doubt(one) < 0).float().mean() > 0.9 for one in others)


@pytest.mark.slow
def test_training_twice_gives_the_same_file(
    sample: tuple[NDArray[np.uint8], NDArray[np.int64]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same seed writes the same weights, and the file tells for which network they are."""
    pictures = torch.from_numpy(np.pad(sample[0], ((0, 0), (2, 2), (2, 2)))).float() / 255
    labels = torch.from_numpy(sample[1])
    stroke = np.array([[70.0, 60], [205, 62], [130, 232]])
    digits = Digits(pictures, labels, [PenDigit([stroke], 7, 1)] * 3, {"mnist": (pictures, labels)})
    monkeypatch.setattr(train_doubt, "load_digits", lambda: digits)
    monkeypatch.setattr(train_doubt, "characters", lambda split: [[stroke, stroke[::-1] + 9]] * 3)
    recipe = replace(Recipe(), steps=3, pictures=20, scribbles=2, signs=4, character_copies=1)
    paths = [tmp_path / name for name in ("one.safetensors", "two.safetensors")]
    shares = [train_doubt.train(recipe, path) for path in paths]
    first, second = (load_doubt(path).state_dict() for path in paths)
    assert all(torch.equal(weights, second[name]) for name, weights in first.items())
    assert shares[0] == shares[1] == metadata(paths[0])["doubted"]
    assert metadata(paths[0])["model"] == fingerprint()
