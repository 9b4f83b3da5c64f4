"""classify and the command line, against the network itself."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from lenet import Prediction, __main__, classify, load
from lenet.checkpoint import WeightsError
from lenet.prediction import shipped, softmax
from tests.lenet.test_model import SHAPES

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]
ROOT = Path(__file__).parents[2]
SEVEN = [[[70.0, 60.0], [205.0, 62.0], [130.0, 232.0]]]


@pytest.fixture(scope="module")
def read(sample: Sample) -> list[Prediction]:
    """The sample read picture by picture."""
    return [classify(picture) for picture in sample[0]]


@pytest.fixture
def seven(sample: Sample, tmp_path: Path) -> Path:
    """A file of the first digit of MNIST's test set, a seven."""
    path = tmp_path / "seven.png"
    Image.fromarray(sample[0][0]).save(path)
    return path


def test_the_sample_is_read(sample: Sample, read: list[Prediction]) -> None:
    """At most 1.5 % of the sample's pictures are misread on their way through classify."""
    misses = sum(one.digit != label for one, label in zip(read, sample[1], strict=True))
    assert misses <= 0.015 * len(read)


def test_shapes_and_ranges(read: list[Prediction]) -> None:
    """A prediction holds the network's own input, its maps and ten probabilities, all finite."""
    for one in read[:20]:
        assert {name: value.shape for name, value in one.maps.items()} == SHAPES
        assert all(np.isfinite(value).all() for value in one.maps.values())
        assert one.input.shape == (32, 32)
        assert one.input.dtype == np.float32
        assert one.input.min() == 0
        assert one.input.max() == 1
        assert not np.delete(one.input, np.s_[2:-2], axis=0).any()
        assert one.probabilities.shape == (10,)
        assert (one.probabilities >= 0).all()
        assert one.digit == one.probabilities.argmax()


def test_probabilities_are_the_softmax_of_the_logits(read: list[Prediction]) -> None:
    """The probabilities are exp(logit) over the sum of all ten, and sum to 1."""
    for one in read:
        exponentials = np.exp(one.maps["output"].astype(np.longdouble))
        np.testing.assert_allclose(one.probabilities, exponentials / exponentials.sum(), atol=1e-6)
        assert one.probabilities.sum() == pytest.approx(1, abs=1e-6)


def test_softmax_is_of_each_row_by_itself() -> None:
    """Rows of logits, however large and many, become probabilities in single precision, as in exact arithmetic."""
    logits = np.random.default_rng(0).normal(0, 40, (3, 2, 10)).astype(np.float32)
    logits[0] += 500
    logits[1] -= 500
    found = softmax(logits)
    assert found.dtype == np.float32
    for row, probabilities in zip(logits.reshape(-1, 10), found.reshape(-1, 10), strict=True):
        exact = np.exp(row.astype(np.longdouble) - row.mean())
        np.testing.assert_allclose(probabilities, exact / exact.sum(), rtol=1e-5, atol=1e-30)


def test_the_pen_width_reaches_the_preprocessing() -> None:
    """A movement that its own pen makes a dot is one: a wide pen's bar, a thin pen's line."""
    bar: Any = [[[10.0, 10], [12, 10]]]
    assert classify(bar, 20).input.sum() > 2 * classify(bar, 1).input.sum()


@pytest.mark.parametrize("drawing", [SEVEN, "picture", []], ids=["strokes", "picture", "nothing"])
def test_maps_are_the_models_own(drawing: Any, sample: Sample) -> None:
    """Every map is what the shipped network makes of the input at the paper's pixel values."""
    one = classify(sample[0][0] if isinstance(drawing, str) else drawing)
    pixels = torch.from_numpy(one.input * 1.275 - 0.1)[None, None]
    with torch.no_grad():
        own = load().maps(pixels.float())
    for name, value in own.items():
        np.testing.assert_allclose(one.maps[name], value[0].numpy(), atol=1e-4)


@pytest.mark.parametrize(
    "blank",
    [
        [],
        (),
        [[]],
        [np.zeros((0, 2)), []],
        np.zeros((28, 28)),
        np.full((28, 28), 255, np.uint8),
        Image.new("RGBA", (50, 40)),
        Image.new("L", (50, 40), "white"),
    ],
)
def test_where_nothing_is_drawn_there_is_no_digit(blank: Any) -> None:
    """A blank picture and an empty drawing have no digit, and still an input and maps."""
    one = classify(blank)
    assert one.digit is None
    assert not one.input.any()
    assert one.probabilities.sum() == pytest.approx(1, abs=1e-6)
    assert {name: value.shape for name, value in one.maps.items()} == SHAPES


