"""Reductions, sorting and what is made of them, unmodified: the lifted value against NumPy's, the derivative against
differences at 400 bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

X = np.array([0.3, -0.7, 1.2])
P = np.array([0.5, 1.7, 2.3])
A = np.array([[0.5, -1.2, 0.7], [1.1, 0.3, -0.4]])


def max_pool(x: Any) -> Any:
    return x[:, :2].reshape(2, 1, 2).max(axis=2)


FOLLOWED: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "sum": (lambda x: np.sum(x * x), (A,)),
    "sum over axis": (lambda x: x.sum(axis=0) ** 2, (A,)),
    "sum where": (lambda x: np.sum(x * x, where=x > 0), (A,)),
    "mean": (lambda x: x.mean(axis=1, keepdims=True) * x, (A,)),
    "var": (lambda x: np.var(x, axis=0, ddof=1), (A,)),
    "std": (lambda x: x.std(), (A,)),
    "prod": (lambda x: np.prod(x, axis=1), (A,)),
    "max": (lambda x: x.max(axis=1), (A,)),
    "min": (lambda x: np.min(x), (A,)),
    "argmax": (lambda x: x[np.arange(2), x.argmax(axis=1)], (A,)),
    "ptp": (lambda x: np.ptp(x, axis=1), (A,)),
    "cumsum": (lambda x: np.cumsum(x, axis=1) ** 2, (A,)),
    "cumprod": (lambda x: np.cumprod(x), (X,)),
    "median": (lambda x: np.median(x, axis=1), (A,)),
    "quantile": (lambda x: np.quantile(x, 0.25), (X,)),
    "sort": (lambda x: np.sort(x) * np.arange(3), (X,)),
    "argsort": (lambda x: x[np.argsort(-x)] * np.array([1.0, 2.0, 3.0]), (X,)),
    "partition": (lambda x: np.partition(x, 1)[:2] ** 2, (X,)),
    "top two": (lambda x: x[np.argpartition(x, -2)[-2:]] ** 2, (X,)),
    "unique": (lambda x: np.unique(x) ** 2, (X,)),
    "maximum accumulate": (lambda x: np.maximum.accumulate(x), (X,)),
    "average": (lambda x, y: np.average(x, weights=y), (X, P)),
    "nansum": (lambda x: np.nansum(x * x), (A,)),
    "max pool": (max_pool, (A,)),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_value_is_numpys_and_derivative_that_of_differences(name: str, followed: Callable[..., None]) -> None:
    followed(*FOLLOWED[name])
