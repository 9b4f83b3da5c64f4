"""Figures with their goals, the little statistics they need, and the table they are printed in."""

from __future__ import annotations

import math
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from tests.server import ROOT


@dataclass(frozen=True)
class Goal:
    """What a figure is to reach; where several are given, one of them is enough."""

    at_most: float | None = None
    at_least: float | None = None
    times_baseline: float | None = None

    def met(self, value: float, baseline: float | None = None) -> bool:
        """Whether `value` reaches the goal."""
        return (
            (self.at_most is not None and value <= self.at_most)
            or (self.at_least is not None and value >= self.at_least)
            or (
                self.times_baseline is not None
                and baseline is not None
                and value <= self.times_baseline * baseline
            )
        )

    def __str__(self) -> str:
        parts = [
            f"≤ {self.at_most:g}" if self.at_most is not None else "",
            f"≥ {self.at_least:g}" if self.at_least is not None else "",
            f"≤ {self.times_baseline:g}×" if self.times_baseline is not None else "",
        ]
        return " or ".join(part for part in parts if part)


@dataclass(frozen=True)
class Figure:
    """One measured number: of what, how often measured, and what it is held against."""

    part: str
    name: str
    value: float
    unit: str
    n: int
    goal: Goal | None = None
    baseline: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        return self.goal.met(self.value, self.baseline) if self.goal else None

    @property
    def ratio(self) -> float | None:
        """The value by the baseline's."""
        return self.value / self.baseline if self.baseline else None

    def as_json(self) -> dict[str, Any]:
        """The figure for programs."""
        return {
            **{
                key: getattr(self, key) for key in ("part", "name", "value", "unit", "n", "baseline", "ratio")
            },
            "goal": str(self.goal) if self.goal else None,
            "met": self.met,
        }


def percentile(values: Sequence[float], per_cent: float) -> float:
    """The smallest of `values` that at least `per_cent` of them do not exceed; NaN for none."""
    return float(np.percentile(values, per_cent, method="inverted_cdf")) if len(values) else float("nan")


def spread(
    part: str,
    name: str,
    unit: str,
    values: Sequence[float],
    *,
    baseline: Sequence[float] = (),
    goals: dict[str, Goal] | None = None,
    per_cents: Iterable[float] = (50, 95, 100),
) -> list[Figure]:
    """Percentiles of `values` beside those of `baseline`; `goals` by name: "p50", "p95", "max"."""
    figures = []
    for per_cent in per_cents:
        which = "max" if per_cent == 100 else f"p{per_cent:g}"
        beside = percentile(baseline, per_cent) if baseline else None
        goal = (goals or {}).get(which)
        value = percentile(values, per_cent)
        figures.append(Figure(part, f"{name}, {which}", value, unit, len(values), goal, beside))
    return figures


def slope(x: Sequence[float], y: Sequence[float], blocks: int = 10) -> tuple[float, float]:
    """The slope of y over x by least squares, and half of its 95 % interval.

    Neighbouring samples of a process's memory are no independent ones, so the line goes through the
    means of `blocks` stretches of them (or through the samples, where there are fewer).
    """
    parts = np.array_split(np.column_stack([x, y]), min(blocks, len(x)))
    means = np.array([part.mean(axis=0) for part in parts])
    if len(means) < 3:
        return float("nan"), float("nan")
    x_off, y_off = (means - means.mean(axis=0)).T
    rate = (x_off @ y_off) / (x_off @ x_off)
    misfit = y_off - rate * x_off
    freedom = len(means) - 2
    error = np.sqrt(misfit @ misfit / freedom / (x_off @ x_off))
    return float(rate), float(stats.t.ppf(0.975, freedom) * error)


def growth(
    part: str,
    name: str,
    unit: str,
    x: Sequence[float],
    y: Sequence[float],
    goal: Goal | None = None,
    resolution: float = 0,
) -> list[Figure]:
    """The slope of memory, and the low end of its interval: 0 or less cannot be told from no growth.

    `resolution` is what `y` is known to; a change of that size over the whole of `x` may be no change.
    """
    rate, half = slope(x, y)
    half += resolution / (x[-1] - x[0])
    return [
        Figure(part, f"{name}, slope", rate, unit, len(x)),
        Figure(part, f"{name}, slope, low end of its 95 % interval", rate - half, unit, len(x), goal),
    ]


def conditions(chromium: str) -> dict[str, str]:
    """Where and with what the figures were taken."""
    cores = len(os.sched_getaffinity(0))
    return {
        "commit": _commit(),
        "processor": _processor(),
        "cores": f"{cores} of {os.cpu_count()}",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        **{name: version(name) for name in ("torch", "gradio")},
        "Chromium": chromium,
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty=, with changes", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def table(figures: Iterable[Figure]) -> str:
    """One line a figure, in columns."""
    rows = [("", "", "", "n", "baseline", "ratio", "goal", ""), *map(_cells, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    on_the_right = (False, True, False, True, True, True, False, False)  # numbers
    aligned = [
        [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, on_the_right, strict=True)
        ]
        for row in rows
    ]
    return "\n".join(("  " + "  ".join(row)).rstrip() for row in aligned)


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        number(figure.value),
        figure.unit,
        f"{figure.n:,}",
        "" if figure.baseline is None else number(figure.baseline),
        "" if figure.ratio is None else f"{figure.ratio:.2f}×",
        str(figure.goal or ""),
        {True: "met", False: "MISSED", None: ""}[figure.met],
    )


def number(value: float) -> str:
    """Three digits that say something: 1,234 · 56.7 · 0.012."""
    if math.isnan(value) or abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
