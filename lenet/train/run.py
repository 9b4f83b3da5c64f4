"""One training run: from a recipe to weights.

- One warm-up and a cosine to zero; the result is an exponential moving average of the trained weights.
- LeNet-5 leaves snapshots of some moments of its training (lenet/snapshots.py).
- After each epoch the whole state goes to disk: after Ctrl-C the same command goes on where it stopped.
"""

from __future__ import annotations

import math
import platform
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from lenet.checkpoint import save
from lenet.data import SOURCES
from lenet.model import LeNet5, normalise
from lenet.snapshots import Snapshot, moments, save_snapshots, snapshots_of
from lenet.train import cache
from lenet.train.dataset import FILES, Dataset, Digits, cached, distort, error
from lenet.train.soap import SOAP
from lenet.train.teacher import Teacher, Teachers


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what is learned."""

    seed: int = 0
    epochs: int = 120
    sets: int = 30  # of distorted digits, which the epochs learn from in turn
    batch: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    ema_decay: float = 0.999  # of the moving average of the weights, a step
    pen_copies: int = 1  # how often a pen digit comes in an epoch, each time distorted differently
    strength: float = 1.0  # of the distortions: 1 for up to 28 degrees, for example
    distillation_weight: float = 0.9  # the share of the loss that compares with the teachers, not the label
    temperature: float = 2.0  # by which both sides' logits are divided for that

    def rate(self, progress: float) -> float:
        """The learning rate at `progress` in [0, 1]: 5 % warm-up, then a cosine to zero."""
        warm_up = min(1.0, progress / 0.05)
        return self.learning_rate * warm_up * (1 + math.cos(math.pi * progress)) / 2

    def loss(self, logits: Tensor, labels: Tensor, teacher_logits: Tensor | None) -> Tensor:
        """Cross-entropy to the labels and, where there are teachers, distillation (Hinton et al., 2015)."""
        by_labels = F.cross_entropy(logits, labels)
        if teacher_logits is None:
            return by_labels
        student = (logits / self.temperature).log_softmax(1)
        teacher = (teacher_logits / self.temperature).softmax(1)
        by_teacher = F.kl_div(student, teacher, reduction="batchmean")
        # Softening by T divides gradients by T²; the factor gives both parts their stated shares.
        share = self.distillation_weight
        return (1 - share) * by_labels + share * self.temperature**2 * by_teacher


class Run:
    """A training run: the network, its moving average, the optimizer, and how far it has come."""

    def __init__(self, recipe: Recipe, digits: Digits, teachers: Teachers | None, folder: Path) -> None:
        """A LeNet-5 that learns from `teachers`; without them, a teacher that learns for itself.

        Datasets that are made once for all seeds lie in `folder`.
        """
        torch.manual_seed(recipe.seed)
        self.recipe, self.digits, self.teachers, self.folder = recipe, digits, teachers, folder
        self.key = run_key(recipe, digits, teachers)
        distortions = {"copies": recipe.pen_copies, "strength": recipe.strength}
        made_from = distortions | _learned_from(digits, teachers)
        self.dataset_key = cache.key(["lenet.train.dataset", "lenet.train.teacher"], **made_from)
        self.model: nn.Module = LeNet5() if teachers else Teacher()
        self.model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # faster
        optimizer = SOAP if teachers else torch.optim.AdamW
        self.optimizer: torch.optim.Optimizer = optimizer(
            self.model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        self.average = AveragedModel(self.model, multi_avg_fn=get_ema_multi_avg_fn(recipe.ema_decay)).eval()
        self.history: list[dict[str, float]] = []  # one entry an epoch
        self.snapshots: list[dict[str, Any]] = []  # of LeNet-5: step, weights, and validation errors
        self.seconds = 0.0  # of processor time

    def dataset(self, number: int) -> Dataset:
        """An epoch's distorted digits. All seeds of LeNet-5 learn from the same, which are made once."""
        recipe, turn = self.recipe, number % self.recipe.sets
        if self.teachers is None:
            return distort(self.digits, recipe.pen_copies, (recipe.seed, turn), recipe.strength)
        return cached(
            self.folder / f"dataset-{turn}.safetensors",
            self.dataset_key,
            lambda: distort(self.digits, recipe.pen_copies, (0, turn), recipe.strength, self.teachers),
        )

    def epoch(self, progress_bar: tqdm[Any]) -> None:
        """Learn once from every distorted digit; note the loss and the validation errors."""
        recipe, number, started = self.recipe, len(self.history), time.process_time()
        dataset = self.dataset(number)
        # All that is random depends on seed and epoch alone: a resumed run sees what it would have seen.
        torch.manual_seed(recipe.seed * 100_003 + number)
        batches = torch.randperm(len(dataset.labels)).split(recipe.batch)
        steps = recipe.epochs * len(batches)
        kept = moments(steps) if self.teachers else []
        if number == 0 and kept:
            self.snapshot(0, self.model)
        total = 0.0
        for step, batch in enumerate(batches):
            for group in self.optimizer.param_groups:
                group["lr"] = recipe.rate((number + step / len(batches)) / recipe.epochs)
            inputs = normalise(dataset.inputs[batch].float() / 255)[:, None]
            logits = self.model(inputs.contiguous(memory_format=torch.channels_last))
            teacher_logits = None if dataset.teacher_logits is None else dataset.teacher_logits[batch]
            loss = recipe.loss(logits, dataset.labels[batch], teacher_logits)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.average.update_parameters(self.model)
            total += loss.item()
            if (done := number * len(batches) + step + 1) in kept:
                self.snapshot(done, self.average.module if done == steps else self.model)
            # Set as a whole, not added up: a sum rounded to above the total makes tqdm warn.
            progress_bar.update(number + (step + 1) / len(batches) - progress_bar.n)
        self.history.append({"loss": total / len(batches), **self.errors(self.average)})
        self.seconds += time.process_time() - started
        progress_bar.set_postfix_str(as_text(self.history[-1]))

    def errors(self, model: nn.Module) -> dict[str, float]:
        """Errors in per cent on the validation digits, by set."""
        return {name: error(model, x, y) for name, (x, y) in self.digits.validation.items()}

    def snapshot(self, step: int, model: nn.Module) -> None:
        """Keep `model` as it is now."""
        weights = {name: value.clone() for name, value in model.state_dict().items()}
        self.snapshots.append({"step": step, "errors": self.errors(model), "weights": weights})

    def save(self, path: Path) -> None:
        """Write the whole state, so that `resume` can go on from here."""
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        state = {
            "key": self.key,
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "history": self.history,
            "snapshots": self.snapshots,
            "seconds": self.seconds,
        }
        torch.save(state, unfinished)
        unfinished.replace(path)

    def resume(self, path: Path) -> None:
        """Go on from `path` if it holds this very run; otherwise start anew and say so."""
        if not path.exists():
            return
        state = torch.load(path, weights_only=True)
        if state.get("key") != self.key:
            print(
                f"{path} has another recipe, other digits or an older source: starting anew.", file=sys.stderr
            )
            return
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.history, self.seconds = state["history"], state["seconds"]
        self.snapshots = state["snapshots"]
        print(f"Going on after epoch {len(self.history)} of {self.recipe.epochs} ({path}).", file=sys.stderr)


