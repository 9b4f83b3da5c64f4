"""The running server, seen from other programs."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Page, expect

from tests.browser.conftest import open_pad
from tests.browser.digits import DIGITS
from tests.server import ROOT, Server

SEVEN = [[[70, 60], [205, 62], [130, 232]]]


def test_classify_is_a_plain_post(server: Server) -> None:
    """Any program reads a digit with one POST of JSON."""
    reply = httpx.post(server.url + "classify", json={"strokes": SEVEN, "pen_width": 20}, timeout=60)
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
    assert httpx.post(server.url + "classify", content=b" " * 70_000, timeout=60).status_code == 413


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo, which writes down what it reaches and which files it writes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        with Server(tmp_path_factory.mktemp("audited") / "log", "-m", "tests.browser.audited_app") as server:
            yield server


def test_talks_to_nobody(audited: Server, page: Page) -> None:
    """From its start to a read digit the server's process reaches its own machine only."""
    pad = open_pad(page, audited.url)
    pad.draw(DIGITS[4])
    expect(pad.status).to_have_text(re.compile("^4"))
    assert "bound ('127.0.0.1'" in audited.log.read_text(), "the audit sees sockets"
    reached = re.findall("^reached (.*)", audited.log.read_text(), re.MULTILINE)
    assert [address for address in reached if "127.0.0.1" not in address] == []


def test_writes_no_file(audited: Server) -> None:
    """Whatever way a drawing or a picture comes, good or broken, the server opens no file to write it into."""
    client = Client(audited.url, verbose=False)
    picture = (
        "data:image/png;base64,"
        + b64encode((ROOT / "docs" / "sketchpad-light.png").read_bytes()[:40_000]).decode()
    )
    before = audited.log.read_text().count("wrote ")
    assert before > 0, "the audit sees files"
    with httpx.Client(base_url=audited.url, timeout=60) as direct:
        assert direct.post("/predict", json={"strokes": SEVEN}).status_code == 200
        assert direct.post("/classify", json={"strokes": SEVEN, "maps": True}).status_code == 200
        assert direct.post("/classify", json={"picture": picture}).status_code == 400
        assert (
            direct.post("/contributions", json={"strokes": SEVEN, "digit": 7, "other": 1}).status_code == 200
        )
    assert client.predict(SEVEN, maps=True, api_name="/classify")["digit"] == 7
    with pytest.raises(AppError):
        client.predict(None, None, picture, api_name="/classify")
    assert audited.log.read_text().count("wrote ") == before
