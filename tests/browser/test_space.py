"""What a Hugging Face Space starts, shown as the Hub shows it: in an iframe of another site."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Page, expect

from tests.browser.digits import DIGITS
from tests.browser.other_site import other_site
from tests.browser.pad import Pad
from tests.server import ROOT, Server

# Any other user, who may read everything (this Python may lie in root's own folder) and write his own files only.
NOBODY = (
    "setpriv --reuid=nobody --regid=nogroup --clear-groups "
    "--inh-caps=-all,+dac_read_search --ambient-caps=+dac_read_search"
)


class Space(Server):
    """The entry point that the front matter names, with the repository as working directory."""

    def start(self) -> None:
        front = yaml.safe_load((self.cwd / "README.md").read_text("utf-8").split("---\n")[1])
        python = os.path.abspath(os.environ.get("SPACE_PYTHON", sys.executable))
        self.command = [python, front["app_file"]]
        if os.name == "posix" and os.getuid() == 0:
            if not shutil.which("setpriv"):
                pytest.skip("Root needs setpriv (util-linux) to start a server as another user.")
            self.command = [*NOBODY.split(), *self.command]
            for path in (self.cwd, *self.cwd.rglob("*")):
                shutil.chown(path, "nobody", "nogroup")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.cwd),
            "SYSTEM": "spaces",
            "SPACE_ID": "somebody/lenet-sketchpad",
            "SPACE_HOST": "somebody-lenet-sketchpad.hf.space",
            "GRADIO_SERVER_NAME": "0.0.0.0",
            "GRADIO_SERVER_PORT": str(self.port),  # 7860 on the Hub; may be taken here
        }
        super().start()


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    """A Space with the files that git knows, as they are now, without the tests."""
    # Not in pytest's folder, which is closed to other users.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        known = subprocess.run(
            ["git", "ls-files", "-z", ":!tests"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for file in known.stdout.split("\0")[:-1]:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, folder / file)

        class Repository(Space):
            cwd = folder

        server = Repository(tmp_path_factory.mktemp("space") / "log")
        yield server
        server.stop()


@pytest.fixture
def hub(space: Space) -> Iterator[str]:
    """The address of another site's page with the Space in an iframe."""
    with other_site(f'<iframe src="{space.url}" width="1000" height="900"></iframe>') as url:
        yield url


def test_a_digit_is_read_inside_another_sites_iframe(hub: str, page: Page) -> None:
    """A visitor of the Hub draws a digit in the iframe and has it read."""
    page.set_viewport_size({"width": 1040, "height": 940})
    page.goto(hub)
    frame = page.frame_locator("iframe")
    pad = Pad(page)
    pad.canvas, pad.status = frame.get_by_label("Drawing pad"), frame.get_by_role("status")
    expect(pad.status).to_have_text("Draw a digit")
    pad.draw(DIGITS[4])
    expect(pad.status).to_have_text(re.compile("^4"))


def test_the_server_is_an_ordinary_user(space: Space) -> None:
    """Nothing in the Space runs as root, as nothing does on the Hub."""
    status = Path(f"/proc/{space.process.pid}/status")
    if not status.exists():
        pytest.skip("Without /proc there is nothing to look at.")
    uids = re.search(r"^Uid:\s+(.*)$", status.read_text(), re.MULTILINE)
    assert uids
    assert "0" not in uids[1].split()
