"""UNIPEN's format by files written by hand, and what the real archive holds."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from lenet import data
from lenet.data import unipen
from tests.made_up import pack

# Components: 0 down, 1 in the air, 2 down, 3 down without points, 4 withheld, 5 down.
STROKES = b"""\
.WRITER_ID  a  b
.PEN_DOWN
1 10 0
2 20 5
3 30 9
.PEN_UP
.DT 40
.PEN_UP
4 40 12
.PEN_DOWN
\t5 -50 15
\t6 60 18
.START_BOX
.PEN_UP
.PEN_DOWN
.PEN_DOWN
0 0 0
.PEN_UP
.PEN_DOWN
7 70 0
8 80 1
.PEN_UP
"""


def read(
    delineation: str, strokes: bytes = STROKES, document: bytes = b".COORD X Y T\n"
) -> list[unipen.Segment]:
    """The digits of a page with one segment, its strokes and its documentation in files of their own."""
    segment = f'.VERSION 1.0\n.INCLUDE abc/abc.doc\n.INCLUDE abc/data/x.dat\n.SEGMENT CHARACTER {delineation} ? "5"\n'
    files = {
        "data/1a/abc/x.dat": segment.encode(),
        "data/1b/abc/x.dat": segment.encode().replace(b'"5"', b'"A"'),
        "include/abc/abc.doc": document,
        "include/abc/data/x.dat": strokes,
    }
    return unipen.segments(files, "digits")


@pytest.mark.parametrize(
    ("delineation", "expected"),
    [
        ("0", [[[1, -10], [2, -20], [3, -30]]]),
        ("0-2", [[[1, -10], [2, -20], [3, -30]], [[5, 50], [6, -60]]]),
        ("2-3", [[[5, 50], [6, -60]]]),
        ("0:1-0:2", [[[2, -20], [3, -30]]]),
        ("0:1-0:1", [[[2, -20]]]),
        ("0:2-2:0", [[[3, -30]], [[5, 50]]]),
        ("0:1-2", [[[2, -20], [3, -30]], [[5, 50], [6, -60]]]),
        ("0-2:0", [[[1, -10], [2, -20], [3, -30]], [[5, 50]]]),
        ("5,0:0-0:1", [[[7, -70], [8, -80]], [[1, -10], [2, -20]]]),
    ],
)
def test_delineations(delineation: str, expected: list[list[list[float]]]) -> None:
    """Components count from 0, a pen in the air only where it has points; points of one are told behind a colon."""
    (segment,) = read(delineation)
    assert [stroke.tolist() for stroke in segment.strokes] == expected
    assert (segment.label, segment.provider, segment.writer) == ("5", "abc", "a b")
    assert segment.source == f"data/1a/abc/x.dat {delineation}"


@pytest.mark.parametrize("delineation", ["4", "2-4", "3-5", "1", "3"])
def test_withheld_strokes(delineation: str) -> None:
    """A segment with a stroke that never leaves 0 0, or with none at all, is left out."""
    assert not read(delineation)


def test_other_units_across_than_up() -> None:
    """Where a tablet's y has other units than its x, it is brought to x's."""
    units = b".X_POINTS_PER_INCH 100\n.Y_POINTS_PER_INCH 200\n"
    (segment,) = read("0:0-0:1", document=units)
    assert [stroke.tolist() for stroke in segment.strokes] == [[[1, -5], [2, -10]]]


def test_a_page_without_its_own_folder_and_two_columns() -> None:
    """An included file may include others by a name in the provider's own folder; two columns are x and y."""
    files = {
        "data/1d/abc/x.dat": rb".INCLUDE abc/x.dat" + b"\n" + rb'.SEGMENT CHARACTER 0 OK  "\""' + b" \n",
        "include/abc/x.dat": b".INCLUDE sub/x.doc\n.PEN_DOWN\n3 4\n5 6\n.PEN_UP\n",
        "include/abc/sub/x.doc": b".WRITER_ID 7\n",
    }
    (sign,) = unipen.segments(files, "signs")
    assert (sign.label, sign.writer) == ('"', "7")
    assert [stroke.tolist() for stroke in sign.strokes] == [[[3, -4], [5, -6]]]


def test_a_provider_whose_delineations_are_wrong_is_left_out() -> None:
    """Nothing of the providers of WITHOUT is read."""
    files = {
        "data/1a/lou/x.dat": b'.INCLUDE lou/x.dat\n.SEGMENT CHARACTER 0 OK "1"\n',
        "include/lou/x.dat": b".PEN_DOWN\n3 4\n5 6\n.PEN_UP\n",
    }
    assert not unipen.segments(files, "digits")


def test_the_digest_is_of_contents(tmp_path: Path) -> None:
    """Order and packing make no difference to the digest; a path or a byte does; what is no archive has none."""
    files = {"b": b"1", "a": b"2"}
    digests = [
        unipen.digest(pack(tmp_path / str(number), some))
        for number, some in enumerate(
            (files, dict(reversed(files.items())), {"c": b"1", "a": b"2"}, files | {"a": b"3"})
        )
    ]
    assert digests[0] == digests[1]
    assert len({*digests, ""}) == 4
    broken = tmp_path / "broken"
    for content in (b"no archive", b"", (tmp_path / "0").read_bytes()[:60]):
        broken.write_bytes(content)
        assert unipen.digest(broken) == ""


def test_only_what_is_needed_is_kept(tmp_path: Path) -> None:
    """Of the public archive the licence, the pages of isolated characters and what these include are kept."""
    files = {
        "LICENSE": b"free",
        "data/1a/abc/x.dat": b".INCLUDE abc/abc.doc\n.INCLUDE abc/data/x.dat\n",
        "data/2/abc/y.dat": b".INCLUDE abc/data/y.dat\n",
        "include/abc/abc.doc": b"",
        "include/abc/data/x.dat": b".INCLUDE data/z.doc\n",
        "include/abc/data/y.dat": b"",
        "include/abc/data/z.doc": b"",
    }
    path = pack(
        tmp_path / "all.tar.gz", {f"train-552a4d4/{name}": content for name, content in files.items()}
    )
    unipen.keep(path)
    unwanted = {"data/2/abc/y.dat", "include/abc/data/y.dat"}
    assert unipen.read(path) == {name: content for name, content in files.items() if name not in unwanted}
    path.write_bytes(b"no archive")
    unipen.keep(path)
    assert path.read_bytes() == b"no archive"


@pytest.mark.skipif("LENET_DATA" not in os.environ, reason="reads the real archive, which LENET_DATA names")
def test_what_the_archive_holds() -> None:
    """So many characters, writers, providers and labels there are of each category."""
    counted = {}
    for category in unipen.CATEGORIES:
        segments = data.unipen_characters(category)
        assert all(np.isfinite(np.concatenate(segment.strokes)).all() for segment in segments)
        writers = {(segment.provider, segment.writer) for segment in segments}
        providers = {segment.provider for segment in segments}
        counted[category] = (
            len(segments),
            len(writers),
            len(providers),
            len({one.label for one in segments}),
        )
    assert counted == {
        "digits": (15_943, 267, 16, 10),
        "capitals": (28_053, 281, 16, 26),
        "letters": (61_312, 295, 19, 26),
        "signs": (17_205, 278, 17, 33),
    }
