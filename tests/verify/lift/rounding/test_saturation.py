"""A loss that grows as arguments shrink is told from one that a constant makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.numpy_code.lifting import lift, lift_backward
from backproof.verify.lift.rounding.bounds import Formula, formula_of
from backproof.verify.lift.rounding.saturation import amplification, is_below_roundings, largest_flow, largest_seed
from backproof.verify.lift.rounding.second_derivatives import ReverseSweep, reverse_sweep

U = 2.0**-53


def both(f: Callable[..., Any], slope: Callable[..., Any], x: Any, ct: Any) -> tuple[ReverseSweep, Formula]:
    args, ct = (np.array(x),), np.array(ct)
    forward = lift(f, args)
    backward = lift_backward(lambda args, out, ct: (ct * slope(args[0]),), args, None, ct, forward=forward)
    return reverse_sweep(forward, ct), formula_of(backward)


def loss(f: Callable[..., Any], slope: Callable[..., Any], x: float) -> float:
    sweep, formula = both(f, slope, [x], [1.0])
    outputs = formula.backward.outputs[0]
    assert outputs is not None
    return amplification(sweep, 0, (0,), formula, outputs[0])


@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (lambda x: np.sin(x) / x, lambda x: (x * np.cos(x) - np.sin(x)) / x**2),
        (lambda x: x - np.sin(x), lambda x: 1 - np.cos(x)),
        (lambda x: np.expm1(x) / x, lambda x: (x * np.exp(x) - np.exp(x) + 1) / x**2),
    ],
)
def test_a_loss_by_smallness_grows(f: Any, slope: Any) -> None:
    assert loss(f, slope, 1e-6) > 32 * loss(f, slope, 64e-6)


@pytest.mark.parametrize("bias", [1.0, 6.0, -6.0, 30.0])
def test_a_loss_by_a_constant_stays(bias: float) -> None:
    def gate(x: Any) -> Any:
        return 1 / (1 + np.exp(-(x + bias)))

    def slope(x: Any) -> Any:
        return gate(x) * (1 - gate(x))

    assert loss(gate, slope, 1e-8) == pytest.approx(loss(gate, slope, 64e-8), rel=1e-3)


def test_a_flow_is_an_adjoint_times_a_slope_that_leads_to_it() -> None:
    sweep, _ = both(lambda x: 3 * x * np.array([1.0, 2.0]), lambda x: 3 + 0 * x, [1.0, 1.0], [5.0, 0.5])
    assert largest_flow(sweep, 0, (0,)) == 3 * 5.0
    assert (largest_seed(sweep, 0, (0,)), largest_seed(sweep, 0, (1,))) == (5.0, 0.5)


@pytest.mark.parametrize(
    ("error", "size", "expected"), [(U / 2, U / 2, True), (U / 16, U / 2, False), (U / 2, 2 * U, False), (4 * U, U / 2, False)]
)
def test_below_one_rounding_of_the_largest_and_lost(error: float, size: float, expected: bool) -> None:
    assert is_below_roundings(error, size, 1.0, U) is expected
