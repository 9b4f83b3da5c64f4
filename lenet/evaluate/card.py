"""Write the evaluation's figures into README.md and weights/README.md: python -m lenet.evaluate.card

Every figure there stands between two marks, <!-- NAME --> and <!-- /NAME -->, and is made here from
weights/results.json, which this command writes first, and so are the card's pictures (lenet/evaluate/charts.py).
With --check nothing is written: it fails where the weights do not reach what is told of them.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from lenet.checkpoint import RESULTS, WEIGHTS, WeightsError, load, metadata
from lenet.data import DataError
from lenet.evaluate import charts, tables
from lenet.evaluate.ablation import ablation
from lenet.evaluate.measure import TITLES, errors, inputs, probabilities
from lenet.evaluate.rejection import rejection
from lenet.evaluate.robustness import robustness
from lenet.evaluate.seeds import SEEDS
from lenet.evaluate.unseen import unseen

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "weights" / "README.md")


def grids_picture(results: dict[str, Any]) -> str:
    """The robustness grids as a picture, its alternative text telling the best and the worst cells."""
    told = []
    for kind in ("strokes", "pictures"):
        cells = {cell: share for cell, share in results["robustness"][kind].items() if cell != "n"}
        height, pen = min(cells, key=lambda cell: cells[cell]).split("/")
        worst, best = min(cells.values()), max(cells.values())
        told.append(f"as {kind} from {worst:.1f} % ({height} px tall, pen {pen} px) to {best:.1f} %")
    text = "Two coloured grids of pen digits read right, by height and pen: "
    return f"![{text}{'; '.join(told)}.](robustness.png)"


def calibration_picture(results: dict[str, Any]) -> str:
    """The reliability diagrams as a picture, its alternative text telling how sure most digits are."""
    told = []
    for name, title in TITLES.items():
        last = results[name]["reliability"][-1]
        told.append(
            f"{title}: {last['n']:,} of {results[name]['n']:,} digits are in the surest bin, "
            f"{last['confidence']:.2f} % sure and {last['accuracy']:.2f} % right"
        )
    text = "Reliability diagrams, per cent sure against per cent read right in 15 bins. "
    return f"![{text}{'; '.join(told)}.](calibration.png)"


def failures_picture(results: dict[str, Any]) -> str:
    """The surest mistakes as a picture, its alternative text telling how many of how many."""
    told = " and ".join(
        f"{min(charts.SHOWN, results[name]['misses'])} of {results[name]['misses']} from the {title}"
        for name, title in TITLES.items()
    )
    text = f"Misread digits, the surest mistakes first, each with what it is and what it was read as: {told}."
    return f"![{text}](failures.png)"


def recipe(about: dict[str, Any]) -> str:
    """How the shipped weights came to be, from their own metadata."""
    settings = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in about["recipe"].items())
    last = about["history"][-1]
    validation = ", ".join(f"{name} {value:.2f} %" for name, value in last.items() if name != "loss")
    return f"{settings}. Validation error at the end: {validation}. torch {about['torch']}."


def sections(results: dict[str, Any], about: dict[str, Any]) -> dict[str, str]:
    """What stands between the marks, by name."""
    seeds = json.loads(SEEDS.read_text("utf-8"))
    return {
        "results": tables.summary(results, seeds),
        "recipe": recipe(about),
        "seeds": tables.seeds_table(seeds),
        "strokes": tables.grid(results["robustness"]["strokes"]),
        "pictures": tables.grid(results["robustness"]["pictures"]),
        "distorted": tables.distortions(results["robustness"]["distorted"]),
        "rejection": tables.rejection(results["rejection"]),
        "unseen": tables.unseen(results["unipen"]),
        "non-digits": tables.non_digits(results["non-digits"]),
        "ablation": tables.ablation(results["ablation"]),
        "robustness-picture": grids_picture(results),
        "calibration-picture": calibration_picture(results),
        "failures-picture": failures_picture(results),
        **{f"confusion-{name}": tables.confusion(results[name]) for name in TITLES},
    }


def filled(page: str, sections: dict[str, str]) -> str:
    """`page` with every marked section made anew; ValueError for a mark that nothing is known of."""

    def section(match: re.Match[str]) -> str:
        name = match[1]
        if name not in sections:
            raise ValueError(f"The mark <!-- {name} --> has no section to fill it.")
        return f"<!-- {name} -->\n{sections[name]}\n<!-- /{name} -->"

    return re.sub(r"<!-- ([\w/-]+) -->\n.*?<!-- /\1 -->", section, page, flags=re.DOTALL)


def draw_pictures(results: dict[str, Any]) -> None:
    """Draw the card's pictures beside it: two from the figures, the mistakes from the test sets themselves."""
    model = load()
    readings = {}
    for name, title in TITLES.items():
        pictures, labels = inputs(name)
        readings[title] = (pictures.numpy(), probabilities(model, pictures), labels)
    figures = shown(results)
    drawn: dict[str, Image.Image] = {
        "robustness": charts.grids(results["robustness"]),
        "calibration": charts.calibration(results, TITLES),
        "failures": charts.failures(readings),
    }
    for name, picture in drawn.items():
        charts.save(picture, RESULTS.parent / f"{name}.png", figures[name])


