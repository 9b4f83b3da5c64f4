"""Just enough HTTP/1.1 to play many browsers at once without becoming the slowest part."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

HOST = "127.0.0.1"
PATIENCE = 10.0  # s until a reply counts as lost, as in the page

# What Chromium sends along: headers cost the server time too.
_BROWSER = (
    'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"',
    "sec-ch-ua-mobile: ?0",
    'sec-ch-ua-platform: "Linux"',
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0",
    "Accept: */*",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Accept-Language: en-US,en;q=0.9",
    "Sec-Fetch-Dest: empty",
    "Sec-Fetch-Mode: cors",
    "Sec-Fetch-Site: same-origin",
)


class BadReply(Exception):
    """The server's bytes are no HTTP, or end too early."""


@dataclass(frozen=True)
class Reply:
    """One whole reply."""

    status: int
    body: bytes
    received: int
    """Bytes on the wire, headers included."""


def encode(method: str, path: str, port: int, body: bytes = b"") -> bytes:
    """A request as a browser at the demo's own page sends it."""
    host = f"{HOST}:{port}"
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: keep-alive", *_BROWSER]
    lines.append(f"Referer: http://{host}/")
    if method == "POST":
        lines += [f"Origin: http://{host}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def read(stream: asyncio.StreamReader) -> Reply:
    """The next reply of a connection; BadReply where it is cut off or none."""
    try:
        head = await stream.readuntil(b"\r\n\r\n")
        status, fields = parse_head(head)
        if fields.get("transfer-encoding") == "chunked":
            body, received = await _chunks(stream)
        else:
            body = await stream.readexactly(int(fields["content-length"]))
            received = len(body)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, KeyError) as problem:
        raise BadReply(str(problem)) from None
    return Reply(status, body, len(head) + received)


def parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    """Status and lower-case header fields of a reply's head; ValueError for what is none."""
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    version, _, rest = first.partition(" ")
    if not version.startswith("HTTP/1."):
        raise ValueError(f"{first!r} is not HTTP")
    pairs = (line.partition(":") for line in lines)
    return int(rest[:3]), {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _chunks(stream: asyncio.StreamReader) -> tuple[bytes, int]:
    """A chunked body, and how many bytes carried it."""
    parts: list[bytes] = []
    received = 0
    while True:
        line = await stream.readuntil(b"\r\n")
        size = int(line, 16)
        part = await stream.readexactly(size + 2)  # a line end closes each, the empty last one too
        received += len(line) + len(part)
        if size == 0:
            return b"".join(parts), received
        parts.append(part[:-2])


class Connection:
    """One kept-alive connection from `address`; it opens by itself and opens again after a failure."""

    def __init__(self, port: int, address: str = HOST) -> None:
        self._port, self._address = port, address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def exchange(self, request: bytes) -> Reply:
        """Send a request and wait for its reply; BadReply where there is none in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                if self._streams is None:
                    self._streams = await asyncio.open_connection(
                        HOST, self._port, local_addr=(self._address, 0)
                    )
                reader, writer = self._streams
                writer.write(request)
                return await read(reader)
        except (OSError, BadReply) as problem:  # TimeoutError is an OSError
            self.close()
            raise BadReply(str(problem)) from None

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()
            self._streams = None
