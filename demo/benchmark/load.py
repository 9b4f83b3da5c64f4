"""A whole lecture hall at once: answers, memory, first loads, start, and the cost of one answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from demo.benchmark import answer, start
from demo.benchmark.chromium import asked_at_first_load
from demo.benchmark.drawings import DIGITS, PEN_WIDTH
from demo.benchmark.people import Crowd, draw, visit
from demo.benchmark.report import Figure, Goal, growth, spread
from demo.benchmark.server import BASELINE, Server
from demo.message import update as pack
from lenet import classify

NONE = Goal(at_most=0)
RESOLUTION = 0.25  # MB: Linux counts resident memory in batches of 64 pages a core; proc(5) says so

# People, movements a second of each, and what is asked of them.
HALLS: tuple[tuple[int, float, dict[str, Goal]], ...] = (
    (30, 10, {"p95": Goal(at_most=15, times_baseline=3), "failures": NONE}),
    (100, 5, {"p95": Goal(at_most=25, times_baseline=4)}),
    (300, 5, {"answers": Goal(at_least=400), "slowest": Goal(at_least=1)}),
)


def measure(seconds: float, minutes: float) -> Iterator[Figure]:
    """All figures of this part: `seconds` for each lecture hall, `minutes` for the memory's."""
    yield from answer.measure()
    yield from start.measure()
    size = len(pack(classify(DIGITS[7], PEN_WIDTH)))
    with Server() as demo, Server(*BASELINE) as baseline:
        for people, rate, goals in HALLS:
            real = draw(demo.port, size, people, rate, seconds)
            beside = draw(baseline.port, size, people, rate, seconds)
            yield from _hall(f"{people} people, {rate:g} updates/s each", real, beside, goals)
    yield from _first_loads()
    yield from _memory(size, minutes)


def _hall(part: str, real: Crowd, beside: Crowd, goals: dict[str, Goal]) -> list[Figure]:
    """One lecture hall's figures beside the baseline's."""
    answers, others = sum(real.rates), sum(beside.rates)
    count = sum(person.answers for person in real.people)
    people = len(real.people)
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
    with Server() as demo:
        asked = asked_at_first_load(demo.url)
        results = [visit(demo.port, asked, visitors) for _ in range(rounds)]
    times = [seconds for seconds, _ in results]
    goals = {"p50": Goal(at_most=5)}
    yield from spread(part, "until all are served", "s", times, goals=goals, per_cents=(50, 100))
    requests = rounds * visitors * len(asked)
    yield Figure(part, "failures", sum(failures for _, failures in results), "", requests, NONE)


def _memory(size: int, minutes: float, people: int = 50, rate: float = 5) -> Iterator[Figure]:
    """The server's memory while a class draws on and on."""
    part = f"Memory, {people} people, {rate:g} updates/s each, {minutes:g} min"
    with Server() as demo:
        draw(demo.port, size, people, rate, 30)  # what is loaded and cached once is no growth
        with _sampled(demo) as samples:
            crowd = draw(demo.port, size, people, rate, 60 * minutes)
    moments, megabytes = zip(*samples, strict=True)
    yield Figure(part, "server, highest", max(megabytes), "MB", len(samples), Goal(at_most=450))
    yield from growth(part, "server", "MB/h", moments, megabytes, NONE, RESOLUTION)
    yield Figure(part, "failures", crowd.failures, "", sum(p.answers for p in crowd.people), NONE)


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
