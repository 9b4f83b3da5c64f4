"""Two processes behind nginx beside one, and what is seen of it when a process is killed."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from tests.benchmark.people import draw
from tests.benchmark.report import Figure, Goal, spread
from tests.nginx import hall

NONE = Goal(at_most=0)


def measure(share: float) -> Iterator[Figure]:
    """All figures of this part, in a `share` of the usual time."""
    seconds = 10 * share
    with hall(2) as two, hall(1) as one:
        for people, rate, addresses in ((100, 9, 1), (300, 5, 3)):
            part = (
                f"nginx, 2 processes beside 1: {people} people, {rate}/s each, from {addresses} address(es)"
            )
            before = two.nginx.processor_ms()
            crowd = draw(two.port, people, rate, seconds, addresses)
            cost = (two.nginx.processor_ms() - before) / crowd.answers
            beside = draw(one.port, people, rate, seconds, addresses)
            name, cents = "movement to answer", (50, 95, 100)
            yield from spread(part, name, "ms", crowd.waits, baseline=beside.waits, per_cents=cents)
            count = crowd.answers
            rates, others = sum(crowd.rates), sum(beside.rates)
            yield Figure(part, "answers in all", rates, "/s", count, None, others)
            yield Figure(part, "slowest person", min(crowd.rates), "/s", people, None, min(beside.rates))
            yield Figure(part, "failures", crowd.failures, "", count, NONE, beside.failures)
            yield Figure(part, "nginx's processor, an answer", cost, "ms", count)
            yield Figure(part, "this benchmark's own share of a core", crowd.busy, "", 1, None, beside.busy)
    yield from _killed(max(2 * seconds, 10))


def _killed(seconds: float, people: int = 50, rate: float = 5) -> Iterator[Figure]:
    """Each process is killed once, and started again, while a class draws."""
    part = f"nginx, 2 processes, {people} people, {rate:g}/s each, each process killed and started again"
    killed = 0
    with hall(2) as behind:

        def kill() -> None:
            nonlocal killed
            for server in behind.servers:
                if over.wait(seconds / 4):
                    return
                server.kill()
                server.start()
                killed += 1

        over = threading.Event()
        killer = threading.Thread(target=kill)
        killer.start()
        try:
            crowd = draw(behind.port, people, rate, seconds)
        finally:
            over.set()
            killer.join()
    count = crowd.answers
    yield Figure(part, "processes killed", killed, "", 1, Goal(at_least=2))
    yield Figure(part, "failures that a person saw", crowd.failures, "", count, NONE)
    yield Figure(part, "slowest person", min(crowd.rates), "/s", people)
    yield from spread(part, "movement to answer", "ms", crowd.waits, per_cents=(50, 99, 100))
