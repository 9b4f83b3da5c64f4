"""When the page's next update may go (pace.js), and which answer is shown (latest.js)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.deno import run

SHARED = Path(__file__).parents[1] / "demo" / "frontend" / "shared"


def told(folder: Path, name: str, body: str) -> list[object]:
    """What a script that has imported the module's functions tells; `now` is its clock's time in ms."""
    names = {"pace": "measured, pace", "latest": "latest"}[name]
    (folder / "test.mjs").write_text(
        f"""
let now = 0;
performance.now = () => now;
const {{ {names} }} = await import({json.dumps((SHARED / f"{name}.js").as_uri())});
const {{ Trouble }} = await import({json.dumps((SHARED / "server.js").as_uri())});
const drawing = {{ penDown: true }};
const told = [];
{body}
console.log(JSON.stringify(told));
"""
    )
    answer: list[object] = json.loads(run(folder / "test.mjs").replace("null", '"never"'))
    return answer


# How many updates go in ten seconds of drawing, and how many are under way at most, where every answer comes
# after `trip` and the server's time; the server does one thing after another.
DRAWING = """
function draw(trip, cost, bytes) {
  const under = []; // when each answer comes
  let went = 0, most = 0, atServer = 0, free = 0;
  for (now = 0; now < 10_000; now += 1) {
    while (under.length && under[0] <= now) {
      under.shift();
      measured({ trip, server: cost, bytes });
    }
    if (pace(under.length, drawing) > 0) continue;
    went += 1;
    const start = Math.max(now + trip / 2, free);
    atServer = Math.max(atServer, start - now - trip / 2);
    free = start + cost;
    under.push(free + trip / 2 + bytes);
    most = Math.max(most, under.length);
  }
  told.push(went, most, atServer);
}
"""


@pytest.mark.parametrize(
    ("trip", "cost", "bytes_", "updates", "most"),
    [
        (4, 3, 1, (1_000, 1_250), 1),  # beside the server: one after the other, as fast as it goes
        (150, 3, 1, (280, 302), 5),
        (300, 3, 1, (155, 170), 5),
        (300, 100, 1, (70, 102), 3),  # a busy server is asked no more than by somebody beside it
        (300, 3, 200, (38, 51), 2),  # a thin line is not filled with answers that come too late
        (20, 500, 1, (17, 21), 1),
    ],
)
def test_several_are_under_way_as_the_round_trip_needs(
    tmp_path: Path, trip: int, cost: int, bytes_: int, updates: tuple[int, int], most: int
) -> None:
    """Far away many updates go in a second, with a bounded number under way, and never two at the server."""
    script = f"{DRAWING}\ndraw({trip}, {cost}, {bytes_});"
    went, under_way, waited = told(tmp_path, "pace", script)
    assert isinstance(went, int)
    assert updates[0] <= went <= updates[1]
    assert isinstance(under_way, int)
    assert under_way <= most
    assert isinstance(waited, int | float)
    assert waited <= cost


def test_the_last_drawing_goes_at_once(tmp_path: Path) -> None:
    """Where the pen is lifted its drawing waits for no turn; what follows without a pen does, and so does a seventh."""
    script = """
measured({ trip: 300, server: 3, bytes: 1 });
const lifted = { penDown: false };
told.push(pace(1, drawing)); // one is under way, and this one goes at 0
now = 5;
told.push(Math.round(pace(2, drawing)));
told.push(pace(2, lifted)); // of the pen that drew at 0
told.push(Math.round(pace(3, lifted)));
now = 1000;
told.push(pace(0, drawing), pace(6, lifted));
"""
    assert told(tmp_path, "pace", script) == [0, 28, 0, 33, 0, "never"]


ASKING = """
const held = []; // requests, each to be answered or refused
const shown = [];
const request = (question) => new Promise((answer, refuse) => held.push({ question, answer, refuse }));
const ask = latest(request, (answer) => shown.push(answer), (sentence) => shown.push(`(${sentence})`), () => 0);
const settled = () => new Promise((done) => setTimeout(done));
"""


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("for (const i of [0, 1, 2]) held[i].answer(i);", ["()", 0, "()", 1, "()", 2]),
        ("for (const i of [2, 0, 1]) { held[i].answer(i); await settled(); }", ["()", 2]),
        ("for (const i of [1, 0, 2]) { held[i].answer(i); await settled(); }", ["()", 1, "()", 2]),
        # An older one that is refused is no trouble: the newest is still to come.
        ("held[0].refuse(new Trouble('no')); await settled(); held[2].answer(2);", ["()", 2]),
        ("held[2].answer(2); await settled(); held[1].refuse(new Trouble('no'));", ["()", 2]),
        # After the newest was refused no older one is shown.
        ("held[2].refuse(new Trouble('no')); await settled(); held[1].answer(1);", ["(no)"]),
    ],
)
def test_no_answer_is_shown_over_a_newer_one(tmp_path: Path, script: str, shown: list[object]) -> None:
    """In whatever order answers and refusals come, what is shown only ever gets newer."""
    body = f"{ASKING}for (const i of [0, 1, 2]) ask(i);\n{script}\nawait settled();\ntold.push(...shown);"
    assert told(tmp_path, "latest", f"{body}\nconsole.log(JSON.stringify(told));\nDeno.exit(0);") == shown


def test_after_trouble_the_newest_question_is_asked_again(tmp_path: Path) -> None:
    """Of several that were lost together the newest is asked again, once; a final refusal is not repeated."""
    script = """
globalThis.addEventListener = (type, listener) => type === "online" && setTimeout(listener); // ends the rest at once
for (const i of [0, 1, 2]) ask(i);
for (const one of held.splice(0)) one.refuse(new Trouble("lost"));
await settled();
await settled();
told.push(...held.map(({ question }) => question));
held.pop().refuse(new Trouble("too long", { final: true }));
await settled();
await settled();
told.push(held.length, ...shown);
"""
    assert told(tmp_path, "latest", f"{ASKING}{script}") == [2, 0, "(lost)", "(too long)"]
