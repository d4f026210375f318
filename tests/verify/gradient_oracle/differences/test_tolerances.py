"""The tolerance of a solver is read where it is said, and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.integrate import odeint, quad, solve_ivp
from scipy.optimize import brentq, fsolve

from backproof.verify.gradient_oracle.differences.tolerances import tolerance_of


def relaxed(c: float) -> float:
    x = c
    for _ in range(50):
        step = (x * x - c) / (2 * x)
        x -= step
        if abs(step) < 1e-10:
            break
    return x


def threshold(x: float) -> float:
    return sum(0.0 if k * x < 1e-3 else k for k in range(4))


@pytest.mark.parametrize(
    ("run", "size", "name"),
    [
        (lambda: brentq(lambda y: y**3 + y - 1, -5, 5), 2e-12, "xtol of brentq"),
        (lambda: brentq(lambda y: y**3 + y - 1, -5, 5, xtol=1e-6), 1e-6, "xtol of brentq"),
        (lambda: solve_ivp(lambda t, y: -y, (0, 1), [1.0], rtol=1e-8, atol=1e-12), 1e-8, "rtol of solve_ivp"),
        (lambda: odeint(lambda y, t: -y, [1.0], [0, 1]), 1.49012e-8, "the accuracy of odeint"),
        (lambda: fsolve(lambda x: x**2 - 2, [1.0]), 1.49012e-8, "xtol of fsolve"),
        (lambda: quad(np.sin, 0, 1, epsabs=1e-10), 1.49e-8, "epsrel of quad"),
        (lambda: relaxed(2.0), 1e-10, "the end of a loop of relaxed"),
    ],
)
def test_the_tolerance_and_whose_it_is(run: Callable[[], Any], size: float, name: str) -> None:
    found = tolerance_of(run)
    assert found is not None
    assert (found.size, found.name) == (pytest.approx(size), name)


@pytest.mark.parametrize("run", [lambda: np.allclose(1.0, 1.0), lambda: np.linalg.pinv(np.eye(2)), lambda: threshold(0.5)])
def test_other_small_numbers_are_no_tolerance(run: Callable[[], Any]) -> None:
    assert tolerance_of(run) is None


def test_the_profiler_of_before_is_back_whatever_the_code_raises() -> None:
    before = sys.getprofile()
    with pytest.raises(ZeroDivisionError):
        tolerance_of(lambda: 1 / 0)
    assert sys.getprofile() is before