def as_text(epoch: dict[str, float]) -> str:
    """An epoch's loss and validation errors, to be read by people."""
    errors = [f"{name} {value:.2f} %" for name, value in epoch.items() if name != "loss"]
    return f"loss {epoch['loss']:.4f}, validation error: {', '.join(errors)}"


def commit() -> str:
    """The checkout's commit, with "+" behind it where files were changed since; "" outside of git."""
    try:
        command = ["git", "describe", "--always", "--abbrev=12", "--dirty=+"]
        folder = Path(__file__).parent
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def hardware() -> str:
    """The processor's name as far as it is known, and how many threads it works with."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text("utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    threads = torch.get_num_threads()
    return f"{(names or [platform.machine()])[0]}, {threads} thread{'s' if threads > 1 else ''}"


def run_key(recipe: Recipe, digits: Digits, teachers: Teachers | None) -> str:
    """What a run is known by: everything that decides what it learns."""
    return cache.key(["lenet.train.run"], recipe=asdict(recipe), **_learned_from(digits, teachers))


def _learned_from(digits: Digits, teachers: Teachers | None) -> dict[str, str | None]:
    return {"digits": digits.content, "teachers": None if teachers is None else cache.weights(teachers)}


def _networks(snapshots: list[dict[str, Any]]) -> list[Snapshot]:
    networks = []
    for one in snapshots:
        model = LeNet5()
        model.load_state_dict(one["weights"])
        networks.append(Snapshot(one["step"], one["errors"], model))
    return networks


def train(recipe: Recipe, digits: Digits, out: Path, state: Path, teachers: Teachers | None) -> Run:
    """Carry out `recipe`: weights to `out`, snapshots beside it, the state after each epoch to `state`."""
    run, made_by = Run(recipe, digits, teachers, state.parent), commit()
    run.resume(state)
    bar = "{l_bar}{bar}| epoch {n:.1f}/{total} [{elapsed}<{remaining}] {postfix}"
    with tqdm(total=recipe.epochs, initial=len(run.history), bar_format=bar) as progress_bar:
        while len(run.history) < recipe.epochs:
            run.epoch(progress_bar)
            run.save(state)
    about = {
        "recipe": asdict(recipe),
        "key": run.key,
        "data": {name: SOURCES[name].sha256 for name in FILES},
        "history": run.history,
        "torch": torch.__version__,
        "commit": made_by,
        "hardware": hardware(),
        "minutes": round(run.seconds / 60, 1),  # of processor time
    }
    run.model.load_state_dict(run.average.module.state_dict())
    save(run.model, out, about)
    if run.snapshots:
        save_snapshots(_networks(run.snapshots), snapshots_of(out), {"key": run.key})
    state.unlink(missing_ok=True)
    return run
