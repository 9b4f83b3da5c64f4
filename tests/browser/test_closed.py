"""The running server, seen by somebody who looks for a way in."""

from __future__ import annotations

import inspect
import re
from typing import Literal
from urllib.parse import urlsplit

import gradio.routes
import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from demo.rendered import FILES, LANGUAGES, PAGES, SCRIPTS
from tests.browser.conftest import open_pad
from tests.browser.digits import DIGITS
from tests.server import Server

QUEUE = ("/gradio_api/queue/join", "/gradio_api/queue/data")
DECLARED = re.findall(r'@(?:app|router)\.\w+\(\s*f?"(/[^"]*)"', inspect.getsource(gradio.routes))


def test_gradios_other_routes_are_closed(server: Server) -> None:
    """Of all routes that Gradio's source declares only those of the allow-list are answered."""
    paths = {re.sub(r"{[^}]*}", "x", path) for path in DECLARED}
    paths |= {f"/gradio_api{path}" for path in paths} | {
        "/docs",
        "/openapi.json",
        "/gradio_api/file=/etc/hosts",
    }
    closed = sorted(paths - {*PAGES, *QUEUE})
    assert len(closed) > 100
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for path in closed:
            for method in ("GET", "POST", "OPTIONS"):
                reply = client.request(method, path)
                assert (reply.status_code, [*reply.json()]) == (404, ["error"]), (method, path)


@pytest.mark.parametrize(("locale", "scheme"), [("en-GB", "light"), ("zh-TW", "dark")])
def test_the_page_loads_nothing_of_gradio_but_what_is_listed(
    server: Server, browser: Browser, locale: str, scheme: Literal["light", "dark"]
) -> None:
    """In any language and colours the page finds what it asks for, and nothing is listed that it does not load."""
    asked: dict[str, int] = {}
    page = browser.new_page(locale=locale, color_scheme=scheme)
    page.on("response", lambda reply: asked.update({urlsplit(reply.url).path: reply.status}))
    pad = open_pad(page, server.url)
    pad.draw(DIGITS[4])
    expect(pad.status).to_have_text(re.compile("^4"))
    page.close()
    assert {path: status for path, status in asked.items() if status != 200} == {}
    assert {path for path in asked if path in FILES} - {*LANGUAGES} == {*SCRIPTS}
    assert [path for path in asked if path.endswith(".css") and path != "/theme.css"] == [
        path for path in asked if path.startswith("/assets/page-")
    ]


def test_gradios_files_may_be_kept(server: Server) -> None:
    """Every script that the page names, its own too, carries a hash in its name and is kept for ever."""
    page = httpx.get(server.url, timeout=60).text
    names = re.findall(r'(?:src|(?<!in-page-css" )href)="\./((?:assets|static)/[^"]+)"', page)
    assert len(names) > 20
    for name in names:
        assert "immutable" in httpx.get(server.url + name, timeout=60).headers["cache-control"]


def test_scripts_of_strangers_do_not_run(server: Server, page: Page, violations: list[str]) -> None:
    """What comes into the page later, by a link or in an element, is not executed and reaches no other host."""
    pad = open_pad(page, server.url + "?deep_link=<script>window.stranger=1</script>&page=<b>")
    page.evaluate(
        """() => {
            document.body.insertAdjacentHTML("beforeend", "<img src=x: onerror='window.stranger = 1'>");
            const script = document.createElement("script");
            script.textContent = "window.stranger = 1";
            document.body.append(script);
        }"""
    )
    blocked = page.evaluate("fetch('https://example.org/').then(() => 'reached', () => 'blocked')")
    pad.draw(DIGITS[4])
    expect(pad.status).to_have_text(re.compile("^4"))
    assert blocked == "blocked"
    assert page.evaluate("window.stranger") is None
    assert violations, "the browser told what it forbade"
    violations.clear()


def test_the_page_asks_its_own_server_only(server: Server, page: Page) -> None:
    """From the first load to a reading no request leaves for another host, and none is refused."""
    replies: list[tuple[str | None, int]] = []
    page.on("response", lambda reply: replies.append((urlsplit(reply.url).netloc, reply.status)))
    pad = open_pad(page, server.url)
    pad.draw(DIGITS[4])
    expect(pad.status).to_have_text(re.compile("^4"))
    assert {host for host, _ in replies} == {urlsplit(server.url).netloc}
    assert {status for _, status in replies} == {200}
