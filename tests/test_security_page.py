"""docs/security.md: every promise names a test."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROMISES = (ROOT / "docs" / "security.md").read_text("utf-8").partition("\n## ")[0]
ROWS = re.findall(r"^\| (.+?) \| (.+?) \|$", PROMISES, re.MULTILINE)


def test_every_promise_names_a_test_that_exists() -> None:
    """Each row's test stands in the file that it names."""
    promises = [row for row in ROWS if row[0] != "promise"]
    assert len(promises) >= 40
    for promise, test in promises:
        match = re.fullmatch(r"`(tests/.+\.py)::(test_\w+)`", test)
        assert match, promise
        assert re.search(rf"^def {match[2]}\(", (ROOT / match[1]).read_text("utf-8"), re.MULTILINE), promise
