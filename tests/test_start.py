"""Starting and ending: what the operator sees."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import httpx
import pytest

import demo.needs
from demo.app import _listen, _outward
from demo.needs import unmet
from lenet.checkpoint import WEIGHTS, fingerprint

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SOON = 8  # s; it takes a fifth of one where nothing else is computing, and ten where a request is waited for


def app(folder: Path = ROOT, **environment: str) -> subprocess.Popen[str]:
    """`python app.py` in `folder`."""
    return subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "GRADIO_SERVER_PORT": "0", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def refused(process: subprocess.Popen[str]) -> str:
    """The one sentence with which the page does not start."""
    out, problem = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == ""
    assert problem.count("\n") == 1
    return problem


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_one_line_at_the_start_and_none_after(ending: signal.Signals) -> None:
    """The start is one line, requests and the end by Ctrl-C or SIGTERM are none, and it ends soon."""
    process = app()
    assert process.stdout
    line = process.stdout.readline()
    match = re.fullmatch(r"LeNet-5 sketchpad .+, weights (\w{12}), at (http://127\.0\.0\.1:\d+/)\n", line)
    assert match
    assert match[1] == fingerprint()[:12]
    with httpx.Client(
        base_url=match[2], timeout=60
    ) as client:  # its connection is still open when the signal comes
        assert client.get("/healthz").json()["ready"]
        assert client.post("/classify", json={"strokes": [[[1, 2], [3, 4]]]}).status_code == 200
        assert client.post("/classify", content=b"{").status_code == 400
        process.send_signal(ending)
        rest = process.communicate(timeout=SOON)
    assert rest == ("", "")
    assert process.returncode == -ending


def test_open_to_the_network_it_names_an_address_to_write_on_the_board() -> None:
    """Started for all interfaces the line tells where the page is on this machine, and where for others."""
    process = app(GRADIO_SERVER_NAME="0.0.0.0")
    try:
        assert process.stdout
        line = process.stdout.readline()
        match = re.fullmatch(
            r".+, at http://127\.0\.0\.1:(\d+)/, for others in the network http://(.+):\1/\n", line
        )
        assert match
        port, others = match.groups()
        assert others not in ("127.0.0.1", "0.0.0.0")
        for address in ["127.0.0.1"] + [others] * (others != "<this machine's address>"):
            assert httpx.get(f"http://{address}:{port}/healthz", timeout=60).json()["ready"]
    finally:
        process.terminate()
        process.communicate(timeout=SOON)


@pytest.mark.parametrize(("goes_out", "address"), [(True, "192.168.4.1"), (False, None)])
def test_the_address_for_others(monkeypatch: pytest.MonkeyPatch, goes_out: bool, address: str | None) -> None:
    """It is the one of the route that leads out; without such a route there is none."""

    class Probe(socket.socket):
        def connect(self, _: object) -> None:
            if not goes_out:
                raise OSError("Network is unreachable")

        def getsockname(self) -> tuple[str, int]:
            return ("192.168.4.1", 40000)

    monkeypatch.setattr(socket, "socket", Probe)
    assert _outward() == address


def test_a_request_that_never_ends_does_not_hold_the_end_up() -> None:
    """With a request half sent it ends soon all the same, without a traceback."""
    process = app()
    assert process.stdout
    match = re.search(r":(\d+)/", process.stdout.readline())
    assert match
    with socket.create_connection(("127.0.0.1", int(match[1]))) as connection:
        head = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
        connection.sendall(head)
        assert b"100 Continue" in connection.recv(100), "the body is waited for"
        process.terminate()
        problem = process.communicate(timeout=SOON)[1]
    assert problem == ""


# Instead of serving it asks once for everything that is computed, and tells what was loaded for it.
ASKED_ONCE = """
import asyncio, sys
import httpx
import demo.app
from tests.hostile import PICTURES, as_url

SEVEN = {"strokes": [[[70, 60], [205, 62], [130, 232]]]}
BODIES = {
    "/predict": SEVEN,
    "/unit": SEVEN | {"layer": "c3", "unit": [5, 2, 7]},
    "/partial-maps": SEVEN | {"map": 15},
    "/contributions": SEVEN | {"digit": 7, "other": 1},
    "/range": SEVEN | {"change": "turn", "off": {"c1": [1]}},
    "/exciting": {"layer": "c3", "number": 5},
    "/classify": {"picture": as_url(PICTURES["a JPEG"]())},
}

def serve(app, *_):
    async def ask():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
            (await client.get("/healthz")).raise_for_status()
            before = set(sys.modules)
            for path, body in BODIES.items():
                (await client.post(path, json=body)).raise_for_status()
            print(*sorted(set(sys.modules) - before))

    asyncio.run(ask())

demo.app.serve = serve
sys.argv = ["app.py"]
demo.app.main()
"""


def test_no_request_waits_for_what_is_loaded() -> None:
    """Whatever is asked first, all modules that it takes were there from the start."""
    told = subprocess.run(
        [sys.executable, "-c", ASKED_ONCE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == ""


def test_no_part_of_an_answer_waits_for_a_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection sends at once: with Nagle's algorithm a proxy would have each answer 40 ms later."""
    monkeypatch.setenv("GRADIO_SERVER_PORT", "0")
    with _listen() as listening, socket.create_connection(listening.getsockname()):
        connection = listening.accept()[0]
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_in_use() -> None:
    """A port that another program has is a sentence, not the next port."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"port {port}: Address already in use" in refused(app(GRADIO_SERVER_PORT=str(port)))


@pytest.mark.parametrize("port", ["seven", "70000", "-1"])
def test_a_port_that_is_none(port: str) -> None:
    """What is no port is a sentence."""
    assert "port" in refused(app(GRADIO_SERVER_PORT=port)).lower()


def test_frame_ancestors_that_would_end_the_policy() -> None:
    """Sites that would add something else to the policy are refused."""
    assert "LENET_FRAME_ANCESTORS" in refused(app(LENET_FRAME_ANCESTORS="*; script-src *"))


@pytest.mark.parametrize(("name", "sentence"), [("missing", "does not exist"), ("damaged", "hash")])
def test_weights_missing_or_damaged(tmp_path: Path, name: str, sentence: str) -> None:
    """Weights that are missing or damaged are not served."""
    for part in ("app.py", "demo", "lenet"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    shutil.copytree(WEIGHTS.parent, tmp_path / "weights")
    weights = tmp_path / "weights" / WEIGHTS.name
    if name == "missing":
        weights.unlink()
    else:
        weights.write_bytes(weights.read_bytes()[:-1] + b"\0")
    assert sentence in refused(app(tmp_path))


def test_what_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing, an old and a broken torch and another Gradio each are one sentence that tells the way out."""

    def versions(**installed: str) -> str:
        def version(name: str) -> str:
            if name not in installed:
                raise PackageNotFoundError(name)
            return installed[name]

        monkeypatch.setattr(demo.needs, "version", version)
        text = unmet()
        assert text
        assert "make demo" in text
        return text

    assert unmet() is None
    assert "torch is not installed" in versions(gradio="6.31.0")
    assert "gradio is not installed" in versions(torch="2.13.0+cpu")
    assert "torch 2.5.1 is installed" in versions(torch="2.5.1", gradio="6.31.0")
    assert "gradio 6.9 is installed" in versions(torch="2.13.0", gradio="6.9")

    def broken(name: str) -> None:
        raise OSError("libtorch.so: wrong ELF class\nmore")

    monkeypatch.setattr(demo.needs, "import_module", broken)
    assert "cannot be loaded (libtorch.so: wrong ELF class)" in versions(torch="2.13.0", gradio="6.31.0")
