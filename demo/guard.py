"""What stands between the internet and the application.

- Only the application's routes are open, each to its own methods and to the hosts that LENET_HOSTS names
  ("example.org www.example.org"; all where it is not set).
- A request's body arrives whole, in time and with at most `MAX_BODY` bytes, or not at all.
- Other sites' pages may not have work done, except by /classify, which is meant for programs.
- One network has at most `UNDER_WAY` requests under way (and of those that wait for work, limits.py takes turns).
- Errors are {"error": "one sentence"}; nothing from inside is shown, and nothing that was sent is logged.
- Every answer carries the headers of demo/headers.py.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import traceback
from collections.abc import Iterable
from http.client import responses

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import sentence
from .headers import add_headers
from .networks import Counted

MAX_BODY = 65_536  # bytes of a request; a long drawing has a tenth of that
PATIENCE = 10.0  # seconds that a body may take to arrive
UNDER_WAY = 512  # requests from one network that have begun; a hundred pages of a class have a hundred

FOR_PROGRAMS = "/classify"  # also for those that are another site's page
HEALTH = "/healthz"  # asked by address, whatever the host is called
HOST = re.compile(r"([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
HOSTS = frozenset(os.environ.get("LENET_HOSTS", "").lower().split())

log = logging.getLogger(__name__)


class Guard:
    """An ASGI application around `app`, whose routes are `routes`."""

    def __init__(
        self,
        app: ASGIApp,
        routes: Iterable[BaseRoute],
        patience: float = PATIENCE,
        hosts: frozenset[str] = HOSTS,
    ) -> None:
        """`patience` is the time in seconds that a body may take; without `hosts` any is let in."""
        self.app, self.patience, self.hosts = app, patience, hosts
        self.open = {r.path: frozenset(r.methods or ()) for r in routes if isinstance(r, Route)}
        self.counted = Counted()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let the application answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(scope["path"], message)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            try:
                with self.counted.one_more(scope.get("client")) as under_way:
                    refusal = await self._answer(under_way, scope, receive, send_with_headers)
            except asyncio.CancelledError:
                return  # the server ends, and this answer with it: no reason for a traceback
        if refusal:
            await refusal(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        """Why a request is refused by its first lines; None if it is not."""
        path, method = scope["path"], scope["method"]
        methods = self.open.get(path)
        if methods is None:
            return sentence(404, "There is nothing at this address.")
        if method not in methods:
            allowed = " or ".join(sorted(methods))
            return sentence(405, f"This address answers to {allowed} only.", {"Allow": ", ".join(methods)})
        headers = Headers(scope=scope)
        host = HOST.fullmatch(headers.get("host", ""))
        if not host:
            return sentence(400, "The request does not name its host.")
        if self.hosts and host[1].lower() not in self.hosts and path != HEALTH:
            return sentence(421, "This host is not served here.")
        if method == "POST" and path != FOR_PROGRAMS and headers.get("sec-fetch-site") == "cross-site":
            return sentence(403, "Another site's page may not ask this.")
        length = headers.get("content-length", "0")
        too_long = not length.isdecimal() or len(length) > 9 or int(length) > MAX_BODY
        return _too_long() if too_long else None

    async def _answer(self, under_way: int, scope: Scope, receive: Receive, send: Send) -> Response | None:
        """Let the application answer; or why the request is refused."""
        if under_way > UNDER_WAY:
            return sentence(
                429, "Your network asks too much at once; ask again in a second.", {"Retry-After": "1"}
            )
        body = bytearray()
        try:
            async with asyncio.timeout(self.patience):
                if not await _arrived(receive, body):
                    return None  # whoever asked is gone
        except TimeoutError:
            return sentence(408, f"The request took longer than {self.patience:g} seconds to arrive.")
        if len(body) > MAX_BODY:
            return _too_long()
        return await self._pass_on(scope, _replayed(bytes(body), receive), send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> Response | None:
        """The application's answer; in place of a failure, the sentence to answer with."""
        status = 0

        async def send_unless_failed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status in responses and status >= 400 and not _is_sentence(status, message):
                    status = -status
            if status > 0:
                await send(message)

        try:
            await self.app(scope, receive, send_unless_failed)
        except Exception as problem:  # noqa: BLE001 - whatever it was, the next request is answered
            place = traceback.extract_tb(problem.__traceback__)[-1]  # its text might quote the drawing
            kind = type(problem).__name__
            log.error("%s failed: %s in %s, line %s", scope["path"], kind, place.filename, place.lineno)
            status = status if status > 0 else -500
        if status >= 0:
            return None
        if status == -500:
            return sentence(500, "The server failed at this; it is not the fault of what you sent.")
        return sentence(-status, f"{responses[-status].capitalize()}.")


def _is_sentence(status: int, start: Message) -> bool:
    """Whether an error is one of ours, by the start of its answer."""
    return status != 500 and Headers(raw=start["headers"]).get("content-type") == "application/json"


def _too_long() -> Response:
    return sentence(413, f"The request is longer than {MAX_BODY:,} bytes.")


async def _arrived(receive: Receive, body: bytearray) -> bool:
    """Fill `body` until it is whole or too long; False if the connection ends before."""
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body", False) or len(body) > MAX_BODY:
            return True
    return False


def _replayed(body: bytes, receive: Receive) -> Receive:
    """`receive`, with the body once more in front."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
