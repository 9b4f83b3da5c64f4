"""UNIPEN's isolated digits, letters and signs as pen strokes, by some 270 writers of several countries.

I. Guyon, L. Schomaker, R. Plamondon, M. Liberman, S. Janet, "UNIPEN project of on-line data exchange and recognizer
benchmarks", ICPR 1994. Of its training set train_r01_v07 category 1 is read: text files in which strokes are counted
as components, and beside them others that tell which components are which character. The conditions of use ask
that no writer and no provider of the data be named as a person or a company: both go by the files' own codes.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lenet.strokes import Stroke

CATEGORIES = {"digits": "1a", "capitals": "1b", "letters": "1c", "signs": "1d"}
WITHOUT = ("lou",)  # this provider's delineations do not match its strokes
UNREADABLE = (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error)  # what a broken archive raises


@dataclass(frozen=True, eq=False)
class Segment:
    """One character: its strokes (tablet units, y down), what it is labelled as, and who wrote it."""

    strokes: list[Stroke]
    label: str
    provider: str
    writer: str
    """A code that is unique together with the provider's."""
    source: str
    """The file and the components in it: "data/1a/aga/….dat 169-170"."""


def segments(files: Mapping[str, bytes], category: str) -> list[Segment]:
    """All characters of `category`, a key of `CATEGORIES`, in `files`, contents by path.

    Left out are those with a stroke that was withheld, its points all 0 0, and those by the providers of `WITHOUT`.
    """
    folder = f"data/{CATEGORIES[category]}/"
    found = []
    for path in sorted(name for name in files if name.startswith(folder)):
        provider = path.split("/")[2]
        if provider in WITHOUT:
            continue
        text = files[path].decode("latin-1")
        page = _Page(_included(files, text, provider))
        for delineation, label in re.findall(r'(?m)^\.SEGMENT\s+\S+\s+(\S+)\s+\S+\s+"(.+)"\s*$', text):
            if strokes := page.strokes(delineation):
                character = re.sub(r"\\([\\\"])", r"\1", label)  # "\@" stays: a character that is not told
                found.append(Segment(strokes, character, provider, page.writer, f"{path} {delineation}"))
    return found


class _Page:
    """What a writer wrote in one go: components, each a stroke or the pen's way through the air, from 0."""

    def __init__(self, text: str) -> None:
        head, *rest = text.split("\n.PEN_")
        self.writer = " ".join(_told(head, "WRITER_ID").split())
        across, up = (_told(head, rf"{axis}_POINTS_PER_\w+") for axis in "XY")
        # The tablet's y points up, and may have other units than its x.
        self.scale = np.array([1.0, -float(across) / float(up) if across and up else -1.0])
        self.components: list[tuple[bool, str]] = []  # whether the pen was down, and the points
        for block in rest:
            kind, _, points = block.partition("\n.")[0].partition("\n")
            down = kind.strip() == "DOWN"
            if down or points.strip():  # a .PEN_UP without points is no component
                self.components.append((down, points))

    def strokes(self, delineation: str) -> list[Stroke]:
        """The strokes of "5", "5-7", "5:0-7:12" (points 0 to 12 of 7) or several of these; none if withheld."""
        strokes = []
        for part in delineation.split(","):
            first, _, last = part.partition("-")
            (start, first_point), (end, last_point) = _place(first), _place(last or first)
            for number in range(start, end + 1):
                down, text = self.components[number]
                points = _points(text)
                if len(points) and not points.any():
                    return []
                begin = first_point if number == start and first_point is not None else 0
                stop = last_point + 1 if number == end and last_point is not None else len(points)
                if down and stop > begin:
                    strokes.append(points[begin:stop] * self.scale)
        return strokes


def _place(text: str) -> tuple[int, int | None]:
    """A component's number, and that of a point in it if there is one."""
    component, _, point = text.partition(":")
    return int(component), int(point) if point else None


def _points(text: str) -> NDArray[np.float64]:
    """(N, 2): x and y, the first two columns; others, such as time and pressure, are left out."""
    columns = len(text.lstrip().partition("\n")[0].split()) or 2
    return np.fromstring(text, np.float64, sep=" ").reshape(-1, columns)[:, :2]


def _told(text: str, keyword: str) -> str:
    """What stands behind the last `keyword`, a regular expression, in `text`; "" if there is none."""
    found = re.findall(rf"(?m)^\.{keyword}[ \t]+(.*)$", text)
    return found[-1].strip() if found else ""


def _included(files: Mapping[str, bytes], text: str, provider: str) -> str:
    """`text` with each .INCLUDE line replaced by the file it names, and so on in that file."""
    if ".INCLUDE" not in text:
        return text

    def content(line: re.Match[str]) -> str:
        path = _path(files, line[1], provider)
        return _included(files, files[path].decode("latin-1"), provider)

    return re.sub(r"(?m)^\.INCLUDE\s+(\S+).*$", content, text)


def _path(files: Mapping[str, bytes], name: str, provider: str) -> str:
    """The path of an included file: under include/ or the provider's folder there."""
    path = f"include/{name}"
    return path if path in files else f"include/{provider}/{name}"


def read(path: Path) -> dict[str, bytes]:
    """The files of an archive, contents by path."""
    with tarfile.open(path) as archive:
        return dict(_files(archive))


def _files(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        if (file := archive.extractfile(member)) is not None:
            yield member.name, file.read()


def digest(path: Path) -> str:
    """The SHA-256 of an archive's contents: of "path, zero byte, SHA-256 of the file, newline", sorted by path.

    The bytes of an archive may differ from one packing of it to the next; "" for what is no archive.
    """
    try:
        files = read(path)
    except UNREADABLE:
        return ""
    lines = (f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n" for name in sorted(files))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def keep(path: Path) -> None:
    """Replace the archive of all of train_r01_v07, as its public source packs it, by one of category 1 alone.

    What is no archive stays as it is, for `digest` to refuse it.
    """
    try:
        with tarfile.open(path) as archive:  # all of it in a folder of its own
            files = {name.partition("/")[2]: content for name, content in _files(archive)}
    except UNREADABLE:
        return
    pages = [name for name in files if name.startswith(tuple(f"data/{one}/" for one in CATEGORIES.values()))]
    wanted = {name for name in files if "/" not in name}  # its licence, and where it is from
    while pages:
        name = pages.pop()
        if name not in wanted:
            wanted.add(name)
            provider = name.split("/")[2 if name.startswith("data/") else 1]
            included = re.findall(rb"(?m)^\.INCLUDE\s+(\S+)", files[name])
            pages += [_path(files, one.decode("latin-1"), provider) for one in included]
    with tarfile.open(path, "w:gz") as archive:
        for name in sorted(wanted):
            member = tarfile.TarInfo(name)
            member.size = len(files[name])
            archive.addfile(member, io.BytesIO(files[name]))
