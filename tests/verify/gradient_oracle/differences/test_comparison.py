"""When a gradient along a direction differs from a slope, and when nothing is said."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backproof.verify.gradient_oracle.differences.comparison import Compared, along_each, digits_of, is_about, is_kinked
from backproof.verify.gradient_oracle.differences.slopes import Slope


def compared(found: float, slope: float, estimate: float = 1e-12, rounding: float = 1e-12) -> Compared:
    return Compared(0, np.ones(1), None, found, Slope(slope, estimate), rounding)


@pytest.mark.parametrize(
    ("at", "clear", "differs"),
    [
        (compared(2.0, 2.0), True, False),
        (compared(2.0, 2.0 + 5e-11), True, False),
        (compared(2.0, 2.0 + 5e-10), True, True),
        (compared(2.0, 2.0 + 5e-10, rounding=1e-9), True, False),
        (compared(2.0, 3.0, estimate=1e-2), False, False),
        (compared(2.0, math.nan, estimate=math.inf), False, False),
    ],
)
def test_clear_and_different(at: Compared, clear: bool, differs: bool) -> None:
    assert (at.is_clear, at.differs) == (clear, differs)


def test_a_kink_is_no_rounding() -> None:
    assert is_kinked(compared(0.0, 0.5, estimate=0.5), 1.0)
    assert not is_kinked(compared(0.0, 1e-13, estimate=1e-12), 1.0)
    assert is_kinked(compared(0.0, math.nan, estimate=math.inf), 1.0)


def test_a_gradient_at_a_kink_lies_about_the_slopes_beside_and_to_both_sides() -> None:
    flat = [compared(0.0, 0.0)] * 4
    assert is_about(compared(0.25, 0.5, estimate=0.5), [*flat, compared(1.0, 1.0)])
    assert is_about(compared(1.9, 0.5, estimate=0.5), [*flat, compared(1.0, 1.0)])
    assert not is_about(compared(2.5, 0.5, estimate=0.5), [*flat, compared(1.0, 1.0)])
    assert not is_about(compared(0.0, 1.0), [compared(1.0, 1.0)] * 4)


def test_digits_are_those_of_the_noise() -> None:
    assert digits_of([compared(1.0, 1.0)]) == 6
    assert digits_of([compared(1.0, 1.0, rounding=3e-4)]) == 3
    assert digits_of([compared(1.0, 1.0, estimate=3e-4)]) == 2
    assert digits_of([]) == 6


def test_entries_are_followed_one_by_one_if_they_are_few() -> None:
    rng = np.random.default_rng(0)
    assert [index for _, index in along_each((2, 1), rng, 3, 4)] == [None, None, None, (0, 0), (1, 0)]
    assert [index for _, index in along_each((5,), rng, 3, 4)] == [None] * 3
