"""Which lines of the page's scripts the browser's tests run: make coverage.

Chromium's profiler tells it of each page when the page or its context closes; what ran before a page was loaded anew
may be lost. `python -m tests.covered FOLDER` puts together what the tests' processes have left in FOLDER, and names
the lines of each script that no test has run whole.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from demo.scripts import FOLDER, FRONTEND

SKETCHPAD = FRONTEND.parent / "sketchpad" / "sketchpad.js"
MODULE = re.compile(  # as demo/scripts.py writes one
    r'^// (\S+)\nmodules\["\1"\] = \(\(\) => \{\n(.*?)\nreturn \{[^\n]*\};\n\}\)\(\);$',
    re.MULTILINE | re.DOTALL,
)

Ran = NDArray[np.bool_]  # of each character of a text, whether it was run


class Covered:
    """What was run of the scripts that ours are in, by their whole text."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        """From now on each page of `browser`, opened in a context of its own, is watched."""
        self.ran: dict[str, Ran] = {}
        self._folder = folder
        self._own = SKETCHPAD.read_text("utf-8")
        _after(browser, "new_context", self._watch_context)

    def save(self) -> None:
        """Leave what was run for the report."""
        self._folder.mkdir(parents=True, exist_ok=True)
        told = [[text, np.flatnonzero(ran).tolist()] for text, ran in self.ran.items()]
        (self._folder / f"{os.getpid()}.json").write_text(json.dumps(told), "utf-8")

    def _watch_context(self, context: BrowserContext) -> None:
        pages: list[tuple[Page, CDPSession]] = []

        def watch(page: Page) -> None:
            session = context.new_cdp_session(page)
            session.send("Profiler.enable")
            session.send("Profiler.startPreciseCoverage", {"callCount": False, "detailed": True})
            pages.append((page, session))
            _before(page, "close", lambda: self._take(session))

        def take() -> None:
            for page, session in pages:
                if not page.is_closed():
                    self._take(session)

        _after(context, "new_page", watch)
        _before(context, "close", take)

    def _take(self, session: CDPSession) -> None:
        scripts = session.send("Profiler.takePreciseCoverage")["result"]
        session.send("Debugger.enable")  # which knows the texts
        for script in scripts:
            if FOLDER not in script["url"] and script["url"]:
                continue
            given = {"scriptId": script["scriptId"]}
            text = session.send("Debugger.getScriptSource", given)["scriptSource"]
            if FOLDER in script["url"] or self._own in text:
                ran = np.zeros(len(text), bool)
                for function in script["functions"]:
                    for part in function["ranges"]:  # an inner one stands behind the one around it
                        ran[part["startOffset"] : part["endOffset"]] = part["count"] > 0
                self.ran[text] = self.ran.get(text, False) | ran


def _before(owner: Any, method: str, work: Callable[[], None]) -> None:
    """Have `work` done before each call of the owner's method."""
    original = getattr(owner, method)

    def with_work(**options: Any) -> Any:
        work()
        return original(**options)

    setattr(owner, method, with_work)


def _after(owner: Any, method: str, work: Callable[[Any], None]) -> None:
    """Have `work` done with what each call of the owner's method returns."""
    original = getattr(owner, method)

    def with_work(**options: Any) -> Any:
        made = original(**options)
        work(made)
        return made

    setattr(owner, method, with_work)


def read(folder: Path) -> dict[str, Ran]:
    """What all of the tests' processes have left in `folder`."""
    together: dict[str, Ran] = {}
    for path in folder.glob("*.json"):
        for text, places in json.loads(path.read_text("utf-8")):
            together.setdefault(text, np.zeros(len(text), bool))[places] = True
    return together


def scripts(together: dict[str, Ran]) -> Iterator[tuple[Path, int, list[int]]]:
    """Each script's path, how many lines of code it has, and the numbers of those that are not wholly run."""
    own = SKETCHPAD.read_text("utf-8")
    for text, ran in together.items():
        parts = [(FRONTEND / module[1], module[2], module.start(2)) for module in MODULE.finditer(text)]
        if (start := text.find(own)) >= 0:
            parts.append((SKETCHPAD, own, start))
        for path, part, start in parts:
            lines = part.split("\n")
            # Imports, at the top, are joined to fewer lines: they are counted from the end.
            first = len(path.read_text("utf-8").split("\n")) - len(lines) + 1
            count, missed = 0, []
            for number, line in enumerate(lines, first):
                if line.strip() and not line.lstrip().startswith(("//", "/*", "*")):
                    count += 1
                    if not ran[start + len(line) - len(line.lstrip()) : start + len(line)].all():
                        missed.append(number)
                start += len(line) + 1
            yield path, count, missed


def ranges(numbers: list[int]) -> str:
    """3, 5-7 for 3, 5, 6, 7."""
    runs = [[n for _, n in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def main(folder: Path) -> None:
    """Print each script that is not wholly run."""
    lines = lines_missed = 0
    for path, count, missed in sorted(scripts(read(folder))):
        lines, lines_missed = lines + count, lines_missed + len(missed)
        if missed:
            print(f"{path.relative_to(FRONTEND.parents[1])}  {1 - len(missed) / count:.0%}  {ranges(missed)}")
    print(f"Scripts: {1 - lines_missed / max(lines, 1):.1%} of {lines} lines of code")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
