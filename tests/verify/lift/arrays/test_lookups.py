"""Where a number lies among others, unmodified: the lifted value against NumPy's, the derivative against differences at
400 bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

X = np.array([0.3, -0.7, 1.2])
Y = np.array([0.8, 0.4, -1.1])

FOLLOWED: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "gradient": (lambda x: np.gradient(x, 0.5) ** 2, (X,)),
    "interp": (lambda x: np.interp(x, [-1.0, 0.0, 1.0, 2.0], [1.0, 3.0, 2.0, 0.0]), (X,)),
    "bincount": (lambda x: np.bincount([0, 1, 0], weights=x * x, minlength=3), (X,)),
    "digitize": (lambda x: np.array([1.0, 5.0, 2.0])[np.digitize(x, [0.0, 1.0])] * x, (X,)),
    "digitize with an array": (lambda x: np.array([1.0, 5.0, 2.0])[np.digitize(x, np.array([0.0, 1.0]))] * x, (X,)),
    "searchsorted": (lambda x: np.array([1.0, 5.0, 2.0, 7.0])[np.searchsorted(np.array([0.0, 1.0, 1.0]), x, side="right")] * x, (X,)),
    "searchsorted with a sorter": (lambda x, y: np.searchsorted(y, x, sorter=np.argsort(y)) * x + y.searchsorted(x[0]), (X, Y)),
    "digitize with lifted edges": (lambda x, y: np.digitize(x, np.sort(y), right=True) * x, (X, Y)),
    "digitize downwards": (lambda x: np.digitize(x, np.array([1.0, 0.0])) * x, (X,)),
    "linspace with its step": (lambda x: np.multiply(*np.linspace(x[0], x[1], 4, retstep=True)), (X,)),
    "linspace of arrays": (lambda x: np.linspace(x, 2 * x, 4) + np.linspace(0, x[0], num=3, endpoint=False), (X,)),
    "linspace along another axis": (lambda x: np.linspace(start=x, stop=1.0, num=4, axis=-1) ** 2, (X,)),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_value_is_numpys_and_derivative_that_of_differences(name: str, followed: Callable[..., None]) -> None:
    followed(*FOLLOWED[name])
