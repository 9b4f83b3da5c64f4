"""Write docs/api.md, the library's reference, from its docstrings: make api

The source is read, not run, so that the page is the same on every machine.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "api.md"
MODULES = (
    "lenet.prediction",
    "lenet.checkpoint",
    "lenet.rejection",
    "lenet.model",
    "lenet.strokes",
    "lenet.picture",
    "lenet.preprocess",
    "lenet.explain",
    "lenet.units",
    "lenet.experiment.vary",
    "lenet.experiment.changes",
    "lenet.experiment.conditions",
    "lenet.experiment.blending",
    "lenet.experiment.smallest",
    "lenet.experiment.learning",
    "lenet.experiment.words",
    "lenet.data.download",
    "lenet.data.digits",
    "lenet.data.characters",
    "lenet_sketchpad.sketchpad",
)
HEAD = """\
# The library

<!-- Written by `make api` from the docstrings. -->

`lenet` itself offers {names}; everything else is in its modules.

{contents}
"""


def parse(module: str) -> ast.Module:
    """A module's source; that of lenet_sketchpad is in demo/."""
    path = ROOT / module.replace("lenet_sketchpad", "demo").replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text("utf-8"))


def is_public(name: str) -> bool:
    """Whether a name is meant for others."""
    return not name.startswith("_")


def doc(node: ast.Module | ast.ClassDef | ast.FunctionDef, name: str) -> str:
    """A docstring; ValueError where a public name has none."""
    text = ast.get_docstring(node)
    if not text:
        raise ValueError(f"{name} has no docstring.")
    return text


def signature(function: ast.FunctionDef) -> str:
    """Arguments, without self, and what comes back."""
    arguments = ast.unparse(function.args).removeprefix("self, ").removeprefix("self")
    arguments = re.sub(r"(?<=\S)=(?=\S)", " = ", arguments)  # as ruff sets them; all are annotated
    return f"({arguments})" + (f" -> {ast.unparse(function.returns)}" if function.returns else "")


def fields(node: ast.ClassDef) -> Iterator[str]:
    """A dataclass's fields, each with the text below it."""
    for line, below in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(line, ast.AnnAssign) and is_public(ast.unparse(line.target)):
            text = ""
            if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
                text = ": " + " ".join(inspect.cleandoc(str(below.value.value)).split())
            yield f"- `{ast.unparse(line.target)}: {ast.unparse(line.annotation)}`{text}"


def describe(node: ast.ClassDef | ast.FunctionDef, module: str) -> Iterator[str]:
    """The paragraphs on a function or a class and its methods."""
    if isinstance(node, ast.FunctionDef):
        yield f"### `{node.name}{signature(node)}`"
        yield doc(node, f"{module}.{node.name}")
        return
    methods = {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}
    call = signature(methods["__init__"]).removesuffix(" -> None") if "__init__" in methods else ""
    yield f"### class `{node.name}{call}`"
    yield doc(node, f"{module}.{node.name}")
    if "__init__" in methods and (text := ast.get_docstring(methods["__init__"])):
        yield text
    if told := "\n".join(fields(node)):
        yield told
    for name, method in methods.items():
        if is_public(name):
            is_property = any(ast.unparse(mark).endswith("property") for mark in method.decorator_list)
            call = f": {ast.unparse(method.returns)}" if is_property and method.returns else signature(method)
            yield f"#### `{node.name}.{name}{call}`"
            yield doc(method, f"{module}.{node.name}.{name}")


def page() -> str:
    """The whole page as Markdown."""
    package = parse("lenet.__init__")
    names = next(
        ast.literal_eval(line.value)
        for line in package.body
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "__all__"
    )
    contents = "\n".join(f"- [`{name}`](#{name.replace('.', '')})" for name in MODULES)
    paragraphs = [HEAD.format(names=", ".join(f"`{name}`" for name in names), contents=contents).strip()]
    for module in MODULES:
        tree = parse(module)
        paragraphs += [f"## `{module}`", doc(tree, module)]
        for node in tree.body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and is_public(node.name):
                paragraphs += describe(node, module)
    return "\n\n".join(paragraphs) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
