"""What a running process uses, as Linux tells it."""

from __future__ import annotations

import re
from pathlib import Path


class Process:
    """A process by its number."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")

    def processor_ms(self) -> float:
        """Milliseconds of processor that its threads have had."""
        nanoseconds = 0
        for thread in (self._folder / "task").iterdir():
            try:
                nanoseconds += int((thread / "schedstat").read_text().split()[0])
            except FileNotFoundError:  # it has ended meanwhile
                continue
        return nanoseconds / 1e6

    def megabytes(self) -> float:
        """Resident memory."""
        return self._status("VmRSS")

    def forget_peak(self) -> None:
        """Begin anew with `peak_megabytes`."""
        (self._folder / "clear_refs").write_text("5")

    def peak_megabytes(self) -> float:
        """The most resident memory since `forget_peak`."""
        return self._status("VmHWM")

    def _status(self, name: str) -> float:
        text = (self._folder / "status").read_text("utf-8")
        return int(re.findall(rf"{name}:\s*(\d+) kB", text)[0]) / 1024
