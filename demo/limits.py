"""How much work the server takes on at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from .errors import sentence

Endpoint = Callable[[Request], Awaitable[Response]]

BUSY = "Too much is being asked at once; ask again in a second."


class Work:
    """Lets `at_once` requests be worked on and `waiting` wait behind them; sends the others away with 429."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._places = at_once + waiting

    def bounds(self, endpoint: Endpoint) -> Endpoint:
        """`endpoint`, taking one of the places."""

        async def answer(request: Request) -> Response:
            if self._places == 0:
                return sentence(429, BUSY, {"Retry-After": "1"})
            self._places -= 1
            try:
                # What arrived together is counted before any of it is worked on; otherwise work on the
                # event loop would end before the next request is seen, and the queue would never be full.
                await asyncio.sleep(0)
                async with self._free:
                    return await endpoint(request)
            finally:
                self._places += 1

        return answer
