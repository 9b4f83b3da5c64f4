"""The lanes: whose turn it is, who is sent away, and what is not done at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal
from starlette.requests import Request
from starlette.responses import Response

from demo.limits import FIRST, LONGEST, Busy, Gone, Lane


class Clock:
    """A clock that only goes on when it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def asked(address: str = "a", leaves: bool = False) -> Request:
    """A request from `address`, whose sender waits for the answer or leaves after asking."""
    waiting: list[dict[str, Any]] = [{"type": "http.request", "body": b""}]

    async def receive() -> Any:
        if not waiting and not leaves:
            await asyncio.Event().wait()
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    return Request({"type": "http", "method": "POST", "headers": [], "client": (address, 1)}, receive)


class Crowd:
    """Requests to one lane, each of which takes `seconds`; who got a turn, in order, and what the others got."""

    def __init__(self, seconds: float = 0.001, together: float = 0) -> None:
        self.clock, self.seconds = Clock(), seconds
        self.lane = Lane(together, self.clock)
        self.done: list[str] = []

    async def ask(self, name: str, request: Request) -> str:
        try:
            async with self.lane.turn(request):
                self.clock.now += self.seconds
                self.done.append(name)
        except (Busy, Gone) as problem:
            return type(problem).__name__
        return "done"

    async def __call__(self, *requests: tuple[str, Request]) -> list[str]:
        return await asyncio.gather(*(self.ask(name, request) for name, request in requests))


def run(loop: BlockingPortal, work: Callable[[], Awaitable[Any]]) -> Any:
    async def in_time() -> Any:
        async with asyncio.timeout(20):
            return await work()

    return loop.call(in_time)


@pytest.mark.parametrize("seconds", [0.001, 0.004, 0.1])
def test_no_more_waits_than_is_done_in_a_second(loop: BlockingPortal, seconds: float) -> None:
    """What may wait is as many requests as a second is enough for, by what such work has taken."""
    crowd = Crowd(seconds)

    async def work() -> list[str]:
        for _ in range(200):
            await crowd(("", asked()))
        return await crowd(*(("", asked()) for _ in range(3000)))

    results = run(loop, work)
    assert results.count("done") == pytest.approx(LONGEST / seconds, abs=2)
    assert set(results) == {"done", "Busy"}


def test_nobody_waits_longer_than_a_second(loop: BlockingPortal) -> None:
    """Where the work turns out dearer than it was, who has waited for a second is sent away."""
    crowd = Crowd(seconds=0.3)
    results = run(loop, lambda: crowd(*(("", asked()) for _ in range(20))))
    assert results == ["done"] * 4 + ["Busy"] * 16


def test_addresses_take_turns(loop: BlockingPortal) -> None:
    """Whoever asks once waits for one piece of work of the one who asks a hundred times, not for all."""
    crowd = Crowd()
    many = [(f"a{i}", asked("a")) for i in range(100)]
    run(loop, lambda: crowd(*many, ("b", asked("b")), ("c", asked("c"))))
    assert crowd.done[:4] == ["a0", "b", "c", "a1"]
    assert crowd.done[4:] == [f"a{i}" for i in range(2, 100)]


def test_who_asks_for_most_is_sent_away_first(loop: BlockingPortal) -> None:
    """A full queue takes in who asks for little, in place of the last request of who asks for most."""
    crowd = Crowd()
    places = round(LONGEST / FIRST)
    many = [("a", asked("a")) for _ in range(places + 50)]
    few = [(str(i), asked(str(i))) for i in range(30)]
    results = run(loop, lambda: crowd(*many, *few))
    assert results[-30:] == ["done"] * 30
    assert results[:places] == ["done"] * (places - 30) + ["Busy"] * 30
    assert results[places:-30] == ["Busy"] * 50


def test_nothing_is_done_for_who_has_left(loop: BlockingPortal) -> None:
    """A request whose sender has left before its turn is passed over, and the next one's turn has come."""
    crowd = Crowd()
    requests = [(f"{i}", asked("a", leaves=i % 2 == 1)) for i in range(10)]
    results = run(loop, lambda: crowd(*requests))
    assert results == ["done", "Gone"] * 5
    assert crowd.done == ["0", "2", "4", "6", "8"]


