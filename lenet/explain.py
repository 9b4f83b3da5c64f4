"""How a value came about, in the network's own numbers.

`unit_sum` takes one unit apart: what it reads, times its weights, plus its bias, through its function.
`partial_maps` does the same for a whole C3 map, by Table I. `contributions` tells which cells of the input
speak for one digit rather than another.

Numbers that are to be shown are rounded here, so that what is shown adds up: `add_up` rounds a sum's
terms up or down, each by less than one unit of the last digit, such that they add up to the rounded sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet.model import BACKGROUND, TABLE_I, LeNet5, normalise, squash
from lenet.prediction import FloatArray, Prediction

DIGITS = 3  # decimals of every number shown
LARGEST = 8  # terms of a fully connected sum that are shown one by one; the rest is one number

# What each layer reads; a softmax "layer" of ten units stands behind the logits.
READS = {"c1": "input", "s2": "c1", "c3": "s2", "s4": "c3", "c5": "s4", "f6": "c5", "output": "f6"}

Numbers = dict[str, Any]


def unit_sum(model: LeNet5, prediction: Prediction, layer: str, unit: tuple[int, ...]) -> Numbers:
    """The arithmetic of one unit, every number rounded to `DIGITS` so that the sums add up.

    `layer` is "c1" … "output" or "softmax", `unit` its index in the layer's map: (map, row, column) up to
    s4, (unit,) from c5 on. Keys of the result: "value", for all but softmax "bias" and "total", and

    - c1, c3, c5: "terms", each with "map", "patch", "kernel", "products" (5×5 each) and "sum";
    - s2, s4: "cells" (2×2), "mean", "coefficient" and their "product";
    - f6, output: "terms" with "unit", "input", "weight", "product", largest first, and the "rest" of them;
    - softmax: "terms" with "digit", "logit" and "exponential" of the logit less the largest, and "total".

    Raises ValueError for a layer or a unit that the network does not have.
    """
    shape = (10,) if layer == "softmax" else getattr(prediction.maps.get(layer), "shape", None)
    if shape is None:
        raise ValueError(f'"{layer}" is not a layer; the layers are {", ".join(READS)} and softmax.')
    if len(unit) != len(shape) or not all(0 <= at < size for at, size in zip(unit, shape, strict=True)):
        raise ValueError(f"{layer} has no unit {list(unit)}; its shape is {'×'.join(map(str, shape))}.")
    if layer == "softmax":
        return _softmax(prediction, unit[0])
    value = {"value": _rounded(prediction.maps[layer][unit])}
    if layer in ("s2", "s4"):
        return _subsampling(model, prediction, layer, unit) | value
    if layer in ("f6", "output"):
        return _fully_connected(model, prediction, layer, unit[0]) | value
    return _convolution(model, prediction, layer, unit) | value


def _convolution(model: LeNet5, prediction: Prediction, layer: str, unit: tuple[int, ...]) -> Numbers:
    number, row, column = unit if len(unit) == 3 else (*unit, 0, 0)
    sources = inputs(prediction, layer)
    kernels = _double(model.c3.kernels() if layer == "c3" else getattr(model, layer).weight)[number]
    maps = TABLE_I[number] if layer == "c3" else range(len(sources))
    patches = [sources[i, row : row + 5, column : column + 5] for i in maps]
    products = [patch * kernels[i] for i, patch in zip(maps, patches, strict=True)]
    bias = float(_double(getattr(model, layer).bias)[number])
    *sums, shown_bias, total = with_total([*(product.sum() for product in products), bias])
    terms = [
        {
            "map": i,
            "patch": _rounded(patch),
            "kernel": _rounded(kernels[i]),
            "products": np.reshape(add_up(product.ravel(), shown), (5, 5)).tolist(),
            "sum": shown,
        }
        for i, patch, product, shown in zip(maps, patches, products, sums, strict=True)
    ]
    return {"terms": terms, "bias": shown_bias, "total": total}


def _subsampling(model: LeNet5, prediction: Prediction, layer: str, unit: tuple[int, ...]) -> Numbers:
    number, row, column = unit
    cells = inputs(prediction, layer)[number, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
    subsampling = getattr(model, layer)
    coefficient = float(_double(subsampling.coefficient)[number])
    bias = float(_double(subsampling.bias)[number])
    product, shown_bias, total = with_total([coefficient * cells.mean(), bias])
    return {
        "cells": _rounded(cells),
        "mean": _rounded(cells.mean()),
        "coefficient": _rounded(coefficient),
        "product": product,
        "bias": shown_bias,
        "total": total,
    }


def _fully_connected(model: LeNet5, prediction: Prediction, layer: str, unit: int) -> Numbers:
    sources = inputs(prediction, layer)
    weights = _double(getattr(model, layer).weight)[unit]
    products = sources * weights
    order = np.argsort(-np.abs(products))
    largest, rest = order[:LARGEST], order[LARGEST:]
    bias = float(_double(getattr(model, layer).bias)[unit])
    *shown, shown_rest, shown_bias, total = with_total([*products[largest], products[rest].sum(), bias])
    terms = [
        {"unit": int(i), "input": _rounded(sources[i]), "weight": _rounded(weights[i]), "product": product}
        for i, product in zip(largest, shown, strict=True)
    ]
    return {
        "terms": terms,
        "rest": {"count": len(rest), "sum": shown_rest},
        "bias": shown_bias,
        "total": total,
    }


def _softmax(prediction: Prediction, digit: int) -> Numbers:
    logits = prediction.maps["output"].astype(np.float64)
    exponentials = np.exp(logits - logits.max())
    *shown, total = with_total(exponentials)
    shares = add_up(exponentials / exponentials.sum(), 1.0)
    terms = [
        {"digit": i, "logit": _rounded(logit), "exponential": exponential}
        for i, (logit, exponential) in enumerate(zip(logits, shown, strict=True))
    ]
    return {"terms": terms, "total": total, "value": shares[digit]}


def partial_maps(model: LeNet5, prediction: Prediction, number: int) -> dict[str, FloatArray]:
    """C3 map `number` by Table I: what each S2 map it reads adds to its sums, before bias and function.

    "partial" (k, 10, 10), in the table's order, "bias" (1,), "sums" (10, 10) = all partials + bias, and
    "map" (10, 10), the sums through the function. Raises ValueError for a map that C3 does not have.
    """
    if not 0 <= number < len(TABLE_I):
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


def contributions(
    model: LeNet5, prediction: Prediction, digit: int, other: int, nodes: int = 64
) -> tuple[NDArray[np.float64], float, float]:
    """Which input cells speak for `digit` rather than `other`, by integrated gradients.

    M. Sundararajan, A. Taly, Q. Yan, "Axiomatic Attribution for Deep Networks", ICML 2017: the gradient of
    the difference of the two logits, averaged on the straight way from the empty input to the drawing,
    times the ink. Returns the (32, 32) contributions; the difference of the logits for the empty input,
    which no cell of the drawing explains; and the difference for the drawing. Contributions and first
    number add up to the second, but for the error of a Gauss-Legendre quadrature with `nodes` nodes.
    """
    if not (0 <= digit <= 9 and 0 <= other <= 9 and digit != other):
        raise ValueError("Two different digits from 0 to 9 are compared.")
    ink = torch.from_numpy(prediction.input)
    places, weights = np.polynomial.legendre.leggauss(nodes)
    way = torch.from_numpy((places + 1) / 2).float()
    inputs = normalise(way[:, None, None] * ink)[:, None].requires_grad_()
    logits = model(inputs)
    (gradient,) = torch.autograd.grad((logits[:, digit] - logits[:, other]).sum(), inputs)
    average = np.tensordot(weights / 2, gradient[:, 0].double().numpy(), axes=1)
    change = (normalise(ink) - BACKGROUND).double().numpy()
    with torch.inference_mode():
        empty, drawn = model(normalise(torch.stack([torch.zeros_like(ink), ink]))[:, None]).double().tolist()
    return average * change, empty[digit] - empty[other], drawn[digit] - drawn[other]


def inputs(prediction: Prediction, layer: str) -> NDArray[np.float64]:
    """What `layer` reads: its predecessor's values, for C1 the normalised input as one map."""
    if layer == "c1":
        return _double(normalise(torch.from_numpy(prediction.input)))[None]
    return prediction.maps[READS[layer]].astype(np.float64)


def add_up(terms: Iterable[float], total: float, digits: int = DIGITS) -> list[float]:
    """`terms` rounded up or down so that they add up to `total`, which is rounded already."""
    scaled = np.array([float(term) for term in terms]) * 10**digits
    down = np.floor(scaled)
    missing = round(total * 10**digits - down.sum())
    nearest_first = np.argsort(down - scaled, kind="stable")  # the largest remainder goes up first
    down[nearest_first[: max(missing, 0)]] += 1
    down[nearest_first[len(down) + min(missing, 0) :]] -= 1
    return [round(float(value), digits) for value in down / 10**digits]


def with_total(terms: Iterable[float], digits: int = DIGITS) -> list[float]:
    """`terms`, rounded so that they add up, and behind them their rounded sum."""
    exact = [float(term) for term in terms]
    total = round(sum(exact), digits)
    return [*add_up(exact, total, digits), total]


def _rounded(value: Any) -> Any:
    """A number, or an array as nested lists, rounded to `DIGITS`; no -0.0."""
    return (np.round(np.asarray(value, dtype=np.float64), DIGITS) + 0.0).tolist()


def _double(tensor: Tensor) -> NDArray[np.float64]:
    return tensor.detach().double().numpy()
