"""What is no digit is rejected; the drawings the head learns from; its file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lenet import checkpoint, classify
from lenet.checkpoint import REJECTION, WeightsError, fingerprint, metadata, save
from lenet.data import PenDigit, curation
from lenet.data.characters import DIGIT_LIKE, SPLITS, Character, characters
from lenet.data.scribbles import KINDS, UNSEEN, scribble, scribbles
from lenet.data.unipen import Segment
from lenet.evaluate.rejection import auroc
from lenet.rejection import Rejection, load_rejection
from lenet.strokes import as_strokes
from lenet.train import rejection as train
from lenet.train.dataset import Digits
from lenet.train.rejection import Recipe, calibrate, fit

ROOT = Path(__file__).parents[2]
EXAMPLES = json.loads((ROOT / "demo" / "frontend" / "header" / "examples.json").read_text("utf-8"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_of_the_examples_only_the_scribble_and_the_letter_are_rejected(example: dict[str, object]) -> None:
    """Every example that is a digit is taken for one; the scribble and the letter are not."""
    prediction = classify(example["strokes"], 20)  # type: ignore[arg-type]
    assert prediction.is_digit is not None
    assert prediction.rejected == (example["name"] in ("scribble", "letter A"))


def test_mnists_digits_are_not_rejected(sample: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> None:
    """Of the sample of MNIST's test digits, at most one in fifty is rejected, the goal being one in a hundred."""
    assert sum(classify(picture).rejected for picture in sample[0]) <= len(sample[0]) / 50


def test_scribbles_are_rejected() -> None:
    """Of the kinds that it learned from, most test scribbles are rejected."""
    for kind in KINDS.keys() - set(UNSEEN):
        assert sum(classify(strokes).rejected for strokes in scribbles(kind, "test", 20)) >= 12, kind


@pytest.mark.parametrize("drawing", [[], np.zeros((28, 28), np.uint8)], ids=["strokes", "picture"])
def test_an_empty_pad_is_not_rejected(drawing: object) -> None:
    """Where nothing is drawn there is neither a digit nor a probability that it is one."""
    prediction = classify(drawing)  # type: ignore[arg-type]
    assert prediction.digit is prediction.is_digit is None
    assert not prediction.rejected


def test_the_shipped_head_belongs_to_the_shipped_network() -> None:
    """The head's file names the shipped LeNet-5's fingerprint and holds 8,449 parameters."""
    assert metadata(REJECTION)["model"] == fingerprint()
    assert sum(weights.numel() for weights in load_rejection().parameters()) == 8_449


def test_a_head_of_another_network_is_refused(tmp_path: Path) -> None:
    """A head that was made for another LeNet-5 is one sentence that names the command to make it anew."""
    path = tmp_path / "rejection.safetensors"
    save(Rejection(), path, {"model": "0" * 64})
    with pytest.raises(WeightsError, match=r"another LeNet-5 .* anew: python -m lenet\.train\.rejection$"):
        load_rejection(path)
    save(Rejection(), path, {"model": fingerprint()})
    load_rejection(path)


def test_a_missing_or_changed_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing head's sentence tells how to make one; a shipped one must be the one that was hashed."""
    path = tmp_path / "rejection.safetensors"
    with pytest.raises(WeightsError, match=r"does not exist\. .*python -m lenet\.train\.rejection$"):
        load_rejection(path)
    monkeypatch.setattr(checkpoint, "REJECTION", path)
    save(Rejection(), path, {"model": fingerprint()})
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    with pytest.raises(WeightsError, match="hash"):
        load_rejection(path)


def test_far_from_every_prototype_is_rejected() -> None:
    """The log odds fall with the distance from the nearest prototype, in whatever direction."""
    head = load_rejection()
    with torch.no_grad():
        read = torch.randn(1, 204, generator=torch.Generator().manual_seed(0))
        odds = head(read * torch.tensor([[5.0], [10], [20]]))
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
    monkeypatch.setattr("lenet.data.characters.omniglot", lambda: drawn)
    left = sum(26 - len(DIGIT_LIKE[alphabet]) for alphabet in ("Latin", "Early_Aramaic"))
    assert len(characters("test")) == 8 * left


