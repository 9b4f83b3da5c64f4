"""The teacher: a larger network of today's kind, which LeNet-5 learns from and which is then thrown away.

A label says "7". The teacher says "7, a little like a 1, not at all like an 8", and says so for each
distorted digit anew. That tells so small a network as LeNet-5 more than labels do (Hinton et al.,
"Distilling the Knowledge in a Neural Network", 2015). The teacher learns from the same digits and from
nothing else.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn


def _layer(inputs: int, outputs: int, size: int, stride: int = 1, padding: int = 0) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, size, stride, padding, bias=False)
    return [convolution, nn.BatchNorm2d(outputs), nn.ReLU()]


class Teacher(nn.Sequential):
    """Maps (B, 1, 32, 32) normalised pixels to (B, 10) logits; 182,058 parameters."""

    def __init__(self) -> None:
        super().__init__(
            *_layer(1, 32, 5, stride=2),  # 14×14
            *_layer(32, 64, 3, padding=1),
            nn.MaxPool2d(2),  # 7×7
            *_layer(64, 96, 3, padding=1),
            *_layer(96, 96, 3),  # 5×5
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(96 * 25, 10),
        )


def load_teacher(path: Path) -> Teacher:
    """The trained teacher in `path`, in eval mode."""
    teacher = Teacher()
    teacher.load_state_dict(load_file(path))
    teacher.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # faster
    return teacher.eval()
