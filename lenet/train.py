"""Train LeNet-5 on MNIST and on the UCI pen digits: python -m lenet.train --seed 0

The recipe, from top to bottom of this file:
- data: 55,000 MNIST training digits and the pen digits of 26 writers, both distorted anew each epoch;
- held out for validation: MNIST's last 5,000 training digits and four other pen writers. Nothing is
  chosen by looking at a test set;
- AdamW, one warm-up and a cosine to zero; the shipped weights are a running average of the trained ones;
- after each epoch the whole state goes to disk: after Ctrl-C the same command goes on where it stopped.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from lenet import data
from lenet.augment import distort_pictures, distort_strokes
from lenet.checkpoint import save
from lenet.model import LeNet5, normalise
from lenet.preprocess import preprocess
from lenet.strokes import draw

VALIDATION_DIGITS = 5_000  # the last ones of MNIST's training set
VALIDATION_WRITERS = (3, 11, 19, 27)  # of the pen digits' 30 training writers


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what is learned."""

    seed: int = 0
    epochs: int = 80
    batch: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    averaging: float = 0.999  # of the running average, a step

    def rate(self, progress: float) -> float:
        """The learning rate at `progress` in [0, 1]: 5 % warm-up, then a cosine to zero."""
        warm_up = min(1.0, progress / 0.05)
        return self.learning_rate * warm_up * (1 + math.cos(math.pi * progress)) / 2


@dataclass
class Digits:
    """Training and validation digits, as they are before any distortion."""

    pictures: Tensor  # (N, 32, 32) in [0, 1], MNIST
    picture_labels: Tensor
    pen: list[data.PenDigit]
    validation: dict[str, tuple[Tensor, Tensor]] = field(default_factory=dict)  # inputs and labels


def load_digits() -> Digits:
    """MNIST's training set and the training writers' pen digits, split for validation."""
    images, labels = data.mnist("train")
    pictures = F.pad(torch.from_numpy(images.copy()).float() / 255, (2, 2, 2, 2))
    targets = torch.from_numpy(labels)
    pen = data.pendigits("train")
    held_out = [digit for digit in pen if digit.writer in VALIDATION_WRITERS]
    return Digits(
        pictures=pictures[:-VALIDATION_DIGITS],
        picture_labels=targets[:-VALIDATION_DIGITS],
        pen=[digit for digit in pen if digit.writer not in VALIDATION_WRITERS],
        validation={
            "mnist": (pictures[-VALIDATION_DIGITS:], targets[-VALIDATION_DIGITS:]),
            "pendigits": pen_inputs(held_out),
        },
    )


def pen_inputs(digits: list[data.PenDigit]) -> tuple[Tensor, Tensor]:
    """Undistorted (N, 32, 32) inputs in [0, 1] and labels (N,) of pen digits, by the page's own path."""
    inputs = np.stack([preprocess(draw(digit.strokes)).input for digit in digits])
    return torch.from_numpy(inputs), torch.tensor([digit.digit for digit in digits])


@torch.no_grad()
def error(model: nn.Module, inputs: Tensor, labels: Tensor) -> float:
    """Share of `inputs`, (N, 32, 32) in [0, 1], that `model` reads wrong, in per cent."""
    model.eval()
    wrong = sum(
        int((model(normalise(x)[:, None]).argmax(1) != y).sum())
        for x, y in zip(inputs.split(1000), labels.split(1000), strict=True)
    )
    model.train()
    return 100 * wrong / len(labels)


