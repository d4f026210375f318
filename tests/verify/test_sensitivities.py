"""How derivatives answer to rounding: large where the forward cancels, about one where it does not, and what a backward's own formula loses."""

from __future__ import annotations

import numpy as np
import pytest

from backproof.verify.lifting import lift, lift_backward
from backproof.verify.sensitivities import sensitivities, unavoidable

ONE = np.array([1.0])


def test_a_product_answers_like_its_operands() -> None:
    """d/dx (x·y) = y: a relative error of y is one of the derivative."""
    answers = sensitivities(lift(lambda x, y: x * y, (np.array([2.0]), np.array([5.0]))), ONE)
    assert 0.25 * 5 <= answers[0][0] <= 5.01
    assert answers[1][0] <= 2.01


@pytest.mark.parametrize("shift", [1e4, 1e8, 1e12])
def test_a_cancellation_answers_with_the_size_of_what_cancels(shift: float) -> None:
    """d/dx (x + c − c)² = 2x, but the error of x + c is of size c."""
    answers = sensitivities(lift(lambda x: ((x + shift) - shift) ** 2, (np.array([1.0]),)), ONE)
    assert 0.1 * shift < answers[0][0] < 10 * shift


def test_a_linear_function_does_not_answer_at_all() -> None:
    assert sensitivities(lift(lambda x: 3 * x, (np.array([2.0]),)), ONE)[0][0] <= 1e-12


def test_an_ill_conditioned_solve_answers_with_its_condition_number() -> None:
    a = np.array([[1.0, 1.0], [1.0, 1.0 + 1e-6]])
    b = np.array([1.0, 2.0])
    answers = sensitivities(lift(np.linalg.solve, (a, b)), np.array([1.0, 1.0]), np.linalg.solve, (a, b))
    right = np.linalg.inv(a).T @ np.ones(2)
    assert answers[1].max() > 1e4 * np.abs(right).max()


def test_what_a_backward_loses_by_its_own_formula() -> None:
    """1 − cos x for small x loses what 2 sin²(x/2) keeps."""
    x = np.array([1e-4])
    forward = lift(lambda x: x - np.sin(x), (x,))
    like = [np.zeros(1)]
    poor = lift_backward(lambda args, out, ct: (ct * (1 - np.cos(args[0])),), (x,), None, ONE, forward=forward)
    good = lift_backward(lambda args, out, ct: (ct * 2 * np.sin(args[0] / 2) ** 2,), (x,), None, ONE, forward=forward)
    assert unavoidable(poor, (x,), like)[0][0] > 0.1
    assert unavoidable(good, (x,), like)[0][0] < 1e-7
