"""How a value came about, in the network's own numbers.

`unit_sum` takes one unit apart: what it reads, times its weights, plus its bias, through its function.
`partial_maps` does the same for a whole C3 map, by Table I. `added` tells what each map or unit of the layer
before adds to the sums of a layer. `contributions` tells which cells of the input speak for one digit rather than
another.

Numbers that are to be shown are rounded here, so that a pupil's calculator comes to what is shown: each is
rounded by itself, products are those of the shown factors, sums those of the shown terms, and what rounding
leaves between a sum and the network's own is a term of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet.model import AMPLITUDE, BACKGROUND, TABLE_I, LeNet5, normalise, squash
from lenet.prediction import FloatArray, Prediction

DECIMALS, MOST_DECIMALS = 3, 7  # of a number shown, and where three would not do
SCALE = 10**DECIMALS  # of fixed-point numbers: whole numbers that stand for thousandths
LARGEST = 8  # terms of a fully connected sum that are shown one by one; the rest is one number

# What each layer reads. Behind the output's logits `unit_sum` knows a "softmax" of ten units, which is no layer.
READS = {"c1": "input", "s2": "c1", "c3": "s2", "s4": "c3", "c5": "s4", "f6": "c5", "output": "f6"}

Numbers = dict[str, Any]


def unit_sum(model: LeNet5, prediction: Prediction, layer: str, unit: tuple[int, ...]) -> Numbers:
    """The arithmetic of one unit, in numbers of `DECIMALS` decimals that a calculator confirms.

    `layer` is "c1" … "output" or "softmax", `unit` its index in the layer's map: (map, row, column) up to
    s4, (unit,) from c5 on. Keys of the result: the unit's "value"; for all but softmax its "bias", the "total", which
    goes through the function, and "rounding", the total less the shown terms and the bias; and

    - c1, c3, c5: "terms", each with "map", "patch", "kernel", "products" (5×5 each) and "sum";
    - s2, s4: "cells" (2×2), "mean", "coefficient" and their "product";
    - f6, output: "terms" with "unit", "input", "weight", "product", largest first, and the "rest" of them;
    - softmax: "terms" with "digit", "logit" and "exponential" of the logit less the largest, and "total".

    In a map that is switched off "value" is what would be, and "instead" what is passed on.
    "rounding", "total" and the exponentials have more decimals where they would not give "value" otherwise.

    Raises ValueError for a layer or a unit that the network does not have.
    """
    shape = (10,) if layer == "softmax" else getattr(prediction.maps.get(layer), "shape", None)
    if shape is None:
        raise ValueError(f"{layer[:20]!r} is not a layer; the layers are {', '.join(READS)} and softmax.")
    if len(unit) != len(shape) or not all(0 <= at < size for at, size in zip(unit, shape, strict=True)):
        raise ValueError(f"{layer} has no unit {list(unit[:4])}; its shape is {'×'.join(map(str, shape))}.")
    if layer == "softmax":
        return _softmax(prediction, unit[0])
    passed_on = _rounded(prediction.maps[layer][unit])
    parts = {"s2": _subsampling, "s4": _subsampling, "f6": _fully_connected, "output": _fully_connected}
    numbers, terms, total = parts.get(layer, _convolution)(model, prediction, layer, unit)
    is_off = unit[0] in prediction.off.get(layer, ())
    value = _rounded(_squashed(total)) if is_off else passed_on
    if layer == "output":
        total = value
    else:
        total = round(total, _decimals(lambda decimals: _rounded(_squashed(round(total, decimals))) == value))
    rounding = round(total - float(sum(terms)) / SCALE, MOST_DECIMALS) + 0.0
    ends = {"rounding": rounding, "total": total, "value": value}
    return {**numbers, **ends, **({"instead": passed_on} if is_off else {})}


def _convolution(
    model: LeNet5, prediction: Prediction, layer: str, unit: tuple[int, ...]
) -> tuple[Numbers, list[int], float]:
    """What is shown of the sum, its shown terms in units of the last digit, and the sum itself."""
    number, row, column = unit if len(unit) == 3 else (*unit, 0, 0)
    sources = inputs(prediction, layer)
    kernels = _double(model.c3.kernels() if layer == "c3" else getattr(model, layer).weight)[number]
    maps = TABLE_I[number] if layer == "c3" else range(len(sources))
    patches = np.stack([sources[i, row : row + 5, column : column + 5] for i in maps])
    weights = kernels[list(maps)]
    products = _product(_to_fixed(patches), _to_fixed(weights))
    sums = products.sum(axis=(1, 2))
    bias = _double(getattr(model, layer).bias)[number]
    terms = [
        {"map": i, "patch": patch, "kernel": kernel, "products": product, "sum": total}
        for i, patch, kernel, product, total in zip(
            maps, _rounded(patches), _rounded(weights), _from_fixed(products), _from_fixed(sums), strict=True
        )
    ]
    numbers = {"terms": terms, "bias": _rounded(bias)}
    return numbers, [*sums, _to_fixed(bias)], float((patches * weights).sum() + bias)


def _subsampling(
    model: LeNet5, prediction: Prediction, layer: str, unit: tuple[int, ...]
) -> tuple[Numbers, list[int], float]:
    number, row, column = unit
    cells = inputs(prediction, layer)[number, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
    coefficient = _double(getattr(model, layer).coefficient)[number]
    bias = _double(getattr(model, layer).bias)[number]
    mean = _divide(_to_fixed(cells).sum(), 4)
    product = _product(mean, _to_fixed(coefficient))
    numbers = {
        "cells": _rounded(cells),
        "mean": _from_fixed(mean),
        "coefficient": _rounded(coefficient),
        "product": _from_fixed(product),
        "bias": _rounded(bias),
    }
    return numbers, [product, _to_fixed(bias)], float(coefficient * cells.mean() + bias)


def _fully_connected(
    model: LeNet5, prediction: Prediction, layer: str, unit: tuple[int, ...]
) -> tuple[Numbers, list[int], float]:
    sources = inputs(prediction, layer)
    weights = _double(getattr(model, layer).weight)[unit]
    bias = _double(getattr(model, layer).bias)[unit]
    order = np.argsort(-np.abs(sources * weights))
    largest, rest = order[:LARGEST], order[LARGEST:]
    products = _product(_to_fixed(sources), _to_fixed(weights))[largest]
    others = sources[rest] @ weights[rest]
    terms = [
        {"unit": int(i), "input": _rounded(sources[i]), "weight": _rounded(weights[i]), "product": product}
        for i, product in zip(largest, _from_fixed(products), strict=True)
    ]
    numbers = {
        "terms": terms,
        "rest": {"count": len(rest), "sum": _rounded(others)},
        "bias": _rounded(bias),
    }
    return numbers, [*products, _to_fixed(others), _to_fixed(bias)], float(sources @ weights + bias)


def _softmax(prediction: Prediction, digit: int) -> Numbers:
    logits = prediction.maps["output"].astype(np.float64)
    exponentials = np.exp(logits - logits.max())
    value = _rounded(prediction.probabilities[digit])

    def agrees(decimals: int) -> bool:
        shown = exponentials.round(decimals)
        return bool(_rounded(shown[digit] / shown.sum()) == value)

    decimals = _decimals(agrees)
    shown = exponentials.round(decimals)
    terms = [
        {"digit": i, "logit": logit, "exponential": exponential}
        for i, (logit, exponential) in enumerate(zip(_rounded(logits), shown.tolist(), strict=True))
    ]
    return {"terms": terms, "total": round(float(shown.sum()), decimals), "value": value}


def partial_maps(model: LeNet5, prediction: Prediction, number: int | None) -> dict[str, FloatArray]:
    """C3 map `number` by Table I: what each S2 map it reads adds to its sums, before bias and function.

    "partial" (k, 10, 10), in the table's order, "bias" (1,), "sums" (10, 10) = all partials + bias, and
    "map" (10, 10), the sums through the function. Raises ValueError for a map that C3 does not have.
    """
    if number is None or not 0 <= number < len(TABLE_I):
        raise ValueError(f"C3 has no map {number}; it has maps 0 to {len(TABLE_I) - 1}.")
    sources = torch.from_numpy(prediction.maps["s2"])
    with torch.inference_mode():
        kernels = model.c3.kernels()[number]
        partial = torch.cat(
            [torch.conv2d(sources[None, i : i + 1], kernels[None, i : i + 1])[0] for i in TABLE_I[number]]
        )
        bias = model.c3.bias[number : number + 1].detach()
        sums = partial.sum(0) + bias
        named = {"partial": partial, "bias": bias, "sums": sums, "map": squash(sums)}
    return {name: value.numpy() for name, value in named.items()}


def added(
    model: LeNet5, prediction: Prediction, layer: str, number: int | None = None
) -> NDArray[np.float64]:
    """What each map or unit of the layer before adds to the sums of a layer: with the bias they are the sums.

    Units first, what adds to them last. "c3" with a map's `number`: (10, 10, k), of each of the k S2 maps that it
    reads, in the order of Table I; "c5": (120, 16), of each S4 map; "f6": (84, 120), of each C5 unit; "output":
    (10, 84), of each F6 unit to each logit. Raises ValueError for another layer, and for "c3" without the number of a
    map that it has.
    """
    if layer == "c3":
        return np.moveaxis(partial_maps(model, prediction, number)["partial"].astype(np.float64), 0, -1)
    if layer not in ("c5", "f6", "output"):
        raise ValueError(
            f"{layer[:20]!r} is not a layer that adds up maps or units; those are c3, c5, f6, output."
        )
    sources = inputs(prediction, layer)
    weights = _double(getattr(model, layer).weight)
    if layer == "c5":
        return (weights * sources).sum(axis=(2, 3))
    return weights * sources


def contributions(
    model: LeNet5, prediction: Prediction, digit: int, other: int, nodes: int = 64
) -> tuple[NDArray[np.float64], float, float]:
    """Which input cells speak for `digit` rather than `other`, by integrated gradients.

    M. Sundararajan, A. Taly, Q. Yan, "Axiomatic Attribution for Deep Networks", ICML 2017: the gradient of
    the difference of the two logits, averaged on the straight way from the empty input to the drawing,
    times the ink. Returns (cells, empty, drawn): the (32, 32) contributions; the difference of the logits for
    the empty input, which no cell of the drawing explains; and the difference for the drawing. cells.sum() + empty
    is drawn, but for the error of a Gauss-Legendre quadrature with `nodes` nodes.

    Raises ValueError where `digit` and `other` are not two different digits from 0 to 9.
    """
    if not (0 <= digit <= 9 and 0 <= other <= 9 and digit != other):
        raise ValueError("Two different digits from 0 to 9 are compared.")
    ink = torch.from_numpy(prediction.input)
    places, weights = np.polynomial.legendre.leggauss(nodes)
    way = torch.from_numpy((places + 1) / 2).float()
    inputs = normalise(way[:, None, None] * ink)[:, None].requires_grad_()
    instead = {
        layer: {number: torch.from_numpy(prediction.maps[layer][number]) for number in numbers}
        for layer, numbers in prediction.off.items()
    }
    logits = model(inputs, instead)
    (gradient,) = torch.autograd.grad((logits[:, digit] - logits[:, other]).sum(), inputs)
    average = np.tensordot(weights / 2, gradient[:, 0].double().numpy(), axes=1)
    change = (normalise(ink) - BACKGROUND).double().numpy()
    with torch.inference_mode():
        both = normalise(torch.stack([torch.zeros_like(ink), ink]))[:, None]
        empty, drawn = model(both, instead).double().tolist()
    return average * change, empty[digit] - empty[other], drawn[digit] - drawn[other]


def inputs(prediction: Prediction, layer: str) -> NDArray[np.float64]:
    """What `layer` reads: its predecessor's values, for C1 the normalised input as one map."""
    if layer == "c1":
        return _double(normalise(torch.from_numpy(prediction.input)))[None]
    return prediction.maps[READS[layer]].astype(np.float64)


