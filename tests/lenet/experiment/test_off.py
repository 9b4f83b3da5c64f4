"""Maps switched off: against a forward pass of its own with their means over the training digits in their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from lenet import Conditions, Prediction, classify, load, vary
from lenet.checkpoint import UNITS
from lenet.experiment.vary import changed
from lenet.explain import contributions, unit_sum
from lenet.rejection import load_rejection
from lenet.units import Off, instead

FOUR: Any = [[[100.0, 50], [80, 150], [200, 150]], [[170, 60], [165, 240]]]
ONE: Any = [[[140.0, 40], [138, 240]]]
OFF: list[Off] = [
    {"c1": [1]},
    {"c3": [0, 7, 15]},
    {"c1": [0, 3], "c3": [4]},
    {"c1": range(6), "c3": range(16)},
]


def forward(picture: NDArray[np.float32], off: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    """LeNet-5's layers from its weights, with the means that units.npz holds in place of the maps in `off`."""
    weights = {name: value for name, value in load().state_dict().items()}
    dense = load().c3.kernels().detach()
    with np.load(UNITS) as file:
        means = {layer: torch.from_numpy(file[f"mean {layer}"]) for layer in ("c1", "c3")}

    def f(a: torch.Tensor) -> torch.Tensor:
        return 1.7159 * torch.tanh(2 * a / 3)

    def half(x: torch.Tensor, layer: str) -> torch.Tensor:
        coefficient, bias = (weights[f"{layer}.{name}"][:, None, None] for name in ("coefficient", "bias"))
        return f(F.avg_pool2d(x, 2) * coefficient + bias)

    def switched(x: torch.Tensor, layer: str) -> torch.Tensor:
        return torch.stack(
            [means[layer][n] if n in off.get(layer, ()) else values for n, values in enumerate(x[0])]
        )[None]

    c1 = switched(
        f(
            F.conv2d(
                torch.from_numpy(picture * 1.275 - 0.1)[None, None], weights["c1.weight"], weights["c1.bias"]
            )
        ),
        "c1",
    )
    c3 = switched(f(F.conv2d(half(c1, "s2"), dense, weights["c3.bias"])), "c3")
    c5 = f(F.conv2d(half(c3, "s4"), weights["c5.weight"], weights["c5.bias"])).flatten(1)
    f6 = f(F.linear(c5, weights["f6.weight"], weights["f6.bias"]))
    output = F.linear(f6, weights["output.weight"], weights["output.bias"])
    layers = {"c1": c1, "c3": c3, "c5": c5, "f6": f6, "output": output}
    return {name: value[0].numpy() for name, value in layers.items()}


def without(off: Off) -> Prediction:
    """The 4, read without these maps."""
    return changed(FOUR, "turn", 0, 20, conditions=Conditions(off=off))


@pytest.mark.parametrize("off", OFF)
def test_a_map_that_is_off_passes_on_its_mean(off: Off) -> None:
    """All layers, the probabilities and the doubt are those of a forward pass with the means in the maps' place."""
    found = without(off)
    expected = forward(found.input, off)
    for layer, values in expected.items():
        np.testing.assert_allclose(found.maps[layer], values, atol=1e-4)
    chances = np.exp(expected["output"] - expected["output"].max())
    np.testing.assert_allclose(found.probabilities, chances / chances.sum(), atol=1e-5)
    features = torch.from_numpy(np.concatenate([expected["c5"], expected["f6"]]))[None]
    with torch.no_grad():
        assert found.is_digit == pytest.approx(float(load_rejection()(features).sigmoid()), abs=1e-4)


def test_none_off_is_the_network_as_it_is() -> None:
    """With nothing switched off, and only then, a drawing is read as always."""
    plain = classify(FOUR, 20)
    nothing: list[Off] = [{}, {"c1": []}, {"c1": [], "c3": []}]
    for off in nothing:
        np.testing.assert_array_equal(without(off).maps["output"], plain.maps["output"])
    assert all(np.abs(without(off).maps["output"] - plain.maps["output"]).max() > 0.01 for off in OFF)


def test_with_all_off_every_drawing_is_the_same() -> None:
    """Without C3 nothing that is drawn reaches the answer."""
    off: Off = {"c3": range(16)}
    one = changed(ONE, "turn", 0, 20, conditions=Conditions(off=off))
    np.testing.assert_array_equal(one.maps["output"], without(off).maps["output"])


def test_a_range_is_read_without_them_too() -> None:
    """Each position of a range is what the drawing gives there without these maps."""
    conditions = Conditions(off={"c1": [1], "c3": [2]})
    found = vary(FOUR, "turn", [-40, 0, 25], 20, conditions=conditions)
    for value, row in zip((-40, 0, 25), found.probabilities, strict=True):
        alone = changed(FOUR, "turn", value, 20, conditions=conditions)
        np.testing.assert_allclose(row, alone.probabilities, atol=1e-5)


def test_sums_tell_what_is_passed_on() -> None:
    """A unit of a map that is off comes to what it would be, and tells what is passed on; its readers read that."""
    plain, off = classify(FOUR, 20), without({"c1": [2]})
    own = unit_sum(load(), off, "c1", (2, 12, 9))
    assert own.pop("instead") == pytest.approx(float(off.maps["c1"][2, 12, 9]), abs=0.0005)
    assert own == unit_sum(load(), plain, "c1", (2, 12, 9))
    cells = unit_sum(load(), off, "s2", (2, 6, 4))["cells"]
    np.testing.assert_allclose(cells, off.maps["c1"][2, 12:14, 8:10], atol=0.0005)
    assert "instead" not in unit_sum(load(), off, "c1", (3, 12, 9))


def test_why_is_asked_of_the_network_without_them() -> None:
    """What speaks for a digit adds up to the difference of the logits that are read without the maps."""
    off = without({"c1": [1], "c3": [4]})
    cells, empty, drawn = contributions(load(), off, 4, 9)
    assert drawn == pytest.approx(float(off.maps["output"][4] - off.maps["output"][9]), abs=1e-3)
    assert float(cells.sum()) + empty == pytest.approx(drawn, abs=0.02)


@pytest.mark.parametrize(
    ("off", "sentence"),
    [
        ([1], "by their layer"),
        ({"s2": [1]}, "by their layer"),
        ({"c1": 1}, "C1 have the whole numbers from 0 to 5"),
        ({"c1": [6]}, "C1 have the whole numbers from 0 to 5"),
        ({"c3": [-1]}, "C3 have the whole numbers from 0 to 15"),
        ({"c3": [True]}, "C3 have"),
        ({"c3": "12"}, "C3 have"),
    ],
)
def test_what_is_no_map_is_refused(off: Any, sentence: str) -> None:
    """What names no map of C1 or C3 is a ValueError with one sentence."""
    with pytest.raises(ValueError, match=sentence):
        instead(off)
