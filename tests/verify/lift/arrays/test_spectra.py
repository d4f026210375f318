"""Eigenvalues and singular values, unmodified: the lifted value against NumPy's, the derivative against differences at
400 bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

U = np.array([0.2, 0.55, 0.85])
A = np.array([[0.5, -1.2, 0.7], [1.1, 0.3, -0.4]])
B = np.array([[1.5, 0.2], [-0.3, 0.9], [0.6, -1.4]])
M = np.array([[2.0, 0.3, -0.5], [0.1, 1.7, 0.4], [-0.6, 0.2, 1.3]])
SPD = np.array([[2.0, 0.3, 0.5], [0.3, 1.7, 0.4], [0.5, 0.4, 1.3]])

FOLLOWED: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "eigvalsh": (lambda a: np.linalg.eigvalsh(a), (SPD,)),
    "eigh": (lambda a: np.linalg.eigh(a + a.T)[1] * np.linalg.eigh(a + a.T)[0], (M,)),
    "upper eigh": (lambda a: np.linalg.eigh(a, UPLO="U")[1], (M,)),
    "svd": (lambda b: np.linalg.svd(b, full_matrices=False)[0] @ np.linalg.svd(b, full_matrices=False)[2][:, ::-1], (B,)),
    "wide svd": (lambda a: np.linalg.svd(a, full_matrices=False)[2], (A,)),
    "singular values": (lambda a: np.linalg.svd(a, compute_uv=False), (A,)),
    "spectral norm": (lambda a: np.linalg.norm(a, 2) + np.linalg.norm(a, "nuc"), (A,)),
    "condition": (lambda a: np.linalg.cond(a), (M,)),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_value_is_numpys_and_derivative_that_of_differences(name: str, followed: Callable[..., None]) -> None:
    followed(*FOLLOWED[name])
