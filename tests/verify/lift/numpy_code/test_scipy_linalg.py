"""Functions of `scipy.linalg`, unmodified: the lifted value against NumPy's, the derivative against differences at 400
bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg

X = np.array([0.3, -0.7, 1.2])
B = np.array([[1.5, 0.2], [-0.3, 0.9], [0.6, -1.4]])
M = np.array([[2.0, 0.3, -0.5], [0.1, 1.7, 0.4], [-0.6, 0.2, 1.3]])
SPD = np.array([[2.0, 0.3, 0.5], [0.3, 1.7, 0.4], [0.5, 0.4, 1.3]])

FOLLOWED: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "solve_triangular": (lambda a, x: scipy.linalg.solve_triangular(a, x, lower=True), (M, X)),
    "upper cholesky": (lambda a: scipy.linalg.cholesky(a), (SPD,)),
    "cho_solve": (lambda a, x: scipy.linalg.cho_solve(scipy.linalg.cho_factor(a), x), (SPD, X)),
    "solve assuming symmetry": (lambda a, x: scipy.linalg.solve(a, x, assume_a="pos"), (SPD, X)),
    "lu_solve": (lambda a, x: scipy.linalg.lu_solve(scipy.linalg.lu_factor(a[::-1]), x), (M, X)),
    "lu_solve transposed": (lambda a, b: scipy.linalg.lu_solve(scipy.linalg.lu_factor(a[::-1]), b, trans=1), (M, B)),
    "scipy eigh": (lambda a: scipy.linalg.eigh(a)[1] * scipy.linalg.eigh(a, lower=False)[0], (SPD,)),
    "scipy eigvalsh": (lambda a: scipy.linalg.eigvalsh(a), (SPD,)),
    "scipy svd": (lambda b: scipy.linalg.svd(b, full_matrices=False)[0] * scipy.linalg.svdvals(b), (B,)),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_value_is_numpys_and_derivative_that_of_differences(name: str, followed: Callable[..., None]) -> None:
    followed(*FOLLOWED[name])
