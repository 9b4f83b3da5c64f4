"""Are the tests tested? make mutants changes a module in one place at a time and asks its own tests.

mutmut makes and tries the changes, in a copy of the project for each module (mutants/model and so on); there
`mutmut show NAME` shows what a test should have noticed. Fails where fewer than `KILLED` of a module's mutants
are noticed, not counting `EQUIVALENT` ones, which no test can tell from the module.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

KILLED = 0.9
MODULES = [
    "demo/message.py",
    "demo/guard.py",
    "demo/limits.py",
    "lenet/preprocess.py",
    "lenet/prediction.py",
    "lenet/explain.py",
    "lenet/strokes.py",
    "lenet/picture.py",
    "lenet/model.py",
    "lenet/checkpoint.py",
    "lenet/rejection.py",
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
    # preprocess
    "first, last = (int(cells[0]), int(cells[-1])) if len(cells) else (1, BOX - 1)": "blank cells move no further",
    "first, last = (int(cells[0]), int(cells[-1])) if len(cells) else (0, BOX + 1)": "blank cells move no further",
    "first, last = (int(cells[0]), int(cells[-1])) if len(cells) else (0, BOX - 2)": "blank cells move no further",
    "pixels = ink[top : top + height, left : left + width].astype(None)": "None is float64",
    "row, column, side = top - square[0], left - square[1], square[3]": "a square's sides are the same",
}

CONFIG = """
[tool.mutmut]
source_paths = ["{folder}"]
only_mutate = ["{module}"]
also_copy = ["app.py", "demo", "docs", "lenet", "weights"]
pytest_add_cli_args_test_selection = ["{tests}"]
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
    (tests,) = Path("tests").rglob(f"test_{module.stem}.py")
    with (folder / "pyproject.toml").open("a") as file:
        file.write(CONFIG.format(folder=module.parent, module=module, tests=tests))
    return folder


def tried(module: Path) -> bool:
    """Whether enough of the module's mutants are noticed; tells those that are not."""
    folder = copied(module)
    mutmut(folder, "run", "--max-children", "1")
    results = dict(
        line.split(": ") for line in mutmut(folder, "results", "--all", "true").strip().splitlines()
    )
    unnoticed, equivalent = [], 0
    for name in (name.strip() for name, result in results.items() if result in ("survived", "no tests")):
        shown = mutmut(folder, "show", name).splitlines()
        line = next(line[1:].strip() for line in shown if line[:1] == "+" and line[:3] != "+++")
        line = line.partition("  ")[0]  # without a comment
        if line in EQUIVALENT:
            equivalent += 1
        else:
            unnoticed.append(f"  {name}: {line}")
    count = len(results) - equivalent
    share = 1 - len(unnoticed) / count
    print(
        f"{module}: {share:.0%} of {count} killed, {equivalent} equivalent", *unnoticed, sep="\n", flush=True
    )
    return share >= KILLED


if __name__ == "__main__":
    enough = [tried(Path(module)) for module in sys.argv[1:] or MODULES]
    sys.exit(not all(enough))
