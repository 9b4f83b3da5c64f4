"""Pen strokes, and the ink they leave.

A drawing is a list of strokes, a stroke an (N, 2) array of pen positions (x to the right, y down, in
any one unit). Strokes say nothing about pixels, so they can be drawn at exactly the size that the
preprocessing wants: the longer side of the ink becomes 120 pixels, six for each cell of MNIST's 20×20
box, and the pen 15 pixels, MNIST's own median stroke width (12.5 % of the longer side). A digit drawn
small with a thick pen therefore reaches the network just as one drawn large with a thin pen does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Stroke = NDArray[np.float64]

SIDE = 120  # pixels, the longer side of the drawn ink: six for each of MNIST's 20 cells
PEN = 15  # pixels, the redrawn pen's width; odd, so that its disc has a middle pixel
# Pixels; so that a place halfway between two pixels goes the same way whatever its unit and offset.
TIE = 1e-6
DOT = 0.15  # pen widths; a pen that moved by less than this made a dot
SHORTEST = 0.5  # pen widths; a drawing none of whose strokes is longer is dots, not a digit
SLIP = 0.05  # of a drawing's longer side; see without_slips
MAX_POINTS = 3_000  # of one drawing; a digit has about a hundred
MAX_SAMPLES = 30_000  # of a drawing's path: 250 times across the ink


def as_strokes(drawing: Sequence[ArrayLike]) -> list[Stroke]:
    """`drawing` as float arrays of shape (N, 2); strokes without points are left out.

    Raises ValueError, in one sentence, for anything that is not a list of (N, 2) finite numbers. What it
    costs is bounded by the number of items, whatever they are.
    """
    drawing = list(drawing)  # a mapping, too, comes to what it holds
    if len(drawing) > MAX_POINTS:
        raise ValueError(f"The drawing has {len(drawing)} strokes; at most {MAX_POINTS} are read.")
    count = sum(len(points) for points in drawing if isinstance(points, (list, tuple, np.ndarray)))
    if count > MAX_POINTS:
        raise ValueError(f"The drawing has {count} points; at most {MAX_POINTS} are read.")
    return _read(drawing, 1)


def _read(drawing: Sequence[Any], first: int) -> list[Stroke]:
    """`drawing`, whose first stroke is number `first`, as arrays."""
    points = _from_lists(drawing)
    if points is not None:
        return [points[a:b] for a, b in pairwise(accumulate(map(len, drawing), initial=0)) if a < b]
    if len(drawing) > 1:  # half by half, which finds one wrong stroke among thousands at little cost
        half = len(drawing) // 2
        return _read(drawing[:half], first) + _read(drawing[half:], first + half)
    stroke = _from_anything(drawing[0], first)
    return [stroke] if len(stroke) else []


def _from_lists(drawing: Sequence[Any]) -> Stroke | None:
    """All points of strokes that are lists of [x, y], as JSON has them; None if anything is wrong or else.

    All at once: a drawing of dots costs no more than one of as many points in a single stroke.
    """
    if not set(map(type, drawing)) <= {list}:
        return None
    points = list(chain.from_iterable(drawing))
    if not (set(map(type, points)) <= {list} and set(map(len, points)) <= {2}):
        return None
    numbers = list(chain.from_iterable(points))
    if not set(map(type, numbers)) <= {int, float}:
        return None
    try:
        stroke = np.array(numbers, np.float64).reshape(-1, 2)
    except OverflowError:  # a whole number that no float can hold
        return None
    return stroke if np.isfinite(stroke).all() else None


def _from_anything(points: ArrayLike, number: int) -> Stroke:
    """Stroke `number` as an array; ValueError for what is none."""
    try:
        # As objects: NumPy would give each number among texts the room of the longest text.
        numbers = np.array(points, object) if isinstance(points, Sequence) else np.asarray(points)
        if numbers.dtype == object:
            kinds = set(map(type, numbers.ravel().tolist()))
            if bool in kinds or not all(issubclass(kind, Real) for kind in kinds):
                raise TypeError
        elif numbers.dtype.kind not in "iuf" and numbers.size:
            raise TypeError  # text, dates and complex numbers, some of which NumPy would convert
        stroke = numbers.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"Stroke {number} is not a list of [x, y] numbers.") from None
    if stroke.shape[:1] == (0,):
        return stroke
    if stroke.ndim != 2 or stroke.shape[1] != 2:
        shape = "×".join(map(str, stroke.shape)) or "a single number"
        raise ValueError(f"Stroke {number} has the shape {shape}; it must be N×2, x and y a point.")
    if not np.isfinite(stroke).all():
        raise ValueError(f"Stroke {number} has a coordinate that is not a finite number.")
    return stroke


def checked_pen_width(pen_width: float | None) -> float | None:
    """`pen_width` if it is None or a positive finite number; else ValueError."""
    if pen_width is None:
        return None
    if isinstance(pen_width, bool) or not isinstance(pen_width, (int, float, np.integer, np.floating)):
        raise ValueError(f"The pen width is {type(pen_width).__name__}; it must be a number.")
    try:
        width = float(pen_width)
    except OverflowError:  # a whole number that no float can hold
        width = float("inf")
    if not 0 < width < float("inf"):
        raise ValueError(f"The pen width is {width:g}; it must be a positive finite number.")
    return width


def without_slips(strokes: Sequence[Stroke]) -> list[Stroke]:
    """`strokes` without those that are a slip of the pen: a dot, well away from all the rest.

    A dot is a stroke smaller than `SLIP` of the rest; well away is outside of the rest's box by twice that.
    No digit is written with such a dot, and the box that the digit is scaled to would have to hold it.
    """
    if len(strokes) < 2:
        return list(strokes)
    points, starts = _joined(strokes)
    lows, highs = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
    with np.errstate(over="ignore"):
        spans = (highs - lows).max(axis=1)
        rest = spans >= SLIP * spans.max()
        low, high = lows[rest].min(axis=0), highs[rest].max(axis=0)
        size = (high - low).max()
        away = np.maximum(lows - high, low - highs).max(axis=1) > 2 * SLIP * size
    slip = (spans < SLIP * size) & away
    return [stroke for stroke, left_out in zip(strokes, slip, strict=True) if not left_out]


def only_dots(strokes: Sequence[Stroke], pen_width: float | None = None) -> bool:
    """Whether none of `strokes` (at least one) is long enough to be of a digit: `SHORTEST` of the pen's width.

    A tap of a finger, with what it trembles, is a dot however sure the network is that it is a 1.
    `pen_width` None stands for 12.5 % of the drawing's longer side.
    """
    points, starts = _joined(strokes)
    with np.errstate(over="ignore"):
        spans = np.maximum.reduceat(points, starts) - np.minimum.reduceat(points, starts)
        pen = PEN / SIDE * float(np.ptp(points, axis=0).max()) if pen_width is None else pen_width
    return not spans.max() > SHORTEST * pen


@dataclass(frozen=True)
class Frame:
    """Where a drawing's ink lies in the drawing's own units, and how it is drawn."""

    left: float
    top: float
    """The ink's top-left corner."""
    pixel: float
    """The side of one pixel of the ink, in the drawing's units."""
    pen: int
    """The redrawn pen's width in pixels; `pen * pixel` in the drawing's units."""


