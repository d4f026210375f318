"""The standard model of floats: what one operation may lose (u, η, the assumed roundings of a library function), what m
of them may (`gamma`), and how far a float is from a reference, in ulps and digits.

`gamma` is Higham's γ_m = m·u / (1 − m·u) (*Accuracy and Stability of Numerical Algorithms*, 2nd ed., Lemma 3.1): a
result of m rounded operations in a row differs from the exact one by at most γ_m times the sum of the absolute values
of its terms.

>>> gamma(4, 2.0**-53)
4.440892098500628e-16
>>> gamma(4, Fraction(1, 16)), gamma(16, Fraction(1, 16)), gamma(4, Fraction(0))
(Fraction(1, 3), inf, Fraction(0, 1))
>>> ulp_distance(1.0, 1.0000000000000004)
2
>>> correct_digits(1.0, 1.0 + 1e-9) < 10
True
>>> unit_of(np.int64)
Traceback (most recent call last):
    ...
ValueError: rounding is that of a dtype of floats, found int64
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

import ml_dtypes
import numpy as np
from mpmath.libmp import to_rational

from backproof.engine import NumberSystem

Roundoff = TypeVar("Roundoff", float, Fraction)

LIBRARY = {"float64": 8, "float32": 8, "float16": 2, "bfloat16": 2}
"""The one assumption: the relative error of exp, log, tanh, sin, cos and power, in units u. 8 u are 4 ulp; float16 and
bfloat16 are computed in float32 and rounded once."""


def gamma(operations: int, u: Roundoff) -> Roundoff | float:
    """γ_m = m·u / (1 − m·u) for m operations of unit roundoff u, exactly for a fraction u (0 where arithmetic is
    exact); infinite where m·u ≥ 1 and nothing can be said."""
    product = operations * u
    return product / (1 - product) if product < 1 else math.inf


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

    The scale of a sum is the sum of the absolute values of its terms, so that a sum which cancels is not blamed for it;
    |reference| where it is left out.

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


@cache
def smallest_error(system: NumberSystem) -> float:
    """η, half the smallest subnormal number: how far a rounded result may be off where it underflows.

    >>> from backproof.engine import FLOAT64
    >>> smallest_error(FLOAT64) == 0.0  # half of 5e-324 is below the range of floats
    False
    """
    return max(float(ml_dtypes.finfo(system.dtype).smallest_subnormal) / 2, 5e-324)


@cache
def largest_float(system: NumberSystem) -> float:
    """The end of the range."""
    return float(ml_dtypes.finfo(system.dtype).max)


@dataclass(frozen=True)
class Unit:
    """Roundoff, assumed roundings of a library function, and what underflow may cost, of one dtype."""

    u: float
    library: int
    tiny: float


@cache
def unit_of(dtype: Any) -> Unit:
    """The unit of a dtype of floats.

    >>> unit_of(np.float32).u == 2.0**-24
    True
    """
    kind = np.dtype(dtype)
    if kind.kind != "f" and kind.name != "bfloat16":
        raise ValueError(f"rounding is that of a dtype of floats, found {kind}")
    info = ml_dtypes.finfo(kind)
    tiny = info.smallest_subnormal if kind.itemsize == 2 else info.smallest_normal
    return Unit(2.0 ** -(info.nmant + 1), LIBRARY.get(kind.name, 8), max(float(tiny), 5e-324))


def largest_entry(values: Sequence[Any]) -> float:
    """The largest absolute value in some arrays or floats; 0 of none.

    >>> largest_entry([np.array([1.0, -3.0]), 2.0]), largest_entry([])
    (3.0, 0.0)
    """
    return max((float(np.max(np.abs(np.asarray(a, dtype=float)), initial=0.0)) for a in values), default=0.0)


DOUBLE = unit_of(np.float64)
