"""gradio_client's protocol for /classify, without Gradio's queue.

    POST gradio_api/queue/join    a call and the session that it belongs to -> its number
    GET  gradio_api/queue/data    a session -> the answers to its calls, as server-sent events

gradio_client asks the second right after the first. Until then a call waits here as it was sent, and is
computed only for whoever comes for it; nothing of it is kept afterwards, or for longer than a minute.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import uuid
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .errors import sentence
from .limits import Busy

Turn = Callable[[Request], AbstractAsyncContextManager[Any]]

KEPT = 60.0  # seconds that a call waits for whoever made it
PLACES = 256  # calls that wait: with their bodies 16 MB at most
SHARE = 32  # of them from one address


@dataclass(frozen=True)
class _Call:
    number: str
    session: str
    address: str
    body: bytes
    end: asyncio.TimerHandle


class Calls:
    """Calls of `function`, the page's only one, each computed in its `turn` (a lane's: limits.py)."""

    def __init__(self, function: Callable[..., Any], turn: Turn, kept: float = KEPT) -> None:
        """A call waits for `kept` seconds at most."""
        self.function, self.turn, self.kept = function, turn, kept
        self.inputs = len(inspect.signature(function).parameters)
        self.waiting: dict[str, _Call] = {}  # by number, the oldest first

    async def join(self, request: Request) -> Response:
        """Let a call wait; its number, for the answer. ValueError for what is no call."""
        body = await request.body()
        session = _session(body, self.inputs)
        address = request.client.host if request.client else ""
        of_address = [number for number, call in self.waiting.items() if call.address == address]
        if len(of_address) >= SHARE:
            self._take(of_address[0])
        elif len(self.waiting) >= PLACES:
            self._take(next(iter(self.waiting)))
        number = uuid.uuid4().hex
        end = asyncio.get_running_loop().call_later(self.kept, self._take, number)
        self.waiting[number] = _Call(number, session, address, body, end)
        return JSONResponse({"event_id": number})

    async def data(self, request: Request) -> Response:
        """The answers to all calls of a session, those included that come while the first are computed."""
        session = request.query_params.get("session_hash", "")
        events: list[dict[str, Any]] = []
        while numbers := [number for number, call in self.waiting.items() if call.session == session]:
            values = json.loads(self._take(numbers[0]).body)["data"]
            try:
                async with self.turn(request):
                    output: dict[str, Any] = {"data": [await run_in_threadpool(self.function, *values)]}
            except (ValueError, Busy) as problem:
                output = {"error": str(problem) or "Too much is being asked at once; ask again in a second."}
            done = {"msg": "process_completed", "event_id": numbers[0], "output": output}
            events.append(done | {"success": "data" in output})
        if not events:
            return sentence(404, "No call of this session waits for its answer.")
        events.append({"msg": "close_stream"})
        text = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
        return Response(text, media_type="text/event-stream")

    def _take(self, number: str) -> _Call:
        call = self.waiting.pop(number)
        call.end.cancel()
        return call


def _session(body: bytes, inputs: int) -> str:
    """The session that a call names; ValueError for what is no call."""
    try:
        call = json.loads(body)
        values, session = call["data"], call["session_hash"]
        if call["fn_index"] != 0 or not isinstance(session, str):
            raise LookupError
    except (ValueError, TypeError, LookupError, RecursionError):
        raise ValueError("This is not a call of a function that there is.") from None
    if not isinstance(values, list) or len(values) != inputs:
        raise ValueError(f"This function takes a list of {inputs} values.")
    return session
