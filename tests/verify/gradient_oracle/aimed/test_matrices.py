"""Degenerate matrices: a formula that divides by differences of eigenvalues or singular values is found, one that does
not passes, and where the function itself has a kink nothing is held against anybody."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify import Verdict, check
from backproof.verify.gradient_oracle.aimed.matrices import calls_linear_algebra, is_matrix, matrices

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
B = np.random.default_rng(3).normal(size=(3, 3))
POSITIVE = B @ B.T + np.eye(3)


def exponential(A: Any) -> Any:
    w, V = np.linalg.eigh((A + A.T) / 2)
    return (V * np.exp(w)) @ V.T


def exponential_back(by_gaps: bool) -> Any:
    """By divided differences: (eᵃ − eᵇ)/(a − b), which is eᵃ where a = b; or with the difference as it stands."""

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        w, V = np.linalg.eigh((args[0] + args[0].T) / 2)
        gaps, same = w[:, None] - w, np.eye(len(w), dtype=bool)
        if by_gaps:
            slopes = np.where(same, np.exp(w), (np.exp(w)[:, None] - np.exp(w)) / (gaps + same))
        else:
            half = gaps / 2
            slopes = np.exp((w[:, None] + w) / 2) * np.where(half == 0, 1.0, np.sinh(half) / np.where(half == 0, 1.0, half))
        return (V @ (V.T @ ((ct + ct.T) / 2) @ V * slopes) @ V.T,)

    return vjp


def test_a_matrix_function_whose_gradient_divides_by_gaps_is_wrong_where_eigenvalues_meet() -> None:
    result = check(exponential, (POSITIVE,), exponential_back(True))
    assert result.verdict is Verdict.WRONG
    assert result.findings[0].point == "argument 0 the identity"
    right = check(exponential, (POSITIVE,), exponential_back(False))
    assert right.ok, right.explain()


def test_a_nuclear_norm_passes_though_it_has_a_kink_at_a_singular_value_of_zero() -> None:
    def nuclear(A: Any) -> Any:
        return np.sum(np.linalg.svd(A, compute_uv=False))

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        U, _, Vh = np.linalg.svd(args[0], full_matrices=False)
        return (ct * U @ Vh,)

    result = check(nuclear, (np.random.default_rng(1).normal(size=(3, 2)),), vjp)
    assert result.ok, result.explain()


def test_the_largest_eigenvalue_passes_with_the_gradient_of_one_eigenvector() -> None:
    def largest(A: Any) -> Any:
        return np.linalg.eigh((A + A.T) / 2)[0][-1]

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        v = np.linalg.eigh((args[0] + args[0].T) / 2)[1][:, -1]
        return (ct * np.outer(v, v),)

    result = check(largest, (POSITIVE,), vjp)
    assert result.ok, result.explain()


def test_a_cholesky_factor_passes_where_it_nearly_breaks_off() -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        L = np.linalg.cholesky(args[0])
        P = np.tril(L.T @ ct)
        P[np.diag_indices(3)] /= 2
        S = np.linalg.solve(L.T, np.linalg.solve(L.T, P.T).T)
        return (np.tril(S + S.T) - np.diag(np.diag(S)),)

    result = check(np.linalg.cholesky, (POSITIVE,), vjp)
    assert result.ok, result.explain()


def test_each_matrix_has_what_its_words_say() -> None:
    rng = np.random.default_rng(0)
    found = {words: changed[1] for changed, words in matrices((1.5, np.ones((3, 2)) + np.eye(3, 2), 2), rng)}
    values = {words: np.linalg.svd(matrix, compute_uv=False) for words, matrix in found.items()}
    assert values["argument 1 with equal singular values"][0] == pytest.approx(values["argument 1 with equal singular values"][1])
    assert values["argument 1 with a singular value of zero"][1] == pytest.approx(0.0)
    assert values["argument 1 with orthonormal rows or columns"] == pytest.approx([1.0, 1.0])
    stacked = [changed[0] for changed, _ in matrices((np.random.default_rng(1).normal(size=(2, 3, 3)).astype(np.float32),), rng)]
    assert {(matrix.shape, matrix.dtype.name) for matrix in stacked} == {((2, 3, 3), "float32")}
    assert all(np.array_equal(changed[0], changed[0].T) for changed, _ in matrices((POSITIVE + POSITIVE.T,), rng))


def test_they_are_for_code_that_decomposes_or_solves() -> None:
    assert calls_linear_algebra((lambda: np.linalg.eigh(POSITIVE),))
    assert not calls_linear_algebra((lambda: np.linalg.norm(POSITIVE) + POSITIVE @ POSITIVE,))
    assert calls_linear_algebra((lambda: 1 / 0, lambda: np.linalg.inv(POSITIVE))) is False  # after an error nothing is called
    assert [is_matrix(a) for a in (POSITIVE, np.ones((1, 5)), np.ones((40, 2)), np.ones((2, 2), dtype=int), 1.0)] == [True, *[False] * 4]
