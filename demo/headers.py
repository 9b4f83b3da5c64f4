"""The headers that protect the page, and those that say what may be kept.

LENET_FRAME_ANCESTORS names the sites that may show the page in a frame, in the words of the
Content-Security-Policy: "'self' https://course.example.org". Every site may where it is not set.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re

from starlette.datastructures import MutableHeaders
from starlette.types import Message

FRAME_ANCESTORS = os.environ.get("LENET_FRAME_ANCESTORS", "").strip() or "*"

NOTHING = f"default-src 'none'; frame-ancestors {FRAME_ANCESTORS}"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
}

FOREVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"
A_MINUTE = "public, max-age=60"  # and then an ETag tells whether it changed


def policy(page: bytes) -> str:
    """The policy under which `page` runs: its own scripts, and what this server has.

    Scripts come from this server or are one of those that Gradio wrote into the page, known by their hash,
    so that nothing that comes into the page later (a drawing, a link) can run. Gradio cannot do without two
    exceptions: gr.HTML makes functions of the components' own JavaScript ('unsafe-eval'), and styles are
    set everywhere.
    """
    inline = re.findall(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(_as_parsed(script)).digest()).decode() for script in inline]
    scripts = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'unsafe-eval' {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'self'",
            "form-action 'none'",
            f"frame-ancestors {FRAME_ANCESTORS}",
        ]
    )


def _as_parsed(script: bytes) -> bytes:
    """A script as the browser hashes it, after its parser made every line end alike."""
    return script.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def add_headers(path: str, message: Message) -> None:
    """Complete the start of an answer from `path`."""
    headers = MutableHeaders(scope=message)
    for name, value in ALWAYS.items():
        headers[name] = value
    headers.setdefault("Content-Security-Policy", NOTHING)
    headers["Cache-Control"] = _kept(path) if message["status"] in (200, 304) else "no-store"


def _kept(path: str) -> str:
    if path.startswith(("/assets/", "/static/lenet/page-")):
        return FOREVER  # such names change with their content
    if path.startswith("/static/lenet/"):
        return A_MINUTE
    if path.startswith("/static/") or path in ("/favicon.ico", "/theme.css"):
        return AN_HOUR
    return "no-store"  # the page, and what it was told of a drawing
