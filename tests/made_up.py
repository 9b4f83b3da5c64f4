"""Digits and archives made up for the tests of training."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet.data import PenDigit
from lenet.data.curation import TEST
from lenet.data.unipen import Segment

WRITERS = range(1, 31)


def pen_digit(seed: int, writer: int) -> PenDigit:
    """A made-up digit of two wandering strokes."""
    rng = np.random.default_rng([seed, writer])
    return PenDigit([rng.normal(size=(8, 2)).cumsum(axis=0) for _ in range(2)], seed % 10, writer)


def unipen_segments() -> list[Segment]:
    """A made-up digit by each of forty writers, and one by a writer who tests."""
    drawn = [pen_digit(seed, writer=100) for seed in range(41)]
    providers = ["abc"] * 40 + [TEST[0]]
    return [
        Segment(digit.strokes, str(digit.digit), provider, str(number), f"{number}")
        for number, (digit, provider) in enumerate(zip(drawn, providers, strict=True))
    ]


def as_inputs(pictures: NDArray[np.uint8]) -> Tensor:
    """(N, 28, 28) bytes as (N, 32, 32) inputs in [0, 1]."""
    return torch.from_numpy(np.pad(pictures, ((0, 0), (2, 2), (2, 2))) / np.float32(255))


def keys(inputs: Tensor) -> set[bytes]:
    """Each (32, 32) input as something to compare."""
    return {one.numpy().tobytes() for one in inputs}


def pack(path: Path, files: dict[str, bytes]) -> Path:
    """An archive of `files`, in this order."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path
