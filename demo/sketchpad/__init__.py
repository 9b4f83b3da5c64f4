"""A drawing pad whose value is the pen strokes, as a Gradio component.

    import gradio as gr
    from lenet_sketchpad.sketchpad import Sketchpad

    with gr.Blocks() as blocks:
        pad = Sketchpad()
        pad.change(lambda strokes: f"{len(strokes)} strokes", pad, gr.Textbox())

The value changes when the pen is lifted. A page that wants to follow the moving pen listens to the DOM
event "strokes", which the pad's element sends at every movement; its `detail` holds `strokes`,
`penWidth`, `penDown` and the pad's `side`. A script that sets the drawing sends that element the event "strokes-set", with
`strokes` and `keep` in its `detail`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from numpy.typing import ArrayLike

from lenet.strokes import Stroke, as_strokes

SIDE = 280  # the pad's side in its own units, whatever its size on the screen
PEN_WIDTH = 20.0  # in the same units


def _read(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8")


class Sketchpad(gr.HTML):
    """A square pad to draw on with mouse, finger, pen or keys, with undo, redo and clear.

    In Python its value is a list of strokes, each an (N, 2) array of x and y in 0 … 280, y down.
    """

    def __init__(
        self,
        value: Sequence[ArrayLike] | None = None,
        *,
        label: str = "Drawing pad",
        pen_width: float = PEN_WIDTH,
        elem_id: str | None = None,
        visible: bool = True,
        render: bool = True,
    ) -> None:
        """`label` names the pad for screen readers; `pen_width` is in the pad's units."""
        self.pen_width = pen_width
        super().__init__(
            value=value,
            label=label,
            html_template=_read("sketchpad.html"),
            css_template=_read("sketchpad.css"),
            js_on_load=_read("sketchpad.js"),
            apply_default_css=False,
            elem_id=elem_id,
            elem_classes=["sketchpad"],
            visible=visible,
            render=render,
            side=SIDE,
            pen_width=pen_width,
        )

    def preprocess(self, payload: Any) -> list[Stroke]:  # type: ignore[override]
        """The browser's strokes as arrays; gr.Error for what are none."""
        try:
            return as_strokes(payload or [])
        except (TypeError, ValueError) as problem:
            raise gr.Error(str(problem), print_exception=False) from None

    def postprocess(self, value: Sequence[ArrayLike] | None) -> Any:
        """Strokes as lists of [x, y], for the browser to show."""
        return [stroke.tolist() for stroke in as_strokes(value or [])]

    def api_info(self) -> dict[str, Any]:
        """The value's JSON schema."""
        point = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
        return {"type": "array", "items": {"type": "array", "items": point}}

    def example_payload(self) -> Any:
        """A short stroke."""
        return [[[140, 40], [140, 240]]]

    def example_value(self) -> Any:
        """A short stroke."""
        return self.example_payload()
