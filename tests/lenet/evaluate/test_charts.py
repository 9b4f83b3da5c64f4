"""The model card's pictures, drawn from made-up figures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor

from lenet.evaluate import charts
from lenet.evaluate.measure import report
from lenet.evaluate.robustness import HEIGHTS, PENS


def test_each_cell_has_its_colour() -> None:
    """Both grids show every height and pen, coloured by their accuracy; the ground is light."""
    names = [f"{height}/{pen}" for height in HEIGHTS for pen in PENS]
    rising = {name: 100 * place / (len(names) - 1) for place, name in enumerate(names)}
    falling = {name: 100 - share for name, share in rising.items()}
    picture = charts.grids({"strokes": {"n": 1000} | rising, "pictures": {"n": 500} | falling})
    assert picture.width == charts.WIDTH
    for left, cells in ((20, rising), (450, falling)):
        for row, height in enumerate(HEIGHTS):
            for column, pen in enumerate(PENS):
                x, y = charts.cell(left, row, column)
                assert picture.getpixel((x + 3, y + 3)) == charts.shade(cells[f"{height}/{pen}"])
    assert picture.getpixel((0, 0)) == ImageColor.getrgb(charts.PAPER)
    assert (charts.shade(0), charts.shade(100)) == (charts.POOR, charts.GOOD)


def test_each_bin_has_its_dot() -> None:
    """A bin's dot lies where it is as sure as it is right; pale where the bin holds few digits."""
    shares = np.zeros((140, 10))
    shares[:100, :2] = 0.9, 0.1
    shares[100:120, :2] = 0.7, 0.3
    shares[120:, :2] = 0.3, 0.7
    labels = np.zeros(140, int)
    labels[:40] = labels[100:105] = 1
    result = report(shares, labels)
    picture = charts.calibration({"one": result, "other": result}, {"one": "One", "other": "Other"})
    assert picture.width == charts.WIDTH
    full = [lot for lot in result["reliability"] if lot["n"]]
    assert [(lot["n"], lot["confidence"]) for lot in full] == [(40, 70), (100, 90)]
    for left in (56, 488):
        for lot, ink in zip(full, (charts.DOT, charts.DOT), strict=True):
            x, y = charts.spot(left, lot)
            assert picture.getpixel((round(x), round(y))) == ImageColor.getrgb(ink)
    few = report(shares[110:130], labels[110:130])
    pale = charts.calibration({"one": few, "other": few}, {"one": "One", "other": "Other"})
    (lot,) = (lot for lot in few["reliability"] if lot["n"])
    x, y = charts.spot(56, lot)
    assert pale.getpixel((round(x), round(y))) == ImageColor.getrgb(charts.RARE)


def test_the_surest_mistakes_come_first() -> None:
    """Only misread digits are chosen, the surest first, equals in their order, and no more than are shown."""
    shares = np.zeros((5, 10))
    shares[:, :2] = [[0.6, 0.4], [0.9, 0.1], [1.0, 0.0], [0.9, 0.1], [0.2, 0.8]]
    assert charts.mistakes(shares, np.array([1, 1, 0, 1, 1])).tolist() == [1, 3, 0]
    assert len(charts.mistakes(np.eye(10)[np.zeros(99, int)], np.ones(99, int))) == charts.SHOWN


@pytest.mark.parametrize(("misses", "rows"), [(0, 0), (3, 1), (99, 2)])
def test_mistakes_are_shown(misses: int, rows: int) -> None:
    """Each test set has its rows of ten, the digits dark on light and enlarged twice; or none."""
    inputs = np.zeros((100, 32, 32), np.float32)
    inputs[:, :, :16] = 1
    shares = np.eye(10)[np.zeros(100, int)]
    labels = (np.arange(100) < misses).astype(int)
    picture = charts.failures({title: (inputs, shares, labels) for title in ("One", "Other")})
    assert picture.size == (charts.WIDTH, 14 + 2 * (44 + 112 * rows))
    if misses:
        thumbnail = np.asarray(picture.crop((30, 44, 94, 108)).convert("L"))
        assert (thumbnail[:, :32] == 0).all()
        assert (thumbnail[:, 32:] == 255).all()


def test_a_picture_keeps_its_figures(tmp_path: Path) -> None:
    """The figures that a picture shows are told in its file, whatever they are."""
    path = tmp_path / "picture.png"
    charts.save(Image.new("RGB", (9, 9)), path, {"rotated −15°": [1, None, 2.5]})
    with Image.open(path) as picture:
        assert json.loads(picture.info["figures"]) == {"rotated −15°": [1, None, 2.5]}
