"""LeNet-5 as it was at sixteen moments of its training, from random weights to those that are shipped.

One file beside the weights holds them, stacked by parameter, in half precision: (16, …) float16 each; in its metadata
stand the steps at which they were taken and the validation errors there. Training writes it (lenet/train/run.py), the
page shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lenet.checkpoint import SNAPSHOTS, WeightsError, metadata, read, write
from lenet.model import LeNet5

COUNT = 16


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The network at one moment of its training."""

    step: int
    """Batches that it had learned from."""
    errors: dict[str, float]
    """Its errors in per cent on the validation digits then, by set."""
    model: LeNet5
    """In eval mode. The last one is the average that is shipped, the others are what was being trained."""


def moments(steps: int, count: int = COUNT) -> list[int]:
    """0, and up to `count` - 1 steps from 1 to the last of `steps`, each about as many times the one before."""
    return [0, *sorted({round(step) for step in np.geomspace(1, steps, count - 1)})]


def snapshots_of(weights: Path) -> Path:
    """Where the snapshots lie that were kept while `weights` were trained."""
    return weights.with_suffix(".snapshots.safetensors")


def save_snapshots(snapshots: Sequence[Snapshot], path: Path, about: dict[str, Any]) -> None:
    """Write `snapshots` to `path`, and its hash beside it; `about` is told in the metadata, too."""
    states = [snapshot.model.state_dict() for snapshot in snapshots]
    tensors = {name: torch.stack([state[name].half() for state in states]).contiguous() for name in states[0]}
    told = {"steps": [snapshot.step for snapshot in snapshots]}
    write(tensors, path, about | told | {"errors": [snapshot.errors for snapshot in snapshots]})


def load_snapshots(path: str | Path = SNAPSHOTS) -> list[Snapshot]:
    """The snapshots in `path`, those of the shipped network by default, the earliest first.

    Raises WeightsError if the file is missing, damaged, or no LeNet-5's.
    """
    tensors, about = read(path, "python -m lenet.train"), metadata(path)
    snapshots = []
    for index, (step, errors) in enumerate(zip(about["steps"], about["errors"], strict=True)):
        model = LeNet5()
        try:
            model.load_state_dict({name: stacked[index].float() for name, stacked in tensors.items()})
        except RuntimeError:
            raise WeightsError(f"{path} holds snapshots of another network than LeNet5.") from None
        snapshots.append(Snapshot(step, errors, model.eval()))
    return snapshots
