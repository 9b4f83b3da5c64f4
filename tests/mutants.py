"""Are the tests tested? make mutants changes a module in one place at a time and asks its own tests.

mutmut makes and tries the changes, in a copy of the project for each module (mutants/model and so on); there
`mutmut show NAME` shows what a test should have noticed. Fails where fewer than `KILLED` of a module's mutants
are noticed, not counting `EQUIVALENT` ones, which no test can tell from the module.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

KILLED = 0.9
MODULES = {  # and where a module is tested beside its own tests
    "demo/message.py": [],
    "demo/guard.py": [],
    "demo/limits.py": [],
    "lenet/preprocess.py": [],
    "lenet/prediction.py": ["tests/lenet/test_several.py"],
    "lenet/explain.py": ["tests/lenet/experiment/test_off.py"],
    "lenet/strokes.py": ["tests/lenet/test_strokes_ink.py"],
    "lenet/picture.py": ["tests/lenet/test_picture_files.py"],
    "lenet/model.py": [],
    "lenet/checkpoint.py": [],
    "lenet/rejection.py": [],
}
INDIFFERENT = [  # what may stand otherwise anywhere, and why
    (r",\s*(strict=\w+)?(?=\)|$)", ""),  # what is zipped is as long by what stands before
    (r"astype\((None|np\.float64)\)", "astype()"),  # None is float64
]
EQUIVALENT = {  # the changed line without what follows two blanks, and why it does the same
    # message
    "return np.full(8, None, np.float32)": "as a float None is NaN",
    # limits
    "self._at_work = None": "None is as false as False",
    # guard
    """return status != 500 and Headers(raw=start["headers"]).get("CONTENT-TYPE") == "application/json\"""": (
        "headers have no case"
    ),
    """host = HOST.fullmatch(headers.get("HOST", ""))""": "headers have no case",
    """length = headers.get("CONTENT-LENGTH", "0")""": "headers have no case",
    "if status >= 0:": "nothing has the status 0 but an answer that has not begun",
    "if status > 1:": "no status is 1",
    "status = status if status > 1 else -500": "no status is 1",
    # model
    'self.register_buffer("out", out, persistent=None)': "None is as false as False",
    'self.register_buffer("source", source, persistent=None)': "None is as false as False",
    "self.c3.bias.uniform_(-1).mul_(bounds)": "1 is the bound by itself",
    'self.c3.weight.uniform_(-1).mul_(bounds[self.c3.get_buffer("out"), None, None])': "1 is the bound by itself",
    "def in_batches(read: Callable[[Tensor], Tensor], inputs: Tensor, size: int = 501) -> Tensor:": "of any size",
    # picture
    "_check_size(grey.shape[::+1], name, max_pixels)": "width times height is height times width",
    'paper = Image.new("RGBA", image.size, "WHITE")': "colours have no case",
    "kept = np.concatenate([[True], mass >= 0.05 * mass.max()])": "where nothing is labelled is no ink",
    "ink = np.clip((smooth - low) / max(0.75 * full - low, 1e-6), None, 1)": "what is below 0 is not labelled",
    "if shrink > 1:": "resized to its own size a picture stays as it is",
    # checkpoint
    'return _beside(path).read_text("ASCII", "replace").partition(" ")[0]': "encodings have no case",
    '_beside(path).write_text(hashed, "ASCII")': "encodings have no case",
    "_beside(path).write_text(hashed, None)": "a hash is ASCII in any encoding",
    "_beside(path).write_text(hashed)": "a hash is ASCII in any encoding",
    # strokes
    'width = float("INF")': "infinity has no case",
    'if not 0 < width < float("INF"):': "infinity has no case",
    "stroke = np.array(numbers, np.float64).reshape(-2, 2)": "any negative number stands for the rest",
    "return ink.reshape(-2, wide)": "any negative number stands for the rest",
    # preprocess
    "first, last = (int(cells[0]), int(cells[-1])) if len(cells) else (1, BOX - 1)": "blank cells move no further",
    "first, last = (int(cells[0]), int(cells[-1])) if len(cells) else (0, BOX + 1)": "blank cells move no further",
    "first, last = (int(cells[0]), int(cells[-1])) if len(cells) else (0, BOX - 2)": "blank cells move no further",
    "row, column, side = top - square[0], left - square[1], square[3]": "a square's sides are the same",
}

CONFIG = """
[tool.mutmut]
source_paths = ["{folder}"]
only_mutate = ["{module}"]
also_copy = ["app.py", "demo", "docs", "lenet", "weights"]
pytest_add_cli_args_test_selection = {tests}
"""


def mutmut(folder: Path, *arguments: str) -> str:
    """What it prints."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def copied(module: Path) -> Path:
    """A fresh copy of the project in which mutmut changes `module`."""
    folder = Path("mutants", module.stem)
    shutil.rmtree(folder, ignore_errors=True)
    for name in subprocess.check_output(["git", "ls-files"], text=True).splitlines():
        if Path(name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(name, folder / name)
    (own,) = Path("tests").rglob(f"test_{module.stem}.py")
    tests = json.dumps([str(own), *MODULES.get(str(module), [])])
    with (folder / "pyproject.toml").open("a") as file:
        file.write(CONFIG.format(folder=module.parent, module=module, tests=tests))
    return folder


def is_equivalent(before: str, after: str) -> bool:
    """Whether the changed line does what the line did."""
    for pattern, same in INDIFFERENT:
        before, after = re.sub(pattern, same, before), re.sub(pattern, same, after)
    return before == after or after in EQUIVALENT


def tried(module: Path) -> bool:
    """Whether enough of the module's mutants are noticed; tells those that are not."""
    folder = copied(module)
    mutmut(folder, "run", "--max-children", "1")
    results = dict(
        line.split(": ") for line in mutmut(folder, "results", "--all", "true").strip().splitlines()
    )
    unnoticed, equivalent = [], 0
    for name in (name.strip() for name, result in results.items() if result in ("survived", "no tests")):
        shown = mutmut(folder, "show", name)
        before, after = (
            " ".join(line.partition("  #")[0].strip() for line in re.findall(sign, shown, re.MULTILINE))
            for sign in (r"^-(?!--)(.*)", r"^\+(?!\+\+)(.*)")
        )
        if is_equivalent(before, after):
            equivalent += 1
        else:
            unnoticed.append(f"  {name}: {after}")
    count = len(results) - equivalent
    share = 1 - len(unnoticed) / count
    print(
        f"{module}: {share:.0%} of {count} killed, {equivalent} equivalent", *unnoticed, sep="\n", flush=True
    )
    return share >= KILLED


if __name__ == "__main__":
    enough = [tried(Path(module)) for module in sys.argv[1:] or MODULES]
    sys.exit(not all(enough))
