"""The dearest requests of at most 64 KB that are known, for the tests and the benchmark.

`DRAWINGS` are legal and as dear as drawings get, `NO_DRAWINGS` are refused; both make the value of "strokes".
`PICTURES` make files: most are legal, and all cost more than their size promises.
"""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from lenet.strokes import MAX_POINTS

ROOM = 65_536  # bytes of a request
DOT = [[1, 1]]


def nested(depth: int) -> Any:
    """Lists in lists."""
    return json.loads("[" * depth + "]" * depth)


DRAWINGS: dict[str, Callable[[], list[Any]]] = {
    "dots": lambda: [[[i % 71, i // 71]] for i in range(MAX_POINTS)],
    "dots of long numbers": lambda: [[[i % 71 + 0.12345, i // 71 + 0.765]] for i in range(MAX_POINTS)],
    "crossing the pad": lambda: [[[9 * (i % 2), 9 * (i // 2 % 2)] for i in range(MAX_POINTS)]],
    "numbers of 300 digits": lambda: [[[10**300, 10**299]] * 90],
    "short strokes across the pad": lambda: [[[0, 0], [9, 9]]] * (MAX_POINTS // 2),
}

NO_DRAWINGS: dict[str, Callable[[], Any]] = {
    "a long text among numbers": lambda: [["a" * 32_500] + [1] * 15_900],
    "a long text in a stroke": lambda: [["a" * 50_000] + [1] * (MAX_POINTS - 1)],
    "a long text among points": lambda: [[["a" * 40_000, 1], *DOT * (MAX_POINTS - 1)]],
    "a text behind dots": lambda: [DOT] * (MAX_POINTS - 1) + [[["a", 1]]],
    "many texts": lambda: ["aaaa"] * 9_000,
    "empty strokes": lambda: [[]] * 21_000,
    "too many dots": lambda: [DOT] * 8_000,
    "numbers for strokes": lambda: [1] * 32_000,
    "numbers for points": lambda: [[1] * 32_000],
    "a point of many numbers": lambda: [[[1] * 32_000]],
    "empty points": lambda: [[[]] * 20_000],
    "objects for strokes": lambda: [{}] * 21_000,
    "nested deep": lambda: [nested(900)] * 30,
    "nested wide": lambda: [[[[]] * 16_000]],
    "a number of 4,000 digits": lambda: [[[10**4000, 1]] * 14],
    "truths": lambda: [[[True, False]] * (MAX_POINTS)],
}


def file_of(image: Image.Image, kind: str = "png", **options: Any) -> bytes:
    """`image` as a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def checkered(side: int = 1000, mode: str = "1") -> Image.Image:
    """Every second pixel black."""
    rows, columns = np.indices((side, side))
    return Image.fromarray(((rows + columns) % 2 * 255).astype(np.uint8)).convert(mode)


def speckled(side: int = 1000, period: int = 50) -> Image.Image:
    """A ground that isn't flat, with specks of ink all over it."""
    tile = np.random.default_rng(0).integers(200, 256, (period, period))
    tile[::4, ::4] = 0
    return Image.fromarray(np.tile(tile.astype(np.uint8), (side // period, side // period)))


def jpeg_of_scans(scans: int = 2000, side: int = 1000) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    blank = file_of(Image.new("L", (side, side), 128), "jpeg", progressive=True)
    at = blank.rindex(b"\xff\xda")
    scan = blank[at:-2]
    return blank[:-2] + scan * min(scans, (48_000 - len(blank)) // len(scan)) + b"\xff\xd9"


def chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG's chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_with(*chunks: bytes) -> bytes:
    """A small PNG with more chunks behind its header."""
    plain = file_of(Image.new("L", (64, 64)))
    return plain[:33] + b"".join(chunks) + plain[33:]


def exif(entries: int, size: int) -> bytes:
    """EXIF data of `size` bytes, of which each entry claims nearly all."""
    directory = b"".join(struct.pack("<HHII", i, 1, size - 10, 8) for i in range(entries))
    return (b"II*\0" + struct.pack("<IH", 8, entries) + directory + bytes(4)).ljust(size, b"\0")


def exif_in_text(entries: int = 3000, size: int = 100_000) -> bytes:
    """A PNG of 8 KB with EXIF data as compressed text."""
    text = f"\nexif\n{size:8d}\n".encode() + exif(entries, size).hex().encode()
    return png_with(chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text, 9)))


def texts() -> bytes:
    """A PNG of 45 KB whose texts unpack to 45 MB."""
    text = zlib.compress(b"a" * 1_000_000, 9)
    return png_with(*(chunk(b"zTXt", b"%d\0\0" % i + text) for i in range(45)))


def stripe(length: int, ends: int = 5) -> bytes:
    """One row of pixels with ink at both ends, whose square would have length² pixels."""
    row = np.full((1, length), 255, np.uint8)
    row[0, :ends] = row[0, -ends:] = 0
    return file_of(Image.fromarray(row))


POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\n{} loop\n%%EOF\n"

PICTURES: dict[str, Callable[[], bytes]] = {
    "checkered": lambda: file_of(checkered()),
    "checkered, 512 a side": lambda: file_of(checkered(512)),
    "checkered GIF": lambda: file_of(checkered(), "gif"),
    "checkered WebP": lambda: file_of(checkered(mode="RGB"), "webp", lossless=True),
    "checkered BMP": lambda: file_of(checkered(600), "bmp"),
    "speckled": lambda: file_of(speckled()),
    "speckled, transparent": lambda: file_of(Image.merge("LA", [speckled(500), speckled(500, 100)])),
    "a JPEG of 2,000 scans": jpeg_of_scans,
    "a JPEG of nearly 100 scans": lambda: jpeg_of_scans(85),
    "a JPEG": lambda: file_of(speckled().convert("RGB"), "jpeg", progressive=True, quality=1),
    "a stripe of 16,384": lambda: stripe(16_384),
    "a stripe of 1,000,000": lambda: stripe(1_000_000),
    "EXIF whose entries overlap": lambda: png_with(chunk(b"eXIf", exif(1500, 40_000))),
    "EXIF in compressed text": exif_in_text,
    "texts of 45 MB": texts,
    "PostScript that never ends": lambda: POSTSCRIPT,
    "JPEG 2000": lambda: file_of(checkered(256, "L"), "jpeg2000"),
    "TIFF": lambda: file_of(Image.new("1", (1000, 1000)), "tiff", compression="group4"),
    "ICO": lambda: file_of(checkered(256, "RGBA"), "ico"),
}


def as_url(content: bytes) -> str:
    """A file as the data URL that /classify reads."""
    return "data:image/png;base64," + base64.b64encode(content).decode()


def requests() -> dict[str, tuple[str, bytes]]:
    """Path and body of each of them, to every route that takes it, by name."""
    asked = {"layer": "c3", "unit": [5, 2, 7], "map": 15, "digit": 7, "other": 1, "change": "gaps"}
    bodies = {
        path: {key: asked[key] for key in keys}
        for path, keys in {
            "/predict": (),
            "/unit": ("layer", "unit"),
            "/partial-maps": ("map",),
            "/added": ("layer", "map"),
            "/contributions": ("digit", "other"),
            "/range": ("change",),
            "/training": (),
            "/smallest-change": ("digit",),
            "/classify": (),
        }.items()
    }
    found: dict[str, tuple[str, bytes]] = {}
    for path, rest in bodies.items():
        for name, strokes in (DRAWINGS | NO_DRAWINGS).items():
            found[f"{path}: {name}"] = (path, packed({"strokes": strokes()} | rest))
    found["/classify: all maps"] = ("/classify", packed({"strokes": DRAWINGS["dots"](), "maps": True}))
    for name, picture in PICTURES.items():
        found[f"/classify: {name}"] = ("/classify", packed({"picture": as_url(picture())}))
    return found


def packed(body: Any) -> bytes:
    """A body as short as JSON is."""
    return json.dumps(body, separators=(",", ":")).encode()
