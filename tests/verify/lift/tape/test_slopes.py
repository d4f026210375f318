"""Ties fall as they do a small step along a direction."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.slopes import Along, at_random, inverted


def derivatives(f: Any, x: Any, at_ties: Any) -> list[float]:
    run = lift(f, (np.asarray(x, dtype=float),), at_ties=at_ties)
    return [float(ball.mid()) for ball in pull_back(run, np.array(1.0))[0].reshape(-1)]


@pytest.mark.parametrize("f", [lambda x: np.max(np.sin(x)), lambda x: np.max(x * x * 0.25), lambda x: np.sort(np.exp(x) - 1)[-1]])
def test_the_derivative_along_a_direction_is_the_one_beside(f: Any) -> None:
    x, v = np.array([2.0, 2.0, 1.0, 2.0]), np.array([0.3, -0.5, 9.0, 0.7])
    beside = derivatives(f, x + 1e-9 * v, None)
    assert np.allclose(derivatives(f, x, Along([v], 0.0)), beside, atol=1e-6)
    assert np.count_nonzero(beside) == 1


def test_what_does_not_tie_is_left_as_it_is() -> None:
    assert derivatives(np.max, [1.0, 2.0], Along([np.array([9.0, 0.0])], 2.0**-53)) == [0.0, 1.0]
    assert derivatives(np.max, [1.0, 2.0], inverted(2.0**-53)) == [0.0, 1.0]


def test_what_floats_cannot_tell_from_a_tie_is_one_to_them() -> None:
    x = np.array([1.0, 1.0 + 2.0**-52])
    along = [np.array([1.0, 0.0])]
    assert derivatives(np.max, x, Along(along, 2.0**-53)) == [1.0, 0.0]
    assert derivatives(np.max, x, Along(along, 0.0)) == [0.0, 1.0]


def test_inverted_ties_fall_the_other_way_and_at_random_either() -> None:
    relu = lambda x: np.maximum(x, 0.0).sum()  # noqa: E731
    assert derivatives(relu, np.zeros(3), inverted(0.0)) == [0.0, 0.0, 0.0]
    assert set(derivatives(relu, np.zeros(16), at_random(0.0, np.random.default_rng(0)))) == {0.0, 1.0}
