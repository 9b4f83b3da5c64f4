"""Fill in the marked parts of docs/*.md: make docs

What stands between <!-- NAME --> and <!-- /NAME --> is made here: who imports whom and the message's format
from the source, errors from weights/results.json and weights/seeds.json, speed and what a crowd takes from
docs/benchmark/*.json. A test fails where they have drifted apart.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import Any

from lenet.checkpoint import RESULTS
from lenet.evaluate.card import filled
from lenet.evaluate.seeds import SEEDS
from lenet.evaluate.tables import seeds_table, summary

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PAGES = (DOCS / "deployment.md", DOCS / "inside.md", DOCS / "results.md")
BENCHMARKS = ("page", "load", "nginx")  # the parts of tests.benchmark

UPDATES = 5  # a second, of somebody who draws without a pause
MACHINE = {"processor": 16, "network": 1, "memory": 32}  # cores, Gbit/s, GB
CROWDS = (1_000, 10_000, 100_000)


def first_sentence(text: str) -> str:
    """The beginning of a comment or docstring, without the command that a script's names."""
    flat = " ".join(text.split("\n\n")[0].split())
    return re.split(r"\.(?: |$)|: (?:python|make) ", flat)[0].replace("|", "\\|")


def python_table(package: str) -> str:
    """A row for each module in a package's folder: what it is, and which of our modules it imports."""
    rows = []
    modules = [path for path in (ROOT / package).glob("*.py") if path.name != "__init__.py"]
    components = (ROOT / package).glob("*/__init__.py") if package == "demo" else ()
    for path in sorted([*modules, *components]):
        tree = ast.parse(path.read_text("utf-8"))
        names = [name for node in ast.walk(tree) for name in _imported(node, package.replace("/", "."))]
        name = path.name if path in modules else f"{path.parent.name}/"
        rows.append((name, ast.get_docstring(tree) or "", names))
    return _table(rows)


def _imported(node: ast.AST, package: str) -> list[str]:
    """Our own modules in an import; those of the same package without its name."""
    if not isinstance(node, ast.ImportFrom):
        return []
    module = node.module or ""
    if node.level:  # from .message import update, from . import message
        return [module] if module else [alias.name for alias in node.names]
    if module.partition(".")[0] != "lenet":
        return []
    places = [f"{module}.{alias.name}" for alias in node.names]  # from lenet import data, or import classify
    paths = (ROOT / place.replace(".", "/") for place in places)
    modules = [
        place if path.is_dir() or path.with_suffix(".py").is_file() else module
        for place, path in zip(places, paths, strict=True)
    ]
    return [name.removeprefix(f"{package}.") for name in modules]


def script_table() -> str:
    """The same for the page's scripts."""
    rows = []
    folder = ROOT / "demo" / "frontend"
    for path in sorted(folder.glob("*/*.js")):
        text = path.read_text("utf-8")
        comment = " ".join(line[2:] for line in text.split("\n\n")[0].splitlines() if line.startswith("//"))
        imported = re.findall(r'from "(?:\./|\.\./\w+/)(\w+)\.js"', text)
        rows.append((path.relative_to(folder).as_posix(), comment, imported))
    return _table(rows)


def _table(rows: Iterable[tuple[str, str, list[str]]]) -> str:
    lines = ["| | what it is | imports |", "|---|---|---|"]
    for name, text, imports in rows:
        told = ", ".join(sorted(set(imports)))
        lines.append(f"| `{name}` | {first_sentence(text)} | {told} |")
    return "\n".join(lines)


def message() -> str:
    """The format of a message, from the docstring of the module that writes it."""
    text = ast.get_docstring(ast.parse((ROOT / "demo" / "message.py").read_text("utf-8"))) or ""
    block = "\n".join(line[4:] for line in text.splitlines() if line.startswith("    "))
    return f"```text\n{block}\n```"


