"""What every answer carries: the page's policy, and what may be kept."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from demo.headers import policy
from demo.scripts import script
from tests.test_guard import SEVEN, client

__all__ = ["client"]


@pytest.mark.parametrize(
    "path", ["/", "/config", "/static/lenet/header/examples.json", "/healthz", "/none", "/predict"]
)
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    """Policy, sniffing, referrer and permissions are settled on every answer, errors too."""
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("frame-ancestors *")
    assert "http" not in policy
    assert "x-frame-options" not in headers


def test_the_policy_names_the_pages_own_scripts_only() -> None:
    """Scripts in the page run by their hash, those of this server by their address, and no others."""
    page = b'<script type="module" src="a.js"></script><script data-x>let a = "<b>";\r\n</script>'
    scripts = policy(page).split("; ")[1]
    digest = "'sha256-zFent3zUeYjBqfa2OtRLEfv791SdKVxhaL3FTCPPPlU='"
    assert scripts == f"script-src 'self' 'unsafe-eval' {digest}"


def test_the_page_is_held_together_and_gets_its_policy(client: TestClient) -> None:
    """The page arrives whole, with the hash of the script in it."""
    reply = client.get("/")
    assert reply.text == "<script>1</script>"
    assert reply.headers["content-security-policy"] == policy(reply.content)
    assert "sha256-" in policy(reply.content)


def test_what_may_be_kept(client: TestClient) -> None:
    """Hashed files for ever, the demo's own data for a minute and then by their ETag, answers never."""
    for path in ("/assets/a-5f.js", script()[0]):
        assert client.get(path).headers["cache-control"] == "public, max-age=31536000, immutable"
    own = client.get("/static/lenet/header/examples.json")
    assert own.headers["cache-control"] == "public, max-age=60"
    again = client.get("/static/lenet/header/examples.json", headers={"If-None-Match": own.headers["etag"]})
    assert again.status_code == 304
    assert client.get("/static/lenet/none.js").headers["cache-control"] == "no-store"
    assert client.get("/").headers["cache-control"] == "no-store"
    assert client.post("/predict", json=SEVEN).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("header/examples.json", 200),
        ("page/compact.js", 404),
        ("shared/pad.js", 404),
        ("page/page.css", 404),
        ("answer/answer.html", 404),
        ("answer/", 404),
    ],
)
def test_only_the_script_and_its_data_are_served(client: TestClient, path: str, status: int) -> None:
    """HTML and CSS are in the page, modules in its one script; their files have no address of their own."""
    assert client.get(f"/static/lenet/{path}").status_code == status


def test_other_sites_may_not_read_answers(client: TestClient) -> None:
    """The demo's own routes give no other site leave to read them."""
    reply = client.post("/predict", json=SEVEN, headers={"Origin": "https://example.org"})
    assert reply.status_code == 200
    assert not [name for name in reply.headers if name.startswith("access-control")]
