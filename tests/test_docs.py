"""What the documents say is so: links lead somewhere, commands exist, and what is generated is up to date."""

from __future__ import annotations

import importlib.util
import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lenet.evaluate.card import filled
from lenet.model import TABLE_I

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.glob("*.md"), *ROOT.glob("deploy/*.md"), *ROOT.glob("weights/*.md")]
)
CODE = re.compile("```.*?```|`[^`\n]*`", re.DOTALL)
GUIDE = (DOCS / "guide.md").read_text("utf-8")


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings have where it is shown, as GitHub makes them."""
    text = re.sub("```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    headings = re.findall("^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that is there, and every anchor a heading in it."""
    for link in re.findall(r"\]\(([^)\s]+)\)", CODE.sub("", page.read_text("utf-8"))):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_index_names_every_page() -> None:
    """docs/README.md leads to every document in docs, and README.md to docs/README.md."""
    index = (DOCS / "README.md").read_text("utf-8")
    assert set(re.findall(r"\]\((\w+\.md)\)", index)) == {path.name for path in DOCS.glob("*.md")} - {
        "README.md"
    }
    assert "](docs/README.md)" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_exist(page: Path) -> None:
    """Every make target and every module that a page calls is there."""
    text = page.read_text("utf-8")
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)) <= targets
    for module in re.findall(r"python -m ([\w.]+)", text):
        # Installed, the page's folder has another name.
        assert importlib.util.find_spec(module.replace("lenet_sketchpad", "demo")), module
    for script in re.findall(r"python ([\w/]+\.py)", text):
        assert (ROOT / script).is_file(), script


def test_paths_in_the_tour_exist() -> None:
    """Every file that the page on the inside names is there."""
    named = re.findall(r"`((?:lenet|demo|docs|weights)/[\w/.*-]+)`", (DOCS / "inside.md").read_text("utf-8"))
    assert len(named) > 10
    for name in named:
        assert list(ROOT.glob(name)), name


@pytest.fixture(scope="module")
def marks() -> dict[str, Any]:
    """The names of docs/marks.py."""
    return runpy.run_path(str(DOCS / "marks.py"))


@pytest.mark.parametrize("name", ["deployment.md", "inside.md", "results.md"])
def test_generated_parts_are_up_to_date(marks: dict[str, Any], name: str) -> None:
    """Imports, the message's format, errors and speed are what `make docs` would write now."""
    assert [page.name for page in marks["PAGES"]] == ["deployment.md", "inside.md", "results.md"]
    page = (DOCS / name).read_text("utf-8")
    assert filled(page, marks["made"]()) == page, "Run: make docs"


def test_a_crowds_needs_follow_from_the_benchmark(marks: dict[str, Any]) -> None:
    """A core's people, a crowd's machines and what runs out first are those of the figures that were measured."""

    def report(*figures: tuple[str, str, float]) -> dict[str, Any]:
        names = ("part", "name", "value")
        rows = [{**dict(zip(names, one, strict=True)), "baseline": 1000.0} for one in figures]
        return {"conditions": {"cores": "2 of 2"}, "figures": rows}

    def reports(answers: float) -> dict[str, Any]:
        hall = "nginx, 2 processes beside 1: 300 people, 5/s each"
        return {
            "page": report(
                ("Drawing in a real Chromium", "bytes of an update, up, p50", 1.0),
                ("Drawing in a real Chromium", "bytes of an update, down, p50", 12.5),
                ("First load, nothing cached", "transferred", 400.0),
            ),
            "load": report(("Memory, 50 people", "server, highest", 400.0)),
            "nginx": report((hall, "answers in all", answers), (hall, "movement to answer, p95", 16.0)),
        }

    # 1,500 answers are 300 people on 2 cores; 1,000 people take 7 cores and 1,000 * 5 * 12.5 KB/s.
    quick = marks["sizing"](reports(1500.0))
    assert "on the same cores | 150 |" in quick
    assert "| up, down | 5.0 KB/s, 62 KB/s |" in quick
    assert "| 1,000 | 7 | 3 GB | 0.5 Gbit/s | 1 | network |" in quick
    assert "| 10,000 | 100 | 40 GB | 5.0 Gbit/s | 7 | processor |" in marks["sizing"](reports(1000.0))


