"""The answer to one update, as the bytes that the browser draws from.

    4 bytes   length n of the header, unsigned, little-endian
    n bytes   header, JSON in UTF-8: {"digit": 7 or null, "arrays": [{"name", "type", "shape", "scale"}]}
    the rest  the arrays one after another, little-endian, rows first; the header is padded with spaces
              so that each array starts where its type wants it

A value is the stored number × `scale`. What is shown as a number travels as float32; what is only
painted as int8 or uint8, which is finer than the eye. static/message.js reads it.
"""

from __future__ import annotations

import json
from functools import lru_cache

import numpy as np

from lenet.model import AMPLITUDE
from lenet.prediction import Prediction

PAINTED = ("c1", "s2", "c3", "s4", "c5", "f6")
MAP_SCALE = AMPLITUDE / 127  # ±127 is ±1.7159, the ends of the squashing function; 0 stays 0
INK_SCALE = 1 / 255


def pack(prediction: Prediction) -> bytes:
    """`prediction` as one message."""
    probabilities, logits = prediction.probabilities, prediction.maps["output"]
    ink = np.rint(prediction.input * 255).astype(np.uint8)
    maps = [np.rint(prediction.maps[name] * (1 / MAP_SCALE)).astype(np.int8) for name in PAINTED]
    arrays = [probabilities.astype("<f4"), logits.astype("<f4"), ink, *maps]
    shapes = tuple(array.shape for array in arrays)
    return b"".join([_header(prediction.digit, shapes), *(array.tobytes() for array in arrays)])


@lru_cache(maxsize=32)  # eleven digits, None included: the header is always one of a few
def _header(digit: int | None, shapes: tuple[tuple[int, ...], ...]) -> bytes:
    names = ("probabilities", "logits", "input", *PAINTED)
    types = ("float32", "float32", "uint8", *("int8" for _ in PAINTED))
    scales = (1, 1, INK_SCALE, *(MAP_SCALE for _ in PAINTED))
    columns = zip(names, types, shapes, scales, strict=True)
    arrays = [dict(zip(("name", "type", "shape", "scale"), row, strict=True)) for row in columns]
    header = json.dumps({"digit": digit, "arrays": arrays}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 4)
    return len(header).to_bytes(4, "little") + header
