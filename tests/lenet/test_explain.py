"""The arithmetic that is shown: it is the network's, and it adds up."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import torch

from lenet import Prediction, classify, load
from lenet.explain import READS, added, contributions, inputs, partial_maps, unit_sum
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


HALF = Decimal("0.0005")  # a unit of the last digit shown, halved


def written(value: float) -> Decimal:
    """A number as it is written: with three decimals, or with all that it has where they are more."""
    exact = Decimal(repr(value))  # 8e-06, too
    return exact if exact != round(exact, 3) else Decimal(f"{value:.3f}")


def total_of(numbers: Any) -> Decimal:
    """The exact sum of numbers as they are written."""
    return sum((written(value) for value in np.ravel(numbers).tolist()), Decimal(0))


def assert_product(a: float, b: float, product: float) -> None:
    """The calculator's product of two numbers as they are written rounds to the third."""
    assert abs(written(a) * written(b) - written(product)) <= HALF, (a, b, product)
    assert abs(product * 1000 - round(product * 1000)) < 1e-9, "a product has three decimals"


def many_units() -> list[tuple[str, tuple[int, ...]]]:
    """Units of every layer, some hundreds, at places without a pattern."""
    rng = np.random.default_rng(0)
    maps = {"c1": (6, 28, 28), "s2": (6, 14, 14), "c3": (16, 10, 10), "s4": (16, 5, 5)}
    drawn = [
        (name, tuple(rng.integers(0, shape).tolist())) for name, shape in maps.items() for _ in range(100)
    ]
    layers = {"c5": 20, "f6": 84, "output": 10}
    return [*drawn, *((name, (unit,)) for name, count in layers.items() for unit in range(count))]


def test_a_calculator_comes_to_what_is_shown(model: LeNet5, prediction: Prediction) -> None:
    """For units of every layer the shown factors give the shown products, these the shown sums, and they the value."""
    left_out = []
    for layer, unit in many_units():
        shown = unit_sum(model, prediction, layer, unit)
        if layer in ("s2", "s4"):
            assert abs(total_of(shown["cells"]) / 4 - written(shown["mean"])) <= HALF
            assert_product(shown["mean"], shown["coefficient"], shown["product"])
            terms = [shown["product"]]
        elif layer in ("f6", "output"):
            for term in shown["terms"]:
                assert_product(term["input"], term["weight"], term["product"])
            terms = [*(term["product"] for term in shown["terms"]), shown["rest"]["sum"]]
            assert len(shown["terms"]) + shown["rest"]["count"] == (120 if layer == "f6" else 84)
        else:
            for term in shown["terms"]:
                factors = zip(np.ravel(term["patch"]), np.ravel(term["kernel"]), strict=True)
                for (a, b), product in zip(factors, np.ravel(term["products"]), strict=True):
                    assert_product(float(a), float(b), float(product))
                assert total_of(term["products"]) == written(term["sum"])
            terms = [term["sum"] for term in shown["terms"]]
        assert total_of([*terms, shown["bias"], shown["rounding"]]) == written(shown["total"])
        value = shown["total"] if layer == "output" else 1.7159 * math.tanh(2 * shown["total"] / 3)
        assert Decimal(f"{value:.3f}") == written(shown["value"]), (layer, unit)
        left_out.append((layer, shown["rounding"]))
    most = {name: max(abs(rest) for layer, rest in left_out if layer == name) for name in READS}
    assert max(most[name] for name in ("c1", "s2", "s4", "output")) < 0.015
    assert max(most.values()) < 0.06, "what rounding leaves out is small beside the sums"


@pytest.mark.parametrize(("layer", "unit"), UNITS)
def test_the_value_is_the_networks_own(
    model: LeNet5, prediction: Prediction, layer: str, unit: tuple[int, ...]
) -> None:
    """The value taken apart is the one in the network's map, from what the network itself computes."""
    x = normalise(torch.from_numpy(prediction.input))[None, None]
    own = float(model.maps(x)[layer][0][unit].detach())
    assert unit_sum(model, prediction, layer, unit)["value"] == pytest.approx(own, abs=0.0006)


def test_softmax_shares_are_the_probabilities(model: LeNet5, prediction: Prediction) -> None:
    """A digit's shown exponential over the shown sum of all ten is its probability as it is shown elsewhere."""
    for digit in range(10):
        shown = unit_sum(model, prediction, "softmax", (digit,))
        exponentials = [term["exponential"] for term in shown["terms"]]
        assert total_of(exponentials) == written(shown["total"])
        assert f"{shown['value']:.3f}" == f"{prediction.probabilities[digit]:.3f}"
        assert f"{exponentials[digit] / shown['total']:.3f}" == f"{shown['value']:.3f}"


