"""The reference in docs/api.md is the docstrings' own."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    """The names of docs/api.py."""
    return runpy.run_path(str(DOCS / "api.py"))


def test_the_page_is_up_to_date(api: dict[str, Any]) -> None:
    """docs/api.md is what `make api` would write now."""
    assert (DOCS / "api.md").read_text("utf-8") == api["page"](), "Run: make api"


def test_every_public_name_is_documented(api: dict[str, Any]) -> None:
    """A function without a docstring is refused, and told by its name."""
    tree = api["ast"].parse("def f(x: int = 3) -> int:\n    return x")
    with pytest.raises(ValueError, match=r"^lenet\.m\.f has no docstring\.$"):
        list(api["describe"](tree.body[0], "lenet.m"))


def test_a_function_is_told_with_its_types(api: dict[str, Any]) -> None:
    """Heading and text of a function are its signature and its docstring."""
    tree = api["ast"].parse('def f(x: int = 3) -> int:\n    """Gives x back."""\n    return x')
    assert list(api["describe"](tree.body[0], "m")) == ["### `f(x: int = 3) -> int`", "Gives x back."]
