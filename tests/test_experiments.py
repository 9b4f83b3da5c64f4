"""Experiments as the page asks for them: what the library makes of them, on every route that reads a drawing."""

from __future__ import annotations

import json
from threading import Event
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo import experiments, message
from demo.routes import routes
from lenet import Conditions, blend, classify, over_training, smallest_change, smallest_change_of_pixels, vary
from lenet.experiment.learning import at_moment, shipped_moments
from lenet.experiment.vary import blended, changed
from lenet.explain import unit_sum
from lenet.model import AMPLITUDE
from lenet.prediction import shipped
from lenet.units import exciting

SEVEN: Any = [[[70, 60], [205, 62], [130, 232]]]
ONE: Any = [[[140, 40], [138, 240]]]
DRAWN = {"strokes": SEVEN, "pen_width": 20}


@pytest.fixture
def client() -> TestClient:
    """The routes without Gradio around them."""
    return TestClient(Starlette(routes=routes()))


def arrays(content: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    """A message's header and arrays, read as its description says."""
    length = int.from_bytes(content[:4], "little")
    header, at, found = json.loads(content[4 : 4 + length]), 4 + length, {}
    for array in header["arrays"]:
        count = int(np.prod(array["shape"]))
        values = np.frombuffer(content, array["type"], count, at)
        at += values.nbytes
        found[array["name"]] = values.reshape(array["shape"])
    return header, found


CHANGED = [
    ({"change": "turn", "value": 30}, changed(SEVEN, "turn", 30, 20)),
    (
        {"change": "move x", "value": -0.2, "centred": False},
        changed(SEVEN, "move x", -0.2, 20, conditions=Conditions(centred=False)),
    ),
    ({"redrawn": False}, changed(SEVEN, "turn", 0, 20, conditions=Conditions(redrawn=False))),
    ({"towards": ONE, "value": 0.75}, blended(SEVEN, ONE, 0.75, 20)),
    ({"off": {"c3": [3]}}, changed(SEVEN, "turn", 0, 20, conditions=Conditions(off={"c3": [3]}))),
    (
        {"change": "turn", "value": 30, "off": {"c1": [1]}},
        changed(SEVEN, "turn", 30, 20, conditions=Conditions(off={"c1": [1]})),
    ),
]


@pytest.mark.parametrize(("asked", "expected"), CHANGED)
def test_every_route_reads_the_changed_drawing(client: TestClient, asked: Any, expected: Any) -> None:
    """The layers, a unit's sum and a C3 map by Table I are those of the drawing as it was changed."""
    body = DRAWN | asked
    before = changed(SEVEN, "turn", asked.get("value", 0), 20).probabilities if "off" in asked else None
    assert client.post("/predict", json=body).content == message.prediction(expected, None, before)
    unit = client.post("/unit", json=body | {"layer": "c1", "unit": [2, 12, 13]}).json()
    assert unit == unit_sum(shipped(), expected, "c1", (2, 12, 13))
    partial = client.post("/partial-maps", json=body | {"map": 3}).content
    assert partial == message.partial_maps(shipped(), expected, 3)
    values = client.post("/classify", json=body | {"maps": True}).json()
    assert values["probabilities"] == expected.probabilities.tolist()
    assert values["maps"]["c3"] == expected.maps["c3"].tolist()


def test_a_difference_is_from_the_drawing_as_it_is(client: TestClient) -> None:
    """On request the maps are what changed: the values of the changed drawing less those of the drawing as it is."""
    body = DRAWN | {"change": "turn", "value": 30, "difference": True}
    _, found = arrays(client.post("/predict", json=body).content)
    expected, before = changed(SEVEN, "turn", 30, 20), classify(SEVEN, 20)
    for name in ("c1", "s2", "c3", "s4", "c5", "f6"):
        difference = np.clip(expected.maps[name] - before.maps[name], -AMPLITUDE, AMPLITUDE)
        np.testing.assert_allclose(
            found[name] * AMPLITUDE / 127, difference, atol=0.5 * AMPLITUDE / 127 + 1e-6
        )
    np.testing.assert_array_equal(found["probabilities"], expected.probabilities)
    reply = client.post("/predict", json=body | {"difference": 1})
    assert (reply.status_code, reply.json()["error"]) == (400, '"difference" must be true or false.')


def test_a_range_is_the_librarys(client: TestClient) -> None:
    """A whole range comes as one message: the library's probabilities and inputs, and the flips in words."""
    header, found = arrays(client.post("/range", json=DRAWN | {"change": "turn"}).content)
    expected = vary(SEVEN, "turn", None, 20)
    np.testing.assert_array_equal(found["values"], expected.values.astype(np.float32))
    np.testing.assert_array_equal(found["probabilities"], expected.probabilities)
    np.testing.assert_array_equal(found["is_digit"], expected.is_digit)
    np.testing.assert_array_equal(found["inputs"], np.rint(expected.inputs[::4] * 255))
    assert header["words"].startswith("stays 7 from −")


def test_a_range_may_lead_to_another_drawing(client: TestClient) -> None:
    """Towards another drawing, a range goes from this one to that."""
    header, found = arrays(client.post("/range", json=DRAWN | {"towards": ONE, "redrawn": False}).content)
    expected = blend(SEVEN, ONE, None, 20, conditions=Conditions(redrawn=False))
    np.testing.assert_array_equal(found["probabilities"], expected.probabilities)
    assert header["words"].startswith("stays 7 up to ")
    assert header["words"].endswith(" %, then 1")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"change": "colour", "value": 0}, "'colour' cannot be changed"),
        ({"change": ["turn"], "value": 0}, "cannot be changed"),
        ({"change": "turn"}, '"value" must be a number from -90 to 90.'),
        ({"change": "turn", "value": 91}, '"value" must be a number from -90 to 90.'),
        ({"change": "turn", "value": True}, '"value" must be a number'),
        ({"towards": "7", "value": 0}, '"towards" must be a list of strokes'),
        ({"towards": [], "value": 0}, "each with a stroke"),
        ({"towards": ONE, "value": 2}, '"value" must be a number from 0 to 1.'),
        ({"centred": 1}, '"centred" must be true or false.'),
        ({"redrawn": None}, '"redrawn" must be true or false.'),
        ({"off": [1]}, 'by their layer, "c1" or "c3"'),
        ({"off": {"c3": [16]}}, "The maps of C3 have the whole numbers from 0 to 15."),
    ],
)
def test_what_cannot_be_tried_is_refused_in_a_sentence(client: TestClient, asked: Any, sentence: str) -> None:
    """An experiment that there is not is a 400 with one sentence."""
    reply = client.post("/predict", json=DRAWN | asked)
    assert reply.status_code == 400
    assert sentence in reply.json()["error"]


