"""What several test files share: a sample of MNIST's test set, made-up training sets, and an event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from numpy.typing import NDArray

from lenet import data
from lenet.data import PenDigit
from tests.made_up import WRITERS, pen_digit, unipen_segments

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]


@pytest.fixture(scope="session")
def sample() -> Sample:
    """500 pictures (500, 28, 28), 255 = ink, and their digits: the first fifty of each digit."""
    with np.load(Path(__file__).parent / "data" / "mnist-test-sample.npz") as file:
        return file["images"], file["labels"].astype(np.int64)


@pytest.fixture(scope="session")
def loop() -> Iterator[BlockingPortal]:
    """An event loop in a thread of its own, because Playwright's occupies the tests' thread."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> tuple[NDArray[np.uint8], list[PenDigit]]:
    """6,000 random pictures, and digits by 30 writers, as data's training sets; no test sets. UNIPEN's by 40 and one."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (6000, 28, 28), dtype=np.uint8)
    pen = [pen_digit(seed, writer) for writer in WRITERS for seed in range(2)]

    def source(content: Any) -> Callable[[str], Any]:
        def read(split: str) -> Any:
            assert split == "train", "A test set was opened."
            return content

        return read

    monkeypatch.setattr(data, "mnist", source((pictures, np.arange(6000) % 10)))
    monkeypatch.setattr(data, "pendigits", source(pen))
    monkeypatch.setattr(data, "unipen_characters", lambda category: unipen_segments())
    return pictures, pen
