"""The shipped weights: where they lie, reading and writing them.

Beside a weights file lies its SHA-256 in a file of the same name and ".sha256", as sha256sum writes it.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from lenet.model import LeNet5

_HERE = Path(__file__).parent
# In a checkout the weights have a folder of their own; an installed package carries them inside.
WEIGHTS = next(
    (path for path in (_HERE / "model.safetensors",) if path.exists()),
    _HERE.parent / "weights" / "model.safetensors",
)
REJECTION = WEIGHTS.with_name("rejection.safetensors")  # the head that tells digits from other drawings
SNAPSHOTS = WEIGHTS.with_suffix(".snapshots.safetensors")  # of the shipped network's training
UNITS = WEIGHTS.with_name("units.npz")  # what its units answer to
RESULTS = WEIGHTS.with_name("results.json")  # what its evaluation measured


class WeightsError(Exception):
    """A weights file is missing, damaged or made for another network; the message says which."""


def load(path: str | Path = WEIGHTS) -> LeNet5:
    """LeNet5 with the weights in `path`, the shipped ones by default, in eval mode.

    Raises WeightsError if the file is missing, damaged or does not fit the network; the shipped file
    must also be the very one whose hash lies beside it.
    """
    model = LeNet5()
    fill(model, path, "python -m lenet.train")
    return model.eval()


def fill(model: nn.Module, path: str | Path, command: str) -> None:
    """Put the weights in `path` into `model`; `command` makes them. Raises WeightsError as `load` does."""
    try:
        model.load_state_dict(read(path, command))
    except RuntimeError:
        raise WeightsError(f"{path} holds weights of another network than {type(model).__name__}.") from None


def read(path: str | Path, command: str) -> dict[str, Tensor]:
    """The tensors in `path`, which `command` makes. Raises WeightsError if it is missing or damaged."""
    try:
        if Path(path) in (WEIGHTS, REJECTION, SNAPSHOTS) and _sha256(Path(path)) != _expected(Path(path)):
            raise WeightsError(f"{path} is not the file whose hash lies beside it. Restore both.")
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError as missing:
        raise WeightsError(
            f"{missing.filename or path} does not exist. Restore it from the repository, or make it: {command}"
        ) from None
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path} is damaged ({error}). Restore it from the repository.") from None


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """The SHA-256 of the shipped weights' file."""
    return _sha256(WEIGHTS)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _expected(path: Path) -> str:
    """The SHA-256 that lies beside `path`."""
    return _beside(path).read_text("ascii", "replace").partition(" ")[0]


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def metadata(path: str | Path = WEIGHTS) -> dict[str, Any]:
    """What is written in `path` about how its weights came to be; see `save`."""
    with safe_open(path, framework="pt") as file:
        return {key: json.loads(text) for key, text in file.metadata().items() if key != "format"}


def save(model: nn.Module, path: str | Path, about: dict[str, Any]) -> None:
    """Write the weights, as JSON in the file's metadata what is told `about` them, and their hash."""
    write({name: value.detach().contiguous() for name, value in model.state_dict().items()}, path, about)


def write(tensors: dict[str, Tensor], path: str | Path, about: dict[str, Any]) -> None:
    """Write `tensors` as `save` writes weights."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")  # a crash never leaves half a file behind
    text = {key: json.dumps(value) for key, value in about.items()}
    save_file(tensors, unfinished, metadata={"format": "pt", **text})
    hashed = f"{_sha256(unfinished)}  {path.name}\n"
    unfinished.replace(path)
    _beside(path).write_text(hashed, "ascii")