def test_the_table_of_imports_tells_all(marks: dict[str, Any]) -> None:
    """Every module and every script has its row, and imports are found however they are written."""
    table = marks["python_table"]("demo")
    (routes,) = (row for row in table.splitlines() if row.startswith("| `routes.py`"))
    assert routes.endswith(
        "| calls, errors, experiments, lenet, lenet.checkpoint, lenet.explain, lenet.picture, lenet.prediction, limits, message, scripts |"
    )
    rows = marks["python_table"]("lenet/evaluate").splitlines()
    (card,) = (row for row in rows if row.startswith("| `card.py`"))
    assert {"charts", "lenet.data"} <= set(card.split("|")[-2].strip().split(", "))
    for path in (ROOT / "demo" / "frontend").glob("*/*.js"):
        assert f"| `{path.parent.name}/{path.name}` | " in marks["script_table"]()


def test_the_benchmarks_parts_have_their_reports(marks: dict[str, Any]) -> None:
    """Speed is told for each part of the benchmark, with the conditions and each missed goal."""
    source = (ROOT / "tests" / "benchmark" / "__main__.py").read_text("utf-8")
    (parts,) = re.findall(r"^PARTS = {(.*)}$", source, re.MULTILINE)
    assert {*marks["BENCHMARKS"], "abuse"} == set(re.findall(r'"(\w+)":', parts))
    figure = {"part": "p", "name": "wait", "value": 1234.5, "unit": "ms", "n": 7, "goal": "≤ 5"}
    told = marks["speed"](
        {"conditions": {"cores": "2 of 2"}, "figures": [figure | {"baseline": None, "met": False}]}
    )
    assert told.startswith("Measured with cores: 2 of 2.")
    assert told.endswith("| wait | 1,234 ms | 7 |  | ≤ 5 | **missed** |")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_animation_is_short_and_small(theme: str) -> None:
    """A drawing is read in a few seconds and 600 KB; who wants no motion is shown the still picture."""
    path = DOCS / f"sketchpad-{theme}.webp"
    assert path.stat().st_size < 600_000
    with Image.open(path) as animation:
        assert animation.size == (960, 540)
        length = 0
        for frame in range(animation.n_frames):  # type: ignore[attr-defined]
            animation.seek(frame)
            animation.load()
            length += animation.info["duration"]
    assert 3_000 < length < 10_000
    readme = (ROOT / "README.md").read_text("utf-8")
    picture = re.search("<picture>(.*?)</picture>", readme, re.DOTALL)
    assert picture
    still, moving = picture[1].find(f"sketchpad-{theme}.png"), picture[1].find(f"sketchpad-{theme}.webp")
    assert 0 < still < moving, "a browser takes the first source that fits"
    assert "prefers-reduced-motion: reduce" in picture[1][:still]


def test_the_guides_examples_are_the_pages() -> None:
    """Every example that the guide names is in the menu, and the hard ones are all named."""
    examples = json.loads((ROOT / "demo" / "frontend" / "header" / "examples.json").read_text("utf-8"))
    names = {example["name"] for example in examples} - set("0123456789")
    (paragraph,) = re.findall(r"\*Examples\* replays.*?\n\n", GUIDE, re.DOTALL)
    assert set(re.findall("`([^`]+)`", paragraph)) == names


def test_the_documented_units_exist() -> None:
    """Table I has the kernel that the page on embedding opens."""
    page = (DOCS / "embedding.md").read_text("utf-8")
    for c3, s2 in re.findall(r"`table=(\d+)\.(\d+)`", page):
        assert int(s2) in TABLE_I[int(c3)]
