"""Gradio's part of the page: made once, the same for everybody, and no more of Gradio than the page loads."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import httpx
import pytest
from starlette.testclient import TestClient

from demo.headers import policy
from demo.kept import Kept
from demo.rendered import FILES
from tests.test_start import app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """The demo, started as a visitor starts it, with a path for Gradio that is none."""
    process = app(GRADIO_ROOT_PATH="no/slash/")
    assert process.stdout
    url = process.stdout.readline().rpartition(" ")[2].strip()
    with httpx.Client(base_url=url, timeout=60) as client:
        yield client
    process.terminate()
    assert process.communicate(timeout=60) == ("", ""), "nothing asked here is worth a line"


@pytest.mark.parametrize(
    "path", ["/", "/config", "/theme.css", "/favicon.ico", "/gradio_api/info", *FILES[:3]]
)
def test_nothing_depends_on_who_asks(client: httpx.Client, path: str) -> None:
    """Host, proxy headers, query and origin change no byte, and no header gives another site leave to read."""
    plain = client.get(path)
    assert plain.status_code == 200
    evil = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "Origin": "https://evil.example",
        "Cookie": "a=b",
    }
    other = client.get(path, params={"deep_link": "evil", "page": "evil", "__theme": "dark"}, headers=evil)
    assert other.content == plain.content
    assert {**other.headers, "date": ""} == {**plain.headers, "date": ""}
    assert b"evil" not in other.content
    assert not [name for name in other.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "path",
    [
        "/static/ffmpeg/ffmpeg-core.wasm",
        "/static/fonts/Lexend/Lexend-Regular.woff2",
        "/assets/ApiDocs-DIr1Sgyo.js",
        "/assets/" + "a" * 5000,
        "/assets/%00",
    ],
)
def test_what_the_page_does_not_load_is_closed(client: httpx.Client, path: str) -> None:
    """Gradio's other files are not there for anybody."""
    assert client.get(path).status_code == 404


def test_files_are_compressed_once() -> None:
    """A script is sent compressed where that is understood, whole where it is not, and not again where it is known."""
    kept = Kept(b"let a = 1;" * 5000, "text/javascript")
    client = TestClient(kept)
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    packed = client.get("/", headers={"Accept-Encoding": "gzip, br"})
    assert packed.content == plain.content == kept.body
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(kept.compressed) < len(kept.body) / 50
    assert gzip.decompress(kept.compressed) == kept.body
    assert kept.compressed is kept.compressed
    known = client.get("/", headers={"If-None-Match": plain.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    head = client.head("/", headers={"Accept-Encoding": "identity"})
    assert (head.headers["content-length"], head.content) == (str(len(kept.body)), b"")


def test_the_page_runs_its_own_scripts_only(client: httpx.Client) -> None:
    """The page's policy names the scripts in it by their hashes."""
    reply = client.get("/")
    assert reply.headers["content-security-policy"] == policy(reply.content)


def test_a_path_set_for_gradio_changes_nothing(client: httpx.Client) -> None:
    """Whatever GRADIO_ROOT_PATH says, the page is answered, and finds everything from where it is itself."""
    reply = client.get("/")
    assert reply.status_code == 200
    assert '"root":"./"' in reply.text
    assert "no/slash" not in reply.text


def test_programs_find_the_function(client: httpx.Client) -> None:
    """The configuration names /classify as function 0, in the protocol that calls.py speaks, at no address."""
    config = json.loads(client.get("/config").content)
    assert [(one["id"], one["api_name"]) for one in config["dependencies"]] == [(0, "classify")]
    assert (config["protocol"], config["api_prefix"], config["root"]) == ("sse_v3", "/gradio_api", "")
    info = client.get("/gradio_api/info").json()["named_endpoints"]["/classify"]
    assert [one["parameter_name"] for one in info["parameters"]] == [
        "strokes",
        "pen_width",
        "picture",
        "maps",
    ]
