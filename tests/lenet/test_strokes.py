"""Strokes and their ink against the distance to the pen's path, and what is refused."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet.strokes import (
    MAX_POINTS,
    PEN,
    SIDE,
    Stroke,
    as_strokes,
    checked_pen_width,
    draw,
    draw_in,
    draw_on_pad,
    frame,
    only_dots,
    without_slips,
)

FIVE = [np.array([[62, 31], [31, 30], [27, 58], [44, 52], [63, 66], [58, 89], [30, 90]]) * 1.0]


def scribble(seed: int) -> list[Stroke]:
    """Two strokes that wander about."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(25, 2)).cumsum(axis=0) for _ in range(2)]


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


@pytest.mark.parametrize("drawing", [[], [[]], [[], []], [np.zeros((0, 2))]])
def test_nothing_drawn_has_no_pixels(drawing: list[Any]) -> None:
    """Without points there are no strokes, and without strokes no pixels."""
    assert as_strokes(drawing) == []
    assert draw(as_strokes(drawing)).shape == (0, 0)


@pytest.mark.parametrize("kind", [list, tuple, np.array])
def test_strokes_of_any_kind(kind: Any) -> None:
    """Lists, tuples and arrays become the same float arrays, and empty strokes are left out."""
    first, second = as_strokes([kind([[1, 2], [3, 4]]), kind([]), kind([(5, 6)])])
    assert first.dtype == second.dtype == np.float64
    assert first.tolist() == [[1, 2], [3, 4]]
    assert second.tolist() == [[5, 6]]


@pytest.mark.parametrize(
    ("drawing", "sentence"),
    [
        ([[["a", "b"]]], "Stroke 1 is not a list of [x, y] numbers."),
        ([[["1", "2"]]], "Stroke 1 is not a list of [x, y] numbers."),
        ([np.array([[1j, 2]])], "Stroke 1 is not a list of [x, y] numbers."),
        ([[[0, 0]], [{"x": 1}]], "Stroke 2 is not a list of [x, y] numbers."),
        ([[[1, 2], [3]]], "Stroke 1 is not a list of [x, y] numbers."),
        ([[[10**400, 0]]], "Stroke 1 is not a list of [x, y] numbers."),
        (["zero"], "Stroke 1 is not a list of [x, y] numbers."),
        ([[["1", None]]], "Stroke 1 is not a list of [x, y] numbers."),
        ([[[True, False]]], "Stroke 1 is not a list of [x, y] numbers."),
        ([[[0, 0]]] * 100 + [[[0, None]]] + [[["a", 0]]], "Stroke 101 is not a list of [x, y] numbers."),
        ([[[]]], "Stroke 1 has the shape 1×0; it must be N×2, x and y a point."),
        ([1, 2], "Stroke 1 has the shape a single number; it must be N×2, x and y a point."),
        ([[1, 2], [3, 4]], "Stroke 1 has the shape 2; it must be N×2, x and y a point."),
        ([[[1, 2, 3]]], "Stroke 1 has the shape 1×3; it must be N×2, x and y a point."),
        ([[[[1, 2]]]], "Stroke 1 has the shape 1×1×2; it must be N×2, x and y a point."),
        ([[[0, np.nan]]], "Stroke 1 has a coordinate that is not a finite number."),
        ([[[0, 0]], [[-np.inf, 0]]], "Stroke 2 has a coordinate that is not a finite number."),
        ([[]] * 3001, "The drawing has 3001 strokes; at most 3000 are read."),
        ([[[0, 0]] * 6000, [[1, 1]] * 4001], "The drawing has 10001 points; at most 3000 are read."),
    ],
)
def test_what_is_no_drawing_is_refused(drawing: list[Any], sentence: str) -> None:
    """Anything but lists of finite (x, y) numbers is a ValueError of one sentence."""
    with pytest.raises(ValueError) as problem:
        as_strokes(drawing)
    assert str(problem.value) == sentence


def test_the_most_points_are_read() -> None:
    """A drawing of exactly MAX_POINTS points is still read."""
    assert len(as_strokes([[[0, 0]] * MAX_POINTS])[0]) == MAX_POINTS


