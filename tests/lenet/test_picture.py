"""Pictures of digits in every mode, photographed, turned and broken."""

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

from lenet import classify
from lenet.picture import PictureInk, read_ink
from lenet.preprocess import preprocess
from tests.hostile import POSTSCRIPT, chunk, exif_in_text, png_with

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]
SPECKS = [(12, 20), (15, 430), (200, 8), (380, 30), (385, 240), (370, 460), (190, 470)]


@pytest.fixture(scope="module")
def seven(sample: Sample) -> NDArray[np.uint8]:
    """The first digit of MNIST's test set, light on dark, with some room around it."""
    return np.pad(sample[0][0], 4)


def in_palette(grey: NDArray[np.uint8]) -> Image.Image:
    """A palette image with transparency in its palette: entry k is black and as opaque as k."""
    image = Image.fromarray(grey)
    image = Image.frombytes("P", image.size, image.tobytes())
    image.putpalette(bytes(768))
    image.info["transparency"] = bytes(range(256))
    return image


def with_alpha(grey: NDArray[np.uint8], mode: str, colour: Any) -> Image.Image:
    """Ink of a colour on transparent ground."""
    image = Image.new(mode, grey.shape[::-1], colour)
    image.putalpha(Image.fromarray(grey))
    return image


LOOKS: dict[str, Any] = {
    "light on dark": lambda grey: Image.fromarray(grey),
    "dark on light": lambda grey: Image.fromarray(255 - grey),
    "light on grey": lambda grey: Image.fromarray(np.round(51 + 0.8 * grey).astype(np.uint8)),
    "colours": lambda grey: Image.fromarray(255 - grey).convert("RGB"),
    "print colours": lambda grey: Image.fromarray(255 - grey).convert("CMYK"),
    "grey palette": lambda grey: Image.fromarray(255 - grey).convert("P"),
    "transparent palette": in_palette,
    "black on transparent": lambda grey: with_alpha(grey, "RGB", "black"),
    "white on transparent": lambda grey: with_alpha(grey, "RGB", "white"),
    "LA": lambda grey: with_alpha(grey, "L", 0),
    "opaque": lambda grey: Image.fromarray(255 - grey).convert("RGBA"),
    "16 bits": lambda grey: Image.fromarray(grey.astype(np.uint16) * 257),
    "32 bits": lambda grey: Image.fromarray(grey.astype(np.int32) * 257),
    "32 bits of float": lambda grey: Image.fromarray((grey / np.float32(255)).astype(np.float32)),
    "array of bytes": lambda grey: grey,
    "array of 16 bits": lambda grey: grey.astype(np.uint16) * 257,
    "array of floats": lambda grey: 1 - grey / 255,
    "array of Fortran order": lambda grey: np.asfortranarray(grey),
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_has_the_same_ink(look: str, seven: NDArray[np.uint8]) -> None:
    """Polarity, transparency, mode and depth don't change the ink of a picture with a flat ground."""
    read = read_ink(LOOKS[look](seven))
    assert read.flat
    np.testing.assert_allclose(read.ink, seven / seven.max(), atol=0.003)  # grey levels rounded to bytes


@pytest.mark.parametrize("colour", ["black", "white", "red"])
def test_on_transparent_ground_the_alpha_channel_is_the_picture(
    colour: str, seven: NDArray[np.uint8]
) -> None:
    """Where the ground is transparent, the picture is how opaque it is, whatever the colour."""
    read = read_ink(with_alpha(seven, "RGB", colour))
    np.testing.assert_allclose(read.picture, seven / 255, atol=1e-6)


@pytest.mark.parametrize("kind", ["1 bit", "array of truths"])
@pytest.mark.parametrize("inverted", [False, True])
def test_two_levels(kind: str, inverted: bool, seven: NDArray[np.uint8]) -> None:
    """A picture of two levels is ink and ground, whichever is the lighter."""
    ink = seven > 127
    array = ~ink if inverted else ink
    read = read_ink(Image.fromarray(array) if kind == "1 bit" else array)
    np.testing.assert_array_equal(read.ink, ink)


@pytest.mark.parametrize(("ground", "full"), [(250, 40), (0, 255), (120, 30), (30, 120), (128, 150)])
def test_a_flat_ground_is_only_stretched(ground: int, full: int, seven: NDArray[np.uint8]) -> None:
    """Ink on a flat ground is the distance from the ground, and its darkest pixel is 1."""
    grey = np.round(ground + (full - ground) * (seven / 255)).astype(np.uint8)
    read = read_ink(grey)
    distance = np.abs(grey.astype(float) - ground)
    assert read.flat
    np.testing.assert_allclose(read.ink, distance / distance.max(), atol=1e-6)
    np.testing.assert_allclose(read.picture, grey / 255, atol=1e-6)


def test_mnist_digits_are_flat(sample: Sample) -> None:
    """MNIST's own digits pass unchanged, the faintest grey level too."""
    for picture in sample[0]:
        read = read_ink(picture)
        assert read.flat
        np.testing.assert_allclose(read.ink, picture / picture.max(), atol=1e-6)


def photograph(digit: NDArray[np.uint8] | None, seed: int) -> NDArray[np.uint8]:
    """400×480: a digit 300 pixels high in grey ink on shaded, noisy, speckled paper."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:1:400j, 0:1:480j]
    paper = 235 - 60 * columns - 40 * rows**2
    if digit is not None:
        enlarged = Image.fromarray(digit).resize((300, 300), Image.Resampling.BICUBIC)
        paper[50:350, 90:390] *= 1 - 0.65 * np.asarray(enlarged) / 255
        for row, column in SPECKS:
            paper[row : row + 4, column : column + 4] *= 0.5
    return np.clip(paper + rng.normal(0, 5, paper.shape), 0, 255).round().astype(np.uint8)


@pytest.fixture(scope="module", params=[40, 65, 90])
def photographs(
    request: pytest.FixtureRequest, sample: Sample, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[NDArray[np.uint8], Path]]:
    """The sample's first picture of each digit and a JPEG of its photograph, of three qualities."""
    pictures, labels = sample
    folder = tmp_path_factory.mktemp("photographs")
    pairs = []
    for digit in range(10):
        clean = pictures[labels == digit][0]
        path = folder / f"{digit}.jpg"
        Image.fromarray(photograph(clean, digit)).save(path, quality=request.param)
        pairs.append((clean, path))
    return pairs


def test_a_photograph_reads_as_the_clean_picture(
    photographs: list[tuple[NDArray[np.uint8], Path]],
) -> None:
    """At least nine of ten digits are read the same photographed and clean."""
    same = [classify(clean).digit == classify(path).digit for clean, path in photographs]
    assert sum(same) >= 9


def test_a_photographs_ground_and_specks_go(
    photographs: list[tuple[NDArray[np.uint8], Path]],
) -> None:
    """A photograph isn't flat; nothing stays of its ground and specks, and the digit does stay."""
    for clean, path in photographs:
        read = read_ink(path)
        assert not read.flat
        assert read.ink.shape == (400, 480)
        ink = read.ink.copy()
        enlarged = Image.fromarray(clean).resize((300, 300), Image.Resampling.BICUBIC)
        strokes = np.asarray(enlarged) > 127
        assert (ink[50:350, 90:390][strokes] > 0.5).mean() > 0.9
        ink[50:350, 90:390] = 0
        assert not ink.any()


def test_a_photograph_is_reduced(sample: Sample) -> None:
    """A large photograph's ink has at most 512 pixels a side, and the picture stays as large as it was."""
    large = np.asarray(Image.fromarray(photograph(sample[0][0], 0)).resize((1440, 1200)))
    read = read_ink(large)
    assert read.picture.shape == (1200, 1440)
    assert max(read.ink.shape) == 512


@pytest.mark.parametrize("quality", [None, 40, 90])
@pytest.mark.parametrize("seed", range(4))
def test_a_blank_photograph_has_nothing_drawn(seed: int, quality: int | None, tmp_path: Path) -> None:
    """Shaded and noisy paper alone holds no ink."""
    blank: NDArray[np.uint8] | Path = photograph(None, seed)
    if quality:
        Image.fromarray(photograph(None, seed)).save(tmp_path / "blank.jpg", quality=quality)
        blank = tmp_path / "blank.jpg"
    read = read_ink(blank)
    assert not read.flat
    assert not read.ink.any()


@pytest.mark.parametrize("level", [0, 3, 128, 255])
def test_a_plain_picture_has_nothing_drawn(level: int) -> None:
    """A picture of one grey level holds no ink."""
    read = read_ink(np.full((30, 50), level, np.uint8))
    assert read.flat
    assert not read.ink.any()


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


def test_a_mode_that_cannot_be_read() -> None:
    """An image whose mode Pillow cannot turn into grey levels is refused in a sentence."""
    assert sentence(Image.new("LAB", (30, 30))).startswith("The image ")


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
    assert "is too large: at most 1,039 pixels are read." in sentence(picture, max_pixels=1039)