def shown(results: dict[str, Any]) -> dict[str, Any]:
    """The figures that each of the card's pictures shows, by the picture's name."""
    return {
        "robustness": {kind: results["robustness"][kind] for kind in ("strokes", "pictures")},
        "calibration": {name: results[name]["reliability"] for name in TITLES},
        "failures": {name: results[name]["confusion"] for name in TITLES},
    }


def differences(told: Any, measured: Any, where: str = "", n: int = 1) -> Iterator[str]:
    """Where `measured` results are not those `told`, a line each.

    Another processor rounds otherwise, so that a digit or two may be read otherwise: counts may differ by 2,
    shares in per cent by two digits of the `n` that stands beside them, and an AUROC by 0.005.
    """
    if isinstance(told, dict) and isinstance(measured, dict):
        for name in sorted(told.keys() | measured.keys()):
            yield from differences(told.get(name), measured.get(name), f"{where} {name}", told.get("n", n))
    elif isinstance(told, list) and isinstance(measured, list) and len(told) == len(measured):
        for place, pair in enumerate(zip(told, measured, strict=True)):
            yield from differences(*pair, f"{where} {place}", n)
    elif isinstance(told, int | float) and isinstance(measured, int | float):
        allowed = 2.0 if isinstance(told, int) else 0.005 if " auroc " in where else 200 / max(n, 1)
        if abs(told - measured) > allowed:
            yield f"{where.strip()}: {told} is told, {measured} was measured"
    elif told != measured and n > 2:  # a bin of a digit or two may be empty elsewhere
        yield f"{where.strip()}: {told} is told, {measured} was measured"


def outdated(made: dict[str, str]) -> Iterator[str]:
    """The pages whose marked sections are not those `made`."""
    for path in PAGES:
        page = path.read_text("utf-8")
        if filled(page, made) != page:
            yield f"{path.relative_to(ROOT)} tells other figures than {RESULTS.relative_to(ROOT)}"


def main(arguments: list[str] | None = None) -> int:
    """Evaluate the shipped weights, and write their figures and pictures where they are told, or check those."""
    parser = argparse.ArgumentParser(
        prog="python -m lenet.evaluate.card", description="The model card's figures."
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail where other figures are told"
    )
    check = parser.parse_args(arguments).check
    try:
        results = errors() | {"robustness": robustness(), "ablation": ablation()} | unseen()
        results["rejection"] = rejection()
    except (DataError, WeightsError) as problem:
        print(problem, file=sys.stderr)
        return 2
    if check:
        told = json.loads(RESULTS.read_text("utf-8"))
        wrong = [*differences(told, results), *outdated(sections(told, metadata(WEIGHTS)))]
        print("\n".join(wrong) or "Every figure told was reproduced.")
        return 1 if wrong else 0
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    draw_pictures(results)
    made = sections(results, metadata(WEIGHTS))
    for path in PAGES:
        path.write_text(filled(path.read_text("utf-8"), made), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
