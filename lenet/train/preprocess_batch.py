"""MNIST's preprocessing for many pictures at once, as training needs it after each distortion.

`preprocess` does the same for one picture, step by step to be shown; both give the same grey levels.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lenet.preprocess import BOX, INPUT, MNIST


def preprocess_batch(ink: Tensor) -> Tensor:
    """(B, S, S) ink in [0, 1], its box 20 pixels or more -> (B, 32, 32) inputs in [0, 1]."""
    marked = ink > 0
    top, height = _extent(marked.any(2))
    left, width = _extent(marked.any(1))
    side = torch.maximum(height, width).clamp(min=BOX)
    rows = _resampling(top - (side - height) // 2, side, ink.shape[1])
    columns = _resampling(left - (side - width) // 2, side, ink.shape[2])
    grey = rows @ ink @ columns.transpose(1, 2)
    peak = grey.amax((1, 2), keepdim=True).clamp(min=1e-6, max=1)
    fitted = (255 * grey / peak + 0.5).floor().clamp(0, 255) / 255
    middle = torch.arange(BOX) + 0.5
    mass = fitted.sum((1, 2)).clamp(min=1e-6)
    row, column = fitted.sum(2) @ middle / mass, fitted.sum(1) @ middle / mass
    return _placing(row) @ fitted @ _placing(column).transpose(1, 2)


def _extent(marked: Tensor) -> tuple[Tensor, Tensor]:
    """First marked index and number of indices up to the last one, of each row of (B, S) booleans."""
    first = marked.int().argmax(1)
    return first, marked.shape[1] - marked.flip(1).int().argmax(1) - first


def _resampling(start: Tensor, side: Tensor, size: int) -> Tensor:
    """(B, 20, size) shares of each source pixel in each cell; see `preprocess._resampling`."""
    share = (BOX / side.double())[:, None, None]
    low = (torch.arange(size) - start[:, None])[:, None, :] * share
    high = low + 0.99 * share
    cell = torch.arange(BOX)[None, :, None]
    overlap = (torch.minimum(high, cell + 1) - torch.maximum(low, cell)).clamp(min=0)
    whole = (low + 1e-11).floor() == (high - 1e-11).ceil() - 1
    return torch.where(whole & (overlap > 1e-9), share, overlap).float()


def _placing(centre: Tensor) -> Tensor:
    """(B, 32, 20) of 0 and 1: where each of the 20 cells goes so that the mass centre is the middle."""
    offset = (MNIST / 2 + 1 - centre).floor().clamp(0, MNIST - BOX) + (INPUT - MNIST) // 2
    return (torch.arange(INPUT)[:, None] == torch.arange(BOX) + offset[:, None, None]).float()
