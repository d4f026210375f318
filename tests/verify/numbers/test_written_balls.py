"""Balls written out: middles are exact, radii are rounded up, and what no number can hold is infinite."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import arb

from backproof.verify.numbers.written_balls import LARGEST, MidRad, mid_rad, written_out


def test_middles_are_exact() -> None:
    assert written_out(arb(0.1)) == Fraction(0.1)
    assert written_out((arb(-3) / 8).mid()) == Fraction(-3, 8)
    assert written_out((arb(3) * 2**70).mid()) == 3 * 2**70
    assert written_out(arb(0)) == 0
    assert written_out(arb(1, 0.5).mid()) == 1
    assert written_out((arb(2) ** -1000).mid()) == Fraction(1, 2**1000)
    assert written_out(arb(2) ** -1200) == 0
    assert written_out(arb(2) ** 5000) == written_out(arb(math.nan)) == math.inf


@pytest.mark.parametrize("exponent", [0, -30, 40])
def test_a_radius_is_rounded_up(exponent: int) -> None:
    radius = arb(3) * arb(2) ** exponent / 7
    found = mid_rad(arb(arb(1), radius))
    assert found.mid == 1
    assert arb(found.rad) >= radius.mid()
    assert found.rad <= 1.0001 * float(radius)


def test_what_is_not_finite_or_too_large_to_write_out_has_an_infinite_radius() -> None:
    for ball in (arb(math.nan), arb(0, math.inf), arb(2) ** (LARGEST + 1)):
        assert mid_rad(ball) == MidRad(Fraction(0), math.inf)


def test_a_middle_below_all_floats_is_inside_the_entry() -> None:
    found = mid_rad(arb(2) ** -3000)
    assert found.mid == 0
    assert 0 < found.rad < 1e-300
