"""A prediction explains an error if a millionth of it is left, and nothing is explained where there is no error."""

from __future__ import annotations

import numpy as np
import pytest

from backproof.verify.gradient_oracle.causes.fitting import fits, near_one, projected, times_the_derivative, wrong_ones

RIGHT = [np.array([1.0, 2.0, 3.0])]


@pytest.mark.parametrize(("off", "explains"), [(0.5e-6, True), (2e-6, False)])
def test_a_millionth_of_the_error_may_be_left(off: float, explains: bool) -> None:
    found = [RIGHT[0] + 1.0]
    assert fits([RIGHT[0] + 1.0 + off], found, RIGHT) is explains


def test_rounding_is_no_error_to_explain() -> None:
    assert not fits(RIGHT, [RIGHT[0] * (1 + 1e-13)], RIGHT)
    assert wrong_ones(RIGHT, [RIGHT[0] * (1 + 1e-13)]) == []
    assert wrong_ones(RIGHT, [RIGHT[0] * (1 + 1e-9)]) == [0]


def test_a_factor_is_the_nearest_one_and_none_for_zeros() -> None:
    assert projected(RIGHT[0] * 4, RIGHT[0]) == pytest.approx(4)
    assert projected(RIGHT[0], 0 * RIGHT[0]) is None


def test_factors_are_said_with_the_axis_that_they_are_the_length_of() -> None:
    assert times_the_derivative(0.2, [3, 5]) == "0.2 times the derivative (5 is the length of an axis)"
    assert times_the_derivative(0.3, [3, 5]) == "0.3 times the derivative"
    assert near_one(1 - 2e-7) == "1 − 2e-07"