class Run:
    """A training run: the network, its running average, the optimizer, and how far it has come."""

    def __init__(self, recipe: Recipe) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.model = LeNet5()
        self.average = AveragedModel(self.model, multi_avg_fn=get_ema_multi_avg_fn(recipe.averaging))
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        self.history: list[dict[str, float]] = []  # one entry an epoch

    def epoch(self, digits: Digits, progress_bar: tqdm[Any]) -> None:
        """Learn once from every training digit, distorted anew, and note loss and validation error."""
        recipe, number = self.recipe, len(self.history)
        # Both generators depend on seed and epoch alone: a resumed run sees what it would have seen.
        rng = np.random.default_rng([recipe.seed, number])
        generator = torch.Generator().manual_seed(recipe.seed * 100_003 + number)
        pictures = [distort_pictures(part, generator) for part in digits.pictures.split(500)]
        pen = [torch.from_numpy(distort_strokes(digit.strokes, rng)) for digit in digits.pen]
        inputs = torch.cat([*pictures, torch.stack(pen)])
        pen_labels = torch.tensor([digit.digit for digit in digits.pen])
        labels = torch.cat([digits.picture_labels, pen_labels])
        batches = torch.randperm(len(labels), generator=generator).split(recipe.batch)
        total = 0.0
        for step, batch in enumerate(batches):
            for group in self.optimizer.param_groups:
                group["lr"] = recipe.rate((number + step / len(batches)) / recipe.epochs)
            logits = self.model(normalise(inputs[batch])[:, None])
            loss = F.cross_entropy(logits, labels[batch])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.average.update_parameters(self.model)
            total += loss.item()
            # Told as a whole, not added up: a sum rounded to above the total makes tqdm warn.
            progress_bar.update(number + (step + 1) / len(batches) - progress_bar.n)
        errors = {name: error(self.average, x, y) for name, (x, y) in digits.validation.items()}
        self.history.append({"loss": total / len(batches), **errors})
        progress_bar.set_postfix_str(
            f"loss {total / len(batches):.4f}, validation error: MNIST {errors['mnist']:.2f} %, "
            f"pen digits {errors['pendigits']:.2f} %"
        )

    def save(self, path: Path) -> None:
        """Write the whole state, so that `resume` can go on from here."""
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        state = {
            "recipe": asdict(self.recipe),
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "history": self.history,
        }
        torch.save(state, unfinished)
        unfinished.replace(path)

    def resume(self, path: Path) -> None:
        """Go on from `path` if it holds a run of the same recipe; otherwise start anew and say so."""
        if not path.exists():
            return
        state = torch.load(path, weights_only=True)
        if state["recipe"] != asdict(self.recipe):
            print(f"{path} belongs to another recipe: starting anew.", file=sys.stderr)
            return
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.history = state["history"]
        print(f"Going on after epoch {len(self.history)} of {self.recipe.epochs} ({path}).", file=sys.stderr)


def commit() -> str:
    """The checkout's commit, with "+" behind it where files were changed since; "" outside of git."""
    try:
        command = ["git", "describe", "--always", "--abbrev=12", "--dirty=+"]
        folder = Path(__file__).parent
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def train(recipe: Recipe, out: Path, state: Path) -> Run:
    """Carry out `recipe`: weights to `out`, the state after each epoch to `state`."""
    run = Run(recipe)
    run.resume(state)
    digits = load_digits()
    bar = "{l_bar}{bar}| epoch {n:.1f}/{total} [{elapsed}<{remaining}] {postfix}"
    with tqdm(total=recipe.epochs, initial=len(run.history), bar_format=bar) as progress_bar:
        while len(run.history) < recipe.epochs:
            run.epoch(digits, progress_bar)
            run.save(state)
    about = {
        "recipe": asdict(recipe),
        "data": {name: data.SOURCES[name].sha256 for name in data.SOURCES if "train" in name},
        "history": run.history,
        "torch": torch.__version__,
        "commit": commit(),
    }
    run.model.load_state_dict(run.average.module.state_dict())
    save(run.model, out, about)
    state.unlink(missing_ok=True)
    return run


def main() -> int:
    """The command line: `python -m lenet.train --help`."""
    parser = argparse.ArgumentParser(prog="python -m lenet.train", description="Train LeNet-5.")
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--out", type=Path, default=Path("weights/model.safetensors"))
    parser.add_argument("--threads", type=int, default=None, help="CPU threads (default: all cores)")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    state = Path("runs") / f"seed-{arguments.seed}.pt"
    try:
        run = train(Recipe(seed=arguments.seed, epochs=arguments.epochs), arguments.out, state)
    except KeyboardInterrupt:
        print(f"\nStopped. Nothing is lost: the same command goes on from {state}.", file=sys.stderr)
        return 130
    except data.DataError as problem:
        print(problem, file=sys.stderr)
        return 2
    last = run.history[-1]
    print(
        f"{arguments.out}: validation error {last['mnist']:.2f} % of {VALIDATION_DIGITS} MNIST digits, "
        f"{last['pendigits']:.2f} % of the held-out writers' pen digits."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
