"""Rejection: whether a drawing is a digit at all, by a small head beside LeNet-5, which itself stays as it is.

The head compares C5 and F6 with sixty learned prototypes of digits, as the paper's own output layer compares F6
with ten fixed codes (section II.B, RBF units): what is near none of them is rejected, however sure the softmax
is. It learned from digits and from drawings that are none (outlier exposure: D. Hendrycks, M. Mazeika,
T. Dietterich, ICLR 2019); see lenet/train/rejection.py.

It belongs to one LeNet-5, whose fingerprint stands in its file. Whoever ships another one makes it anew.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from lenet.checkpoint import REJECTION, WEIGHTS, WeightsError, fill, fingerprint, metadata

FEATURES = 120 + 84  # C5's and F6's units
PROTOTYPES, DIMENSIONS = 60, 32


def features(maps: dict[str, Tensor]) -> Tensor:
    """What the head reads of `LeNet5.maps`: C5 and F6 side by side, (B, 204)."""
    return torch.cat([maps["c5"], maps["f6"]], 1)


class Rejection(nn.Module):
    """Maps `features`, (B, 204), to the log odds that the drawing is a digit, (B,); 8,449 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.projection = nn.Linear(FEATURES, DIMENSIONS, bias=False)
        self.prototypes = nn.Parameter(torch.zeros(PROTOTYPES, DIMENSIONS))
        self.bias = nn.Parameter(torch.zeros(()))

    def forward(self, features: Tensor) -> Tensor:
        """(B, 204) -> (B,): the nearer to a prototype, the higher."""
        distances = (self.projection(features)[:, None] - self.prototypes).square().sum(2)
        return torch.logsumexp(-distances / 2, 1) + self.bias


def load_rejection(path: str | Path = REJECTION) -> Rejection:
    """The head in `path`, in eval mode.

    Raises WeightsError if the file is missing, damaged, or made for another LeNet-5 than the shipped one.
    """
    head = Rejection()
    fill(head, path, "python -m lenet.train.rejection")
    if metadata(path).get("model") != fingerprint():
        raise WeightsError(
            f"{path} was made for another LeNet-5 than {WEIGHTS}. Make it anew: python -m lenet.train.rejection"
        )
    return head.eval()
