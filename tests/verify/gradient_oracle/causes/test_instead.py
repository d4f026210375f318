"""Another expression in the place of a local derivative: named with the line, and near ones are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.causes.cause import Diagnosis, Fault
from backproof.verify.gradient_oracle.check import check

RNG = np.random.default_rng(16)
X, BETA, Y = RNG.normal(size=(5, 2)), RNG.normal(size=2), RNG.uniform(0.5, 2.0, size=5)


def diagnosis(f: Any, args: Any, gradient: Any) -> Diagnosis | None:
    return check(f, args, gradient=gradient, effort="quick").diagnosis


def poisson(beta: Any) -> Any:
    eta = X @ beta
    return np.sum(np.exp(eta) - Y * eta)


def logistic_in_steps(beta: Any) -> Any:
    z = X @ beta
    p = 1 / (1 + np.exp(-z))
    return np.sum((p - Y) ** 2)


def squares(beta: Any) -> Any:
    r = np.tanh(X @ beta) - Y
    return np.sum(r**2)


def p_of(beta: Any) -> Any:
    return 1 / (1 + np.exp(-(X @ beta)))


@pytest.mark.parametrize(
    ("f", "gradient", "line", "words"),
    [
        (poisson, lambda beta: X.T @ (X @ beta - Y), 2, "is taken for its argument"),
        (logistic_in_steps, lambda beta: X.T @ (2 * (p_of(beta) - Y) * p_of(beta)), 2, "is taken for its value"),
        (squares, lambda beta: X.T @ (2 * (np.tanh(X @ beta) - Y) * (1 - np.tanh(X @ beta))), 1, "is taken for 1 − its value"),
        (squares, lambda beta: X.T @ (2 * (np.tanh(X @ beta) - Y)), 1, "is taken for 1"),
    ],
)
def test_the_expression_is_named(f: Callable[..., Any], gradient: Any, line: int, words: str) -> None:
    found = diagnosis(f, (BETA,), gradient)
    assert found is not None
    assert found.causes[0].fault is Fault.LOCAL
    assert (found.causes[0].argument, found.causes[0].line) == (0, f.__code__.co_firstlineno + line)
    assert words in found.causes[0].words


@pytest.mark.parametrize("slope", [lambda t: 1 - t**2 * 1.001, lambda t: 0.999 * (1 - t), lambda t: np.cos(3 * t)])
def test_what_is_near_an_expression_is_not_named_so(slope: Any) -> None:
    found = diagnosis(squares, (BETA,), lambda beta: X.T @ (2 * (np.tanh(X @ beta) - Y) * slope(np.tanh(X @ beta))))
    assert found is None or "is taken for" not in str(found)


def test_one_step_of_a_loop() -> None:
    def repeated(beta: Any) -> Any:
        h = X @ beta
        for _ in range(3):
            h = np.tanh(h + 0.3)
        return np.sum(h * Y)

    def wrong(beta: Any) -> Any:
        hs = [X @ beta]
        for _ in range(3):
            hs.append(np.tanh(hs[-1] + 0.3))
        d = Y * (1 - hs[3] ** 2)
        d = d * (1 - hs[2])
        return X.T @ (d * (1 - hs[1] ** 2))

    found = diagnosis(repeated, (BETA,), wrong)
    assert found is not None
    assert "is taken for 1 − its value" in str(found)
    assert found.causes[0].line == repeated.__code__.co_firstlineno + 3


def test_a_guard_that_both_passes_have_is_no_cause_where_another_expression_fits() -> None:
    """Without the 1 of 1 / (1 + exp(−z)) in both passes the value is its own derivative: true of another function."""
    result = check(logistic_in_steps, (BETA,), gradient=lambda beta: X.T @ (2 * (p_of(beta) - Y) * p_of(beta)), effort="quick")
    assert result.diagnosis is not None
    assert result.diagnosis.faults == {Fault.LOCAL}
    assert "guard" not in result.explain()
