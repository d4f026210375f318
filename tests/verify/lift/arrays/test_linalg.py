"""Products of matrices, inverses and determinants, unmodified: the lifted value against NumPy's, the derivative against
differences at 400 bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

X = np.array([0.3, -0.7, 1.2])
Y = np.array([0.8, 0.4, -1.1])
A = np.array([[0.5, -1.2, 0.7], [1.1, 0.3, -0.4]])
B = np.array([[1.5, 0.2], [-0.3, 0.9], [0.6, -1.4]])
M = np.array([[2.0, 0.3, -0.5], [0.1, 1.7, 0.4], [-0.6, 0.2, 1.3]])
W = np.array([[0.4, -0.2, 0.9], [1.3, 0.6, -0.8]])
EINSUM: Any = np.einsum


def quadratic(x: Any, a: Any) -> Any:
    return 0.5 * x @ a @ x


FOLLOWED: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "dot": (lambda x, y: np.dot(x, y), (X, Y)),
    "matvec": (lambda a, x: a @ x, (A, X)),
    "matmul": (lambda a, b: np.matmul(a, b), (A, B)),
    "batched matmul": (lambda a, b: a.reshape(2, 1, 3) @ b.reshape(1, 3, 2), (A, B)),
    "dot of matrices": (lambda a, b: a.dot(b), (A, B)),
    "tensordot": (lambda a, b: np.tensordot(a, b, axes=([1], [0])), (A, B)),
    "einsum": (lambda a, b: np.einsum("ij,jk->ik", a, b), (A, B)),
    "einsum optimized": (lambda a, b: np.einsum("ij,jk,il->kl", a, b, a, optimize=True), (A, B)),
    "einsum with constants": (lambda a: np.einsum("ij,kj->k", W, a), (A,)),
    "vdot": (lambda x, y: np.vdot(x, y), (X, Y)),
    "multi_dot": (lambda a, b: np.linalg.multi_dot([a, b, a]), (A, B)),
    "einsum of lists": (lambda a, b: np.einsum(a, [0, 1], b, [1, 2], [0, 2]) + np.einsum(a, [0, 1], b, [1, 2]), (A, B)),
    "einsum of lists with dots": (lambda a, b: EINSUM(a, [..., 1], b, [1, 2], [..., 2], optimize=True), (A, B)),
    "quadratic form": (quadratic, (X, M)),
    "solve": (lambda a, x: np.linalg.solve(a, x), (M, X)),
    "solve for a matrix": (lambda a, b: np.linalg.solve(a, b), (M, B)),
    "solve with a plain matrix": (lambda x: np.linalg.solve(M, x) ** 2, (X,)),
    "inv": (lambda a: np.linalg.inv(a), (M,)),
    "det": (lambda a: np.linalg.det(a), (M,)),
    "slogdet": (lambda a: np.linalg.slogdet(a)[1], (M,)),
    "slogdet of negative": (lambda a: np.linalg.slogdet(-a)[1], (M,)),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_value_is_numpys_and_derivative_that_of_differences(name: str, followed: Callable[..., None]) -> None:
    followed(*FOLLOWED[name])
