"""What the network made of a drawing while it was learning: at every moment of its training that was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import ArrayLike

from lenet.checkpoint import SNAPSHOTS, WEIGHTS, WeightsError, metadata
from lenet.model import normalise
from lenet.picture import Picture
from lenet.prediction import FloatArray, Prediction, classify, shipped, softmax
from lenet.snapshots import Snapshot, load_snapshots


@dataclass(frozen=True, eq=False)
class Learning:
    """What the network made of a drawing at N moments of its training, the earliest first."""

    steps: list[int]
    """Batches that it had learned from at each; the last is the shipped network."""
    probabilities: FloatArray
    """(N, 10); each row sums to 1."""
    drawn: bool
    """Whether anything but dots is drawn; otherwise the probabilities say nothing."""


@lru_cache(maxsize=1)
def shipped_moments() -> tuple[Snapshot, ...]:
    """The shipped network's training, loaded once.

    The last moment is the shipped network itself: the file has it in half precision only. Raises WeightsError if
    the file is missing, damaged, or of another training.
    """
    *earlier, last = load_snapshots()
    if metadata(SNAPSHOTS)["key"] != metadata(WEIGHTS)["key"]:
        raise WeightsError(f"{SNAPSHOTS} is of another training than {WEIGHTS}. Restore both.")
    return (*earlier, replace(last, model=shipped()))


def over_training(drawing: Picture | Sequence[ArrayLike], pen_width: float | None = None) -> Learning:
    """Read one drawing, as `lenet.classify` takes it, at every moment of the shipped network's training.

    Each network sees it once. The last row is what `lenet.classify` answers. Raises ValueError as that does.
    """
    final = classify(drawing, pen_width)
    *earlier, last = shipped_moments()
    with torch.inference_mode():
        pixels = normalise(torch.from_numpy(final.input))[None, None]
        logits = torch.cat([moment.model(pixels) for moment in earlier]).numpy()
    probabilities = np.concatenate([softmax(logits), final.probabilities[None]])
    steps = [moment.step for moment in (*earlier, last)]
    return Learning(steps, probabilities, final.digit is not None)


def at_moment(
    drawing: Picture | Sequence[ArrayLike], moment: int, pen_width: float | None = None
) -> Prediction:
    """The whole prediction at one `moment`, from 0 to 15: its row of `over_training`, and all layers.

    `is_digit` is None before the last: what doubts learned from the finished network, and knows no other. Raises
    ValueError where there is no such moment.
    """
    moments = shipped_moments()
    if not 0 <= moment < len(moments):
        raise ValueError(f"There are the moments 0 to {len(moments) - 1}, not {moment}.")
    final = classify(drawing, pen_width)
    if moment == len(moments) - 1:
        return final
    with torch.inference_mode():
        pixels = normalise(torch.from_numpy(final.input))[None, None]
        maps = {name: value[0].numpy() for name, value in moments[moment].model.maps(pixels).items()}
    probabilities = softmax(maps["output"])
    digit = None if final.digit is None else int(probabilities.argmax())
    return replace(final, digit=digit, probabilities=probabilities, is_digit=None, maps=maps, several=False)