def test_a_range_needs_a_change(client: TestClient) -> None:
    """A range of nothing in particular is refused."""
    reply = client.post("/range", json=DRAWN)
    assert reply.status_code == 400
    assert "cannot be changed" in reply.json()["error"]


def test_the_smallest_change_is_the_librarys(client: TestClient) -> None:
    """The strokes come back as they were and as they would have to be, with how far they were moved."""
    answer = client.post("/smallest-change", json=DRAWN | {"digit": 3}).json()
    expected = smallest_change(SEVEN, 3, 20)
    assert (answer["found"], answer["mean"], answer["largest"]) == (True, expected.mean, expected.largest)
    for told, strokes in (("strokes", expected.strokes), ("moved", expected.moved)):
        for points, stroke in zip(answer[told], strokes, strict=True):
            np.testing.assert_allclose(points, stroke, atol=0.006)


def test_the_smallest_change_of_the_pixels_is_the_librarys(client: TestClient) -> None:
    """Beside the strokes stands what the pixels would need: the input, what was added to it, and how much."""
    pixels = client.post("/smallest-change", json=DRAWN | {"digit": 3}).json()["pixels"]
    expected = smallest_change_of_pixels(SEVEN, 3, 20)
    told = (pixels["found"], pixels["changed"], pixels["largest"])
    assert told == (True, expected.changed, expected.largest)
    np.testing.assert_allclose(np.array(pixels["input"]) / 255, expected.input.ravel(), atol=0.002)
    before = classify(SEVEN, 20).input
    np.testing.assert_allclose(pixels["difference"], (expected.input - before).ravel(), atol=0.001)


@pytest.mark.parametrize("digit", [0, 1, 3, 5, 9])
def test_what_the_page_gets_is_read_as_the_other_digit(client: TestClient, digit: int) -> None:
    """The moved strokes lie at the border, and are on its other side as they come over the line, too."""
    answer = client.post("/smallest-change", json=DRAWN | {"digit": digit}).json()
    assert answer["found"] == (classify(answer["moved"], 20).digit == digit)


