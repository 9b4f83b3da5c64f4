"""Digits, and UNIPEN's other characters, read from their files."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lenet.data import unipen
from lenet.data.download import fetch
from lenet.strokes import Stroke


def mnist(split: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """MNIST's "train" (60,000) or "test" (10,000): pictures (N, 28, 28), 255 = ink, and digits (N,)."""
    prefix = {"train": "train", "test": "t10k"}[split]
    images = _idx(fetch(f"mnist/{prefix}-images-idx3-ubyte.gz"))
    labels = _idx(fetch(f"mnist/{prefix}-labels-idx1-ubyte.gz"))
    return images, labels.astype(np.int64)


def _idx(path: Path) -> NDArray[np.uint8]:
    """An array of bytes in MNIST's IDX format: two zeros, type 8, rank, sizes as big-endian int32."""
    content = gzip.decompress(path.read_bytes())
    rank = content[3]
    shape = np.frombuffer(content, ">i4", count=rank, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


@dataclass(frozen=True, eq=False)
class PenDigit:
    """One digit as pen strokes: these (tablet units, y down), the digit, the writer's number or code."""

    strokes: list[Stroke]
    digit: int
    writer: int | str


def pendigits(split: str) -> list[PenDigit]:
    """The UCI pen digits: "train" (7,494 by 30 writers) or "test" (3,498 by 14 other writers)."""
    digits: list[PenDigit] = []
    stroke: list[tuple[float, float]] = []
    for line in fetch(f"pendigits/pendigits-{split}").read_text("ascii").splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == ".COMMENT" and len(words) == 4:
            digits.append(PenDigit([], int(words[1]), int(words[2])))
        elif words[0] == ".PEN_DOWN":
            stroke = []
        elif words[0] == ".PEN_UP":
            digits[-1].strokes.append(np.array(stroke))
        elif not words[0].startswith("."):
            x, y = words
            stroke.append((float(x), -float(y)))  # the tablet's y points up
    return digits


@lru_cache
def unipen_characters(category: str) -> list[unipen.Segment]:
    """UNIPEN's isolated "digits" (15,943), "capitals" (28,053), "letters" (61,312) or "signs" (17,205)."""
    archive = fetch("unipen/train_r01_v07-1abcd.tar.gz")
    return unipen.segments(unipen.read(archive), category)
