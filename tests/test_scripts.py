"""The page's modules, joined: as JavaScript's own loader would run them, or refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from demo.scripts import COMMENT, FRONTEND, joined, script
from tests.deno import run
from tests.test_guard import client

__all__ = ["client"]

MODULES = {
    "a/main.js": """
import { count as counted, raise } from "../b/functions.js";
import {
  Box,
  later,
  level,
} from "../b/values.js";
import "./effect.js";

const name = "main"; // as another module has one
const local = (level) => level + 1; // not the shared one

export async function mount() {
  raise();
  raise();
  return [name, level, later, local(5), new Box().held, counted(), await Promise.resolve(1)];
}
export const where = () => new URL("data.json", import.meta.url).pathname.split("/").slice(-2).join("/");
export let started = false;
started = true;
""",
    "a/effect.js": """
import { raise } from "../b/functions.js";

raise();
""",
    "b/functions.js": """
import { set } from "./values.js";

const name = "functions";
let calls = 0;

export function raise() {
  set(++calls);
}
export const count = () => `${name} ${calls}`;
""",
    "b/values.js": """
/** @type {number} */
export let level = 0;
export let later, unused;
export class Box {
  held = "held";
}

export function set(value) {
  level = value;
  later = { value };
}
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A page's modules: with names that several have, values that change, and data beside them."""
    for path, text in MODULES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_joined_modules_do_what_modules_do(folder: Path) -> None:
    """Joined, the modules give what JavaScript's own loader makes of their files."""
    tell = "console.log(JSON.stringify([await mount(), where(), main.started]));"
    (folder / "apart.mjs").write_text(
        f'import * as main from "./a/main.js";\nconst {{ mount, where }} = main;\n{tell}'
    )
    (folder / "page.js").write_text(joined(folder, ("a/main.js",)))
    (folder / "together.mjs").write_text(
        'import { modules } from "./page.js";\nconst main = modules["a/main.js"];\n'
        f"const {{ mount, where }} = main;\n{tell}"
    )
    apart, together = run(folder / "apart.mjs"), run(folder / "together.mjs")
    assert apart == together == '[["main",3,{"value":3},6,"held","functions 3",1],"a/data.json",true]\n'


def test_a_module_runs_once_and_after_what_it_needs(folder: Path) -> None:
    """Each module stands in the script once, behind those that it imports from."""
    text = joined(folder, ("b/functions.js", "a/main.js"))
    order = [line[3:] for line in text.splitlines() if line.startswith("// ")]
    assert order == ["b/values.js", "b/functions.js", "a/effect.js", "a/main.js"]


def test_lines_of_comment_are_left_out(folder: Path) -> None:
    """Lines of nothing but comment are sent as empty lines; comments beside code stay."""
    text = """// Why.
/** @param {number} a */
export const f = (a) => `
  https://a.org/${a}`; // behind it
/**
 * More.
 */
export const g = /** @type {number} */ (
  // first
  f(1)
);
  /* a */ export const h = 1; /* b */
"""
    (folder / "commented.js").write_text(text)
    sent = joined(folder, ("commented.js",)).split("{\n", 1)[1].split("\nreturn")[0]
    assert sent.split("\n") == [
        *("", "", "const f = (a) => `", "  https://a.org/${a}`; // behind it", "", "", ""),
        *(
            "const g = /** @type {number} */ (",
            "",
            "  f(1)",
            ");",
            "  /* a */ export const h = 1; /* b */",
            "",
        ),
    ]


def test_no_text_of_the_page_looks_like_a_comment() -> None:
    """No line of a template literal begins as a comment does: it would be left out with them."""
    for path in FRONTEND.rglob("*.js"):
        for literal in re.findall("`[^`]*`", path.read_text("utf-8")):
            assert not COMMENT.search(literal.partition("\n")[2]), f"{path}: {literal}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('import { level as height } from "../b/values.js";', "under another name"),
        ('import "./other.js";', "a/other.js imports itself, by way of a/new.js"),
        ("export let level = 1;\nimport {level} from 'x'", "cannot be joined"),
        ('import { level } from "../b/values.js";\nexport default level;', "cannot be joined"),
        ('import * as values from "../b/values.js";', "cannot be joined"),
        ("export const { a } = {};", "cannot be joined"),
        ("export let a, b = 1;", "cannot be joined with the others, because of: export let a, b = 1;"),
        ('import { level } from "../b/values.js";\nimport "./third.js";', "both export a variable level"),
    ],
)
def test_what_cannot_be_joined_is_refused_at_the_start(folder: Path, text: str, words: str) -> None:
    """What the joining does not know ends in a sentence that names the file, never in a script that differs."""
    (folder / "a/new.js").write_text(text)
    (folder / "a/other.js").write_text('import "./new.js";')
    (folder / "a/third.js").write_text("export let level = 1;")
    with pytest.raises(ValueError, match=words):
        joined(folder, ("a/new.js" if "other" not in text else "a/other.js",))


def test_the_address_of_the_script_tells_its_content(client: TestClient) -> None:
    """The script lies at an address made of its content, as JavaScript, and at no other."""
    address, content = script()
    reply = client.get(address)
    assert reply.content == content
    assert reply.headers["content-type"].startswith("text/javascript")
    assert client.get(address.replace("page-", "page-0")).status_code == 404
