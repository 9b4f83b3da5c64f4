"""What must be there before the page can start; imports none of it until then."""

from __future__ import annotations

import os
import re
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

GRADIO = "6.31.0"  # exactly: demo/gradio-files.txt names its files
TORCH = (2, 6)  # or newer
IN_CHECKOUT = (Path(__file__).parents[1] / "Makefile").exists()
CURE = "make demo" if IN_CHECKOUT else "pip install 'lenet-sketchpad[demo]'"


def unmet() -> str | None:
    """One sentence on what is missing, wrong or broken; None if nothing is."""
    try:
        torch, gradio = version("torch"), version("gradio")
    except PackageNotFoundError as missing:
        return f"{missing.name} is not installed; set everything up with: {CURE}"
    if tuple(map(int, re.findall(r"\d+", torch)[:2])) < TORCH:
        return f"torch {torch} is installed, and {'.'.join(map(str, TORCH))} or newer is needed: {CURE}"
    if gradio != GRADIO:
        return f"gradio {gradio} is installed, and {GRADIO} is needed: {CURE}"
    port = os.environ.get("GRADIO_SERVER_PORT", "0")
    if not port.isdecimal():  # Gradio would break off while it is imported
        return f"GRADIO_SERVER_PORT is {port!r}; it must be a number."
    for name in ("torch", "gradio"):
        try:
            import_module(name)
        except (ImportError, OSError) as problem:  # OSError: a library that does not fit the machine
            first_line = str(problem).partition("\n")[0]
            return f"{name} is installed but cannot be loaded ({first_line}); set it up anew: {CURE}"
    return None