def peak(work: Callable[[], Any]) -> int:
    """The most bytes that `work` holds at once, beyond those held before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def calls(work: Callable[[], Any]) -> int:
    """How many functions `work` calls, Python's and NumPy's."""
    count = 0

    def counted(*event: Any) -> None:
        nonlocal count
        count += event[1] in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


TEXT = "a" * 32_000
EDGE = (MAX_POINTS - 1) * [[1, 1]]
NO_DRAWINGS: dict[str, list[Any]] = {
    "a long text among numbers": [[TEXT] + [1] * (MAX_POINTS - 1)],
    "a long text among points": [[[TEXT, 1], *EDGE]],
    "a long text behind dots": [[point] for point in EDGE] + [[[TEXT, 1]]],
    "huge numbers": [[[10**4000, 1], *EDGE]],
    "lists in lists": [[[[[[[1] * 30] * 10] * 10] * 10]]],
    "as many strokes as a request has room for": [[]] * 21_000,
}


@pytest.mark.parametrize("name", NO_DRAWINGS)
def test_what_is_no_drawing_is_refused_cheaply(name: str) -> None:
    """No text, number or nesting, whatever its length, makes memory of more than its own size."""

    def refused() -> None:
        with pytest.raises(ValueError):
            as_strokes(NO_DRAWINGS[name])

    assert peak(refused) < 2_000_000


def test_dots_cost_what_a_stroke_of_as_many_points_costs() -> None:
    """As many strokes as there may be points are read and looked through with a few calls each."""
    dots = [[[i % 71, i // 71]] for i in range(MAX_POINTS)]
    assert calls(lambda: draw(without_slips(as_strokes(dots)))) < 8 * MAX_POINTS


def test_a_long_path_takes_no_more_room_than_a_short_one() -> None:
    """A pen that crosses the pad with each of the most points is followed in bounded steps."""
    crossing = [np.array([[9.0 * (i % 2), 9.0 * (i // 2 % 2)] for i in range(MAX_POINTS)])]
    assert peak(lambda: draw(crossing)) < 5_000_000


def test_a_long_paths_ink_is_whole() -> None:
    """A shape drawn over and over, beyond what is followed pixel by pixel, has the ink of the shape."""
    again = np.concatenate([FIVE[0], FIVE[0][-2:0:-1]] * (MAX_POINTS // 12))
    ink = draw([again])
    low = again.min(axis=0)
    scale = (SIDE - PEN) / (again - low).max()
    away = distances([(FIVE[0] - low) * scale + PEN // 2], *ink.shape)
    assert ink[away < PEN / 2 - 1.5].all()
    assert not ink[away > PEN / 2 + 1].any()


def test_lists_are_read_as_arrays_are() -> None:
    """Strokes of lists, which are read all at once, become what each one's array is."""
    strokes = [*scribble(3), np.zeros((0, 2)), np.array([[0.1, 1e300]]), np.array([[-0.0, 5e-324]])]
    for read, array in zip(as_strokes([s.tolist() for s in strokes]), as_strokes(strokes), strict=True):
        assert read.dtype == array.dtype
        np.testing.assert_array_equal(read, array)


def test_an_extent_beyond_numbers_is_refused() -> None:
    """Coordinates whose difference is no number any more are a ValueError of one sentence."""
    with pytest.raises(ValueError) as problem:
        draw(as_strokes([[[-1e308, 0], [1e308, 0]]]))
    assert str(problem.value) == "The drawing's coordinates are too large to be drawn."


def test_slips_beyond_numbers() -> None:
    """Beyond all numbers a dot is still away, and what is too large to be drawn is not left out; nothing warns."""
    far = np.array([[-1e308, 0], [-1e308, 1e308]])
    assert len(without_slips([far, np.array([[1e308, 1e308]])])) == 1
    both = without_slips([far, np.array([[-1e308, 0], [1e308, 0]])])
    assert len(both) == 2
    with pytest.raises(ValueError, match=r"too large to be drawn\.$"):
        draw(both)


@pytest.mark.parametrize("pen_width", [None, 1, 2.5, np.float32(2.5), np.int64(3)])
def test_pen_widths(pen_width: Any) -> None:
    """A positive finite number of any type is a pen width, and None stands for none."""
    assert checked_pen_width(pen_width) == pen_width


