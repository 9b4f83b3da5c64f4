"""Pictures of digits in every mode and photographed, and the ink that is found in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from lenet import classify
from lenet.picture import read_ink

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
    assert read.picture.dtype == read.ink.dtype == np.float32
    np.testing.assert_allclose(read.ink, seven / seven.max(), atol=0.003)  # grey levels rounded to bytes


@pytest.mark.parametrize("look", ["light on dark", "32 bits of float", "array of bytes", "array of 16 bits"])
def test_grey_levels_go_from_0_to_1(look: str, seven: NDArray[np.uint8]) -> None:
    """Whatever its depth, a picture's levels are shares of white, without an offset or a second scale."""
    np.testing.assert_allclose(read_ink(LOOKS[look](seven)).picture, seven / 255, atol=1e-6)


def test_a_hole_in_a_picture_shows_white_paper(seven: NDArray[np.uint8]) -> None:
    """Where the border is opaque, what is transparent or half so has white paper behind it."""
    image = with_alpha(255 - seven, "RGB", "black")
    np.testing.assert_allclose(read_ink(image).picture, seven / 255, atol=0.003)


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
        assert read.flat is False
        assert read.ink.shape == (400, 480)
        assert read.ink.dtype == np.float32
        assert read.ink.min() == 0
        assert read.ink.max() == 1
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
    assert read.ink.shape == (427, 512)


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
