"""What takes time rather than requests: heads without end, silence, ten thousand sockets, unread answers."""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import islice, repeat

from tests.benchmark.attack import STRANGER
from tests.benchmark.connection import BadReply, Connection, encode
from tests.benchmark.drawings import STEADY
from tests.benchmark.people import draw
from tests.benchmark.report import Figure, Goal, percentile
from tests.process import Process
from tests.server import HOST, Server

NONE = Goal(at_most=0)
CALLS = SOCKETS = 10_000
PART = "Heads and sockets"
LONGEST = 90.0  # s after which a connection counts as never ended


def measure(demo: Server, share: float) -> Iterator[Figure]:
    """All figures; most of the time is spent on waiting for a silent connection's end."""
    request = encode("GET", "/healthz", demo.port)
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(_until_ended, demo.port, request[:-2] + b"X-Slow: ", b"a")
        silent = pool.submit(_until_ended, demo.port, b"", b"")
        yield from _calls(demo, round(CALLS * share))
        yield from _heads(demo)
        yield from _sockets(demo, round(SOCKETS * share))
        yield Figure(PART, "a slow head is ended after", slow.result(), "s", 1, Goal(at_most=12))
        yield Figure(PART, "a silent connection is ended after", silent.result(), "s", 1, Goal(at_most=77))


def _until_ended(port: int, begin: bytes, drip: bytes) -> float:
    """Seconds until the server ends a connection on which `drip` comes once a second."""
    start = time.monotonic()
    with socket.create_connection((HOST, port)) as connection:
        connection.settimeout(1)
        connection.sendall(begin)
        while time.monotonic() - start < LONGEST:
            try:
                connection.sendall(drip)
                if not connection.recv(65_536):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            return float("inf")
    return time.monotonic() - start


def _calls(demo: Server, count: int) -> Iterator[Figure]:
    """What calls by gradio_client's protocol leave behind, answers fetched or not."""
    process = Process(demo.process.pid)

    async def call(connection: Connection, number: int, collect: bool) -> None:
        session = f"{collect}{number}"
        data = [STEADY[7], 20, None, number % 50 == 0]  # every fiftieth asks for all maps
        body = json.dumps({"fn_index": 0, "session_hash": session, "data": data}).encode()
        with suppress(BadReply):
            await connection.exchange(encode("POST", "/gradio_api/queue/join", demo.port, body))
            if collect:
                path = f"/gradio_api/queue/data?session_hash={session}"
                await connection.exchange(encode("GET", path, demo.port))

    async def one_after_another(numbers: range, collect: bool) -> None:
        connection = Connection(demo.port, STRANGER)
        for number in numbers:
            await call(connection, number, collect)
        connection.close()

    async def everybody(collect: bool) -> None:
        await asyncio.gather(*(one_after_another(range(first, count, 20), collect) for first in range(20)))

    asyncio.run(everybody(collect=True))  # what is loaded and cached once is no growth
    rest = process.megabytes()
    for collect, name in ((True, "answers fetched"), (False, "answers never fetched")):
        asyncio.run(everybody(collect))
        part, goal = f"{count:,} calls as gradio_client makes them", Goal(at_most=20)
        yield Figure(part, f"{name}: growth", process.megabytes() - rest, "MB", count, goal)


def _heads(demo: Server) -> Iterator[Figure]:
    """How much is taken of what has no end."""
    post = b"POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    for name, begin, more in (
        ("headers", b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-Name: value\r\n" * 500),
        ("trailers", post + b"1\r\n{\r\n0\r\n", b"X-Trailer: value\r\n" * 500),
    ):
        taken = 0
        with socket.create_connection((HOST, demo.port), 10) as one, suppress(OSError):
            one.sendall(begin)
            for piece in islice(repeat(more), 5_000):
                taken += one.send(piece)
        # Most of it is what the system takes for a server that has not looked yet.
        yield Figure(PART, f"{name} without end, taken", taken / 1e6, "MB", 1, Goal(at_most=10))


def _sockets(demo: Server, count: int) -> Iterator[Figure]:
    """What others see while one address holds ten thousand connections, half of them within a head."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, count + 1_000), most))
    with ExitStack() as stack:
        for number in range(count):
            one = stack.enter_context(socket.socket())
            one.settimeout(5)
            one.bind((STRANGER, 0))
            with suppress(OSError):
                one.connect((HOST, demo.port))
                if number % 2:
                    one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nCookie: ")
        crowd = draw(demo.port, people=10, rate=5, seconds=4)
    waits, name = crowd.waits, f"{count:,} open sockets: others"
    yield Figure(PART, f"{name}' movement to answer, p95", percentile(waits, 95), "ms", len(waits), Goal(100))
    yield Figure(PART, f"{name}' updates refused or lost", crowd.failures, "", len(waits), NONE)
