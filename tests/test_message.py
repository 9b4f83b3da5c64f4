"""The message that the page draws from."""

from __future__ import annotations

import json

import numpy as np
import pytest

from demo.message import update
from lenet import classify
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
    digit, arrays = unpack(update(prediction))
    assert digit == prediction.digit
    np.testing.assert_array_equal(arrays["probabilities"], prediction.probabilities)
    chance = np.nan if prediction.is_digit is None else np.float32(prediction.is_digit)
    np.testing.assert_array_equal(arrays["is_digit"], [chance])
    np.testing.assert_array_equal(arrays["logits"], prediction.maps["output"])
    np.testing.assert_allclose(arrays["input"], prediction.input, atol=0.5 / 255)
    for name in ("c1", "s2", "c3", "s4", "c5", "f6"):
        np.testing.assert_allclose(arrays[name], prediction.maps[name], atol=0.5 * 1.7159 / 127 + 1e-6)


def test_is_small() -> None:
    """An update stays below 12 KB."""
    assert len(update(classify(SEVEN))) < 12 * 1024