@pytest.mark.parametrize(
    ("pen_width", "sentence"),
    [
        (True, "The pen width is bool; it must be a number."),
        (np.True_, "The pen width is bool; it must be a number."),
        ("3", "The pen width is str; it must be a number."),
        ([3], "The pen width is list; it must be a number."),
        (3j, "The pen width is complex; it must be a number."),
        (np.complex128(3), "The pen width is complex128; it must be a number."),
        (0, "The pen width is 0; it must be a positive finite number."),
        (-1.5, "The pen width is -1.5; it must be a positive finite number."),
        (float("nan"), "The pen width is nan; it must be a positive finite number."),
        (float("inf"), "The pen width is inf; it must be a positive finite number."),
    ],
)
def test_bad_pen_widths_are_refused(pen_width: Any, sentence: str) -> None:
    """Anything else is a ValueError of one sentence."""
    with pytest.raises(ValueError) as problem:
        checked_pen_width(pen_width)
    assert str(problem.value) == sentence


def test_a_whole_number_beyond_floats_is_refused() -> None:
    """A pen width that no float can hold is a ValueError, too."""
    with pytest.raises(ValueError, match=r"^The pen width is .*number\.$"):
        checked_pen_width(10**400)


@pytest.mark.parametrize(
    ("spans", "pen_width", "dots"),
    [
        ([10.0], 20, True),
        ([10.1], 20, False),
        ([3.0, 0.0, 10.0], 20, True),
        ([3.0, 10.1, 0.0], 20, False),
        ([6.2], None, False),  # of one stroke alone: it is the drawing's longer side
        ([6.2, 100.0], None, False),
        ([0.0], None, True),
        ([1e308], 1e-300, False),
    ],
)
def test_dots_are_told_by_the_longest_stroke(spans: list[float], pen_width: float | None, dots: bool) -> None:
    """Strokes are only dots where none is longer, either way, than half of the pen's width."""
    across = [np.array([[40.0, 70], [40 + span, 70]]) for span in spans]
    down = [stroke[:, ::-1] for stroke in across]
    assert only_dots(across, pen_width) == only_dots(down, pen_width) == dots


@pytest.mark.parametrize(("apart", "dots"), [(15.9, False), (16.1, True)])
def test_without_a_pen_dots_are_told_by_the_drawings_size(apart: float, dots: bool) -> None:
    """Where the pen is not known, it stands for an eighth of the drawing's longer side, and half of that is a stroke."""
    points = [np.array([[0.0, 0], [1, 0]]), np.array([[3.0, apart]])]
    assert only_dots(points) == dots


@pytest.mark.parametrize("dot", [(95.0, 20.0), (5.0, 60.0), (45.0, 120.0)])
def test_a_slip_of_the_pen_is_left_out(dot: tuple[float, float]) -> None:
    """A dot well away from a digit does not blow up its box: the ink is the digit's alone."""
    slip = np.array([dot, (dot[0] + 2, dot[1] + 1)])
    assert len(without_slips([*FIVE, slip])) == len(FIVE)
    np.testing.assert_array_equal(draw(without_slips([slip, *FIVE])), draw(FIVE))


def test_what_belongs_to_the_drawing_stays() -> None:
    """A dot in or near the drawing, a short bar, dots alone and a lone stroke are no slips."""
    near = np.array([(66.0, 60.0)])
    bar = np.array([(75.0, 30.0), (85.0, 30.0)])
    for drawing in ([*FIVE, near], [*FIVE, bar], [near, near + 100], [near], []):
        assert len(without_slips(drawing)) == len(drawing)


def test_a_slip_is_small_and_far_for_the_drawings_size() -> None:
    """On both axes: smaller than 5 % of the rest's longer side, and away from its box by more than 10 %."""
    digit = np.array([[100.0, 200], [160, 200], [160, 300]])  # its longer side is 100
    away = {"right": (160, 250), "left": (100, 250), "above": (130, 200), "below": (130, 300)}
    sides = {"right": (1, 0), "left": (-1, 0), "above": (0, -1), "below": (0, 1)}
    for side, place in away.items():
        direction = np.array(sides[side], float)
        for far, size, slips in ((10.5, 4, 1), (9.5, 4, 0), (10.0, 4, 0), (10.5, 5, 0)):
            dot = np.array(place) + direction * (far + np.array([[0.0], [size]]))
            assert len(without_slips([dot, digit])) == 2 - slips, (side, far, size)
    two = [np.array([[175.0, 250]]), np.array([[130.0, 250]])]  # one away, the other within
    kept = without_slips([*two, digit])
    assert [len(stroke) for stroke in kept] == [1, 3]
    np.testing.assert_array_equal(kept[0], two[1])
