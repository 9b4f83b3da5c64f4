"""The server itself under what only a socket can send: heads, silence, floods."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import resource
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest
from anyio.from_thread import BlockingPortal
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo import connections as bounds
from demo.connections import Connection, Connections
from demo.guard import Guard
from demo.kept import PIECE, Kept
from demo.serve import Running, files

LONG = bytes(range(32, 127)) * 20_000  # 1.9 MB


class Site:
    """The guarded server in a thread, on a port of its own, with an echo and a long file."""

    def __init__(self, most: int = 1000) -> None:
        async def echo(request: Request) -> Response:
            return Response(await request.body())

        routes = [
            Route("/echo", echo, methods=["GET", "POST"]),
            Route("/long", Kept(LONG, "text/plain"), methods=["GET"]),
        ]
        self.connections = Connections(most)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = self.listening.getsockname()
        ready = threading.Event()
        app = Guard(Starlette(routes=routes), routes)
        self.server = Running(app, self.connections, ready.set)
        self.thread = threading.Thread(target=self.server.run, args=([self.listening],))
        self.thread.start()
        assert ready.wait(20)

    def open(self, source: str = "127.0.0.1") -> socket.socket:
        """A connection from one of this machine's addresses."""
        return socket.create_connection(self.address, timeout=20, source_address=(source, 0))

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose patience is a tenth of a second."""
    monkeypatch.setattr(bounds, "HEAD_TIME", 0.1)
    monkeypatch.setattr(bounds, "IDLE_TIME", 0.3)


@pytest.fixture
def site(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The server; whatever is sent to it, it logs nothing and answers afterwards."""
    site = Site()
    yield site
    monkeypatch.undo()  # its short patience: we may be slow
    with site.open() as connection:
        assert answer(connection, GET) == b"200"
    site.stop()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


GET = b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"


def received(connection: socket.socket) -> bytes:
    """All that comes until the server ends the connection."""
    reply = b""
    with contextlib.suppress(ConnectionError):
        while more := connection.recv(65_536):
            reply += more
    return reply


def answer(connection: socket.socket, request: bytes) -> bytes:
    """The status of the answer to a request."""
    connection.sendall(request)
    return connection.recv(65_536).split(b" ", 2)[1]


def flood(connection: socket.socket, begin: bytes, more: bytes, most: int) -> int:
    """How many bytes are taken of `begin` and then `more`, again and again, until the connection is ended."""
    taken = 0
    with contextlib.suppress(ConnectionError):
        while taken < most:
            taken += connection.send(begin or more)
            begin = b""
    return taken


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (GET[:-2], b"X-Name: value\r\n" * 500),
        (GET[:-2] + b"X: ", b"a" * 8_000),
        (b"GET /", b"a" * 8_000),
        (CHUNKED + b"0\r\n", b"X-Trailer: value\r\n" * 500),
        (CHUNKED + b"1;", b"a" * 8_000),
        (b"\r\n", b"\r\n" * 4_000),
    ],
    ids=["headers", "one header", "address", "trailers", "chunk extension", "blank lines"],
)
def test_a_head_that_never_ends_is_cut(site: Site, begin: bytes, more: bytes) -> None:
    """Headers, trailers and their like without end end the connection within what the sockets hold."""
    with site.open() as connection:
        assert flood(connection, begin, more, 40_000_000) < 10_000_000


def test_a_long_head_is_a_sentence(site: Site) -> None:
    """Up to 16 KB of head are read, more than 32 KB are a 431 with one sentence and the headers."""
    with site.open() as connection:
        assert answer(connection, GET[:-2] + b"X: " + b"a" * 16_000 + b"\r\n\r\n") == b"200"
        connection.sendall(GET[:-2] + b"X: " + b"a" * 32_768 + b"\r\n\r\n")
        reply = received(connection)
    assert reply.startswith(b"HTTP/1.1 431 ")
    assert b"x-content-type-options: nosniff" in reply
    assert re.search(rb'\r\n\r\n{"error":"[A-Z].+\."}$', reply)


