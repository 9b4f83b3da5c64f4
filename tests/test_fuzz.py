"""Ten thousand requests that nobody would send in good faith, against the demo's own routes."""

from __future__ import annotations

import base64
import io
import json
import resource
import time
from collections import Counter
from typing import Any

import numpy as np
import pytest
from anyio.from_thread import BlockingPortal
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount

from demo.guard import Guard
from demo.routes import routes
from tests.browser.digits import DIGITS

POSTS = ("/update", "/unit", "/c3-map", "/compare", "/classify")
REQUESTS = 10_000
OWN = routes()
GRADIO = Mount("/", JSONResponse({"error": "Gradio would answer."}, 404))
APP = Guard(Starlette(routes=[*OWN, GRADIO]), OWN, {0: 4})

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
strokes = st.lists(st.lists(points, max_size=6), max_size=4)
nearly_strokes = st.lists(st.lists(points | scalars | st.lists(numbers, max_size=3), max_size=5), max_size=4)
pictures = st.text(max_size=20) | st.binary(max_size=60).map(
    lambda data: "data:image/png;base64," + base64.b64encode(data).decode()
)
layers = st.sampled_from(["input", "c1", "s2", "c3", "s4", "c5", "f6", "output", "probabilities"])
KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "strokes": strokes | nearly_strokes | anything,
    "pen_width": st.just(20) | anything,
    "layer": layers | anything,
    "unit": st.lists(st.integers(-2, 30), max_size=4) | anything,
    "map": st.integers(-2, 17) | anything,
    "digit": st.integers(-2, 11) | anything,
    "other": st.integers(-2, 11) | anything,
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
        return waiting.pop() if waiting else {"type": "http.disconnect"}

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
    max_examples=REQUESTS // len(POSTS),
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
    assert seen[200] > 100
    assert seen[400] > 100


@settings(max_examples=500, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
@given(path=st.text(max_size=30).map(lambda text: "/" + text), method=st.sampled_from(["GET", "POST", "PUT"]))
def test_any_path_is_refused_in_a_sentence(loop: BlockingPortal, path: str, method: str) -> None:
    """Paths that nobody made are 404 or 405."""
    status, content = loop.call(ask, path, b"", method)
    check(status, content)


def png(image: Image.Image, kind: str = "png") -> str:
    file = io.BytesIO()
    image.save(file, kind)
    return f"data:image/{kind};base64," + base64.b64encode(file.getvalue()).decode()


HARD = {
    "a million points": {"strokes": [[[0, 0]] * 1_000_000]},
    "a million strokes": {"strokes": [[]] * 1_000_000},
    "points zig-zagging": {"strokes": [[[9 * (i % 2), 9 * (i // 2 % 2)] for i in range(3_000)]]},
    "as many dots as there is room for": {
        "strokes": [[[9 * (i % 2), 9 * (i // 2 % 2)]] for i in range(8_100)]
    },
    "as many empty strokes as there is room for": {"strokes": [[]] * 21_000},
    "coordinates of 1e300": {"strokes": [[[1e300, -1e300], [-1e300, 1e300]]]},
    "the largest coordinates": {"strokes": [[[-1.7e308, 0], [1.7e308, 0]]]},
    "the smallest coordinates": {"strokes": [[[5e-324, 0], [0, 5e-324]]]},
    "nested too deep": {"strokes": json.loads("[" * 900 + "]" * 900)},
    "a picture of 13000 × 13000": {"picture": png(Image.new("1", (13_000, 13_000)))},
    "a bomb in JPEG": {"picture": png(Image.new("L", (2_000, 2_000)), "jpeg")},
    "the largest picture that is read": {"picture": png(Image.new("L", (2_000, 2_000)))},
    "a row of pixels": {"picture": png(Image.new("L", (65_000, 1)))},
}


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("path", ["/update", "/classify"])
def test_hard_work_is_bounded(path: str, name: str, loop: BlockingPortal) -> None:
    """The hardest drawing takes at most a hundred times as long as a digit, and memory stays bounded."""
    body = json.dumps(HARD[name], separators=(",", ":")).encode()
    digit = json.dumps({"strokes": DIGITS[4]}).encode()

    def took(body: bytes, times: int) -> float:
        def once() -> float:
            start = time.perf_counter()
            check(*loop.call(ask, path, body))
            return time.perf_counter() - start

        return min(once() for _ in range(times))

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert took(body, 3) < 100 * took(digit, 20)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kilobytes"


def test_pixels_that_are_no_numbers_do_not_get_in(loop: BlockingPortal) -> None:
    """JSON's NaN and Infinity, which Python reads, are refused as coordinates."""
    for number in (np.nan, np.inf, -np.inf):
        status, content = loop.call(ask, "/update", json.dumps({"strokes": [[[number, 1]]]}).encode())
        assert status == 400
        assert b"not a finite number" in content
