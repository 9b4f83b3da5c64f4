"""What several test files share: the committed sample of MNIST's test set, and an event loop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from numpy.typing import NDArray

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
