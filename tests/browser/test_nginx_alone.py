"""nginx by itself, with the configuration that the guide hands out, in front of stand-ins for the page's processes."""

from __future__ import annotations

import json
import resource
import select
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from demo.headers import ALWAYS
from demo.limits import BUSY
from tests.nginx import Nginx
from tests.server import HOST, free_port

STRANGER, CLASS, VISITOR = "127.0.0.2", "127.0.0.3", "127.0.0.4"
BIG = bytes(8_000_000)


class StandIn(ThreadingHTTPServer):
    """What nginx asks in place of a process of the page; it answers while it is `open`."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self) -> None:
        super().__init__((HOST, 0), Handler)
        self.open = threading.Event()
        self.open.set()
        self.changed = threading.Condition()
        self.asked: Counter[str] = Counter()
        self.under_way = 0
        self.headers: dict[str, str] = {}

    def handle_error(self, *_: object) -> None:
        """nginx has hung up."""


class Handler(BaseHTTPRequestHandler):
    """One connection to a StandIn."""

    server: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_GET(self) -> None:
        server = self.server
        with server.changed:
            server.asked[self.path] += 1
            server.headers = dict(self.headers)
            server.under_way += 1
            server.changed.notify_all()
        server.open.wait()
        body = BIG if self.path == "/big" else b"answered"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        with server.changed:
            server.under_way -= 1

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def stand_in() -> Iterator[StandIn]:
    with StandIn() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.open.set()
        server.shutdown()


@pytest.fixture
def behind() -> Iterator[StandIn]:
    """The only process behind nginx."""
    with stand_in() as server:
        yield server


@pytest.fixture
def nginx(behind: StandIn) -> Iterator[Nginx]:
    """nginx, which may open as few files as most systems allow, and in the end has logged nothing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    try:
        with Nginx([behind.server_port]) as nginx:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(20_000, hard), hard))
            yield nginx
            assert nginx.log() == ""
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connected(nginx: Nginx, address: str = HOST, window: int | None = None) -> socket.socket:
    """A connection from that address of this machine, which takes so many bytes before they are read."""
    connection = socket.socket()
    connection.settimeout(20)
    if window:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    connection.bind((address, 0))
    connection.connect((HOST, nginx.port))
    return connection


@contextmanager
def crowd(nginx: Nginx, address: str, size: int, window: int | None = None) -> Iterator[list[socket.socket]]:
    """So many connections from one address."""
    with ExitStack() as stack:
        yield [stack.enter_context(connected(nginx, address, window)) for _ in range(size)]


