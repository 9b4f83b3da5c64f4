"""The demo's own routes, all stateless: an update carries the whole drawing, the server keeps none.

    POST update     strokes -> the message that the page draws (message.py)
    POST classify   strokes or a small picture -> digit and probabilities as JSON
    GET  static/…   the page's own scripts and styles

Errors are {"error": "one sentence"} with a 4xx status.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from demo.message import pack
from lenet import Prediction
from lenet import classify as read
from lenet.picture import open_image

STATIC = Path(__file__).parent / "static"
MAX_BODY = 65_536  # bytes of a request; a long drawing has a tenth of that
MAX_PICTURE = 4_000_000  # pixels of a picture sent to /classify: tiny files can unpack to huge ones

Endpoint = Callable[[Request], Awaitable[Response]]


def classify(
    strokes: list[list[list[float]]] | None = None,
    pen_width: float | None = None,
    picture: str | None = None,
) -> dict[str, Any]:
    """Read one digit from strokes (lists of [x, y], y down) or from a picture (a data URL).

    Returns {"digit": 7, "probabilities": [ten floats]}; digit is None where nothing is drawn.
    Raises ValueError, in one sentence, for anything else.
    """
    if (strokes is None) == (picture is None):
        raise ValueError('Send either "strokes" or "picture".')
    if strokes is not None:
        prediction = read_strokes(strokes, pen_width)
    else:
        prediction = read(_image(picture))
    return {"digit": prediction.digit, "probabilities": prediction.probabilities.tolist()}


def read_strokes(strokes: Any, pen_width: Any) -> Prediction:
    """The prediction for strokes as they came from JSON; ValueError for what are none."""
    if not isinstance(strokes, list):
        raise ValueError('"strokes" must be a list of strokes, each a list of [x, y].')
    return read(strokes, pen_width)


def _image(data_url: Any) -> Image.Image:
    """The picture in a data URL such as data:image/png;base64,iVBOR…"""
    head, comma, data = data_url.partition(",") if isinstance(data_url, str) else ("", "", "")
    if not (comma and head.startswith("data:image/") and head.endswith(";base64")):
        raise ValueError('"picture" must be a data URL, data:image/…;base64,….')
    try:
        file = io.BytesIO(base64.b64decode(data, validate=True))
    except binascii.Error:
        raise ValueError('"picture" is not valid base64.') from None
    return open_image(file, '"picture"', MAX_PICTURE)


async def _body(request: Request) -> dict[str, Any]:
    """The request's JSON object."""
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise ValueError("The request's body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise ValueError('The request\'s body must be a JSON object such as {"strokes": [[[10, 20]]]}.')
    return body


def _sentence(endpoint: Endpoint) -> Endpoint:
    """`endpoint`, with a ValueError answered as 400 and its sentence."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ValueError as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)

    return answer


@_sentence
async def _update(request: Request) -> Response:
    body = await _body(request)
    message = pack(read_strokes(body.get("strokes"), body.get("pen_width")))
    return Response(message, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})


@_sentence
async def _classify(request: Request) -> Response:
    body = await _body(request)
    known = {"strokes", "pen_width", "picture"}
    if unknown := sorted(set(body) - known):
        raise ValueError(f'"{unknown[0]}" is not known; send "strokes" and "pen_width", or "picture".')
    # A photograph takes a tenth of a second to clean: not on the event loop, where others wait.
    answer = await run_in_threadpool(classify, **body)
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def routes() -> list[BaseRoute]:
    """The routes, for the web application that Gradio makes."""
    return [
        Route("/update", _update, methods=["POST"]),
        Route("/classify", _classify, methods=["POST"]),
        Mount("/static/lenet", StaticFiles(directory=STATIC)),
    ]
