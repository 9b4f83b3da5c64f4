"""Who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def imported(path: Path) -> set[str]:
    """Modules that a file imports, at its top or inside its functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "lenet").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_the_network_knows_nothing_of_the_web(path: Path) -> None:
    """lenet imports neither the demo nor anything that serves pages."""
    assert not packages(path) & {"demo", "gradio", "starlette", "fastapi", "uvicorn"}


@pytest.mark.parametrize("name", ["strokes", "preprocess", "picture"])
def test_preprocessing_needs_no_torch(name: str) -> None:
    """From strokes or a picture to the input it takes numpy, Pillow and SciPy only."""
    assert "torch" not in packages(ROOT / "lenet" / f"{name}.py")


def test_the_model_needs_torch_only() -> None:
    """The network is one file that torch alone can run."""
    assert packages(ROOT / "lenet" / "model.py") - set(sys.stdlib_module_names) == {"torch"}


@pytest.mark.parametrize("package", ["lenet", "demo.app"])
def test_reading_a_digit_loads_no_training(package: str) -> None:
    """Neither the library nor the page imports what only training or photographs need."""
    code = f"import sys, {package}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    unwanted = {"lenet.train", "lenet.train.augment", "lenet.data", "lenet.evaluate", "pooch", "scipy"}
    assert not unwanted & set(loaded.stdout.split())
