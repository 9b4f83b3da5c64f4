"""The message that the page draws from."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from demo import message
from demo.message import kernels
from lenet import classify, load, units
from lenet.explain import added, contributions, partial_maps
from lenet.model import TABLE_I
from lenet.strokes import Stroke

SEVEN: list[Stroke] = [np.array([[70.0, 60.0], [205, 62], [130, 232]])]
DTYPES = {"float32": np.float32, "int8": np.int8, "uint8": np.uint8}


def unpack(message: bytes) -> tuple[int | None, dict[str, np.ndarray]]:
    """The format as demo/message.py describes it, read independently of its writer."""
    length = int.from_bytes(message[:4], "little")
    header = json.loads(message[4 : 4 + length])
    offset, arrays = 4 + length, {}
    for array in header["arrays"]:
        dtype = np.dtype(DTYPES[array["type"]])
        assert offset % dtype.itemsize == 0, "JavaScript's typed arrays want aligned values"
        values = np.frombuffer(message, dtype, int(np.prod(array["shape"])), offset)
        arrays[array["name"]] = values.reshape(array["shape"]) * array["scale"]
        offset += values.nbytes
    assert offset == len(message)
    return header["digit"], arrays


@pytest.mark.parametrize("strokes", [SEVEN, []], ids=["seven", "empty"])
def test_carries_every_layer(strokes: list[Stroke]) -> None:
    """A message unpacks to the prediction: numbers exactly, painted values within half a step."""
    prediction = classify(strokes)
    digit, arrays = unpack(message.prediction(prediction))
    assert digit == prediction.digit
    np.testing.assert_array_equal(arrays["probabilities"], prediction.probabilities)
    chance = np.nan if prediction.is_digit is None else np.float32(prediction.is_digit)
    np.testing.assert_array_equal(arrays["is_digit"], [chance])
    np.testing.assert_array_equal(arrays["logits"], prediction.maps["output"])
    np.testing.assert_array_equal(np.rint(arrays["fitted"] * 255), prediction.steps.fitted)
    np.testing.assert_allclose(arrays["input"], prediction.input, atol=0.5 / 255)
    for name in ("c1", "s2", "c3", "s4", "c5", "f6"):
        np.testing.assert_allclose(arrays[name], prediction.maps[name], atol=0.5 * 1.7159 / 127 + 1e-6)


def test_carries_what_is_asked_for_beside_it() -> None:
    """A network's own kernels and the probabilities before come with a prediction where they are told, else not."""
    prediction, model, before = classify(SEVEN), load(), np.linspace(0, 1, 10, dtype=np.float32)
    plain = unpack(message.prediction(prediction))[1]
    arrays = unpack(message.prediction(prediction, model, before))[1]
    assert arrays.keys() - plain.keys() == {"kernels_c1", "kernels_c3", "before"}
    np.testing.assert_array_equal(arrays["before"], before)
    np.testing.assert_array_equal(arrays["kernels_c1"], model.c1.weight.detach()[:, 0].numpy())
    np.testing.assert_array_equal(arrays["kernels_c3"], model.c3.weight.detach().numpy())


def test_maps_are_painted_as_what_they_differ_by() -> None:
    """Beside another prediction every layer is the difference from it, cut off where the colours end."""
    prediction, other = classify(SEVEN), classify([SEVEN[0][:, ::-1]])
    arrays = unpack(message.prediction(prediction, as_drawn=other))[1]
    layers = ("c1", "s2", "c3", "s4", "c5", "f6")
    differences = [prediction.maps[name] - other.maps[name] for name in layers]
    assert max(np.abs(difference).max() for difference in differences) > 1.7159, "some go beyond the colours"
    for name, difference in zip(layers, differences, strict=True):
        expected = difference.clip(-1.7159, 1.7159)
        np.testing.assert_allclose(arrays[name], expected, atol=0.5 * 1.7159 / 127 + 1e-6)
    np.testing.assert_array_equal(arrays["logits"], prediction.maps["output"])


def test_says_that_there_are_several() -> None:
    """Words go with a drawing of several digits, and with no other."""
    drawings = [SEVEN, [SEVEN[0] + [shift, 0] for shift in (0, 250)]]
    messages = [message.prediction(classify(strokes, 20)) for strokes in drawings]
    headers = [json.loads(one[4 : 4 + int.from_bytes(one[:4], "little")]) for one in messages]
    assert [header["words"] for header in headers] == [None, "More than one digit? Draw one."]


def test_is_small() -> None:
    """An update stays below 12 KB."""
    assert len(message.prediction(classify(SEVEN))) < 12 * 1024


