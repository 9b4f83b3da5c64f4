"""Ten digits as a person draws them on the pad: strokes in pad units, our own drawings."""

import math
from collections.abc import Callable

Stroke = list[tuple[float, float]]


def curve(f: Callable[[float], tuple[float, float]], start: float, end: float, points: int = 12) -> Stroke:
    """Points of a curve, with the small wobble of a hand."""
    ts = [start + (end - start) * i / (points - 1) for i in range(points)]
    return [(x + math.sin(5 * t), y + math.cos(7 * t)) for t, (x, y) in ((t, f(t)) for t in ts)]


def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float) -> Stroke:
    """Part of an ellipse; angles in degrees, 0 = right, 90 = down."""
    radians = math.radians
    return curve(lambda t: (cx + rx * math.cos(t), cy + ry * math.sin(t)), radians(start), radians(end))


DIGITS: dict[int, list[Stroke]] = {
    0: [arc(140, 140, 62, 92, -80, 290)],
    1: [[(112, 88), (146, 48), (140, 140), (134, 236)]],
    2: [[*arc(140, 92, 54, 48, 190, 400), (150, 160), (84, 228), (142, 226), (206, 230)]],
    3: [[*arc(132, 92, 52, 46, 200, 445), *arc(132, 186, 58, 50, 275, 510)]],
    4: [[(128, 46), (98, 104), (72, 160), (134, 158), (208, 156)], [(164, 96), (160, 168), (156, 240)]],
    5: [[(198, 52), (146, 54), (96, 56), (92, 96), (88, 128), *arc(128, 176, 62, 58, 240, 490)]],
    6: [[(168, 42), (120, 92), (92, 150), *arc(138, 184, 50, 50, 190, 540)]],
    7: [[(74, 60), (140, 58), (206, 62), (170, 132), (128, 236)]],
    8: [[*arc(140, 90, 44, 42, 60, -230), *arc(140, 184, 54, 52, -110, 250), (166, 128)]],
    9: [[*arc(138, 98, 48, 50, -20, -370), (184, 130), (176, 190), (160, 240)]],
}
