"""The ink that strokes leave, against the distance to the pen's path."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet.strokes import MAX_POINTS, PEN, SIDE, Stroke, as_strokes, draw, draw_in, draw_on_pad, frame
from tests.lenet.test_strokes import FIVE, scribble


def distances(strokes: list[Stroke], height: int, width: int) -> NDArray[np.float64]:
    """(height, width) distances of whole-numbered points (x, y) from the nearest segment, one by one."""
    y, x = np.mgrid[:height, :width]
    nearest = np.full((height, width), np.inf)
    for stroke in strokes:
        for (x0, y0), (x1, y1) in pairwise(stroke):
            dx, dy = x1 - x0, y1 - y0
            t = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy or 1), 0, 1)
            nearest = np.minimum(nearest, np.hypot(x - x0 - t * dx, y - y0 - t * dy))
    return nearest


@pytest.mark.parametrize("strokes", [FIVE, scribble(0), scribble(1)], ids=["whole numbers", "0", "1"])
@pytest.mark.parametrize("scale", [1e-6, 0.1, 1, 3, 7, 1e6])
@pytest.mark.parametrize("offset", [(0, 0), (-3000, 70_000), (1e7, -1e7)])
def test_the_same_ink_in_any_unit_place_and_size(
    strokes: list[Stroke], scale: float, offset: tuple[float, float]
) -> None:
    """A drawing has the same ink wherever it lies and whatever it is measured in."""
    moved = [(stroke + offset) * scale for stroke in strokes]
    np.testing.assert_array_equal(draw(moved), draw(strokes))


@pytest.mark.parametrize("pen", [5, PEN, 29])
@pytest.mark.parametrize("seed", range(5))
def test_the_longer_side_is_side_pixels(seed: int, pen: int) -> None:
    """The ink is tight, and its longer side has SIDE pixels, whatever the pen."""
    ink = draw(scribble(seed), pen=pen)
    assert abs(max(ink.shape) - SIDE) <= 1
    assert all(edge.any() for edge in (ink[0], ink[-1], ink[:, 0], ink[:, -1]))
    assert set(np.unique(ink)) == {0, 1}


@pytest.mark.parametrize("pen", [5, PEN, 29])
@pytest.mark.parametrize("seed", range(5))
def test_ink_is_what_the_pen_reaches(seed: int, pen: int) -> None:
    """Pixels clearly nearer to the path than half a pen are ink, those clearly farther are not."""
    strokes = scribble(seed)
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (SIDE - pen) / (high - low).max()
    ink = draw(strokes, pen=pen)
    away = distances([(stroke - low) * scale + pen // 2 for stroke in strokes], *ink.shape)
    assert ink[away < pen / 2 - 1].all()
    assert not ink[away > pen / 2 + 1].any()


@pytest.mark.parametrize("pen", [5, PEN])
@pytest.mark.parametrize("seed", range(3))
def test_the_frame_tells_where_the_ink_lies(seed: int, pen: int) -> None:
    """Half a pen beyond the outermost points, in the drawing's own units: there the ink begins and ends."""
    strokes = [3 * stroke + (40, -700) for stroke in scribble(seed)]
    points = np.concatenate(strokes)
    place, half = frame(strokes, pen=pen), pen / 2 * frame(strokes, pen=pen).pixel
    height, width = draw_in(place, strokes).shape
    np.testing.assert_allclose((place.left, place.top), points.min(axis=0) - half)
    right, bottom = place.left + width * place.pixel, place.top + height * place.pixel
    np.testing.assert_allclose((right, bottom), points.max(axis=0) + half, atol=place.pixel)
    assert place.pixel == pytest.approx(np.ptp(points, axis=0).max() / (SIDE - pen))


@pytest.mark.parametrize(("pen_width", "width"), [(20.0, 20.0), (None, PEN)])
def test_a_dots_frame_is_its_pens_disc(pen_width: float | None, width: float) -> None:
    """A dot's ink is as wide as the pen that drew it, or a pixel a unit where no pen is known."""
    place = frame([np.array([[30.0, 7.0]])], pen_width)
    assert place.pen * place.pixel == pytest.approx(width)
    assert (place.left, place.top) == pytest.approx((30 - width / 2, 7 - width / 2))


def test_a_movement_is_a_dot_below_a_share_of_the_pen() -> None:
    """At 15 % of its own pen's width a movement has a shape, below it is a dot."""
    for span, pixel in ((3.0, 3 / (SIDE - PEN)), (2.99, 20 / PEN)):
        assert frame([np.array([[1.0, 1], [1, 1 + span]])], 20).pixel == pytest.approx(pixel)


PADS: dict[str, list[Stroke]] = {
    "on the pad": [np.array([[20.0, 30], [180, 40], [60, 210]]), np.array([[200.0, 200]])],
    "across its edges": [np.array([[-90.0, 60], [150, -80], [330, 190], [40, 300], [40, 120], [-60, 120]])],
    "from afar": [np.array([[-1e7, -1e7], [1e7, 1e7]]), np.array([[120.0, -1e12], [120, 1e12]])],
    "beside it": [
        np.array([[-60.0, 0], [-60, 240]]),
        np.array([[300.0, -50], [-90, 300]]),
        np.array([[900.0, 9]]),
    ],
    "along its edges": [np.array([[0.0, 0], [240, 0], [240, 240]]), np.array([[-7.0, 50], [-7, 90]])],
    "far away": [np.array([[1e300, 1e308], [-1e308, 1e308]])],
}


