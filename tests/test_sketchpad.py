"""The pad's value, as it comes from a browser or from whoever pretends to be one."""

from __future__ import annotations

import tracemalloc
from typing import Any

import gradio as gr
import pytest

from demo.sketchpad import Sketchpad
from tests.hostile import NO_DRAWINGS

PAYLOADS: dict[str, Any] = {name: make() for name, make in NO_DRAWINGS.items()} | {
    "a text": "a" * 60_000,
    "a number": 7,
    "an object": {"a": [[1, 2]]},
    "a truth": True,
}


@pytest.mark.parametrize("name", PAYLOADS)
def test_what_is_no_drawing_is_refused_cheaply_and_without_a_log(name: str) -> None:
    """Whatever is sent in place of strokes is Gradio's error of one sentence, which Gradio does not log."""
    pad = Sketchpad()
    tracemalloc.start()
    try:
        with pytest.raises(gr.Error) as problem:
            pad.preprocess(PAYLOADS[name])
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert not problem.value.print_exception
    assert len(problem.value.message) < 200
