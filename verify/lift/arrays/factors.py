"""Rules for Cholesky's and Householder's factorisation, least squares, the pseudo-inverse and powers of matrices.

They are algorithms on scalars. As NumPy's, `cholesky` reads one triangle only: the derivatives by the other are zero.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     a = leaves(np.array([[4.0, 9.0], [2.0, 5.0]]), tape)
...     np.linalg.cholesky(a).tolist(), np.linalg.matrix_power(a, 2)[0].tolist()
([[2.0, 0.0], [1.0, 2.0]], [34.0, 81.0])
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     np.linalg.cholesky(-a)
Traceback (most recent call last):
    ...
numpy.linalg.LinAlgError: Matrix is not positive definite
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import array_of, plain, wrapped
from backproof.verify.lift.arrays.linalg import Rows, inv, of_each_matrix, solve, square_matrices
from backproof.verify.lift.tape.arithmetic import divide, dot, subtract
from backproof.verify.lift.tape.decisions import decide
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.rule import ZERO
from backproof.verify.lift.tape.tape import Scalar, apply


def _factor(rows: Rows) -> Rows:
    """L with L Lᵀ = A from the lower triangle, step by step."""
    n = len(rows)
    lower: Rows = [[Scalar(ZERO)] * n for _ in range(n)]
    for j in range(n):
        pivot = subtract(rows[j][j], dot(lower[j][:j], lower[j][:j]))
        if not decide(pivot, ">", 0.0, "cholesky"):
            raise np.linalg.LinAlgError("Matrix is not positive definite")
        lower[j][j] = apply("sqrt", pivot)
        for i in range(j + 1, n):
            lower[i][j] = divide(subtract(rows[i][j], dot(lower[i][:j], lower[j][:j])), lower[j][j])
    return lower


def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """The factor of a positive definite matrix; as in NumPy the other triangle is not read."""
    x = square_matrices(a)
    result = of_each_matrix(_factor, np.swapaxes(x, -1, -2) if upper else x)
    return wrapped(np.swapaxes(result, -1, -2) if upper else result)


def qr(a: Any, mode: str = "reduced") -> Any:
    """Householder's factorisation with LAPACK's signs; modes "reduced" and "r" of matrices with at least as many rows
    as columns."""
    x = array_of(a)
    m, n = x.shape[-2:]
    if mode not in ("reduced", "r") or m < n or x.ndim != 2:
        raise NotLifted(f"numpy.linalg.qr of shape {x.shape} with mode {mode!r} has no lifted rule", place())
    r, q = x.copy(), np.eye(m)
    q = array_of(q)
    for k in range(min(m - 1, n)):
        column = r[k:, k]
        if all(plain(entry).value.is_zero() and entry.index < 0 for entry in column[1:]):
            continue
        length = np.sqrt(np.sum(column * column))
        beta = -length if decide(column[0], ">=", 0.0, "qr") else length
        v = array_of(column).copy()
        v[0] = column[0] - beta
        scale = 2 / np.sum(v * v)
        r[k:, k:] = r[k:, k:] - scale * np.outer(v, v @ r[k:, k:])
        q[:, k:] = q[:, k:] - scale * np.outer(q[:, k:] @ v, v)
        r[k + 1 :, k] = 0.0
    upper = np.triu(r[:n])
    return upper if mode == "r" else np.linalg._linalg.QRResult(q[:, :n], upper)  # type: ignore[attr-defined]  # pyright: ignore


def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """The least squares solution for full column rank, from the normal equations; no singular values."""
    x, y = array_of(a), array_of(b)
    if x.shape[0] < x.shape[1]:
        raise NotLifted("numpy.linalg.lstsq with fewer rows than columns has no lifted rule", place())
    found = solve(x.T @ x, x.T @ y)
    rest = y - x @ found
    squares = np.sum(rest * rest, axis=0)
    return found, np.atleast_1d(squares) if x.shape[0] > x.shape[1] else array_of(np.zeros(0)), x.shape[1], None


def pinv(a: Any, rcond: Any = None, hermitian: bool = False, **_: Any) -> Any:
    """(AᵀA)⁻¹Aᵀ or Aᵀ(AAᵀ)⁻¹ for a matrix of full rank."""
    x = array_of(a)
    t = np.swapaxes(x, -1, -2)
    return inv(t @ x) @ t if x.shape[-2] >= x.shape[-1] else t @ inv(x @ t)


def matrix_power(a: Any, n: Any) -> Any:
    """Aⁿ by repeated squaring."""
    x = array_of(a)
    if n < 0:
        x, n = array_of(inv(x)), -n
    result, power = None, x
    while n:
        if n & 1:
            result = power if result is None else result @ power
        power, n = (power @ power if n > 1 else power), n >> 1
    return np.broadcast_to(array_of(np.eye(x.shape[-1])), x.shape) if result is None else result


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.linalg.cholesky: cholesky,
    np.linalg.qr: qr,
    np.linalg.lstsq: lstsq,
    np.linalg.pinv: pinv,
    np.linalg.matrix_power: matrix_power,
}
