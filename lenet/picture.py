"""From a picture of a digit to its ink.

The picture's border tells the ground: ink is whatever is darker or lighter than it, whichever reaches
further. Where the ground is transparent, ink is the alpha channel. A ground that isn't flat (a
photograph's shadows and paper grain, the fringes that JPEG leaves) is estimated all over the picture
and taken away, with it the noise and stray specks; a flat one passes unchanged.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

Picture = str | os.PathLike[str] | Image.Image | NDArray[Any]
Plane = NDArray[np.floating]

MAX_PIXELS = 64_000_000  # more than most cameras make; a guard against decompression bombs
MAX_SIDE = 16_384  # pixels; a stripe of few pixels would be resampled with a matrix of many
PHOTO_SIDE = 512  # pixels: photographs are reduced to this before their ground is looked for
FAINT = 12 / 255  # contrast below which a pixel tells ground from ink only by its neighbours
MAX_EXIF = 65_536  # bytes, the most that a JPEG holds; what is told in more of them is not looked at
CONTRAST = 3 / 255  # a picture with less contrast than this is blank


@dataclass(frozen=True, eq=False)
class PictureInk:
    """A picture's ink, and what was done to get it."""

    picture: Plane
    """(h, w) grey levels in [0, 1] as read, or the alpha channel; 1 = white or opaque."""
    ink: Plane
    """(h', w') in [0, 1], 1 = ink; smaller than `picture` where a photograph was reduced."""
    flat: bool
    """Whether the ground was flat, so that nothing had to be removed."""


def read_ink(picture: Picture, max_pixels: int = MAX_PIXELS) -> PictureInk:
    """The ink of a PIL image, an image file or a 2-D array of grey levels.

    Raises ValueError, in one sentence that names the file, for what cannot be read as a picture.
    """
    if isinstance(picture, np.ndarray):
        name, grey = "The array", _grey_array(picture)
        _check_size(grey.shape[::-1], name, max_pixels)
    elif isinstance(picture, Image.Image):
        name, grey = "The image", _grey_image(picture, "The image", max_pixels)
    else:
        name = os.fspath(picture)
        with open_image(picture, name, max_pixels) as image:
            grey = _grey_image(image, name, max_pixels)
    if 0 in grey.shape:
        raise ValueError(f"{name} has no pixels.")
    contrast = _contrast(grey)
    if not contrast.max() > CONTRAST:
        return PictureInk(grey, np.zeros_like(grey), flat=True)
    if _is_flat(contrast):
        return PictureInk(grey, contrast / contrast.max(), flat=True)
    return PictureInk(grey, _clean(grey), flat=False)


