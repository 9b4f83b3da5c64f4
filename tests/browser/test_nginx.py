"""Several processes behind the real nginx, with the configuration that the guide hands out."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from gradio_client import Client
from playwright.sync_api import Page, expect

from tests import nginx
from tests.browser.conftest import open_pad
from tests.browser.digits import DIGITS
from tests.nginx import Hall

SEVEN = {"strokes": [[[70, 60], [205, 62], [130, 232]]]}


@pytest.fixture(scope="module")
def hall() -> Iterator[Hall]:
    """A lecture hall's server: two processes behind nginx."""
    with nginx.hall(2) as hall:
        yield hall


def test_a_killed_process_is_not_seen(hall: Hall, page: Page) -> None:
    """While somebody draws each process is killed and started again, and no request of the page fails."""
    seen: Counter[int | str] = Counter()
    page.on("response", lambda reply: seen.update([reply.status]))
    page.on("requestfailed", lambda request: seen.update([f"failed {request.url}"]))
    pad = open_pad(page, hall.url)
    for digit, server in ((4, hall.servers[0]), (8, hall.servers[1]), (5, hall.servers[0])):
        first, *others = DIGITS[digit]
        pad.press(first[: len(first) // 2])
        server.kill()
        for point in first[len(first) // 2 :]:
            page.mouse.move(*pad.at(point), steps=3)
        page.mouse.up()
        pad.draw(others)
        expect(pad.status).to_have_text(re.compile(f"^{digit}"))
        server.start()
        pad.button("Clear").click()
        expect(pad.status).to_have_text("Draw a digit")
    page.reload()
    expect(pad.status).to_be_visible()
    assert set(seen) <= {200, 304}, seen


def test_a_restart_is_not_seen_by_programs(hall: Hall) -> None:
    """Of programs that obey Retry-After none sees an error while a process is ended and started again."""
    with httpx.Client(base_url=hall.url, limits=httpx.Limits(max_connections=20), timeout=60) as client:

        def ask(number: int) -> int:
            if number == 50:
                hall.servers[1].stop()
            while (reply := client.post("/classify", json=SEVEN)).status_code == 429:
                time.sleep(int(reply.headers["retry-after"]))
            return reply.status_code

        with ThreadPoolExecutor(20) as pool:
            assert set(pool.map(ask, range(200))) == {200}
    hall.servers[1].start()


def test_gradio_client_through_nginx(hall: Hall) -> None:
    """gradio_client finds its one process."""
    client = Client(hall.url, verbose=False)
    for _ in range(4):
        assert client.predict(SEVEN["strokes"], 20, None, api_name="/classify")["digit"] == 7


def test_nginx_speaks_in_the_same_sentences(hall: Hall) -> None:
    """Too long, too much and nobody there are JSON sentences from nginx too; a class stays below its limit."""
    with httpx.Client(base_url=hall.url, timeout=60) as client:
        long = client.post("/predict", content=b" " * 70_000)
        assert (long.status_code, [*long.json()]) == (413, ["error"])
        for server in hall.servers:
            server.kill()
        away = client.post("/predict", json=SEVEN)
        assert (away.status_code, [*away.json()]) == (503, ["error"])
        assert away.headers["retry-after"] == "1"
        for server in hall.servers:
            server.start()
        assert client.post("/predict", json=SEVEN).status_code == 200
