"""Sparse matrices of SciPy that code has kept: every class, with its values; right and wrong backward passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse

from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.reads import NotLifted

Asked = Callable[..., None]
RNG = np.random.default_rng(0)
sparse: Any = scipy.sparse
X, Y, M = RNG.normal(size=5), RNG.normal(size=4), RNG.normal(size=(5, 3))
DENSE = np.where(RNG.random((4, 5)) < 0.5, RNG.normal(size=(4, 5)), 0)
A = sparse.csr_matrix(DENSE)
S = sparse.csr_matrix(np.diag([2.0, 3.0, 4.0, 5.0, 6.0]) + np.eye(5, k=1))
STORED = ["csr_matrix", "csc_matrix", "coo_matrix", "csr_array", "csc_array", "coo_array"]
OTHERS = ["bsr_matrix", "dia_matrix", "lil_matrix", "dok_matrix", "bsr_array", "dia_array"]


@pytest.mark.parametrize("name", STORED + OTHERS)
def test_products_sums_and_questions_are_those_of_scipy(name: str, same: Asked) -> None:
    kept = getattr(sparse, name)(DENSE)
    star = name.endswith("matrix")
    same(lambda x: kept @ x + kept.dot(x) + (2 * kept) @ x + (kept * 0.5 / 3) @ x + (x[0] * kept) @ x, X)
    same(lambda x: x @ kept + kept.T @ x + kept.transpose() @ x, Y)
    same(lambda m: (kept @ m) * (m.T @ kept.T).T, M)
    same(lambda x: (kept * x if star else kept @ x) + kept.multiply(x) @ x + np.asarray(kept.multiply(x).sum(axis=1)).ravel(), X)
    same(lambda x: kept.toarray() @ x + kept.sum() * x[0] + np.asarray(kept.sum(axis=0)).ravel() @ x + kept.diagonal() * kept.trace(), X)
    same(lambda x: (kept + kept - 2 * kept.multiply(kept)) @ x + (-kept + abs(kept) + kept.power(2)) @ x + (kept @ kept.T) @ kept @ x, X)
    same(lambda x: np.asarray(kept + np.outer(np.ones(4), x)) - np.asarray(kept.todense()), X)
    same(lambda x: kept.tocsr().tocsc().tocoo() @ x * (isinstance(kept, getattr(sparse, name)) + 2 * sparse.issparse(kept)), X)
    same(lambda x: x * kept.shape[0] * (kept.format == name[:3]) * (kept.ndim == 2), X)


def by_rows(x: Any) -> Any:
    found = np.zeros(4)
    for i in range(4):
        for k in range(A.indptr[i], A.indptr[i + 1]):
            found[i] += A.data[k] * x[A.indices[k]]
    return found


def by_entries(x: Any) -> Any:
    found, coo = np.zeros(4), A.tocoo()
    for i, j, value in zip(coo.row, coo.col, coo.data, strict=True):
        found[i] += value * x[j]
    return found


def changed(x: Any) -> Any:
    copy = S.copy()
    copy.data = copy.data * 2
    copy.data[:2] *= 3
    copy.sort_indices()
    return copy @ x + S @ x


CODE: dict[str, Callable[[Any], Any]] = {
    "by rows": by_rows,
    "by entries": by_entries,
    "changed": changed,
    "indexed": lambda x: A[1].toarray().ravel() * A[1, 2]
    + A[[0, 1]].toarray()[0] * x
    + A.getrow(0).toarray()[0]
    + A[:, 1].sum() * x
    + A[0, 0] * x,
    "means": lambda x: np.asarray(A.mean(axis=0)).ravel() * x + A.mean() * x + S.sum(1).A1,
    "powers": lambda x: (S**2) @ x + S.sqrt() @ x + (x @ S) * (S - S.T) @ x,
    "complex": lambda x: np.abs(S @ np.fft.fft(x)) + (np.fft.fft(x) @ S).imag,
    "masks": lambda x: A.multiply(A > 0.1) @ x
    + ((A != 0) @ x) * (A > 0).sum()
    + (A >= 0.5).toarray() @ x
    + np.where((A < 0).toarray(), x, 0).sum(1),
    "places": lambda x: x[A.nonzero()[1]] * A.nnz,
}


@pytest.mark.parametrize("name", CODE)
def test_code_on_sparse_matrices_has_its_values(name: str, same: Asked) -> None:
    same(CODE[name], X)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (lambda x: (A < 1) @ x, "this comparison of a sparse matrix has no lifted rule"),
        (lambda x: x * A.max(), r"scipy\.sparse\.csr_matrix\.max of lifted numbers has no lifted rule"),
        (lambda x: x * A.tolil().data, r"scipy\.sparse\.csr_matrix\.tolil"),
        (lambda x: sparse.bsr_matrix(A).data * x[0], r"scipy\.sparse\.bsr_matrix\.data has no lifted rule"),
        (lambda x: A.__setitem__((0, 0), x[0]) or x, "writing into a sparse matrix has no lifted rule"),
        (lambda x: (A / np.outer(x[:4], x)) @ x, "a sparse matrix divided by an array"),
    ],
)
def test_what_has_no_rule_is_named(code: Any, words: str) -> None:
    with pytest.raises(NotLifted, match=words):
        lift(code, (X,))


def test_a_kept_matrix_of_complex_numbers_is_named() -> None:
    kept = A * 1j
    with pytest.raises(NotLifted, match="a sparse matrix of complex numbers has no lifted rule"):
        lift(lambda x: (kept @ x).real, (X,))


def test_the_users_matrix_is_not_changed() -> None:
    before = S.toarray()
    lift(changed, (X,))
    assert np.array_equal(S.toarray(), before)
