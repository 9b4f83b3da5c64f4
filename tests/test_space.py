"""What the repository tells a Hugging Face Space agrees with what it tells everybody else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import lenet

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FRONT = yaml.safe_load((ROOT / "README.md").read_text("utf-8").split("---\n")[1])
REQUIREMENTS = [
    line.partition("#")[0].strip()
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def test_the_front_matter_is_one_that_a_space_accepts() -> None:
    """The server refuses long descriptions and unknown colours, and misreads numbers that aren't quoted."""
    assert FRONT["sdk"] == "gradio"
    assert len(FRONT["short_description"]) <= 60
    colours = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {FRONT["colorFrom"], FRONT["colorTo"]} <= colours
    assert isinstance(FRONT["sdk_version"], str)
    assert FRONT["python_version"] in {"3.10", "3.12"}, "ZeroGPU has no other"
    assert FRONT["suggested_hardware"] == "cpu-basic"


def test_the_front_matter_agrees_with_the_project() -> None:
    """Title, entry point, licence and the versions of Python and Gradio are the project's own."""
    title = re.search('gr.Blocks\\(title="(.*?)"', (ROOT / "demo" / "page.py").read_text("utf-8"))
    assert title
    assert FRONT["title"] == title[1]
    assert (ROOT / FRONT["app_file"]).is_file()
    assert FRONT["license"] == PROJECT["license"].lower()
    assert f"gradio=={FRONT['sdk_version']}" in PROJECT["optional-dependencies"]["demo"]
    lowest = PROJECT["requires-python"].removeprefix(">=")
    assert [*map(int, FRONT["python_version"].split("."))] >= [*map(int, lowest.split("."))]


def test_requirements_are_the_projects() -> None:
    """A Space installs what the library and the page ask for, PyTorch as `make` pins it."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    torch = re.search("^TORCH := (torch==(.*))$", makefile, re.MULTILINE)
    assert torch
    asked = {*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["demo"]}
    others = {line for line in asked if not re.match(r"(torch|gradio)\b", line)}
    assert sorted(REQUIREMENTS) == sorted(others | {torch[1]})
    assert [*map(int, torch[2].split("."))] <= [2, 13, 0], "ZeroGPU has no newer one"


def test_requirements_stand_alone() -> None:
    """A Space reads them with no other file beside them, and brings Gradio, spaces and the Hub's client."""
    for line in REQUIREMENTS:
        assert re.fullmatch(r"[a-z]+[>=]=[\d.]+", line)
        assert not re.match("(gradio|spaces|huggingface)", line)


@pytest.mark.slow
def test_zerogpu_finds_its_function(tmp_path: Path) -> None:
    """Where the package spaces exists it comes before torch, and gets a function that nobody calls."""
    (tmp_path / "spaces.py").write_text(
        "import sys, types\n"
        "assert 'torch' not in sys.modules\n"
        "zero = types.SimpleNamespace(startup=lambda: print('told'))\n"
        "def GPU(function):\n"
        "    print('registered', callable(function))\n"
        "    def never(): raise AssertionError\n"
        "    return never\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "app.py", "--version"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.splitlines() == ["registered True", "told", lenet.__version__]


@pytest.mark.skipif(os.name == "nt", reason="The command is for a POSIX shell.")
def test_the_upload_leaves_out_tests_and_caches(tmp_path: Path) -> None:
    """The documented command hands `hf` the commit's files, weights included, tests and caches not."""
    page = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    (command,) = re.findall("^.*hf upload.*$", page, re.MULTILINE)
    hf = tmp_path / "hf"
    hf.write_text('#!/bin/sh\necho "$1 $2 $4 $5 $6 $7 $8"; cd "$3" && find . -type f\n')
    hf.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "TMPDIR": str(tmp_path)}
    told = subprocess.run(
        command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    arguments, *files = told.stdout.splitlines()
    assert arguments == "upload USER/NAME . --repo-type space --delete *"
    tree = ["git", "ls-tree", "-r", "--name-only", "HEAD"]
    committed = subprocess.run(tree, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert "weights/model.safetensors" in committed
    assert sorted(files) == sorted(f"./{name}" for name in committed if not name.startswith("tests/"))


@pytest.mark.parametrize("name", ["README.md", "requirements.txt", "app.py"])
def test_a_space_finds_it_at_the_root(name: str) -> None:
    """A Space looks at the root only."""
    assert (ROOT / name).is_file()
