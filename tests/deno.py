"""Runs JavaScript as a browser would, without a browser."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path

DENO = Path(sysconfig.get_path("scripts")) / "deno"


def run(script: Path) -> str:
    """What the module `script` prints; it may read files, and nothing else."""
    command = [str(DENO), "run", "--quiet", "--no-check", "--no-remote", "--allow-read", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
