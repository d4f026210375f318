"""How far two correct float evaluations of the same path sum can lie apart, and how far a float is from a reference.

`gamma` is Higham's γ_m = m·u / (1 − m·u) (*Accuracy and Stability of Numerical Algorithms*, 2nd ed., Lemma 3.1): a result of m rounded
operations in a row differs from the exact one by at most γ_m times the sum of the absolute values of its terms.

>>> from backproof.engine import FLOAT64, RATIONAL
>>> float(gamma(4, FLOAT64))
4.440892098500628e-16
>>> gamma(4, RATIONAL)
Fraction(0, 1)
>>> ulp_distance(1.0, 1.0000000000000004)
2
>>> correct_digits(1.0, 1.0 + 1e-9) < 10
True
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from mpmath.libmp import to_rational

from backproof.engine import Graph, NumberSystem
from backproof.verify.paths.sums import PathSum


def gamma(operations: int, system: NumberSystem) -> Fraction:
    """γ_m = m·u / (1 − m·u), exactly; 0 where arithmetic is exact. ValueError where m·u ≥ 1 and nothing can be said."""
    product = operations * system.unit_roundoff
    if product >= 1:
        raise ValueError(f"{operations} roundings in a row leave no correct digit in {system.name}")
    return product / (1 - product)


def operations_behind(graph: Graph, j: int, total: PathSum) -> int:
    """m: how many roundings lie at most between the terms of both routes and their results, for the adjoint of vertex j.

    Backward pass: at each of the L edges of a path one inner product of at most d terms (d roundings) and at most Δ additions over the children.
    Path sum: at each edge one inner product (d), then N − 1 additions over the paths, and one product with the cotangent (d). Both routes start
    from the same D, hence m = L(d + Δ) + L·d + N + d with d the largest dimension, Δ the largest number of children, N the number of paths.
    """
    vertices = range(j, graph.n + 1)
    widest = max(graph.dimension(i) for i in vertices)
    children = max(len(graph.children(i)) for i in vertices)
    return total.longest * (2 * widest + children) + total.count + widest


def exact_fraction(value: Any) -> Fraction:
    """The number, exactly, whatever its number system.

    >>> from mpmath import mpf
    >>> exact_fraction(mpf("0.25"))
    Fraction(1, 4)
    """
    if hasattr(value, "_mpf_"):
        numerator, denominator = to_rational(value._mpf_)
        return Fraction(int(numerator), int(denominator))
    return Fraction(value)


def ulp_distance(value: float, reference: float) -> int:
    """How many float64 steps lie between two finite floats; ±0 are the same number.

    >>> ulp_distance(-5e-324, 5e-324)
    2
    """
    return abs(_position(value) - _position(reference))


def _position(value: float) -> int:
    bits = int(np.float64(value).view(np.int64))
    return bits if bits >= 0 else -(bits + 2**63)


def correct_digits(value: float, reference: float, scale: float | None = None) -> float:
    """−log₁₀ of |value − reference| / scale, at most 17 (all digits of a float64) and at least 0.

    The scale of a sum is the sum of the absolute values of its terms, so that a sum which cancels is not blamed for it; |reference| where it is left out.

    >>> correct_digits(0.0, 0.0)
    17.0
    >>> correct_digits(2.0, 1.0)
    0.0
    >>> round(correct_digits(1e-16, 0.0, scale=1.0), 3)
    16.0
    """
    if value == reference:
        return 17.0
    size = abs(reference) if scale is None else max(scale, abs(reference))
    if size == 0 or not math.isfinite(value) or not math.isfinite(size):
        return 0.0
    error = abs(Fraction(value) - Fraction(reference)) / Fraction(size)
    return min(17.0, max(0.0, math.log10(error.denominator) - math.log10(error.numerator)))
