"""Several processes of the demo behind nginx, as deploy/README.md tells to run them."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from demo.benchmark.report import ROOT, BenchmarkError
from demo.benchmark.server import PATIENCE, Server
from demo.benchmark.wire import HOST

TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")  # folders that only root has by default


class Hall:
    """`count` servers and nginx in front of them, unprivileged and on free ports, while it is entered."""

    def __init__(self, count: int) -> None:
        # Where it may be beside PATH: what only root has there, and what `make test` unpacks for others.
        path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", f"{sys.prefix}/nginx/usr/sbin"])
        found = shutil.which("nginx", path=path)
        if not found:
            raise BenchmarkError("nginx is missing: install it, in Debian with apt-get install nginx-light.")
        self._nginx = found
        self.servers = [Server() for _ in range(count)]
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}/"

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            for server in self.servers:
                stack.enter_context(server)
            (folder / "nginx.conf").write_text(self._configuration(folder), "utf-8")
            log = stack.enter_context((folder / "log").open("w+", encoding="utf-8"))
            command = [self._nginx, "-p", f"{folder}/", "-c", "nginx.conf", "-e", "stderr"]
            process = subprocess.Popen([*command, "-g", "daemon off;"], stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            begin = time.perf_counter()
            while not self._answers():
                if process.poll() is not None or time.perf_counter() - begin > PATIENCE:
                    log.seek(0)
                    raise BenchmarkError(f"nginx did not start: {log.read().strip()}")
                time.sleep(0.01)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _configuration(self, folder: Path) -> str:
        """deploy/nginx.conf with our ports, and with its files in `folder`."""
        text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
        process = "        server 127.0.0.1:{} max_fails=1 fail_timeout=1s;\n"
        changes = {
            process.format(7861) + process.format(7862): "".join(
                process.format(s.port) for s in self.servers
            ),
            "server 127.0.0.1:7861;": f"server 127.0.0.1:{self.servers[0].port};",
            "listen 80;": f"listen {HOST}:{self.port};",
            "worker_processes auto;": "worker_processes 1;",
            "http {": "http {" + "".join(f"{kind}_temp_path {folder}/{kind};" for kind in TEMPORARY),
        }
        for before, after in changes.items():
            if before not in text:
                raise BenchmarkError(f"deploy/nginx.conf has changed: it has no {before.strip()!r}.")
            text = text.replace(before, after)
        return text

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