async def in_turns_of_the_loop(crowd: Crowd, count: int) -> list[int]:
    """How many of so many requests were done in each turn of the event loop that did any."""
    asking = asyncio.ensure_future(crowd(*((f"{i}", asked()) for i in range(count))))
    done, before = [], 0
    while not asking.done():
        await asyncio.sleep(0)
        done.append(len(crowd.done) - before)
        before = len(crowd.done)
    return [some for some in done if some]


@pytest.mark.parametrize(("seconds", "at_once"), [(0.002, 5), (0.004, 2), (0.1, 1)])
def test_what_is_quick_is_done_several_at_a_time(loop: BlockingPortal, seconds: float, at_once: int) -> None:
    """In a turn of the event loop as many requests are done as the time is enough for, by what they have cost."""
    crowd = Crowd(seconds, together=0.01)

    async def work() -> list[int]:
        for _ in range(200):
            await crowd(("", asked()))
        crowd.done.clear()
        return await in_turns_of_the_loop(crowd, 8)

    expected = [at_once] * (8 // at_once) + [8 % at_once] * (8 % at_once > 0)
    assert run(loop, work) == expected


def test_what_is_done_in_a_thread_is_done_alone(loop: BlockingPortal) -> None:
    """Where nothing is said, no piece of work begins before the one before it has ended, however quick it was."""
    lane, under_way = Lane(), 0

    async def ask() -> None:
        nonlocal under_way
        async with lane.turn(asked()):
            under_way += 1
            assert under_way == 1
            await asyncio.sleep(0)
            under_way -= 1

    async def work() -> None:
        for _ in range(3):
            await asyncio.gather(*(ask() for _ in range(20)))

    run(loop, work)


def test_a_turn_that_ends_early_is_handed_on(loop: BlockingPortal) -> None:
    """A request that fails, or is given up while it waits or works, stops nobody behind it."""
    lane, crowd = Lane(), Crowd()
    crowd.lane = lane

    async def fails() -> None:
        with pytest.raises(ZeroDivisionError):
            async with lane.turn(asked()):
                raise ZeroDivisionError

    async def stands() -> None:
        async with lane.turn(asked()):
            await asyncio.Event().wait()

    async def work() -> list[str]:
        await fails()
        standing, waiting = asyncio.create_task(stands()), asyncio.create_task(stands())
        behind = asyncio.create_task(crowd.ask("", asked()))
        await asyncio.sleep(0.01)
        waiting.cancel()
        standing.cancel()
        return [await behind, await crowd.ask("", asked())]

    assert run(loop, work) == ["done", "done"]


@pytest.mark.parametrize("others", [0, 1])
def test_two_that_ask_for_too_much_share(loop: BlockingPortal, others: int) -> None:
    """Of two addresses that each ask for all places each gets half of them, the odd one who came first."""
    crowd = Crowd()
    places = round(LONGEST / FIRST)
    a, b = ([(name, asked(name)) for _ in range(places)] for name in "ab")
    run(loop, lambda: crowd(*[("c", asked("c"))] * others, *a, *b))
    assert crowd.done.count("c") == others
    assert crowd.done.count("a") == (places - others + 1) // 2
    assert crowd.done.count("b") == (places - others) // 2


def test_a_bounded_endpoint_is_one_at_a_time(loop: BlockingPortal) -> None:
    """An endpoint that a lane bounds gets its request, and is never begun before the last one has ended."""
    at_work: list[Request] = []

    async def endpoint(request: Request) -> Response:
        assert not at_work
        at_work.append(request)
        await asyncio.sleep(0)
        return Response(at_work.pop().client.host)  # type: ignore[union-attr]

    bounded = Lane(clock=Clock()).bounds(endpoint)

    async def work() -> list[bytes]:
        return [
            bytes(reply.body) for reply in await asyncio.gather(*(bounded(asked(name)) for name in "abc"))
        ]

    assert run(loop, work) == [b"a", b"b", b"c"]


def test_an_answer_tells_how_long_it_waited_and_was_computed(loop: BlockingPortal) -> None:
    """The page learns from Server-Timing how busy the server is: what it waited for others, and its own time."""
    clock = Clock()

    async def endpoint(_: Request) -> Response:
        clock.now += 0.02
        return Response()

    bounded = Lane(clock=clock).bounds(endpoint)

    async def work() -> list[str]:
        replies = await asyncio.gather(*(bounded(asked(name)) for name in "abc"))
        return [reply.headers["server-timing"] for reply in replies]

    assert run(loop, work) == [f"waiting;dur={wait:.1f}, computing;dur=20.0" for wait in (0, 20, 40)]
