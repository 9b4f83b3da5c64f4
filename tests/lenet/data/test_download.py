"""Fetching from a server that fails in every way, and reading files written by hand."""

from __future__ import annotations

import gzip
import hashlib
import io
import socket
import struct
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pooch
import pytest

from lenet import data
from lenet.data import DataError, characters, download, fetch, unipen
from lenet.data.download import ATTEMPTS, Source
from tests.made_up import pack

NAME = "mnist/tiny.gz"
GOOD = b"the right content" * 1000
BROKEN = b"the wrong content" * 1000
TRUNCATED = GOOD[:5000]

Reply = tuple[int, bytes, int]  # status, body, the length that the header tells
OK: Reply = (200, GOOD, len(GOOD))
WRONG: Reply = (200, BROKEN, len(BROKEN))
SHORT: Reply = (200, TRUNCATED, len(TRUNCATED))
CUT_OFF: Reply = (200, TRUNCATED, len(GOOD))  # the connection closes in the middle
ERROR: Reply = (503, b"", 0)


class Server(ThreadingHTTPServer):
    """Two mirrors, /one and /two, with what each replies in turn; the last reply is repeated."""

    replies: dict[str, list[Reply]]
    requests: list[str]

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(f"http://127.0.0.1:{self.server_port}{mirror}" for mirror in ("/one", "/two"))


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        replies = self.server.replies[self.path]
        status, body, length = replies.pop(0) if len(replies) > 1 else replies[0]
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder that downloads go to, in place of the user's own; LENET_DATA isn't set."""
    monkeypatch.delenv("LENET_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / project)
    return tmp_path / "lenet"


def set_source(monkeypatch: pytest.MonkeyPatch, urls: tuple[str, ...]) -> None:
    """Make NAME the one known file."""
    monkeypatch.setattr(download, "SOURCES", {NAME: Source(urls, hashlib.sha256(GOOD).hexdigest())})


@pytest.fixture
def server(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of the file NAME from two mirrors, both good until told otherwise."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.replies, server.requests = {"/one": [OK], "/two": [OK]}, []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        set_source(monkeypatch, server.urls)
        yield server
        server.shutdown()
        thread.join()


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_fetched_once(server: Server, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The right file is stored and not fetched again, without a word."""
    for _ in range(2):
        path = fetch(NAME)
        assert path == cache / NAME
        assert path.read_bytes() == GOOD
    assert server.requests == ["/one"]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("bad", [WRONG, SHORT, CUT_OFF], ids=["wrong", "short", "cut off"])
