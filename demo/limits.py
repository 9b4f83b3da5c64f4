"""How much work the server takes on, and whose turn it is.

A lane does one piece of work after another and goes round by address: who asks a hundred times at once
waits behind himself, and nobody else does. What waits is counted in seconds, by what such work has cost.
Beyond one second the newest request of the address that waits with most is sent away.

Between two pieces the event loop looks after all connections. Where every piece is followed by that, a crowd's
answers cost a third more, most of it for what the processor has to fetch anew: what is quick is done several at
a time.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.requests import Request
from starlette.responses import Response

Endpoint = Callable[[Request], Awaitable[Response]]

BUSY = "Too much is being asked at once; ask again in a second."
LONGEST = 1.0  # seconds of work that wait, and that anybody waits
TOGETHER = 0.01  # seconds of work on the event loop that are done in one turn of it
FIRST = 0.002  # seconds that a piece of work is taken to cost before any was done
NEWEST = 0.05  # share of the newest piece of work in the average cost


class Busy(Exception):
    """Too much waits already."""


class Gone(Exception):
    """Whoever asked has left."""


class Lane:
    """Work of one kind, a piece at a time."""

    def __init__(self, together: float = 0, clock: Callable[[], float] = time.perf_counter) -> None:
        """Work of about `together` seconds is done in one turn of the event loop, if it is work on it."""
        self._together, self._clock = together, clock
        self._cost = FIRST
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}  # by address; the first is next
        self._at_work = False
        self._turns = 0  # that were given and have not ended

    def bounds(self, endpoint: Endpoint) -> Endpoint:
        """`endpoint`, done when its turn has come; the answer tells how long it waited and was computed."""

        async def answer(request: Request) -> Response:
            async with self.turn(request) as waited:
                start = self._clock()
                response = await endpoint(request)
                computed = self._clock() - start
            times = f"waiting;dur={1000 * waited:.1f}, computing;dur={1000 * computed:.1f}"
            response.headers["Server-Timing"] = times
            return response

        return answer

    @asynccontextmanager
    async def turn(self, request: Request) -> AsyncIterator[float]:
        """The block under it is done alone in this lane; its value is how long it waited, in seconds.

        Raises `Busy` or `Gone` where it is not done.
        """
        await request.body()  # behind it only the end of the connection can come
        crowded, arrived = self._at_work, self._clock()
        turn = self._enter(request.client.host if request.client else "")
        try:
            await turn
            if self._clock() - arrived > LONGEST:
                raise Busy
            if crowded and _has_left(request):
                raise Gone
            start = self._clock()
            try:
                yield start - arrived
            finally:
                self._cost += NEWEST * (self._clock() - start - self._cost)
        finally:
            if turn.done() and not turn.cancelled() and not turn.exception():
                self._turns -= 1
                if not self._turns:
                    self._next()

    def _enter(self, address: str) -> asyncio.Future[None]:
        """A place behind the others of that address; it is done when its turn has come."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        own = self._waiting.get(address, deque())
        if self._waiting and (1 + sum(map(len, self._waiting.values()))) * self._cost > LONGEST:
            longest = max(self._waiting.values(), key=len)
            if len(longest) <= len(own) + 1:
                raise Busy
            if not (last := longest.pop()).done():
                last.set_exception(Busy())
        own.append(turn)
        self._waiting[address] = own
        if not self._at_work:
            self._at_work = True
            # Not yet: what arrived together is counted, and goes round, before any of it is worked on.
            loop.call_soon(self._next)
        return turn

    def _next(self) -> None:
        """Give the next ones their turn: one, and behind it what takes `together` seconds with it."""
        while self._waiting and (not self._turns or (self._turns + 1) * self._cost <= self._together):
            address = next(iter(self._waiting))
            turns = self._waiting.pop(address)
            turn = turns.popleft()
            if turns:
                self._waiting[address] = turns  # behind the other addresses
            if not turn.done():  # whoever was cancelled meanwhile has no use for it
                turn.set_result(None)
                self._turns += 1
        self._at_work = self._turns > 0


def _has_left(request: Request) -> bool:
    """`request.is_disconnected()`, but now and not after a turn of the event loop."""
    receiving = request.receive().__await__()
    try:
        next(receiving)
    except StopIteration as received:
        return bool(received.value["type"] == "http.disconnect")
    receiving.close()
    return False
