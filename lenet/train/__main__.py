"""Train LeNet-5 on MNIST, the UCI pen digits and UNIPEN's digits: python -m lenet.train --seed 0

The recipe:
- data: MNIST's training digits, the pen digits of 30 training writers, and UNIPEN's of 143 others, distorted as
  other people and other pens would have made them, anew for each epoch (augment.py, dataset.py);
- held out for validation: MNIST's last 5,000 training digits, every fifth pen writer, and UNIPEN's 26 that
  lenet/data/curation.py names. Nothing is chosen by looking at a test set; weights/TRAINING.md says what was tried;
- first two teachers, larger networks of today's kind (teacher.py), learn the digits (runs/teacher-*.safetensors);
  LeNet-5 then learns from the labels and, mostly, from the teachers' logits for each distorted digit
  (runs/dataset-*.safetensors); both are made once, for all seeds (cache.py);
- each of these is a run (run.py), LeNet-5's with SOAP as its optimizer (soap.py).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import torch

from lenet.checkpoint import metadata
from lenet.data import DataError
from lenet.train.dataset import Digits, load_digits
from lenet.train.run import Recipe, as_text, run_key, train
from lenet.train.teacher import Teachers

# The teachers learn from labels alone, and labels hold for digits distorted less: a 7 turned by 28 degrees may
# well be a 1.
TEACHER = Recipe(epochs=20, sets=20, weight_decay=0.05, ema_decay=0.998, strength=0.6, distillation_weight=0)
TEACHERS = 2


def the_teachers(digits: Digits, folder: Path) -> Teachers:
    """The recipe's teachers: read from `folder`, or trained if these very ones are not there yet."""
    paths = []
    for seed in range(TEACHERS):
        recipe, path = replace(TEACHER, seed=seed), folder / f"teacher-{seed}.safetensors"
        if not path.exists() or metadata(path).get("key") != run_key(recipe, digits, None):
            print(f"First teacher {seed + 1} of {TEACHERS}.", file=sys.stderr)
            train(recipe, digits, path, folder / f"teacher-{seed}.pt", teachers=None)
        paths.append(path)
    return Teachers(paths)


def main(arguments: list[str] | None = None) -> int:
    """The command line: `python -m lenet.train --help`."""
    parser = argparse.ArgumentParser(prog="python -m lenet.train", description="Train LeNet-5.")
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--out", type=Path, default=Path("weights/model.safetensors"))
    parser.add_argument("--threads", type=int, default=None, help="CPU threads (default: all cores)")
    options = parser.parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    folder, recipe = Path("runs"), Recipe(seed=options.seed, epochs=options.epochs)
    try:
        digits = load_digits()
        teachers = the_teachers(digits, folder)
        run = train(recipe, digits, options.out, folder / f"seed-{options.seed}.pt", teachers)
    except KeyboardInterrupt:
        print(f"\nStopped. Nothing is lost: the same command goes on from {folder}.", file=sys.stderr)
        return 130
    except DataError as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"{options.out}: {as_text(run.history[-1])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
