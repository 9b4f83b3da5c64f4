"""Start the page: python app.py [--open]

Address and port come from GRADIO_SERVER_NAME (default 127.0.0.1) and GRADIO_SERVER_PORT (default: the
first free one from 7860).
"""

from __future__ import annotations

import argparse
import sys

import gradio as gr
import torch

from lenet import __version__
from lenet.checkpoint import WeightsError
from lenet.prediction import shipped

from .page import CSS, build
from .routes import MAX_BODY, routes

THEME = gr.themes.Default(
    primary_hue="indigo",
    font=["system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
)


def main() -> int:
    """Serve the page until Ctrl-C."""
    parser = argparse.ArgumentParser(description="LeNet-5 sketchpad")
    parser.add_argument("--open", action="store_true", help="open the page in the default browser")
    parser.add_argument("--version", action="version", version=__version__)
    options = parser.parse_args()
    torch.set_num_threads(1)  # one picture is too small to share out; more threads only wait
    try:
        shipped()
    except WeightsError as problem:
        print(problem, file=sys.stderr)
        return 2
    build().launch(
        inbrowser=options.open,
        theme=THEME,
        css_paths=[CSS],
        footer_links=[],
        run_history=False,  # Gradio would write every event into the browser's storage
        ssr_mode=False,
        pwa=False,
        enable_monitoring=False,
        app_kwargs={"max_body_size": MAX_BODY, "routes": routes()},
    )
    return 0