@pytest.mark.parametrize(
    "noise", [b"\xff\xfe\x00\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"CONNECT x:1 HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_http_is_a_sentence_with_the_headers(site: Site, noise: bytes) -> None:
    """The parser's own 400 is a sentence and carries the security headers too."""
    with site.open() as connection:
        connection.sendall(noise)
        connection.settimeout(5)
        reply = connection.recv(65_536)
    assert re.match(rb"HTTP/1.1 4\d\d ", reply)
    assert b"x-content-type-options: nosniff" in reply
    assert b'{"error":"' in reply


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    "begin",
    [b"", b"GET / HT", GET + b"GET /", b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n"],
    ids=["silent", "half a head", "half a second head", "an answer unread"],
)
def test_who_keeps_still_is_cut(site: Site, begin: bytes) -> None:
    """A connection without a request, with half of one, or with an unread answer ends in time."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(20)
        connection.connect(site.address)
        with contextlib.suppress(ConnectionError):  # where we are slow, it is cut before
            connection.sendall(begin)
        deadline = time.monotonic() + 30
        while site.connections.count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert site.connections.count == 0


@pytest.mark.usefixtures("short")
def test_a_slow_head_is_cut_though_it_never_stops(site: Site) -> None:
    """One byte now and then does not lengthen a head's time."""
    with site.open() as connection, contextlib.suppress(ConnectionError):
        connection.sendall(GET[:-2] + b"X: ")
        for _ in range(1000):
            connection.sendall(b"a")
            time.sleep(0.01)
        raise AssertionError("The head was never given up.")


def test_a_slow_reader_holds_a_few_kilobytes(site: Site) -> None:
    """Of an answer that nobody reads only the beginning is handed to the connection."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(site.address)
        connection.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n" * 5)
        held: list[int] = []
        while len(held) < 5 or held[-1] != held[-5]:
            held += [c.transport.get_write_buffer_size() for c in site.connections.all()]
            time.sleep(0.02)
        assert 0 < held[-1] <= bounds.HELD + PIECE


def test_requests_in_line_are_few(site: Site) -> None:
    """Whoever sends ten thousand requests at once, without waiting for an answer, is cut off."""
    with site.open() as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(GET * 10_000)
        assert received(connection).count(b"HTTP/1.1 200") < 1000


def test_one_network_cannot_take_all_connections() -> None:
    """Where there is no room, whoever has most loses the one that was silent longest; others are let in and stay."""
    site = Site(most=50)
    try:
        with contextlib.ExitStack() as stack:
            others = [stack.enter_context(site.open("127.0.0.2")) for _ in range(10)]
            greedy = [stack.enter_context(site.open()) for _ in range(200)]
            others += [stack.enter_context(site.open("127.0.0.3")) for _ in range(10)]
            for connection in others:
                assert answer(connection, GET) == b"200"
            assert site.connections.count <= 50
            assert answer(greedy[-1], GET) == b"200"
            assert received(greedy[0]) == b""
    finally:
        site.stop()


def test_requests_are_begun_round_by_network(loop: BlockingPortal) -> None:
    """A hundred requests of one network do not come before the first one of another, nor in one turn of the loop."""
    begun: list[str] = []
    now = 0.0

    def clock() -> float:
        return now

    def begin(name: str) -> None:
        nonlocal now
        now += bounds.TOGETHER / 4
        begun.append(name)

    async def crowd() -> None:
        connections = Connections(1000, clock)
        for name in ["greedy"] * 100 + ["other"]:
            connections.begin(name, partial(begin, name))
        await asyncio.sleep(0)
        assert begun == ["greedy", "other", "greedy", "greedy"]
        while len(begun) < 101:
            await asyncio.sleep(0)

    loop.call(crowd)


def test_files_are_raised_once() -> None:
    """The server may open as many files as the system allows, up to what is useful."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, hard), hard))
        assert files() == resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(16_384, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_accepting_without_files_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Where the system itself has no files left, nobody can have the log written full."""
    site = Site()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = []
    try:
        opened = [site.open()]
        used = max(opened[0].fileno(), site.listening.fileno()) + 1
        resource.setrlimit(resource.RLIMIT_NOFILE, (used, hard))
        with contextlib.suppress(OSError):
            opened += [socket.socket() for _ in range(100)]
        site.listening.setblocking(False)
        resource.setrlimit(resource.RLIMIT_NOFILE, (used + 1, hard))
        client = socket.socket()
        opened.append(client)
        client.connect(site.address)  # in the kernel's queue, where accept finds no file for it
        time.sleep(0.3)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for connection in opened:
            connection.close()
        site.stop()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_it_is_uvicorns_own_connection_otherwise() -> None:
    """What is overridden exists in uvicorn: a new version that renames it is noticed here."""
    for name in vars(Connection):
        if name.startswith(("on_", "send_", "connection_", "data_")):
            assert hasattr(Connection.__base__, name), name
