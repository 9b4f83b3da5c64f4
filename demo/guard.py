"""What stands between the internet and the application.

- Only what the page and gradio_client's /classify use is open: the demo's own routes and `GRADIO`.
- A request's body arrives whole, in time and with at most `MAX_BODY` bytes, or not at all.
- Errors are {"error": "one sentence"}; nothing from inside is shown, and nothing that was sent is logged.
- Every answer carries the headers of demo/headers.py.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import traceback
from collections.abc import Iterable, Mapping

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import sentence
from .headers import add_headers

MAX_BODY = 65_536  # bytes of a request; a long drawing has a tenth of that
PATIENCE = 10.0  # seconds that a body may take to arrive

READ, WRITE = frozenset({"GET", "HEAD"}), frozenset({"POST"})
SESSION = "/gradio_api/queue/data"  # its query names the session
CALL = "/gradio_api/queue/join"
GRADIO = {
    "/": READ,
    "/favicon.ico": READ,
    "/theme.css": READ,
    "/config": READ,  # from here on only gradio_client
    "/gradio_api/info": READ,
    CALL: WRITE,
    SESSION: READ,
}
FILES = ("/assets/", "/static/")  # Gradio's scripts and styles, and the demo's own under /static/lenet
HOST = re.compile(r"([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)

log = logging.getLogger(__name__)


class Guard:
    """An ASGI application around `app`, whose own routes are `own`."""

    def __init__(
        self,
        app: ASGIApp,
        own: Iterable[BaseRoute],
        inputs: Mapping[int, int],
        patience: float = PATIENCE,
    ) -> None:
        """`inputs` tells how many values each of Gradio's functions takes, by the function's number."""
        self.app = app
        self.inputs = inputs
        self.patience = patience
        self.open = GRADIO | {r.path: frozenset(r.methods or ()) for r in own if isinstance(r, Route)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let the application answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(path, message)
            await send(message)

        refusal = self._refusal(scope)
        body: bytes | None = b""
        if refusal is None:
            try:
                async with asyncio.timeout(self.patience):
                    body = await _whole_body(receive)
            except TimeoutError:
                refusal = sentence(408, f"The request took longer than {self.patience:g} seconds to arrive.")
        if body is None:
            return  # whoever asked is gone
        if len(body) > MAX_BODY:
            refusal = _too_long()
        if path == CALL and not refusal:
            refusal = self._misfit(body)
        if refusal:
            await refusal(scope, receive, send_with_headers)
        else:
            if path in GRADIO and path != SESSION:
                # Gradio would look for pages and saved states of that name, and fail where there are none.
                scope = {**scope, "query_string": b""}
            await self._pass_on(scope, _replayed(body, receive), send_with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        """Why a request is refused by its first lines; None if it is not."""
        path = scope["path"]
        methods = READ if path.startswith(FILES) else self.open.get(path)
        if methods is None:
            return sentence(404, "There is nothing at this address.")
        if scope["method"] not in methods:
            allowed = " or ".join(sorted(methods))
            return sentence(405, f"This address answers to {allowed} only.", {"Allow": ", ".join(methods)})
        headers = Headers(scope=scope)
        if not HOST.fullmatch(headers.get("host", "")):  # Gradio builds addresses of it
            return sentence(400, "The request does not name its host.")
        length = headers.get("content-length", "0")
        return _too_long() if not length.isdecimal() or int(length) > MAX_BODY else None

    def _misfit(self, body: bytes) -> Response | None:
        """Why a call of one of Gradio's functions is refused; Gradio would log what was sent instead."""
        try:
            call = json.loads(body)
            values, wanted = call["data"], self.inputs[call["fn_index"]]
        except (ValueError, TypeError, LookupError, RecursionError):
            return sentence(400, "This is not a call of a function that there is.")
        if isinstance(values, list) and len(values) == wanted:
            return None
        return sentence(400, f"This function takes a list of {wanted} values.")

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application's answer; in place of a failure, one sentence outside and one line in the log."""
        started = failed = False

        async def send_unless_failed(message: Message) -> None:
            nonlocal started, failed
            if message["type"] == "http.response.start":
                failed = message["status"] == 500
                started = not failed
            if not failed:
                await send(message)

        try:
            await self.app(scope, receive, send_unless_failed)
        except asyncio.CancelledError:
            return  # the server ends, and this answer with it: no reason for a traceback
        except Exception as problem:  # noqa: BLE001 - whatever it was, the next request is answered
            failed = True
            place = traceback.extract_tb(problem.__traceback__)[-1]  # its text might quote the drawing
            kind = type(problem).__name__
            log.error("%s failed: %s in %s, line %s", scope["path"], kind, place.filename, place.lineno)
        if failed and not started:
            answer = sentence(500, "The server failed at this; it is not the fault of what you sent.")
            await answer(scope, receive, send)


def _too_long() -> Response:
    return sentence(413, f"The request is longer than {MAX_BODY:,} bytes.")


async def _whole_body(receive: Receive) -> bytes | None:
    """The body, or its beginning once that is too long; None if the connection ends before the body."""
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body", False) or len(body) > MAX_BODY:
            return body
    return None


def _replayed(body: bytes, receive: Receive) -> Receive:
    """`receive`, with the body once more in front."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
