"""LeNet-5, layer by layer as published.

Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document
Recognition", Proceedings of the IEEE 86(11), 1998, section II.B. Names and counts are the paper's:

    layer   output     what                                              trainable
    C1      6×28×28    5×5 convolution                                         156
    S2      6×14×14    2×2 average pooling × coefficient + bias, a map each     12
    C3      16×10×10   5×5 convolution, connected by Table I                 1,516
    S4      16×5×5     as S2                                                    32
    C5      120×1×1    5×5 convolution, fully connected                     48,120
    F6      84         fully connected                                      10,164
    output  10         fully connected, logits of a softmax                    850

Up to F6 that is the paper's own 60,000. Three things differ from the paper, and no more: its output
layer compares F6 with ten fixed codes (RBF units), ours is trained and feeds a softmax; its S2 and
S4 add their four inputs, ours average them, which is the same map with the coefficient times four;
and S2 and S4 start as plain averaging (coefficient 1, bias 0) where the paper starts at random.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Table I: for each of the 16 C3 maps, the S2 maps it reads.
TABLE_I: tuple[tuple[int, ...], ...] = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)

LAYERS = ("c1", "s2", "c3", "s4", "c5", "f6", "output")
AMPLITUDE = 1.7159  # the squashing function's A (appendix A): f(1) = 1 and f(-1) = -1
BACKGROUND, FOREGROUND = -0.1, 1.175  # pixel values of white and black (II.B): mean 0, variance 1

Instead = Mapping[str, Mapping[int, Tensor]]  # by layer, "c1" or "c3", and number: what a map's values are


def normalise(ink: Tensor) -> Tensor:
    """Ink in [0, 1] (1 = ink), any shape, as the pixel values the network was made for."""
    return ink * (FOREGROUND - BACKGROUND) + BACKGROUND


def squash(a: Tensor) -> Tensor:
    """The paper's squashing function f(a) = 1.7159 tanh(2a/3) of the weighted sums (appendix A)."""
    return AMPLITUDE * torch.tanh(a * (2 / 3))


class Subsampling(nn.Module):
    """S2 and S4: 2×2 average × one trainable coefficient + one trainable bias a map."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.coefficient = nn.Parameter(torch.ones(maps))
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, x: Tensor) -> Tensor:
        """(B, maps, 2h, 2w) -> weighted sums (B, maps, h, w)."""
        return F.avg_pool2d(x, 2) * self.coefficient[:, None, None] + self.bias[:, None, None]


class TableConvolution(nn.Module):
    """C3: a 5×5 convolution in which each map reads only the S2 maps that Table I gives it.

    `weight` holds the 60 kernels that exist, in the table's order; the others have no storage.
    """

    def __init__(self, table: tuple[tuple[int, ...], ...]) -> None:
        super().__init__()
        links = [(out, source) for out, sources in enumerate(table) for source in sources]
        out, source = torch.tensor(links).T.contiguous()
        self.weight = nn.Parameter(torch.empty(len(links), 5, 5))
        self.bias = nn.Parameter(torch.empty(len(table)))
        self.shape = (len(table), 1 + int(source.max()), 5, 5)
        self.register_buffer("out", out, persistent=False)
        self.register_buffer("source", source, persistent=False)

    def kernels(self) -> Tensor:
        """All kernels as one dense (16, 6, 5, 5) tensor, zero where Table I has no link."""
        dense = self.weight.new_zeros(self.shape)
        return dense.index_put((self.get_buffer("out"), self.get_buffer("source")), self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 6, 14, 14) -> weighted sums (B, 16, 10, 10)."""
        return F.conv2d(x, self.kernels(), self.bias)


class LeNet5(nn.Module):
    """Maps (B, 1, 32, 32) normalised pixels to (B, 10) logits."""

    def __init__(self) -> None:
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = Subsampling(6)
        self.c3 = TableConvolution(TABLE_I)
        self.s4 = Subsampling(16)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.output = nn.Linear(84, 10)
        self.initialise()

    def initialise(self) -> None:
        """Draw the weights from ±2.4/fan-in (appendix A), so that no unit starts saturated."""
        for layer in (self.c1, self.c5, self.f6, self.output):
            bound = 2.4 / layer.weight[0].numel()
            for parameter in layer.parameters():
                nn.init.uniform_(parameter, -bound, bound)
        with torch.no_grad():  # C3's maps read three, four or six S2 maps: each has its own fan-in
            inputs_of = torch.tensor([25.0 * len(sources) for sources in TABLE_I])
            bounds = 2.4 / inputs_of
            self.c3.bias.uniform_(-1, 1).mul_(bounds)
            self.c3.weight.uniform_(-1, 1).mul_(bounds[self.c3.get_buffer("out"), None, None])

    def maps(self, x: Tensor, instead: Instead | None = None) -> dict[str, Tensor]:
        """Every layer's values after its function, by layer name; "output" holds the logits.

        Shapes: c1 (B, 6, 28, 28), s2 (B, 6, 14, 14), c3 (B, 16, 10, 10), s4 (B, 16, 5, 5),
        c5 (B, 120), f6 (B, 84), output (B, 10). Maps of c1 and c3 that stand in `instead`, by their numbers,
        have the values given there, (28, 28) or (10, 10), whatever the network reads.
        """
        instead = instead or {}
        c1 = _replaced(squash(self.c1(x)), instead.get("c1"))
        s2 = squash(self.s2(c1))
        c3 = _replaced(squash(self.c3(s2)), instead.get("c3"))
        s4 = squash(self.s4(c3))
        c5 = squash(self.c5(s4)).flatten(1)
        f6 = squash(self.f6(c5))
        values = (c1, s2, c3, s4, c5, f6, self.output(f6))
        return dict(zip(LAYERS, values, strict=True))

    def forward(self, x: Tensor, instead: Instead | None = None) -> Tensor:
        """(B, 1, 32, 32) normalised pixels -> (B, 10) logits; softmax is the caller's. `instead` is as for `maps`."""
        return self.maps(x, instead)["output"]


def _replaced(maps: Tensor, instead: Mapping[int, Tensor] | None) -> Tensor:
    """(B, maps, h, w) with those of `instead` in place of the maps of their numbers."""
    if instead:
        maps = maps.clone()
        for number, values in instead.items():
            maps[:, number] = values
    return maps


def in_batches(read: Callable[[Tensor], Tensor], inputs: Tensor, size: int = 500) -> Tensor:
    """What `read`, a network or a part of one, makes of (N, 32, 32) inputs in [0, 1], `size` at a time: (N, …)."""
    with torch.no_grad():
        return torch.cat([read(normalise(part)[:, None]) for part in inputs.split(size)])
