"""What training makes once and keeps in runs/: it is known by everything that it was made from.

That is its recipe, the content of its data, and the source of the modules that make it: whoever edits a
distortion, or trains on other digits, gets what the new source makes and never what an old one left behind.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

ROOT = Path(__file__).parents[2]


def key(modules: Iterable[str], **made_from: Any) -> str:
    """SHA-256 of what JSON tells of `made_from`, and of the source of `modules` and all that they import of lenet."""
    told = json.dumps({"sources": sources(modules), "made_from": made_from}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def sources(modules: Iterable[str]) -> dict[str, str]:
    """The source of `modules`, and of every module of lenet that they import, directly or through others."""
    found: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        place = ROOT.joinpath(*name.split("."))
        path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if name in found or not name.startswith("lenet.") or not path.is_file():
            continue
        found[name] = path.read_text("utf-8")
        for node in ast.walk(ast.parse(found[name])):
            if isinstance(node, ast.Import):
                waiting += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                waiting += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def content(arrays: Iterable[NDArray[Any]]) -> str:
    """SHA-256 of arrays: types, shapes and values."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype} {array.shape};".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def weights(model: nn.Module) -> str:
    """SHA-256 of a network's weights."""
    return content(tensor.numpy(force=True) for tensor in model.state_dict().values())
