"""The wheel: a library that needs neither the checkout nor Gradio, and the page as its extra."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

import lenet
from tests.test_imports import packages

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `make dist` builds it."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", folder, ROOT], check=True)
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def bin(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commands of an environment with the wheel in it, which borrows torch and the like from this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    target = next(folder.glob("[Ll]ib*/**/site-packages"))
    # Last on the path; an editable install's .pth file, which points at the checkout, is not followed there.
    (target / "borrowed.pth").write_text("\n".join(path for path in sys.path if "site-packages" in path))
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    install = [sys.executable, "-m", "pip", "--quiet", "--python", str(scripts / "python"), "install"]
    subprocess.run([*install, "--no-deps", "--no-index", wheel], check=True)
    return scripts


def run(command: Path, *arguments: str, **environment: str) -> str:
    """What a command prints, started outside the checkout and knowing nothing of it."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [command, *arguments],
        cwd=command.parents[1],
        env={**clean, **environment},
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout


def test_the_wheel_holds_what_is_needed(wheel: Path) -> None:
    """Weights, type marks and the page's own files are inside; tests, documents and a package "demo" aren't."""
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
    assert {
        "lenet/model.safetensors",
        "lenet/rejection.safetensors",
        "lenet/model.snapshots.safetensors",
        "lenet/units.npz",
        "lenet/results.json",
        "lenet/py.typed",
        "lenet_sketchpad/py.typed",
    } <= set(names)
    for folder in ("frontend", "sketchpad"):
        for path in (ROOT / "demo" / folder).rglob("*.*"):
            if path.suffix in (".js", ".json", ".css", ".html"):
                assert f"lenet_sketchpad/{path.relative_to(ROOT / 'demo').as_posix()}" in names
    info = f"lenet_sketchpad-{lenet.__version__}.dist-info"
    assert {name.partition("/")[0] for name in names} == {"lenet", "lenet_sketchpad", info}
    assert not [name for name in names if re.search(r"\btests?(?:_|\b)|__pycache__", name)]


def test_the_command_reads_a_picture(bin: Path, tmp_path: Path) -> None:
    """`lenet seven.png` reads the digit outside the checkout."""
    image = Image.new("L", (64, 64), "white")
    ImageDraw.Draw(image).line([(15, 14), (48, 14), (28, 54)], fill="black", width=5)
    image.save(tmp_path / "seven.png")
    assert run(bin / "lenet", str(tmp_path / "seven.png")).splitlines()[0] == "7"


def test_the_library_needs_no_gradio(bin: Path) -> None:
    """`import lenet` takes the installed package and its own weights, and loads nothing of the web."""
    code = "import sys, lenet; lenet.load(); print(lenet.__file__, *sys.modules, sep='\\n')"
    file, *modules = run(bin / "python", "-c", code).splitlines()
    assert Path(file).is_relative_to(bin.parent)
    assert not {"gradio", "starlette", "fastapi", "demo", "lenet_sketchpad"} & set(modules)


def test_the_page_is_installed_whole(bin: Path) -> None:
    """The page's command finds every module under the installed name, and is told apart by its version."""
    code = "import lenet_sketchpad.web as page; print(page.__file__); page.web()"
    assert Path(run(bin / "python", "-c", code).strip()).is_relative_to(bin.parent)
    assert run(bin / "python", "-m", "lenet_sketchpad", "--version").strip() == lenet.__version__


def test_the_page_says_what_is_missing_without_its_extra(bin: Path, tmp_path: Path) -> None:
    """Without Gradio the page's command says in one sentence how to get it."""
    (tmp_path / "gradio.py").write_text("raise ModuleNotFoundError('No module named gradio', name='gradio')")
    with pytest.raises(subprocess.CalledProcessError) as problem:
        run(bin / "python", "-m", "lenet_sketchpad", PYTHONPATH=str(tmp_path))
    sentence = problem.value.stderr.strip()
    assert sentence.startswith("gradio ")
    assert sentence.endswith("pip install 'lenet-sketchpad[demo]'")
    assert "\n" not in sentence


@pytest.mark.parametrize("path", sorted((ROOT / "demo").rglob("*.py")), ids=lambda path: path.name)
def test_the_page_may_be_called_anything(path: Path) -> None:
    """The page's modules import each other relatively, as its folder has another name once installed."""
    assert not packages(path) & {"demo", "lenet_sketchpad"}