@pytest.mark.parametrize(
    ("dots", "pen_width"),
    [
        ([[[140, 140]]], 20),
        ([[[140, 140], [140, 148], [139, 142]]], 20),
        ([[[100, 100], [101, 106]], [[180, 100]]], 20),
        ([[[100, 100], [100, 106]], [[100, 250], [103, 252]]], 20),
        ([[[0, 0]]], None),
        ([[[0, 0], [0, 1]], [[100, 0]], [[50, 80], [52, 80]]], None),
        ([[[140, 140]] * 40], 1e-6),
    ],
    ids=["tap", "trembling tap", "eyes", "colon", "unknown pen", "dots and an unknown pen", "held"],
)
def test_dots_are_no_digit(dots: Any, pen_width: float | None) -> None:
    """Where no stroke is longer than half of the pen's width there is no digit, and still an input and its maps."""
    one = classify(dots, pen_width)
    assert one.digit is None
    assert one.is_digit is None
    assert one.input.max() == 1
    assert one.probabilities.sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("drawing", "pen_width"), [([[[140, 140], [140, 151]]], 20), ([[[0, 0], [0, 1]]], None), (SEVEN, 300)]
)
def test_a_short_stroke_is_a_digit(drawing: Any, pen_width: float | None) -> None:
    """A stroke longer than half of the pen's width is read; where no pen is known, any stroke that has a length."""
    assert classify(drawing, pen_width).digit in (1, 7)


def test_a_pictures_dot_is_doubted() -> None:
    """A picture has no strokes: its dot is read like other ink, and doubted."""
    y, x = np.mgrid[-20:21, -20:21]
    is_digit = classify((x**2 + y**2 <= 64).astype(np.uint8)).is_digit
    assert is_digit is not None
    assert is_digit < 0.5


@pytest.mark.parametrize(
    "drawing",
    [
        [[(70, 60), (205, 62), (130, 232)]],
        (((70, 60), (205, 62), (130, 232)),),
        [np.array(SEVEN[0])],
        [np.array(SEVEN[0], dtype=np.float32)],
        [torch.tensor(SEVEN[0])],
        [[], *SEVEN],
    ],
    ids=["tuples in a list", "tuples", "array", "single precision", "tensor", "with an empty stroke"],
)
def test_strokes_of_any_kind(drawing: Any) -> None:
    """Strokes are read the same as lists, tuples and arrays."""
    expected, one = classify(SEVEN), classify(drawing)
    assert one.digit == 7
    assert one.picture is None
    np.testing.assert_array_equal(one.input, expected.input)
    np.testing.assert_array_equal(one.probabilities, expected.probabilities)


def test_a_picture_is_read_the_same_from_everywhere(seven: Path, sample: Sample) -> None:
    """A file by its path or name, a PIL image and an array are the same picture."""
    with Image.open(seven) as image:
        several = [classify(source) for source in (seven, str(seven), image, sample[0][0])]
    for one in several:
        assert one.digit == 7
        assert one.picture is not None
        assert one.picture.flat
        np.testing.assert_array_equal(one.input, several[0].input)


def test_drawing_and_steps_belong_together() -> None:
    """The prediction's input is the last of its preprocessing's steps."""
    one = classify(SEVEN)
    np.testing.assert_array_equal(one.input, np.pad(one.steps.placed, 2) / np.float32(255))


@pytest.mark.parametrize(
    "drawing",
    [None, 7, 7.0, object(), b"seven.png", bytearray(b"7"), {"x": [1]}, {7}, iter(SEVEN), Prediction],
)
def test_what_is_no_drawing(drawing: Any) -> None:
    """What is neither a picture nor a list of strokes is a ValueError that names its type."""
    with pytest.raises(ValueError) as problem:
        classify(drawing)
    name = type(drawing).__name__
    assert str(problem.value) == f"A drawing is a picture or a list of strokes, not {name}."


@pytest.mark.parametrize("drawing", [[1, 2], [[1, 2], [3, 4]], ["seven"], [[[0, float("nan")]]], [None]])
def test_what_is_no_stroke(drawing: Any) -> None:
    """A stroke that is none is a ValueError that tells its number."""
    with pytest.raises(ValueError, match=r"^Stroke 1 .*\.$"):
        classify(drawing)


@pytest.mark.parametrize("drawing", [SEVEN, np.zeros((28, 28)), []], ids=["strokes", "picture", "nothing"])
@pytest.mark.parametrize("pen_width", [0, -1, float("nan"), "thick", True])
def test_a_bad_pen_width(drawing: Any, pen_width: Any) -> None:
    """A bad pen width is refused whatever is drawn."""
    with pytest.raises(ValueError, match=r"^The pen width is .*\.$"):
        classify(drawing, pen_width)


