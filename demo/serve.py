"""The server that runs the web application."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from .connections import IDLE_TIME, Connection, Connections

try:
    import resource
except ImportError:  # Windows, which has no such limit
    resource = None  # type: ignore[assignment]

LONGEST_END = 0.5  # seconds that answers under way get when the server ends
FILES = 16_384  # open ones, connections among them, where the system allows as many
OWN_FILES = 128  # of them for everything but connections
OUT_OF_FILES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class Running(uvicorn.Server):
    """uvicorn with our connections, which tells when it answers and ends what takes too long.

    Whoever asks through a proxy is known by its X-Forwarded-For; FORWARDED_ALLOW_IPS, uvicorn's own
    setting, names the addresses of proxies that are believed (default: this machine's; on a Space all).
    """

    def __init__(self, app: ASGIApp, connections: Connections, ready: Callable[[], None], backlog: int = 128):
        settings: dict[str, Any] = {
            "http": partial(Connection, connections),
            "backlog": backlog,
            "access_log": False,
            "log_level": "error",  # a stranger's malformed request is no news
            "server_header": False,
            "ws": "none",
            "timeout_keep_alive": IDLE_TIME,
            "timeout_graceful_shutdown": LONGEST_END,
            "forwarded_allow_ips": "*" if os.environ.get("SPACE_ID") else None,
        }
        super().__init__(uvicorn.Config(app, **settings))
        self.connections, self.ready = connections, ready
        logging.getLogger("asyncio").setLevel(logging.ERROR)  # nor is it that somebody hung up

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(_handle)
        await super().startup(sockets)
        self.ready()

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:  # once a second
            self.connections.end_overdue(asyncio.get_running_loop().time())
        return await super().on_tick(counter)


def serve(app: ASGIApp, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Answer until SIGINT or SIGTERM; call `ready` once at the start."""
    may_be_open = files()
    backlog = min(2048, may_be_open // 8)
    # As many as wait may be accepted before the first of those too many is closed.
    connections = Connections(may_be_open - 2 * backlog - OWN_FILES)
    Running(app, connections, ready, backlog).run([listening])


def files() -> int:
    """How many files may be open at once, after that was raised as far as is useful."""
    if resource is None:
        return FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = FILES if hard == unlimited else min(FILES, hard)
    if soft == unlimited or soft >= wanted:
        return wanted
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError):  # macOS may allow less than it says
        return soft
    return wanted


def _handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what goes wrong in the event loop, but not that there are no files left: it would be said thousandfold."""
    problem = context.get("exception")
    if not (isinstance(problem, OSError) and problem.errno in OUT_OF_FILES):
        loop.default_exception_handler(context)
