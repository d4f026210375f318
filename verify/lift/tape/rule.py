"""What is known of one function of numbers, as data: `Rule`. Its value and its partial derivatives in real balls, what
floats lose in it, and the operands by which it has no derivative.

What floats lose is counted in roundings u. (n, m) stands for n + m·L roundings, where L is what a function of a library
may lose (`Unit.library`):

| kind | value | adjoint · partial | stability |
|---|---|---|---|
| `EXACT` −x, copies | 0 | 0 | forward |
| `ADDED` x + y | 1 | 0 | forward |
| `MULTIPLIED` x · y | 1 | 1 | forward |
| `DIVIDED` x / y | 1 | 3 | forward |
| `SUMMED` k terms | k − 1 | 0 | forward |
| `DOTTED` k products | k | 1 | forward |
| `OF_LIBRARY` exp, sin, … | L | 5 + 2·L: two functions and five operations | forward |
| `SPECIAL` erf, gamma, … | L | 5 + 2·L | mixed |
| `FACTORED` A⁻¹, det A, … | L | 4 | backward |

>>> cube = unary("cube", lambda x: x**3, lambda v, x: 3 * x**2, MULTIPLIED)
>>> cube.value(arb(2)), cube.partials(arb(8), arb(2))
(8.00000000000000, (12.0000000000000,))
>>> cube.arity, cube.roundings.of_value(1, 8), OF_LIBRARY.of_partial(8), SUMMED.of_value(4, 8)
(1, 1, 21, 3)
>>> Rule("cube", lambda x: x**3, lambda v, x: (3 * x**2,))
Traceback (most recent call last):
    ...
TypeError: Rule.__init__() missing 1 required positional argument: 'roundings'
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from backproof.verify.numbers.ball_arrays import Ball, arb

ONE, ZERO, HALF, TWO, MINUS = arb(1), arb(0), arb(0.5), arb(2), arb(-1)
NAN, INFINITY = arb(math.nan), arb(math.inf)

Count: TypeAlias = tuple[int, int]


class Stability(StrEnum):
    """For which operands value and partials are exact, up to small relative errors (Higham, §1.5)."""

    FORWARD = "forward"  # for the very operands
    MIXED = "mixed"  # for operands that are off by L·u·|x|
    NORM = "norm"  # for none: off in proportion to all operands together, as what Fourier transforms compute
    BACKWARD = "backward"  # for a matrix with entries off by 3·n²·u·max|A|: the result is one function of all


@dataclass(frozen=True, slots=True)
class Roundings:
    """What floats lose in a function: `value` roundings in its value, `partial` in adjoint · partial, beside the
    partial's size.

    `terms` is the number of operands in each term of a sum, 0 for what is no sum: each term is one rounding more, of
    the size of all terms together. `from_value` gives |∂D/∂v|·|v| where everybody computes the derivative D from the
    value v, hence with the error of the value.
    """

    value: Count
    partial: Count
    stability: Stability = Stability.FORWARD
    terms: int = 0
    from_value: Callable[..., float] | None = None

    def of_value(self, operands: int, library: int) -> int:
        """The roundings of a value of so many operands."""
        n, m = self.value
        return n + m * library + (operands // self.terms if self.terms else 0)

    def of_partial(self, library: int) -> int:
        """The roundings of adjoint · partial."""
        n, m = self.partial
        return n + m * library


EXACT = Roundings((0, 0), (0, 0))
ADDED = Roundings((1, 0), (0, 0))
MULTIPLIED = Roundings((1, 0), (1, 0))
DIVIDED = Roundings((1, 0), (3, 0))
SUMMED = Roundings((-1, 0), (0, 0), terms=1)
DOTTED = Roundings((0, 0), (1, 0), terms=2)
OF_LIBRARY = Roundings((0, 1), (5, 2))
SPECIAL = Roundings((0, 1), (5, 2), Stability.MIXED)
FACTORED = Roundings((0, 1), (4, 0), Stability.BACKWARD)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A function of balls: `value(*operands)`, and `partials(result, *operands)`, one derivative for each operand, None
    where no formula is known.

    `not_by` are the operands for which that is so, `also` further names, under which NumPy or SciPy have it too.
    """

    name: str
    value: Callable[..., Ball]
    partials: Callable[..., tuple[Ball | None, ...]]
    roundings: Roundings
    not_by: tuple[int, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def arity(self) -> int:
        """How many operands it takes."""
        return self.partials.__code__.co_argcount - 1


def rule(
    names: str,
    value: Callable[..., Ball],
    partials: Callable[..., tuple[Ball | None, ...]],
    roundings: Roundings,
    not_by: tuple[int, ...] = (),
) -> Rule:
    """A row under one name or several, separated by spaces."""
    name, *also = names.split()
    return Rule(name, value, partials, roundings, not_by, tuple(also))


def unary(names: str, value: Callable[[Ball], Ball], slope: Callable[[Ball, Ball], Ball], roundings: Roundings) -> Rule:
    """A row for a function of one operand; `slope(result, operand)` is its derivative."""
    return rule(names, value, lambda v, x: (slope(v, x),), roundings)
