"""The allowance for usual formulas: enough for what PyTorch and autograd write, and not for a wrong formula."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from backproof.engine import FLOAT64
from backproof.engine.functions import TABLE
from backproof.verify.rounding.textbook import textbook_errors


def allowed(name: str, v: float, x: float, D: float) -> float:
    return float(textbook_errors(TABLE[name], np.array([v]), np.array([x]), np.array([[D]]), FLOAT64)[0, 0])


@pytest.mark.parametrize("x", [-18.0, -7.5, -1.0, 0.3, 2.0, 9.0, 17.0])
@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
def test_the_formula_in_the_value_lies_within_the_allowance(name: str, x: float) -> None:
    with mpmath.workdps(60):
        exact = 1 - mpmath.tanh(x) ** 2 if name == "tanh" else mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2
        v = float(np.tanh(x)) if name == "tanh" else 1 / (1 + float(np.exp(-x)))
        found = 1 - v * v if name == "tanh" else v * (1 - v)
        assert abs(found - exact) <= allowed(name, v, x, float(exact))


def test_it_is_needed_where_the_value_saturates() -> None:
    x = 17.0
    exact = float(1 / mpmath.cosh(x) ** 2)
    assert abs((1 - np.tanh(x) ** 2) - exact) > 1e-3 * exact
    assert allowed("tanh", 1.0, x, exact) > 1e-3 * exact


def test_where_nothing_cancels_it_is_a_few_roundings() -> None:
    v = float(np.tanh(0.3))
    assert allowed("tanh", v, 0.3, 1 - v * v) < 1e-15


def test_log_softmax_and_logsumexp_lose_with_the_size_of_the_logits() -> None:
    x = np.array([300.0, 299.0])
    lse = 300.0 + np.log1p(np.exp(-1.0))
    weights = np.exp(x - 300.0) / np.sum(np.exp(x - 300.0))
    found = np.exp(x - lse)
    errors = textbook_errors(TABLE["logsumexp"], np.array([lse]), x, weights[None, :], FLOAT64)[0]
    assert np.all(np.abs(found - weights) <= errors)
    assert np.all(errors < 1e-12)
    v = (x - 300.0) - np.log1p(np.exp(-1.0))
    errors = textbook_errors(TABLE["log_softmax"], v, x, np.eye(2) - weights[None, :], FLOAT64)
    assert np.all(np.abs(np.exp(v) - weights[None, :]) <= errors)
    assert np.all(errors < 1e-14)


def test_other_functions_get_nothing() -> None:
    assert allowed("exp", 2.0, 0.7, 2.0) == 0.0
