"""Gradio's part of the page, made once at the start: nobody's request runs Gradio's code.

Nothing in it depends on who asks. Its addresses are relative, so it is the same on every host, behind any
proxy and under any path. gradio-files.txt names the scripts and styles that the page loads, for every
language of a browser, as Gradio's pinned version calls them; nothing else of Gradio is open.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from functools import cached_property
from pathlib import Path

import httpx
from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from .headers import policy

FILES = (Path(__file__).parent / "gradio-files.txt").read_text("utf-8").split()
PAGES = ("/", "/config", "/gradio_api/info", "/theme.css", "/favicon.ico")
PIECE = 16_384  # bytes handed over at once: as much is held for somebody who reads slowly
HOST = "http://127.0.0.1:7860"  # in the examples of /gradio_api/info, as in the documentation
ROOT = f'"{HOST}"'.encode()


class Kept:
    """An ASGI application with one answer, plain or compressed."""

    def __init__(self, body: bytes, media_type: str) -> None:
        self.body = body
        self.headers = [
            (b"content-type", media_type.encode()),
            (b"etag", f'"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()),
            (b"vary", b"Accept-Encoding"),
        ]
        if media_type.startswith("text/html"):
            self.headers.append((b"content-security-policy", policy(body).encode()))

    @cached_property
    def compressed(self) -> bytes:
        """The body as gzip, made when it is first asked for."""
        return gzip.compress(self.body, mtime=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one GET or HEAD, a piece at a time."""
        asked = Headers(scope=scope)
        headers, status, body = self.headers, 200, self.body
        if asked.get("if-none-match", "").encode() == headers[1][1]:
            status, body = 304, b""
        else:
            if "gzip" in asked.get("accept-encoding", ""):
                body = self.compressed
                headers = [*headers, (b"content-encoding", b"gzip")]
            headers = [*headers, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if scope["method"] == "HEAD":
            body = b""
        for begin in range(0, len(body) or 1, PIECE):
            piece, more = body[begin : begin + PIECE], begin + PIECE < len(body)
            await send({"type": "http.response.body", "body": piece, "more_body": more})


def rendered(gradio: ASGIApp) -> list[BaseRoute]:
    """Routes to what Gradio's application `gradio` answers now."""
    replies = asyncio.run(_replies(gradio, [*PAGES, *FILES]))
    routes: list[BaseRoute] = []
    for path, reply in replies.items():
        body = reply.content
        if path == "/":
            body = body.replace(ROOT, b'"./"')  # seen from the page itself
        elif path == "/config":
            body = body.replace(ROOT, b'""')  # where a program has asked for it
        kept = Kept(body, reply.headers["content-type"])
        routes.append(Route(path, kept, methods=["GET"]))
    return routes


async def _replies(app: ASGIApp, paths: list[str]) -> dict[str, httpx.Response]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        client.headers["accept-encoding"] = "identity"
        replies = {path: await client.get(path) for path in paths}
    for reply in replies.values():
        reply.raise_for_status()
    return replies
