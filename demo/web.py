"""The web application: the demo's own routes, Gradio's page as it was made at the start, and the guard before both."""

from __future__ import annotations

import gradio as gr
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.types import ASGIApp

from .guard import Guard
from .page import CSS, build
from .rendered import rendered
from .routes import routes

THEME = gr.themes.Default(
    primary_hue="indigo",
    font=["system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
)


def web() -> ASGIApp:
    """The demo's routes and the page, guarded."""
    page = build()
    gradio = gr.mount_gradio_app(
        FastAPI(),
        page,
        "/",
        footer_links=[],
        run_history=False,  # Gradio would write every event into the browser's storage
        root_path="",  # whatever GRADIO_ROOT_PATH says: the page's addresses are relative
        ssr_mode=False,
        pwa=False,
        theme=THEME,
        css_paths=CSS,
    )
    own = [*routes(), *rendered(gradio)]
    return Guard(Starlette(routes=own), own)
