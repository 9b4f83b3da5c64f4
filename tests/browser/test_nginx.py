"""Several processes behind the real nginx, with the configuration that the guide hands out."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Server, open_pad
from tests.browser.digits import DIGITS

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:{ROOT}/.venv/nginx/usr/sbin")
SEVEN = {"strokes": [[[70, 60], [205, 62], [130, 232]]]}


class Hall:
    """Two processes and nginx in front of them, unprivileged and on free ports."""

    def __init__(self, folder: Path) -> None:
        self.servers = [Server(folder / f"log{number}") for number in range(2)]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/"
        text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
        changes = {"listen 80;": f"listen 127.0.0.1:{port};", "worker_processes auto": "worker_processes 1"}
        changes |= {f"127.0.0.1:{7861 + i}": f"127.0.0.1:{s.port}" for i, s in enumerate(self.servers)}
        for before, after in changes.items():
            assert before in text
            text = text.replace(before, after)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        (folder / "nginx.conf").write_text(text.replace("http {", "http {" + paths))
        assert NGINX, "nginx is missing: install it, in Debian as root with apt-get install nginx-light."
        self.log = folder / "nginx.log"
        command = [NGINX, "-p", f"{folder}/", "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"]
        with self.log.open("w") as log:
            self.nginx = subprocess.Popen(command, stdout=log, stderr=log)
        while not self.answers():
            assert self.nginx.poll() is None, self.log.read_text()

    def answers(self) -> bool:
        try:
            return httpx.get(self.url + "healthz", timeout=60).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        self.nginx.terminate()
        self.nginx.wait()
        for server in self.servers:
            server.stop()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A lecture hall's server."""
    hall = Hall(tmp_path_factory.mktemp("hall"))
    yield hall
    hall.stop()


def test_a_killed_process_is_not_seen(hall: Hall, page: Page) -> None:
    """While somebody draws each process is killed and started again, and no request of the page fails."""
    seen: Counter[int | str] = Counter()
    page.on("response", lambda reply: seen.update([reply.status]))
    page.on("requestfailed", lambda request: seen.update([f"failed {request.url}"]))
    pad = open_pad(page, hall.url)
    for digit, server in ((4, hall.servers[0]), (8, hall.servers[1]), (5, hall.servers[0])):
        first, *others = DIGITS[digit]
        pad.press(first[: len(first) // 2])
        server.process.kill()
        for point in first[len(first) // 2 :]:
            page.mouse.move(*pad.at(point), steps=3)
        page.mouse.up()
        pad.draw(others)
        expect(pad.status).to_have_text(re.compile(f"^{digit}"))
        server.process.wait()
        server.start()
        pad.button("Clear").click()
        expect(pad.status).to_have_text("Draw a digit")
    page.reload()
    expect(pad.status).to_be_visible()
    assert set(seen) <= {200, 304}, seen


def test_a_restart_is_not_seen_by_programs(hall: Hall) -> None:
    """Of many programs that ask at once none sees an error while a process is ended and started again."""
    with httpx.Client(base_url=hall.url, limits=httpx.Limits(max_connections=20)) as client:

        def ask(number: int) -> int:
            if number == 100:
                hall.servers[1].process.terminate()
            return client.post("/classify", json=SEVEN).status_code

        with ThreadPoolExecutor(20) as pool:
            assert set(pool.map(ask, range(400))) == {200}
    hall.servers[1].process.wait()
    hall.servers[1].start()


def test_gradio_client_through_nginx(hall: Hall) -> None:
    """gradio_client finds its one process."""
    client = Client(hall.url, verbose=False)
    for _ in range(4):
        assert client.predict(SEVEN["strokes"], 20, None, api_name="/classify")["digit"] == 7


def test_nginx_speaks_in_the_same_sentences(hall: Hall) -> None:
    """Too long, too much and nobody there are JSON sentences from nginx too; a class stays below its limit."""
    with httpx.Client(base_url=hall.url) as client:
        long = client.post("/update", content=b" " * 70_000)
        assert (long.status_code, [*long.json()]) == (413, ["error"])
        for server in hall.servers:
            server.process.kill()
            server.process.wait()
        away = client.post("/update", json=SEVEN)
        assert (away.status_code, [*away.json()]) == (503, ["error"])
        assert away.headers["retry-after"] == "1"
        for server in hall.servers:
            server.start()
        assert client.post("/update", json=SEVEN).status_code == 200
