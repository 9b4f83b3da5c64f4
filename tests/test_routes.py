"""The demo's own routes, for the page and for other programs."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo import message
from demo.routes import routes
from lenet import classify
from lenet.strokes import MAX_POINTS

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
    reply = client.post("/update", json={"strokes": SEVEN, "pen_width": 20})
    assert reply.status_code == 200
    assert reply.content == message.update(classify(SEVEN, 20))
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


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_classify_reads_a_picture(client: TestClient, kind: str) -> None:
    """A small picture as a data URL is read like a drawing."""
    answer = client.post("/classify", json={"picture": data_url(seven(), kind)}).json()
    assert answer["digit"] == 7


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


@pytest.mark.parametrize("path", ["/update", "/classify"])
@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b'{"strokes": [', b"[" * 100_000, b'{"strokes": [[[1e999, NaN]]]}']
)
def test_broken_json_is_refused(client: TestClient, path: str, body: bytes) -> None:
    """A body that is not valid JSON, or holds what is no number, is a 400 with one sentence."""
    reply = client.post(path, content=body)
    assert reply.status_code == 400
    assert reply.json()["error"]


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
