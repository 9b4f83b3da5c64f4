"""Read a picture of a digit: lenet three.png"""

from __future__ import annotations

import argparse
import sys

from lenet import __version__
from lenet.checkpoint import WeightsError
from lenet.prediction import classify


def bar() -> str:
    """A full block where the output's encoding has one."""
    try:
        "█".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return "#"
    return "█"


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit status: 0, or 2 for a picture that cannot be read."""
    parser = argparse.ArgumentParser(prog="lenet", description="Read a handwritten digit with LeNet-5.")
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("picture", help="an image file: dark on light, light on dark, or transparent")
    picture = parser.parse_args(arguments).picture
    try:
        prediction = classify(picture)
    except (ValueError, WeightsError) as problem:
        print(problem, file=sys.stderr)
        return 2
    if prediction.digit is None:
        print("Nothing is drawn")
        return 0
    print(prediction.digit)
    if prediction.is_digit is not None and prediction.rejected:
        print(f"Not a digit? Only {100 * prediction.is_digit:.1f} % sure that it is one.", file=sys.stderr)
    for digit, probability in enumerate(prediction.probabilities):
        print(f"{digit}  {100 * probability:5.1f} %  {bar() * round(40 * float(probability))}".rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
