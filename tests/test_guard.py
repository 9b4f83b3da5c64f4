"""The guard: what is open, how long a request may be, and what every answer carries."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

import lenet
from demo.guard import MAX_BODY, UNDER_WAY, Guard
from demo.kept import Kept
from demo.routes import routes
from lenet.checkpoint import fingerprint
from lenet.prediction import shipped

SEVEN = {"strokes": [[[70, 60], [205, 62], [130, 232]]], "pen_width": 20}


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The demo's own routes behind the guard, and in place of Gradio's page and its script short ones."""
    kept = {"/": Kept(b"<script>1</script>", "text/html"), "/assets/a-5f.js": Kept(b"1", "text/javascript")}
    own = [*routes(), *(Route(path, one, methods=["GET"]) for path, one in kept.items())]
    return TestClient(Guard(Starlette(routes=own), own))


def sentence(reply: Any) -> str:
    """The one sentence of an error."""
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["cache-control"] == "no-store"
    answer = reply.json()
    assert list(answer) == ["error"]
    text: str = answer["error"]
    assert text[0].isupper()
    assert text.endswith(".")
    assert not text.isupper()
    assert "\n" not in text
    return text


@pytest.mark.parametrize("path", ["/", "/kernels", "/healthz"])
def test_what_there_is_is_open(client: TestClient, path: str) -> None:
    """Every route of the application is answered."""
    client.post("/predict", json=SEVEN)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    ["/none", "/predict/", "/UPDATE", "/predict//", "/gradio_api/upload", "/assets", "/static", "/%ff%fe"],
)
def test_everything_else_is_closed(client: TestClient, method: str, path: str) -> None:
    """What is not on the list is a 404 with one sentence, by any method."""
    reply = client.request(method, path)
    assert reply.status_code == 404
    assert sentence(reply)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/predict", "POST"),
        ("DELETE", "/classify", "POST"),
        ("POST", "/kernels", "GET, HEAD"),
        ("POST", "/", "GET, HEAD"),
        ("POST", "/static/lenet/header/examples.json", "GET, HEAD"),
        ("OPTIONS", "/unit", "POST"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    """A wrong method is a 405 that names the right ones."""
    reply = client.request(method, path)
    assert reply.status_code == 405
    assert sorted(reply.headers["allow"].split(", ")) == allowed.split(", ")
    assert sentence(reply) == f"This address answers to {allowed.replace(', ', ' or ')} only."


def chunks(total: int) -> Iterator[bytes]:
    """A body without a Content-Length."""
    for _ in range(total // 1024):
        yield b" " * 1024


@pytest.mark.parametrize(
    "path",
    [
        "/predict",
        "/unit",
        "/partial-maps",
        "/added",
        "/exciting",
        "/contributions",
        "/range",
        "/smallest-change",
        "/classify",
    ],
)
@pytest.mark.parametrize("body", [b" " * (MAX_BODY + 1), chunks], ids=["length", "chunked"])
def test_a_long_body_is_refused(client: TestClient, path: str, body: Any) -> None:
    """More than 64 KB is a 413 with one sentence, whether its length was told or not."""
    reply = client.post(path, content=body(MAX_BODY + 1024) if callable(body) else body)
    assert reply.status_code == 413
    assert "65,536 bytes" in sentence(reply)


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/", "/static/lenet/header/examples.json"])
def test_a_long_body_is_refused_everywhere(client: TestClient, path: str) -> None:
    """gradio_client's routes and those that take no body have the same limit."""
    method = "POST" if "queue" in path else "GET"
    assert client.request(method, path, content=b" " * (MAX_BODY + 1)).status_code == 413


@pytest.mark.parametrize(
    "call",
    [
        {"data": [[[[1, 2]]], 20, None], "fn_index": 0},
        {"data": [1, 2, 3, 4, 5], "fn_index": 0},
        {"data": "four", "fn_index": 0},
        {"data": [1, 2, 3, 4], "fn_index": 7},
        {"data": [1, 2, 3, 4]},
        [],
        None,
    ],
)
def test_a_call_that_does_not_fit_is_refused(client: TestClient, call: Any) -> None:
    """A call by gradio_client's protocol that is none is a 400 with one sentence."""
    reply = client.post("/gradio_api/queue/join", json=call)
    assert reply.status_code == 400
    assert "function" in sentence(reply)


def test_the_longest_body_is_read(client: TestClient) -> None:
    """Exactly 64 KB is read."""
    body = json.dumps(SEVEN).encode().ljust(MAX_BODY)
    assert client.post("/predict", content=body).status_code == 200


def guarded(endpoint: Any, patience: float = 10) -> ASGIApp:
    own = [Route("/own", endpoint, methods=["POST"])]
    return Guard(Starlette(routes=own), own, patience)


def asked(
    loop: BlockingPortal, app: ASGIApp, content: bytes | AsyncIterator[bytes] = b"", path: str = "/own"
) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.post(path, content=content)

    return loop.call(ask)


async def echo(request: Request) -> Response:
    return Response(await request.body())


def test_a_body_that_never_ends_arriving_is_given_up(loop: BlockingPortal) -> None:
    """A body that takes too long is a 408, and the application never sees it."""

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    reply = asked(loop, guarded(echo, patience=0.05), never())
    assert reply.status_code == 408
    assert "0.05 seconds" in sentence(reply)


async def _crash(_: Request) -> Response:
    raise RuntimeError("the drawing was [[1, 2]]")


async def _abort(_: Request) -> Response:
    raise HTTPException(500, "Traceback (most recent call last)")


async def _fail(_: Request) -> Response:
    return PlainTextResponse("Traceback (most recent call last)", 500)


async def _tell(_: Request) -> Response:
    return JSONResponse({"error": "Traceback (most recent call last)"}, 500)


@pytest.mark.parametrize("endpoint", [_crash, _abort, _fail, _tell])
def test_a_failure_inside_is_one_sentence_outside(
    loop: BlockingPortal, endpoint: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever breaks, a visitor sees one sentence and the log holds nothing of what was sent."""
    reply = asked(loop, guarded(endpoint), b"{}")
    assert reply.status_code == 500
    assert "failed" in sentence(reply)
    line = _crash.__code__.co_firstlineno + 1
    logged = [f"/own failed: RuntimeError in {__file__}, line {line}"] if endpoint is _crash else []
    assert [record.getMessage() for record in caplog.records] == logged


@pytest.mark.parametrize(
    ("status", "expected"),
    [(400, "Bad request."), (404, "Not found."), (416, None), (200, None), (599, None)],
)
def test_an_error_of_the_framework_is_a_sentence(
    loop: BlockingPortal, status: int, expected: str | None
) -> None:
    """What has a name among HTTP's errors is told by it; our own sentences and all else pass as they are."""

    async def answer(_: Request) -> Response:
        if expected is None and status == 416:
            return JSONResponse({"error": "Ours."}, status)
        return PlainTextResponse("theirs", status)

    reply = asked(loop, guarded(answer), b"{}")
    assert reply.status_code == status
    if expected:
        assert sentence(reply) == expected
    else:
        assert reply.text in ("theirs", '{"error":"Ours."}')


def messages(loop: BlockingPortal, app: ASGIApp, path: str, *received: dict[str, Any]) -> list[Any]:
    """What the application behind the guard sends, message by message, where it receives these."""
    waiting, sent = list(received), []

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": [(b"host", b"x")]}
    call: Any = app
    loop.call(call, scope, receive, send)
    return sent


def behind_the_guard(app: ASGIApp) -> Guard:
    return Guard(app, [Route("/own", echo, methods=["POST"]), Mount("", app)])


def test_an_answer_that_breaks_off_ends_there(loop: BlockingPortal, caplog: pytest.LogCaptureFixture) -> None:
    """Where part of an answer is on its way nothing is sent in its place, and the failure is logged."""

    async def breaks(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError

    guard = behind_the_guard(breaks)
    assert [message["type"] for message in messages(loop, guard, "/own", ARRIVED)] == ["http.response.start"]
    assert "/own failed" in caplog.text


ARRIVED = {"type": "http.request"}  # an empty body that is whole: what ASGI takes a message without keys for


def test_an_application_may_answer_nothing(loop: BlockingPortal) -> None:
    """Where the application has nothing to say, because nobody listens any more, the guard has neither."""

    async def silent(scope: Scope, receive: Receive, send: Send) -> None:
        assert await receive() == {"type": "http.request", "body": b"", "more_body": False}
        assert (await receive())["type"] == "http.disconnect"

    guard = behind_the_guard(silent)
    assert messages(loop, guard, "/own", ARRIVED, {"type": "http.disconnect"}) == []


def test_a_body_that_breaks_off_is_not_worked_on(loop: BlockingPortal) -> None:
    """Where the connection ends before the body does, the application never hears of it."""

    async def never(*_: Any) -> None:
        raise AssertionError("It was called.")

    begun = {"type": "http.request", "body": b"{", "more_body": True}
    assert messages(loop, behind_the_guard(never), "/own", begun, {"type": "http.disconnect"}) == []


def test_the_log_names_no_address_that_a_stranger_made_up(caplog: pytest.LogCaptureFixture) -> None:
    """A failure is logged with the route's own name; nothing else is asked for at all, whatever is mounted."""

    async def crashes(*_: Any) -> None:
        raise RuntimeError

    client = TestClient(behind_the_guard(crashes))
    assert client.post("/own?secret", content=b"").status_code == 500
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["/own failed"]
    assert client.get("/elsewhere").status_code == 404


def test_what_is_no_request_passes(loop: BlockingPortal) -> None:
    """The server's start and end reach the application as they are."""
    passed: list[Any] = []

    async def app(*given: Any) -> None:
        passed.append(given)

    guard: Any = behind_the_guard(app)
    given = ({"type": "lifespan"}, None, None)
    loop.call(guard, *given)
    assert passed == [given]


@pytest.mark.parametrize("host", ["", "[", "a b", "x/y", "x:123456", "x,y", "\xe9"])
def test_a_host_that_is_none_is_refused(client: TestClient, host: str) -> None:
    """A host of which no address can be made is a 400, not a failure inside of Gradio."""
    reply = client.get("/", headers={b"Host": host.encode("latin-1")})
    assert reply.status_code == 400
    assert sentence(reply)


def test_other_hosts_can_be_shut_out() -> None:
    """Where hosts are named others are a 421, but for the health check, which asks by address."""
    own = routes()
    client = TestClient(Guard(Starlette(routes=own), own, hosts=frozenset({"example.org"})))
    assert client.get("/kernels", headers={"Host": "Example.org:80"}).status_code == 200
    reply = client.get("/kernels", headers={"Host": "evil.example"})
    assert reply.status_code == 421
    assert sentence(reply)
    assert client.get("/healthz", headers={"Host": "10.0.0.1:7860"}).status_code != 421


@pytest.mark.parametrize(
    ("site", "path", "status"),
    [
        ("cross-site", "/predict", 403),
        ("cross-site", "/gradio_api/queue/join", 403),
        ("cross-site", "/classify", 200),
        ("same-origin", "/predict", 200),
        ("none", "/predict", 200),
    ],
)
def test_other_sites_pages_have_no_work_done(client: TestClient, site: str, path: str, status: int) -> None:
    """What a browser sends for another site's page is refused where it means work, but for /classify."""
    reply = client.post(path, json={"strokes": SEVEN["strokes"]}, headers={"Sec-Fetch-Site": site})
    assert reply.status_code == status
    assert status != 403 or sentence(reply)
    assert client.get("/", headers={"Sec-Fetch-Site": site}).status_code == 200


@pytest.mark.parametrize("length", ["9" * 4501, "-1", "1.5", "²", "٣"])
def test_a_length_that_is_none_is_refused(client: TestClient, length: str) -> None:
    """A Content-Length that is no number, or one with thousands of digits, is a 413 and no failure."""
    reply = client.post("/predict", content=b"", headers={b"Content-Length": length.encode()})
    assert reply.status_code == 413
    assert sentence(reply)


@pytest.mark.parametrize(
    "path", ["/static/lenet/" + "a" * 5000, "/static/lenet/%00", "/static/lenet/a%0d%0ab"]
)
def test_a_name_that_is_none_is_a_sentence(
    client: TestClient, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A name that no file can have is a 404 with one sentence, and no line of log."""
    reply = client.get(path)
    assert reply.status_code == 404
    assert sentence(reply)
    assert caplog.text == ""


def test_one_network_has_a_bounded_number_of_requests(loop: BlockingPortal) -> None:
    """What one address sends beyond that is a 429; another address is answered."""
    arrived = asyncio.Event()

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await arrived.wait()

    app = guarded(echo)

    async def crowd() -> tuple[int, int]:
        def client(address: str) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app, client=(address, 1))
            return httpx.AsyncClient(transport=transport, base_url="http://x")

        async with client("2001:db8::1") as greedy, client("2001:db8:0:1::1") as other:
            waiting = [asyncio.ensure_future(greedy.post("/own", content=never())) for _ in range(UNDER_WAY)]
            await asyncio.sleep(0)
            while not all(task.done() for task in waiting):
                refused = await greedy.post("/own", content=b"me")
                if refused.status_code == 429:
                    break
            let_in = await other.post("/own", content=b"me")
            arrived.set()
            assert {reply.status_code for reply in await asyncio.gather(*waiting)} == {200}
            assert refused.headers["retry-after"] == "1"
            assert "at once" in sentence(refused)
            return refused.status_code, let_in.status_code

    assert loop.call(crowd) == (429, 200)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:7860", "[::1]:7860", "a-b.example.org"])
def test_a_host_is_let_in(client: TestClient, host: str) -> None:
    """Names, addresses and ports as browsers send them pass."""
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_ready_only_when_the_weights_are_loaded(client: TestClient) -> None:
    """/healthz is a 503 until the network is loaded, then it tells version and weights."""
    shipped.cache_clear()
    assert client.get("/healthz").status_code == 503
    shipped()
    reply = client.get("/healthz")
    assert reply.status_code == 200
    assert reply.json() == {"ready": True, "version": lenet.__version__, "weights": fingerprint()[:12]}
