"""A drawing of the ink that has gradients: how every cell of the input would change if a point were moved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet.preprocess import BOX, INPUT, MNIST, Steps
from lenet.strokes import SIDE, Stroke

SOFT = 0.22  # cells over which the pen's edge goes from ink to ground, as a cell's grey levels do
CELL = SIDE / BOX  # pixels of the ink


def to_cells(steps: Steps) -> tuple[NDArray[np.float64], float]:
    """Where the preprocessing put the strokes' origin, in cells of the input, and how many cells a unit is."""
    if steps.frame is None or steps.square is None:
        raise ValueError("Nothing is drawn.")
    top, left, side, _ = steps.square
    scale = BOX / side / steps.frame.pixel
    corner = np.array([steps.frame.left, steps.frame.top]) + np.array([left, top]) * steps.frame.pixel
    edge = (INPUT - MNIST) / 2
    offset = np.array([steps.offset[1] + edge, steps.offset[0] + edge])
    return offset - corner * scale, scale


def soft_ink(points: Tensor, lines: Tensor, pen: float) -> Tensor:
    """The input (32, 32) of a pen of `pen` cells along `lines` (M, 2), pairs of numbers of `points` (N, 2) in cells.

    Each cell is as dark as its middle lies within the pen's reach of the nearest line.
    """
    middles = torch.arange(INPUT, dtype=points.dtype) + 0.5
    cells = torch.stack(torch.meshgrid(middles, middles, indexing="xy"), 2).reshape(-1, 1, 2)
    start, step = points[lines[:, 0]], points[lines[:, 1]] - points[lines[:, 0]]
    length = step.square().sum(1).clamp_min(1e-9)
    share = (((cells - start) * step).sum(2) / length).clamp(0, 1)
    distance = (cells - start - share[..., None] * step).square().sum(2).amin(1).clamp_min(1e-9).sqrt()
    return torch.sigmoid((pen / 2 - distance) / SOFT).reshape(INPUT, INPUT)


def joined(strokes: Sequence[Stroke]) -> tuple[NDArray[np.float64], Tensor]:
    """All points (N, 2), and the numbers of those that a line joins (M, 2); a dot is joined with itself."""
    points = np.concatenate(strokes)
    first = np.arange(len(points))
    following = first + 1
    following[np.cumsum([len(stroke) for stroke in strokes]) - 1] -= 1
    return points, torch.from_numpy(np.stack([first, following], 1))
