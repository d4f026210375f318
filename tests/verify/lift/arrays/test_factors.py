"""Factorizations and least squares, unmodified: the lifted value against NumPy's, the derivative against differences at
400 bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

X = np.array([0.3, -0.7, 1.2])
B = np.array([[1.5, 0.2], [-0.3, 0.9], [0.6, -1.4]])
M = np.array([[2.0, 0.3, -0.5], [0.1, 1.7, 0.4], [-0.6, 0.2, 1.3]])
SPD = np.array([[2.0, 0.3, 0.5], [0.3, 1.7, 0.4], [0.5, 0.4, 1.3]])

FOLLOWED: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "cholesky": (lambda a: np.linalg.cholesky(a), (SPD,)),
    "qr": (lambda b: np.linalg.qr(b)[0] @ np.linalg.qr(b)[1][:, :1], (B,)),
    "r of qr": (lambda b: np.linalg.qr(b, mode="r"), (B,)),
    "lstsq": (lambda b, x: np.linalg.lstsq(b, x, rcond=None)[0], (B, X)),
    "pinv": (lambda b: np.linalg.pinv(b @ np.eye(2)), (B,)),
    "matrix_power": (lambda a: np.linalg.matrix_power(a, 3), (M,)),
    "polyfit": (lambda x: np.polyfit(np.arange(3.0), x, 1), (X,)),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_value_is_numpys_and_derivative_that_of_differences(name: str, followed: Callable[..., None]) -> None:
    followed(*FOLLOWED[name])
