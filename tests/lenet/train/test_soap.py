"""The optimizer against another implementation of the paper's algorithm."""

from __future__ import annotations

import pytest
import pytorch_optimizer
import torch
from torch import nn

from lenet.train.soap import SOAP


@pytest.mark.parametrize(
    ("shape", "matrix"),
    [((4, 4), (4, 4)), ((4, 1, 2, 2), (4, 4)), ((6,), (6,))],
    ids=["matrix", "kernels", "vector"],
)
def test_soap_is_the_papers_algorithm(shape: tuple[int, ...], matrix: tuple[int, ...]) -> None:
    """Over four turns of the axes every step is the one that pytorch_optimizer takes for the same matrix."""
    generator = torch.Generator().manual_seed(0)
    ours, theirs = (nn.Parameter(torch.ones(size, dtype=torch.double)) for size in (shape, matrix))
    soap = SOAP([ours], lr=0.01, betas=(0.95, 0.99), weight_decay=0.02, every=5)
    peer = pytorch_optimizer.SOAP(
        [theirs], lr=0.01, betas=(0.95, 0.99), weight_decay=0.02, precondition_frequency=5
    )
    related = torch.randn(4, 4, generator=generator, dtype=torch.double) * 0.6 ** torch.arange(
        4
    )  # some axes carry more
    for _ in range(23):
        gradient = torch.randn(matrix, generator=generator, dtype=torch.double)
        if len(matrix) == 2:
            gradient = related @ gradient @ related.T
        ours.grad, theirs.grad = gradient.reshape(shape), gradient.clone()
        soap.step()
        peer.step()
        torch.testing.assert_close(ours.reshape(matrix), theirs, rtol=1e-4, atol=1e-5)
