"""The error without a map: its mean over all inputs in its place, and what is left of the errors."""

from __future__ import annotations

import pytest
import torch

from lenet import LeNet5, load
from lenet.evaluate.ablation import errors_without, mean_maps
from lenet.model import normalise


@pytest.fixture
def inputs() -> torch.Tensor:
    """Seven random (32, 32) inputs in [0, 1]."""
    return torch.rand(7, 32, 32, generator=torch.Generator().manual_seed(0))


def test_means_are_over_all_inputs(inputs: torch.Tensor) -> None:
    """The means are those of the maps' values, however many parts they were computed in."""
    model = load()
    many = inputs.repeat(150, 1, 1)[:1040]
    means = mean_maps(model, many)
    for layer in ("c1", "c3"):
        torch.testing.assert_close(
            means[layer], model.maps(normalise(many)[:, None])[layer].mean(0).detach(), atol=1e-4, rtol=0
        )


def test_errors_by_hand(inputs: torch.Tensor) -> None:
    """A map that all depends on costs what it costs; one that nothing reads costs nothing."""
    torch.manual_seed(0)
    model = LeNet5().eval()
    with torch.no_grad():
        model.s4.coefficient[4] = 0  # S4 tells nothing of C3's map 4
    labels = model(normalise(inputs)[:, None]).argmax(1)
    errors = errors_without(model, inputs, {"a": (inputs, labels), "b": (inputs, (labels + 1) % 10)})
    assert [len(errors[layer]) for layer in ("c1", "c3")] == [6, 16]
    assert errors["c3"][4] == {"a": 0, "b": 100}
