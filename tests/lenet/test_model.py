"""LeNet5 against the paper's own figures and against naive loops."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lenet.model import LAYERS, LeNet5, in_batches, normalise, squash

# Table I as the paper prints it: S2 maps down, C3 maps across.
TABLE = [
    "X...XXX..XXXX.XX",
    "XX...XXX..XXXX.X",
    "XXX...XXX..X.XXX",
    ".XXX..XXXX..X.XX",
    "..XXX..XXXX.XX.X",
    "...XXX..XXXX.XXX",
]
SHAPES = {
    "c1": (6, 28, 28),
    "s2": (6, 14, 14),
    "c3": (16, 10, 10),
    "s4": (16, 5, 5),
    "c5": (120,),
    "f6": (84,),
    "output": (10,),
}
COUNTS = {"c1": 156, "s2": 12, "c3": 1516, "s4": 32, "c5": 48120, "f6": 10164, "output": 850}
FIELDS = {"c1": (5, 1), "s2": (6, 2), "c3": (14, 2), "s4": (16, 4)}  # side and stride of receptive fields


def made(seed: int) -> LeNet5:
    torch.manual_seed(seed)
    return LeNet5().double()


def size(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def random_like(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_have_the_papers_trainable_counts(layer: str) -> None:
    """Each layer has as many trainable parameters as section II.B says."""
    assert size(getattr(LeNet5(), layer)) == COUNTS[layer]


def test_the_whole_network_has_the_papers_size() -> None:
    """Up to F6 there are the paper's 60,000 parameters, and 60,850 with the output layer."""
    model = LeNet5()
    assert size(model) == 60_850
    assert size(model) - size(model.output) == 60_000


@pytest.mark.parametrize("source", range(6))
def test_an_s2_map_feeds_the_ten_c3_maps_of_table_one(source: int) -> None:
    """A change of one S2 map changes exactly the ten C3 maps that Table I links to it."""
    c3 = made(0).c3
    before = random_like(1, 6, 14, 14)
    after = before.clone()
    after[:, source] += 1
    changed = ((c3(after) - c3(before)).abs() > 1e-9).all((2, 3))[0]
    assert changed.tolist() == [mark == "X" for mark in TABLE[source]]
    assert changed.sum() == 10


def test_c3_is_a_loop_over_table_one() -> None:
    """C3 equals one kernel after another, slid over the S2 maps that Table I names, plus the bias."""
    c3 = made(0).c3
    x = random_like(1, 6, 14, 14)
    maps, bias = x[0].numpy(), c3.bias.detach().numpy()
    kernels = iter(c3.weight.detach().numpy())
    expected = np.zeros((16, 10, 10))
    for out in range(16):
        expected[out] = bias[out]
        for source in range(6):
            if TABLE[source][out] != "X":
                continue
            kernel = next(kernels)
            for row in range(10):
                for column in range(10):
                    window = maps[source, row : row + 5, column : column + 5]
                    expected[out, row, column] += (window * kernel).sum()
    assert next(kernels, None) is None
    np.testing.assert_allclose(c3(x)[0].detach().numpy(), expected, atol=1e-12)


def test_s2_is_a_two_by_two_average() -> None:
    """A unit of S2 is the average of its four inputs times its map's coefficient, plus its map's bias."""
    s2 = made(0).s2
    with torch.no_grad():
        s2.coefficient.copy_(random_like(6))
        s2.bias.copy_(random_like(12)[6:])
    x = random_like(2, 6, 28, 28)
    got = s2(x).detach()
    assert got.shape == (2, 6, 14, 14)
    for batch, m, row, column in np.ndindex(2, 6, 14, 14):
        four = [x[batch, m, 2 * row + i, 2 * column + j].item() for i in (0, 1) for j in (0, 1)]
        expected = sum(four) / 4 * s2.coefficient[m].item() + s2.bias[m].item()
        assert got[batch, m, row, column].item() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("a", "f"), [(1, 1), (-1, -1), (0, 0), (100, 1.7159), (-100, -1.7159)])
def test_squash_goes_through_the_papers_points(a: float, f: float) -> None:
    """The squashing function has f(1) = 1, f(-1) = -1 and the asymptotes ±1.7159."""
    assert squash(torch.tensor(float(a), dtype=torch.float64)).item() == pytest.approx(f, abs=2e-5)


@pytest.mark.parametrize(("ink", "pixel"), [(0, -0.1), (1, 1.175), (0.5, 0.5375)])
def test_normalise_gives_the_papers_pixel_values(ink: float, pixel: float) -> None:
    """The ground becomes -0.1 and full ink 1.175, straight in between."""
    assert normalise(torch.tensor(float(ink))).item() == pytest.approx(pixel, abs=1e-6)


def test_maps_have_the_papers_shapes() -> None:
    """Every layer's map has the paper's size, whatever the batch."""
    maps = made(0).maps(random_like(3, 1, 32, 32))
    assert {name: tuple(value.shape) for name, value in maps.items()} == {
        name: (3, *shape) for name, shape in SHAPES.items()
    }


def test_maps_are_squashed_except_the_output() -> None:
    """F6 is f of its weighted sums, and the output is the plain weighted sum of F6 that forward returns."""
    model, x = made(0), random_like(3, 1, 32, 32)
    maps = model.maps(x)
    sums = maps["c5"] @ model.f6.weight.T + model.f6.bias
    torch.testing.assert_close(maps["f6"], 1.7159 * torch.tanh(2 / 3 * sums))
    torch.testing.assert_close(maps["output"], maps["f6"] @ model.output.weight.T + model.output.bias)
    torch.testing.assert_close(model(x), maps["output"])


