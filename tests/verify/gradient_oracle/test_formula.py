"""The tier of formulas: what the roundings of constants explain, and what they do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify import check
from backproof.verify.gradient_oracle.formula import CUT_OFF


def batch_norm(x: Any, w: Any) -> Any:
    return w * (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5)


def folded_constants(args: Any, out: Any, ct: Any) -> Any:
    """Textbook code: 1. / n is folded in floats before the sum over the batch cancels."""
    x, w = args
    n = len(x)
    mean = 1.0 / n * np.sum(x, axis=0)
    centred = x - mean
    inverse = 1.0 / np.sqrt(1.0 / n * np.sum(centred**2, axis=0) + 1e-5)
    hat = centred * inverse
    by_hat = ct * w
    by_x = 1.0 / n * inverse * (n * by_hat - by_hat.sum(0) - hat * (by_hat * hat).sum(0))
    return by_x, (ct * hat).sum(0)


@pytest.mark.parametrize("n", [3, 5, 6, 7])
@pytest.mark.parametrize("seed", range(3))
def test_constants_that_the_code_folds_are_no_wrong_formula_where_the_derivative_vanishes(n: int, seed: int) -> None:
    x = np.random.default_rng(n).normal(size=(n, 2))
    assert check(batch_norm, (x, np.array([1.5, -0.5])), folded_constants, seed=seed).ok


def test_a_term_that_is_missing_there_is_still_wrong() -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        by_x, by_w = folded_constants(args, out, ct)
        return by_x + 1e-9 * ct, by_w

    assert not check(batch_norm, (np.random.default_rng(0).normal(size=(3, 2)), np.ones(2)), vjp).ok


def selu(x: Any) -> Any:
    return 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x))


@pytest.mark.parametrize("seed", range(4))
def test_a_product_of_constants_that_cancels_against_the_output_is_no_wrong_formula(seed: int) -> None:
    scale, alpha = 1.0507009873554805, 1.6732632423543772

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return (ct * np.where(args[0] > 0, scale, out + scale * alpha),)

    assert check(selu, (np.array([0.5, -1.0, 2.0]),), vjp, seed=seed).ok


@pytest.mark.parametrize(("error", "right"), [(CUT_OFF * 2.0**-53 * 0.9, True), (1e-14, False), (1e-9, False)])
def test_a_series_may_end_some_units_in_the_last_place_early(error: float, right: bool) -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return (ct * out * (1 + error),)

    assert check(np.exp, (np.array([0.5]),), vjp).ok is right


def guarded(x: Any) -> Any:
    p = np.exp(x - x.max()) / np.exp(x - x.max()).sum()
    assert np.isclose(p.sum(), 1)
    assert abs(p.sum() - 1) < 1e-8
    return p


@pytest.mark.parametrize(("error", "right"), [(0.0, True), (1e-13, False)])
def test_a_guard_that_holds_up_to_rounding_leaves_the_formula_certified(error: float, right: bool) -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return ((1 + error) * out * (ct - (ct * out).sum()),)

    result = check(guarded, (np.array([1.0, 2.0, 3.3]),), vjp)
    assert result.ok is right
    assert "certified on" in result.evidence


def shared_bias(f: Callable[..., Any]) -> Any:
    return lambda x, b: f(x + b)


@pytest.mark.parametrize(("rows", "seed"), [(4, 0), (4, 1), (10, 0)])
@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
def test_at_many_ties_any_slope_between_the_sides_is_right_for_the_sum_over_them(rows: int, slope: float, seed: int) -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        z = args[0] + args[1]
        inner = ct * np.where(z > 0, 1.0, np.where(z < 0, 0.0, slope))
        return inner, inner.sum(0)

    args = (np.zeros((rows, 2)), np.zeros(2))
    assert check(shared_bias(lambda z: np.maximum(z, 0.0)), args, vjp, seed=seed).ok
    assert not check(shared_bias(lambda z: np.maximum(z, 0.0)), args, lambda *given: (vjp(*given)[0], vjp(*given)[1] + 40), seed=seed).ok
