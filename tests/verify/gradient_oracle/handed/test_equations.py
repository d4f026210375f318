"""Solvers against their equation: roots, fixed points, linear systems; and residuals that are none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from backproof.verify import Verdict, check

V = (np.array([-1.0, 0.4, 2.0]),)


def root(v: Any) -> Any:
    return np.array([brentq(lambda u, each: u**3 + u - each, -5.0, 5.0, args=(each,)) for each in v])


def cubic(u: Any, v: Any) -> Any:
    return u**3 + u - v


def implicit(args: Any, out: Any, ct: Any) -> Any:
    return ct / (3 * out**2 + 1)


def test_the_implicit_gradient_of_a_root_is_certified() -> None:
    result = check(root, V, implicit, residual=cubic, effort="quick")
    assert result.ok
    assert result.proved == result.points > 1
    assert "judged against the equation residual=…, at its root" in result.notes


def test_one_that_is_off_is_wrong() -> None:
    result = check(root, V, lambda a, o, ct: (1 + 1e-6) * implicit(a, o, ct), residual=cubic, effort="quick")
    assert result.verdict is Verdict.WRONG
    assert "residual=cubic" in result.reproduction


def test_a_fixed_point_and_trees() -> None:
    def f(p: Any) -> Any:
        u = np.zeros(2)
        for _ in range(60):
            u = np.cos(p["a"] * u)
        return u

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        a = args[0]["a"]
        return {"a": -ct * np.sin(a * out) * out / (1 + a * np.sin(a * out))}

    args = ({"a": np.array([0.3, 0.7])},)
    assert check(f, args, vjp, residual=lambda u, p: u - np.cos(p["a"] * u), effort="quick").ok
    wrong = lambda a, o, ct: {"a": -ct * np.sin(a[0]["a"] * o) * o}  # noqa: E731
    assert check(f, args, wrong, residual=lambda u, p: u - np.cos(p["a"] * u), effort="quick").verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("residual", "words"),
    [
        (lambda u, v: u - v, "residual is not zero at what f returns: a Newton step changes entry"),
        (lambda u, v: np.sum(u - v), r"residual returns shape \(\), and f shape \(3,\)"),
        (lambda u, v: 0.0 * (u - v), "no derivative by the root that could be inverted"),
    ],
)
def test_what_is_no_equation_of_the_root_is_refused(residual: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check(root, V, implicit, residual=residual)


def test_a_residual_and_a_reference_are_two_answers() -> None:
    with pytest.raises(ValueError, match="not both"):
        check(root, V, implicit, residual=cubic, reference=root)
