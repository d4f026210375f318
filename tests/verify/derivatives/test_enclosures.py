"""What is proved: digits, pickles, and exact answers to whether a value lies inside."""

from __future__ import annotations

import math
import pickle
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb

from backproof.engine import Graph, leaf, vertex
from backproof.verify.derivatives.certificates import certify
from backproof.verify.derivatives.enclosures import Enclosure, contains, lies_within


def certified() -> Enclosure:
    """The derivative of exp at 1/2."""
    found = certify(Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), [0.5], 1)[2]
    assert isinstance(found, Enclosure)
    return found


def test_the_digits_are_those_of_the_largest_entry() -> None:
    def digits(mid: list[Fraction], rad: list[float]) -> float:
        middles = np.empty((1, len(mid)), dtype=object)
        middles[0, :] = mid
        return Enclosure.of(middles, np.array([rad])).digits

    assert digits([Fraction(1000), Fraction(1)], [1e-3, 1e-9]) == pytest.approx(6)
    assert digits([Fraction(1)], [0.0]) == math.inf
    assert digits([Fraction(0)], [1e-3]) == 0
    assert digits([Fraction(1)], [10.0]) == 0


def test_an_enclosure_survives_pickling() -> None:
    found = certified()
    again = pickle.loads(pickle.dumps(found))
    assert (again.mid.tolist(), again.radius) == (found.mid.tolist(), found.radius)
    assert found.rad[0, 0] <= again.rad[0, 0] <= 1.001 * found.rad[0, 0]


@pytest.mark.parametrize(("middle", "radius"), [(2, 6000), (5000, 6000), (0, 2000)])
def test_a_ball_smaller_than_all_floats_still_contains_what_lies_in_it(middle: int, radius: int) -> None:
    ball = arb(arb(2) ** -middle, arb(2) ** -radius)
    found = Enclosure(np.array([[ball]], dtype=object), 32)
    inside = Fraction(1, 2**middle) + Fraction(1, 2 ** (radius + 1))
    assert contains(found, [[inside]]).item()
    assert not contains(found, [[inside + Fraction(1, 10**300)]]).item()


def test_judging_is_exact() -> None:
    third = (Fraction(1, 3), 0.0)
    assert not lies_within(1 / 3, third)
    assert lies_within(1 / 3, third, allowed=2.0**-54)
    assert not lies_within(1 / 3, third, allowed=2.0**-56)
    assert lies_within(np.float32(0.5), (Fraction(1, 2), 0.0))
    assert not lies_within(np.float32(1 / 3), third, allowed=2.0**-54)
    assert lies_within(mpmath.mpf(2) ** -5000, (Fraction(1, 2**5000), 0.0))
    assert not lies_within(-(mpmath.mpf(2) ** -5000), (Fraction(1, 2**5000), 0.0))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, mpmath.inf, mpmath.nan, np.float32("nan")])
def test_what_is_not_finite_is_outside_of_everything_that_is(value: Any) -> None:
    assert not lies_within(value, (Fraction(0), 1e300))
    assert not lies_within(value, (Fraction(0), 0.0), allowed=1e300)
    assert lies_within(0.0, (Fraction(1), 0.0), allowed=math.inf)


def test_values_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="reshape"):
        contains(certified(), [[1.0, 2.0]])
