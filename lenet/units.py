"""What the units of the shipped LeNet-5 answer to: the training digits that excite each most, and the maps' means.

`python -m lenet.evaluate.units` writes them, to one file beside the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from lenet.checkpoint import UNITS, WEIGHTS, WeightsError, fingerprint

EXCITING = ("c1", "c3", "f6")
COUNT = 9  # digits shown of each map or unit

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
            {layer: arrays[f"mean {layer}"] for layer in ("c1", "c3")},
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
