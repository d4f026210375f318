"""Balls written out as plain numbers, for what knows nothing of flint: records, messages, exact comparisons, pickles.

>>> from flint import arb
>>> mid_rad(arb(0.5)), mid_rad(arb(1, 2)).rad >= 2, mid_rad(arb(2) ** 5000).rad
(MidRad(mid=Fraction(1, 2), rad=0.0), True, inf)
>>> written_out(arb(0.5)), written_out(arb(2) ** -5000), written_out(arb(2) ** 5000)
(Fraction(1, 2), Fraction(0, 1), inf)
>>> written_out(0.5)
Traceback (most recent call last):
    ...
AttributeError: 'float' object has no attribute 'is_finite'
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

SMALLEST, LARGEST = -1100, 4096  # 2^SMALLEST is less than every positive float; numbers beyond 2^LARGEST are not written out


class MidRad(NamedTuple):
    """|x − mid| ≤ rad."""

    mid: Fraction
    rad: float


def mid_rad(ball: Any) -> MidRad:
    """Middle and radius of a ball, the radius rounded up; it is infinite where the ball is not finite, or too large to
    write out."""
    rad, mid = ball.rad(), written_out(ball.mid())
    if not isinstance(mid, Fraction) or not ball.is_finite():
        return MidRad(Fraction(0), math.inf)
    radius = 0.0 if rad == 0 else math.nextafter(float(rad.upper()), math.inf)
    return MidRad(mid, math.nextafter(radius, math.inf)) if not mid and ball.mid() != 0 else MidRad(mid, radius)


def written_out(number: Any) -> Fraction | float:
    """An exact ball as a fraction; 0 if it is below every positive float (as a fraction it could have millions of
    digits), infinite if it is beyond 2^4096 or not finite."""
    if not number.is_finite():
        return math.inf
    mantissa, exponent = number.man_exp()
    shift, digits = int(exponent), int(mantissa)
    size = shift + digits.bit_length()
    if size > LARGEST:
        return math.inf
    if shift >= 0:
        return Fraction(digits << shift)
    return Fraction(digits, 1 << -shift) if size > SMALLEST else Fraction(0)
