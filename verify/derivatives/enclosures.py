"""What is proved about a derivative: an `Enclosure` holds real balls that contain ∂u_k/∂u_j, entry by entry. `contains`
tells which values lie in them, and False is a proof that a value is wrong. How they are found stands in
`certificates.py`.

>>> half = Enclosure.of([[Fraction(1, 2)]], [[0.0]])
>>> contains(half, [[0.5]]).tolist(), contains(half, [[math.nan]]).tolist(), contains(half, [[0.75]], allowed=0.25).tolist()
([[True]], [[False]], [[True]])
>>> contains(half, [["0.5 or so"]])
Traceback (most recent call last):
    ...
ValueError: Invalid literal for Fraction: '0.5 or so'
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb

from backproof.engine.number_systems import Array
from backproof.verify.numbers.balls import exact_ball
from backproof.verify.numbers.written_balls import mid_rad, written_out

FIRST_RADIUS = 32  # bits of R in the first attempt; chosen: kinks are rarely nearer, and the values on so small a ball stay tame
WRITTEN = 8192  # bits of a middle that is given as a fraction: twice what `written_balls` writes out


@dataclass(frozen=True, eq=False)
class Enclosure:
    """Real balls that contain ∂u_k/∂u_j, entry by entry: d_k × d_j. As plain numbers: |∂u_k/∂u_j − mid| ≤ rad,
    fractions and floats.

    `radius`: f is proved analytic where every entry of u_j stays within 2^−radius of its value.

    >>> half = Enclosure.of([[Fraction(1, 2)]], [[0.25]])
    >>> half.mid.tolist(), float(half.rad[0, 0]) >= 0.25, half.balls[0, 0].contains(0.75)
    ([[Fraction(1, 2)]], True, True)
    """

    balls: Array
    radius: int

    @staticmethod
    def of(mid: Any, rad: Any, radius: int = FIRST_RADIUS) -> Enclosure:
        """The balls with these middles and radii; fractions of other denominators than powers of 2 are widened a
        little."""
        middles, radii = np.asarray(mid, dtype=object), np.asarray(rad, dtype=object)
        balls: Array = np.empty(middles.shape, dtype=object)
        balls.reshape(-1)[:] = [
            arb(exact_ball(Fraction(m), WRITTEN), exact_ball(r, WRITTEN))
            for m, r in zip(middles.reshape(-1).tolist(), radii.reshape(-1).tolist(), strict=True)
        ]
        return Enclosure(balls, radius)

    @cached_property
    def mid(self) -> Array:
        """The middles, as fractions."""
        return self._plain[0]

    @cached_property
    def rad(self) -> Array:
        """The radii, as floats, rounded up."""
        return self._plain[1]

    @cached_property
    def _plain(self) -> tuple[Array, Array]:
        entries = [mid_rad(ball) for ball in self.balls.reshape(-1).tolist()]
        mid: Array = np.empty(len(entries), dtype=object)
        mid[:] = [entry.mid for entry in entries]
        return mid.reshape(self.balls.shape), np.array([entry.rad for entry in entries]).reshape(self.balls.shape)

    @property
    def digits(self) -> float:
        """How many decimal digits of the largest entry are certified (0 if it is not told from 0)."""
        worst, size = float(np.max(self.rad)), max(abs(entry) for entry in self.mid.reshape(-1))
        if worst == 0:
            return math.inf
        return 0.0 if size == 0 else max(0.0, float(-math.log10(worst) + _log10(size)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Balls of flint cannot be pickled: as plain numbers."""
        return Enclosure.of, (self.mid, self.rad, self.radius)


def _log10(value: Fraction) -> float:
    return math.log10(value.numerator) - math.log10(value.denominator)


def contains(enclosure: Enclosure, values: Any, allowed: Any = 0) -> Array:
    """Whether each value lies within `rad` + `allowed` of `mid`: False is a proof that it is off by more than
    `allowed`.

    >>> half = Enclosure.of([[Fraction(1, 2)]], [[0.0]])
    >>> contains(half, [[0.5]]).tolist(), contains(half, [[math.nan]]).tolist(), contains(half, [[0.75]], allowed=0.25).tolist()
    ([[True]], [[False]], [[True]])
    """
    given = np.asarray(values, dtype=object).reshape(enclosure.balls.shape)
    allowance = np.broadcast_to(np.asarray(allowed, dtype=object), given.shape)
    inside = [
        lies_within(value, _in_numbers(ball), room)
        for value, ball, room in zip(*(a.reshape(-1).tolist() for a in (given, enclosure.balls, allowance)), strict=True)
    ]
    return np.array(inside, dtype=bool).reshape(given.shape)


def _in_numbers(ball: Any) -> tuple[Any, Any]:
    """Middle and radius, no narrower than the ball: rounded up where they are small, exact where no float is as
    large."""
    entry = mid_rad(ball)
    return entry if math.isfinite(entry.rad) else (written_out(ball.mid()), written_out(ball.rad()))


def lies_within(value: Any, enclosure: tuple[Any, Any], allowed: Any = 0) -> bool:
    """|value − mid| ≤ rad + allowed, in exact arithmetic, for one entry (mid, rad). False is a proof that
    |value − derivative| > allowed.

    >>> lies_within(1 / 3, (Fraction(1, 3), 0.0)), lies_within(1 / 3, (Fraction(1, 3), 0.0), allowed=2**-54), lies_within(math.inf, (Fraction(0), 1.0))
    (False, True, False)
    """
    exact, mid, rad, room = (_fraction(number) for number in (value, *enclosure, allowed))
    if rad is None or room is None:
        return True
    return exact is not None and mid is not None and abs(exact - mid) <= rad + room


def _fraction(number: Any) -> Fraction | None:
    """The exact value; None if it is not finite."""
    if isinstance(number, np.generic):
        number = number.item()
    if hasattr(number, "_mpf_"):
        sign, mantissa, exponent, bits = number._mpf_
        return None if bits and not mantissa else (-1) ** sign * int(mantissa) * Fraction(2) ** int(exponent)
    if isinstance(number, float) and not math.isfinite(number):
        return None
    return Fraction(number)
