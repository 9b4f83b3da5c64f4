"""The page: what stands where. What the browser runs is in frontend/, a folder a part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from lenet.experiment.changes import CHANGES, POSITIONS
from lenet.experiment.learning import shipped_moments
from lenet.experiment.words import what_to_notice
from lenet.model import AMPLITUDE, BACKGROUND, FOREGROUND, TABLE_I
from lenet.units import errors_without

from .routes import classify
from .scripts import script
from .sketchpad import Sketchpad

FRONTEND = Path(__file__).parent / "frontend"
CSS = [  # in this order
    FRONTEND / f"{name}.css"
    for name in (
        "page/page",
        "header/header",
        "answer/answer",
        "layers/layers",
        "panels/panels",
        "experiment/experiment",
        "training/training",
        "page/figure",
        "page/contrast",
        "page/phone",
        "page/compact",
        "lesson/lesson",
    )
]


def _part(name: str, before: str = "", **props: Any) -> gr.HTML:
    """A part of the page: its HTML, which `mount(element, props)` of its module, NAME/NAME.js, makes live.

    The JavaScript `before` runs at once, while the script is still on its way.
    """
    address, _ = script()
    # It is seen from the page's own address, so that the page works behind any proxy's path and in an iframe.
    start = f"""{before}
        import(new URL("{address[1:]}", document.baseURI).href)
            .then(({{ modules }}) => modules["{name}/{name}.js"].mount(element, props))
            .then(() => (element.dataset.live = ""));
    """
    return gr.HTML(
        html_template=(FRONTEND / name / f"{name}.html").read_text("utf-8"),
        js_on_load=start,
        apply_default_css=False,
        elem_id=name,
        **props,
    )


def _changes() -> list[dict[str, Any]]:
    """What can be changed about a drawing, value by value of its range, and as it is written."""
    kinds = [
        {
            "name": name,
            "values": kind.values().tolist(),
            "written": [kind.written(value) for value in kind.values()],
            "none": kind.values().tolist().index(kind.none),
        }
        for name, kind in CHANGES.items()
    ]
    shares = [i / (POSITIONS - 1) for i in range(POSITIONS)]
    blend = {"values": shares, "written": [f"{100 * share:.0f} % of the way" for share in shares], "none": 0}
    return [*kinds, {"name": "towards the kept drawing", **blend}]


def _training() -> dict[str, Any]:
    """The moments of the network's training, their errors on MNIST's validation digits, and what to notice there."""
    moments = [
        {"step": moment.step, "written": f"{moment.step:,}", "error": moment.errors["mnist"]}
        for moment in shipped_moments()
    ]
    steps, errors = zip(*((one["step"], one["error"]) for one in moments), strict=True)
    return {"moments": moments, "last": len(moments) - 1, "notice": what_to_notice(steps, errors)}


def build() -> gr.Blocks:
    """The page, with the description of the function that gradio_client finds as /classify (calls.py)."""
    page = gr.Blocks(title="LeNet-5 sketchpad", analytics_enabled=False)
    with page:
        _part("header", before=(FRONTEND / "page" / "compact.js").read_text("utf-8"))
        _part("lesson", before=(FRONTEND / "lesson" / "early.js").read_text("utf-8"))
        with gr.Column(elem_id="figure"):
            Sketchpad(elem_id="pad")
            _part("answer", digits=list(range(10)))
            _part("experiment", changes=_changes(), errors=errors_without(), digits=list(range(10)))
            _part("training", **_training())
            counts: dict[str, Any] = {"six": list(range(6)), "sixteen": list(range(16))}  # of a layer's maps
            _part("layers", table=TABLE_I, amplitude=AMPLITUDE, blank=BACKGROUND, ink=FOREGROUND, **counts)
        api(classify, api_name="classify")
    return page
