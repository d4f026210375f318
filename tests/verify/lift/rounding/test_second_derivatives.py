"""Mixed second derivatives from a second run: against closed forms, and the same whether a tape is followed or the code
runs again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.rounding.second_derivatives import moved, reverse_sweep


def sweep_of(f: Any, *args: Any, ct: Any = None) -> Any:
    lifted = lift(f, args)
    shape = np.shape(f(*args))
    return reverse_sweep(lifted, np.ones(shape) if ct is None else np.asarray(ct))


def test_the_answers_of_leaves_are_the_second_derivatives() -> None:
    x = np.array([0.4, -1.2, 2.0])
    sweep = sweep_of(lambda x: np.sum(np.sin(x)) * x[0] ** 3, x)
    found = moved(sweep, 0, (0,))
    assert found is not None
    total = np.sum(np.sin(x))
    expected = [-np.sin(0.4) * 0.4**3 + 6 * np.cos(0.4) * 0.4**2 + 6 * 0.4 * total, np.cos(-1.2) * 3 * 0.4**2, np.cos(2.0) * 3 * 0.4**2]
    assert [found.answers[k] for k in range(3)] == pytest.approx(np.abs(expected), rel=1e-12)


def test_only_what_differs_is_followed() -> None:
    sweep = sweep_of(lambda x: np.exp(x), np.arange(5.0))
    found = moved(sweep, 0, (2,))
    assert found is not None
    assert len(found.slopes) == 2
    assert set(found.answers) == {2}


def test_a_linear_function_has_no_answers() -> None:
    found = moved(sweep_of(lambda x: 3 * x[::-1] - 1, np.arange(4.0)), 0, (1,))
    assert found is not None
    assert not found.answers


def test_at_zero_the_step_is_that_of_the_other_entries() -> None:
    found = moved(sweep_of(lambda x: x[0] ** 2 * x[1], np.array([0.0, 5.0])), 0, (0,))
    assert found is not None
    assert found.answers[0] == pytest.approx(10.0)


@pytest.mark.parametrize("steep", [2.0**40, 2.0**53])
def test_the_step_is_so_small_that_nothing_bends(steep: float) -> None:
    """A step of 2⁻⁶⁰·2²⁷ moves the argument of exp by up to 2²⁰."""
    found = moved(sweep_of(lambda x: np.exp(steep * x[0] - steep * 2**27), np.array([2.0**27])), 0, (0,))
    assert found is not None
    assert found.answers[0] == pytest.approx(steep**2, rel=1e-6)


def test_running_the_code_again_gives_the_second_derivative_of_a_factorization() -> None:
    """d²/dx² of log det(A + x B) is −tr((A⁻¹ B)²)."""
    a, b = np.array([[3.0, 1.0], [1.0, 2.0]]), np.array([[1.0, 0.5], [0.5, -1.0]])
    sweep = sweep_of(lambda x: np.log(np.linalg.det(a + x[0] * b)), np.array([0.0]))
    assert sweep.joint
    found = moved(sweep, 0, (0,))
    assert found is not None
    m = np.linalg.solve(a, b)
    assert found.answers[0] == pytest.approx(abs(np.trace(m @ m)), rel=1e-12)


def test_arguments_within_a_list_are_run_again_too() -> None:
    """∂²(b·det A) by A₀₀ and A₁₁ is b, by A₀₀ and b it is A₁₁."""

    def f(parts: Any) -> Any:
        return np.linalg.det(parts[0]) * parts[1][0]

    args = ([np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([5.0])],)
    found = moved(reverse_sweep(lift(f, args), np.array(1.0)), 0, (0, 0))
    assert found is not None
    assert {v: round(answer, 12) for v, answer in found.answers.items()} == {3: 5.0, 4: 3.0}
