"""One person who draws at a real Chromium: how soon the layers follow the pen, and at what expense."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Page, Request, sync_playwright

from tests.benchmark import BASELINE
from tests.benchmark.drawings import STEADY
from tests.benchmark.report import Figure, Goal, growth, spread
from tests.browser.conftest import CHROMIUM
from tests.browser.pad import Pad
from tests.server import Server, served

OBSERVER = Path(__file__).with_name("observe.js")
QUIET = 1.0  # s without a finished request after which a page counts as loaded
PATIENCE = 60.0
DRAWING = "Drawing in a real Chromium"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A real Chromium without a window, as the tests have it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        yield browser
        browser.close()


def measure(share: float) -> Iterator[Figure]:
    """All figures of this part; `share` of the usual number of movements."""
    with served() as demo, served(*BASELINE) as baseline, chromium() as browser:
        yield from _first_load(browser, demo)
        yield from _drawing(browser, demo, baseline, round(300 * share))
        yield from _pictures(browser, demo)
        yield from _pointing(browser, demo)
        yield from _memory(browser, demo, round(2000 * share))


@dataclass
class Load:
    """A page with nothing cached, and all that it asked for until it was quiet."""

    page: Page
    devtools: CDPSession
    requests: list[Request]
    transferred: int  # bytes, headers included
    hosts: set[str]


def open_page(browser: Browser, url: str, trip: float = 0, speed: float = -1) -> Load:
    """Open the page in a context of its own, with observe.js in it, and wait until it is quiet.

    Chromium emulates a round trip of `trip` ms and a line of `speed` bytes/s; -1 is as fast as it goes.
    """
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.add_init_script(path=OBSERVER)
    devtools = page.context.new_cdp_session(page)
    finished: list[Request] = []
    sizes: list[float] = []
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("requestfinished", lambda request: finished.append(request))
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    devtools.send("Network.enable")
    line = {"latency": trip, "downloadThroughput": speed, "uploadThroughput": speed}
    devtools.send("Network.emulateNetworkConditions", {"offline": False, **line})
    page.goto(url)
    page.wait_for_function(
        "observed.ready && observed.answered && observed.listening", timeout=1000 * PATIENCE
    )
    begin = changed = time.monotonic()
    while time.monotonic() - changed < QUIET and time.monotonic() - begin < PATIENCE:
        count = len(sizes)
        page.wait_for_timeout(100)
        if len(sizes) != count:
            changed = time.monotonic()
    hosts.discard("")  # data: and blob: ask nobody
    return Load(page, devtools, list(finished), int(sum(sizes)), hosts)


class Hand:
    """Draws one digit after another with the mouse, clearing the pad in between."""

    def __init__(self, page: Page) -> None:
        self.page, self.pad = page, Pad(page)
        self.moves = 0
        self.answers = 0  # while the pen was down, in these seconds:
        self.seconds = 0.0
        self._digits = cycle(STEADY)

    def draw(self, moves: int) -> Hand:
        """Whole digits until there are `moves` more movements, then wait for the last answer."""
        enough = self.moves + moves
        while self.moves < enough:
            for stroke in next(self._digits):
                count, begin = self._progress()
                self.pad.press(stroke)
                last, end = self._progress()
                self.page.mouse.up()
                self.moves += len(stroke) - 1
                self.answers += last - count
                self.seconds += (end - begin) / 1000
            self.page.wait_for_function("observed.waiting.length === 0", timeout=1000 * PATIENCE)
            self.pad.button("Clear").click()
        return self

    def observed(self, name: str) -> Any:
        """What observe.js noted under `name`."""
        return self.page.evaluate(f"observed.{name}")

    def _progress(self) -> tuple[int, float]:
        count, moment = self.page.evaluate("[observed.predictions, performance.now()]")
        return count, moment


def _first_load(browser: Browser, demo: Server, rounds: int = 3) -> list[Figure]:
    part = "First load, nothing cached"
    loads = [open_page(browser, demo.url) for _ in range(rounds)]
    ready = [load.page.evaluate("observed.ready") for load in loads]
    answered = [load.page.evaluate("observed.answered") for load in loads]
    for load in loads:
        load.page.context.close()
    hosts = set.union(*(load.hosts for load in loads))
    most = max(load.transferred for load in loads) / 1000
    return [
        Figure(part, "transferred", most, "KB", rounds, Goal(at_most=450)),
        Figure(part, "requests", max(len(load.requests) for load in loads), "", rounds, Goal(at_most=35)),
        Figure(part, "hosts asked", len(hosts), "", rounds, Goal(at_most=1)),
        *spread(part, "until the pad can be drawn on", "ms", ready, per_cents=(50, 100)),
        *spread(part, "until the first answer is there", "ms", answered, per_cents=(50, 100)),
    ]


def _drawing(browser: Browser, demo: Server, baseline: Server, moves: int) -> Iterator[Figure]:
    """Times from movement to picture, in turns with the baseline, and how many pictures a second."""
    noted: dict[Server, list[Hand]] = {demo: [], baseline: []}
    for server in (demo, baseline, demo, baseline):
        load = open_page(browser, server.url)
        noted[server].append(Hand(load.page).draw(moves // 2 + 1))

    def both(name: str) -> list[list[float]]:
        return [[time for hand in hands for time in hand.observed(name)] for hands in noted.values()]

    def rate(hands: list[Hand]) -> float:
        return sum(hand.answers for hand in hands) / sum(hand.seconds for hand in hands)

    shown, put = both("shown"), both("onCanvas")
    goals = {"p95": Goal(at_most=50, times_baseline=1.5)}
    yield from spread(DRAWING, "movement to all layers shown", "ms", shown[0], baseline=shown[1], goals=goals)
    yield from spread(DRAWING, "movement to all layers on the canvases", "ms", put[0], baseline=put[1])
    answers = sum(hand.answers for hand in noted[demo])
    yield Figure(DRAWING, "updates", rate(noted[demo]), "/s", answers, None, rate(noted[baseline]))
    for hand in [*noted[demo], *noted[baseline]]:
        hand.page.context.close()
    slow = []
    for server in (demo, baseline):
        load = open_page(browser, server.url)
        load.devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        slow.append(Hand(load.page).draw(moves // 3))
        load.page.context.close()
    goal = Goal(at_least=10)
    name = "updates, browser slowed 4 times"
    yield Figure(DRAWING, name, rate(slow[:1]), "/s", slow[0].answers, goal, rate(slow[1:]))


def _pictures(browser: Browser, demo: Server, moves: int = 150) -> list[Figure]:
    """No canvas is ever blank, and what an update weighs on the wire."""
    load = open_page(browser, demo.url)
    updates = []
    load.page.on(
        "requestfinished",
        lambda request: updates.append(request) if request.url.endswith("/predict") else None,
    )
    load.page.evaluate("watchForBlankFrames()")
    hand = Hand(load.page).draw(moves)
    sizes = [request.sizes() for request in updates]
    up = [(size["requestHeadersSize"] + size["requestBodySize"]) / 1000 for size in sizes]
    down = [(size["responseHeadersSize"] + size["responseBodySize"]) / 1000 for size in sizes]
    blank, frames = hand.observed("blank"), hand.observed("frames")
    load.page.context.close()
    goals = {"max": Goal(at_most=12)}
    return [
        *spread(DRAWING, "bytes of an update, up", "KB", up, per_cents=(50, 100)),
        *spread(DRAWING, "bytes of an update, down", "KB", down, goals=goals, per_cents=(50, 100)),
        Figure(DRAWING, "blank canvases", blank, "", frames, Goal(at_most=0)),
    ]


def _pointing(browser: Browser, demo: Server, units: int = 96) -> Iterator[Figure]:
    """How soon what each S2 map adds to a C3 unit is seen when somebody points at it, each time at another map."""
    page = open_page(browser, demo.url).page
    hand = Hand(page)
    for stroke in STEADY[0]:
        hand.pad.draw([stroke])
    page.wait_for_function("observed.waiting.length === 0", timeout=1000 * PATIENCE)
    page.evaluate("watchRibbons()")
    for number in range(units):
        box = page.get_by_role("img", name=f"C3 map {number % 16}", exact=True).bounding_box()
        assert box
        share = (number // 16 + 0.5) / 10  # of its rows and columns: another unit in each round
        page.mouse.move(box["x"] + share * box["width"], box["y"] + share * box["height"])
        page.wait_for_function(f"observed.ribbons.length > {number}", timeout=1000 * PATIENCE)
    times = hand.observed("ribbons")
    page.context.close()
    yield from spread(
        "Pointing at a unit", "until its ribbons are shown", "ms", times, goals={"p95": Goal(at_most=100)}
    )


def _memory(browser: Browser, demo: Server, updates: int, stops: int = 10) -> Iterator[Figure]:
    """The page's and the server's memory while one person draws on and on."""
    load = open_page(browser, demo.url)
    # What is made once is no growth: the scripts' own code, and undo's memory, which is full at 200 states.
    load.page.evaluate("fillUndo()")
    hand = Hand(load.page).draw(100)
    first = hand.observed("predictions")
    counts, heap, resident = [0.0], [_heap(load.devtools)], [demo.megabytes()]
    for stop in range(1, stops + 1):
        while hand.observed("predictions") - first < updates * stop / stops:
            hand.draw(1)
        counts.append((hand.observed("predictions") - first) / 1000)
        heap.append(_heap(load.devtools))
        resident.append(demo.megabytes())
        hand.page.evaluate("observed.shown.length = observed.onCanvas.length = 0")
    load.page.context.close()
    done = int(1000 * counts[-1])
    for name, megabytes in (("page's heap, collected", heap), ("server, resident", resident)):
        part = f"Memory over {done:,} updates of one person"
        yield Figure(part, f"{name}, before", megabytes[0], "MB", 1)
        yield Figure(part, f"{name}, after", megabytes[-1], "MB", 1)
        yield from growth(part, name, "MB/1,000", counts, megabytes)


def _heap(devtools: CDPSession) -> float:
    """MB of the page's JavaScript that are still needed, the arrays' own memory included."""
    devtools.send("HeapProfiler.collectGarbage")
    used = devtools.send("Runtime.getHeapUsage")
    return (used["usedSize"] + used.get("backingStorageSize", 0)) / 2**20
