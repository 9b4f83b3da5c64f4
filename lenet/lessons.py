"""What there is to learn from: MNIST's, the UCI pen and UNIPEN's digits, split, and distorted anew again and again."""

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

from lenet import cache, curation, data
from lenet.augment import distort_pictures, distort_strokes
from lenet.model import normalise
from lenet.preprocess import stroke_inputs

VALIDATION_DIGITS = 5_000  # the last ones of MNIST's training set
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
    """Undistorted (N, 32, 32) inputs in [0, 1] and labels (N,) of pen digits, by the page's own path."""
    inputs = stroke_inputs(digit.strokes for digit in digits)
    return torch.from_numpy(inputs), torch.tensor([digit.digit for digit in digits])


@dataclass
class Lessons:
    """Distorted digits, and what the teacher thinks of them."""

    inputs: Tensor  # (N, 32, 32) grey levels, uint8: what preprocessing gives has no finer steps
    labels: Tensor  # (N,)
    opinions: Tensor | None  # (N, 10) the teacher's logits, if there is a teacher


def distort(
    digits: Digits,
    pen_copies: int,
    seed: tuple[int, int],
    strength: float = 1.0,
    teacher: nn.Module | None = None,
) -> Lessons:
    """Each MNIST digit once and each pen digit `pen_copies` times, as `seed` distorts them."""
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(seed[0] * 100_003 + seed[1])
    parts = [distort_pictures(part, generator, strength) for part in digits.pictures.split(500)]
    parts += [
        torch.from_numpy(np.stack([distort_strokes(digit.strokes, rng, strength) for digit in digits.pen]))
        for _ in range(pen_copies)
    ]
    inputs = torch.cat([(part * 255).round().byte() for part in parts])
    pen_labels = torch.tensor([digit.digit for digit in digits.pen])
    labels = torch.cat([digits.picture_labels, pen_labels.repeat(pen_copies)])
    return Lessons(inputs, labels, None if teacher is None else logits(teacher, inputs))


def kept(path: Path, key: str, make: Callable[[], Lessons]) -> Lessons:
    """The lessons in `path`; if there are none, or others than those of `key`, they are made and written."""
    if path.exists():
        with safe_open(path, framework="pt") as file:
            if file.metadata().get("key") == key:
                return Lessons(*(file.get_tensor(part.name) for part in fields(Lessons)))
    lessons = make()
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")  # another seed may be at it, too
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    save_file(vars(lessons), unfinished, metadata={"key": key})
    unfinished.replace(path)
    return lessons


def prepared(inputs: Tensor) -> Tensor:
    """(B, 32, 32) grey levels, uint8, as a network takes them: (B, 1, 32, 32)."""
    return normalise(inputs.float() / 255)[:, None].contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def logits(model: nn.Module, inputs: Tensor) -> Tensor:
    """(N, 10) logits that `model` gives to (N, 32, 32) grey levels, uint8."""
    training = model.training
    model.eval()
    result = torch.cat([model(prepared(part)) for part in inputs.split(1000)])
    model.train(training)
    return result


def error(model: nn.Module, inputs: Tensor, labels: Tensor) -> float:
    """Share of `inputs`, (N, 32, 32) in [0, 1], that `model` reads wrong, in per cent."""
    read = logits(model, (inputs * 255).round().byte()).argmax(1)
    return 100 * float((read != labels).float().mean())
