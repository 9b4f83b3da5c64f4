"""The arithmetic that is shown: it is the network's, and it adds up."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import torch

from lenet import Prediction, classify, load
from lenet.explain import READS, add_up, contributions, inputs, partial_maps, unit_sum
from lenet.model import TABLE_I, LeNet5, normalise

UNITS: list[tuple[str, tuple[int, ...]]] = [
    *[("c1", (m, r, c)) for m, r, c in ((0, 0, 0), (3, 13, 9), (5, 27, 27))],
    *[("s2", (m, r, c)) for m, r, c in ((0, 0, 0), (2, 7, 6), (5, 13, 13))],
    *[("c3", (m, r, c)) for m, r, c in ((0, 0, 0), (8, 4, 5), (15, 9, 9))],
    *[("s4", (m, r, c)) for m, r, c in ((0, 0, 0), (7, 2, 3), (15, 4, 4))],
    *[("c5", (u,)) for u in (0, 59, 119)],
    *[("f6", (u,)) for u in (0, 41, 83)],
    *[("output", (u,)) for u in range(10)],
]


@pytest.fixture(scope="module")
def model() -> LeNet5:
    """The shipped network."""
    return load()


@pytest.fixture(scope="module", params=["seven", "empty"])
def prediction(request: pytest.FixtureRequest) -> Prediction:
    """A drawn seven, and an empty pad, which has its values too."""
    seven = [np.array([[70.0, 60], [205, 62], [130, 232]])]
    return classify(seven if request.param == "seven" else [], 20)


def exact(numbers: Any) -> Decimal:
    """The exact decimal sum of numbers as they are shown, with three decimals."""
    return sum((Decimal(f"{value:.3f}") for value in np.ravel(numbers)), Decimal(0))


@pytest.mark.parametrize(("layer", "unit"), UNITS)
def test_shown_numbers_add_up_to_the_shown_value(
    model: LeNet5, prediction: Prediction, layer: str, unit: tuple[int, ...]
) -> None:
    """With the three decimals shown, the terms and the bias add up to the total, and it gives the value."""
    shown = unit_sum(model, prediction, layer, unit)
    if layer in ("s2", "s4"):
        assert exact([shown["product"], shown["bias"]]) == exact(shown["total"])
        assert shown["mean"] * shown["coefficient"] == pytest.approx(shown["product"], abs=0.003)
        assert np.mean(shown["cells"]) == pytest.approx(shown["mean"], abs=0.001)
    elif layer in ("f6", "output"):
        products = [term["product"] for term in shown["terms"]]
        assert exact([*products, shown["rest"]["sum"], shown["bias"]]) == exact(shown["total"])
        assert len(products) + shown["rest"]["count"] == (120 if layer == "f6" else 84)
    else:
        for term in shown["terms"]:
            assert exact(term["products"]) == exact(term["sum"])
            np.testing.assert_allclose(
                np.multiply(term["patch"], term["kernel"]), term["products"], atol=0.0025
            )
        assert exact([*(term["sum"] for term in shown["terms"]), shown["bias"]]) == exact(shown["total"])
    value = shown["total"] if layer == "output" else 1.7159 * math.tanh(2 * shown["total"] / 3)
    assert value == pytest.approx(shown["value"], abs=0.0012)


@pytest.mark.parametrize(("layer", "unit"), UNITS)
def test_the_value_is_the_networks_own(
    model: LeNet5, prediction: Prediction, layer: str, unit: tuple[int, ...]
) -> None:
    """The value taken apart is the one in the network's map, from what the network itself computes."""
    x = normalise(torch.from_numpy(prediction.input))[None, None]
    own = float(model.maps(x)[layer][0][unit].detach())
    assert unit_sum(model, prediction, layer, unit)["value"] == pytest.approx(own, abs=0.0006)


def test_softmax_shares_are_the_probabilities(model: LeNet5, prediction: Prediction) -> None:
    """Each digit's exponential over their shown sum is its probability; the exponentials add up."""
    for digit in range(10):
        shown = unit_sum(model, prediction, "softmax", (digit,))
        exponentials = [term["exponential"] for term in shown["terms"]]
        assert exact(exponentials) == exact(shown["total"])
        assert shown["value"] == pytest.approx(float(prediction.probabilities[digit]), abs=0.0011)
        assert exponentials[digit] / shown["total"] == pytest.approx(shown["value"], abs=0.0016)


@pytest.mark.parametrize(
    ("layer", "unit"),
    [
        ("c2", (0, 0, 0)),
        ("c1", (6, 0, 0)),
        ("c1", (0, 28, 0)),
        ("c1", (0, 0)),
        ("c5", (-1,)),
        ("output", (10,)),
    ],
)
def test_what_the_network_has_not_is_refused(
    model: LeNet5, prediction: Prediction, layer: str, unit: tuple[int, ...]
) -> None:
    """A layer or a unit that does not exist is one clear sentence."""
    with pytest.raises(ValueError, match=r"is not a layer|has no unit"):
        unit_sum(model, prediction, layer, unit)


@pytest.mark.parametrize("number", range(16))
def test_partial_maps_and_bias_make_the_c3_map(model: LeNet5, prediction: Prediction, number: int) -> None:
    """What Table I's S2 maps add, plus the bias, through the function, is the network's own C3 map."""
    parts = partial_maps(model, prediction, number)
    assert len(parts["partial"]) == len(TABLE_I[number])
    np.testing.assert_allclose(parts["partial"].sum(0) + parts["bias"], parts["sums"], atol=1e-4)
    np.testing.assert_allclose(parts["map"], prediction.maps["c3"][number], atol=1e-5)
    source, kernel = prediction.maps["s2"][TABLE_I[number][0]], model.c3.kernels()[number, TABLE_I[number][0]]
    naive = (source[2:7, 3:8] * kernel.detach().numpy()).sum()
    assert parts["partial"][0, 2, 3] == pytest.approx(naive, abs=1e-5)


@pytest.mark.parametrize(("digit", "other"), [(7, 1), (7, 2), (3, 9)])
def test_contributions_sum_to_the_difference_of_the_logits(
    model: LeNet5, prediction: Prediction, digit: int, other: int
) -> None:
    """Integrated gradients are complete: all cells and the empty input's difference make the drawing's."""
    cells, empty, drawn = contributions(model, prediction, digit, other)
    logits = prediction.maps["output"]
    assert drawn == pytest.approx(float(logits[digit] - logits[other]), abs=1e-4)
    assert cells.sum() + empty == pytest.approx(drawn, abs=0.005)
    assert not cells[prediction.input == 0].any(), "cells without ink contribute nothing"


def test_inputs_are_the_layer_before(model: LeNet5, prediction: Prediction) -> None:
    """Every layer reads its predecessor's values; C1 reads the normalised picture."""
    assert inputs(prediction, "c1")[0, 0, 0] == pytest.approx(-0.1)
    for layer, below in list(READS.items())[1:]:
        np.testing.assert_array_equal(inputs(prediction, layer), prediction.maps[below])


def test_add_up_moves_no_term_by_a_whole_unit() -> None:
    """Rounded terms add up exactly, and none is further than one unit of the last digit from its own."""
    rng = np.random.default_rng(0)
    for size in (1, 2, 25, 400):
        terms = rng.normal(0, 1, size)
        total = round(float(terms.sum()), 3)
        shown = add_up(terms, total)
        assert exact(shown) == exact(total)
        assert np.abs(np.array(shown) - terms).max() <= 0.001 + 1e-9
