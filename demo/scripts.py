"""The page's scripts, joined into one at the start: a visitor far away asks once, not for each of them.

Each module of frontend/ becomes a function that runs once, after those that it imports from. What a module
exports it returns; an exported `let`, whose value changes, is a variable that all modules share. Lines of
nothing but comment are left out, a fifth of all bytes. What goes beyond these rules is refused at the start, in a
sentence.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from functools import cache
from pathlib import Path

from starlette.routing import BaseRoute, Route

from .kept import Kept

FRONTEND = Path(__file__).parent / "frontend"
FOLDER = "/static/lenet/"
ENTRIES = (
    "header/header.js",
    "answer/answer.js",
    "experiment/experiment.js",
    "training/training.js",
    "layers/layers.js",
    "lesson/lesson.js",
)  # what page.py mounts

IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"([^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?function\*? |const |class )(\w+)", re.MULTILINE)
VARIABLES = re.compile(r"^export let (?:(\w+)( =)|(\w+(?:, \w+)*);)", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*(?://.*|/\*(?:(?!\*/)[^`])*\*/[ \t]*)$", re.MULTILINE)
UNKNOWN = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def joined(folder: Path, entries: tuple[str, ...]) -> str:
    """The modules `entries` of `folder` and all that they import from, as one module.

    It exports `modules`: what each module exports, by its path. Raises ValueError for what cannot be joined.
    """
    parts: dict[str, str] = {}
    variables: dict[str, str] = {}  # where each was exported, by its name

    def add(path: str, importers: tuple[str, ...]) -> None:
        if path in importers:
            raise ValueError(f"{path} imports itself, by way of {importers[-1]}.")
        if path in parts:
            return
        text = (folder / path).read_text("utf-8")
        for _, specifier in IMPORT.findall(text):
            add(_resolved(path, specifier), (*importers, path))
        parts[path] = _wrapped(path, text, variables)

    for entry in entries:
        add(entry, ())
    shared = f"let {', '.join(variables)};\n" if variables else ""
    return f"export const modules = {{}};\n{shared}{''.join(parts.values())}"


def _resolved(path: str, specifier: str) -> str:
    """The path of the module that `path` calls `specifier`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier))


def _wrapped(path: str, text: str, variables: dict[str, str]) -> str:
    """One module as a function that is called at once; what it exports as `let` is added to `variables`."""

    def imported(match: re.Match[str]) -> str:
        if match[1] is None:
            return ""
        source = _resolved(path, match[2])
        names = [name.strip() for name in match[1].split(",") if name.strip()]
        for name in names:
            if variables.get(name.split(" as ")[0]) == source and " as " in name:
                raise ValueError(f"{path} imports a changing variable under another name: {name}.")
        constant = [name.replace(" as ", ": ") for name in names if variables.get(name) != source]
        return f"const {{ {', '.join(constant)} }} = modules[{_quoted(source)}];" if constant else ""

    def shared(match: re.Match[str]) -> str:
        for name in _names(match):
            if variables.setdefault(name, path) != path:
                raise ValueError(f"{path} and {variables[name]} both export a variable {name}.")
        return f"{match[1]} =" if match[2] else ""

    text = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)  # lines keep their numbers
    exported = [match[2] for match in EXPORT.finditer(text)]
    exported += [
        f"get {name}() {{ return {name}; }}" for match in VARIABLES.finditer(text) for name in _names(match)
    ]
    text = VARIABLES.sub(shared, EXPORT.sub(r"\1\2", IMPORT.sub(imported, text)))
    if unknown := UNKNOWN.search(text):
        raise ValueError(f"{path} cannot be joined with the others, because of: {unknown[0]}")
    text = text.replace("import.meta.url", f"new URL({_quoted(path)}, import.meta.url)")
    names = ", ".join(exported)
    return f"\n// {path}\nmodules[{_quoted(path)}] = (() => {{\n{text}\nreturn {{ {names} }};\n}})();\n"


def _names(variables: re.Match[str]) -> list[str]:
    """The variables that a line of `VARIABLES` exports."""
    return [variables[1]] if variables[2] else variables[3].split(", ")


def _quoted(path: str) -> str:
    return f'"{path}"'


@cache
def script() -> tuple[str, bytes]:
    """The page's one script: its address, which changes with its content, and its bytes."""
    content = joined(FRONTEND, ENTRIES).encode()
    return f"{FOLDER}page-{hashlib.sha256(content).hexdigest()[:16]}.js", content


def routes() -> list[BaseRoute]:
    """Routes to the script, and to the data that it asks for by itself. HTML and CSS come in the page."""
    address, content = script()
    files = {address: Kept(content, "text/javascript; charset=utf-8")}
    for path in FRONTEND.glob("*/*.json"):
        files[FOLDER + path.relative_to(FRONTEND).as_posix()] = Kept(path.read_bytes(), "application/json")
    return [Route(path, kept, methods=["GET"]) for path, kept in files.items()]
