"""Picture files: turned by the camera, damaged, too large, made by a stranger who means harm."""

from __future__ import annotations

import gc
import struct
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import EpsImagePlugin, Image, ImageFile

from lenet.picture import MAX_EXIF, PictureInk, read_ink
from lenet.preprocess import preprocess
from tests.hostile import POSTSCRIPT, chunk, exif_in_text, png_with

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]


@pytest.fixture(scope="module")
def seven(sample: Sample) -> NDArray[np.uint8]:
    """The first digit of MNIST's test set, light on dark, with some room around it."""
    return np.pad(sample[0][0], 4)


# What a camera notes as orientation, and how the picture was turned on its way to the sensor.
TURNED: dict[int, Any] = {
    1: lambda array: array,
    2: np.fliplr,
    3: lambda array: np.rot90(array, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda array: np.rot90(array, 1),
    7: lambda array: np.rot90(array, 2).T,
    8: lambda array: np.rot90(array, -1),
}


@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_the_cameras_orientation_is_honoured(
    orientation: int, suffix: str, seven: NDArray[np.uint8], tmp_path: Path
) -> None:
    """A picture whose EXIF data says that it lies on its side is read upright."""
    upright = seven[:, :30]
    path = tmp_path / f"turned.{suffix}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(TURNED[orientation](upright))).save(path, exif=exif, quality=100)
    np.testing.assert_allclose(read_ink(path).picture, upright / 255, atol=0.1)  # JPEG changes levels a bit


@pytest.mark.parametrize(("size", "turned"), [(MAX_EXIF, True), (MAX_EXIF + 1, False)])
def test_a_long_note_turns_nothing(size: int, turned: bool, tmp_path: Path) -> None:
    """The camera's note is followed up to the length that a JPEG holds; a longer one is not looked at."""
    note = Image.Exif()
    note[0x0112] = 6
    path = tmp_path / "noted.png"
    Image.new("L", (30, 40)).save(path, exif=note.tobytes().ljust(size, b"\0"))
    assert read_ink(path).picture.shape == ((30, 40) if turned else (40, 30))


def sentence(picture: Any, **options: int) -> str:
    """The one sentence with which a picture is refused."""
    with pytest.raises(ValueError) as problem:
        read_ink(picture, **options)
    text = str(problem.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that isn't there is named."""
    path = tmp_path / "none.png"
    assert sentence(path) == sentence(str(path)) == f"{path} does not exist."


def test_a_folder(tmp_path: Path) -> None:
    """A folder is named as one."""
    assert sentence(tmp_path) == f"{tmp_path} is a folder, not a picture."


@pytest.mark.parametrize("content", [b"", b"three\n", b"\x89PNG\r\n\x1a\n", bytes(1000)])
def test_a_file_that_is_no_picture(content: bytes, tmp_path: Path) -> None:
    """A file in no format of pictures is named."""
    path = tmp_path / "three.png"
    path.write_bytes(content)
    assert sentence(path) == f"{path} is not a picture in a format that can be read."


def test_a_name_that_no_file_can_have() -> None:
    """A name that the system cannot even look for is refused like any other."""
    assert "three\0.png" in sentence("three\0.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "tiff", "bmp", "qoi", "dds", "sgi"])
def test_a_truncated_file(suffix: str, seven: NDArray[np.uint8], tmp_path: Path) -> None:
    """A picture's first part is named, and what is wrong with it, whatever its format's decoder raises."""
    path = tmp_path / f"part.{suffix}"
    Image.fromarray(seven).convert("RGB").save(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 9 // 10])
    assert sentence(path).startswith(f"{path} cannot be read as a picture: ")
    gc.collect()  # a file left open warns in this test, not in a later one


def test_a_truncated_image(seven: NDArray[np.uint8], tmp_path: Path) -> None:
    """An image that Pillow opened and that turns out to be truncated is refused like its file."""
    path = tmp_path / "half.png"
    Image.fromarray(seven).save(path)
    path.write_bytes(path.read_bytes()[:200])
    with Image.open(path) as image:
        assert sentence(image).startswith("The image cannot be read as a picture: ")


@pytest.mark.parametrize("at", ["open", "load"])
def test_what_pillow_says_is_told_in_one_line(
    at: str, seven: NDArray[np.uint8], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason for which a file cannot be read is the end of the sentence, whatever lines it had."""

    def damaged(*_: object, **__: object) -> None:
        raise SyntaxError("broken  file\n(at 7)...")

    path = tmp_path / "seven.png"
    Image.fromarray(seven).save(path)
    if at == "open":
        monkeypatch.setattr(Image, "open", damaged)
    else:
        monkeypatch.setattr(ImageFile.ImageFile, "load", damaged)
    assert sentence(path) == f"{path} cannot be read as a picture: broken file (at 7)."
    gc.collect()  # a file left open warns in this test, not in a later one


def test_a_mode_that_cannot_be_read(tmp_path: Path) -> None:
    """An image whose mode Pillow cannot turn into grey levels is refused in a sentence that names it and the mode."""
    image, path = Image.new("LAB", (30, 30)), tmp_path / "lab.tiff"
    image.save(path)
    for picture, name in ((image, "The image"), (path, str(path))):
        assert sentence(picture).startswith(f"{name} cannot be read as a picture: ")
        assert "LAB" in sentence(picture)


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (np.zeros((0, 5)), "The array has no pixels."),
        (np.zeros((5, 0), np.uint8), "The array has no pixels."),
        (Image.new("L", (0, 5)), "The image has no pixels."),
        (np.zeros((8, 8, 3)), "The array has the shape 8×8×3; a picture is 2-D, rows × columns."),
        (np.zeros(8), "The array has the shape 8; a picture is 2-D, rows × columns."),
        (np.array(3.0), "The array has the shape a single number; a picture is 2-D, rows × columns."),
        (np.full((8, 8), None), "The array holds object; a picture is made of numbers."),
        (np.full((8, 8), "x"), "The array holds <U1; a picture is made of numbers."),
        (np.zeros((8, 8), complex), "The array holds complex128; a picture is made of numbers."),
        (np.full((8, 8), np.nan), "The array has a value that is not a finite number."),
        (np.diag([1, np.inf]), "The array has a value that is not a finite number."),
        (np.diag([1, -1]), "The array has values below zero; grey levels start at 0."),
        (np.diag([1, 65536]), "The array has values up to 65536; grey levels end at 1, 255 or 65535."),
    ],
)
def test_what_is_no_picture(picture: Any, expected: str) -> None:
    """An array or image without grey levels in two dimensions is refused in a sentence."""
    assert sentence(picture) == expected


def test_postscript_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostScript is a program: a file or an image of it is refused in a sentence, and Ghostscript not called."""
    ran: list[Any] = []
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *given, **_: ran.append(given))
    path = tmp_path / "seven.eps"
    path.write_bytes(POSTSCRIPT)
    assert sentence(path) == f"{path} is PostScript; send or save it as a PNG."
    with Image.open(path) as image:
        assert sentence(image) == "The image is PostScript; send or save it as a PNG."
    assert not ran


@pytest.mark.parametrize("told", [b"", b"garbage", b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff"])
@pytest.mark.parametrize("kind", [b"eXIf", b"tEXt"])
def test_a_note_that_cannot_be_read_turns_nothing(kind: bytes, told: bytes, tmp_path: Path) -> None:
    """EXIF data that is damaged, or none, leaves the picture as it lies."""
    data = b"Raw profile type exif\0\nexif\n7\n" + told if kind == b"tEXt" else told
    path = tmp_path / "noted.png"
    path.write_bytes(png_with(chunk(kind, data)))
    assert read_ink(path).picture.shape == (64, 64)


def test_notes_in_compressed_text_are_bounded(tmp_path: Path) -> None:
    """EXIF data that unpacks to more than a JPEG could hold makes no memory of what its entries claim."""
    path = tmp_path / "noted.png"
    path.write_bytes(exif_in_text())
    tracemalloc.start()
    try:
        read_ink(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("turned", [False, True])
def test_a_stripe_costs_what_its_pixels_cost(turned: bool) -> None:
    """A row of ink is resampled without the square around it, and one that is still longer is refused."""
    row = np.ones((1, 16_384), np.float32)
    row[0, 5:-5] = 0
    row = row.T if turned else row
    tracemalloc.start()
    try:
        steps = preprocess(read_ink(row).ink)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert steps.square is not None
    assert steps.square[2:] == (16_384, 16_384)
    assert sentence(np.ones((1, 16_385))) == "The array is too long: at most 16,384 pixels a side are read."


@pytest.fixture(scope="module")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small file of 169 million pixels."""
    path = tmp_path_factory.mktemp("huge") / "huge.png"
    Image.new("1", (13_000, 13_000)).save(path, compress_level=1)
    return path


@pytest.mark.parametrize("options", [{}, {"max_pixels": 1000}])
def test_too_many_pixels_are_never_decoded(
    options: dict[str, int], huge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture beyond the limit is refused by the size that its header tells, and is named."""

    def decoded(*_: object) -> None:
        raise AssertionError("The picture was decoded.")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decoded)
    limit = "1,000" if options else "64,000,000"
    assert sentence(huge, **options) == f"{huge} is too large: at most {limit} pixels are read."
    gc.collect()  # a file left open warns in this test, not in a later one


def test_a_decompression_bomb(tmp_path: Path) -> None:
    """A picture that Pillow itself refuses to open is refused in the same sentence."""
    path = tmp_path / "bomb.png"
    header = b"IHDR" + struct.pack(">IIBBBBB", 100_000, 100_000, 1, 0, 0, 0, 0)
    checksum = struct.pack(">I", zlib.crc32(header))
    data = struct.pack(">I", 1000) + b"IDAT"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + checksum + data)
    assert sentence(path) == f"{path} is too large: at most 64,000,000 pixels are read."


@pytest.mark.parametrize("picture", [Image.new("L", (40, 26)), np.zeros((26, 40))], ids=["image", "array"])
def test_max_pixels_counts_width_times_height(picture: Image.Image | NDArray[Any]) -> None:
    """max_pixels is the largest width × height that is read, of images and arrays alike."""
    assert isinstance(read_ink(picture, max_pixels=1040), PictureInk)
    name = "The image" if isinstance(picture, Image.Image) else "The array"
    assert sentence(picture, max_pixels=1039) == f"{name} is too large: at most 1,039 pixels are read."
