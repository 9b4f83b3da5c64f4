"""What several test files share: the committed sample of MNIST's test set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]


@pytest.fixture(scope="session")
def sample() -> Sample:
    """500 pictures (500, 28, 28), 255 = ink, and their digits: the first fifty of each digit."""
    with np.load(Path(__file__).parent / "data" / "mnist-test-sample.npz") as file:
        return file["images"], file["labels"].astype(np.int64)
