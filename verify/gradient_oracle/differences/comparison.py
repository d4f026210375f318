"""A gradient along one direction beside a slope from values: `Compared`, and what many of them say together.

>>> def compared(found, slope, estimate=1e-9):
...     return Compared(0, np.ones(1), None, found, Slope(slope, estimate), rounding=1e-8)
>>> compared(2.0, 2.0).differs, compared(2.0, 2.1).differs, compared(2.0, 2.1, estimate=0.5).differs
(False, True, False)
>>> is_about(compared(0.3, 0.5), [compared(0.0, 0.0), compared(1.0, 1.0)]), is_about(compared(5.0, 0.5), [compared(0.0, 0.0), compared(1.0, 1.0)])
(True, False)
>>> digits_of([compared(2.0, 2.0)]), digits_of([compared(2e-5, 2e-5)])
(6, 3)
>>> is_about(compared(5.0, 0.5), [])
Traceback (most recent call last):
    ...
ValueError: min() arg is an empty sequence
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.differences.slopes import APART, Slope

DECIDES = 1e-3  # chosen: of the slope; a difference whose estimate is larger decides nothing
MARGIN = 100.0  # chosen: in estimates, since an estimate is no bound
KINKED = 1e-6  # chosen: of the largest slope; an estimate that is larger is no rounding: a kink or a jump is in reach
ABOUT = 0.05  # chosen: of the slopes beside; how far outside of them a gradient at a kink may lie, beside their own spread
BOTH_SIDES = 10.0  # chosen, in estimates: at a kink they are about what the slopes to both sides differ by
DIGITS = 6  # chosen: what is said of differences at most


class Compared(NamedTuple):
    """A gradient g along a direction v, or that of one `entry`: `found` is g·v, beside the `slope` of the forward;
    `rounding` is what both may be off beside the estimate."""

    argument: int
    v: Array
    entry: tuple[int, ...] | None
    found: float
    slope: Slope
    rounding: float

    @property
    def allowed(self) -> float:
        """How far apart they may be."""
        return MARGIN * self.slope.estimate + self.rounding

    @property
    def size(self) -> float:
        """The larger of both."""
        return max(abs(self.slope.value), abs(self.found)) if math.isfinite(self.slope.value) else abs(self.found)

    @property
    def error(self) -> float:
        """How far apart they are."""
        return abs(self.found - self.slope.value)

    @property
    def is_clear(self) -> bool:
        """Whether the estimate decides."""
        return math.isfinite(self.slope.value) and self.slope.estimate <= DECIDES * max(self.size, 1e-300)

    @property
    def differs(self) -> bool:
        """Whether they are clearly farther apart than is allowed."""
        return self.is_clear and self.error > self.allowed


def is_kinked(at: Compared, largest: float) -> bool:
    """Whether there is no slope, and that beside the largest one it is no rounding that stands against it."""
    return not (at.is_clear or at.slope.estimate <= KINKED * largest)


def is_about(at: Compared, beside: Sequence[Compared]) -> bool:
    """Whether a gradient lies about the slopes to both sides and at points beside, as it must at a kink."""
    slopes = [there.slope.value for there in beside]
    low, high = min(slopes), max(slopes)
    if math.isfinite(at.slope.value) and at.slope.estimate <= BOTH_SIDES * max(abs(low), abs(high)):
        low, high = min(low, at.slope.value - at.slope.estimate), max(high, at.slope.value + at.slope.estimate)
    room = high - low + ABOUT * max(abs(low), abs(high))
    return low - room <= at.found <= high + room


def digits_of(settled: Sequence[Compared]) -> int:
    """To how many digits gradients were compared, one of them with another."""
    shares = [(APART * at.slope.estimate + at.rounding) / at.size for at in settled if at.size]
    return max(1, min(DIGITS, math.floor(-math.log10(max(median(shares), 1e-300))))) if shares else DIGITS


def along_each(shape: tuple[int, ...], rng: np.random.Generator, directions: int, few: int) -> list[tuple[Array, tuple[int, ...] | None]]:
    """Random directions, then those along single entries, with their index, if there are few."""
    chosen: list[tuple[Array, tuple[int, ...] | None]] = [(rng.normal(size=shape), None) for _ in range(directions)]
    if math.prod(shape) <= few:
        for index in np.ndindex(shape):
            v = np.zeros(shape)
            v[index] = 1.0
            chosen.append((v, index))
    return chosen
