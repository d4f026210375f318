"""What a lifted run leaves, and the certified cotangent · Jacobian of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb

from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.tape import Scalar

X = np.array([0.5, -1.5, 2.25])


W = np.array([[1.0, 0.5, -0.25], [2.0, -1.0, 0.75]])


def middle(array: Any) -> list[float]:
    return [float(entry.mid()) for entry in np.ravel(array)]


def test_cotangent_times_jacobian_of_a_linear_map_is_its_transpose() -> None:
    lifted = lift(lambda x, w: w @ x, (X, W))
    cotangent = np.array([3.0, -2.0])
    by_x, by_w = pull_back(lifted, cotangent)
    assert middle(by_x) == list(W.T @ cotangent)
    assert middle(by_w) == list(np.outer(cotangent, X).ravel())
    assert by_w.shape == (2, 3)
    assert all(type(entry) is arb for entry in by_w.flat)


def test_several_outputs_take_several_cotangents_as_floats_balls_or_scalars() -> None:
    lifted = lift(lambda x: (x * x, np.sum(x)), (X,))
    expected = list(2 * X * 3.0 + 10.0)
    assert middle(pull_back(lifted, (np.full(3, 3.0), np.array(10.0)))[0]) == expected
    balls = np.array([arb(3)] * 3, dtype=object)
    assert middle(pull_back(lifted, (balls, np.array(Scalar(arb(10)), dtype=object)))[0]) == expected
    with pytest.raises(ValueError, match="1 cotangents for 2 outputs"):
        pull_back(lifted, np.ones(3))
    with pytest.raises(ValueError, match=r"shape \(3,\), its output \(\)"):
        pull_back(lifted, (np.ones(3), np.ones(3)))


def test_an_input_that_is_not_used_has_gradient_zero_and_an_output_may_be_an_input() -> None:
    lifted = lift(lambda x, y: x, (X, X))
    assert [middle(part) for part in pull_back(lifted, np.array([1.0, 2.0, 3.0]))] == [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]


def test_nothing_lifted_and_not_finite_are_told() -> None:
    assert not lift(lambda x: np.ones(3), (X,)).depends
    assert not lift(lambda n: np.ones(n), (3,)).depends
    assert lift(lambda x: x, (X,)).depends
    assert not lift(lambda x: np.log(x), (X,)).finite
    assert lift(lambda x: np.exp(x), (X,)).finite


def test_a_derivative_that_does_not_exist_is_not_finite_and_an_unused_branch_does_no_harm() -> None:
    at = (np.array([0.0, 4.0]),)
    assert [entry.is_finite() for entry in pull_back(lift(lambda x: np.sqrt(x), at), np.ones(2))[0]] == [False, True]
    assert middle(pull_back(lift(lambda x: np.where(x > 0, np.sqrt(x), 0.0), at), np.ones(2))[0]) == [0.0, 0.25]


def test_a_product_of_two_infinite_slopes_is_not_called_zero() -> None:
    lifted = lift(lambda x: np.sqrt(x) * np.sqrt(x), (np.array([0.0]),))
    assert not pull_back(lifted, np.ones(1))[0][0].is_finite()
