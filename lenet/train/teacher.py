"""The teachers: larger networks of today's kind, which LeNet-5 learns from and which are then thrown away.

A label says "7". A teacher's logits say "7, a little like a 1, not at all like an 8", for each distorted digit
anew, and a network as small as LeNet-5 learns more from that (G. Hinton, O. Vinyals, J. Dean, "Distilling the
Knowledge in a Neural Network", 2015). The teachers learn from the same digits and from nothing else. As those that
started differently err differently, LeNet-5 learns from the mean of their logits.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

BFLOAT16 = bool(
    torch.cpu.get_capabilities().get("avx512_bf16")
)  # without, it would take sixteen times as long


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

    def forward(self, x: Tensor) -> Tensor:
        """(B, 1, 32, 32) -> (B, 10), in bfloat16 on processors with instructions for it: in half the time."""
        with torch.autocast("cpu", torch.bfloat16, enabled=BFLOAT16):
            logits: Tensor = super().forward(x)  # type: ignore[no-untyped-call]
        return logits.float()


class Teachers(nn.Module):
    """An ensemble of teachers: the mean of their logits."""

    def __init__(self, paths: list[Path]) -> None:
        """The trained teachers in `paths`, in eval mode."""
        super().__init__()
        self.each = nn.ModuleList(Teacher() for _ in paths)
        for teacher, path in zip(self.each, paths, strict=True):
            teacher.load_state_dict(load_file(path))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # faster
        self.eval()

    def forward(self, x: Tensor) -> Tensor:
        """(B, 1, 32, 32) normalised pixels -> (B, 10) logits."""
        return torch.stack([teacher(x) for teacher in self.each]).mean(0)
