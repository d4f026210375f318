"""Between which floats a computed number must lie: one rounding on known floats has one result, a sum of several terms
an interval.

Nothing here is a tolerance. A product of two floats, and the sum of two, rounded to nearest, is one float: it is formed
and compared. A scalar product of m > 1 terms may be formed in any order, with or without fused operations: Higham's
γ_m·Σ|terms| around it holds all of them (*Accuracy and Stability of Numerical Algorithms*, 2nd ed., section 3.1), and
every rounding of the interval itself goes outward. What is not finite is not derived: `None`.

>>> product(((3.0, 3.0),), ((0.1, 0.1),), 1, 1)
((0.30000000000000004, 0.30000000000000004),)
>>> low, high = product(((1.0, 1.0), (1.0, 1.0)), ((0.1, 0.1), (0.2, 0.2)), 1, 2)[0]
>>> low < 0.30000000000000004 < high, high - low < 1e-15
(True, True)
>>> within(0.3, (0.25, 0.5)), within(0.6, (0.25, 0.5))
(True, False)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

UNIT = 2.0**-53  # the unit roundoff of float64
SMALLEST = 5e-324  # what one operation may lose where it underflows

Interval: TypeAlias = tuple[float, float]
Matrix: TypeAlias = tuple[Interval, ...]
"""A matrix by rows, each entry between two floats."""


def exactly(values: Iterable[float]) -> Matrix:
    """Known floats as intervals of one number."""
    return tuple((value, value) for value in values)


def within(value: float, bounds: Interval) -> bool:
    """Whether a float lies between the two; ±0 are the same number."""
    return bounds[0] <= value <= bounds[1]


def up(value: float) -> float:
    """The next float above."""
    return math.nextafter(value, math.inf)


def down(value: float) -> float:
    """The next float below."""
    return math.nextafter(value, -math.inf)


def gamma(operations: int) -> float:
    """γ_m = m·u / (1 − m·u), rounded up; infinite where nothing can be said.

    >>> gamma(1) > 2.0**-53, gamma(2**53)
    (True, inf)
    """
    product = up(operations * UNIT)
    return up(up(product) / down(1 - product)) if product < 1 else math.inf


def rounded_product(a: Interval, b: Interval) -> Interval:
    """Between which floats the rounded product of two floats lies: rounding is monotone, so that of the corners."""
    if a[0] == a[1] and b[0] == b[1]:
        return a[0] * b[0], a[0] * b[0]
    corners = [x * y for x in a for y in b]
    return min(corners), max(corners)


def rounded_sum(a: float, b: float) -> float:
    """The one float that is the rounded sum of two."""
    return a + b


def around(terms: Sequence[Interval], roundings: int, magnitude: float | None = None) -> Interval:
    """All that a sum of these terms may come to with so many roundings of each, in any order: its exact value, and
    γ·Σ|terms| on either side (or γ·`magnitude`, where that is larger than what the terms show)."""
    try:
        low, high = math.fsum(a for a, _ in terms), math.fsum(b for _, b in terms)
        size = up(math.fsum(max(abs(a), abs(b)) for a, b in terms)) if magnitude is None else magnitude
    except (OverflowError, ValueError):  # beyond the floats, or an infinity of either sign
        return -math.inf, math.inf
    error = up(up(gamma(roundings + 1) * size) + roundings * SMALLEST)
    return down(low - error), up(high + error)


def product(left: Matrix, right: Matrix, rows: int, inner: int) -> Matrix | None:
    """The matrix product of `rows` × `inner` with `inner` × …: one rounding where there is one term, else the interval of
    a scalar product. None where something is not finite."""
    if inner == 0 or len(left) != rows * inner or len(right) % inner:
        return None
    columns = len(right) // inner
    if inner == 1:
        entries = tuple(rounded_product(left[r], right[c]) for r in range(rows) for c in range(columns))
    else:
        entries = tuple(
            around([_term(left[r * inner + k], right[k * columns + c]) for k in range(inner)], inner)
            for r in range(rows)
            for c in range(columns)
        )
    return entries if all(math.isfinite(a) and math.isfinite(b) for a, b in entries) else None


def _term(a: Interval, b: Interval) -> Interval:
    """The exact product, outward."""
    corners = [x * y for x in a for y in b] if a[0] != a[1] or b[0] != b[1] else [a[0] * b[0]]
    low, high = min(corners), max(corners)
    if low == high == 0 and (a == (0.0, 0.0) or b == (0.0, 0.0)):
        return 0.0, 0.0
    return down(low), up(high)


def position(value: float) -> int:
    """The place of a finite float among all of them; ±0 have the same.

    >>> position(5e-324) - position(-5e-324)
    2
    """
    mantissa, exponent = math.frexp(abs(value))
    if value == 0:
        return 0
    subnormal = exponent < -1021
    steps = int(math.ldexp(abs(value), 1074)) if subnormal else int(math.ldexp(mantissa, 53)) + (exponent + 1021) * 2**52
    return steps if value > 0 else -steps