def _squashed(total: float) -> float:
    return AMPLITUDE * math.tanh(2 * total / 3)


def _decimals(agrees: Callable[[int], bool]) -> int:
    """The fewest decimals, `DECIMALS` at least, with which the numbers shown agree."""
    return next((count for count in range(DECIMALS, MOST_DECIMALS) if agrees(count)), MOST_DECIMALS)


def _to_fixed(values: Any) -> Any:
    """Rounded to whole units of the last digit shown."""
    return np.rint(np.asarray(values) * SCALE).astype(np.int64)


def _product(a: Any, b: Any) -> Any:
    """The product of numbers in units, in units."""
    return _divide(a * b, SCALE)


def _divide(numerator: Any, denominator: int) -> Any:
    """Rounded as at school: halves away from zero."""
    return np.sign(numerator) * ((2 * np.abs(numerator) + denominator) // (2 * denominator))


def _from_fixed(units: Any) -> Any:
    """Units as the number they stand for, arrays as nested lists."""
    return (units / SCALE).tolist()


def _rounded(value: Any) -> Any:
    """A number, or an array as nested lists, rounded to `DECIMALS`; no -0.0."""
    return _from_fixed(_to_fixed(value))


def _double(tensor: Tensor) -> NDArray[np.float64]:
    return tensor.detach().double().numpy()
