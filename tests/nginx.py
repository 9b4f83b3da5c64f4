"""nginx with the configuration that deploy/ hands out, unprivileged and on a free port."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.process import Process
from tests.server import HOST, ROOT, Server, free_port, served, wait_for_answer

TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")  # folders that only root has by default
CONFIGURATION = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")


class Nginx:
    """nginx in front of processes at `ports`, while it is entered; `changes` are made to its configuration."""

    def __init__(self, ports: Sequence[int], changes: dict[str, str] | None = None) -> None:
        # Where it may be beside PATH: what only root has there, and what `make test` unpacks for others.
        path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", f"{sys.prefix}/nginx/usr/sbin"])
        found = shutil.which("nginx", path=path)
        assert found, "nginx is missing: make test installs it."
        self._program = found
        self._ports, self._changes = ports, changes or {}
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}/"

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            self._folder.chmod(0o711)  # for nginx's workers, which are nobody where we are root
            (self._folder / "nginx.conf").write_text(self._configuration(), "utf-8")
            command = [self._program, "-p", f"{self._folder}/", "-c", "nginx.conf", "-e", "stderr"]
            with self._log.open("w") as log:
                process = subprocess.Popen([*command, "-g", "daemon off;"], stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            wait_for_answer(self.url, process, self._log)
            self._process = process
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def log(self) -> str:
        """What nginx has said."""
        return self._log.read_text("utf-8", errors="replace")

    def temporary_files(self) -> list[str]:
        """The files that hold something for a while; they have no name any more. Only Linux tells."""
        found = []
        for file in (file for worker in self._workers() for file in Path(f"/proc/{worker}/fd").iterdir()):
            with suppress(FileNotFoundError):  # a connection that has ended meanwhile
                name = os.readlink(file)
                if str(self._folder) in name and "deleted" in name:
                    found.append(name)
        return found

    def processor_ms(self) -> float:
        """Milliseconds of processor that nginx has had; only Linux tells."""
        return sum(Process(worker).processor_ms() for worker in self._workers())

    def _workers(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(child) for child in children.read_text("utf-8").split()]

    def _configuration(self) -> str:
        """deploy/nginx.conf with our ports, and with its files in our folder."""
        process = "        server 127.0.0.1:{} max_fails=1 fail_timeout=1s;\n"
        changes = {
            process.format(7861) + process.format(7862): "".join(map(process.format, self._ports)),
            "server 127.0.0.1:7861;": f"server 127.0.0.1:{self._ports[0]};",
            "listen 80;": f"listen {HOST}:{self.port};",
            "worker_processes auto;": "worker_processes 1;",
            "http {": "http {" + "".join(f"{kind}_temp_path {self._folder}/{kind};" for kind in TEMPORARY),
        }
        text = CONFIGURATION
        for before, after in (changes | self._changes).items():
            assert before in text, f"deploy/nginx.conf has changed: it has no {before.strip()!r}."
            text = text.replace(before, after)
        return text


@dataclass
class Hall:
    """A lecture hall's servers behind nginx."""

    nginx: Nginx
    servers: list[Server]

    @property
    def port(self) -> int:
        """Where nginx listens."""
        return self.nginx.port

    @property
    def url(self) -> str:
        """Where the page is."""
        return self.nginx.url


@contextmanager
def hall(count: int) -> Iterator[Hall]:
    """So many processes of the page behind nginx, as deploy/README.md tells to run them."""
    with ExitStack() as stack:
        servers = [stack.enter_context(served()) for _ in range(count)]
        yield Hall(stack.enter_context(Nginx([server.port for server in servers])), servers)
