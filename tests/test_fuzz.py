"""Ten thousand requests that nobody would send in good faith, against the demo's own routes."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from typing import Any

import anyio
import pytest
from anyio.from_thread import BlockingPortal
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image
from starlette.applications import Starlette

from demo.guard import Guard
from demo.routes import routes
from tests.hostile import DRAWINGS, NO_DRAWINGS, PICTURES, as_url, file_of, packed, requests

POSTS = (
    *("/predict", "/unit", "/partial-maps", "/added", "/contributions", "/range", "/training"),
    *("/exciting", "/classify"),
)
REQUESTS = 10_000
OWN = routes()
APP = Guard(Starlette(routes=OWN), OWN)

numbers = st.one_of(
    st.integers(-300, 300),
    st.floats(),  # NaN and infinities too
    st.sampled_from([1e300, -1e300, 1.8e308, 5e-324, 10**400, -(10**30), 2**63]),
)
scalars = st.none() | st.booleans() | numbers | st.text(max_size=8)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
points = st.lists(numbers, min_size=2, max_size=2)
dear = st.sampled_from([make() for make in (DRAWINGS | NO_DRAWINGS).values()])
long_text = st.builds(
    lambda text, count: [[text * 500, *[1] * count]], st.text(min_size=1, max_size=8), st.integers(0, 900)
)
strokes = st.lists(st.lists(points, max_size=6), max_size=4)
nearly_strokes = st.lists(st.lists(points | scalars | st.lists(numbers, max_size=3), max_size=5), max_size=4)
files = st.sampled_from([picture() for picture in PICTURES.values()]).filter(lambda file: len(file) < 1000)
torn = st.builds(
    lambda file, at, new: file[:at] + new + file[at + len(new) :],
    files,
    st.integers(0, 999),
    st.binary(max_size=4),
)
pictures = st.text(max_size=20) | st.binary(max_size=60).map(as_url) | torn.map(as_url)
layers = st.sampled_from(["input", "c1", "s2", "c3", "s4", "c5", "f6", "output", "probabilities"])
KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "strokes": strokes | nearly_strokes | long_text | dear | anything,
    "pen_width": st.just(20) | anything,
    "layer": layers | anything,
    "unit": st.lists(st.integers(-2, 30), max_size=4) | anything,
    "map": st.integers(-2, 17) | anything,
    "digit": st.integers(-2, 11) | anything,
    "other": st.integers(-2, 11) | anything,
    "change": st.sampled_from(["turn", "gaps", "noise", "size"]) | anything,
    "value": st.integers(-1, 2) | anything,
    "towards": strokes | dear | anything,
    "centred": st.booleans() | anything,
    "redrawn": st.booleans() | anything,
    "moment": st.integers(-1, 16) | anything,
    "off": st.sampled_from([{}, {"c1": [1]}, {"c1": [], "c3": [0, 15]}, {"c1": [6]}]) | anything,
    "number": st.integers(-1, 6) | anything,
    "picture": pictures | anything,
}
bodies = st.one_of(
    st.fixed_dictionaries({}, optional=KNOWN).map(lambda body: json.dumps(body).encode()),
    st.fixed_dictionaries({}, optional=KNOWN).map(lambda body: json.dumps(body).encode()[:-3]),
    anything.map(lambda body: json.dumps(body).encode()),
    st.binary(max_size=200),
)


async def ask(path: str, body: bytes, method: str = "POST") -> tuple[int, bytes]:
    """Status and body of the answer to one request, straight from the ASGI application."""
    status, content = 0, b""
    waiting = [{"type": "http.request", "body": body}]

    async def receive() -> Any:
        if not waiting:
            await anyio.sleep_forever()  # the client waits for its answer
        return waiting.pop()

    async def send(message: Any) -> None:
        nonlocal status, content
        status = message.get("status", status)
        content += message.get("body", b"")

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(b"host", b"x")],
        "query_string": b"",
        "root_path": "",
        "http_version": "1.1",
    }
    await APP(scope, receive, send)
    return status, content


def check(status: int, content: bytes) -> None:
    """An answer, or 4xx with one JSON sentence."""
    if status == 200:
        return
    assert 400 <= status < 500
    answer = json.loads(content)
    assert list(answer) == ["error"]
    assert answer["error"].endswith(".")
    assert "\n" not in answer["error"]


@settings(
    max_examples=REQUESTS // len(POSTS) + 1,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(body=bodies)
def any_body(loop: BlockingPortal, seen: Counter[int], body: bytes) -> None:
    """Whatever is posted comes back as an answer or as a 4xx with one sentence; nothing fails."""
    for path in POSTS:
        status, content = loop.call(ask, path, body)
        seen[status] += 1
        check(status, content)


def test_any_body_is_answered_or_refused_in_a_sentence(loop: BlockingPortal) -> None:
    """Ten thousand generated requests are answered, or refused with 4xx and one sentence."""
    seen: Counter[int] = Counter()
    any_body(loop, seen)
    assert seen.total() >= REQUESTS
    assert seen[200] >= 50  # of a drawing that is none most parts are generated
    assert seen[400] > 100


@settings(max_examples=500, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
@given(path=st.text(max_size=30).map(lambda text: "/" + text), method=st.sampled_from(["GET", "POST", "PUT"]))
def test_any_path_is_refused_in_a_sentence(loop: BlockingPortal, path: str, method: str) -> None:
    """Paths that nobody made are 404 or 405."""
    status, content = loop.call(ask, path, b"", method)
    check(status, content)


HARD = {
    **requests(),
    "a million points": ("/predict", packed({"strokes": [[[0, 0]] * 1_000_000]})),
    "coordinates of 1e300": ("/predict", packed({"strokes": [[[1e300, -1e300], [-1e300, 1e300]]]})),
    "the largest coordinates": ("/predict", packed({"strokes": [[[-1.7e308, 0], [1.7e308, 0]]]})),
    "the smallest coordinates": ("/predict", packed({"strokes": [[[5e-324, 0], [0, 5e-324]]]})),
    "nested too deep": ("/predict", b"[" * 60_000),
    "a picture of 13000 × 13000": (
        "/classify",
        packed({"picture": as_url(file_of(Image.new("1", (13_000, 13_000))))}),
    ),
}


def peak(loop: BlockingPortal, path: str, body: bytes) -> int:
    """The most bytes that Python and NumPy hold while a request is answered, beyond those held before."""
    tracemalloc.start()
    try:
        check(*loop.call(ask, path, body))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", HARD)
def test_hard_work_is_bounded(name: str, loop: BlockingPortal) -> None:
    """The dearest requests that are known come back as an answer or a sentence, in bounded memory."""
    path, body = HARD[name]
    assert peak(loop, path, body) < 100_000_000


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" * 400])
def test_what_is_no_finite_number_does_not_get_in(loop: BlockingPortal, number: str) -> None:
    """Numbers that JSON does not have, though Python reads them, are refused, and those beyond floats."""
    status, _ = loop.call(ask, "/predict", f'{{"strokes": [[[{number}, 1]]]}}'.encode())
    assert status == 400
