"""The page: what stands where. Everything that moves is in static/*.js."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from lenet.model import BACKGROUND, FOREGROUND, TABLE_I

from .routes import classify
from .sketchpad import Sketchpad

_HERE = Path(__file__).parent
CSS = [  # in this order
    _HERE / f"{name}.css" for name in ("page", "tools", "layers", "panels", "contrast", "phone", "compact")
]


def _part(name: str, script: str, before: str = "", **props: Any) -> gr.HTML:
    """A part of the page from its HTML file; `mount(element, props)` of static/`script` makes it live.

    The JavaScript `before` runs at once, while the script is still on its way.
    """
    # The address is the page's own, so that the page works behind any proxy's path and in an iframe.
    start = f"""{before}
        import(new URL("static/lenet/{script}", document.baseURI).href)
            .then((module) => module.mount(element, props));
    """
    return gr.HTML(
        html_template=(_HERE / f"{name}.html").read_text("utf-8"),
        js_on_load=start,
        apply_default_css=False,
        elem_id=name,
        **props,
    )


def build() -> gr.Blocks:
    """The page, with the description of the function that gradio_client finds as /classify (calls.py)."""
    page = gr.Blocks(title="LeNet-5 sketchpad", analytics_enabled=False)
    with page:
        _part("header", "tools.js", before=(_HERE / "compact.js").read_text("utf-8"))
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="draw", scale=0, min_width=300):
                Sketchpad(elem_id="pad")
                _part("answer", "answer.js", digits=list(range(10)))
            with gr.Column(elem_id="see", min_width=300):
                counts: dict[str, Any] = {
                    "six": list(range(6)),
                    "sixteen": list(range(16)),
                }  # of a layer's maps
                _part("layers", "layers.js", table=TABLE_I, blank=BACKGROUND, ink=FOREGROUND, **counts)
        api(classify, api_name="classify")
    return page
