"""A range's answers in words, for who does not see its curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

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
    return "nothing" if digit is None else str(digit)
