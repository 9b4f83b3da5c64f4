"""Strokes as they are given: what is read, what is refused and what it costs, dots, and slips of the pen."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lenet.strokes import (
    MAX_POINTS,
    Stroke,
    as_strokes,
    checked_pen_width,
    draw,
    only_dots,
    without_slips,
)

FIVE = [np.array([[62, 31], [31, 30], [27, 58], [44, 52], [63, 66], [58, 89], [30, 90]]) * 1.0]


def scribble(seed: int) -> list[Stroke]:
    """Two strokes that wander about."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(25, 2)).cumsum(axis=0) for _ in range(2)]


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


def test_lists_are_read_as_arrays_are() -> None:
    """Strokes of lists, which are read all at once, become what each one's array is."""
    strokes = [*scribble(3), np.zeros((0, 2)), np.array([[0.1, 1e300]]), np.array([[-0.0, 5e-324]])]
    for read, array in zip(as_strokes([s.tolist() for s in strokes]), as_strokes(strokes), strict=True):
        assert read.dtype == array.dtype
        np.testing.assert_array_equal(read, array)


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