def test_the_bars_before_are_those_with_all_maps(client: TestClient) -> None:
    """Where maps are switched off the message tells the probabilities with all maps, else it does not."""
    _, found = arrays(client.post("/predict", json=DRAWN | {"off": {"c1": [1, 3]}}).content)
    np.testing.assert_array_equal(found["before"], classify(SEVEN, 20).probabilities)
    assert not np.array_equal(found["probabilities"], found["before"])
    _, found = arrays(client.post("/predict", json=DRAWN).content)
    assert "before" not in found


def test_what_excites_a_unit_comes_as_pictures(client: TestClient) -> None:
    """The nine training digits of a map or a unit are the library's; a map that there is not is refused."""
    _, found = arrays(client.post("/exciting", json={"layer": "f6", "number": 40}).content)
    np.testing.assert_array_equal(found["pictures"], exciting("f6", 40))
    reply = client.post("/exciting", json={"layer": "c3", "number": 16})
    assert (reply.status_code, reply.json()["error"]) == (400, "C3 has no number 16; it has 0 to 15.")


def test_a_search_ends_when_nobody_waits() -> None:
    """A search ends at its next step when whoever asked has gone."""
    gone = Event()
    gone.set()
    with pytest.raises(experiments.GivenUp):
        experiments.smallest(DRAWN, 3, gone)


def test_a_training_is_the_librarys(client: TestClient) -> None:
    """What sixteen networks make of a drawing comes as one message, with the library's numbers and words."""
    header, found = arrays(client.post("/training", json=DRAWN).content)
    expected = over_training(SEVEN, 20)
    np.testing.assert_array_equal(found["probabilities"], expected.probabilities)
    first = next(i for i, row in enumerate(expected.probabilities) if row[7] >= 0.5)
    assert header["words"].endswith(f"says 7 from step {expected.steps[first]:,} on")


def test_a_training_without_a_drawing_says_nothing(client: TestClient) -> None:
    """Of an empty pad, and of a dot, there are probabilities and no words."""
    for strokes in ([], [[[100, 100]]]):
        header, found = arrays(client.post("/training", json={"strokes": strokes}).content)
        assert header["words"] is None
        assert found["probabilities"].shape == (16, 10)


@pytest.mark.parametrize("moment", [0, 9, 15])
def test_every_route_knows_the_network_of_a_moment(client: TestClient, moment: int) -> None:
    """Layers, kernels, a unit's sum, what is added and a comparison are of that moment's network alone."""
    model, expected = shipped_moments()[moment].model, at_moment(SEVEN, moment, 20)
    body = DRAWN | {"moment": moment}
    content = client.post("/predict", json=body).content
    assert content == message.prediction(expected, model)
    _, found = arrays(content)
    np.testing.assert_array_equal(found["probabilities"], expected.probabilities)
    np.testing.assert_array_equal(found["kernels_c1"], model.c1.weight.detach().numpy()[:, 0])
    np.testing.assert_array_equal(found["kernels_c3"], model.c3.weight.detach().numpy())
    for layer, unit in (("c1", (2, 12, 13)), ("f6", (40,)), ("softmax", (7,))):
        told = client.post("/unit", json=body | {"layer": layer, "unit": list(unit)}).json()
        assert told == unit_sum(model, expected, layer, unit)
    for path, asked, made in (
        ("/partial-maps", {"map": 3}, message.partial_maps(model, expected, 3)),
        ("/added", {"layer": "c3", "map": 3}, message.added(model, expected, "c3", 3)),
        ("/contributions", {"digit": 7, "other": 1}, message.contributions(model, expected, 7, 1)),
    ):
        assert client.post(path, json=body | asked).content == made


@pytest.mark.parametrize("moment", [-1, 16, 1.5, True, None, "9", 10**40])
def test_moments_that_there_are_not(client: TestClient, moment: Any) -> None:
    """What is no moment is a 400 with one sentence, on every route that reads a drawing."""
    for path, asked in (("/predict", {}), ("/unit", {"layer": "c1", "unit": [2, 12, 13]})):
        reply = client.post(path, json=DRAWN | asked | {"moment": moment})
        assert reply.status_code == 400
        assert reply.json()["error"] == '"moment" must be a whole number from 0 to 15.'


def test_a_moment_reads_the_drawing_as_it_is(client: TestClient) -> None:
    """A moment of training together with an experiment is refused in a sentence."""
    reply = client.post("/predict", json=DRAWN | {"moment": 3, "change": "turn", "value": 10})
    assert reply.status_code == 400
    assert reply.json()["error"] == '"moment" goes with the drawing as it is: leave out "change".'