def test_a_broken_reply_is_reported_and_fetched_again(
    bad: Reply, server: Server, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A broken or truncated reply is told on stderr, and the same mirror is asked again."""
    server.replies["/one"] = [bad, OK]
    assert fetch(NAME).read_bytes() == GOOD
    assert server.requests == ["/one", "/one"]
    assert f"{server.urls[0]} sent a broken or truncated file" in capsys.readouterr().err


@pytest.mark.parametrize("bad", [WRONG, CUT_OFF, ERROR], ids=["wrong", "cut off", "503"])
def test_the_next_mirror_is_tried(bad: Reply, server: Server, cache: Path) -> None:
    """Where one mirror has no right copy, the next one's is stored."""
    server.replies["/one"] = [bad]
    assert fetch(NAME).read_bytes() == GOOD
    assert server.requests[-1] == "/two"
    assert files_in(cache) == [cache / NAME]


def test_a_file_that_stays_broken_is_given_up(server: Server, cache: Path) -> None:
    """When all mirrors fail ATTEMPTS times, a DataError tells all of it, and nothing bad is kept."""
    server.replies = {"/one": [SHORT], "/two": [WRONG]}
    with pytest.raises(DataError) as problem:
        fetch(NAME)
    assert server.requests == ["/one"] * ATTEMPTS + ["/two"] * ATTEMPTS
    assert not files_in(cache)
    for part in (NAME, *server.urls, "SHA-256", "LENET_DATA"):
        assert part in str(problem.value)


def test_a_broken_file_in_the_cache_is_replaced(
    server: Server, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What lies broken in the cache is told and fetched again."""
    (cache / NAME).parent.mkdir(parents=True)
    (cache / NAME).write_bytes(BROKEN)
    assert fetch(NAME).read_bytes() == GOOD
    assert f"{cache / NAME} is broken" in capsys.readouterr().err


def test_a_broken_file_in_the_cache_is_never_used(server: Server, cache: Path) -> None:
    """What lies broken in the cache is no way out where no mirror has a right copy."""
    (cache / NAME).parent.mkdir(parents=True)
    (cache / NAME).write_bytes(BROKEN)
    server.replies = {"/one": [ERROR], "/two": [ERROR]}
    with pytest.raises(DataError):
        fetch(NAME)


def test_of_an_archive_a_part_is_kept(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a source sends more than is needed, the file made of it is stored, once, if its contents are right."""
    files = {f"all/{name}": name.encode() for name in ("LICENSE", "data/1a/abc/x.dat", "data/2/abc/x.dat")}
    packed = pack(cache.with_name("sent"), files).read_bytes()
    server.replies["/one"] = [(200, packed[:40], 40), (200, packed, len(packed))]
    kept = pack(cache.with_name("kept"), {"LICENSE": b"LICENSE", "data/1a/abc/x.dat": b"data/1a/abc/x.dat"})
    source = Source(server.urls, unipen.digest(kept), unipen.digest, unipen.keep)
    monkeypatch.setattr(download, "SOURCES", {NAME: source})
    for _ in range(2):
        assert unipen.read(fetch(NAME)) == unipen.read(kept)
    assert server.requests == ["/one", "/one"]
    assert files_in(cache) == [cache / NAME]


def test_a_server_that_cannot_be_reached(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a server the DataError names the file and LENET_DATA, the way out."""
    with socket.socket() as unused:  # bound, so that nobody else listens there; never listening
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/one"
        set_source(monkeypatch, (url,))
        with pytest.raises(DataError) as problem:
            fetch(NAME)
    for part in (NAME, f"{url} could not be reached", "LENET_DATA"):
        assert part in str(problem.value)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that LENET_DATA names, with an empty mnist/ and pendigits/ in it."""
    monkeypatch.setenv("LENET_DATA", str(tmp_path))
    for name in ("mnist", "pendigits"):
        (tmp_path / name).mkdir()
    return tmp_path


def put(folder: Path, name: str, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a file whose content is thenceforth the right one."""
    (folder / name).write_bytes(content)
    monkeypatch.setitem(data.SOURCES, name, Source((), hashlib.sha256(content).hexdigest()))


def test_a_file_missing_from_lenet_data(folder: Path) -> None:
    """What LENET_DATA's folder lacks is named, and nothing is downloaded."""
    name = "pendigits/pendigits-train"
    with pytest.raises(DataError) as problem:
        fetch(name)
    expected = f"{folder / name} does not exist, but LENET_DATA names the folder it should be in."
    assert str(problem.value) == expected


def test_a_broken_file_in_lenet_data(folder: Path) -> None:
    """What is broken in LENET_DATA's folder is named and left as it is."""
    path = folder / "pendigits" / "pendigits-train"
    path.write_bytes(BROKEN)
    with pytest.raises(DataError) as problem:
        data.pendigits("train")
    assert str(problem.value) == f"{path} is broken (wrong SHA-256); replace it with a fresh copy."
    assert path.read_bytes() == BROKEN


@pytest.mark.parametrize("name", ["../tiny.gz", "mnist/other.gz"])
def test_only_known_files_are_fetched(name: str, folder: Path) -> None:
    """A name that is no key of SOURCES is not looked for."""
    with pytest.raises(KeyError):
        fetch(name)


def idx(array: np.ndarray) -> bytes:
    """An array of bytes in IDX format, gzipped."""
    head = struct.pack(f">HBB{array.ndim}i", 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes())


@pytest.mark.parametrize(("split", "prefix"), [("train", "train"), ("test", "t10k")])
def test_mnist_by_hand(split: str, prefix: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures come row by row as bytes, labels as whole numbers, each split from its own files."""
    pictures = np.arange(300, dtype=np.uint16).astype(np.uint8).reshape(5, 6, 10)
    put(folder, f"mnist/{prefix}-images-idx3-ubyte.gz", idx(pictures), monkeypatch)
    labels = np.array([7, 0, 9, 255, 1], np.uint8)
    put(folder, f"mnist/{prefix}-labels-idx1-ubyte.gz", idx(labels), monkeypatch)
    read, digits = data.mnist(split)
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, pictures)
    assert digits.dtype == np.int64
    assert digits.tolist() == [7, 0, 9, 255, 1]


PENDIGITS = """\
.INCLUDE        dene.doc

.LEXICON "0" "1"
.HIERARCHY      DIGIT

.SEGMENT DIGIT    0 ? "8"
.COMMENT 8  6  138
.PEN_DOWN
 273  323
 272  -327
.PEN_UP
.DT 100

.SEGMENT DIGIT    1-2 ? "4"
.COMMENT 4  13  139
.PEN_DOWN
 10  20
 11  21
 12  22
.PEN_UP
.DT 20
.PEN_DOWN
 1.5  0
.PEN_UP
.DT 5
"""


@pytest.mark.parametrize("split", ["train", "test"])
def test_pendigits_by_hand(split: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each digit has its strokes with y turned to point down, its label and its writer."""
    put(folder, f"pendigits/pendigits-{split}", PENDIGITS.encode(), monkeypatch)
    eight, four = data.pendigits(split)
    assert (eight.digit, eight.writer, four.digit, four.writer) == (8, 6, 4, 13)
    assert [stroke.tolist() for stroke in eight.strokes] == [[[273, -323], [272, 327]]]
    assert [stroke.tolist() for stroke in four.strokes] == [
        [[10, -20], [11, -21], [12, -22]],
        [[1.5, 0]],
    ]


@pytest.mark.parametrize("read", [data.mnist, data.pendigits])
def test_there_is_no_other_split(read: Callable[[str], object], folder: Path) -> None:
    """A split other than train and test is a KeyError, not a file."""
    with pytest.raises(KeyError):
        read("validation")


def test_omniglots_strokes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive's drawings are strokes with y down, with alphabet, character and drawer; the rest is skipped."""
    name = "omniglot/strokes_background_small1.zip"
    root = "strokes_background_small1/Latin/character04"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(f"__MACOSX/{root}/._0686_07.txt", "junk")
        file.writestr(f"{root}/", "")
        file.writestr(f"{root}/0686_07.txt", "START\n1,-2,0\n3.5,-4,50\nBREAK\n5,-6,90\nBREAK\n")
    (folder / "omniglot").mkdir()
    put(folder, name, packed.getvalue(), monkeypatch)
    (character,) = characters.omniglot()
    assert (character.alphabet, character.number, character.drawer) == ("Latin", 4, 7)
    assert [stroke.tolist() for stroke in character.strokes] == [[[1, 2], [3.5, 4]], [[5, 6]]]
