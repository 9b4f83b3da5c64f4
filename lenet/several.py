"""Where the strokes of a drawing part, if they are digits side by side where one is wanted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lenet.strokes import Stroke

OVERLAP = 0.1  # of the drawing's height: so far a slanting digit may reach over the next one
SMALLEST = 0.4  # of the tallest part's height: what is smaller is an accent, a dot or a slip
MOST = 4  # parts, as many as a year has; each costs a reading


def side_by_side(strokes: Sequence[Stroke]) -> list[list[Stroke]]:
    """The parts, from left to right, which no stroke joins; none where there are not 2 to `MOST` about equally tall."""
    if len(strokes) < 2:
        return []
    reach = OVERLAP * float(np.ptp(np.concatenate(strokes)[:, 1]))
    parts: list[list[Stroke]] = []
    right = -np.inf
    for stroke in sorted(strokes, key=lambda stroke: float(stroke[:, 0].min())):
        first, last = float(stroke[:, 0].min()), float(stroke[:, 0].max())
        if first > right - reach and last > right:
            parts.append([])
        parts[-1].append(stroke)
        right = max(right, last)
    heights = [float(np.ptp(np.concatenate(part)[:, 1])) for part in parts]
    return parts if 2 <= len(parts) <= MOST and min(heights) >= SMALLEST * max(heights) else []
