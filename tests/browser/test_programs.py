"""Every snippet of docs/programs.md does what the page says, on the running demo."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page

from demo.guard import MAX_BODY
from demo.routes import MAX_PICTURE
from lenet.strokes import MAX_POINTS
from tests.server import ROOT, Server

PROGRAMS = (ROOT / "docs" / "programs.md").read_text("utf-8")


def snippets(language: str, url: str) -> list[str]:
    """The page's snippets in a language, for the demo at `url`."""
    found = re.findall(f"```{language}\n(.*?)```", PROGRAMS, re.DOTALL)
    assert found
    for snippet in found:
        assert "http://127.0.0.1:7860/" in snippet
    return [snippet.replace("http://127.0.0.1:7860/", url) for snippet in found]


def is_seven(answer: Any) -> bool:
    """Whether an answer is as the page describes it, and the digit drawn in the examples."""
    return answer["digit"] == 7 and answer["probabilities"][7] > 0.5 and len(answer["probabilities"]) == 10


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed.")
def test_curl(server: Server, tmp_path: Path) -> None:
    """Each shell command, strokes or a picture, prints the answer as JSON."""
    image = Image.new("L", (64, 64), "white")
    ImageDraw.Draw(image).line([(15, 14), (48, 14), (28, 54)], fill="black", width=5)
    image.save(tmp_path / "seven.png")
    for command in snippets("sh", server.url):
        told = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert is_seven(json.loads(told.stdout)), command


def test_gradio_client(server: Server) -> None:
    """The Python snippet leaves the answer in `answer`."""
    (snippet,) = snippets("python", server.url)
    code = f"{snippet}\nimport json; print(json.dumps(answer))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert is_seven(json.loads(told.stdout.splitlines()[-1]))


def test_javascript(server: Server, page: Page) -> None:
    """The JavaScript snippet does the same in a browser."""
    (snippet,) = snippets("js", server.url)
    page.goto(server.url)
    assert is_seven(page.evaluate(f"async () => {{ {snippet}; return answer; }}"))


def test_the_limits_are_the_servers() -> None:
    """The limits that the page names are those that the code keeps."""
    for limit in (f"{MAX_BODY:,} bytes", f"{MAX_PICTURE:,} pixels", f"{MAX_POINTS:,} points"):
        assert limit in PROGRAMS
