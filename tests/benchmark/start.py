"""How long the demo takes to its first answer, and what that time goes into."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import httpx

from tests.benchmark.drawings import STEADY, body
from tests.benchmark.report import Figure, Goal, percentile
from tests.server import ROOT, served

PART = "Start"

# Time since the process was made, at each place passed; the process's own start comes from outside.
_IMPORTS = """
import json, sys, time
begin = float(sys.argv[1])
passed = []
def mark(name): passed.append((name, time.time() - begin))
mark("Python")
import torch; mark("import torch")
import gradio; mark("import gradio")
"""
_DEMO = """
import demo.web; mark("import the demo")
from lenet.prediction import shipped
shipped(); mark("the weights")
demo.web.web(); mark("the page")
"""
_END = "print(json.dumps(passed))"


def measure(rounds: int = 3) -> list[Figure]:
    """Seconds to the first answer beside those of importing torch and gradio alone; then the parts."""
    bare, answers = [], []
    parts: dict[str, list[float]] = {}
    for _ in range(rounds):
        bare.append(sum(_parts(_IMPORTS + _END).values()))
        begin = time.perf_counter()
        with served() as demo:
            httpx.post(f"{demo.url}predict", content=body(STEADY[7])).raise_for_status()
            answers.append(time.perf_counter() - begin)
        for name, seconds in _parts(_IMPORTS + _DEMO + _END).items():
            parts.setdefault(name, []).append(seconds)
    first, imports = percentile(answers, 50), percentile(bare, 50)
    medians = {name: percentile(times, 50) for name, times in parts.items()}
    medians["launch and first answer (the rest)"] = first - sum(medians.values())
    goal = Goal(times_baseline=1.3)
    figures = [Figure(PART, "first answer, beside import torch, gradio", first, "s", rounds, goal, imports)]
    return figures + [Figure(PART, f"  {name}", value, "s", rounds) for name, value in medians.items()]


def _parts(code: str) -> dict[str, float]:
    """Seconds of each stretch between two marks of `code`."""
    command = [sys.executable, "-c", code, str(time.time())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    passed = json.loads(done.stdout)
    moments = [0.0, *(moment for _, moment in passed)]
    return {name: moments[i + 1] - moments[i] for i, (name, _) in enumerate(passed)}