def open_image(
    source: str | os.PathLike[str] | IO[bytes],
    name: str,
    max_pixels: int,
    formats: tuple[str, ...] | None = None,
) -> Image.Image:
    """The image in a file, decoded; called `name` in the sentences of the ValueErrors raised.

    `formats`, as Pillow names them, are those that are read; None stands for all but PostScript.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on damaged files
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(source, formats=formats)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise ValueError(_too_large(name, max_pixels)) from None
    except FileNotFoundError:
        raise ValueError(f"{name} does not exist.") from None
    except IsADirectoryError:
        raise ValueError(f"{name} is a folder, not a picture.") from None
    except UnidentifiedImageError:
        raise ValueError(f"{name} is not a picture in a format that can be read.") from None
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise nearly anything for damaged files
        raise _unreadable(name, error) from None
    try:
        _decode(image, name, max_pixels)
    except ValueError:
        image.close()
        raise
    return image


def _decode(image: Image.Image, name: str, max_pixels: int) -> None:
    _check_size(image.size, name, max_pixels)  # known before anything is decoded
    if image.format == "EPS":  # a program, which Pillow would have Ghostscript run
        raise ValueError(f"{name} is PostScript; send or save it as a PNG.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.load()
    except Exception as error:  # noqa: BLE001 - Pillow's decoders raise nearly anything for damaged files
        raise _unreadable(name, error) from None


def _upright(image: Image.Image) -> Image.Image:
    """`image` turned as the camera noted; unturned where it cannot be made out what it noted."""
    told = image.info.get("exif") or image.info.get("Raw profile type exif") or b""
    if len(told) > MAX_EXIF:  # Pillow copies for each of its entries as much of it as the entry claims
        return image
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - as its decoders
        return image


def _unreadable(name: str, error: Exception) -> ValueError:
    return ValueError(f"{name} cannot be read as a picture: {' '.join(str(error).split()).rstrip('.')}.")


def _check_size(size: Sequence[int], name: str, max_pixels: int) -> None:
    if size[0] * size[1] > max_pixels:
        raise ValueError(_too_large(name, max_pixels))
    if max(size) > MAX_SIDE:
        raise ValueError(f"{name} is too long: at most {MAX_SIDE:,} pixels a side are read.")


def _too_large(name: str, max_pixels: int) -> str:
    return f"{name} is too large: at most {max_pixels:,} pixels are read."


def _grey_image(image: Image.Image, name: str, max_pixels: int) -> Plane:
    _decode(image, name, max_pixels)
    image = _upright(image)
    if image.mode.startswith(("I", "F")):  # 16 or 32 bits a pixel
        return _grey_array(np.asarray(image))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        alpha = np.asarray(image.getchannel("A"), dtype=np.float32) / 255
        if _border(alpha).min() < 0.5:
            return alpha
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    try:
        return np.asarray(image.convert("L"), dtype=np.float32) / 255
    except ValueError as error:  # a mode that Pillow cannot convert, as CIELAB
        raise _unreadable(name, error) from None


def _grey_array(array: NDArray[Any]) -> Plane:
    if array.ndim != 2:
        shape = "×".join(map(str, array.shape)) or "a single number"
        raise ValueError(f"The array has the shape {shape}; a picture is 2-D, rows × columns.")
    if array.dtype == bool or array.size == 0:
        return array.astype(np.float32)
    if not (np.issubdtype(array.dtype, np.integer) or np.issubdtype(array.dtype, np.floating)):
        raise ValueError(f"The array holds {array.dtype}; a picture is made of numbers.")
    if not np.isfinite(array).all():
        raise ValueError("The array has a value that is not a finite number.")
    low, high = float(array.min()), float(array.max())
    if low < 0:
        raise ValueError("The array has values below zero; grey levels start at 0.")
    for white in (1.0, 255.0, 65535.0):  # a mask or shares, 8 bits a pixel, 16 bits a pixel
        if high <= white:
            return (array / white).astype(np.float32)
    raise ValueError(f"The array has values up to {high:g}; grey levels end at 1, 255 or 65535.")


def _border(plane: Plane) -> Plane:
    return np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])


def _contrast(grey: Plane) -> Plane:
    """How far each pixel is from the ground, towards the side on which the ink is; 0 on the other."""
    difference = grey - np.median(_border(grey))
    return np.maximum(difference if difference.max() > -difference.min() else -difference, 0)


def _is_flat(contrast: Plane) -> bool:
    """Whether everything but ink and its soft edges has exactly the ground's grey level.

    Noise, shading and JPEG's fringes are faint pixels that lie further than an edge from any ink.
    """
    from scipy import ndimage

    strong = contrast > max(FAINT, contrast.max() / 4)
    near_ink = ndimage.binary_dilation(strong, iterations=3)
    return not ((contrast > 0) & ~near_ink).any()


def _clean(grey: Plane) -> Plane:
    """Ink of a picture whose ground isn't flat: without shading, noise and stray specks."""
    from scipy import ndimage  # only pictures with an uneven ground need it

    grey = _reduced(grey, PHOTO_SIDE)
    contrast = _contrast_to_local_ground(grey)
    # Spread of the ground's own grain: most pixels are ground, so the median is not moved by ink.
    grain = 1.4826 * float(np.median(np.abs(contrast - np.median(contrast))))
    smooth = ndimage.gaussian_filter(contrast, 0.7)
    peak = float(np.percentile(smooth, 99.8))
    if peak < max(5 * grain, CONTRAST * 4):
        return np.zeros_like(grey)
    inked = smooth > peak / 2
    full = float(np.median(smooth[inked]))
    low = max(0.3 * full, 3 * grain)
    ink = np.clip((smooth - low) / max(0.75 * full - low, 1e-6), 0, 1)
    labels, count = ndimage.label(ink > 0, structure=np.ones((3, 3)))
    mass = ndimage.sum_labels(ink, labels, range(1, count + 1))
    kept = np.concatenate([[False], mass >= 0.05 * mass.max()])
    return np.where(kept[labels], ink, 0).astype(np.float32)


def _reduced(grey: Plane, side: int) -> Plane:
    """`grey` with its longer side at most `side` pixels."""
    shrink = side / max(grey.shape)
    if shrink >= 1:
        return grey
    size = (max(1, round(grey.shape[1] * shrink)), max(1, round(grey.shape[0] * shrink)))
    return np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BOX))


def _contrast_to_local_ground(grey: Plane) -> Plane:
    """How far each pixel is from the ground around it, towards the side on which the ink is."""
    from scipy import ndimage

    small = _reduced(grey, 64)
    window = max(3, max(small.shape) // 2 | 1)  # wider than any stroke, so that ground prevails
    ground = ndimage.median_filter(small, size=window, mode="nearest")
    ground = ndimage.gaussian_filter(ground, window / 8, mode="nearest")
    height, width = grey.shape
    full = Image.fromarray(ground).resize((width, height), Image.Resampling.BILINEAR)
    difference = grey - np.asarray(full)
    dark, light = np.percentile(difference, [1, 99])
    return difference if light > -dark else -difference
