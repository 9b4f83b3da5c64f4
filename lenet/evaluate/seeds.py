"""Compare the recipe's seeds and ship one: python -m lenet.evaluate.seeds runs/seed-*.safetensors

Chance decides a little of what a network learns. So the recipe is carried out with several seeds: their mean
and spread tell what it is worth, and the one with the lowest validation error is shipped. Its test error
has no say in that.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from lenet.checkpoint import WEIGHTS, WeightsError, load, metadata, save
from lenet.data import DataError
from lenet.evaluate.measure import TITLES, errors
from lenet.evaluate.tables import seeds_table
from lenet.evaluate.unseen import unseen_digits
from lenet.snapshots import load_snapshots, save_snapshots, snapshots_of

SEEDS = Path(__file__).parents[2] / "weights" / "seeds.json"  # not in an installed package


def measured(weights: Path) -> dict[str, Any]:
    """Errors in per cent of the weights in a file, on validation and test digits, and how they were made."""
    results, about = errors(weights), metadata(weights)
    last = about["history"][-1]
    test = {name: results[name]["error"] for name in TITLES}
    return {
        "seed": about["recipe"]["seed"],
        "epochs": about["recipe"]["epochs"],
        "validation": {name: error for name, error in last.items() if name != "loss"},
        "test": test | {"unipen": unseen_digits(load(weights))["cleaned"]["error"]},
        **{name: about[name] for name in ("minutes", "hardware", "commit", "torch")},
    }


def best(seeds: list[dict[str, Any]]) -> int:
    """The index of the lowest validation error, each set counting alike; the first one of several."""
    return min(range(len(seeds)), key=lambda index: sum(seeds[index]["validation"].values()))


def main(arguments: list[str] | None = None) -> int:
    """The command line: `python -m lenet.evaluate.seeds --help`."""
    parser = argparse.ArgumentParser(
        prog="python -m lenet.evaluate.seeds",
        description="Write weights/seeds.json, and the best of the weights by validation error as the shipped ones.",
    )
    parser.add_argument("weights", type=Path, nargs="+")
    options = parser.parse_args(arguments)
    try:
        seeds = [measured(path) for path in options.weights]
    except (DataError, WeightsError) as problem:
        print(problem, file=sys.stderr)
        return 2
    SEEDS.write_text(json.dumps(seeds, indent=1) + "\n", "utf-8")
    chosen = options.weights[best(seeds)]
    save(load(chosen), WEIGHTS, metadata(chosen))
    save_snapshots(
        load_snapshots(snapshots_of(chosen)), snapshots_of(WEIGHTS), {"key": metadata(chosen)["key"]}
    )
    print(f"{seeds_table(seeds)}\n\n{chosen} is now {WEIGHTS}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
