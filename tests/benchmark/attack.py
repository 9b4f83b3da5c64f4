"""One stranger with many connections: a process of its own, which the others' computing comes before.

It asks as fast as it is answered, whatever is answered, and connects again where it is cut off.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from multiprocessing import get_context
from multiprocessing.pool import Pool
from multiprocessing.synchronize import Event

from tests.benchmark.connection import BadReply, Connection, encode

STRANGER = "127.0.0.66"
PATIENCE = 60.0  # s that its process may take to start
CUT_OFF = 0  # in place of the status of a reply that did not come


def flood(
    port: int,
    requests: Sequence[bytes],
    count: int | None = None,
    seconds: float | None = None,
    connections: int = 100,
    address: str = STRANGER,
) -> Counter[int]:
    """Ask until there are `count` answers or `seconds` have passed; the answers by status."""
    seen: Counter[int] = Counter()
    mixed = list(requests)
    random.Random(0).shuffle(mixed)
    asked = cycle(mixed) if count is None else islice(cycle(mixed), count)

    async def ask() -> None:
        connection = Connection(port, address)
        for request in asked:
            try:
                seen[(await connection.exchange(request)).status] += 1
            except BadReply:
                seen[CUT_OFF] += 1
        connection.close()

    async def everybody() -> None:
        try:
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(ask() for _ in range(connections)))
        except TimeoutError:
            pass

    asyncio.run(everybody())
    return seen


def _behind_others(begun: Event) -> None:
    """Let `flood` compute only where nobody else does: in life it is another machine."""
    os.nice(10)
    begun.set()


@contextmanager
def _elsewhere() -> Iterator[Pool]:
    """A process for the stranger; it is there when the block begins, and ends with it, come what may."""
    context = get_context("spawn")
    begun = context.Event()
    with context.Pool(1, _behind_others, (begun,)) as pool:
        if not begun.wait(PATIENCE):
            raise TimeoutError("The stranger's process did not start.")
        yield pool


def in_a_process(port: int, requests: Sequence[bytes], count: int, seconds: float) -> Counter[int]:
    """`flood` in a process of its own."""
    with _elsewhere() as pool:
        return pool.apply(flood, (port, requests, count, seconds))


@contextmanager
def flooded(port: int, requests: Sequence[bytes]) -> Iterator[None]:
    """While the block runs, for a minute at most, a stranger floods the port."""
    with _elsewhere() as pool:
        pool.apply_async(flood, (port, requests, None, 60))
        yield


def posts(port: int, bodies: dict[str, tuple[str, bytes]]) -> dict[str, bytes]:
    """Requests of `tests.hostile.requests`, ready to be sent."""
    return {name: encode("POST", path, port, body) for name, (path, body) in bodies.items()}


def oddities(port: int) -> list[bytes]:
    """Short requests that want a 5xx, a line of the log, or the server's memory of them."""
    host = b"Host: 127.0.0.1:%d\r\n" % port
    gets = [
        "/nothing", "/assets/" + "a" * 5_000, "/static/lenet/" + "a" * 300, "/assets/%00%0a%1b[2J", "/static/%ff",
        "/gradio_api/queue/data?session_hash=nobody", "/gradio_api/file=/etc/passwd", "/config?deep_link=x",
        "/?deep_link=%0d%0a&page=x", "/static/lenet/../../app.py", "/predict", "/" + "%2e%2e/" * 50,
    ]  # fmt: skip
    heads = [
        b"Content-Length: " + b"9" * 4_501 + b"\r\n",
        b"Content-Length: -1\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Range: bytes=9-1,0-0,-0\r\nIf-Range: \xff\r\n",
        b"Origin: https://evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: gopher\r\n",
        b"Cookie: " + b"a=b; " * 1_000 + b"\r\n",
    ]
    bodies = [
        b"",
        b"{",
        b"null",
        b"[]",
        b'{"strokes":[[["\xff",1]]]}',
        b'{"data":[],"fn_index":9}',
        b"[" * 5_000,
    ]

    def ended(head: bytes) -> bytes:
        # Whole requests only: what never ends takes time, not requests, and is for patience.py.
        return head + b"\r\n" + (b"0\r\n\r\n" if b"chunked" in head else b"")

    return [
        *(b"GET " + path.encode() + b" HTTP/1.1\r\n" + host + b"\r\n" for path in gets),
        *(b"GET / HTTP/1.1\r\n" + host + ended(head) for head in heads if b"Length" not in head),
        *(b"POST /classify HTTP/1.1\r\n" + host + ended(head) for head in heads),
        *(encode("POST", path, port, body) for path in ("/predict", "/classify") for body in bodies),
        encode("POST", "/gradio_api/queue/join", port, bodies[5]),
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \x1b]0;x\x07\r\n\r\n",
        b"BREW / HTTP/1.1\r\n" + host + b"\r\n",
        b"\xff\xfe\x00\r\n\r\n",
    ]
