"""The evaluation's results as tables in Markdown, for the pages and, set in even columns, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from lenet.evaluate.measure import TITLES
from lenet.evaluate.robustness import HEIGHTS, PENS


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1) -> str:
    """A table; its first `texts` columns are set to the left, the others to the right."""
    cells = [header, *rows]
    widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
    rule = ["-" * width if place < texts else "-" * (width - 1) + ":" for place, width in enumerate(widths)]
    return "\n".join(
        "| "
        + " | ".join(
            cell.ljust(width) if place < texts else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in (header, rule, *cells[1:])
    )


def summary(results: dict[str, Any], seeds: list[dict[str, Any]]) -> str:
    """The errors, a row a test set, beside the mean of the recipe's seeds, of which the shipped one is the best."""
    rows = []
    for name, title in TITLES.items():
        result, mean = results[name], mean_error(seeds, "test", name) if seeds else ""
        error, gap = f"**{result['error']:.2f} %**", f"{result['calibration_error']:.2f} points"
        rows.append([title, f"{result['n']:,}", str(result["misses"]), error, mean, gap])
    if "unipen" in results:
        result, mean = results["unipen"]["cleaned"], mean_error(seeds, "test", "unipen") if seeds else ""
        title = f"UNIPEN, {results['unipen']['writers']} people never met"
        rows.append(
            [title, f"{result['n']:,}", str(result["misses"]), f"**{result['error']:.2f} %**", mean, ""]
        )
    rows.append(["MNIST, the paper (1998)", "10,000", "95", "0.95 %", "", ""])
    rows.append(["MNIST, the paper, with 540,000 distorted digits added", "10,000", "82", "0.8 %", "", ""])
    seeded = f"mean of {len(seeds)} seeds" if seeds else ""
    return markdown(["test set", "digits", "missed", "error", seeded, "calibration error"], rows)


def confusion(result: dict[str, Any]) -> str:
    """A test set's errors by digit, and what each digit was read as."""
    rows = [
        [
            f"**{row['digit']}**",
            f"{row['n']:,}",
            str(row["misses"]),
            f"{row['error']:.2f} %",
            *(str(count or "") for count in counts),
        ]
        for row, counts in zip(result["digits"], result["confusion"], strict=True)
    ]
    return markdown(["digit", "n", "missed", "error", "read as 0", *map(str, range(1, 10))], rows)


def grid(cells: dict[str, Any]) -> str:
    """Pen digits read right, by their height and the pen, in pixels of a 280-pixel pad."""
    rows = [[f"**{height} px**", *(f"{cells[f'{height}/{pen}']:.1f}" for pen in PENS)] for height in HEIGHTS]
    table = markdown(["height \\ pen", *(f"{pen} px" for pen in PENS)], rows)
    return f"Per cent of {cells['n']:,} digits, in each cell.\n\n{table}"


def distortions(shares: dict[str, Any]) -> str:
    """MNIST's test digits read right on a 64×64 canvas, by what was done to them."""
    rows = [[name, f"{share:.2f} %"] for name, share in shares.items() if name != "n"]
    return markdown([f"{shares['n']:,} digits each", "read right"], rows)


def rejection(results: dict[str, Any]) -> str:
    """Digits and drawings that are none: how many are rejected, and how well the two are separated."""
    rows = [
        [f"**{title}**", f"{row['n']:,}", f"**{row['rejected']:.2f} %**", *[""] * len(TITLES)]
        for title, row in zip(TITLES.values(), results["digits"].values(), strict=True)
    ]
    for kind, row in results["drawings"].items():
        areas = [f"{area:.3f}" for area in row["auroc"].values()]
        mark = "" if row["trained"] else " \\*"
        rows.append([f"{kind}{mark}", f"{row['n']:,}", f"{row['rejected']:.1f} %", *areas])
    against = [f"AUROC against {title}" for title in TITLES.values()]
    return markdown(["", "n", "rejected", *against], rows) + "\n\n\\* Never trained with."


def unseen(results: dict[str, Any]) -> str:
    """UNIPEN's test digits: as labelled, cleaned, by digit, by provider, and slashed zeros."""
    named = {"as labelled": results["labelled"], "**wrong segments left out**": results["cleaned"]}
    named |= {f"– digit {digit}": row for digit, row in enumerate(results["digits"])}
    named |= {f"– provider {name}": row for name, row in results["providers"].items()}
    named["– slashed zeros"] = results["slashed"]
    rows = [
        [
            title,
            f"{row['n']:,}",
            str(row["misses"]),
            f"{row['error']:.2f} %",
            f"{row['rejected']:.2f} %" if "rejected" in row else "",
        ]
        for title, row in named.items()
    ]
    return markdown([f"UNIPEN, {results['writers']} writers", "n", "missed", "error", "rejected"], rows)


def non_digits(results: dict[str, Any]) -> str:
    """What is no digit, by UNIPEN's test writers or made of their digits: rejected in all, and the least rejected."""
    rows = []
    for group, kinds in results.items():
        each = sorted((row["rejected"], kind) for kind, row in kinds.items() if kind != "all")
        told = ", ".join(f"{_code(kind)} {share:.0f}" for share, kind in each)
        rows.append([group, told, f"{kinds['all']['n']:,}", f"**{kinds['all']['rejected']:.1f} %**"])
    return markdown(["", "each kind in per cent, the least rejected first", "n", "rejected"], rows, texts=2)


def _code(kind: str) -> str:
    """A letter or a sign as Markdown shows it in a table; a longer name as it is."""
    return kind if len(kind) > 1 else "<code>&#96;</code>" if kind == "`" else f"`{kind}`"


def ablation(results: dict[str, Any]) -> str:
    """The errors without each map of C1 and C3."""
    rows = [
        [f"{layer.upper()} map {number}", *(f"{row[name]:.2f} %" for name in TITLES)]
        for layer in ("c1", "c3")
        for number, row in enumerate(results[layer])
    ]
    return markdown(["without", *TITLES.values()], rows)


def seeds_table(seeds: list[dict[str, Any]]) -> str:
    """Each seed's errors in per cent, and their mean and standard deviation."""
    kinds = [(kind, name) for kind in ("validation", "test") for name in seeds[0][kind]]
    rows = [[str(seed["seed"]), *(f"{seed[kind][name]:.2f} %" for kind, name in kinds)] for seed in seeds]
    rows.append(["**mean**", *(mean_error(seeds, kind, name) for kind, name in kinds)])
    return markdown(["seed", *(f"{name}, {kind}" for kind, name in kinds)], rows)


def mean_error(seeds: list[dict[str, Any]], kind: str, name: str) -> str:
    """Mean ± standard deviation of the seeds' errors in per cent; `kind` is "validation" or "test"."""
    errors = np.array([seed[kind][name] for seed in seeds])
    return f"{errors.mean():.3f} ± {errors.std(ddof=1) if len(seeds) > 1 else 0:.3f} %"
