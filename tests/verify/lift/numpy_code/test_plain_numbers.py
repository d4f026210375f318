"""Functions of `math` and of `scipy.special` that are no ufuncs, and Python's own, unmodified: the lifted value against
NumPy's, the derivative against differences at 400 bits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special
from scipy.special import logsumexp, softmax

from backproof.verify.lift.numpy_code.lifting import lift

X = np.array([0.3, -0.7, 1.2])
P = np.array([0.5, 1.7, 2.3])
A = np.array([[0.5, -1.2, 0.7], [1.1, 0.3, -0.4]])


def python_loop(x: Any) -> Any:
    total = 0.0
    for i in range(len(x)):
        total += math.exp(x[i]) * float(x[i])
    return total


FOLLOWED: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "python loop": (python_loop, (X,)),
    "vectorized erf": (lambda x: np.vectorize(math.erf)(x), (X,)),
    "polygamma": (lambda x: scipy.special.polygamma(1, x), (P,)),
    "logsumexp": (lambda a: logsumexp(a, axis=1), (A,)),
    "softmax": (lambda a: softmax(a, axis=-1), (A,)),
    "log_softmax": (lambda a: scipy.special.log_softmax(a, axis=1), (A,)),
    "math functions": (lambda x: math.log(x[1], 2) + math.hypot(x[0], x[1]) + math.atan2(x[0], x[2]) + math.fsum(x), (P,)),
    "python max and abs": (lambda x: max(abs(x[0]), abs(x[1])) + min(x) ** 2 + sum(x), (X,)),
    "a number": (lambda x: np.sin(x) * x, (0.7,)),
    "number and array": (lambda x, c: np.sum(x) * c + c**2, (X, 0.4)),
}


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2)])
@pytest.mark.parametrize("name", ["logsumexp", "softmax", "log_softmax"])
def test_the_largest_along_the_axis_is_taken_off_as_scipy_does(name: str, axis: Any) -> None:
    f = getattr(scipy.special, name)
    a = np.random.default_rng(0).normal(size=(2, 3, 2)) + np.array([0.0, 1e3, 1e8])[:, None]
    lifted = lift(lambda a: f(a, axis=axis), (a,))
    (values,) = lifted.values
    assert values is not None
    assert np.asarray(values, dtype=float) == pytest.approx(f(a, axis=axis), rel=1e-6)
    assert max(float(value.mid()) for rule, _, value in lifted.tape.nodes if rule.name == "exp") == 1.0
    assert sum(rule.name == "exp" and value == 1 for rule, _, value in lifted.tape.nodes) == np.size(a.max(axis=axis))


@pytest.mark.parametrize("name", FOLLOWED)
def test_value_is_numpys_and_derivative_that_of_differences(name: str, followed: Callable[..., None]) -> None:
    followed(*FOLLOWED[name])