@pytest.mark.parametrize("strokes", [SEVEN, [SEVEN[0][:, ::-1] - 500]], ids=["tall", "wide"])
def test_the_steps_tell_where_the_strokes_went(strokes: list[Stroke]) -> None:
    """The box holds the strokes and half a pen around them in its middle; its cells lie in the input as told."""
    arrays = unpack(message.prediction(classify(strokes)))[1]
    left, top, side, pen, row, column, first_row, first_column = arrays["placement"]
    low, high = strokes[0].min(axis=0), strokes[0].max(axis=0)
    pixel = (high - low).max() / 105  # of 120 pixels the pen, 15 wide, takes half its width at either end
    assert pen == pytest.approx(15 * pixel)
    assert side == pytest.approx(120 * pixel)
    np.testing.assert_allclose([left + side / 2, top + side / 2], (low + high) / 2, atol=pixel)
    np.testing.assert_allclose(
        [row, column], np.add(ndimage.center_of_mass(arrays["fitted"]), 0.5), rtol=1e-6
    )
    rows, columns = np.nonzero(arrays["fitted"])
    placed = np.zeros((32, 32))
    placed[rows + int(first_row) + 2, columns + int(first_column) + 2] = arrays["fitted"][rows, columns]
    np.testing.assert_allclose(arrays["input"], placed)


@pytest.mark.parametrize("drawing", [[], np.eye(28)], ids=["nothing", "a picture"])
def test_without_strokes_they_went_nowhere(drawing: list[Stroke]) -> None:
    """Where there are no strokes, the eight numbers of the steps are none."""
    np.testing.assert_array_equal(unpack(message.prediction(classify(drawing)))[1]["placement"], [np.nan] * 8)


def test_strokes_in_units_beyond_single_precision_are_read() -> None:
    """A place that float32 cannot hold is no error."""
    digit, arrays = unpack(message.prediction(classify([SEVEN[0] * 1e300])))
    assert digit == 7
    assert np.isinf(arrays["placement"][:4]).all()


def test_what_is_asked_for_later_carries_its_numbers() -> None:
    """The kernels, a C3 map's parts and two digits' comparison come exactly as the network has them."""
    model, prediction = load(), classify(SEVEN)
    cells, empty, drawn = contributions(model, prediction, 7, 2)
    c1, c3 = model.c1.weight.detach()[:, 0].numpy(), model.c3.weight.detach().numpy()
    compared = {"cells": cells.astype(np.float32), "logits": np.array([empty, drawn], np.float32)}
    messages: list[tuple[bytes, dict[str, Any]]] = [
        (kernels(model), {"c1": c1, "c3": c3}),
        (message.partial_maps(model, prediction, 9), partial_maps(model, prediction, 9)),
        (message.contributions(model, prediction, 7, 2), compared),
        (message.exciting("f6", 40), {"pictures": units.exciting("f6", 40) * (1 / 255)}),
    ]
    for sent, expected in messages:
        digit, arrays = unpack(sent)
        assert digit is None
        assert list(arrays) == list(expected)
        for name, values in expected.items():
            np.testing.assert_array_equal(arrays[name], values)


def test_ribbons_carry_the_largest_parts() -> None:
    """Of each unit the eight sources that add most come, largest first, by their numbers; of a C3 map all, and its mean."""
    model, prediction = load(), classify(SEVEN)
    for layer, count in (("c5", 120), ("f6", 84), ("output", 10)):
        _, arrays = unpack(message.added(model, prediction, layer, None))
        whole = added(model, prediction, layer)
        assert arrays["added"].shape == arrays["source"].shape == (count, 8)
        sources = np.rint(arrays["source"] * 255).astype(int)
        np.testing.assert_allclose(np.take_along_axis(whole, sources, 1), arrays["added"], rtol=1e-6)
        np.testing.assert_allclose(np.abs(arrays["added"]), -np.sort(-np.abs(whole), 1)[:, :8], rtol=1e-6)
    _, arrays = unpack(message.added(model, prediction, "c3", 9))
    whole = added(model, prediction, "c3", 9)
    np.testing.assert_allclose(arrays["mean"], whole.mean(axis=(0, 1)), rtol=1e-5)
    assert np.rint(arrays["mean_source"] * 255).astype(int).tolist() == list(TABLE_I[9])
    assert arrays["added"].shape == (10, 10, len(TABLE_I[9]))
    np.testing.assert_allclose(arrays["added"].sum(-1), whole.sum(-1), atol=1e-5)
