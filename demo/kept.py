"""Answers that are made once, at the start, and kept: plain and compressed."""

from __future__ import annotations

import gzip
import hashlib
from functools import cached_property

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from .headers import policy

PIECE = 16_384  # bytes handed over at once: as much is held for somebody who reads slowly


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
