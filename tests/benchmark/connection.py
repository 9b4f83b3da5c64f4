"""A kept-alive connection that asks as a browser does, light enough that thousands never are the slowest part."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httptools

from tests.server import HOST

PATIENCE = 10.0  # s until a reply counts as lost, as in the page

# What Chromium sends along: headers cost the server time too.
_BROWSER = """\
Connection: keep-alive
sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"
sec-ch-ua-mobile: ?0
sec-ch-ua-platform: "Linux"
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0
Accept: */*
Accept-Encoding: gzip, deflate, br, zstd
Accept-Language: en-US,en;q=0.9
Sec-Fetch-Dest: empty
Sec-Fetch-Mode: cors
Sec-Fetch-Site: same-origin"""


class BadReply(Exception):
    """The server's bytes are no HTTP, end too early, or come too late."""


@dataclass(frozen=True)
class Reply:
    """One whole reply."""

    status: int
    body: bytes


def encode(method: str, path: str, port: int, body: bytes = b"") -> bytes:
    """A request as a browser at the demo's own page sends it."""
    host = f"{HOST}:{port}"
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *_BROWSER.splitlines(), f"Referer: http://{host}/"]
    if method == "POST":
        lines += [f"Origin: http://{host}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Replies(asyncio.Protocol):
    """Parses what comes; `reply` is the one under way."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.expect()

    def expect(self) -> asyncio.Future[Reply]:
        self.reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.parser = httptools.HttpResponseParser(self)
        self.body = b""
        return self.reply

    def data_received(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError as problem:
            self._fail(problem)

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.last = not self.parser.should_keep_alive()
        if not self.reply.done():
            self.reply.set_result(Reply(self.parser.get_status_code(), self.body))

    def connection_lost(self, problem: Exception | None) -> None:
        self._fail(problem or EOFError("The connection ended before the reply."))

    def _fail(self, problem: Exception) -> None:
        if not self.reply.done():
            self.reply.set_exception(BadReply(str(problem)))


class Connection:
    """One kept-alive connection from `address`; it opens by itself and opens again after a failure."""

    def __init__(self, port: int, address: str = HOST) -> None:
        self._port, self._address = port, address
        self._transport: asyncio.Transport | None = None

    async def exchange(self, request: bytes) -> Reply:
        """Send a request and wait for its reply; BadReply where there is none in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                if self._transport is None or self._transport.is_closing():
                    self._transport, self._replies = await asyncio.get_running_loop().create_connection(
                        _Replies, HOST, self._port, local_addr=(self._address, 0)
                    )
                reply = self._replies.expect()
                self._transport.write(request)
                answer = await reply
                if self._replies.last:
                    self.close()
                return answer
        except (OSError, BadReply) as problem:  # TimeoutError is an OSError
            self.close()
            raise BadReply(str(problem)) from None

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.abort()
            self._transport = None
