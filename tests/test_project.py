"""What contributors and the workflow are told exists, and agrees with the Makefile and the project."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import lenet

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([\w-]+):", MAKEFILE, re.MULTILINE))


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


JOBS = read(".github/workflows/test.yml")["jobs"]


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("name", JOBS)
def test_the_workflow_runs_what_people_run(name: str) -> None:
    """Every command of the workflow is a make target or the script that CI runs."""
    assert commands(JOBS[name])
    for command in commands(JOBS[name]):
        if command.startswith("make "):
            assert command.split()[1] in TARGETS
        else:
            assert os.access(ROOT / command, os.X_OK)


def test_linux_runs_ci_on_every_python() -> None:
    """Linux runs .ci/run on the three newest minor versions from the lowest that the project allows."""
    assert commands(JOBS["linux"]) == [".ci/run"]
    pythons = JOBS["linux"]["strategy"]["matrix"]["python"]
    assert pythons == ["3.11", "3.12", "3.13"]
    assert PROJECT["requires-python"] == f">={pythons[0]}"


def test_every_target_is_phony_or_a_file() -> None:
    """A folder called like a target does not keep make from running it."""
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == TARGETS


def test_the_hooks_are_local() -> None:
    """Nothing that pre-commit runs comes from elsewhere."""
    config = read(".pre-commit-config.yaml")
    assert {repository["repo"] for repository in config["repos"]} == {"local"}
    for hook in config["repos"][0]["hooks"]:
        assert hook["language"] == "system"
        assert hook["entry"].startswith(".venv/bin/")


@pytest.mark.parametrize("name", ["misread", "idea"])
def test_the_issue_forms_are_short(name: str) -> None:
    """A form asks two questions at most, so that people fill it in."""
    form = read(f".github/ISSUE_TEMPLATE/{name}.yml")
    assert {"name", "description", "body"} <= set(form)
    assert 1 <= len(form["body"]) <= 2


def test_contributors_need_three_commands() -> None:
    """CONTRIBUTING leads with three make targets, and the files that it links to exist."""
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    block = re.search("```sh\n(.*?)```", page, re.DOTALL)
    assert block
    assert block[1].split("\n")[:-1] == ["make demo", "make check", "make test"]
    assert set(re.findall("`make ([a-z-]+)`", page)) <= TARGETS
    for link in re.findall(r"\]\(([^)#:]+)\)", page):
        assert (ROOT / link).is_file()


def test_the_changelog_knows_the_version() -> None:
    """The newest release in the changelog is the version that the package tells."""
    page = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## \[(\d.*?)\]", page, re.MULTILINE)[0] == lenet.__version__
