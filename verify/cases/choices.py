"""Where a random graph's choices come from: a seeded NumPy generator (campaigns) or Hypothesis's draw (strategies).

Both supply one thing, a whole number between two bounds; everything else is made of that. The generator of graphs is
therefore the same code on top of both, and Hypothesis shrinks every choice toward its first and simplest value.

>>> choices = seeded(np.random.default_rng(0))
>>> 1 <= choices.integer(1, 6) <= 6
True
>>> choices.pick([])
Traceback (most recent call last):
    ...
ValueError: nothing to pick from
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")

BLOCK = 128  # numbers that a generator gives at once, which is faster than one by one; part of what a seed means


@dataclass(frozen=True)
class Choices:
    """A source of choices: `integer(lo, hi)` is a whole number in lo … hi, both included."""

    integer: Callable[[int, int], int]

    def pick(self, options: Sequence[T]) -> T:
        """One of `options`; the first is the simplest."""
        if not options:
            raise ValueError("nothing to pick from")
        return options[self.integer(0, len(options) - 1)]

    def chance(self, percent: int) -> bool:
        """True in about `percent` of 100 cases; False is the simpler."""
        return self.integer(0, 99) >= 100 - percent

    def subset(self, options: Sequence[T], percent: int) -> list[T]:
        """Each of `options` with the given chance, in order."""
        return [option for option in options if self.chance(percent)]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """`options` in some order; unchanged is the simplest."""
        rest, order = list(options), list[T]()
        while rest:
            order.append(rest.pop(self.integer(0, len(rest) - 1)))
        return order

    def fraction(self) -> Fraction:
        """A small fraction, seldom 0."""
        numerator = self.integer(-12, 12) or self.integer(0, 1)
        return Fraction(numerator, self.pick((1, 2, 4, 8, 16, 3)))

    def real(self) -> float:
        """A number of 22 bits at most, which float32 holds as well: mostly of size 0.1 … 3, sometimes 0, whole, about
        10⁻³ or about 10³."""
        kind = self.integer(0, 19)
        if kind == 1:
            return 0.0
        if kind == 2:
            return float(self.integer(-4, 4))
        size = self.integer(100, 3000) / 1024
        sign = self.pick((1.0, -1.0))
        return sign * size * {3: 2.0**-10, 4: 2.0**10}.get(kind, 1.0)


def seeded(rng: np.random.Generator) -> Choices:
    """Choices by a seeded generator: the same seed gives the same choices. It gives its numbers in blocks, and belongs
    to these choices from then on."""
    waiting: list[float] = []

    def integer(lo: int, hi: int) -> int:
        if not waiting:
            waiting.extend(rng.random(BLOCK).tolist())
        return lo + int(waiting.pop() * (hi - lo + 1))

    return Choices(integer)


def drawn(draw: Callable[[Any], Any]) -> Choices:
    """Choices by the `draw` function of a Hypothesis composite strategy."""
    from hypothesis import strategies as st

    return Choices(lambda lo, hi: draw(st.integers(lo, hi)))