@pytest.mark.parametrize(
    ("layer", "unit", "sentence"),
    [
        (
            "c2" * 50,
            (0,),
            r"^'(c2){10}' is not a layer; the layers are c1, s2, c3, .*, output and softmax\.$",
        ),
        ("c1", (6, 0, 0), r"^c1 has no unit \[6, 0, 0\]; its shape is 6×28×28\.$"),
        ("c1", (0, 28, 0), r"^c1 has no unit \[0, 28, 0\]"),
        ("c1", (0, 0), r"^c1 has no unit \[0, 0\]"),
        ("s2", (1, 2, 3, 4, 5, 6), r"^s2 has no unit \[1, 2, 3, 4\]"),
        ("c5", (-1,), r"^c5 has no unit \[-1\]"),
        ("output", (10,), r"^output has no unit \[10\]"),
        ("softmax", (10,), r"^softmax has no unit \[10\]; its shape is 10\.$"),
    ],
)
def test_what_the_network_has_not_is_refused(
    model: LeNet5, prediction: Prediction, layer: str, unit: tuple[int, ...], sentence: str
) -> None:
    """A layer or a unit that does not exist is one clear sentence."""
    with pytest.raises(ValueError, match=sentence):
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


@pytest.mark.parametrize("layer", ["c3", "c5", "f6", "output"])
def test_what_is_added_makes_the_layer(model: LeNet5, prediction: Prediction, layer: str) -> None:
    """Summed over the sources, one after another, and with the bias it goes through the function to the layer's values."""
    bias = getattr(model, layer).bias.detach().double().numpy()
    values = prediction.maps[layer].astype(np.float64)
    for number in range(16 if layer == "c3" else 1):
        parts = added(model, prediction, layer, number if layer == "c3" else None)
        sums = parts.sum(axis=-1) + (bias[number] if layer == "c3" else bias)
        through = sums if layer == "output" else 1.7159 * np.tanh(2 * sums / 3)
        np.testing.assert_allclose(through, values[number] if layer == "c3" else values, atol=1e-4)


def test_what_each_source_adds_is_its_own_part_of_the_sum(model: LeNet5, prediction: Prediction) -> None:
    """What one S2 map, S4 map or F6 unit adds is the sum of its own cells times its own weights, cell by cell."""
    s2, s4, f6 = (prediction.maps[name].astype(float) for name in ("s2", "s4", "f6"))
    c3, c5, output = (
        getattr(model, name).weight.detach().double().numpy() for name in ("c3", "c5", "output")
    )
    cells = [(i, j) for i in range(5) for j in range(5)]
    first = model.c3.kernels()[9, TABLE_I[9][1]].detach().double().numpy()
    by_hand = sum(s2[TABLE_I[9][1], 4 + i, 7 + j] * first[i, j] for i, j in cells)
    assert added(model, prediction, "c3", 9)[4, 7, 1] == pytest.approx(by_hand, abs=1e-5)
    assert c3.size == 60 * 25
    by_hand = sum(s4[11, i, j] * c5[37, 11, i, j] for i, j in cells)
    assert added(model, prediction, "c5")[37, 11] == pytest.approx(by_hand, abs=1e-5)
    assert added(model, prediction, "output")[7, 40] == pytest.approx(f6[40] * output[7, 40], abs=1e-6)


@pytest.mark.parametrize(
    ("layer", "number", "sentence"),
    [
        ("c1", None, r"^'c1' is not a layer that adds up maps or units; those are c3, c5, f6, output\.$"),
        ("s2" * 50, 0, r"^'(s2){10}' is not a layer"),
        ("c3", None, r"^C3 has no map None"),
        ("c3", 16, r"^C3 has no map 16; it has maps 0 to 15\.$"),
        ("c3", -1, r"^C3 has no map -1; it has maps 0 to 15\.$"),
    ],
)
def test_no_parts_of_what_adds_up_none(
    model: LeNet5, prediction: Prediction, layer: str, number: int | None, sentence: str
) -> None:
    """A layer that adds up no maps, and a map that C3 does not have, are refused in a sentence."""
    with pytest.raises(ValueError, match=sentence):
        added(model, prediction, layer, number)


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


