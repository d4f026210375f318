"""What a reverse sweep may lose is the measure of a difference that is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.excused.sweeps import within_sweep
from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.rounding.bounds import rounding_of_sweep
from backproof.verify.lift.rounding.second_derivatives import reverse_sweep
from backproof.verify.numbers.ball_arrays import arb, precision

CT = np.array([1.0, 1.0])


def off(f: Any, x: Any, by: float) -> bool:
    forward = lift(f, (x,))
    truth = pull_back(forward, CT)
    lost = rounding_of_sweep(reverse_sweep(forward, CT), 0, (1,)).lost
    found = truth[0].copy()
    with precision(200):
        found[1] += arb(by * lost)
    return within_sweep(forward, CT, [found], truth)


def test_to_both_sides_of_the_bound() -> None:
    x = np.array([0.5, 3.0])
    assert [off(lambda x: np.exp(x) * x, x, by) for by in (0.0, 0.99, -0.99, 1.01, -1.01)] == [True, True, True, False, False]


def test_a_bound_that_bounds_nothing_is_none() -> None:
    assert not off(lambda x: (x + 1e17) * (x - 1e17), np.array([0.5, 3.0]), 0.5)


@pytest.mark.parametrize("found", [None, np.array([1.0])])
def test_another_shape_is_not_within(found: Any) -> None:
    forward = lift(lambda x: x * x, (np.array([1.0, 2.0]),))
    assert not within_sweep(forward, CT, [found], pull_back(forward, CT))
