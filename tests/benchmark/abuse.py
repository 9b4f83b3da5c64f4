"""What a stranger who means harm can do to everybody else, directly and through nginx.

Bounded in count and in time, five minutes in all. The requests are the dearest that the tests know
(tests/hostile.py); attack.py sends them, and patience.py does what takes time rather than requests.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress

import httpx

from tests import hostile
from tests.benchmark import patience
from tests.benchmark.attack import CUT_OFF, STRANGER, flooded, in_a_process, oddities, posts
from tests.benchmark.connection import BadReply, Connection, encode
from tests.benchmark.drawings import STEADY, body
from tests.benchmark.people import Crowd, draw
from tests.benchmark.report import Figure, Goal, percentile
from tests.nginx import Nginx, hall
from tests.process import Process
from tests.server import HOST, Server, served

NONE = Goal(at_most=0)
PEOPLE, RATE = 10, 5  # who draw meanwhile, and movements a second of each


def measure(share: float) -> Iterator[Figure]:
    """All figures of this part, in a `share` of the usual count and time."""
    with served() as demo:
        yield from _one_request(demo, share)
    with served() as demo:
        yield from _waiting(demo)
    with served() as demo:
        yield from _one_stranger("directly", demo.port, share)
    with hall(2) as behind:
        yield from _one_stranger("through nginx", behind.port, share)
        yield from _slow_readers(behind.nginx)
    with served() as demo:
        yield from patience.measure(demo, share)
    with served() as demo:
        yield from _many(demo, share)


def _one_request(demo: Server, share: float) -> Iterator[Figure]:
    """The most that any one request takes of the event loop, the processor and the memory."""
    process = Process(demo.process.pid)
    requests = posts(demo.port, hostile.requests())
    names = random.Random(0).sample(sorted(requests), round(len(requests) * share))
    loop, processor, memory = {}, {}, {}

    async def asked(request: bytes) -> None:
        connection = Connection(demo.port, STRANGER)
        with suppress(BadReply):
            await connection.exchange(request)
        connection.close()

    async def stood_still(request: bytes) -> float:
        """The longest that somebody else waited for next to nothing meanwhile, in ms."""
        other, longest = Connection(demo.port), 0.0
        probe = encode("GET", "/healthz", demo.port)
        await other.exchange(probe)
        under_way = asyncio.create_task(asked(request))
        while not under_way.done():
            begin = time.perf_counter()
            await other.exchange(probe)
            longest = max(longest, time.perf_counter() - begin)
        other.close()
        return 1000 * longest

    for name in names:
        process.forget_peak()
        rest, before = process.megabytes(), process.processor_ms()
        asyncio.run(asked(requests[name]))
        processor[name] = process.processor_ms() - before
        memory[name] = process.peak_megabytes() - rest
        # What else the machine does can only make it longer.
        loop[name] = min(asyncio.run(stood_still(requests[name])) for _ in range(2))
    part = "One request of at most 64 KB, whatever is in it"
    for what, unit, found, goal in (
        ("event loop stands still", "ms", loop, 20),
        ("processor", "ms", processor, 200),
        ("memory beyond rest", "MB", memory, 100),
    ):
        worst = max(found, key=lambda name: found[name])
        yield Figure(part, f"{what}, most, for {worst}", found[worst], unit, len(found), Goal(at_most=goal))


def _waiting(demo: Server, strangers: int = 400) -> Iterator[Figure]:
    """How much work waits at most, and what is still done for those who have left."""
    process = Process(demo.process.pid)
    dear = list(posts(demo.port, hostile.requests()).values())
    dear = [request for request in dear if b"/predict " in request[:20]][: len(hostile.DRAWINGS)]

    def all_at_once() -> list[socket.socket]:
        crowd = [socket.create_connection((HOST, demo.port), 60) for _ in range(strangers)]
        for number, one in enumerate(crowd):
            one.sendall(dear[number % len(dear)])
        return crowd

    begin = time.perf_counter()
    for one in all_at_once():
        one.recv(1)
        one.close()
    part = f"{strangers} strangers send the dearest drawings at once"
    yield Figure(
        part, "until all are answered", time.perf_counter() - begin, "s", strangers, Goal(at_most=1.5)
    )

    crowd = all_at_once()
    crowd[0].recv(1)
    for one in crowd:
        one.close()
    before = process.processor_ms()
    _idle(process)
    done = process.processor_ms() - before
    yield Figure(part, "done when all have left", done, "ms", strangers, Goal(at_most=100))


def _idle(process: Process) -> None:
    """Wait until a process computes nothing for a fifth of a second, for 30 s at most."""
    for _ in range(150):
        before = process.processor_ms()
        time.sleep(0.2)
        if process.processor_ms() - before < 5:
            return


def _one_stranger(way: str, port: int, share: float) -> Iterator[Figure]:
    """Others draw while one address asks on a hundred connections."""
    part = f"One stranger with 100 connections, {way}: {PEOPLE} others draw"
    sent = posts(port, hostile.requests())
    call = {"fn_index": 0, "session_hash": "s", "data": [hostile.DRAWINGS["dots"](), 20, None, True]}
    mixes: dict[str, Sequence[bytes]] = {
        "nobody": [],
        "dear drawings": _of(sent, [f"/predict: {name}" for name in hostile.DRAWINGS]),
        "pictures": _of(sent, [f"/classify: {name}" for name in hostile.PICTURES]),
        "Why?": _of(sent, [f"/contributions: {name}" for name in hostile.DRAWINGS]),
        "experiments": _of(sent, [f"/range: {name}" for name in hostile.DRAWINGS]),
        "what is no drawing": _of(sent, [f"/predict: {name}" for name in hostile.NO_DRAWINGS]),
        "the page": [encode("GET", "/", port)],
        "gradio's calls": [encode("POST", "/gradio_api/queue/join", port, json.dumps(call).encode())],
        "all of it": [*sent.values(), *oddities(port)],
    }
    refused = people = 0
    quiet: Crowd | None = None
    for name, requests in mixes.items():
        with ExitStack() as stack:
            if requests:
                stack.enter_context(flooded(port, requests))
            crowd = draw(port, PEOPLE, RATE, max(1, 4 * share))
        quiet = quiet or crowd
        beside = percentile(quiet.waits, 95)
        goal = Goal(at_most=100)
        yield Figure(part, f"{name}, p95", percentile(crowd.waits, 95), "ms", len(crowd.waits), goal, beside)
        refused += crowd.failures
        people += sum(person.answers for person in crowd.people)
    yield Figure(part, "others' updates refused or lost", refused, "", people + refused, NONE)


def _of(sent: dict[str, bytes], names: list[str]) -> list[bytes]:
    return [sent[name] for name in names]


def _slow_readers(nginx: Nginx, readers: int = 200) -> Iterator[Figure]:
    """What nginx writes to the disk for those who ask for much and read nothing."""
    page = httpx.get(nginx.url).text
    paths = [part.split('"')[0] for part in page.split('src="./')[1:]] or [""]
    crowd = []
    for number in range(readers):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        one.bind((STRANGER, 0))
        one.connect((HOST, nginx.port))
        one.sendall(encode("GET", f"/{paths[number % len(paths)]}", nginx.port) * 8)
        crowd.append(one)
    time.sleep(2)
    files = len(nginx.temporary_files())
    for one in crowd:
        one.close()
    yield Figure(
        f"{readers} readers who do not read, through nginx", "temporary files", files, "", readers, NONE
    )


def _many(demo: Server, share: float) -> Iterator[Figure]:
    """A hundred thousand hostile requests, and what they leave behind."""
    process = Process(demo.process.pid)
    large = posts(demo.port, {k: v for k, v in hostile.requests().items() if k.startswith("/predict: ")})
    requests = [*oddities(demo.port) * 10, *large.values()]
    before, rest = _fastest(demo), process.megabytes()
    seen = in_a_process(demo.port, requests, round(100_000 * share), 60 * share + 5)
    answered = seen.total()
    failed = sum(count for status, count in seen.items() if status >= 500)
    part = "Many hostile requests"
    _idle(process)
    after = _fastest(demo)
    yield Figure(part, "sent", answered, "", 1, Goal(at_least=round(100_000 * share)))
    yield Figure(part, "cut off without an answer", seen[CUT_OFF], "", answered)
    yield Figure(part, "answered with 5xx", failed, "", answered, NONE)
    lines = demo.log.read_text("utf-8", errors="replace").count("\n") - 1
    yield Figure(part, "lines of log, beyond the first", lines, "", answered, NONE)
    yield Figure(part, "growth", process.megabytes() - rest, "MB", answered, Goal(at_most=100))
    yield Figure(part, "fastest update afterwards", after, "ms", 100, Goal(times_baseline=1.3), before)


def _fastest(demo: Server) -> float:
    """ms that the fastest of a hundred updates takes."""
    with httpx.Client(base_url=demo.url) as client:
        replies = [client.post("/predict", content=body(STEADY[7])) for _ in range(100)]
    return min(1000 * reply.elapsed.total_seconds() for reply in replies)