def test_what_is_shown_is_the_networks_own(model: LeNet5, prediction: Prediction) -> None:
    """What a unit reads, its weights and its bias are the network's, rounded; of many terms the largest are shown."""
    own = {name: weights.detach().numpy() for name, weights in model.named_parameters()}
    kernels = {"c1": own["c1.weight"], "c3": model.c3.kernels().detach().numpy(), "c5": own["c5.weight"]}

    def same(shown: Any, exact: Any) -> None:
        np.testing.assert_allclose(shown, exact, rtol=0, atol=0.00051)

    for layer, unit in many_units():
        shown, source = unit_sum(model, prediction, layer, unit), inputs(prediction, layer)
        same(shown["bias"], own[f"{layer}.bias"][unit[0]])
        if layer in ("s2", "s4"):
            number, row, column = unit
            same(shown["cells"], source[number, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2])
            same(shown["coefficient"], own[f"{layer}.coefficient"][number])
        elif layer in ("f6", "output"):
            products = source * own[f"{layer}.weight"][unit[0]]
            order = np.argsort(-np.abs(products))
            assert [term["unit"] for term in shown["terms"]] == order[:8].tolist()
            same([term["input"] for term in shown["terms"]], source[order[:8]])
            same([term["weight"] for term in shown["terms"]], own[f"{layer}.weight"][unit[0]][order[:8]])
            same(shown["rest"]["sum"], products[order[8:]].sum())
        else:
            row, column = unit[1:] if len(unit) == 3 else (0, 0)
            maps = [term["map"] for term in shown["terms"]]
            assert maps == list(TABLE_I[unit[0]] if layer == "c3" else range(len(source)))
            same([term["patch"] for term in shown["terms"]], source[maps, row : row + 5, column : column + 5])
            same([term["kernel"] for term in shown["terms"]], kernels[layer][unit[0], maps])


def test_softmax_terms_are_the_logits(model: LeNet5, prediction: Prediction) -> None:
    """The softmax's terms are the ten digits' logits, and e to the power of each less the largest."""
    logits = prediction.maps["output"].astype(float)
    terms = unit_sum(model, prediction, "softmax", (3,))["terms"]
    assert [term["digit"] for term in terms] == list(range(10))
    np.testing.assert_allclose([term["logit"] for term in terms], logits, rtol=0, atol=0.00051)
    np.testing.assert_allclose(
        [term["exponential"] for term in terms], np.exp(logits - logits.max()), rtol=0, atol=0.00051
    )


def decimals(*numbers: float) -> int:
    """The most decimals that any of the numbers is written with."""
    return max(len(repr(number).partition(".")[2]) for number in numbers)


def test_no_more_decimals_than_it_takes(model: LeNet5, prediction: Prediction) -> None:
    """A sum has a fourth decimal, or more, only where the numbers around it with one less do not both do."""
    for layer, unit in many_units():
        shown = unit_sum(model, prediction, layer, unit)
        digits = decimals(shown["total"])
        if layer == "output":
            assert digits <= 3
        elif digits > 3:
            scaled = shown["total"] * 10 ** (digits - 1)
            around = [whole / 10 ** (digits - 1) for whole in (math.floor(scaled), math.ceil(scaled))]
            values = {f"{1.7159 * math.tanh(2 * total / 3):.3f}" for total in around}
            assert values != {f"{shown['value']:.3f}"}, (layer, unit)


def test_no_more_decimals_of_exponentials_than_it_takes(model: LeNet5, prediction: Prediction) -> None:
    """The exponentials, too, have three decimals but where a share would not be right with one less."""
    logits = prediction.maps["output"].astype(float)
    for digit in range(10):
        shown = unit_sum(model, prediction, "softmax", (digit,))
        exponentials = np.exp(logits - logits.max())
        digits = decimals(shown["total"], *(term["exponential"] for term in shown["terms"]))
        shares = [e[digit] / e.sum() for e in (exponentials.round(d) for d in range(3, digits))]
        assert f"{shown['value']:.3f}" not in [f"{share:.3f}" for share in shares]


@pytest.mark.parametrize("number", [-1, 16])
def test_a_c3_map_that_there_is_not(model: LeNet5, prediction: Prediction, number: int) -> None:
    """C3 has sixteen maps; another one is refused in a sentence."""
    with pytest.raises(ValueError, match=rf"^C3 has no map {number}; it has maps 0 to 15\.$"):
        partial_maps(model, prediction, number)


@pytest.mark.parametrize(("digit", "other"), [(0, 9), (9, 0), (10, 0), (0, 10), (-1, 0), (0, -1), (5, 5)])
def test_two_different_digits_are_compared(
    model: LeNet5, prediction: Prediction, digit: int, other: int
) -> None:
    """Any two of the ten digits are compared; all else is refused in a sentence."""
    if digit != other and {digit, other} <= set(range(10)):
        contributions(model, prediction, digit, other, nodes=2)
    else:
        with pytest.raises(ValueError, match=r"^Two different digits from 0 to 9 are compared\.$"):
            contributions(model, prediction, digit, other)
