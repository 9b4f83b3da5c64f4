"""The one form in which anything goes wrong: {"error": "one sentence"}."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse


def sentence(status: int, text: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """`text` as an answer with that status."""
    return JSONResponse({"error": text}, status, headers)
