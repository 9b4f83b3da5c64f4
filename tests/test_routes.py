"""The demo's own routes, for the page and for other programs."""

from __future__ import annotations

import asyncio
import base64
import io
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import numpy as np
import pytest
from anyio.from_thread import BlockingPortal
from PIL import EpsImagePlugin, Image, ImageDraw
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo import message
from demo.limits import BUSY
from demo.routes import routes
from lenet import classify
from lenet.explain import unit_sum
from lenet.prediction import shipped
from lenet.strokes import MAX_POINTS
from tests.hostile import PICTURES, as_url, file_of, jpeg_of_scans, stripe

SEVEN = [[[70, 60], [205, 62], [130, 232]]]


@pytest.fixture
def client() -> TestClient:
    """The routes without Gradio around them."""
    return TestClient(Starlette(routes=routes()))


def data_url(image: Image.Image, kind: str = "png") -> str:
    file = io.BytesIO()
    image.save(file, kind)
    return f"data:image/{kind};base64," + base64.b64encode(file.getvalue()).decode()


def seven() -> Image.Image:
    image = Image.new("L", (64, 64), "white")
    ImageDraw.Draw(image).line([(15, 14), (48, 14), (28, 54)], fill="black", width=5)
    return image


def test_update_answers_with_the_packed_prediction(client: TestClient) -> None:
    """The page's update carries strokes and gets what the library makes of them."""
    reply = client.post("/predict", json={"strokes": SEVEN, "pen_width": 20})
    assert reply.status_code == 200
    assert reply.content == message.prediction(classify(SEVEN, 20))
    assert reply.headers["cache-control"] == "no-store"


def test_classify_reads_strokes(client: TestClient) -> None:
    """Strokes as JSON come back as a digit and ten probabilities."""
    answer = client.post("/classify", json={"strokes": SEVEN}).json()
    assert answer["digit"] == 7
    assert len(answer["probabilities"]) == 10
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert answer["is_digit"] == classify(SEVEN).is_digit


def test_classify_doubts(client: TestClient) -> None:
    """A scribble's answer says that it is no digit, an empty drawing's says nothing, both in valid JSON."""
    crosses = [[[0, 0], [9, 10]], [[9, 0], [0, 10]]]
    assert client.post("/classify", json={"strokes": crosses}).json()["is_digit"] < 0.5
    empty = client.post("/classify", json={"strokes": []}).json()
    assert empty["digit"] is empty["is_digit"] is None


def test_classify_gives_all_maps_on_request(client: TestClient) -> None:
    """With "maps" the reply also holds the input and every layer, to the last bit; without it, neither."""
    answer = client.post("/classify", json={"strokes": SEVEN, "maps": True}).json()
    prediction = classify(SEVEN)
    assert answer["input"] == prediction.input.tolist()
    assert answer["maps"] == {name: value.tolist() for name, value in prediction.maps.items()}
    assert set(client.post("/classify", json={"strokes": SEVEN}).json()) == {
        "digit",
        "is_digit",
        "probabilities",
    }


def test_nothing_drawn_has_no_digit(client: TestClient) -> None:
    """Without strokes the digit is null, not a guess."""
    assert client.post("/classify", json={"strokes": []}).json()["digit"] is None


HUGE = data_url(Image.new("1", (13_000, 13_000)))
TRUNCATED = (
    "data:image/png;base64,"
    + base64.b64encode(
        base64.b64decode(data_url(Image.effect_noise((64, 64), 50)).partition(",")[2])[:2000]
    ).decode()
)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ([], "must be a JSON object"),
        ("strokes", "must be a JSON object"),
        ({}, 'Send either "strokes" or "picture"'),
        ({"strokes": SEVEN, "picture": data_url(seven())}, 'Send either "strokes" or "picture"'),
        ({"strokes": "7"}, '"strokes" must be a list'),
        ({"strokes": [7]}, "Stroke 1 has the shape"),
        ({"strokes": [[[1, 2, 3]]]}, "Stroke 1 has the shape 1×3"),
        ({"strokes": [[["a", "b"]]]}, "Stroke 1 is not a list"),
        ({"strokes": [[[1, 2], [3]]]}, "Stroke 1 is not a list"),
        ({"strokes": SEVEN, "pen_width": "thick"}, "pen width"),
        ({"strokes": SEVEN, "pen_width": -1}, "pen width"),
        ({"strokes": [[[0, 0]] * 3_001]}, "3001 points"),
        ({"strokes": SEVEN, "maps": 1}, '"maps" must be true or false'),
        ({"picture": 7}, "must be a data URL"),
        ({"picture": "http://example.org/7.png"}, "must be a data URL"),
        ({"picture": "data:image/png;base64,???"}, "not valid base64"),
        ({"picture": "data:image/png;base64,aGVsbG8="}, "not a picture"),
        ({"picture": TRUNCATED}, "cannot be read as a picture"),
        ({"picture": HUGE}, "too large"),
        ({"picture": data_url(Image.new("1", (1001, 1000)))}, "at most 1,000,000 pixels"),
        ({"picture": as_url(jpeg_of_scans())}, "a JPEG of more than 100 scans"),
        ({"picture": as_url(stripe(100_000))}, "at most 16,384 pixels a side"),
        ({"picture": "data:image/png;base64,é"}, "not valid base64"),
        ({"colour": "red", "strokes": SEVEN}, '"colour" is not known'),
    ],
)
def test_classify_refuses_in_one_sentence(client: TestClient, body: Any, sentence: str) -> None:
    """What cannot be read is a 400 with one JSON sentence that says why."""
    reply = client.post("/classify", json=body)
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert sentence in error
    assert error.endswith(".")
    assert "\n" not in error


