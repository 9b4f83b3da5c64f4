"""Open connections: what one may do, and how many there are.

uvicorn bounds neither a request's head nor the time that it takes to arrive, nor a connection that stays
silent from its beginning, nor one that does not read its answer, nor how many requests wait behind the
first on one connection. (Its parser "h11" bounds the head's length, for a seventh fewer answers a second,
and none of the rest.)
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Any

from starlette.types import Message
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from .errors import sentence
from .headers import add_headers
from .networks import network

PIECE = 8_192  # bytes that are parsed at once
MAX_HEAD = 16_384  # bytes of a head, or of a body's trailers, that may go before the last piece
HEAD_TIME = 10.0  # seconds from a head's first byte to its last
# Seconds for anything else: longer than nginx keeps a connection to us, so that only it ends one.
IDLE_TIME = 75.0
TOGETHER = 0.005  # seconds in one turn of the event loop in which requests are begun
IN_LINE = 8  # requests that one connection may send before it has the first answer; browsers send one
MAX_SURPLUS = 65_536  # bytes of a body that may come after the answer
HELD = 16_384  # bytes of an answer that wait for somebody who reads slowly


class Connections:
    """All open connections, and the requests on them that have not begun to be answered.

    No network has a number of its own: where there are more than `most` connections in all, the greediest one loses
    that which has been silent longest. (guard.py bounds a network's requests under way.) Requests are begun as many as
    `TOGETHER` allows in each turn of the event loop, going round by network: an answer takes several turns, and a
    hundred requests that come together would make each of them long for everybody else.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self.most, self._clock = most, clock
        self._to_begin: dict[str, deque[Callable[[], None]]] = {}  # by network; the first is next
        self._beginning = False
        self.count = 0
        self._networks: dict[str, dict[Connection, None]] = {}  # each in the order of their last requests

    def add(self, connection: Connection) -> None:
        self._networks.setdefault(connection.network, {})[connection] = None
        self.count += 1
        if self.count > self.most:
            greediest = max(self._networks.values(), key=len)
            longest_silent = next(iter(greediest))
            self.remove(longest_silent)
            longest_silent.transport.abort()

    def active(self, connection: Connection) -> None:
        """Count `connection` as the one that was heard last."""
        own = self._networks.get(connection.network, {})
        if connection in own:
            del own[connection]
            own[connection] = None

    def remove(self, connection: Connection) -> None:
        """Count `connection` no more; it may be gone already."""
        own = self._networks.get(connection.network, {})
        if connection in own:
            del own[connection]
            self.count -= 1
            if not own:
                del self._networks[connection.network]

    def all(self) -> Iterator[Connection]:
        """Every open connection."""
        return chain.from_iterable(self._networks.values())

    def begin(self, network: str, request: Callable[[], None]) -> None:
        """Begin a request when it is the turn of its network."""
        self._to_begin.setdefault(network, deque()).append(request)
        if not self._beginning:
            self._beginning = True
            asyncio.get_running_loop().call_soon(self._begin_some)

    def _begin_some(self) -> None:
        end = self._clock() + TOGETHER
        while self._to_begin:
            name = next(iter(self._to_begin))
            requests = self._to_begin.pop(name)
            requests.popleft()()
            if requests:
                self._to_begin[name] = requests  # behind the other networks
            if self._clock() >= end:
                break
        self._beginning = bool(self._to_begin)
        if self._beginning:
            asyncio.get_running_loop().call_soon(self._begin_some)

    def end_overdue(self, now: float) -> None:
        """End the connections whose time is over at the event loop's time `now`."""
        for connection in self.all():
            if connection.deadline < now:
                connection.transport.abort()


class Connection(HttpToolsProtocol):
    """uvicorn's connection, bounded."""

    def __init__(self, connections: Connections, **settings: Any) -> None:
        super().__init__(**settings)
        self._connections = connections
        self._head = 0  # bytes since the last head, piece of body or message that was whole
        self._in_head = False
        self._surplus = 0  # bytes of a body that nobody reads any more

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(HELD)
        self.network = network(self.client[0] if self.client else "")
        self._grant(IDLE_TIME)
        self._connections.add(self)

    def shutdown(self) -> None:
        """Finish the answer under way when the server ends; a request that is still arriving is not waited for."""
        super().shutdown()
        if self.cycle is not None and self.cycle.more_body:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        for begin in range(0, len(data), PIECE):
            if self.transport.is_closing():
                return
            piece = data[begin : begin + PIECE]
            self._head += len(piece)
            super().data_received(piece)
            if self._head > MAX_HEAD:
                self._refuse(431, f"The request's head is longer than {MAX_HEAD:,} bytes.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if len(self.pipeline) >= IN_LINE:
            raise ValueError("Too many requests wait behind the first.")
        self._in_head = True
        self._grant(HEAD_TIME)
        self._connections.active(self)

    def on_headers_complete(self) -> None:
        self._head, self._in_head, self._surplus = 0, False, 0
        self._grant(IDLE_TIME)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._head = 0
        if self.cycle.response_complete:
            self._surplus += len(body)
            if self._surplus > MAX_SURPLUS:
                self.transport.abort()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._head = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._in_head:
            self._grant(HEAD_TIME if self.cycle.more_body else IDLE_TIME)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._connections.begin(self.network, partial(super()._start_asgi_task, cycle, app))

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "This is not a request that HTTP knows.")

    def _grant(self, seconds: float) -> None:
        self.deadline = self.loop.time() + seconds

    def _refuse(self, status: int, text: str) -> None:
        """End the connection with one sentence, or with nothing where another answer is under way."""
        cycle = self.cycle
        unanswered = cycle is not None and not cycle.response_started and not self.pipeline
        if cycle is None or cycle.response_complete or unanswered:
            if unanswered:
                cycle.disconnected = True  # the application's answer comes too late
            self.transport.write(_written(status, text))
            self.transport.close()
        else:
            self.transport.abort()


def _written(status: int, text: str) -> bytes:
    """The whole answer that ends a connection."""
    reply = sentence(status, text, {"Connection": "close"})
    start: Message = {"status": status, "headers": reply.raw_headers}
    add_headers("", start)
    headers = (b"%b: %b\r\n" % header for header in start["headers"])
    return b"".join([STATUS_LINE[status], *headers, b"\r\n", bytes(reply.body)])
