"""A whole lecture hall at once: answers, memory, first loads, start, and the cost of one answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmark import BASELINE, answer, start
from tests.benchmark.connection import encode
from tests.benchmark.page import chromium, open_page
from tests.benchmark.people import Crowd, draw, visit
from tests.benchmark.report import Figure, Goal, growth, spread
from tests.process import Process
from tests.server import Server, served

NONE = Goal(at_most=0)
RESOLUTION = 0.25  # MB: Linux counts resident memory in batches of 64 pages a core; proc(5) says so

# People, movements a second of each, and what is asked of them.
HALLS: tuple[tuple[int, float, dict[str, Goal]], ...] = (
    (30, 10, {"p95": Goal(at_most=15, times_baseline=3), "failures": NONE}),
    (100, 5, {"p95": Goal(at_most=25, times_baseline=4)}),
    (300, 5, {"answers": Goal(at_least=400), "slowest": Goal(at_least=1)}),
)


def measure(share: float) -> Iterator[Figure]:
    """All figures of this part, in a `share` of the usual time."""
    seconds = 10 * share
    yield from answer.measure(rounds=round(20 * share))
    yield from start.measure()
    with served() as demo, served(*BASELINE) as baseline:
        for people, rate, goals in HALLS:
            part = f"{people} people, {rate:g} updates/s each"
            process = Process(demo.process.pid)
            before = process.processor_ms()
            real = draw(demo.port, people, rate, seconds)
            cost = (process.processor_ms() - before) / real.answers
            beside = draw(baseline.port, people, rate, seconds)
            yield from _hall(part, real, beside, goals)
            yield Figure(part, "the server's processor, an answer", cost, "ms", real.answers)
        yield from _experiments(demo, seconds)
    yield from _first_loads()
    yield from _memory(minutes=2 * share)


def _experiments(demo: Server, seconds: float, people: int = 30, rate: float = 5) -> Iterator[Figure]:
    """A class that has an Experiment open and draws, beside one that only draws."""
    part = f"{people} people with an Experiment open, {rate:g} updates/s and a range in three seconds each"
    real = draw(demo.port, people, rate, seconds, experiment=True)
    beside = draw(demo.port, people, rate, seconds)
    goals = {"p95": Goal(at_most=60)}
    yield from spread(part, "movement to answer", "ms", real.waits, baseline=beside.waits, goals=goals)
    yield from spread(part, "a range's answer", "ms", real.ranges, goals={"p95": Goal(at_most=150)})
    yield Figure(part, "failures", real.failures, "", real.answers, NONE, beside.failures)


def _hall(part: str, real: Crowd, beside: Crowd, goals: dict[str, Goal]) -> list[Figure]:
    """One lecture hall's figures beside the baseline's."""
    answers, others = sum(real.rates), sum(beside.rates)
    count, people = real.answers, len(real.people)
    per_cents = (50, 95, 99, 100)
    return [
        *spread(
            part,
            "movement to answer",
            "ms",
            real.waits,
            baseline=beside.waits,
            goals=goals,
            per_cents=per_cents,
        ),
        Figure(part, "answers in all", answers, "/s", count, goals.get("answers"), others),
        Figure(
            part, "slowest person", min(real.rates), "/s", people, goals.get("slowest"), min(beside.rates)
        ),
        Figure(part, "failures", real.failures, "", count, goals.get("failures"), beside.failures),
        Figure(part, "this benchmark's own share of a core", real.busy, "", 1, None, beside.busy),
    ]


def _first_loads(visitors: int = 30, rounds: int = 3) -> Iterator[Figure]:
    """Everyone opens the page in the same moment."""
    part = f"{visitors} browsers open the page at once, six connections each"
    with served() as demo:
        requests = _of_first_load(demo)
        results = [visit(demo.port, requests, visitors) for _ in range(rounds)]
    times = [seconds for seconds, _ in results]
    goals = {"p50": Goal(at_most=5)}
    yield from spread(part, "until all are served", "s", times, goals=goals, per_cents=(50, 100))
    count = rounds * visitors * len(requests)
    yield Figure(part, "failures", sum(failures for _, failures in results), "", count, NONE)


def _of_first_load(demo: Server) -> list[bytes]:
    """Every request of a first load that got a whole answer, in their order; the page itself comes first."""
    with chromium() as browser:
        asked = [
            (one.method, one.url[len(demo.url) - 1 :], one.post_data_buffer or b"")
            for one in open_page(browser, demo.url).requests
            if one.url.startswith(demo.url)
        ]
    asked.sort(key=lambda one: one[1] != "/")
    return [encode(method, path, demo.port, body) for method, path, body in asked]


def _memory(minutes: float, people: int = 50, rate: float = 5) -> Iterator[Figure]:
    """The server's memory while a class draws on and on."""
    part = f"Memory, {people} people, {rate:g} updates/s each, {minutes:g} min"
    with served() as demo:
        draw(demo.port, people, rate, 30)  # what is loaded and cached once is no growth
        with _sampled(demo) as samples:
            crowd = draw(demo.port, people, rate, 60 * minutes)
    moments, megabytes = zip(*samples, strict=True)
    yield Figure(part, "server, highest", max(megabytes), "MB", len(samples), Goal(at_most=450))
    yield from growth(part, "server", "MB/h", moments, megabytes, NONE, RESOLUTION)
    yield Figure(part, "failures", crowd.failures, "", crowd.answers, NONE)


@contextmanager
def _sampled(server: Server) -> Iterator[list[tuple[float, float]]]:
    """(hours, MB) of the server, twice a second while the block runs."""
    samples: list[tuple[float, float]] = []
    done = threading.Event()
    begin = time.monotonic()

    def sample() -> None:
        while True:
            samples.append(((time.monotonic() - begin) / 3600, server.megabytes()))
            if done.wait(0.5):
                return

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        yield samples
    finally:
        done.set()
        sampler.join()
