"""The web application, and the server that runs it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from .guard import Guard
from .headers import PagePolicy
from .page import CSS, build
from .routes import routes

THEME = gr.themes.Default(
    primary_hue="indigo",
    font=["system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
)
LONGEST_END = 0.5  # seconds that answers under way get when the server ends


def web(root_path: str = "") -> ASGIApp:
    """The demo's routes and Gradio's page behind them, guarded."""
    own, page = routes(), build()
    app = gr.mount_gradio_app(
        FastAPI(routes=own, openapi_url=None),
        page,
        "/",
        footer_links=[],
        run_history=False,  # Gradio would write every event into the browser's storage
        app_kwargs={"middleware": [Middleware(PagePolicy)]},
        root_path=root_path,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        theme=THEME,
        css_paths=CSS,
    )
    return Guard(app, own, {number: len(function.inputs) for number, function in page.fns.items()})


class _Server(uvicorn.Server):
    """uvicorn, which tells when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready()


def serve(app: ASGIApp, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Answer until SIGINT or SIGTERM; call `ready` once at the start."""
    settings: dict[str, Any] = {
        "access_log": False,
        "log_level": "error",  # a stranger's malformed request is no news
        "server_header": False,
        "ws": "none",
        "timeout_keep_alive": 75,  # longer than nginx keeps a connection to us, so that only it ends one
        "timeout_graceful_shutdown": LONGEST_END,
    }
    _Server(uvicorn.Config(app, **settings), ready).run([listening])
