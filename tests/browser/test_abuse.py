"""The running server under requests that only a socket can send."""

from __future__ import annotations

import json
import os
import re
import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.server import Server

SEVEN = {"strokes": [[[70, 60], [205, 62], [130, 232]]], "pen_width": 20}


@pytest.fixture(scope="module")
def abused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: after all that is done to it here it must answer as before."""
    server = Server(tmp_path_factory.mktemp("abused") / "log")
    quick = fastest(server)
    before = memory(server)
    yield server
    assert server.process.poll() is None
    # What else the machine does passes; what the server keeps of all that was sent does not.
    end = time.monotonic() + 60
    while fastest(server) >= 3 * quick:
        assert time.monotonic() < end, "The server has become slow."
    assert memory(server) - before < 100_000, "kilobytes"
    server.stop()


def fastest(server: Server) -> float:
    """Seconds that the quickest of thirty updates takes."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        return min(client.post("/predict", json=SEVEN).elapsed.total_seconds() for _ in range(30))


def memory(server: Server) -> int:
    """Kilobytes that the server's process holds."""
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        pytest.skip("Memory is read from /proc, which only Linux has.")
    match = re.search(r"VmRSS:\s+(\d+)", status.read_text())
    assert match
    return int(match[1])


def sent(server: Server, *parts: bytes, close: bool = False) -> bytes:
    """The first bytes that come back for `parts`; with `close`, the connection ends before the request does."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
        if close:
            connection.shutdown(socket.SHUT_WR)
        reply = b""
        while b"\r\n\r\n" not in reply and (more := connection.recv(65_536)):
            reply += more
        return reply


HEAD = b"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"


def test_fifty_megabytes_are_refused_at_their_announcement(abused: Server) -> None:
    """A body of 50 MB is a 413 before its first byte was sent; waiting for it would end in a 408."""
    assert b" 413 " in sent(abused, HEAD % 50_000_000)


def test_fifty_megabytes_without_announcement_are_refused(abused: Server) -> None:
    """Chunks without end are a 413 as soon as they are too many; the rest goes nowhere."""

    def chunks() -> Iterator[bytes]:
        for _ in range(800):
            yield bytes(65_536)

    with httpx.Client(base_url=abused.url, timeout=60) as client:
        try:
            assert client.post("/predict", content=chunks()).status_code == 413
        except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            pass  # the server hung up while the chunks still came


def test_truncated_bodies_are_forgotten(abused: Server) -> None:
    """A body that ends before its announced length is no request."""
    for length in (1, 100, 60_000):
        assert b" 200 " not in sent(abused, HEAD % length, b"{" * (length // 2), close=True)


def test_slow_bodies_hold_nobody_up(abused: Server) -> None:
    """While a hundred bodies trickle in, others are answered; a body that never ends is a 408."""
    waiting = [socket.create_connection(("127.0.0.1", abused.port), timeout=30) for _ in range(100)]
    for connection in waiting:
        connection.sendall(HEAD % 60_000 + b"{")
    assert httpx.post(abused.url + "predict", json=SEVEN, timeout=30).status_code == 200
    assert not select.select(waiting[-1:], [], [], 0)[0], (
        "The answer came only when the bodies' time was over."
    )
    assert b" 408 " in waiting[0].recv(65_536)
    for connection in waiting:
        connection.close()


@pytest.mark.parametrize(
    "path",
    """
    /static/lenet/../../demo/app.py /static/lenet/%2e%2e/%2e%2e/app.py /static/lenet/..%2f..%2fapp.py
    /static/../routes.py /static/%2e%2e/%2e%2e/routes.py /assets/../../routes.py /assets/..%5c..%5croutes.py
    /assets//etc/passwd /static//etc/passwd /static/lenet//etc/passwd /static/lenet/%00 /assets/%00
    /static/lenet/ /static/ /assets/ /gradio_api/file=/etc/passwd /gradio_api/upload //predict /./predict /%ff
    """.split(),  # noqa: SIM905 - a table is easier to read
)
def test_paths_that_lead_elsewhere_are_not_found(abused: Server, path: str) -> None:
    """No path leads out of the folders that are served, and none to a failure."""
    reply = sent(abused, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert re.match(rb"HTTP/1.1 40[034] ", reply)


@pytest.mark.parametrize(
    "request_",
    [
        b"\xff\xfe\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.0\r\nOrigin: x\r\n\r\n",
        b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b'POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\n\r\n{"strokes": "\xff"}',
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=[
        "noise",
        "no host",
        "no host in 1.0",
        "negative length",
        "broken chunk",
        "broken UTF-8",
        "long address",
    ],
)
def test_what_is_no_request_is_refused(abused: Server, request_: bytes) -> None:
    """Broken HTTP and broken UTF-8 are a 400."""
    assert re.match(rb"HTTP/1.[01] 4\d\d ", sent(abused, request_))


hosts = st.sampled_from(["x", "[", "a b", "x:99999", "localhost", "évil", "", "http://x", "x" * 300])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
JOIN = ("data", "fn_index", "session_hash", "event_data", "trigger_id", "batched", "simple_format")


@settings(
    max_examples=150,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    host=hosts,
    query=st.dictionaries(
        st.sampled_from(["page", "deep_link", "serialize", "session_hash", "v", "__theme"]),
        st.text(max_size=9),
    ),
    call=json_values
    | st.fixed_dictionaries({}, optional=dict.fromkeys(JOIN, json_values) | {"fn_index": st.integers(-1, 1)}),
)
def test_what_is_open_of_gradio_survives_anything(
    abused: Server, host: str, query: dict[str, str], call: object
) -> None:
    """Gradio's open routes answer or refuse anything, and never show a traceback."""
    with httpx.Client(base_url=abused.url, headers={b"Host": host.encode()}, timeout=20) as client:
        for path in ("/", "/config", "/gradio_api/info"):
            reply = client.get(path, params=query)
            assert "Traceback" not in reply.text
            assert reply.status_code < 500
        reply = client.post("/gradio_api/queue/join", content=json.dumps(call))
        assert "Traceback" not in reply.text
        assert reply.status_code < 500


def test_strangers_write_no_log(abused: Server) -> None:
    """After all of this, and what once was logged with every request, the log has one line: the start's."""
    for request in (
        HEAD.replace(b"%d", b"9" * 4501),
        b"GET /assets/" + b"a" * 5_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /assets/%1b[31mred%0aLeNet-5 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /gradio_api/queue/data?session_hash=nobody HTTP/1.1\r\nHost: x\r\n\r\n",
        b'POST /gradio_api/queue/join HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n{"data": [1]',
    ):
        assert re.match(rb"HTTP/1.1 4\d\d ", sent(abused, request))
    assert abused.log.read_text().count("\n") == 1


def test_descriptors_are_given_back(abused: Server) -> None:
    """What came and went left no connection open."""
    folder = f"/proc/{abused.process.pid}/fd"
    if not Path(folder).exists():
        pytest.skip("Open files are read from /proc, which only Linux has.")
    end = time.monotonic() + 30
    while len(os.listdir(folder)) >= 100:
        assert time.monotonic() < end, "Connections stay open."