def test_max_pixels(sample: Sample) -> None:
    """A picture of more than max_pixels is refused."""
    with pytest.raises(ValueError, match=r"too large: at most 783 pixels"):
        classify(Image.fromarray(sample[0][0]), max_pixels=783)


def told(text: str) -> list[tuple[str, float]]:
    """The digits and per cents of the command line's ten lines."""
    found = [re.fullmatch(r"(\d)  +(\d+\.\d) %( +█+)?", line) for line in text.splitlines()[1:]]
    return [(match[1], float(match[2])) for match in found if match]


def test_the_command_prints_the_digit_and_ten_lines(seven: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints the digit, then each digit's probability as per cents and a bar."""
    assert __main__.main([str(seven)]) == 0
    out, err = capsys.readouterr()
    expected = classify(seven).probabilities
    assert err == ""
    assert out.splitlines()[0] == "7"
    assert len(out.splitlines()) == 11
    assert [digit for digit, _ in told(out)] == list("0123456789")
    np.testing.assert_allclose([share for _, share in told(out)], 100 * expected, atol=0.051)


def test_the_command_tells_that_nothing_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A blank picture is no error."""
    path = tmp_path / "blank.png"
    Image.new("L", (30, 30), "white").save(path)
    assert __main__.main([str(path)]) == 0
    assert capsys.readouterr() == ("Nothing is drawn\n", "")


def test_the_command_refuses_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be read is one sentence on stderr, and status 2."""
    assert __main__.main([str(tmp_path / "none.png")]) == 2
    assert capsys.readouterr() == ("", f"{tmp_path / 'none.png'} does not exist.\n")


def test_the_command_without_weights(
    seven: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing weights are one sentence on stderr, and status 2."""

    def missing() -> None:
        raise WeightsError("weights/model.safetensors does not exist.")

    monkeypatch.setattr("lenet.prediction.shipped", missing)
    assert __main__.main([str(seven)]) == 2
    assert capsys.readouterr() == ("", "weights/model.safetensors does not exist.\n")


def test_the_command_writes_to_old_terminals(seven: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An output whose encoding has no bars, as Windows' cp1252, still gets the digit and the per cents."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", newline="\n")
    monkeypatch.setattr(sys, "stdout", out)
    assert __main__.main([str(seven)]) == 0
    out.seek(0)
    text = out.read()
    assert text.splitlines()[0] == "7"
    assert len(re.findall(r"^\d  +\d+\.\d %", text, re.MULTILINE)) == 10


def test_the_command_as_people_run_it(seven: Path) -> None:
    """python -m lenet prints what main prints, and nothing on stderr."""
    command = [sys.executable, "-m", "lenet", str(seven)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "7"
    assert len(told(done.stdout)) == 10


@pytest.mark.parametrize("kind", [np.uint8, bool, np.float64])
def test_masks_are_preprocessed_exactly(kind: type) -> None:
    """A mask of 0 and 1 of any type goes through MNIST's own preprocessing to the last grey level."""
    with np.load(ROOT / "tests" / "data" / "mnist-preprocess-vectors.npz") as vectors:
        for number in range(0, len(vectors["sizes"]), 5):
            size = int(vectors["sizes"][number])
            mask = np.unpackbits(vectors[f"in{number}"], count=size * size).reshape(size, size)
            read = classify(mask.astype(kind)).input[2:30, 2:30] * 255
            np.testing.assert_array_equal(np.rint(read), vectors["out"][number])


def test_reading_first_leaves_weights_that_gradients_can_follow() -> None:
    """The network that a first reading loads is made outside of inference mode: gradients can be taken of it afterwards."""
    shipped.cache_clear()
    classify([])
    assert not any(weights.is_inference() for weights in shipped().parameters())


def test_the_command_tells_that_it_is_no_digit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is more likely no digit is read all the same, and the doubt told on stderr, with its probability."""
    path = tmp_path / "house.png"
    house = np.zeros((90, 90), np.uint8)
    house[40:80, 20:26] = house[40:80, 64:70] = house[74:80, 20:70] = house[40:46, 20:70] = 255
    for step in range(25):
        house[15 + step : 20 + step, [44 - step, 45 - step, 45 + step, 46 + step]] = 255
    Image.fromarray(house).save(path)
    is_digit = classify(path).is_digit
    assert is_digit is not None and is_digit < 0.5
    assert __main__.main([str(path)]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0] in list("0123456789")
    assert err == f"Not a digit? Only {100 * is_digit:.1f} % sure that it is one.\n"