@pytest.mark.parametrize("pixel", [(0, 0), (31, 31), (0, 31), (15, 16), (5, 22), (27, 4)])
def test_a_pixel_changes_only_the_units_that_see_it(pixel: tuple[int, int]) -> None:
    """One input pixel changes the units whose receptive field holds it, in every map, and no others."""
    model = made(0)
    x = random_like(1, 1, 32, 32)
    y = x.clone()
    y[0, 0, pixel[0], pixel[1]] += 1
    before, after = model.maps(x), model.maps(y)
    for name, (side, stride) in FIELDS.items():
        first = stride * np.arange(SHAPES[name][1])
        rows, columns = ((first <= place) & (place < first + side) for place in pixel)
        changed = ((after[name] - before[name]).abs() > 1e-13)[0].numpy()
        assert (changed == np.outer(rows, columns)).all(), name
    for name in ("c5", "f6", "output"):
        assert ((after[name] - before[name]).abs() > 1e-13).all(), name


@pytest.fixture
def twenty() -> list[LeNet5]:
    """Networks that nothing was learned by: enough for what is random to reach its bounds."""
    return [made(seed) for seed in range(20)]


@pytest.mark.parametrize(("layer", "fan_in"), [("c1", 25), ("c5", 400), ("f6", 120), ("output", 84)])
def test_weights_start_within_the_papers_bounds(twenty: list[LeNet5], layer: str, fan_in: int) -> None:
    """Weights and biases start anywhere in ±2.4/fan-in: not beyond, and as far as no larger fan-in allows."""
    parameters = [p.detach().flatten() for model in twenty for p in getattr(model, layer).parameters()]
    weights = torch.cat(parameters)
    assert weights.abs().max() <= 2.4 / fan_in
    assert weights.max() > 2.4 / (fan_in + 0.5)
    assert weights.min() < -2.4 / (fan_in + 0.5)


def test_c3_maps_start_within_the_bounds_of_their_own_fan_in(twenty: list[LeNet5]) -> None:
    """A C3 map's kernels start in ±2.4 over 25 times the number of S2 maps it reads, and so does its bias."""
    first = 0
    for out in range(16):
        inputs = sum(row[out] == "X" for row in TABLE)
        kernels = torch.stack([model.c3.weight[first : first + inputs].detach() for model in twenty])
        bias = torch.stack([model.c3.bias[out].detach() for model in twenty])
        for weights, reached in ((kernels, 1 / 1.02), (bias, 0.6)):
            assert weights.abs().max() <= 2.4 / (25 * inputs)
            assert weights.max() > reached * 2.4 / (25 * inputs)
            assert weights.min() < -reached * 2.4 / (25 * inputs)
        first += inputs


@pytest.mark.parametrize("layer", ["s2", "s4"])
def test_subsampling_starts_as_plain_averaging(layer: str) -> None:
    """S2 and S4 start with coefficient 1 and bias 0."""
    subsampling = getattr(made(0), layer)
    assert (subsampling.coefficient == 1).all()
    assert (subsampling.bias == 0).all()


def test_the_seed_decides_the_weights() -> None:
    """The same seed gives the same weights, another seed others in every layer that starts at random."""
    one, same, other = made(3).state_dict(), made(3).state_dict(), made(4).state_dict()
    for name, weights in one.items():
        assert torch.equal(weights, same[name]), name
        assert torch.equal(weights, other[name]) == name.startswith(("s2", "s4")), name


@pytest.mark.parametrize("off", [{}, {"c1": [2]}, {"c3": [0, 15]}, {"c1": [0, 5], "c3": [3]}])
def test_maps_can_be_replaced(off: dict[str, list[int]]) -> None:
    """What reads a map of C1 or C3 that is replaced reads the values given; weights and other maps stay."""
    model, x = made(0), random_like(3, 1, 32, 32)
    before = model(x)
    values = {"c1": random_like(6, 28, 28), "c3": random_like(16, 10, 10)}
    c1 = squash(model.c1(x))
    for number in off.get("c1", []):
        c1[:, number] = values["c1"][number]
    c3 = squash(model.c3(squash(model.s2(c1))))
    for number in off.get("c3", []):
        c3[:, number] = values["c3"][number]
    f6 = squash(model.f6(squash(model.c5(squash(model.s4(c3)))).flatten(1)))
    instead = {layer: {n: values[layer][n] for n in numbers} for layer, numbers in off.items()}
    maps = model.maps(x, instead)
    torch.testing.assert_close(maps["c1"], c1)
    torch.testing.assert_close(maps["c3"], c3)
    torch.testing.assert_close(model(x, instead), model.output(f6))
    assert torch.equal(model(x, instead), maps["output"])
    assert torch.equal(model(x), before)
    assert torch.equal(model(x, instead), before) == (not off)


def test_inputs_are_read_in_batches() -> None:
    """Inputs from 0 to 1 are read at the paper's pixel values, at most so many at a time, without gradients."""
    model, inputs = made(0), random_like(7, 32, 32).sigmoid()
    sizes = []

    def read(pixels: Tensor) -> Tensor:
        sizes.append(len(pixels))
        return model(pixels)

    read_all = in_batches(read, inputs, size=3)
    torch.testing.assert_close(read_all, model(inputs[:, None] * 1.275 - 0.1))
    assert not read_all.requires_grad
    assert sizes == [3, 3, 1]