@pytest.mark.parametrize("pen", [1, 5, 9])
@pytest.mark.parametrize("name", PADS)
def test_ink_on_the_pad_is_what_the_pen_reaches(name: str, pen: int) -> None:
    """On a pad of 60×60 pixels the ink lies where the strokes do, as near as a pixel, and is cut off at its edges."""
    pixel, pixels = 4.0, 60
    ink = draw_on_pad(PADS[name], pixel, pixels, pen=pen)
    assert ink.dtype == np.uint8
    assert ink.shape == (pixels, pixels)
    middles = [(stroke / pixel - 0.5).clip(-1e9, 1e9) for stroke in PADS[name]]
    ends = [np.concatenate([stroke, stroke[-1:]]) for stroke in middles]  # a single point, too, has a segment
    away = distances(ends, pixels, pixels)
    assert ink[away < pen / 2 - 0.75].all()
    assert not ink[away > pen / 2 + 0.75].any()


def test_a_pixel_of_the_pad_is_where_its_middle_is() -> None:
    """A straight stroke's ink is exactly the pixels that it passes over, the pen's disc around each."""
    stroke = [np.array([[10.0, 21.0], [29.9, 21.0]])]
    expected = np.zeros((12, 12))
    expected[5, 2:8] = 1
    np.testing.assert_array_equal(draw_on_pad(stroke, 4, 12, pen=1), expected)
    expected[4:7, 2:8] = expected[5, 1:9] = 1
    np.testing.assert_array_equal(draw_on_pad(stroke, 4, 12, pen=3)[:, 3:7], expected[:, 3:7])


def test_y_points_down() -> None:
    """The first row of the ink is that of the smallest y."""
    ink = draw([np.array([[0.0, 0], [10, 0]]), np.array([[0.0, 0], [0, 20]])])
    assert ink[0].sum() > ink[-1].sum()


@pytest.mark.parametrize("times", [1, 2, 5])
@pytest.mark.parametrize("place", [(0, 0), (-7.25, 1e9)])
def test_a_dot_is_the_pens_disc(place: tuple[float, float], times: int) -> None:
    """A pen that did not move leaves the disc of its width, however often it was noted."""
    y, x = np.mgrid[-7:8, -7:8]
    disc = x**2 + y**2 <= 7.5**2
    np.testing.assert_array_equal(draw([np.array([place] * times, dtype=float)]), disc)


def test_a_single_point_beside_a_line_is_drawn() -> None:
    """A stroke of one point is a dot at its place among the others."""
    ink = draw([np.array([[0.0, 0], [0, 105]]), np.array([[60.0, 50]])])
    assert ink.shape == (SIDE, 75)
    assert ink[57, 67] == 1
    assert not ink[:40, 40:].any()


@pytest.mark.parametrize("movement", [1e-9, 0.01, 0.1, 0.14])
def test_a_tiny_movement_of_a_thick_pen_stays_a_dot(movement: float) -> None:
    """The ink of a tiny movement is as long for its width as what the pen drew: at most 1.5 times."""
    pen_width = 20.0
    height, width = draw([np.array([[3.0, 3], [3 + movement * pen_width, 3]])], pen_width).shape
    assert width <= (1 + movement) * height + 2


@pytest.mark.parametrize("pen_width", [None, 1e-9, 1.0, 40.0])
def test_the_pen_width_leaves_a_drawing_with_a_shape_alone(pen_width: float | None) -> None:
    """Any pen that moved by more than a fraction of its width leaves the same ink."""
    np.testing.assert_array_equal(draw(FIVE, pen_width), draw(FIVE))


@pytest.mark.parametrize("extent", [1e-300, 5e-324, 1e300])
def test_extreme_extents_are_drawn(extent: float) -> None:
    """A line is a line or, below what numbers can tell apart, a dot."""
    assert draw([np.array([[0, 0], [0, extent]])]).shape in {(SIDE, PEN), (PEN, PEN)}


def test_a_long_paths_ink_is_whole() -> None:
    """A shape drawn over and over, beyond what is followed pixel by pixel, has the ink of the shape."""
    again = np.concatenate([FIVE[0], FIVE[0][-2:0:-1]] * (MAX_POINTS // 12))
    ink = draw([again])
    low = again.min(axis=0)
    scale = (SIDE - PEN) / (again - low).max()
    away = distances([(FIVE[0] - low) * scale + PEN // 2], *ink.shape)
    assert ink[away < PEN / 2 - 1.5].all()
    assert not ink[away > PEN / 2 + 1].any()


def test_an_extent_beyond_numbers_is_refused() -> None:
    """Coordinates whose difference is no number any more are a ValueError of one sentence."""
    with pytest.raises(ValueError) as problem:
        draw(as_strokes([[[-1e308, 0], [1e308, 0]]]))
    assert str(problem.value) == "The drawing's coordinates are too large to be drawn."
