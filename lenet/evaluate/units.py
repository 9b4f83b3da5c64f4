"""Find what excites each unit, and the maps' means: python -m lenet.evaluate.units

Over MNIST's 60,000 training digits. A unit of F6 is excited by its value, a map of C1 or C3 by the mean of its values:
by a digit that has much of what the map looks for.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import torch
from numpy.typing import NDArray

from lenet import data
from lenet.checkpoint import UNITS, WeightsError, load
from lenet.data import DataError
from lenet.evaluate.ablation import mean_maps
from lenet.model import LeNet5, in_batches
from lenet.units import COUNT, EXCITING, Units, save_units


def units(model: LeNet5, pictures: NDArray[np.uint8]) -> Units:
    """What of (N, 28, 28) `pictures`, 255 = ink, excites `model`, and the maps' means over them."""
    inputs = torch.from_numpy(np.pad(pictures, ((0, 0), (2, 2), (2, 2)))).float() / 255

    def excitement(x: torch.Tensor) -> torch.Tensor:
        maps = model.maps(x)
        return torch.cat([maps["c1"].mean((2, 3)), maps["c3"].mean((2, 3)), maps["f6"]], 1)

    values = in_batches(excitement, inputs).numpy()
    most = np.argsort(-values, axis=0, kind="stable")[:COUNT].T  # (maps and units, COUNT)
    shown, places = np.unique(most, return_inverse=True)
    counts = dict(zip(EXCITING, (6, 16, 84), strict=True))
    parts = np.split(places.reshape(most.shape), np.cumsum(list(counts.values()))[:-1])
    means = {layer: mean.numpy() for layer, mean in mean_maps(model, inputs).items()}
    return Units(pictures[shown], dict(zip(EXCITING, parts, strict=True)), means)


def main(arguments: list[str] | None = None) -> int:
    """The command line: `python -m lenet.evaluate.units --help`."""
    argparse.ArgumentParser(
        prog="python -m lenet.evaluate.units",
        description=f"Write {UNITS.name}: what excites each unit of the shipped network, and its maps' means.",
    ).parse_args(arguments)
    try:
        save_units(units(load(), data.mnist("train")[0]), UNITS)
    except (DataError, WeightsError) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"{UNITS}: {UNITS.stat().st_size / 1000:.0f} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
