"""Measure how fast the demo is and what it bears: python -m tests.benchmark [PART ...] [--quick] [--json FILE]

Without an argument all parts are measured, which takes about a quarter of an hour. Nothing else should be
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

from tests.benchmark import abuse, far, load, nginx, page
from tests.benchmark.report import Figure, conditions, table

PARTS = {"page": far.with_page, "load": load.measure, "nginx": nginx.measure, "abuse": abuse.measure}


def main() -> int:
    """Measure, print, and write what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description="How fast the demo is")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure: {', '.join(PARTS)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures for programs, too")
    parser.add_argument("--quick", action="store_true", help="a tenth of the time, to see that it works")
    options = parser.parse_args()
    if unknown := set(options.parts) - PARTS.keys():
        parser.error(f"{unknown.pop()} is not a part; there are {', '.join(PARTS)}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what was started is stopped
    try:
        with page.chromium() as browser:
            around = conditions(browser.version)
        print("\n".join(f"{name}: {value}" for name, value in around.items()), flush=True)
        share = 0.1 if options.quick else 1
        figures = [figure for part in options.parts or PARTS for figure in _shown(PARTS[part](share))]
    except KeyboardInterrupt:
        return 130
    if options.json:
        report = {"conditions": around, "figures": [figure.as_json() for figure in figures]}
        options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


def _shown(figures: Iterable[Figure]) -> Iterable[Figure]:
    """`figures`, each part of them printed as soon as it is complete."""
    for part, rows in groupby(figures, key=lambda figure: figure.part):
        block = list(rows)
        print(f"\n{part}\n{table(block)}", flush=True)
        yield from block


if __name__ == "__main__":
    sys.exit(main())
