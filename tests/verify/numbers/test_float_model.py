"""γ_m, ulps and digits against hand calculation and math.nextafter."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from backproof.engine import FLOAT32, FLOAT64, RATIONAL
from backproof.verify.numbers.float_model import correct_digits, gamma, ulp_distance


def test_gamma_is_highams_formula() -> None:
    u = Fraction(1, 2**53)
    assert gamma(10, FLOAT64.unit_roundoff) == 10 * u / (1 - 10 * u)
    assert gamma(1, FLOAT32.unit_roundoff) == Fraction(1, 2**24) / (1 - Fraction(1, 2**24))
    assert gamma(10**9, RATIONAL.unit_roundoff) == 0
    assert gamma(10, float(u)) == float(gamma(10, u))


def test_gamma_is_infinite_where_nothing_can_be_said() -> None:
    assert gamma(2**24 - 1, FLOAT32.unit_roundoff) == 2**24 - 1
    assert gamma(2**24, FLOAT32.unit_roundoff) == gamma(2**24, 2.0**-24) == math.inf


@pytest.mark.parametrize("value", [0.0, 1.0, -1.0, 1e-300, 5e-324, 1.5e308, -(2.0**-1022)])
def test_neighbours_are_one_ulp_apart(value: float) -> None:
    assert ulp_distance(value, math.nextafter(value, math.inf)) == 1
    assert ulp_distance(math.nextafter(value, -math.inf), value) == 1


def test_signed_zeros_are_the_same_number() -> None:
    assert ulp_distance(0.0, -0.0) == 0
    assert correct_digits(-0.0, 0.0) == 17


def test_digits_are_the_logarithm_of_the_relative_error() -> None:
    assert correct_digits(1.001, 1.0) == pytest.approx(3, abs=0.01)
    assert correct_digits(1.0, 0.0) == 0
    assert correct_digits(math.nan, 1.0) == 0
    assert correct_digits(3.0, 1.0) == 0
