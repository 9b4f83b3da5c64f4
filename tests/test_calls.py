"""gradio_client's protocol: calls that are collected, and those that nobody comes for."""

from __future__ import annotations

import asyncio
import json
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal
from starlette.applications import Starlette
from starlette.datastructures import Address
from starlette.requests import Request
from starlette.routing import Route

from demo.calls import PLACES, SHARE, Calls

BIG = "x" * 60_000


def at_once(_: Request) -> AbstractAsyncContextManager[None]:
    """Nobody's turn is before anybody's."""
    return nullcontext()


def double(number: Any, text: str = "") -> Any:
    """A function that knows numbers only."""
    if not isinstance(number, int):
        raise ValueError("This is no number.")
    return {"twice": 2 * number}


class Program:
    """Some program that speaks gradio_client's protocol, at an address."""

    def __init__(self, calls: Calls, address: str = "10.0.0.1") -> None:
        routes = [Route("/join", calls.join, methods=["POST"]), Route("/data", calls.data, methods=["GET"])]
        transport = httpx.ASGITransport(Starlette(routes=routes), client=(address, 1))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://x")

    async def join(self, session: str, *values: Any) -> str:
        call = {"data": list(values), "fn_index": 0, "session_hash": session}
        reply = await self.client.post("/join", json=call)
        assert reply.status_code == 200
        number: str = reply.json()["event_id"]
        return number

    async def events(self, session: str) -> list[dict[str, Any]]:
        reply = await self.client.get("/data", params={"session_hash": session})
        if reply.status_code == 404:
            assert list(reply.json()) == ["error"]
            return []
        assert reply.headers["content-type"].startswith("text/event-stream")
        return [json.loads(event.removeprefix("data: ")) for event in reply.text.split("\n\n")[:-1]]


def test_a_session_gets_its_own_answers_once(loop: BlockingPortal) -> None:
    """Whoever comes for a session gets an answer or a sentence for each of its calls, and nothing twice."""

    async def talk() -> None:
        program = Program(Calls(double, at_once))
        first, second = await program.join("mine", 4, ""), await program.join("mine", "four", "")
        other = await program.join("other", 5, "")
        good, bad, end = await program.events("mine")
        assert (good["event_id"], good["output"], good["success"]) == (first, {"data": [{"twice": 8}]}, True)
        assert (bad["event_id"], bad["output"], bad["success"]) == (
            second,
            {"error": "This is no number."},
            False,
        )
        assert end["msg"] == "close_stream"
        assert await program.events("mine") == []
        assert (await program.events("other"))[0]["event_id"] == other

    loop.call(talk)


def test_ten_thousand_calls_leave_nothing(loop: BlockingPortal) -> None:
    """Ten thousand calls of 60 KB that nobody comes for hold less than 20 MB; once their time is over, nothing."""

    async def talk() -> int:
        calls = Calls(double, at_once, kept=0.2)
        for number in range(10_000):
            session, address = str(number), str(number % 1000)
            call = f'{{"data": [1, "{BIG}"], "fn_index": 0, "session_hash": "{session}"}}'
            await calls.join(_Sent(call.encode(), address))  # type: ignore[arg-type]
        held = sum(len(call.body) for call in calls.waiting.values())
        async with asyncio.timeout(20):
            while calls.waiting:
                await asyncio.sleep(0.01)
        return held

    assert loop.call(talk) < 20_000_000


class _Sent:
    """A request as far as `join` looks at it, much faster than one through a client."""

    def __init__(self, body: bytes, address: str) -> None:
        self._body = body
        self.client = Address(address, 1)

    async def body(self) -> bytes:
        return self._body


def test_a_flood_of_calls_drives_out_no_other_addresses(loop: BlockingPortal) -> None:
    """An address that has too many calls waiting loses its own oldest one; all have a bound together."""

    async def talk() -> None:
        calls = Calls(double, at_once)
        mine = await Program(calls).join("mine", 4, "")
        flood = Program(calls, "10.0.0.2")
        for _ in range(2 * SHARE):
            await flood.join("flood", 1, "")
        assert len(calls.waiting) == SHARE + 1
        assert (await Program(calls).events("mine"))[0]["event_id"] == mine
        for number in range(2 * PLACES):
            await Program(calls, f"10.0.1.{number}").join("flood", 1, "")
        assert len(calls.waiting) == PLACES

    loop.call(talk)
