"""How well the shipped weights read digits that they never saw: python -m lenet.evaluate

First the errors on the test sets. Then, in some minutes, which `--quick` leaves out: the same digits as other people
would bring them, people whom the network never met, the errors without each map, and drawings that are no digits,
which are to be rejected. For the shipped weights it also says how the recipe's other seeds did.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from lenet.checkpoint import WEIGHTS, WeightsError
from lenet.data import DataError
from lenet.evaluate import tables
from lenet.evaluate.ablation import ablation
from lenet.evaluate.measure import TITLES, errors
from lenet.evaluate.rejection import rejection
from lenet.evaluate.robustness import robustness
from lenet.evaluate.seeds import SEEDS
from lenet.evaluate.unseen import unseen


def report(results: dict[str, Any]) -> str:
    """All of the results as tables."""
    parts = [tables.summary(results, results.get("seeds", []))]
    parts += [f"{title}:\n\n{tables.confusion(results[name])}" for name, title in TITLES.items()]
    if "robustness" in results:
        lots = results["robustness"]
        parts.append(f"MNIST test set on a 64×64 canvas:\n\n{tables.distortions(lots['distorted'])}")
        parts += [
            f"UCI pen digits as {kind}, read right:\n\n{tables.grid(lots[kind])}"
            for kind in ("strokes", "pictures")
        ]
    more = {
        "unipen": ("People whom the network never met", tables.unseen),
        "rejection": ("No digit", tables.rejection),
        "non-digits": ("No digit, by people whom the network never met", tables.non_digits),
        "ablation": ("Errors without a map", tables.ablation),
    }
    parts += [
        f"{title}:\n\n{table(results[name])}" for name, (title, table) in more.items() if name in results
    ]
    if "seeds" in results:
        parts.append(f"Errors of the recipe's seeds:\n\n{tables.seeds_table(results['seeds'])}")
    return "\n\n".join(parts)


def main(arguments: list[str] | None = None) -> int:
    """The command line: `python -m lenet.evaluate --help`."""
    parser = argparse.ArgumentParser(
        prog="python -m lenet.evaluate", description="Test error of the shipped weights."
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--quick", action="store_true", help="test errors only, in seconds")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    options = parser.parse_args(arguments)
    try:
        results = errors(options.weights)
        if not options.quick:
            results["robustness"] = robustness(options.weights)
            results["ablation"] = ablation(options.weights)
            results |= unseen(options.weights)
            if options.weights == WEIGHTS:  # the head belongs to the shipped weights
                results["rejection"] = rejection()
    except (DataError, WeightsError) as problem:
        print(problem, file=sys.stderr)
        return 2
    if options.weights == WEIGHTS and SEEDS.exists():
        results["seeds"] = json.loads(SEEDS.read_text("utf-8"))
    print(json.dumps(results, indent=1) if options.json else report(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
