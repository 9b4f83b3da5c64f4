"""The files of data: fetched once from their public sources, and verified.

`LENET_DATA` may name a folder that holds the same files (mnist/…, pendigits/…, omniglot/…, unipen/…) instead; then
nothing is downloaded. Either way a file is read only if its SHA-256 is the known one.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lenet.data import unipen

ATTEMPTS = 3  # of each mirror, before the next one is tried


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Source:
    """A file's public addresses, tried in turn, and the SHA-256 of its one right content."""

    urls: tuple[str, ...]
    sha256: str
    digest: Callable[[Path], str] = _sha256
    keep: Callable[[Path], None] = lambda path: None
    """Makes, in its place, the file out of what an address sends."""


def _mnist(name: str, sha256: str) -> tuple[str, Source]:
    mirrors = (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    )
    return f"mnist/{name}.gz", Source(tuple(f"{mirror}{name}.gz" for mirror in mirrors), sha256)


def _omniglot(name: str, sha256: str) -> tuple[str, Source]:
    commit = "057f034baf2ecb8530bc5710e5a23584d2a519cc"
    mirror = f"https://raw.githubusercontent.com/brendenlake/omniglot/{commit}/python/"
    return f"omniglot/{name}", Source((mirror + name,), sha256)


def _pendigits(name: str, sha256: str) -> tuple[str, Source]:
    commit = "03382e1457941714439d40b67e53eaf117fe4d08"
    mirror = f"https://raw.githubusercontent.com/choucavalier/pendigits-hmm/{commit}/data/"
    return f"pendigits/{name}", Source((mirror + name,), sha256)


def _unipen(name: str, sha256: str) -> tuple[str, Source]:
    commit = "552a4d440bc94bb34710650c0826be7deb986f7c"
    url = f"https://github.com/GreenCappuccino/train_r01_v07/archive/{commit}.tar.gz"
    return f"unipen/{name}", Source((url,), sha256, unipen.digest, unipen.keep)


SOURCES = dict(
    (
        _mnist(
            "train-images-idx3-ubyte",
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        _mnist(
            "train-labels-idx1-ubyte",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
        _mnist(
            "t10k-images-idx3-ubyte",
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        _mnist(
            "t10k-labels-idx1-ubyte",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
        _pendigits(
            "pendigits-train",
            "a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4",
        ),
        _pendigits(
            "pendigits-test",
            "ddb1c19e277a56c7ffe682cc024d6ab73696f9adcc1643ef9ed5aa753007e081",
        ),
        _omniglot(
            "strokes_background_small1.zip",
            "8cb3960fb6cf4ccf5f064ad83169f828c36c36782a0f6e7faacb7ecfae4468a2",
        ),
        _unipen(
            "train_r01_v07-1abcd.tar.gz",
            "225677a25d81e830d7019190111befb4b1d2f729c600dc6c90ed0dee9d19d639",
        ),
    )
)


class DataError(Exception):
    """A data file is missing or broken and could not be had; the message says what to do."""


def fetch(name: str) -> Path:
    """Path of the verified file `name`, a key of `SOURCES`; downloaded if it is not there yet.

    Raises DataError if no right copy can be had.
    """
    source = SOURCES[name]
    if folder := os.environ.get("LENET_DATA"):
        return _checked(Path(folder) / name, source)
    # Only for those who train or evaluate; a visitor of the page never needs them.
    import pooch
    from requests.exceptions import ChunkedEncodingError

    logger = pooch.get_logger()
    logger.setLevel("WARNING")
    path = Path(pooch.os_cache("lenet")) / name
    if path.exists():
        if source.digest(path) == source.sha256:
            return path
        print(f"{path} is broken (wrong SHA-256): fetching it again.", file=sys.stderr)
    path.parent.mkdir(parents=True, exist_ok=True)
    download = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), timeout=30)
    unchecked = path.with_name(f".{path.name}.{os.getpid()}")
    reasons = []
    for url in source.urls:
        for _ in range(ATTEMPTS):
            try:
                download(url, str(unchecked), None)
                source.keep(unchecked)
                if source.digest(unchecked) == source.sha256:
                    unchecked.replace(path)
                    return path
            except ChunkedEncodingError:  # a connection that broke off
                pass
            except OSError as error:  # requests' exceptions are OSErrors
                reasons.append(f"{url} could not be reached ({type(error).__name__})")
                break
            finally:
                unchecked.unlink(missing_ok=True)
            reason = f"{url} sent a broken or truncated file (wrong SHA-256)"
            print(f"{reason}: trying again.", file=sys.stderr)
            reasons.append(reason)
    raise DataError(
        f"{name} could not be downloaded: {'; '.join(dict.fromkeys(reasons))}. Try again later, or put "
        f"the file into a folder as {name} and set LENET_DATA to that folder."
    )


def _checked(path: Path, source: Source) -> Path:
    if not path.is_file():
        raise DataError(f"{path} does not exist, but LENET_DATA names the folder it should be in.")
    if source.digest(path) != source.sha256:
        raise DataError(f"{path} is broken (wrong SHA-256); replace it with a fresh copy.")
    return path