def frame(strokes: Sequence[Stroke], pen_width: float | None = None, *, pen: int = PEN) -> Frame:
    """How to draw `strokes` (at least one) so that the longer side of their ink is `SIDE` pixels.

    `pen_width`, in the strokes' unit, is the pen that the drawing was made with; it only decides how
    small a drawing can be and still have a shape: one whose pen moved by less than `DOT` of its own width
    stays a dot, as it looked. `pen`, an odd number of pixels, is the pen that the ink is drawn with.

    Raises ValueError for coordinates whose difference is beyond all numbers.
    """
    points = np.concatenate(strokes)
    low = points.min(axis=0)
    with np.errstate(over="ignore"):
        span = float((points.max(axis=0) - low).max())
    if not np.isfinite(span):
        raise ValueError("The drawing's coordinates are too large to be drawn.")
    if pen_width is not None and span < DOT * pen_width:
        pixel = pen_width / pen  # a dot, as it looked
    else:
        pixel = span / (SIDE - pen)
    if not pixel > 0:
        pixel = 1.0  # a dot of no known size: nothing but the pen is drawn, in whatever unit
    return Frame(float(low[0]) - pen / 2 * pixel, float(low[1]) - pen / 2 * pixel, pixel, pen)


def draw(strokes: Sequence[Stroke], pen_width: float | None = None, *, pen: int = PEN) -> NDArray[np.uint8]:
    """Ink (h, w) of 0 and 1, tight around the strokes; no pixels without strokes.

    See `frame`, also for the ValueError that it raises.
    """
    if not strokes:
        return np.zeros((0, 0), dtype=np.uint8)
    return draw_in(frame(strokes, pen_width, pen=pen), strokes)


def draw_in(place: Frame, strokes: Sequence[Stroke]) -> NDArray[np.uint8]:
    """Ink (h, w) of 0 and 1, tight around the strokes (at least one), drawn as `place`, their `frame`, says."""
    points, starts = _joined(strokes)
    return _dilate(_trace((points - points.min(axis=0)) / place.pixel, starts), place.pen)


