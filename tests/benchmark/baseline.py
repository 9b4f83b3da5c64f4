"""The demo with one thing swapped: /predict answers every drawing with one and the same ready-made reply.

What is left is what the web application itself costs, its middleware and routing included.
"""

from __future__ import annotations

import sys
from unittest.mock import patch

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from demo.app import main
from demo.message import prediction as pack
from demo.routes import routes
from lenet import classify
from tests.benchmark.drawings import PEN_WIDTH, STEADY


def constant_routes() -> list[BaseRoute]:
    """The demo's routes behind an /predict that computes nothing."""
    message = pack(classify(STEADY[7], PEN_WIDTH))

    async def predict(request: Request) -> Response:
        await request.body()
        return Response(message, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})

    return [Route("/predict", predict, methods=["POST"]), *routes()]


if __name__ == "__main__":
    with patch("demo.web.routes", constant_routes):
        sys.exit(main())