def reply(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """The next answer of a connection: status, headers with lower-case names, body."""
    file = connection.makefile("rb")
    status = int(file.readline().split()[1])
    lines = iter(file.readline, b"\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.decode().partition(":") for line in lines)
    }
    return status, headers, file.read(int(headers["content-length"]))


def asked(nginx: Nginx, request: bytes, address: str = HOST) -> tuple[int, dict[str, str], bytes]:
    """The answer to one request on a connection of its own."""
    with connected(nginx, address) as connection:
        connection.sendall(request)
        return reply(connection)


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def post(path: str, body: bytes = b"{}") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def is_sentence(answer: tuple[int, dict[str, str], bytes]) -> bool:
    """Whether an answer is one sentence, with the headers that every answer of the page has."""
    _, headers, body = answer
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert {name: headers[name.lower()] for name in ALWAYS} == ALWAYS
    told = json.loads(body)
    return [*told] == ["error"] and told["error"].endswith(".")


H = b"Host: x\r\n"
REFUSED = {
    "noise": (400, b"\xff\xfe\x00\r\n\r\n"),
    "TLS": (400, b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03\r\n\r\n"),
    "no host": (400, b"GET / HTTP/1.1\r\n\r\n"),
    "broken host": (400, b"GET / HTTP/1.1\r\nHost: a b/\r\n\r\n"),
    "two lengths": (
        400,
        b"POST / HTTP/1.1\r\n" + H + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    ),
    "length of 4,501 digits": (
        400,
        b"POST / HTTP/1.1\r\n" + H + b"Content-Length: " + b"9" * 4501 + b"\r\n\r\n",
    ),
    "out of the root": (400, get("/../../etc/passwd")),
    "zero byte": (400, get("/static/%00")),
    "connect": (400, b"CONNECT x:1 HTTP/1.1\r\n" + H + b"\r\n"),
    "the sentences' own address": (404, get("/nginx-error")),
    "trace": (405, b"TRACE / HTTP/1.1\r\n" + H + b"\r\n"),
    "chunks": (411, b"POST /predict HTTP/1.1\r\n" + H + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "long body": (413, b"POST /predict HTTP/1.1\r\n" + H + b"Content-Length: 65537\r\n\r\n"),
    "long address": (414, get("/" + "a" * 9_000)),
    "long line": (431, b"GET / HTTP/1.1\r\n" + H + b"Cookie: " + b"a" * 9_000 + b"\r\n\r\n"),
    "long head": (431, b"GET / HTTP/1.1\r\n" + H + b"Cookie: aaaaaaaaaaaaaaaa\r\n" * 2_000 + b"\r\n"),
    "unknown encoding": (501, b"POST / HTTP/1.1\r\n" + H + b"Transfer-Encoding: gzip\r\n\r\n"),
    "HTTP/3": (505, b"GET / HTTP/3.0\r\n" + H + b"\r\n"),
}


def test_every_error_of_nginx_is_one_sentence(nginx: Nginx, behind: StandIn) -> None:
    """What nginx itself refuses, it refuses as the page does; the page never hears of it."""
    behind.asked.clear()
    for name, (status, request) in REFUSED.items():
        answer = asked(nginx, request)
        assert answer[0] == status, name
        assert is_sentence(answer), name
    assert not behind.asked


def test_a_process_that_is_gone_is_one_sentence() -> None:
    """Where nobody answers, one is told to ask again in a second."""
    with Nginx([free_port(), free_port()]) as nginx:
        answer = asked(nginx, post("/predict"))
        assert answer[0] == 503
        assert answer[1]["retry-after"] == "1"
        assert is_sentence(answer)
        assert nginx.log() == ""


def test_a_slow_request_is_not_repeated() -> None:
    """What one process does not answer in time is not asked of the next, which would not either."""
    with stand_in() as first, stand_in() as second:
        ports = [first.server_port, second.server_port]
        with Nginx(ports, {"proxy_read_timeout 10s": "proxy_read_timeout 1s"}) as nginx:
            first.open.clear()
            second.open.clear()
            answer = asked(nginx, post("/predict"))
            assert answer[0] == 504
            assert is_sentence(answer)
            assert first.asked["/predict"] + second.asked["/predict"] == 1
            assert nginx.log() == ""


def test_slow_readers_fill_no_disk(nginx: Nginx, behind: StandIn) -> None:
    """What is read slowly waits where it is, not in nginx's files."""
    with crowd(nginx, STRANGER, 50, window=4096) as readers:
        for reader in readers:
            reader.sendall(get("/big"))
        with behind.changed:
            assert behind.changed.wait_for(lambda: behind.asked["/big"] == 50, timeout=20)
        assert asked(nginx, get("/"), VISITOR)[0] == 200
        assert nginx.temporary_files() == []


def test_slow_bodies_fill_no_disk(nginx: Nginx, behind: StandIn) -> None:
    """A body that is being sent waits in memory, and the page hears of it when it is whole."""
    request = post("/predict", bytes(65_536))
    with crowd(nginx, STRANGER, 50) as senders:
        for sender in senders:
            sender.sendall(request[:-1])
        assert asked(nginx, get("/"), VISITOR)[0] == 200
        assert nginx.temporary_files() == []
        assert behind.asked["/predict"] == 0
        for sender in senders:
            sender.sendall(request[-1:])
            assert reply(sender)[0] == 200


@pytest.mark.parametrize(
    "path", ["/classify", "/contributions", "/range", "/smallest-change", "/gradio_api/queue/join"]
)
def test_one_address_cannot_have_all(nginx: Nginx, behind: StandIn, path: str) -> None:
    """Of a stranger's hundred requests for hard work 32 are under way and 68 refused; a visitor's is let in."""
    behind.open.clear()
    with crowd(nginx, STRANGER, 100) as strangers, connected(nginx, VISITOR) as visitor:
        for stranger in strangers:
            stranger.sendall(post(path))
        waiting = strangers
        while len(waiting) > 32:
            refused, _, _ = select.select(waiting, [], [], 10)
            assert refused, f"{len(waiting)} are under way"
            for connection in refused:
                status, _, body = reply(connection)
                assert (status, json.loads(body)["error"]) == (429, BUSY)
            waiting = [connection for connection in waiting if connection not in refused]
        visitor.sendall(post(path))
        with behind.changed:
            assert behind.changed.wait_for(lambda: behind.under_way == 33, timeout=20)
        behind.open.set()
        assert {reply(connection)[0] for connection in (visitor, *waiting)} == {200}


def test_a_class_behind_one_router_fits(nginx: Nginx) -> None:
    """A hundred pages that open at once, with six connections each, and then draw, are all answered."""
    with crowd(nginx, CLASS, 600) as connections:
        for request, used in [(get("/static/app.js"), connections)] * 5 + [
            (post("/predict"), connections[:100])
        ] * 3:
            for connection in used:
                connection.sendall(request)
            assert {reply(connection)[0] for connection in used} == {200}


def test_ten_thousand_silent_connections_harm_nobody(nginx: Nginx) -> None:
    """While a stranger keeps ten thousand connections on which no request ends, a visitor is answered."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < 16_384:
        pytest.skip("This system allows a process no sixteen thousand files.")
    with crowd(nginx, STRANGER, 10_000) as connections:
        for connection in connections[::2]:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nCookie: ")
        assert asked(nginx, get("/"), VISITOR)[0] == 200


def test_only_nginx_says_who_asks(nginx: Nginx, behind: StandIn) -> None:
    """What a stranger says of its own address never reaches the page."""
    request = b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n\r\n"
    assert asked(nginx, request, STRANGER)[0] == 200
    assert behind.headers["X-Forwarded-For"] == STRANGER
    assert behind.headers["X-Forwarded-Proto"] == "http"
    assert behind.headers["Host"] == "x"
