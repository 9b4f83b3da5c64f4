"""People who draw at the same time: browsers without a window, in processes of their own.

A person behaves as the page does: the pen moves at a steady rate, one update is under way at a time, and
when its answer is there the newest drawing goes out. Each movement's time counts from when it was due
until the answer to a drawing that contains it is there, so that a busy server cannot hide the updates
that it kept from being sent. Who has an Experiment open has the drawing changed, and a change's whole range read
every three seconds, as the page has while the pen moves.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from typing import Protocol

import httpx

from tests.benchmark.connection import BadReply, Connection, encode
from tests.benchmark.drawings import STEADY, body, growing
from tests.server import HOST

EXPERIMENT = {"change": "turn", "value": 20}
RANGES = 3.0  # s between two that are asked for while the pen moves; see experiment.js
PATIENCE = 60.0  # s that the processes may take to start


class Barrier(Protocol):
    """What holds each process until all are ready."""

    def wait(self, timeout: float) -> object:
        """Return when everybody waits."""


ready: Barrier  # of a process that plays people


@dataclass
class Person:
    """What one person saw."""

    waits: list[float] = field(default_factory=list)  # ms, one a movement
    answers: int = 0
    failures: int = 0
    ranges: list[float] = field(default_factory=list)  # ms, one a range


@dataclass(frozen=True)
class Crowd:
    """What all people saw, and how busy the processes that played them were."""

    people: list[Person]
    seconds: float
    busy: float  # share of a core; near 1, it is the benchmark that is slow

    @property
    def waits(self) -> list[float]:
        return [wait for person in self.people for wait in person.waits]

    @property
    def ranges(self) -> list[float]:
        return [wait for person in self.people for wait in person.ranges]

    @property
    def rates(self) -> list[float]:
        """Answers a second, of each person."""
        return [person.answers / self.seconds for person in self.people]

    @property
    def answers(self) -> int:
        return sum(person.answers for person in self.people)

    @property
    def failures(self) -> int:
        return sum(person.failures for person in self.people)


def draw(
    port: int, people: int, rate: float, seconds: float, addresses: int = 1, *, experiment: bool = False
) -> Crowd:
    """Let `people` draw for `seconds`, `rate` movements a second each, from `addresses` of this machine."""
    size = len(httpx.post(f"http://{HOST}:{port}/predict", content=body(STEADY[7])).content)  # as all have it
    processes = min(people, max(1, (os.cpu_count() or 1) - 1))  # the server needs one core
    jobs = [
        (port, size, range(first, people, processes), rate, seconds, addresses, experiment)
        for first in range(processes)
    ]
    context = get_context("spawn")
    # Leaving it ends its processes, come what may. None gets two jobs: the first does not return before all have one.
    with context.Pool(processes, begin_with, (context.Barrier(processes),)) as pool:
        played = pool.starmap(play, jobs, chunksize=1)
    everyone = [person for group, _ in played for person in group]
    return Crowd(everyone, seconds, max(busy for _, busy in played))


def begin_with(barrier: Barrier) -> None:
    """Let the people that this process plays begin when `barrier` lets it go."""
    global ready
    ready = barrier


def play(
    port: int,
    size: int,
    numbers: Sequence[int],
    rate: float,
    seconds: float,
    addresses: int,
    experiment: bool = False,
) -> tuple[list[Person], float]:
    """What the people of those numbers saw, and the share of a core that playing them took."""
    # The pen's positions come 60 times a second whatever the rate of updates; each draws its own digit.
    points = max(1, round(60 / rate))
    updates = [
        [
            encode("POST", "/predict", port, body(drawing, **(EXPERIMENT if experiment else {})))
            for drawing in growing(digit, points)
        ]
        for digit in range(10)
    ]
    # A movement's time counts from when it is due: before, whatever takes time must be done in every process.
    ready.wait(PATIENCE)
    begin, busy = time.monotonic(), time.process_time()

    async def everyone() -> list[Person]:
        end = begin + seconds
        person = partial(_person, port, size, rate, begin, end)
        places = [(n, f"127.0.0.{1 + n % addresses}") for n in numbers]
        readers = [_ranges(port, begin, end, n, address) for n, address in places if experiment]
        seen = await asyncio.gather(*(person(n, updates[n % 10], address) for n, address in places), *readers)
        people, ranges = seen[: len(places)], seen[len(places) :]
        for one, read in zip(people, ranges, strict=False):  # nobody reads ranges but in an experiment
            one.ranges, one.failures = read.ranges, one.failures + read.failures
        return people

    people = asyncio.run(everyone())
    return people, (time.process_time() - busy) / (time.monotonic() - begin)


async def _person(
    port: int,
    size: int,
    rate: float,
    begin: float,
    end: float,
    number: int,
    drawings: list[bytes],
    address: str,
) -> Person:
    seen = Person()
    chance = random.Random(number)
    connection = Connection(port, address)
    due = begin + chance.random() / rate
    step = chance.randrange(len(drawings))
    while due < end:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        moved = [due]
        while moved[-1] + 1 / rate < min(end, time.monotonic()):
            moved.append(moved[-1] + 1 / rate)
        due = moved[-1] + 1 / rate
        step += len(moved)
        try:
            reply = await connection.exchange(drawings[step % len(drawings)])
        except BadReply:
            seen.failures += 1
            continue
        now = time.monotonic()
        seen.failures += reply.status != 200 or len(reply.body) != size
        seen.answers += now <= end
        seen.waits += [1000 * (now - moment) for moment in moved]
    connection.close()
    return seen


async def _ranges(port: int, begin: float, end: float, number: int, address: str) -> Person:
    """Reads a change's whole range, again and again, and counts what was not answered."""
    seen = Person()
    request = encode("POST", "/range", port, body(STEADY[number % 10], change=EXPERIMENT["change"]))
    connection = Connection(port, address)
    due = begin + random.Random(number).random() * RANGES
    while due < end:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        try:
            seen.failures += (await connection.exchange(request)).status != 200
        except BadReply:
            seen.failures += 1
        seen.ranges.append(1000 * (time.monotonic() - due))
        due = max(due + RANGES, time.monotonic())
    connection.close()
    return seen


def visit(port: int, requests: list[bytes], visitors: int, connections: int = 6) -> tuple[float, int]:
    """Seconds until `visitors` who open the page at once have all of it, and failures."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_visit, (port, requests, visitors, connections))


def _visit(port: int, requests: list[bytes], visitors: int, connections: int) -> tuple[float, int]:
    async def visitor() -> int:
        lines = [Connection(port) for _ in range(connections)]
        failures = await _fetch(lines[0], requests[:1])  # the page itself, which names the rest
        rest = requests[:0:-1]  # shared by all connections, taken from its end
        failures += sum(await asyncio.gather(*(_fetch(line, rest) for line in lines)))
        for line in lines:
            line.close()
        return failures

    async def everyone() -> int:
        return sum(await asyncio.gather(*(visitor() for _ in range(visitors))))

    begin = time.monotonic()
    failures = asyncio.run(everyone())
    return time.monotonic() - begin, failures


async def _fetch(connection: Connection, requests: list[bytes]) -> int:
    """Take requests from the list's end until none is left; how many failed."""
    failures = 0
    while requests:
        request = requests.pop()
        try:
            failures += (await connection.exchange(request)).status >= 400
        except BadReply:
            failures += 1
    return failures
