"""Lifted functions of `scipy.linalg`, by name; options that only choose an algorithm are ignored.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     a = leaves(np.array([[2.0, 1.0], [0.0, 4.0]]), tape)
...     MATRICES["solve_triangular"](a, np.array([4.0, 8.0])).tolist(), MATRICES["det"](a)
([1.0, 2.0], 8.0)
>>> "logm" in MATRICES
False
>>> with running(Tape(100, front=ARRAYS)):
...     MATRICES["eigh"](a, np.eye(2))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: scipy.linalg.eigh of two matrices, or of some values, has no lifted rule (...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import array_of
from backproof.verify.lift.arrays.exponential import exponential
from backproof.verify.lift.arrays.factors import cholesky, pinv
from backproof.verify.lift.arrays.linalg import det, inv, solve
from backproof.verify.lift.arrays.norms import norm
from backproof.verify.lift.arrays.spectra import as_floats, eigh, svd
from backproof.verify.lift.tape.reads import NotLifted, place


def _triangle(a: Any, lower: bool) -> Any:
    return np.tril(array_of(a)) if lower else np.triu(array_of(a))


def _transposed(x: Any) -> Any:
    return np.swapaxes(x, -1, -2)


def _solve(a: Any, b: Any, lower: bool = False, transposed: bool = False, assume_a: str = "gen", **_: Any) -> Any:
    x = array_of(a)
    if assume_a in ("pos", "sym", "her", "positive definite", "symmetric"):
        half = _triangle(x, lower)
        x = half + _transposed(half) - np.diag(np.diag(x))
    return solve(_transposed(x) if transposed else x, b)


def _solve_triangular(a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, **_: Any) -> Any:
    x = _triangle(a, lower)
    if unit_diagonal:
        x = x - np.diag(np.diag(x)) + np.eye(x.shape[-1])
    return solve(_transposed(x) if trans in (1, 2, "T", "C") else x, b)


def _cholesky(a: Any, lower: bool = False, **_: Any) -> Any:
    x = array_of(a)
    return cholesky(x) if lower else _transposed(cholesky(_transposed(x)))


def _cho_factor(a: Any, lower: bool = False, **_: Any) -> Any:
    return _cholesky(a, lower), lower


def _cho_solve(factor: Any, b: Any, **_: Any) -> Any:
    c, lower = factor
    half = _triangle(c, lower)
    return solve(half @ half.T if lower else half.T @ half, b)


def _norm(a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False, check_finite: bool = True) -> Any:
    return norm(a, ord, axis, keepdims)


def _eigenvalues(a: Any, b: Any = None, lower: bool = True, eigvals_only: bool = False, subset_by_index: Any = None, **options: Any) -> Any:
    """`scipy.linalg.eigh`: as NumPy's, but the vectors have the signs of SciPy's."""
    if b is not None or subset_by_index is not None or options.get("subset_by_value") is not None:
        raise NotLifted("scipy.linalg.eigh of two matrices, or of some values, has no lifted rule", place())
    values, vectors = eigh(a, "L" if lower else "U")
    if eigvals_only:
        return values
    import scipy.linalg  # who comes here has it already

    guess = scipy.linalg.eigh(as_floats(array_of(a)), lower=lower)[1]
    return values, vectors * np.sign(np.sum(as_floats(vectors) * guess, axis=-2))


def _singular(a: Any, full_matrices: bool = True, compute_uv: bool = True, **_: Any) -> Any:
    found = svd(a, full_matrices, compute_uv)
    return tuple(found) if compute_uv else found


def _lu_factor(a: Any, **_: Any) -> tuple[Any, Any]:
    """L below the diagonal and U, in one matrix, and with which row each was exchanged: the largest pivot of its
    column, the first at a tie."""
    x = array_of(a).copy()
    n = len(x)
    pivots = np.arange(n)
    for k in range(n):
        best = k + int(np.argmax(np.abs(x[k:, k])))
        pivots[k] = best
        x[[k, best]] = x[[best, k]]
        x[k + 1 :, k] = x[k + 1 :, k] / x[k, k]
        x[k + 1 :, k + 1 :] = x[k + 1 :, k + 1 :] - np.outer(x[k + 1 :, k], x[k, k + 1 :])
    return x, pivots


def _lu_solve(factors: Any, b: Any, trans: int = 0, **_: Any) -> Any:
    x, pivots = array_of(factors[0]), factors[1]
    order = np.arange(len(pivots))
    for k, other in enumerate(pivots):
        order[[k, other]] = order[[other, k]]
    lower, upper = np.tril(x, -1) + np.eye(len(x)), np.triu(x)
    if not trans:
        return solve(upper, solve(lower, array_of(b)[order]))
    return array_of(solve(lower.T, solve(upper.T, b)))[np.argsort(order)]


MATRICES: dict[str, Callable[..., Any]] = {
    "solve": _solve,
    "solve_triangular": _solve_triangular,
    "inv": lambda a, **_: inv(a),
    "det": lambda a, **_: det(a),
    "pinv": lambda a, **_: pinv(a),
    "norm": _norm,
    "cholesky": _cholesky,
    "cho_factor": _cho_factor,
    "cho_solve": _cho_solve,
    "lu_factor": _lu_factor,
    "lu_solve": _lu_solve,
    "expm": exponential,
    "eigh": _eigenvalues,
    "eigvalsh": lambda a, b=None, **options: _eigenvalues(a, b, **{**options, "eigvals_only": True}),
    "svd": _singular,
    "svdvals": lambda a, **_: svd(a, compute_uv=False),
}
