"""Train the head that rejects what is no digit: python -m lenet.train.rejection --seed 0

It learns, in some minutes on one core, for the LeNet-5 that is shipped, whose weights it leaves alone:
- digits: MNIST's and the pen digits of training writers, plain and distorted as in LeNet-5's own training, each a
  quarter of every batch;
- drawings that are none: Omniglot's characters (lenet/data/characters.py) with signs of no alphabet, UNIPEN's letters
  and signs by training writers (lenet/data/curation.py), the most, scribbles (lenet/data/scribbles.py), and digits
  side by side or turned (lenet/data/nondigits.py), plain and distorted too.
- Then the bias is moved so that of each set of validation digits at most 0.7 % get less than even odds. That fits
  a pad on which nearly all drawings are digits.
Design and sizes were chosen by validation digits and drawings: see weights/TRAINING.md.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from lenet.checkpoint import REJECTION, WeightsError, fingerprint, load, save
from lenet.data import SOURCES, DataError, PenDigit, curation, nondigits
from lenet.data.characters import characters
from lenet.data.scribbles import KINDS, UNSEEN, scribbles, sign
from lenet.model import LeNet5, in_batches
from lenet.preprocess import stroke_inputs
from lenet.rejection import Rejection, features
from lenet.strokes import Stroke
from lenet.train.augment import distort_pictures, distort_strokes
from lenet.train.dataset import FILES, Digits, distort_pen_digits, load_digits, pen_inputs
from lenet.train.run import commit


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what is learned."""

    seed: int = 0
    steps: int = 15_000
    batch: int = 512
    learning_rate: float = 3e-3
    weight_decay: float = 1e-4
    digits: tuple[float, ...] = (1 / 4, 1 / 4)  # shares of a batch: MNIST's and pen digits
    others: tuple[float, ...] = (
        1 / 16,
        7 / 32,
        1 / 8,
        3 / 32,
    )  # Omniglot's, UNIPEN's, scribbles, made of digits
    pictures: int = 20_000  # MNIST digits, distorted; as many others plain
    pen_copies: int = 2  # of each pen digit, distorted, beside the plain one
    character_copies: int = 16
    signs: int = 3_000  # of no alphabet, beside the characters
    scribbles: int = 800  # of each kind
    segments: int = 400  # of each of UNIPEN's letters and signs, half of them distorted
    made: int = 3_000  # of digits side by side, and of turned ones
    rejected: float = 0.007  # share of the validation digits that may be rejected


def sources(digits: Digits, recipe: Recipe) -> tuple[list[Tensor], list[Tensor]]:
    """Inputs (N, 32, 32) in [0, 1]: of MNIST's and pen digits, and of four kinds of drawings that are none."""
    rng = np.random.default_rng(recipe.seed)
    generator = torch.Generator().manual_seed(recipe.seed)

    def distorted(drawings: list[list[Stroke]], copies: int) -> Tensor:
        pictures = [distort_strokes(strokes, rng) for _ in range(copies) for strokes in drawings]
        return torch.from_numpy(np.stack(pictures))

    def plain(drawings: list[list[Stroke]]) -> Tensor:
        return torch.from_numpy(stroke_inputs(drawings))

    count = recipe.pictures
    chosen = torch.randperm(len(digits.pictures), generator=generator)[: 2 * count]
    pictures = [distort_pictures(part, generator) for part in digits.pictures[chosen[:count]].split(500)]
    mnist = torch.cat([*pictures, digits.pictures[chosen[count:]]])
    copies = [distort_pen_digits(digits.pen, rng) for _ in range(recipe.pen_copies)]
    pen = torch.cat([*copies, pen_inputs(digits.pen)[0]])
    drawn = characters("train")
    letters = [distorted(drawn, recipe.character_copies), plain(drawn)]
    signs = [sign(rng) for _ in range(recipe.signs)]
    letters += [plain(signs[::2]), distorted(signs[1::2], 1)]
    kinds = [scribbles(kind, "train", recipe.scribbles, recipe.seed) for kind in KINDS if kind not in UNSEEN]
    scribbled = [strokes for kind in kinds for strokes in kind]
    segments = unipen_characters("train", recipe.segments, rng)
    made = made_of_digits(digits.pen, recipe.made, rng)
    return [mnist, pen], [
        torch.cat(letters),
        *(torch.cat([plain(lot[::2]), distorted(lot[1::2], 1)]) for lot in (segments, scribbled, made)),
    ]


def unipen_characters(split: str, of_each: int, rng: np.random.Generator) -> list[list[Stroke]]:
    """UNIPEN's letters and signs of a split, at most `of_each`, in random order."""
    found: dict[str, list[list[Stroke]]] = {}
    for category in ("capitals", "letters", "signs"):
        for one in curation.characters(category, split):
            found.setdefault(one.label, []).append(one.strokes)
    chosen = [drawings[k] for drawings in found.values() for k in rng.permutation(len(drawings))[:of_each]]
    return [chosen[k] for k in rng.permutation(len(chosen))]


