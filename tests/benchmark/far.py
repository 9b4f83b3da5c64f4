"""One person whose server is far away, as on a Space: how often the layers follow the pen, and the first load.

Chromium itself emulates the line: every answer takes a round trip longer, and comes no faster than the line is.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from playwright.sync_api import Browser

from tests.benchmark import page
from tests.benchmark.drawings import STEADY
from tests.benchmark.report import Figure, Goal, spread
from tests.browser.digits import Stroke
from tests.browser.pad import Pad
from tests.server import Server, served

DRAWING = "Drawing far from the server"
LOADING = "First load over slow 3G: 400 ms there and back, 0.4 Mbit/s"
GOALS = {150: Goal(at_least=20), 300: Goal(at_least=15)}  # updates a second, by the round trip in ms
SLOW = {"trip": 400, "speed": 0.4e6 / 8}


def with_page(share: float) -> Iterator[Figure]:
    """All figures of one person, near and far."""
    yield from page.measure(share)
    yield from measure(share)


def measure(share: float) -> Iterator[Figure]:
    """All figures of this part; `share` of the usual number of movements."""
    with served() as demo, page.chromium() as browser:
        moves = max(60, round(300 * share))
        near = _strokes(browser, demo, 0, moves, None)
        yield from near
        asked = near[-1].value
        for trip, goal in GOALS.items():
            yield from _strokes(browser, demo, trip, moves, goal, asked)
        yield from _first_load(browser, demo, max(1, round(3 * share)))


def _strokes(
    browser: Browser, demo: Server, trip: int, moves: int, goal: Goal | None, near: float | None = None
) -> list[Figure]:
    """What long strokes of `moves` movements each see; `near` are the requests a second of no distance."""
    load = page.open_page(browser, demo.url, trip)
    window, pad = load.page, Pad(load.page)
    seconds = answers = asked = 0.0
    strokes = [_slowly(stroke, moves) for stroke in (STEADY[3][0], STEADY[6][0], STEADY[8][0])]
    for stroke in strokes:
        before = window.evaluate("observed.predictions")
        pad.press(stroke[:2])
        # The first answer is a round trip behind; what follows it is what the eye sees.
        window.wait_for_function("count => observed.predictions > count", arg=before)
        begin = window.evaluate("[performance.now(), observed.predictions, observed.asked]")
        for place in pad.places(stroke[2:]):
            window.mouse.move(*place)
        end = window.evaluate("[performance.now(), observed.predictions, observed.asked]")
        window.mouse.up()
        seconds += (end[0] - begin[0]) / 1000
        answers += end[1] - begin[1]
        asked += end[2] - begin[2]
        window.wait_for_function("observed.waiting.length === 0")
        pad.button("Clear").click()
    lags = [lag - trip for lag in window.evaluate("observed.ended")]
    backwards = window.evaluate("observed.backwards")
    window.context.close()
    at = f"{trip} ms away"
    late = "last answer after the pen's end, beyond the round trip"
    return [
        Figure(DRAWING, f"updates, {at}", answers / seconds, "/s", int(answers), goal),
        Figure(DRAWING, f"answers over newer ones, {at}", backwards, "", int(answers), Goal(at_most=0)),
        *spread(DRAWING, f"{late}, {at}", "ms", lags, goals={"p50": Goal(at_most=40)}, per_cents=(50, 100)),
        Figure(
            DRAWING,
            f"asked of the server, {at}",
            asked / seconds,
            "/s",
            int(asked),
            None if near is None else Goal(times_baseline=1.05),
            near,
        ),
    ]


def _slowly(stroke: Stroke, moves: int) -> Stroke:
    """The stroke in `moves` movements of the same length."""
    points = np.array(stroke)
    along = np.concatenate([[0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    places = np.linspace(0, along[-1], moves + 1)
    x, y = (np.interp(places, along, column).tolist() for column in points.T)
    return list(zip(x, y, strict=True))


def _first_load(browser: Browser, demo: Server, rounds: int) -> list[Figure]:
    loads = [page.open_page(browser, demo.url, **SLOW) for _ in range(rounds)]
    ready = [load.page.evaluate("observed.ready") / 1000 for load in loads]
    answered = [load.page.evaluate("observed.answered") / 1000 for load in loads]
    for load in loads:
        load.page.context.close()
    goals = {"max": Goal(at_most=7.5)}, {"max": Goal(at_most=9)}
    return [
        *spread(LOADING, "until the pad can be drawn on", "s", ready, goals=goals[0], per_cents=(50, 100)),
        *spread(LOADING, "until the first answer", "s", answered, goals=goals[1], per_cents=(50, 100)),
    ]
