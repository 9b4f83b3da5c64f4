"""Answers over a range, or over training, in words, for who does not see their curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

Digit = int | None
MOST = 3  # answers that are told on either side; what is further away is left out


def in_words(
    digits: Sequence[Digit], values: Sequence[float], none: float, written: Callable[[float], str]
) -> str:
    """Where the answer flips: "stays 7 from −20° to 24°, then 1; below, 4".

    `digits` are the answers at each of `values`, which grow; `none` is the value that changes nothing, and where
    the telling starts; `written` writes a value.
    """
    present = min(range(len(values)), key=lambda i: abs(values[i] - none))
    low = high = present
    while low > 0 and digits[low - 1] == digits[present]:
        low -= 1
    while high + 1 < len(digits) and digits[high + 1] == digits[present]:
        high += 1
    text = "stays " + _name(digits[present])
    if low == 0 and high == len(digits) - 1:
        return f"{text} from {written(values[0])} to {written(values[-1])}"
    above, below = _others(digits[high + 1 :]), _others(digits[:low][::-1])
    if not below:
        return f"{text} up to {written(values[high])}, then {above}"
    if not above:
        return f"{text} down to {written(values[low])}; below, {below}"
    return f"{text} from {written(values[low])} to {written(values[high])}, then {above}; below, {below}"


def _others(digits: Sequence[Digit]) -> str:
    """The answers in their order, each named once as long as it stays."""
    names = [_name(digit) for digit, _ in groupby(digits)]
    return ", then ".join([*names[:MOST], *(["others"] if len(names) > MOST else [])])


def _name(digit: Digit) -> str:
    return "no answer" if digit is None else str(digit)


def learning_in_words(answers: Sequence[Digit], steps: Sequence[int]) -> str:
    """From which step of training on it said what: "is sure of nothing at first, then says 4 from step 385 on".

    `answers` are those at each of `steps`; None where it was sure of nothing.
    """
    runs = [
        (digit, next(step for step, _ in run))
        for digit, run in groupby(zip(steps, answers, strict=True), key=lambda one: one[1])
    ]
    told = [_stretch(digit, step, first=index == 0) for index, (digit, step) in enumerate(runs)]
    if len(told) > MOST + 1:
        told = [told[0], f"changes its mind {len(told) - 2} times", told[-1]]
    return ", then ".join(told)


def _stretch(digit: Digit, step: int, first: bool) -> str:
    text = "is sure of nothing" if digit is None else f"says {digit}"
    if first:
        return f"{text} at first"
    return f"{text} from step {step:,} on"


def sure_answers(probabilities: NDArray[np.floating[Any]]) -> list[Digit]:
    """The answer of each row of (N, 10) probabilities; None where no digit has half of them."""
    return [int(row.argmax()) if row.max() >= 0.5 else None for row in probabilities]


def what_to_notice(steps: Sequence[int], errors: Sequence[float]) -> str:
    """Where on the way most was learned, by the `errors` in per cent at each of `steps`."""
    last_high = max(i for i, error in enumerate(errors) if error > errors[0] / 2)
    first_low = next(i for i, error in enumerate(errors) if i > last_high and error < max(2, 2 * errors[-1]))
    return (
        "Untrained, it is sure of nothing. It learns nearly all between steps "
        f"{steps[last_high]:,} and {steps[first_low]:,}: of 100 digits it misreads {errors[last_high]:.0f}, "
        f"then {errors[first_low]:.0f}. The other {steps[-1] - steps[first_low]:,} steps are for the hard ones."
    )
