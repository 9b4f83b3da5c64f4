"""Distortions of the training digits, as other writers and other pens would have made them.

The paper (III.A) adds planar affine distortions: translation, scaling, squeezing and shearing. Here
rotation, a smooth random warp (Simard et al., "Best Practices for Convolutional Neural Networks",
2003) and a change of stroke width come on top, for pictures as pixels, for pen strokes as strokes.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lenet.preprocess import preprocess
from lenet.strokes import PEN, SIDE, Stroke, draw


def distort_pictures(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """(B, 32, 32) inputs in [0, 1] -> (B, 32, 32), each distorted in its own way."""
    count, size = pictures.shape[0], pictures.shape[-1]

    def uniform(limit: float, *shape: int) -> Tensor:
        return (torch.rand(count, *shape, generator=generator) * 2 - 1) * limit

    angle, shear = uniform(math.radians(12)), uniform(0.25)
    width, height = torch.exp(uniform(0.15)), torch.exp(uniform(0.15))
    cos, sin = torch.cos(angle), torch.sin(angle)
    affine = torch.stack(
        [
            torch.stack([cos * width, (shear * cos - sin) * height, uniform(2 * 1.5 / size)], 1),
            torch.stack([sin * width, (shear * sin + cos) * height, uniform(2 * 1.5 / size)], 1),
        ],
        1,
    )
    grid = F.affine_grid(affine, [count, 1, size, size], align_corners=False)
    knots = torch.randn(count, 2, 6, 6, generator=generator) * (2 * 0.9 / size)
    warp = F.interpolate(knots, size=(size, size), mode="bicubic", align_corners=True)
    grid = grid + warp.permute(0, 2, 3, 1)
    moved = F.grid_sample(pictures[:, None], grid, align_corners=False)
    wider = F.max_pool2d(moved, 3, stride=1, padding=1)
    thinner = -F.max_pool2d(-moved, 3, stride=1, padding=1)
    amount = uniform(0.6, 1, 1, 1)
    changed = moved + amount.clamp(min=0) * (wider - moved) + amount.clamp(max=0) * (moved - thinner)
    ink = changed[:, 0].clamp(0, 1)
    return ink / ink.amax((1, 2), keepdim=True).clamp(min=0.1)  # as MNIST: the darkest cell is full ink


def distort_strokes(strokes: list[Stroke], rng: np.random.Generator) -> np.ndarray:
    """The (32, 32) input in [0, 1] of strokes that were distorted as strokes, by the page's own path."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    size = max(float((high - low).max()), 1e-9)
    angle, shear = rng.uniform(-0.2, 0.2), rng.uniform(-0.25, 0.25)
    width, height = np.exp(rng.uniform(-0.2, 0.2, 2))
    cos, sin = np.cos(angle), np.sin(angle)
    affine = np.array([[cos, -sin], [sin, cos]]) @ np.array([[width, shear], [0, height]])
    waves = rng.normal(0, 0.025, (2, 2, 2)), rng.uniform(0, 2 * np.pi, (2, 2))
    moved = []
    for stroke in strokes:
        unit = (stroke - (low + high) / 2) / size  # the drawing fits into -0.5 … 0.5
        for wave, phase in zip(*waves, strict=True):
            unit = unit + np.sin(2 * np.pi * unit + phase) @ wave
        moved.append(unit @ affine.T)
    pen = int(rng.integers(PEN // 4, PEN // 2 + PEN // 4)) * 2 + 1
    return preprocess(draw(moved, pen=min(pen, SIDE // 4))).input
