"""The benchmark's own arithmetic; how fast anything is, no test says."""

from __future__ import annotations

import asyncio
import math
import os
import threading
import time
from collections import Counter
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from lenet import classify
from tests.benchmark.attack import CUT_OFF, flood
from tests.benchmark.connection import BadReply, Connection, Reply, encode
from tests.benchmark.drawings import STEADY, evenly, growing
from tests.benchmark.people import Crowd, Person, begin_with, play
from tests.benchmark.report import Figure, Goal, growth, number, percentile, slope, spread, table
from tests.process import Process
from tests.server import HOST


@pytest.mark.parametrize(
    ("per_cent", "value"), [(1, 1), (50, 2), (51, 3), (75, 3), (76, 9), (95, 9), (100, 9)]
)
def test_percentile_is_a_measured_value(per_cent: float, value: float) -> None:
    """It is the smallest value that at least that share of all values do not exceed."""
    assert percentile([9, 1, 3, 2], per_cent) == value


def test_percentile_of_nothing() -> None:
    """Where nothing was measured there is no number, and no goal is met."""
    assert math.isnan(percentile([], 50))
    assert not Goal(at_most=5).met(math.nan)


@pytest.mark.parametrize(
    ("goal", "value", "baseline", "met"),
    [
        (Goal(at_most=15), 15, None, True),
        (Goal(at_most=15), 15.1, 100, False),
        (Goal(at_least=400), 399, None, False),
        (Goal(at_least=400), 400, None, True),
        (Goal(at_most=15, times_baseline=3), 16, 5.3, False),
        (Goal(at_most=15, times_baseline=3), 16, 5.4, True),
        (Goal(at_most=15, times_baseline=3), 14, 1, True),
        (Goal(times_baseline=2), 1, None, False),
        (Goal(at_most=0), 0, 0, True),
    ],
)
def test_goals(goal: Goal, value: float, baseline: float | None, met: bool) -> None:
    """One of the things asked for is enough; a multiple of a baseline that is missing is not reached."""
    assert goal.met(value, baseline) is met


def test_spread_stands_beside_the_baseline() -> None:
    """Each percentile has the baseline's own, its ratio, and its goal."""
    p50, p95, most = spread("p", "wait", "ms", [2, 4], baseline=[1, 2], goals={"p95": Goal(at_most=3)})
    assert (p50.name, p50.value, p50.n, p50.baseline, p50.ratio, p50.met) == ("wait, p50", 2, 2, 1, 2, None)
    assert (p95.name, p95.value, p95.baseline, p95.met) == ("wait, p95", 4, 2, False)
    assert most.name == "wait, max"


def test_slope_of_a_line() -> None:
    """A straight line has its slope, and no doubt about it."""
    assert slope([0, 1, 2, 3], [5, 7, 9, 11]) == pytest.approx((2, 0))
    assert slope([0, 1, 2, 3], [5, 5, 5, 5]) == (0, 0)


def test_growth_below_the_resolution_is_none() -> None:
    """A rise by less than the memory is known to cannot be told from no growth; a larger one can."""
    hours, rise = [0, 1, 2, 3, 4], [0, 0.1, 0.2, 0.3, 0.4]
    fine, coarse = (
        growth("p", "heap", "MB/h", hours, rise, Goal(at_most=0), known)[1] for known in (0.1, 0.5)
    )
    assert fine.value == pytest.approx(0.1 - 0.1 / 4)
    assert not fine.met
    assert coarse.met


def test_slope_with_doubt() -> None:
    """By hand: 1.1 ± t × √(residuals 0.7 / 2 degrees of freedom / Σ(x − 1.5)² = 5)."""
    rate, half = slope([0, 1, 2, 3], [0, 1, 3, 3])
    assert rate == pytest.approx(1.1)
    assert half == pytest.approx(4.302653 * math.sqrt(0.7 / 2 / 5), rel=1e-6)


