"""What the Docker files promise, as far as it can be tried without Docker."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import httpx
import pytest
import yaml

from tests.server import ROOT, Server

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
LINES = re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines()
HADOLINT = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")


def instructions(name: str) -> list[str]:
    return [line.removeprefix(name).strip() for line in LINES if line.startswith(f"{name} ")]


ENVIRONMENT = dict(pair.split("=", 1) for pair in instructions("ENV")[0].split())


class Container(Server):
    """The image's command in the image's environment, as its user, where only one folder can be written."""

    def start(self) -> None:
        user = instructions("USER")[0].split(":")
        folder = self.log.parent / "tmp"
        folder.mkdir()
        (command,) = instructions("CMD")
        assert json.loads(command) == ["/opt/lenet/bin/python", "-m", "lenet_sketchpad"]
        self.environment = {name: value.replace("/tmp", str(folder)) for name, value in ENVIRONMENT.items()}
        self.environment |= {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        self.environment |= {"GRADIO_SERVER_PORT": str(self.port)}
        self.command = ["unshare", "--mount", "sh", "-euc", self.SCRIPT, sys.executable, str(folder), *user]
        super().start()

    # This Python may lie where other users cannot look, so that the right to read is left.
    SCRIPT = """
        mount -t tmpfs -o mode=1777 tmpfs "$1"
        mount -o remount,ro,bind /
        cd "$1"
        exec setpriv --reuid="$2" --regid="$3" --clear-groups --inh-caps=-all,+dac_read_search \
            --ambient-caps=+dac_read_search "$0" -m demo
    """


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """The page as the image runs it."""
    mounted = shutil.which("unshare") and subprocess.run(["unshare", "--mount", "true"], check=False)
    if not (mounted and mounted.returncode == 0 and os.getuid() == 0):
        pytest.skip("A read-only file system takes root and util-linux.")
    server = Container(tmp_path_factory.mktemp("container") / "log")
    yield server
    server.stop()


def test_runs_on_a_read_only_file_system(container: Container) -> None:
    """As user 1000, with nowhere to write but /tmp, the page is served and a digit read."""
    assert httpx.get(container.url, timeout=60).status_code == 200
    drawing = {"strokes": [[[70, 60], [205, 62], [130, 232]]]}
    assert httpx.post(container.url + "classify", json=drawing, timeout=60).json()["digit"] == 7


def test_the_health_check_finds_it_healthy(container: Container) -> None:
    """The image's own health check succeeds while the page is served."""
    (check,) = instructions("HEALTHCHECK")
    _, *arguments = json.loads(check.partition("CMD ")[2])
    subprocess.run([sys.executable, *arguments], env=container.environment, check=True)


@pytest.mark.skipif(not HADOLINT, reason="hadolint has no build for this system.")
def test_hadolint_has_nothing_to_say() -> None:
    """The Dockerfile keeps every rule of its linter."""
    told = subprocess.run(
        [str(HADOLINT), "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.stdout == ""
    assert told.returncode == 0


def test_pytorch_is_the_makefiles() -> None:
    """Image and checkout have the same PyTorch."""
    torch = re.search("^TORCH := (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert torch
    assert re.findall(r"\btorch==\S+", DOCKERFILE) == [torch[1]]


def test_what_is_copied_is_sent() -> None:
    """.dockerignore lets through what the Dockerfile copies and nothing else, and no caches."""
    rules = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = [name for line in instructions("COPY") if "--from" not in line for name in line.split()[:-1]]
    assert sorted(rule[1:] for rule in rules if rule.startswith("!")) == sorted(copied)
    assert rules[1] == "*"
    assert any(fnmatch("demo/__pycache__", rule) for rule in rules[2:])
    for name in copied:
        assert (ROOT / name).exists()


def test_compose_runs_several_hardened_processes() -> None:
    """Two processes of the page or more, each at its own port behind nginx, none with more rights than it needs."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    pages = [service for service in services.values() if service.get("build")]
    ports = {service["environment"]["GRADIO_SERVER_PORT"] for service in pages}
    assert len(ports) == len(pages) >= 2
    for service in services.values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert "/tmp" in service["tmpfs"]
    nginx = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    assert {*map(int, re.findall(r"server 127\.0\.0\.1:(\d+)", nginx))} == ports
    assert [*re.findall(r"listen (\d+)", nginx)] == [services["nginx"]["ports"][0].split(":")[-1]]
