"""Rules for symmetric eigenvalues and singular values: `eigh`, `eigvalsh`, `svd`, and the norms and the condition made
of them.

The values are flint's certified enclosures of simple eigenvalues; repeated ones are `NotLifted`, for there the vectors
have no derivative. dλᵢ = vᵢᵀ dA vᵢ and dvᵢ = Σⱼ vⱼ (vⱼᵀ dA vᵢ) / (λᵢ − λⱼ). As NumPy's, `eigh` reads one triangle; the
signs of the vectors are those that NumPy finds.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     a = leaves(np.array([[2.0, 9.0], [1.0, 2.0]]), tape)
...     np.linalg.eigvalsh(a).tolist()
[1.0, 3.0]
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     np.linalg.eigvalsh(leaves(np.eye(2), tape))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: repeated eigenvalues have no lifted rule (...
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from flint import arb_mat

from backproof.engine.number_systems import Array
from backproof.verify.lift.arrays.arrays import array_of, plain, wrapped
from backproof.verify.lift.arrays.linalg import Rows, as_numpy, closed, empty, square_matrices
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.rule import ZERO
from backproof.verify.lift.tape.tape import Scalar


def _enclosed(rows: Rows, upper: bool) -> tuple[list[Any], list[list[Any]]]:
    """The eigenvalues in ascending order, and for each its unit vector."""
    n = len(rows)
    matrix = arb_mat(n, n, [x.value for row in rows for x in row])
    try:
        values, right = matrix.eig(right=True)
    except ValueError:
        raise NotLifted("repeated eigenvalues have no lifted rule", place()) from None
    order = sorted(range(n), key=lambda i: float(values[i].real.mid()))
    guess = np.linalg.eigh(as_floats(rows), UPLO="U" if upper else "L")[1]
    vectors = [_unit([right[k, i] for k in range(n)], guess[:, column]) for column, i in enumerate(order)]
    return [values[i].real for i in order], vectors


def _unit(entries: list[Any], guess: Array) -> list[Any]:
    """A complex multiple of a real vector as that vector of length one, with the sign of `guess`."""
    largest = int(np.argmax(np.abs(guess)))
    ratios = [(entry / entries[largest]).real for entry in entries]
    length = sum((x * x for x in ratios), ZERO).sqrt()
    return [x / (length if guess[largest] > 0 else -length) for x in ratios]


def _symmetric(rows: Rows, upper: bool) -> Rows:
    n = range(len(rows))
    return [[rows[min(i, j)][max(i, j)] if upper else rows[max(i, j)][min(i, j)] for j in n] for i in n]


def _decomposed(rows: Rows, upper: bool) -> tuple[list[Scalar], list[list[Scalar]]]:
    """λ and, for each, v, as nodes on the entries of the triangle that is read."""
    symmetric = _symmetric(rows, upper)
    values, vectors = _enclosed(symmetric, upper)
    entries, n = [x for row in symmetric for x in row], range(len(rows))

    def of_value(i: int) -> tuple[Any, ...]:
        return tuple(vectors[i][k] * vectors[i][m] for k in n for m in n)

    def of_entry(i: int, component: int) -> tuple[Any, ...]:
        weights = [None if j == i else vectors[j][component] / (values[i] - values[j]) for j in n]
        slope = [sum((weight * vectors[j][k] for j, weight in enumerate(weights) if weight is not None), ZERO) for k in n]
        return tuple(slope[k] * vectors[i][m] for k in n for m in n)

    nodes = [closed("eigenvalue", values[i], entries, functools.partial(of_value, i)) for i in n]
    return nodes, [[closed("eigenvector", vectors[i][k], entries, functools.partial(of_entry, i, k)) for k in n] for i in n]


def eigh(a: Any, UPLO: str = "L") -> Any:
    """The eigenvalues, ascending, and the matrix whose columns are the vectors."""
    x = square_matrices(a)
    values, vectors = empty(x.shape[:-1]), empty(x.shape)
    for where in np.ndindex(*x.shape[:-2]):
        found, rows = _decomposed(x[where].tolist(), UPLO.upper() == "U")
        values[where] = found
        for i, row in enumerate(rows):
            for k, entry in enumerate(row):
                vectors[(*where, k, i)] = entry
    return np.linalg._linalg.EighResult(wrapped(values), wrapped(vectors))  # type: ignore[attr-defined]  # pyright: ignore


def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """The eigenvalues, ascending."""
    return eigh(a, UPLO)[0]


def as_floats(x: Any) -> Array:
    """The middles of a matrix of scalars."""
    return np.array([[float(entry.value.mid()) for entry in row] for row in (x if isinstance(x, list) else plain(x).tolist())])


def _singular_values(x: Any) -> Any:
    """√λ of the smaller of AᵀA and AAᵀ, descending."""
    t = np.swapaxes(x, -1, -2)
    return np.sqrt(eigvalsh(t @ x if x.shape[-2] >= x.shape[-1] else x @ t))[..., ::-1]


def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """U, the singular values, Vᵀ for a matrix of full rank with different ones."""
    x = array_of(a)
    if not compute_uv:
        return _singular_values(x)
    if x.ndim != 2 or (full_matrices and x.shape[0] != x.shape[1]):
        raise NotLifted("numpy.linalg.svd with full matrices has no lifted rule", place(), "pass full_matrices=False")
    tall = x if x.shape[0] >= x.shape[1] else x.T
    _, vectors = eigh(tall.T @ tall)
    vectors = vectors[:, ::-1]
    values = _singular_values(tall)
    left, right = (tall @ vectors) / values, vectors
    u, v = (left, right) if tall is x else (right, left)
    guess = np.linalg.svd(as_floats(x), full_matrices=False)[0]
    turned = np.sign(np.sum(as_floats(u) * guess, axis=0))
    return np.linalg._linalg.SVDResult(u * turned, values, (v * turned).T)  # type: ignore[attr-defined]  # pyright: ignore


def cond(x: Any, p: Any = None) -> Any:
    """The quotient of the largest and the smallest singular value, or ‖A‖ ‖A⁻¹‖."""
    a = array_of(x)
    if p in (None, 2):
        values = _singular_values(a)
        return values[..., 0] / values[..., -1]
    return np.linalg.norm(a, p, axis=(-2, -1)) * np.linalg.norm(np.linalg.inv(a), p, axis=(-2, -1))


def spectral_norm(x: Any, ord: Any) -> Any:
    """The largest (2), the smallest (−2) singular value, or their sum ("nuc")."""
    values = _singular_values(array_of(x))
    return np.sum(values, axis=-1) if ord == "nuc" else as_numpy(plain(array_of(values[..., 0 if ord == 2 else -1])))


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.linalg.eigh: eigh,
    np.linalg.eigvalsh: eigvalsh,
    np.linalg.svd: svd,
    np.linalg.svdvals: lambda x, /: _singular_values(array_of(x)),
    np.linalg.cond: cond,
}