def draw_on_pad(strokes: Sequence[Stroke], pixel: float, pixels: int, *, pen: int = PEN) -> NDArray[np.uint8]:
    """Ink (pixels, pixels) of 0 and 1 where `strokes` (at least one) lie on a pad whose corner is (0, 0).

    A pixel of the ink is `pixel` of the strokes' units wide. What lies beyond the pad is cut off, be it ever so far
    away; its pen, `pen` pixels wide, may reach in.
    """
    reach = pen // 2 + 1
    points, starts = _joined(strokes)
    with np.errstate(over="ignore"):
        points = (points / pixel).clip(-1e9, 1e9) - 0.5  # a pixel is where its middle is
    following = np.arange(1, len(points) + 1)
    following[[*starts[1:] - 1, -1]] -= 1  # behind a stroke's last point comes itself, as in a dot
    lines = _clipped(np.stack([points, points[following]], axis=1), -reach, pixels - 1 + reach)
    ink = np.zeros((pixels, pixels), np.uint8)
    if len(lines):
        trace = _trace((lines + reach).reshape(-1, 2), 2 * np.arange(len(lines)))
        drawn = _dilate(trace, pen)[reach + pen // 2 :, reach + pen // 2 :][:pixels, :pixels]
        ink[: drawn.shape[0], : drawn.shape[1]] = drawn
    return ink


def _clipped(lines: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """What of (N, 2, 2) lines lies within a square, (M, 2, 2), by Y.-D. Liang and B. A. Barsky (1984)."""
    start, step = lines[:, 0], lines[:, 1] - lines[:, 0]
    still = step == 0
    inside = ~(still & ((start < low) | (start > high))).any(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        edges = np.sort(np.stack([(low - start) / step, (high - start) / step]), axis=0)
    first = np.where(still, 0, edges[0]).max(axis=1).clip(0)
    last = np.where(still, 1, edges[1]).min(axis=1).clip(max=1)
    kept = inside & (first <= last)
    start, step, first, last = start[kept], step[kept], first[kept, None], last[kept, None]
    return np.stack([start + first * step, start + last * step], axis=1)


def _joined(strokes: Sequence[Stroke]) -> tuple[Stroke, NDArray[np.int64]]:
    """All points in one array, and where in it each stroke starts."""
    lengths = np.array([len(stroke) for stroke in strokes])
    return np.concatenate(strokes), np.cumsum(lengths) - lengths


def _trace(points: Stroke, starts: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The pixels that the pen's middle passes over, each stroke sampled once a pixel or more.

    A path longer than `MAX_SAMPLES` pixels is sampled more thinly: it covers the ink over and over, and the
    pen is wider than the gaps.
    """
    step = np.zeros_like(points)  # from each point to the next of its stroke
    step[:-1] = np.diff(points, axis=0)
    step[starts[1:] - 1] = 0
    samples = (np.abs(step).max(axis=1) + TIE).astype(np.int64) + 1  # a pixel apart at most
    samples = samples * MAX_SAMPLES // max(MAX_SAMPLES, int(samples.sum())) + 1  # n steps have n + 1 ends
    first = np.cumsum(samples) - samples
    part = (np.arange(samples.sum()) - np.repeat(first, samples)) / np.repeat(
        np.maximum(samples - 1, 1), samples
    )
    x, y = (
        (np.repeat(points[:, axis], samples) + part * np.repeat(step[:, axis], samples) + (0.5 + TIE)).astype(
            np.int64
        )
        for axis in (0, 1)
    )
    trace = np.zeros((int(y.max()) + 1, int(x.max()) + 1), dtype=np.uint8)
    trace[y, x] = 1
    return trace


def _dilate(centres: NDArray[np.uint8], pen: int) -> NDArray[np.uint8]:
    """`centres` stamped with a round pen of `pen` pixels: a run of each width for each of its rows."""
    height, width = centres.shape
    radius, wide = pen // 2, width + pen - 1
    # Rows one behind another, each with ground behind it that takes what a shift moves over its end:
    # a shift of a whole picture is then one of contiguous memory, which is twice as fast.
    line = np.zeros((height, wide), dtype=np.uint8)
    line[:, :width] = centres
    line = line.ravel()[: height * wide - 2 * radius]
    run = np.zeros(height * wide, dtype=np.uint8)
    ink = np.zeros((height + pen - 1) * wide, dtype=np.uint8)
    half_width = -1  # `run` holds `centres` widened by this many pixels on either side
    for row in range(radius, -1, -1):  # the disc's rows, from its shortest to its middle
        reach = int(np.sqrt((pen / 2) ** 2 - row**2))
        while half_width < reach:
            half_width += 1
            for shift in {radius - half_width, radius + half_width}:
                run[shift : shift + len(line)] |= line
        for shift in {radius - row, radius + row}:
            ink[shift * wide : shift * wide + len(run)] |= run
    return ink.reshape(-1, wide)
