"""The figures of README and model card are the evaluation's own."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lenet.checkpoint import RESULTS, WEIGHTS, metadata
from lenet.evaluate import card
from lenet.evaluate.card import PAGES, ROOT, differences, filled, sections, shown
from lenet.evaluate.measure import TITLES, errors


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_figures_are_the_evaluations_own(page: Path) -> None:
    """Every marked figure is what the evaluation wrote into results.json and the weights' metadata."""
    made = sections(json.loads(RESULTS.read_text("utf-8")), metadata(WEIGHTS))
    assert filled(page.read_text("utf-8"), made) == page.read_text("utf-8")


def test_the_cards_pictures_are_the_evaluations_own() -> None:
    """Each of the card's pictures is there, small, described, and drawn from the figures in results.json."""
    figures = shown(json.loads(RESULTS.read_text("utf-8")))
    card = RESULTS.parent / "README.md"
    pictures = dict(re.findall(r"!\[([^\]]+)\]\((\w+)\.png\)", card.read_text("utf-8")))
    assert sorted(pictures.values()) == sorted(figures)
    for alternative, name in pictures.items():
        assert len(alternative) > 60
        path = card.with_name(f"{name}.png")
        assert path.stat().st_size < 150_000
        with Image.open(path) as picture:
            assert picture.width <= 900
            assert json.loads(picture.info["figures"]) == figures[name]


@pytest.mark.skipif(
    not os.environ.get("LENET_DATA"), reason="wants the real test sets; `make figures` has them"
)
def test_errors_are_the_shipped_weights_own() -> None:
    """On the real test sets the shipped weights reach what results.json tells."""
    told = json.loads(RESULTS.read_text("utf-8"))
    measured = errors()
    assert {name: told[name]["n"] for name in measured} == {"mnist": 10_000, "pendigits": 3_498}
    assert not list(differences({name: told[name] for name in measured}, measured))


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({}, 0),
        ({"misses": 29, "error": 0.29}, 0),
        ({"misses": 30, "error": 0.3}, 2),
        ({"calibration_error": 0.5}, 1),
        ({"digits": [{"n": 980, "error": 0.0}]}, 1),
        ({"more": 1}, 1),
        ({"auroc": {"mnist": 0.99}}, 1),
    ],
)
def test_other_figures_are_found(change: dict[str, Any], count: int) -> None:
    """A figure that differs by more than two digits is named; one that is missing or new, too."""
    told = {
        "n": 10_000,
        "misses": 27,
        "error": 0.27,
        "calibration_error": 0.23,
        "digits": [{"n": 980, "error": 1.0}],
        "auroc": {"mnist": 0.98},
    }
    assert len(list(differences({"set": told}, {"set": told | change}))) == count


def test_the_check_fails_where_a_figure_is_not_reproduced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m lenet.evaluate.card --check` ends well where all was measured as told, and else names what was not."""
    told = json.loads(RESULTS.read_text("utf-8"))
    for name in ("robustness", "rejection", "ablation"):
        monkeypatch.setattr(card, name, lambda name=name: told[name])
    monkeypatch.setattr(card, "unseen", lambda: {name: told[name] for name in ("unipen", "non-digits")})
    monkeypatch.setattr(card, "errors", lambda: {name: told[name] for name in TITLES})
    assert card.main(["--check"]) == 0
    misses = told["mnist"]["misses"]
    worse = json.loads(json.dumps(told["mnist"])) | {"misses": misses + 3}
    monkeypatch.setattr(card, "errors", lambda: {**{name: told[name] for name in TITLES}, "mnist": worse})
    assert card.main(["--check"]) == 1
    assert f"mnist misses: {misses} is told, {misses + 3} was measured" in capsys.readouterr().out


def test_the_check_fails_where_a_page_tells_other_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A figure that was changed by hand in README.md is found."""
    page = tmp_path / "README.md"
    told = (ROOT / "README.md").read_text("utf-8")
    page.write_text(re.sub(r"\*\*0\.\d\d %\*\*", "**0.01 %**", told), "utf-8")
    monkeypatch.setattr(card, "ROOT", tmp_path)
    monkeypatch.setattr(card, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(card, "PAGES", (page,))
    assert len(list(card.outdated(sections(json.loads(RESULTS.read_text("utf-8")), metadata(WEIGHTS))))) == 1
