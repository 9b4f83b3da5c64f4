"""The demo's own routes, all stateless: a request carries the whole drawing, the server keeps none.

    POST predict       strokes -> the message that the page draws (message.py)
    POST unit          strokes, layer and unit -> that unit's arithmetic as JSON (lenet.explain.unit_sum)
    POST partial-maps  strokes and a C3 map's number -> what each S2 map adds to it, as a message
    POST range         strokes and a change -> what is read all over its range, as a message (experiments.py)
    POST training      strokes -> what is read of them at every moment of the network's training, as a message
    POST smallest-change  strokes and a digit -> how they would have to be moved to be read as that, as JSON
    POST added         strokes, layer and for C3 a map's number -> what each source adds to its units, as a message
    POST exciting      layer and number of a map or a unit -> the training digits that excite it most, as a message
    POST contributions strokes and two digits -> what speaks for one rather than the other, as a message
    GET  kernels       C1's and C3's kernels, as a message
    POST classify      strokes or a small picture -> digit and probabilities as JSON, on request all values
    GET  static/…      the page's own script, and its data
    GET  healthz       whether the network is loaded, and which

Errors are {"error": "one sentence"} with a 4xx status. What arrives faster than it can be answered waits for
at most a second; behind it there is a 429 (limits.py).
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
from threading import Event
from typing import Any

import orjson
from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from lenet import Prediction, __version__
from lenet import classify as read
from lenet.checkpoint import fingerprint
from lenet.explain import unit_sum
from lenet.picture import open_image
from lenet.prediction import shipped

from . import experiments, message
from .calls import Calls
from .errors import sentence
from .limits import BUSY, TOGETHER, Busy, Endpoint, Gone, Lane
from .scripts import routes as scripts

MAX_PICTURE = 1_000_000  # pixels of a picture sent to /classify: tiny files can unpack to huge ones
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")  # what browsers show; Pillow's other readers see nothing sent
MAX_SCANS = 100  # of a JPEG, each of which goes over the whole picture; a progressive one has about ten
JPEG, SCAN = b"\xff\xd8\xff", b"\xff\xda"  # how one begins, and each scan in it

# What a body may have for /classify, and for the numbers of an experiment beside it.
CLASSIFIED = frozenset(("strokes", "pen_width", "picture", "maps"))
TRIED = frozenset((*experiments.FIELDS, "value", "moment", "difference"))

PEEK = 0.1  # s between two looks whether somebody still waits

NOT_STORED = {"Cache-Control": "no-store"}  # what somebody drew is kept nowhere


def classify(
    strokes: list[list[list[float]]] | None = None,
    pen_width: float | None = None,
    picture: str | None = None,
    maps: bool = False,
) -> dict[str, Any]:
    """Read one digit from strokes (lists of [x, y], y down) or from a picture (a data URL).

    Returns {"digit": 7, "is_digit": 0.99, "probabilities": [ten floats]}; below an `is_digit` of 0.5 it is
    doubted that a digit was drawn. Both are None where nothing but dots is drawn. With `maps` also {"input": 32 rows, "maps": {"c1": 6 maps of 28 rows, …}}, every value of every layer.
    Raises ValueError, in one sentence, for anything else.
    """
    if (strokes is None) == (picture is None):
        raise ValueError('Send either "strokes" or "picture".')
    return _answer(read_strokes(strokes, pen_width) if picture is None else read(_image(picture)), maps)


def _answer(prediction: Prediction, maps: Any) -> dict[str, Any]:
    """What /classify tells of a prediction."""
    if not isinstance(maps, bool):
        raise ValueError('"maps" must be true or false.')
    answer: dict[str, Any] = {
        "digit": prediction.digit,
        "is_digit": prediction.is_digit,
        "probabilities": prediction.probabilities.tolist(),
    }
    if maps:
        values = {name: value.tolist() for name, value in prediction.maps.items()}
        answer |= {"input": prediction.input.tolist(), "maps": values}
    return answer


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
        content = base64.b64decode(data, validate=True)
    except ValueError:  # not base64, or not even ASCII
        raise ValueError('"picture" is not valid base64.') from None
    if content.startswith(JPEG) and content.count(SCAN) > MAX_SCANS:
        raise ValueError(f'"picture" is a JPEG of more than {MAX_SCANS} scans.')
    return open_image(io.BytesIO(content), '"picture"', MAX_PICTURE, FORMATS)


async def _body(request: Request) -> dict[str, Any]:
    """The request's JSON object."""
    try:
        body = orjson.loads(await request.body())
    except ValueError:
        raise ValueError("The request's body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise ValueError('The request\'s body must be a JSON object such as {"strokes": [[[10, 20]]]}.')
    return body


_prediction = experiments.read  # of a drawing as it is, or changed, or by the network of an earlier moment
_network = experiments.network  # that makes it


def _sentence(endpoint: Endpoint) -> Endpoint:
    """`endpoint`, with what it raises answered in a sentence."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ValueError as problem:
            return sentence(400, str(problem))
        except Busy:
            return sentence(429, BUSY, {"Retry-After": "1"})
        except Gone:
            return Response(status_code=499)  # nginx's; nobody sees it

    return answer


def _json(answer: dict[str, Any]) -> Response:
    return Response(orjson.dumps(answer), media_type="application/json", headers=NOT_STORED)


def _message(content: bytes) -> Response:
    return Response(content, media_type="application/octet-stream", headers=NOT_STORED)


def _whole(body: dict[str, Any], name: str) -> int:
    """The whole number that the request's body has under `name`."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f'"{name}" must be a whole number.')
    return value


def _layer(body: dict[str, Any]) -> str:
    """The name of a layer that the request's body has, which may be none."""
    layer = body.get("layer")
    if not isinstance(layer, str):
        raise ValueError('"layer" must be the name of a layer, such as "c1".')
    return layer


async def _predict(request: Request) -> Response:
    body = await _body(request)
    network, before = _network(body) if "moment" in body else None, experiments.with_all_maps(body)
    return _message(message.prediction(_prediction(body), network, before, experiments.as_drawn(body)))


async def _unit(request: Request) -> Response:
    body = await _body(request)
    layer, unit = _layer(body), body.get("unit")
    if not isinstance(unit, list) or not all(type(at) is int for at in unit):
        raise ValueError('"unit" must be a list of whole numbers, such as [0, 12, 9].')
    numbers = unit_sum(_network(body), _prediction(body), layer, tuple(unit))
    return _json(numbers)


async def _partial_maps(request: Request) -> Response:
    body = await _body(request)
    return _message(message.partial_maps(_network(body), _prediction(body), _whole(body, "map")))


async def _range(request: Request) -> Response:
    # Forty-one drawings take twenty times as long as an update: not on the event loop.
    return _message(await run_in_threadpool(experiments.whole_range, await _body(request)))


async def _training(request: Request) -> Response:
    # Sixteen networks take ten times as long as an update: not on the event loop.
    return _message(await run_in_threadpool(experiments.training, await _body(request)))


async def _smallest_change(request: Request) -> Response:
    body = await _body(request)
    digit, gone = _whole(body, "digit"), Event()
    # Half a second: not on the event loop, and no longer than somebody waits for it.
    work = asyncio.create_task(run_in_threadpool(experiments.smallest, body, digit, gone))
    try:
        while not (await asyncio.wait({work}, timeout=PEEK))[0]:
            if await request.is_disconnected():
                raise Gone
        return _json(work.result())
    finally:
        gone.set()


async def _added(request: Request) -> Response:
    body = await _body(request)
    layer = _layer(body)
    number = _whole(body, "map") if layer == "c3" else None
    return _message(message.added(_network(body), _prediction(body), layer, number))


async def _exciting(request: Request) -> Response:
    body = await _body(request)
    return _message(message.exciting(_layer(body), _whole(body, "number")))


async def _contributions(request: Request) -> Response:
    body = await _body(request)
    digits = _whole(body, "digit"), _whole(body, "other")
    # Gradients at 64 places take fifty times as long as an update: not on the event loop.
    return _message(
        await run_in_threadpool(message.contributions, _network(body), _prediction(body), *digits)
    )


async def _kernels(_: Request) -> Response:
    return _message(message.kernels(shipped()))


def _classify(strokes: Lane, pictures: Lane) -> Endpoint:
    """The endpoint, which does one thing or the other in its lane."""

    async def answer(request: Request) -> Response:
        async with strokes.turn(request):
            body = await _body(request)
            if unknown := sorted(body.keys() - CLASSIFIED - TRIED):
                name = json.dumps(unknown[0][:40])  # one line, whatever it is
                raise ValueError(f'{name} is not known; send "strokes" and "pen_width", or "picture".')
            if body.keys() & TRIED:
                return _json(_answer(_prediction(body), body.get("maps", False)))
            if body.get("picture") is None:
                return _json(classify(**body))
        async with pictures.turn(request):
            # A photograph takes a tenth of a second to clean: not on the event loop, where others wait.
            return _json(await run_in_threadpool(classify, **body))

    return answer


async def _healthz(_: Request) -> Response:
    if shipped.cache_info().currsize == 0:
        return JSONResponse({"ready": False, "version": __version__}, 503)
    return JSONResponse({"ready": True, "version": __version__, "weights": fingerprint()[:12]})


def routes() -> list[BaseRoute]:
    """The routes, for the web application that Gradio makes."""
    # Strokes take milliseconds at most, on the event loop. The others take a tenth of a second each, off it;
    # each kind waits for itself only.
    strokes = Lane(TOGETHER)
    pictures, contributions, ranges, trainings, searches = Lane(), Lane(), Lane(), Lane(), Lane()
    calls = Calls(classify, pictures.turn)

    def post(path: str, endpoint: Endpoint) -> Route:
        return Route(path, _sentence(endpoint), methods=["POST"])

    return [
        post("/predict", strokes.bounds(_predict)),
        post("/unit", strokes.bounds(_unit)),
        post("/partial-maps", strokes.bounds(_partial_maps)),
        post("/range", ranges.bounds(_range)),
        post("/training", trainings.bounds(_training)),
        post("/smallest-change", searches.bounds(_smallest_change)),
        post("/added", strokes.bounds(_added)),
        post("/exciting", strokes.bounds(_exciting)),
        post("/contributions", contributions.bounds(_contributions)),
        Route("/kernels", _sentence(strokes.bounds(_kernels)), methods=["GET"]),
        post("/classify", _classify(strokes, pictures)),
        post("/gradio_api/queue/join", strokes.bounds(calls.join)),
        Route("/gradio_api/queue/data", _sentence(calls.data), methods=["GET"]),
        Route("/healthz", _healthz, methods=["GET"]),
        *scripts(),
    ]