def test_auroc_by_hand() -> None:
    """AUROC is the share of pairs in which the first exceeds the second; ties count half."""
    assert auroc(np.array([3.0, 4]), np.array([1.0, 2])) == 1
    assert auroc(np.array([1.0, 2]), np.array([3.0])) == 0
    assert auroc(np.array([1.0, 3]), np.array([1.0, 2])) == (0.5 + 0 + 1 + 1) / 4


@pytest.mark.slow
def test_the_head_learns_and_is_calibrated() -> None:
    """Near a prototype is a digit, elsewhere is none, and no more than the wanted share of digits is rejected."""
    torch.manual_seed(0)
    start = torch.randn(10, 204)
    digits = [start.repeat(40, 1) + 0.1 * torch.randn(400, 204) for _ in range(2)]
    others = [torch.randn(400, 204) for _ in range(4)]
    head = fit(digits, others, start, replace(Recipe(), steps=150))
    calibrate(head, digits, 0.01)
    with torch.no_grad():
        assert all((head(one) < 0).float().mean() <= 0.01 for one in digits)
        assert all((head(one) < 0).float().mean() > 0.9 for one in others)


@pytest.mark.slow
def test_what_is_made_of_digits_is_none() -> None:
    """Half of it are two to four digits side by side, the other half turned digits that are none so."""
    digits = [PenDigit([np.array([[0.0, 0], [1 + number, 9]])], number, 1) for number in range(10)]
    made = train.made_of_digits(digits, 40, np.random.default_rng(0))
    beside = [drawing for drawing in made if len(drawing) > 1]
    assert len(made) == 80
    assert len(beside) == 40
    assert {len(drawing) for drawing in beside} == {2, 3, 4}
    assert not {id(drawing) for drawing in made[:20]} <= {id(drawing) for drawing in beside}


def test_letters_of_each_kind_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each letter and sign of a split at most so many are taken, of every category."""
    stroke = np.array([[0.0, 0], [1, 5]])

    def characters(category: str, split: str) -> list[Segment]:
        assert split == "validation"
        return [Segment([stroke], category[0] + str(number % 3), "abc", "w", "s") for number in range(30)]

    monkeypatch.setattr(curation, "characters", characters)
    assert len(train.unipen_characters("validation", 4, np.random.default_rng(0))) == 3 * 3 * 4


def test_training_twice_gives_the_same_file(
    sample: tuple[NDArray[np.uint8], NDArray[np.int64]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same seed writes the same weights, and the file tells for which network they are."""
    pictures = torch.from_numpy(np.pad(sample[0], ((0, 0), (2, 2), (2, 2)))).float() / 255
    labels = torch.from_numpy(sample[1])
    stroke = np.array([[70.0, 60], [205, 62], [130, 232]])
    digits = Digits(pictures, labels, [PenDigit([stroke], 7, 1)] * 3, {"mnist": (pictures, labels)})
    monkeypatch.setattr(train, "load_digits", lambda: digits)
    monkeypatch.setattr(train, "characters", lambda split: [[stroke, stroke[::-1] + 9]] * 3)
    letters = [Segment([stroke, stroke[::-1] + 9], "A", "abc", "w", "s")] * 3
    monkeypatch.setattr(curation, "characters", lambda category, split: letters)
    small: dict[str, Any] = {
        "pictures": 20,
        "scribbles": 2,
        "signs": 4,
        "character_copies": 1,
        "segments": 2,
        "made": 4,
    }
    recipe = replace(Recipe(), steps=3, **small)
    paths = [tmp_path / name for name in ("one.safetensors", "two.safetensors")]
    shares = [train.train(recipe, path) for path in paths]
    first, second = (load_rejection(path).state_dict() for path in paths)
    assert all(torch.equal(weights, second[name]) for name, weights in first.items())
    assert shares[0] == shares[1] == metadata(paths[0])["rejected"]
    assert metadata(paths[0])["model"] == fingerprint()