@pytest.mark.parametrize("path", ["/predict", "/classify"])
@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b'{"strokes": [', b"[" * 100_000, b'{"strokes": [[[1e999, NaN]]]}', rb'{"\ud800": 1}'],
)
def test_broken_json_is_refused(client: TestClient, path: str, body: bytes) -> None:
    """A body that is not valid JSON, or holds what is no number, is a 400 with one sentence."""
    reply = client.post(path, content=body)
    assert reply.status_code == 400
    assert reply.json()["error"]


@pytest.mark.parametrize("kind", ["PostScript that never ends", "JPEG 2000", "TIFF", "ICO"])
def test_only_what_browsers_show_is_opened(
    client: TestClient, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture is PNG, JPEG, GIF, WebP or BMP by its content, whatever it is called; no other reader sees it."""
    ran: list[Any] = []
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *given, **_: ran.append(given))
    reply = client.post("/classify", json={"picture": as_url(PICTURES[kind]())})
    assert reply.status_code == 400
    assert "not a picture in a format that can be read" in reply.json()["error"]
    assert not ran


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp", "bmp"])
def test_what_browsers_show_is_read(client: TestClient, kind: str) -> None:
    """The formats that every browser shows are read, a progressive JPEG too."""
    picture = as_url(file_of(seven(), kind, progressive=True))
    assert client.post("/classify", json={"picture": picture}).json()["digit"] == 7


@pytest.mark.parametrize(
    ("layer", "unit"), [("c1\n" * 5000, [0]), ("c9", [0]), ("c1", [0] * 20_000), ("c1", [2**62] * 3)]
)
def test_a_sentence_is_short_whatever_it_quotes(client: TestClient, layer: str, unit: list[int]) -> None:
    """What is quoted of a wrong layer or unit fits on a line."""
    error = client.post("/unit", json={"strokes": SEVEN, "layer": layer, "unit": unit}).json()["error"]
    assert len(error) < 200
    assert error.isprintable()


def test_pictures_keep_nobody_else_waiting(loop: BlockingPortal, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pictures are being read, drawings are read, and compared, beside them."""
    go = Event()
    monkeypatch.setattr("demo.routes._image", lambda _: go.wait(30) and seven())
    app = Starlette(routes=routes())

    async def ask() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
            pictures = [
                asyncio.create_task(client.post("/classify", json={"picture": "held"})) for _ in range(3)
            ]
            try:
                async with asyncio.timeout(20):
                    replies = [
                        await client.post("/contributions", json={"strokes": SEVEN, "digit": 7, "other": 1}),
                        await client.post("/predict", json={"strokes": SEVEN}),
                        await client.post("/classify", json={"strokes": SEVEN}),
                    ]
                    assert not any(picture.done() for picture in pictures)
            finally:
                go.set()
                seen = await asyncio.gather(*pictures)
            return [reply.status_code for reply in replies + seen]

    assert loop.call(ask) == [200] * 6


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/predict", {"strokes": SEVEN}),
        ("/gradio_api/queue/join", {"data": [SEVEN, None, None, False], "fn_index": 0, "session_hash": "s"}),
    ],
)
def test_who_comes_behind_a_full_queue_is_told_when_to_ask_again(
    loop: BlockingPortal, monkeypatch: pytest.MonkeyPatch, path: str, body: dict[str, Any]
) -> None:
    """Beyond what a second is enough for there is a 429 with Retry-After, and what was let in is answered."""
    monkeypatch.setattr("demo.limits.FIRST", 0.6)
    app = Starlette(routes=routes())

    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
            return await asyncio.gather(*(client.post(path, json=body) for _ in range(5)))

    first, *others = loop.call(ask)
    if path == "/predict":
        assert first.content == message.prediction(classify(SEVEN))
    else:
        assert list(first.json()) == ["event_id"]
    for reply in others:
        assert reply.status_code == 429
        assert reply.headers["retry-after"] == "1"
        assert reply.json() == {"error": BUSY}


def test_coordinates_of_any_size_are_read(client: TestClient) -> None:
    """The unit of the strokes does not matter, be it ever so large or small."""
    answers = [
        client.post("/classify", json={"strokes": (np.array(SEVEN) * unit).tolist()}).json()
        for unit in (1, 1e-9, 1e9)
    ]
    assert {answer["digit"] for answer in answers} == {7}


def test_a_links_drawing_has_as_many_points_as_are_read() -> None:
    """The page makes no link of a drawing, and opens none, that the server would refuse."""
    (script,) = (Path(__file__).parents[1] / "demo").rglob("link.js")
    assert f"MOST_POINTS = {MAX_POINTS:_};" in script.read_text("utf-8")


@pytest.mark.parametrize(
    ("layer", "unit"),
    [
        ("c1", [0, 3, 4]),
        ("s2", [5, 13, 0]),
        ("c3", [5, 2, 7]),
        ("s4", [15, 4, 0]),
        ("c5", [119]),
        ("f6", [40]),
        ("output", [7]),
        ("softmax", [7]),
    ],
)
def test_a_units_sum_is_the_librarys(client: TestClient, layer: str, unit: list[int]) -> None:
    """Of every layer a unit's sum comes as JSON, with the library's own numbers."""
    reply = client.post("/unit", json={"strokes": SEVEN, "pen_width": 20, "layer": layer, "unit": unit})
    assert reply.status_code == 200
    assert reply.json() == unit_sum(shipped(), classify(SEVEN, 20), layer, tuple(unit))