def test_slope_goes_through_the_means_of_blocks() -> None:
    """Twice as many samples of the same ten stretches are no more certain."""
    wave = [0, 1, 0, 2, 1, 1, 0, 2, 1, 0]
    twice = [value for value in wave for _ in range(2)]
    rate, half = slope(range(10), wave)
    assert slope([i // 2 for i in range(20)], twice) == pytest.approx((rate, half))
    assert all(map(math.isnan, slope([1, 2], [1, 2])))


def test_growth_that_is_none() -> None:
    """A wave about a level meets the goal of no growth, a straight rise does not."""
    level, rise = [[5.0, 6, 5, 6, 5, 6, 5, 6], [float(i) for i in range(8)]]
    assert growth("p", "server", "MB/h", range(8), level, Goal(at_most=0))[1].met is True
    assert growth("p", "server", "MB/h", range(8), rise, Goal(at_most=0))[1].met is False


def test_table_says_what_is_met() -> None:
    """A line a figure, with its ratio, its goal and the verdict."""
    figure = Figure("p", "wait, p95", 30, "ms", 1200, Goal(at_most=15, times_baseline=3), 8)
    assert table([figure]).splitlines()[1].split() == (
        ["wait,", "p95", "30", "ms", "1,200", "8", "3.75×", "≤", "15", "or", "≤", "3×", "MISSED"]
    )
    assert figure.as_json()["met"] is False


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1,234"), (56.71, "56.7"), (0.01234, "0.0123"), (3.0, "3"), (math.nan, "nan")],
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    """More digits than were measured are not shown."""
    assert number(value) == text


def test_requests_are_a_browsers() -> None:
    """An update is a same-origin POST whose length is told."""
    head, body = encode("POST", "/predict", 7860, b'{"strokes":[]}').split(b"\r\n\r\n")
    first, *fields = head.decode().split("\r\n")
    assert first == "POST /predict HTTP/1.1"
    assert {"Host: 127.0.0.1:7860", "Origin: http://127.0.0.1:7860", "Content-Length: 14"} <= set(fields)
    assert body == b'{"strokes":[]}'
    assert b"Content-Length" not in encode("GET", "/", 7860)


def replies(*pieces: bytes) -> Reply:
    """The reply that a server gives in these pieces before it hangs up."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        writer.close()

    async def asked() -> Reply:
        async with await asyncio.start_server(serve, HOST, 0) as server:
            connection = Connection(server.sockets[0].getsockname()[1])
            try:
                return await connection.exchange(b"GET / HTTP/1.1\r\n\r\n")
            finally:
                connection.close()

    return asyncio.run(asked())


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length:  10\r\n\r\n", b"0123456789"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"a\r\n0123456789\r\n0\r\n\r\n"),
    ],
    ids=["length", "chunks"],
)
def test_replies_are_whole(head: bytes, body: bytes) -> None:
    """A body is read to its end, whichever way that is told, in however many pieces it comes."""
    assert replies(head, body[:5], body[5:]) == Reply(200, b"0123456789")


@pytest.mark.parametrize(
    "cut",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello",
    ],
)
def test_replies_cut_off_are_failures(cut: bytes) -> None:
    """Half a reply, or something else than HTTP, is never taken for an answer."""
    with pytest.raises(BadReply):
        replies(cut)


def test_a_crowd_adds_its_people_up() -> None:
    """Waits of all, answers a second of each, failures of all."""
    crowd = Crowd([Person([5.0], answers=20), Person([7.0, 9.0], answers=10, failures=2)], 10, 0.1)
    assert (crowd.waits, crowd.rates, crowd.failures) == ([5.0, 7.0, 9.0], [2.0, 1.0], 2)


def test_a_steady_hand() -> None:
    """A stroke begins and ends where it should, in steps of one length along its line."""
    points = evenly([(0, 0), (100, 0), (100, 100)], step=5)
    lengths = [math.dist(a, b) for a, b in pairwise(points)]
    assert (points[0], points[-1]) == ((0, 0), (100, 100))
    assert lengths == pytest.approx([5] * 40)


@pytest.mark.parametrize("digit", range(10))
def test_people_draw_real_digits(digit: int) -> None:
    """Drawings grow point by point and end as a digit that is read right."""
    drawings = growing(digit)
    counts = [sum(map(len, drawing)) for drawing in drawings]
    assert counts == sorted(set(counts))
    assert drawings[-1] == STEADY[digit]
    assert classify(drawings[-1], 20).digit == digit


def test_people_wait_from_when_all_are_ready() -> None:
    """However long the processes take to start, that is no wait of anybody who draws."""
    let_go: list[float] = []

    class Held:
        """A barrier at which another process arrives half a second later."""

        def wait(self, timeout: float) -> None:
            threading.Event().wait(min(timeout, 0.5))
            let_go.append(time.monotonic())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(int(head.split(b"Content-Length: ")[1].split()[0]))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n.")
        writer.close()

    async def drawn() -> tuple[list[Person], float]:
        async with await asyncio.start_server(serve, HOST, 0) as server:
            port = server.sockets[0].getsockname()[1]
            begin_with(Held())
            people, _ = await asyncio.to_thread(play, port, 1, range(3), 20, 0.3, 1)
            return people, time.monotonic()

    people, end = asyncio.run(drawn())
    waits = [wait for person in people for wait in person.waits]
    assert all(person.answers for person in people)
    assert sum(person.failures for person in people) == 0
    assert max(waits) <= 1000 * (end - let_go[0])


def test_a_flood_counts_its_answers() -> None:
    """So many requests are answered or cut off, each counted once, and connections that end are opened again."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.readuntil(b"\r\n\r\n"):
            if b"/cut" in request:
                break
            status = b"429 Busy" if b"/busy" in request else b"200 OK"
            last = b"Connection: close\r\n" if b"/last" in request else b""
            writer.write(b"HTTP/1.1 " + status + b"\r\n" + last + b"Content-Length: 0\r\n\r\n")
            if last:
                break
        writer.close()

    async def flooded() -> Counter[int]:
        async with await asyncio.start_server(serve, HOST, 0) as server:
            port = server.sockets[0].getsockname()[1]
            requests = [encode("GET", path, port) for path in ("/cut", "/busy", "/last")]
            return await asyncio.to_thread(flood, port, requests, count=300, connections=7, address=HOST)

    assert asyncio.run(flooded()) == {CUT_OFF: 100, 429: 100, 200: 100}


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Only Linux tells.")
def test_memory_and_processor_are_a_processs_own() -> None:
    """What was held for a moment only is seen in the peak, and computing in the processor's time."""
    process = Process(os.getpid())
    process.forget_peak()
    rest, before = process.megabytes(), process.processor_ms()
    held = b"1" * 60_000_000
    del held
    assert process.peak_megabytes() - rest > 50
    assert process.megabytes() - rest < 30
    assert process.processor_ms() > before
