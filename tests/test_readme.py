"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_two_commands_come_first() -> None:
    """The first code block sets up and opens the demo, the second passes all tests; each stands alone."""
    blocks = re.findall(r"```\w*\n(.*?)```", README, re.DOTALL)
    assert [block.strip() for block in blocks[:2]] == ["make demo", "make test"]


def test_make_knows_every_command() -> None:
    """Every make target that the README names exists."""
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"^make (\w+)$", README, re.MULTILINE)) <= set(targets)


def test_every_file_named_exists() -> None:
    """The file map and the links name files that are there."""
    rows = re.findall(r"^\| (`.*?) \|", README, re.MULTILINE)
    assert rows
    links = re.findall(r"\]\(([^)#:]+)\)", README) + re.findall(r'(?:src|srcset)="([^"]+)"', README)
    for name in [*re.findall("`([^`]+)`", "".join(rows)), *links]:
        assert list(ROOT.glob(name)), name
