"""What there is to learn from: MNIST's, the UCI pen and UNIPEN's digits, split, and distorted anew for every epoch."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from lenet import data
from lenet.data import curation
from lenet.model import in_batches
from lenet.preprocess import stroke_inputs
from lenet.train import cache
from lenet.train.augment import distort_pictures, distort_strokes, slashed

FILES = (  # of `lenet.data.SOURCES`, all that is learned from
    "mnist/train-images-idx3-ubyte.gz",
    "mnist/train-labels-idx1-ubyte.gz",
    "pendigits/pendigits-train",
    "unipen/train_r01_v07-1abcd.tar.gz",
)
VALIDATION_DIGITS = 5_000  # the last ones of MNIST's training set
SLASHED = (
    0.15  # share of the pens' zeros that get a slash: few of the training writers draw one, many people do
)
VALIDATION_WRITERS = range(5, 31, 5)  # of the pen digits' thirty training writers, every fifth one


@dataclass
class Digits:
    """Training and validation digits, as they are before any distortion."""

    pictures: Tensor  # (N, 32, 32) in [0, 1], MNIST
    picture_labels: Tensor
    pen: list[data.PenDigit]
    validation: dict[str, tuple[Tensor, Tensor]]  # inputs and labels

    @cached_property
    def content(self) -> str:
        """SHA-256 of the digits that are learned from; those held out decide nothing of what is learned."""
        strokes = [stroke for digit in self.pen for stroke in digit.strokes]
        labels = np.array([(digit.digit, len(digit.strokes)) for digit in self.pen])
        return cache.content([self.pictures.numpy(), self.picture_labels.numpy(), labels, *strokes])


def load_digits() -> Digits:
    """MNIST's training set, the UCI pen digits' and UNIPEN's training writers, a part of each held out."""
    images, labels = data.mnist("train")
    pictures = F.pad(torch.from_numpy(images.copy()).float() / 255, (2, 2, 2, 2))
    targets = torch.from_numpy(labels)
    pen = data.pendigits("train")
    held_out = [digit for digit in pen if digit.writer in VALIDATION_WRITERS]
    return Digits(
        pictures=pictures[:-VALIDATION_DIGITS],
        picture_labels=targets[:-VALIDATION_DIGITS],
        pen=[digit for digit in pen if digit.writer not in VALIDATION_WRITERS] + curation.pen_digits("train"),
        validation={
            "mnist": (pictures[-VALIDATION_DIGITS:], targets[-VALIDATION_DIGITS:]),
            "pendigits": pen_inputs(held_out),
            "unipen": pen_inputs(curation.pen_digits("validation")),
        },
    )


def pen_inputs(digits: list[data.PenDigit]) -> tuple[Tensor, Tensor]:
    """Undistorted (N, 32, 32) inputs in [0, 1] and labels (N,) of pen digits, as the page draws them."""
    inputs = stroke_inputs(digit.strokes for digit in digits)
    return torch.from_numpy(inputs), torch.tensor([digit.digit for digit in digits])


@dataclass
class Dataset:
    """Distorted digits, and what the teachers make of them."""

    inputs: Tensor  # (N, 32, 32) grey levels, uint8: what preprocessing gives has no finer steps
    labels: Tensor  # (N,)
    teacher_logits: Tensor | None  # (N, 10), if there are teachers


def distort(
    digits: Digits,
    pen_copies: int,
    seed: tuple[int, int],
    strength: float = 1.0,
    teacher: nn.Module | None = None,
) -> Dataset:
    """Each MNIST digit once and each pen digit `pen_copies` times, as `seed` distorts them.

    `teacher`, a network in eval mode that gives logits, says what it makes of them.
    """
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(seed[0] * 100_003 + seed[1])
    parts = [distort_pictures(part, generator, strength) for part in digits.pictures.split(500)]
    parts += [distort_pen_digits(digits.pen, rng, strength) for _ in range(pen_copies)]
    inputs = torch.cat([(part * 255).round().byte() for part in parts])
    pen_labels = torch.tensor([digit.digit for digit in digits.pen])
    labels = torch.cat([digits.picture_labels, pen_labels.repeat(pen_copies)])
    return Dataset(inputs, labels, None if teacher is None else in_batches(teacher, inputs / 255))


def distort_pen_digits(
    digits: list[data.PenDigit], rng: np.random.Generator, strength: float = 1.0
) -> Tensor:
    """(N, 32, 32) inputs in [0, 1] of pen digits, each distorted in its own way, some zeros with a slash."""
    pictures = []
    for digit in digits:
        slash = digit.digit == 0 and rng.random() < SLASHED and not curation.is_slashed(digit.strokes)
        strokes = slashed(digit.strokes, rng) if slash else digit.strokes
        pictures.append(distort_strokes(strokes, rng, strength))
    return torch.from_numpy(np.stack(pictures))


def cached(path: Path, key: str, make: Callable[[], Dataset]) -> Dataset:
    """The dataset in `path`; if there is none, or another one than that of `key`, it is made and written."""
    if path.exists():
        with safe_open(path, framework="pt") as file:
            if file.metadata().get("key") == key:
                return Dataset(*(file.get_tensor(part.name) for part in fields(Dataset)))
    dataset = make()
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")  # another seed may be at it, too
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    save_file(vars(dataset), unfinished, metadata={"key": key})
    unfinished.replace(path)
    return dataset


def error(model: nn.Module, inputs: Tensor, labels: Tensor) -> float:
    """Share of `inputs`, (N, 32, 32) in [0, 1], that `model`, in eval mode, reads wrong, in per cent."""
    return 100 * float((in_batches(model, inputs).argmax(1) != labels).float().mean())