def speed(report: dict[str, Any]) -> str:
    """The benchmark's figures, part by part, and where they were taken."""
    around = "; ".join(f"{name}: {value}" for name, value in report["conditions"].items())
    parts = [f"Measured with {around}."]
    for part, figures in groupby(report["figures"], key=lambda figure: figure["part"]):
        rows = [f"| {part} | | n | baseline | goal | |", "|---|---:|---:|---:|---|---|", *map(_row, figures)]
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def _row(figure: dict[str, Any]) -> str:
    unit = f" {figure['unit']}" if figure["unit"] else ""
    baseline = "" if figure["baseline"] is None else f"{_number(figure['baseline'])}{unit}"
    met = {True: "met", False: "**missed**", None: ""}[figure["met"]]
    cells = [figure["name"], _number(figure["value"]) + unit, f"{figure['n']:,}", baseline]
    return "| " + " | ".join([*cells, figure["goal"] or "", met]) + " |"


def _number(value: float) -> str:
    """As the benchmark itself prints it: three digits that say something."""
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


def sizing(reports: dict[str, dict[str, Any]]) -> str:
    """What people who draw take, from the benchmark's reports by part."""

    def figure(report: str, part: str, name: str) -> dict[str, Any]:
        return next(
            one for one in reports[report]["figures"] if one["part"].startswith(part) and one["name"] == name
        )

    hall = "nginx, 2 processes beside 1: 300 people"
    answers, p95 = (figure("nginx", hall, name) for name in ("answers in all", "movement to answer, p95"))
    cores = int(reports["nginx"]["conditions"]["cores"].split()[0])
    people_a_core = answers["value"] / UPDATES / cores
    up, down = (
        figure("page", "Drawing", f"bytes of an update, {way}, p50")["value"] for way in ("up", "down")
    )
    page = figure("page", "First load", "transferred")["value"]
    memory = figure("load", "Memory", "server, highest")["value"]
    tables = f"""
| 300 people draw, behind nginx, {cores} cores | one process | two processes |
|---|---:|---:|
| answers a second, of {300 * UPDATES:,} asked for | {answers["baseline"]:,.0f} | {answers["value"]:,.0f} |
| 95 of 100 answers within | {p95["baseline"]:.0f} ms | {p95["value"]:.0f} ms |

| one person who draws, {UPDATES} updates a second | |
|---|---:|
| people a core, with nginx and the benchmark itself on the same cores | {people_a_core:,.0f} |
| up, down | {UPDATES * up:.1f} KB/s, {UPDATES * down:.0f} KB/s |
| opening the page, once | {page:.0f} KB |
| memory | none; a process has {memory:.0f} MB whoever draws |

| people who draw at once | cores | memory | network | machines | first to run out |
|---:|---:|---:|---:|---:|---|"""
    for people in CROWDS:
        processes = ceil(people / people_a_core)  # one a core
        need = {
            "processor": people / people_a_core,
            "network": people * UPDATES * max(up, down) * 8e-6,
            "memory": processes * memory / 1000,
        }
        shares = {name: amount / MACHINE[name] for name, amount in need.items()}
        first = max(shares, key=lambda name: shares[name])
        tables += (
            f"\n| {people:,} | {processes:,} | {need['memory']:,.0f} GB | {need['network']:,.1f} Gbit/s "
            f"| {ceil(shares[first]):,} | {first} |"
        )
    return tables.strip()


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def made() -> dict[str, str]:
    """What stands between the marks, by name."""
    reports = {name: _read(DOCS / "benchmark" / f"{name}.json") for name in BENCHMARKS}
    return {
        **{
            f"lenet{part}": python_table(f"lenet{part}")
            for part in ("", "/experiment", "/data", "/train", "/evaluate")
        },
        "demo": python_table("demo"),
        "scripts": script_table(),
        "message": message(),
        "results": summary(_read(RESULTS), _read(SEEDS)),
        "seeds": seeds_table(_read(SEEDS)),
        "sizing": sizing(reports),
        **{name: speed(report) for name, report in reports.items()},
    }


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(filled(page.read_text("utf-8"), made()), "utf-8")
