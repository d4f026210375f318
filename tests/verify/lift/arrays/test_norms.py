"""Norms, trace, inner and outer products, unmodified: the lifted value against NumPy's, the derivative against
differences at 400 bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

X = np.array([0.3, -0.7, 1.2])
Y = np.array([0.8, 0.4, -1.1])
A = np.array([[0.5, -1.2, 0.7], [1.1, 0.3, -0.4]])
M = np.array([[2.0, 0.3, -0.5], [0.1, 1.7, 0.4], [-0.6, 0.2, 1.3]])

FOLLOWED: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "inner": (lambda a: np.inner(a, a), (A,)),
    "outer": (lambda x, y: np.outer(x, y), (X, Y)),
    "trace": (lambda a: np.trace(a @ a), (M,)),
    "norm": (lambda a: np.linalg.norm(a), (A,)),
    "norm over axis": (lambda a: np.linalg.norm(a, axis=1, keepdims=True) * a, (A,)),
    "norm of order 3": (lambda x: np.linalg.norm(x, ord=3), (X,)),
    "norm of order 1": (lambda a: np.linalg.norm(a, 1), (A,)),
    "norm inf": (lambda x: np.linalg.norm(x, np.inf), (X,)),
    "unit vector": (lambda x: x / np.linalg.norm(x), (X,)),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_value_is_numpys_and_derivative_that_of_differences(name: str, followed: Callable[..., None]) -> None:
    followed(*FOLLOWED[name])
