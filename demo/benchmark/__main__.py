"""Measure how fast the demo is: python -m demo.benchmark [page] [load] [nginx] [--json FILE]

Without an argument all parts are measured, which takes about ten minutes. Nothing else should be
computing meanwhile. All traffic stays on 127.0.0.1.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from types import FrameType
from typing import NoReturn

from demo.benchmark.report import BenchmarkError, Figure, conditions, table

PARTS = ("page", "load", "nginx")


def main() -> int:
    """Measure, print, and write what the command line asks for."""
    options = _options()
    signal.signal(signal.SIGTERM, _leave)  # as Ctrl-C does: what was started is stopped
    try:
        from demo.benchmark import load, page, processes
        from demo.benchmark.chromium import version

        around = conditions(version())
        print("\n".join(f"{name}: {value}" for name, value in around.items()), flush=True)
        figures: list[Figure] = []
        if "page" in options.parts:
            figures += _told(page.measure(options.moves, options.updates))
        if "load" in options.parts:
            figures += _told(load.measure(options.seconds, options.minutes))
        if "nginx" in options.parts:
            figures += _told(processes.measure(options.seconds))
    except BenchmarkError as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    if options.json:
        report = {"conditions": around, "figures": [figure.as_json() for figure in figures]}
        options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.benchmark", description="How fast the demo is")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure: {', '.join(PARTS)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures for programs, too")
    parser.add_argument("--moves", type=_count, default=300, help="pen movements timed in the browser")
    parser.add_argument("--updates", type=_count, default=2000, help="updates over which memory is followed")
    parser.add_argument("--seconds", type=_length, default=10, help="how long each lecture hall draws")
    parser.add_argument("--minutes", type=_length, default=2, help="how long a class draws for the memory")
    options = parser.parse_args()
    options.parts = options.parts or PARTS
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"{unknown.pop()} is not a part; there are {', '.join(PARTS)}")
    return options


def _count(text: str) -> int:
    """A number of things, with an end in sight."""
    return int(_length(text))


def _length(text: str) -> float:
    value = float(text)
    if not 0 < value <= 100_000:
        raise ValueError
    return value


def _told(figures: Iterable[Figure]) -> list[Figure]:
    """`figures`, each part of them printed as soon as it is complete."""
    told = []
    for part, rows in groupby(figures, key=lambda figure: figure.part):
        block = list(rows)
        print(f"\n{part}\n{table(block)}", flush=True)
        told += block
    return told


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
