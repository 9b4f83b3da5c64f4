"""The running server, seen from other programs."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Page, expect

from tests.browser.conftest import open_pad
from tests.browser.digits import DIGITS
from tests.server import Server

SEVEN = [[[70, 60], [205, 62], [130, 232]]]


def test_classify_is_a_plain_post(server: Server) -> None:
    """Any program reads a digit with one POST of JSON."""
    reply = httpx.post(server.url + "classify", json={"strokes": SEVEN, "pen_width": 20})
    assert reply.json()["digit"] == 7


def test_gradio_client_reads_the_same(server: Server) -> None:
    """gradio_client's /classify gives what the plain route gives, and the same sentence for an error."""
    client = Client(server.url, verbose=False)
    assert client.predict(SEVEN, 20, None, api_name="/classify")["digit"] == 7
    assert len(client.predict(SEVEN, maps=True, api_name="/classify")["maps"]["c1"]) == 6
    with pytest.raises(AppError, match='Send either "strokes" or "picture"'):
        client.predict(None, None, None, api_name="/classify")


def test_a_long_body_is_refused(server: Server) -> None:
    """More than 64 KB is a 413, whatever is in it."""
    assert httpx.post(server.url + "classify", content=b" " * 70_000).status_code == 413


def test_talks_to_nobody(tmp_path: Path, page: Page) -> None:
    """From its start to a read digit the server's process reaches its own machine only."""
    server = Server(tmp_path / "log", "-m", "tests.browser.audited_app")
    try:
        pad = open_pad(page, server.url)
        pad.draw(DIGITS[4])
        expect(pad.status).to_have_text(re.compile("^4"))
    finally:
        server.stop()
    assert "bound ('127.0.0.1'" in server.log.read_text(), "the audit sees sockets"
    reached = re.findall("^reached (.*)", server.log.read_text(), re.MULTILINE)
    assert [address for address in reached if "127.0.0.1" not in address] == []
