"""Lifted functions of `scipy.linalg`, by name; options that only choose an algorithm are ignored.

>>> from backproof.verify.lifted_arrays import leaves
>>> from backproof.verify.lifted_scalars import Tape, running
>>> with running(Tape(100)) as tape:
...     a = leaves(np.array([[2.0, 1.0], [0.0, 4.0]]), tape)
...     MATRICES["solve_triangular"](a, np.array([4.0, 8.0])).tolist(), MATRICES["det"](a)
([1.0, 2.0], 8.0)
>>> "expm" in MATRICES
False
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lifted_arrays import array_of
from backproof.verify.lifted_factors import cholesky, pinv
from backproof.verify.lifted_linalg import det, inv, solve
from backproof.verify.lifted_norms import norm


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
}
