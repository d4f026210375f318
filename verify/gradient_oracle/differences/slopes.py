"""The slope of a function of one number at 0, from values: `slope_of(value, largest_step, noise)`.

Central differences with steps h, h/2, h/4, … are extrapolated (Richardson; C. J. F. Ridders, 1982), each with an
estimate of its error:

- the change by the last extrapolation;
- the *bend*, half of what the slopes to both sides differ by, extrapolated in the same way: 0 where the function is
  smooth, half of the change of slope where it has a kink in reach, however regular the central differences are;
- the noise of the values over the step.

A kink or a jump spoils all steps that reach beyond it, and those only. So the answer is that with the least estimate
among those which no answer of a shorter reach contradicts (O. Lepski, 1991), and steps are halved until that is good.

>>> slope_of(math.exp, 2.0**-4, 1e-16).estimate < 1e-11
True
>>> relu = lambda t: max(t - 1e-4, 0.0) + 2 * t
>>> slope_of(relu, 2.0**-4, 1e-16).value
2.0
>>> round(slope_of(lambda t: abs(t), 2.0**-4, 1e-16).estimate, 9)
1.0
>>> slope_of(math.log, 2.0**-4, 1e-16)
Traceback (most recent call last):
    ...
ValueError: math domain error
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

ROWS = 8  # chosen: steps from h down to h/2⁷, below which rounding takes more than the extrapolation of a smooth function gives
MOST_ROWS = 22  # chosen: down to h/2²¹ ≈ 3·10⁻⁸, where a difference of float64s has half of its digits
GOOD = 1e-9  # chosen: of the slope; a smaller estimate needs no shorter steps
APART = 10.0  # chosen: how many estimates two answers may lie apart, since an estimate is no bound
ORDERS = 6  # chosen: extrapolations in a row; more of them reach from steps so long that they say nothing of the shortest


class Slope(NamedTuple):
    """A slope, and an estimate of its error; nan and infinite where there is none."""

    value: float
    estimate: float


class _Answer(NamedTuple):
    """A slope extrapolated from steps of which `reach` is the longest."""

    reach: float
    value: float
    estimate: float


def slope_of(value: Callable[[float], float], largest_step: float, noise: float) -> Slope:
    """The slope of `value` at 0; `noise` is how far its values may be off, whatever the step."""
    middle = value(0.0)
    centrals, bends = list[float](), list[float]()
    answers: list[_Answer] = []
    best = Slope(math.nan, math.inf)
    for row in range(MOST_ROWS):
        step = largest_step / 2.0**row
        if row >= ROWS and (best.estimate <= GOOD * abs(best.value) or best.estimate <= 4 * noise / step):
            break
        above, below = value(step), value(-step)
        if not (math.isfinite(above) and math.isfinite(below)):  # beyond the edge of a domain
            centrals, bends = [], []
            continue
        before = centrals
        centrals = _extrapolated((above - below) / (2 * step), before, 2)
        bends = _extrapolated((above + below - 2 * middle) / (2 * step), bends, 1)
        for k in range(1, len(before) + 1 if len(before) < ORDERS else ORDERS):
            change = max(abs(centrals[k] - centrals[k - 1]), abs(centrals[k] - before[k - 1]))
            answers.append(_Answer(step * 2.0**k, centrals[k], change + abs(bends[k]) + 4 * noise / step))
        best = _best(answers)
    return best


def _extrapolated(first: float, before: Sequence[float], power: int) -> list[float]:
    """A row of Richardson's table of which the errors are of the powers `power`, `power` + 2, …"""
    row = [first]
    for k, old in enumerate(before):
        row.append(row[-1] + (row[-1] - old) / (2.0 ** (power + 2 * k) - 1))
    return row


def _best(answers: Sequence[_Answer]) -> Slope:
    """The least estimate, up to the first answer that one of a shorter reach contradicts."""
    best, low, high = Slope(math.nan, math.inf), -math.inf, math.inf
    for _, value, estimate in sorted(answers):
        room = APART * estimate
        if value - room > high or value + room < low:
            break
        low, high = max(low, value - room), min(high, value + room)
        if estimate < best.estimate:
            best = Slope(value, estimate)
    return best
