"""What the units of the shipped LeNet-5 answer to: the digits that excite each most, the maps' means, and the error without one.

`python -m lenet.evaluate.units` writes the digits and the means, to one file beside the weights.

A map that is switched off is not zero, which would be a value like any other and rare: it passes on, whatever the
network reads, what it is on average over MNIST's training digits. So it tells nothing of the digit at hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet.checkpoint import RESULTS, UNITS, WEIGHTS, WeightsError, fingerprint

EXCITING = ("c1", "c3", "f6")
SWITCHED = ("c1", "c3")  # layers whose maps can be switched off
COUNT = 9  # digits shown of each map or unit

Off = Mapping[str, Sequence[int]]  # which maps are switched off: their numbers, by layer of `SWITCHED`

_COMMAND = "python -m lenet.evaluate.units"


@dataclass(frozen=True, eq=False)
class Units:
    """The digits that excite each map or unit most, and what the maps are on average."""

    pictures: NDArray[np.uint8]
    """(K, 28, 28) MNIST training digits, 255 = ink."""
    exciting: dict[str, NDArray[np.int64]]
    """By layer of `EXCITING`, (maps or units, 9): which of `pictures` excite it, the most exciting first."""
    means: dict[str, NDArray[np.float32]]
    """"c1" (6, 28, 28) and "c3" (16, 10, 10): each value's mean over the training digits."""


def save_units(units: Units, path: Path) -> None:
    """Write `units`, which are the shipped network's, to `path`."""
    arrays: dict[str, NDArray[Any]] = {"pictures": units.pictures, "model": np.array(fingerprint())}
    arrays |= {f"exciting {layer}": which.astype(np.uint16) for layer, which in units.exciting.items()}
    arrays |= {f"mean {layer}": values.astype(np.float32) for layer, values in units.means.items()}
    np.savez_compressed(path, allow_pickle=False, **arrays)


def load_units(path: str | Path = UNITS) -> Units:
    """What `save_units` wrote. Raises WeightsError if it is missing, damaged, or of another network."""
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = dict(archive)
        units = Units(
            arrays["pictures"],
            {layer: arrays[f"exciting {layer}"].astype(np.int64) for layer in EXCITING},
            {layer: arrays[f"mean {layer}"] for layer in SWITCHED},
        )
        made_for = str(arrays["model"])
    except FileNotFoundError:
        raise WeightsError(
            f"{path} does not exist. Restore it from the repository, or make it: {_COMMAND}"
        ) from None
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise WeightsError(f"{path} is damaged ({error}). Restore it, or make it anew: {_COMMAND}") from None
    if made_for != fingerprint():
        raise WeightsError(f"{path} was made for another LeNet-5 than {WEIGHTS}. Make it anew: {_COMMAND}")
    return units


@lru_cache(maxsize=1)
def shipped_units() -> Units:
    """The shipped network's, loaded once."""
    return load_units()


def instead(off: Off) -> dict[str, dict[int, Tensor]]:
    """What the maps in `off` pass on while they are switched off, as `LeNet5.maps` takes it: their means.

    Raises ValueError for what names no map.
    """
    means = shipped_units().means
    if not isinstance(off, Mapping) or not set(off) <= set(SWITCHED):
        raise ValueError('Maps are switched off by their layer, "c1" or "c3", and their numbers.')
    for layer, numbers in off.items():
        count = len(means[layer])
        if not isinstance(numbers, Sequence) or not all(
            type(number) is int and 0 <= number < count for number in numbers
        ):
            raise ValueError(f"The maps of {layer.upper()} have the whole numbers from 0 to {count - 1}.")
    return {layer: {n: torch.from_numpy(means[layer][n]) for n in numbers} for layer, numbers in off.items()}


def exciting(layer: str, number: int) -> NDArray[np.uint8]:
    """The nine training digits (9, 28, 28), 255 = ink, that excite a map or a unit most, the most exciting first.

    Raises ValueError for a layer that is none of `EXCITING`, and for a map or a unit that it does not have.
    """
    units = shipped_units()
    if layer not in EXCITING:
        raise ValueError("What excites a map or a unit is known of c1, c3 and f6.")
    count = len(units.exciting[layer])
    if not 0 <= number < count:
        raise ValueError(f"{layer.upper()} has no number {number}; it has 0 to {count - 1}.")
    return units.pictures[units.exciting[layer][number]]


@lru_cache(maxsize=1)
def errors_without() -> dict[str, dict[str, list[float]]]:
    """The measured error in per cent without each map: by test set, by layer, and "all" for the one with all maps.

    Raises WeightsError if the evaluation's file is missing or damaged.
    """
    try:
        told = json.loads(RESULTS.read_text("utf-8"))
        return {
            name: {
                "all": [float(told[name]["error"])],
                **{layer: [float(one[name]) for one in told["ablation"][layer]] for layer in SWITCHED},
            }
            for name in ("mnist", "pendigits")
        }
    except FileNotFoundError:
        raise WeightsError(f"{RESULTS} does not exist. Restore it from the repository.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{RESULTS} is damaged ({error}). Restore it from the repository.") from None
