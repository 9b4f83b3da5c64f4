"""Under which conditions a drawing is read: as it always is, or without centring, with the pen as drawn, without a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from lenet.preprocess import BOX, INPUT, MNIST, Steps, centre_of_mass, preprocess_strokes
from lenet.strokes import PEN, SIDE, Frame, Stroke, draw_on_pad
from lenet.units import Off

PAD = 280.0  # units, the side of the page's pad
CELL = SIDE // BOX  # pixels of ink for each cell
LARGEST_PEN = 61  # pixels: half of a drawing's longer side


@dataclass(frozen=True)
class Conditions:
    """What is done to a drawing on its way to the network, and to the network."""

    centred: bool = True
    """Whether the ink is fitted into 20×20 and centred by its mass, as always; without, the pad as it is becomes
    32×32 cells."""
    redrawn: bool = True
    """Whether the pen is MNIST's, as always, or that with which was drawn."""
    off: Off = field(default_factory=dict)
    """Maps that are switched off, their numbers by layer, such as {"c1": [2], "c3": [0, 15]}: each passes on what it
    is on average over the training digits, whatever is drawn (lenet.units)."""


AS_ALWAYS = Conditions()


def prepared(
    strokes: Sequence[Stroke],
    conditions: Conditions = AS_ALWAYS,
    pen_width: float | None = None,
    *,
    thickness: float = 1,
    pad: float = PAD,
) -> Steps:
    """The way from `strokes` (without slips) to the network's input, under `conditions`, whose maps it leaves alone.

    `thickness` multiplies the pen, whichever it is. `pad` is the side, in the strokes' unit, of the square from
    (0, 0) that was drawn on; only without centring does it matter. `pen_width`, in that unit, is what it was
    drawn with; None stands for 12.5 % of the drawing's longer side.
    """
    if not strokes:
        return preprocess_strokes(strokes)
    if not conditions.centred:
        own = PEN if conditions.redrawn else _own_pen(strokes, pen_width) / pad * INPUT * CELL
        return _as_it_is(strokes, own * thickness, pad)
    if conditions.redrawn:
        return preprocess_strokes(strokes, pen_width, pen=_odd(PEN * thickness))
    own = thickness * _own_pen(strokes, pen_width)
    span = float(np.ptp(np.concatenate(strokes), axis=0).max())
    return preprocess_strokes(strokes, pen_width, pen=_odd(SIDE * own / (span + own) if own else PEN))


def _own_pen(strokes: Sequence[Stroke], pen_width: float | None) -> float:
    """The width of the pen that was drawn with, in the strokes' unit."""
    if pen_width is not None:
        return pen_width
    return PEN / (SIDE - PEN) * float(np.ptp(np.concatenate(strokes), axis=0).max())


def _odd(pixels: float) -> int:
    """The nearest width that a pen can have."""
    return 2 * round((min(pixels, LARGEST_PEN) - 1) / 2) + 1 if pixels > 1 else 1


def _as_it_is(strokes: Sequence[Stroke], pen: float, pad: float) -> Steps:
    """The pad shrunk to 32×32 cells, whatever of it was drawn on, with a `pen` of so many pixels.

    The steps are told as if the middle 20×20 cells had been fitted: each cell lies where it is shown to lie.
    """
    pixel = pad / (INPUT * CELL)
    ink = draw_on_pad(strokes, pixel, INPUT * CELL, pen=_odd(pen))
    shares = ink.reshape(INPUT, CELL, INPUT, CELL).mean(axis=(1, 3))
    grey = np.floor(255 * shares + 0.5).astype(np.uint8)
    edge, inner = (INPUT - MNIST) // 2, (INPUT - BOX) // 2
    fitted = grey[inner:-inner, inner:-inner]
    box = (inner * CELL, inner * CELL, SIDE, SIDE) if grey.any() else None
    return Steps(
        frame=Frame(0.0, 0.0, pixel, _odd(pen)),
        ink=ink,
        box=box,
        square=box,
        fitted=fitted,
        centre=centre_of_mass(fitted) if fitted.any() else (BOX / 2, BOX / 2),
        offset=(inner - edge, inner - edge),
        placed=grey[edge:-edge, edge:-edge],
        input=grey / np.float32(255),
    )
