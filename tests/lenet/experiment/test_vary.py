"""A drawing under change: the library against drawings that were changed by hand, and the network as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from lenet import classify
from lenet.experiment import Conditions, blend, vary
from lenet.experiment.blending import Blend
from lenet.experiment.changes import CHANGES, changed_strokes, finely
from lenet.experiment.vary import blended, changed

SEVEN: Any = [[[70.0, 60], [205, 62], [130, 232]]]
FOUR: Any = [[[100.0, 50], [80, 150], [200, 150]], [[170, 60], [165, 240]]]
ONE: Any = [[[140.0, 40], [138, 240]]]
AS_DRAWN = Conditions(centred=False)


def box(strokes: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The middle and the size of what was drawn."""
    points = np.concatenate([np.array(stroke, float) for stroke in strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2, high - low


@pytest.mark.parametrize("conditions", [Conditions(), AS_DRAWN, Conditions(redrawn=False)])
@pytest.mark.parametrize("name", CHANGES)
def test_no_change_is_the_reading_itself(name: str, conditions: Conditions) -> None:
    """At the value that changes nothing stands the drawing as it is, under the same conditions."""
    found = vary(FOUR, name, [CHANGES[name].none], 20, conditions=conditions)
    plain = changed(FOUR, "turn", 0, 20, conditions=conditions)
    np.testing.assert_array_equal(found.inputs[0], plain.input)
    if conditions == Conditions():
        np.testing.assert_array_equal(plain.input, classify(FOUR, 20).input)
        np.testing.assert_allclose(found.probabilities[0], plain.probabilities, atol=1e-5)
        np.testing.assert_array_equal(plain.probabilities, classify(FOUR, 20).probabilities)
        assert found.is_digit[0] == pytest.approx(classify(FOUR, 20).is_digit, abs=1e-5)


@pytest.mark.parametrize("name", CHANGES)
def test_a_whole_range_is_its_single_readings(name: str) -> None:
    """What a batch says of a value, the drawing read alone at that value says too, with all layers."""
    found = vary(FOUR, name, pen_width=20)
    assert len(found.values) == 41
    assert CHANGES[name].none in found.values
    for i in (0, 7, 20, 40):
        alone = changed(FOUR, name, found.values[i], 20)
        np.testing.assert_array_equal(found.inputs[i], alone.input)
        np.testing.assert_allclose(found.probabilities[i], alone.probabilities, atol=1e-5)
        assert found.digits[i] == alone.digit
        assert alone.is_digit is None or found.is_digit[i] == pytest.approx(alone.is_digit, abs=1e-5)


BY_HAND: dict[str, tuple[float, Any]] = {
    "move x": (0.1, lambda p, middle: p + np.array([28, 0])),
    "move y": (-0.05, lambda p, middle: p - [0, 14]),
    "size": (0.5, lambda p, middle: (p + middle) / 2),
    "turn": (90, lambda p, middle: (p - middle)[:, ::-1] * [-1, 1] + middle),  # right becomes down
    "slant": (45, lambda p, middle: p - (p - middle)[:, 1:] * [1, 0]),
    "stretch": (4, lambda p, middle: (p - middle) * [2, 0.5] + middle),
}


@pytest.mark.parametrize("conditions", [Conditions(), AS_DRAWN, Conditions(redrawn=False)])
@pytest.mark.parametrize("name", BY_HAND)
def test_a_changed_drawing_is_one_drawn_so(name: str, conditions: Conditions) -> None:
    """A drawing moved, sized, turned, slanted or stretched is read as if somebody had drawn it there."""
    value, by_hand = BY_HAND[name]
    middle, _ = box(FOUR)
    drawn = [by_hand(np.array(stroke), middle) for stroke in FOUR]
    found = vary(FOUR, name, [value], 20, conditions=conditions)
    np.testing.assert_array_equal(found.inputs[0], changed(drawn, "turn", 0, 20, conditions=conditions).input)


def test_centring_makes_place_and_size_nothing() -> None:
    """As it always is, no place and no size on the pad changes anything; without centring both do."""
    for name in ("move x", "move y", "size"):
        always = vary(SEVEN, name, pen_width=20)
        assert (always.inputs == always.inputs[20]).all(), name
        assert always.digits == [7] * 41
        assert len(set(vary(SEVEN, name, pen_width=20, conditions=AS_DRAWN).digits)) > 1, name


def test_without_centring_it_is_the_pads_picture() -> None:
    """The input without centring is the pad painted by another program and shrunk to 32×32."""
    scale = 32  # pixels a cell
    image = Image.new("L", (32 * scale, 32 * scale))
    pen = ImageDraw.Draw(image)
    width = 15 / 6 * scale  # MNIST's pen: 2.5 cells
    for stroke in FOUR:
        points = [(x / 280 * 32 * scale, y / 280 * 32 * scale) for x, y in stroke]
        pen.line(points, fill=255, width=round(width))
        for x, y in points:
            pen.circle((x, y), width / 2, fill=255)
    painted = np.asarray(image).reshape(32, scale, 32, scale).mean(axis=(1, 3)) / 255
    found = changed(FOUR, "turn", 0, 20, conditions=AS_DRAWN).input
    assert np.abs(found - painted).mean() < 0.006
    assert np.abs(found - painted).max() < 0.35, "an edge may lie a sixth of a cell off"


def test_what_leaves_the_pad_is_cut_off() -> None:
    """Without centring, a drawing moved beyond the edge is cut there, and one that has left is nothing."""
    found = vary(ONE, "move x", [0, 0.48, 0.7, 1e6], 20, conditions=AS_DRAWN)
    ink = found.inputs.sum(axis=(1, 2))
    assert 0 < ink[1] < 0.9 * ink[0]
    assert ink[2] == ink[3] == 0
    assert found.digits[2:] == [None, None]
    assert np.isnan(found.is_digit[2:]).all()


@pytest.mark.parametrize("centred", [True, False])
def test_the_pen_as_drawn_is_as_wide_as_it_was(centred: bool) -> None:
    """With the pen as drawn, an upright line is as wide as its pen was beside its length."""
    conditions = Conditions(centred=centred, redrawn=False)
    for pen_width in (25, 60):  # a thinner one's cells are darkened, as MNIST's are
        picture = changed(ONE, "turn", 0, pen_width, conditions=conditions).input
        width = picture[16].sum()
        # Centred, the line with its round ends is 20 cells long; as it is, the pad's 280 units are 32 cells.
        cells = 20 / (200 + pen_width) if centred else 32 / 280
        assert width == pytest.approx(pen_width * cells, abs=0.4)


def test_the_pens_width_grows_by_its_factor() -> None:
    """A pen of twice the width leaves a line twice as wide."""
    found = vary(ONE, "pen width", [0.5, 1, 2], 20, conditions=AS_DRAWN)
    assert found.inputs[:, 16].sum(axis=1).tolist() == pytest.approx([1.25, 2.5, 5], abs=0.25)


def test_gaps_leave_out_their_share_of_the_line() -> None:
    """So much of the whole line is left out as was asked for, and what is left lies on it."""
    for share in (0.2, 0.5, 0.8):
        strokes = [np.array(stroke) for stroke in FOUR]
        left = changed_strokes(strokes, "gaps", share, 280)
        whole, kept = (
            sum(np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in drawing)
            for drawing in (strokes, left)
        )
        assert kept / whole == pytest.approx(1 - share, abs=0.06)
        fine = np.concatenate(finely(strokes, 1))
        for point in np.concatenate(left):
            assert np.hypot(*(fine - point).T).min() < 1


def test_wobble_moves_nothing_farther_than_its_depth() -> None:
    """Waves of a depth bend a straight line by as much, at most, and leave its length across."""
    (bent,) = changed_strokes([np.array(ONE[0])], "wobble", 0.1, 280)
    assert 5 < np.ptp(bent[:, 0]) <= 2 * 0.1 * 200 + 2
    assert np.ptp(bent[:, 1]) == pytest.approx(200, rel=0.25)


def test_noise_and_contrast_change_the_input_only() -> None:
    """Noise has the standard deviation asked for where the input has room for it; contrast scales the ink."""
    found = vary(SEVEN, "noise", [0, 0.3, 0.3], 20)
    grain = found.inputs[1] - found.inputs[0]
    ground = found.inputs[0] == 0
    np.testing.assert_array_equal(found.inputs[1], found.inputs[2])
    assert np.sqrt(2 * np.square(grain[ground]).mean()) == pytest.approx(0.3, rel=0.1)  # half is cut off at 0
    faint = vary(SEVEN, "contrast", [1, 0.5, 0], 20)
    np.testing.assert_allclose(faint.inputs[1], faint.inputs[0] / 2)
    assert faint.digits[2] is None


@pytest.mark.parametrize(("one", "other"), [(SEVEN, ONE), (FOUR, SEVEN), (SEVEN, FOUR), (ONE, SEVEN + FOUR)])
def test_a_blend_ends_at_both_drawings(one: Any, other: Any) -> None:
    """A blend begins with the one drawing and ends with the other, and goes there in small steps."""
    found = blend(one, other, pen_width=20)
    np.testing.assert_array_equal(found.inputs[0], classify(one, 20).input)
    np.testing.assert_array_equal(found.inputs[-1], classify(other, 20).input)
    strokes = [[np.array(stroke) for stroke in drawing] for drawing in (one, other)]
    near = Blend(*strokes)
    for end, drawing in zip((1e-9, 1 - 1e-9), strokes, strict=True):
        ends = np.concatenate(near.at(end))
        fine = np.concatenate(finely(drawing, 0.5))
        assert max(np.hypot(*(fine - point).T).min() for point in ends) < 0.5
    np.testing.assert_array_equal(blended(one, other, 0.5, 20).input, found.inputs[20])


def test_blending_pairs_the_nearest() -> None:
    """A drawing blended with itself, its strokes in another order and direction, stays itself."""
    other = [stroke[::-1] for stroke in FOUR[::-1]]
    found = Blend([np.array(s) for s in FOUR], [np.array(s) for s in other]).at(0.5)
    fine = np.concatenate(finely([np.array(s) for s in FOUR], 0.5))
    assert max(np.hypot(*(fine - point).T).min() for point in np.concatenate(found)) < 0.5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((SEVEN, "colour"), "'colour' cannot be changed; what can is move x"),
        ((SEVEN, "turn", []), "read at 1 to 101 values, not at 0"),
        ((SEVEN, "turn", [0] * 102), "read at 1 to 101 values, not at 102"),
        ((SEVEN, "turn", ["far"]), "must be numbers"),
        ((SEVEN, "turn", [float("nan")]), "must be finite"),
        ((SEVEN, "stretch", [-1]), "By -1 no drawing can be changed in its stretch"),
        ((SEVEN, "size", [1e308]), "By 1e.308 no drawing can be changed in its size"),
        (([[[0, 1]]] * 41, "turn"), "41 strokes and 41 points; at most 40 and 1500"),
        (([[[0, 1]] * 1501], "turn"), "1 strokes and 1501 points; at most"),
        (("seven.png", "turn"), "Only pen strokes can be changed"),
        (([[[1, 2, 3]]], "turn"), "Stroke 1 has the shape 1×3"),
        ((SEVEN, "turn", [0], -1), "The pen width is -1"),
        (([[[-1.7e308, 0], [1.7e308, 0]]], "turn"), "too large to be drawn"),
    ],
)
def test_refusals_are_a_sentence(arguments: Any, sentence: str) -> None:
    """What cannot be changed, and by what, is told in a sentence."""
    with pytest.raises(ValueError, match=sentence) as refusal:
        vary(*arguments)
    assert str(refusal.value).endswith((".", "contrast."))


@pytest.mark.parametrize("name", CHANGES)
def test_an_empty_pad_stays_empty(name: str) -> None:
    """Of nothing, every change makes nothing."""
    for conditions in (Conditions(), AS_DRAWN):
        found = vary([], name, pen_width=20, conditions=conditions)
        assert found.digits == [None] * 41
        assert not found.inputs.any()
    with pytest.raises(ValueError, match="each with a stroke"):
        blend(SEVEN, [])


def test_an_unknown_pen_is_an_eighth_of_the_drawing() -> None:
    """With the pen as drawn, a drawing without a pen's width looks as drawn with 12.5 % of its longer side, pen and all."""
    conditions = Conditions(redrawn=False)
    unknown = changed(ONE, "turn", 0, conditions=conditions)
    known = changed(ONE, "turn", 0, 200 / 7, conditions=conditions)  # of 200 and the pen itself an eighth
    np.testing.assert_array_equal(unknown.input, known.input)