def made_of_digits(digits: list[PenDigit], count: int, rng: np.random.Generator) -> list[list[Stroke]]:
    """`count` drawings of two to four of `digits` side by side, and about as many of turned ones, in random order."""
    by_digit = [[one.strokes for one in digits if one.digit == digit] for digit in range(10)]
    drawings = []
    for _ in range(count):
        some = [digits[k].strokes for k in rng.integers(0, len(digits), int(rng.integers(2, 5)))]
        drawings.append(nondigits.side_by_side(some, rng))
        digit, quarters = nondigits.TURNED[int(rng.integers(len(nondigits.TURNED)))]
        if by_digit[digit]:
            one = by_digit[digit][int(rng.integers(len(by_digit[digit])))]
            drawings.append(nondigits.turned(one, quarters))
    return [drawings[k] for k in rng.permutation(len(drawings))]


def read(model: LeNet5, inputs: Tensor) -> Tensor:
    """(N, 204): the head's `features` of (N, 32, 32) inputs in [0, 1]."""
    return in_batches(lambda x: features(model.maps(x)), inputs)


def fit(digits: list[Tensor], others: list[Tensor], start: Tensor, recipe: Recipe) -> Rejection:
    """The head that tells `digits` from `others`, each a source's features (N, 204); `start` (10, 204) are digits."""
    torch.manual_seed(recipe.seed)
    head = Rejection()
    with torch.no_grad():  # every prototype begins near the middle of a digit, at a distance worth a gradient
        torch.nn.init.normal_(head.projection.weight, std=0.09)
        head.prototypes.copy_(head.projection(start.repeat(len(head.prototypes) // 10, 1)))
        head.prototypes.add_(0.1 * torch.randn_like(head.prototypes))
        head.bias.fill_(3)
    optimizer = torch.optim.AdamW(head.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
    shares = (*recipe.digits, *recipe.others)
    parts = [
        (source, round(recipe.batch * share)) for source, share in zip(digits + others, shares, strict=True)
    ]
    truth = torch.cat([torch.full((count,), float(k < len(digits))) for k, (_, count) in enumerate(parts)])
    for step in tqdm(range(recipe.steps), unit="step"):
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * (1 + math.cos(math.pi * step / recipe.steps)) / 2
        batch = [source[torch.randint(len(source), (count,))] for source, count in parts]
        loss = F.binary_cross_entropy_with_logits(head(torch.cat(batch)), truth)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return head.eval()


@torch.no_grad()
def calibrate(head: Rejection, digits: list[Tensor], share: float) -> None:
    """Move the bias so that at most `share` of each of `digits`, sources' features, get less than even odds."""
    head.bias.sub_(min(float(head(source).quantile(share)) for source in digits))


def train(recipe: Recipe, out: Path) -> dict[str, float]:
    """Carry out `recipe` for the shipped LeNet-5: the head to `out`; per cent of validation digits rejected."""
    model = load()
    digits = load_digits()
    real, others = sources(digits, recipe)
    validation = {name: read(model, inputs) for name, (inputs, _) in digits.validation.items()}
    plain = read(model, digits.pictures[:10_000])
    start = torch.stack([plain[digits.picture_labels[:10_000] == digit].mean(0) for digit in range(10)])
    head = fit([read(model, one) for one in real], [read(model, one) for one in others], start, recipe)
    calibrate(head, list(validation.values()), recipe.rejected)
    with torch.no_grad():
        shares = {name: 100 * float((head(one) < 0).float().mean()) for name, one in validation.items()}
    about = {
        "recipe": asdict(recipe),
        "model": fingerprint(),
        "data": {name: SOURCES[name].sha256 for name in (*FILES, "omniglot/strokes_background_small1.zip")},
        "rejected": shares,
        "torch": torch.__version__,
        "commit": commit(),
    }
    save(head, out, about)
    return shares


def main() -> int:
    """The command line: `python -m lenet.train.rejection --help`."""
    parser = argparse.ArgumentParser(
        prog="python -m lenet.train.rejection",
        description="Train the head that rejects what is no digit, for the shipped LeNet-5.",
    )
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--out", type=Path, default=REJECTION)
    arguments = parser.parse_args()
    try:
        shares = train(Recipe(seed=arguments.seed), arguments.out)
    except (DataError, WeightsError) as problem:
        print(problem, file=sys.stderr)
        return 2
    shown = ", ".join(f"{name} {share:.2f} %" for name, share in shares.items())
    print(f"{arguments.out}: validation digits rejected: {shown}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
