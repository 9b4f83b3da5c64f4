"""Gradio's part of the page, made once at the start: nobody's request runs Gradio's code.

Nothing in it depends on who asks. Its addresses are relative, so it is the same on every host, behind any
proxy and under any path. gradio-files.txt names the scripts and styles that the page loads, as Gradio's pinned
version calls them: first those of every page, in the order in which it comes to them, then a script for each
language of a browser. Nothing else of Gradio is open.

Gradio's scripts load each other and their styles step by step, five times there and back. Far away that is
seconds, so the page names all scripts from its beginning, and has all styles from one file.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from pathlib import Path

import httpx
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from .kept import Kept
from .scripts import script

EVERY_PAGES, LANGUAGES = (
    block.split() for block in (Path(__file__).parent / "gradio-files.txt").read_text("utf-8").split("\n\n")
)
STYLES = [path for path in EVERY_PAGES if path.endswith(".css")]
SCRIPTS = [path for path in EVERY_PAGES if path.endswith(".js")]
FILES = [*SCRIPTS, *LANGUAGES]
PAGES = ("/", "/config", "/gradio_api/info", "/theme.css", "/favicon.ico")
HOST = "http://127.0.0.1:7860"  # in the examples of /gradio_api/info, as in the documentation
ROOT = f'"{HOST}"'.encode()

STYLE = re.compile(rb'<link rel="stylesheet"[^>]* href="\./assets/[^"]*">')  # Gradio's page has one
THEME = re.compile(rb'"theme_hash":"(\w+)"')


def rendered(gradio: ASGIApp) -> list[BaseRoute]:
    """Routes to what Gradio's application `gradio` answers now."""
    replies = asyncio.run(_replies(gradio, [*PAGES, *FILES, *STYLES]))
    styles = b"\n".join(replies.pop(path).content for path in STYLES)
    styles_address = f"/assets/page-{hashlib.sha256(styles).hexdigest()[:16]}.css"
    routes: list[BaseRoute] = [
        Route(styles_address, Kept(styles, "text/css; charset=utf-8"), methods=["GET"])
    ]
    for path, reply in replies.items():
        body = reply.content
        if path == "/":
            body = _hastened(body.replace(ROOT, b'"./"'), styles_address)  # seen from the page itself
        elif path == "/config":
            body = body.replace(ROOT, b'""')  # where a program has asked for it
        kept = Kept(body, reply.headers["content-type"])
        routes.append(Route(path, kept, methods=["GET"]))
    return routes


def _hastened(page: bytes, styles: str) -> bytes:
    """The page with its styles in one file, and all its scripts named, so that none waits for another."""
    theme = THEME.search(page)
    modules = [path for path in SCRIPTS if path.startswith("/assets/")]
    links = [
        f'<link rel="stylesheet" href=".{styles}">',
        # Gradio loads no style that has a link already, and a browser none of a type that it doesn't know.
        *(f'<link rel="stylesheet" type="text/in-page-css" href=".{path}">' for path in STYLES),
        *(f'<link rel="modulepreload" href=".{path}">' for path in [*modules, script()[0]]),
        f'<link rel="preload" as="style" href="./theme.css?v={theme[1].decode()}">' if theme else "",
    ]
    return STYLE.sub("\n".join(links).encode(), page, count=1)


async def _replies(app: ASGIApp, paths: list[str]) -> dict[str, httpx.Response]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        client.headers["accept-encoding"] = "identity"
        replies = {path: await client.get(path) for path in paths}
    for reply in replies.values():
        reply.raise_for_status()
    return replies
