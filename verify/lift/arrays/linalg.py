"""Rules for matrices: products, inverses, solutions and determinants; factorisations are in
`verify.lift.arrays.factors`.

The values are those of flint's certified linear algebra; the derivatives are closed forms: dX = −X dA X for X = A⁻¹,
the cofactors for det.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     a = leaves(np.array([[1.0, 2.0], [2.0, 4.0]]), tape)
...     d = np.linalg.det(a)
...     adjoints = tape.sweep({d.index: arb(1)})
>>> d.value, [int(float(adjoints[x.index].mid())) for x in a.reshape(-1)]
(0, [4, -2, -2, 1])
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     np.linalg.eig(a)
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.linalg.eig has no lifted rule (...
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from flint import arb_mat

from backproof.engine.number_systems import Array
from backproof.verify.lift.arrays.arrays import array_of, plain, rewrapped, wrapped
from backproof.verify.lift.arrays.reductions import finished
from backproof.verify.lift.tape.arithmetic import dot
from backproof.verify.lift.tape.decisions import decide
from backproof.verify.lift.tape.reads import Undecided, place
from backproof.verify.lift.tape.rule import FACTORED, ONE, Rule
from backproof.verify.lift.tape.tape import Scalar, apply, scalar
from backproof.verify.numbers.ball_arrays import arb

Rows = list[list[Scalar]]
Balls = list[list[Any]]


def empty(shape: tuple[int, ...]) -> Array:
    return np.empty(shape, dtype=object)


def as_numpy(result: Array) -> Any:
    return result[()] if result.ndim == 0 else wrapped(result)


def matmul(a: Any, b: Any) -> Any:
    """a @ b, batched; each entry is one node."""
    x, y = plain(array_of(a)), plain(array_of(b))
    if x.ndim == 0 or y.ndim == 0:
        raise ValueError("matmul: an operand has no axis; multiply with * instead")
    left = x[None, :] if x.ndim == 1 else x
    right = y[:, None] if y.ndim == 1 else y
    if left.shape[-1] != right.shape[-2]:
        raise ValueError(f"matmul: shapes {x.shape} and {y.shape} do not fit: {left.shape[-1]} is not {right.shape[-2]}")
    batch = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left, right = (np.broadcast_to(part, batch + part.shape[-2:]) for part in (left, right))
    result = empty((*batch, left.shape[-2], right.shape[-1]))
    for where in np.ndindex(*batch):
        columns = right[where].T.tolist()
        for i, row in enumerate(left[where].tolist()):
            for j, column in enumerate(columns):
                result[(*where, i, j)] = dot(row, column)
    if y.ndim == 1:
        result = result[..., 0]
    if x.ndim == 1:
        result = result[..., 0] if y.ndim == 1 else result[..., 0, :]
    return as_numpy(result)


def _einsum(*operands: Any, out: Any = None, optimize: Any = False, **_: Any) -> Any:
    """The subscripts stand before the operands, or one list of them after each and one for the result."""
    if isinstance(operands[0], str):
        values: list[Any] = [operands[0], *(plain(array_of(x)) for x in operands[1:])]
    else:
        values = [plain(array_of(x)) if k % 2 == 0 and k + 1 < len(operands) else x for k, x in enumerate(operands)]
    function: Any = np.einsum
    found = function(*values, optimize=optimize)
    return finished(np.asarray(plain(rewrapped(found)), dtype=object), out)


def _dot(a: Any, b: Any, out: Any = None) -> Any:
    x, y = plain(array_of(a)), plain(array_of(b))
    if x.ndim == 0 or y.ndim == 0:
        return finished(np.asarray(plain(array_of(wrapped(x) * wrapped(y))), dtype=object), out)
    columns = np.moveaxis(y, -2, -1) if y.ndim > 1 else y
    rows, lines = x.reshape(-1, x.shape[-1]).tolist(), columns.reshape(-1, columns.shape[-1]).tolist()
    if x.shape[-1] != columns.shape[-1]:
        raise ValueError(f"shapes {x.shape} and {y.shape} not aligned")
    result: Array = np.empty((len(rows), len(lines)), dtype=object)
    for i, row in enumerate(rows):
        for j, line in enumerate(lines):
            result[i, j] = dot(row, line)
    return finished(result.reshape(x.shape[:-1] + columns.shape[:-1]), out)


# inverse, solution, determinant


def _values(rows: Rows) -> Any:
    return arb_mat(len(rows), len(rows[0]), [x.value for row in rows for x in row])


def _inverse(rows: Rows) -> Balls:
    """The entries of A⁻¹; LinAlgError if A is singular, Undecided if that cannot be told."""
    matrix = _values(rows)
    try:
        return [[entry for entry in row] for row in matrix.inv().tolist()]  # noqa: C416
    except ZeroDivisionError:
        determinant = _determinant(matrix)
        if determinant.is_zero():
            raise np.linalg.LinAlgError("Singular matrix") from None
        raise Undecided("whether a matrix is singular", place(), str(determinant)) from None


def _determinant(matrix: Any) -> Any:
    return matrix.det() if matrix.nrows() else ONE


def square_matrices(a: Any) -> Array:
    x = plain(array_of(a))
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise np.linalg.LinAlgError(f"Last 2 dimensions of the array must be square, found shape {x.shape}")
    return scalars_of(x)


def scalars_of(x: Array) -> Array:
    """Entries that NumPy wrote as plain numbers become constants."""
    return np.asarray(np.frompyfunc(scalar, 1, 1)(x), dtype=object).reshape(x.shape)


def closed(name: str, value: Any, operands: list[Scalar], partials: Callable[[], tuple[Any, ...]]) -> Scalar:
    """A node whose value is known; `partials` are asked for only if a sweep arrives."""
    found = functools.cache(partials)
    return apply(Rule(name, lambda *_: value, lambda *_: found(), FACTORED), *operands)


def _inverse_rows(rows: Rows) -> Rows:
    found, n = _inverse(rows), len(rows)
    entries = [x for row in rows for x in row]

    def partials(i: int, j: int) -> tuple[Any, ...]:
        return tuple(-found[i][k] * found[m][j] for k in range(n) for m in range(n))

    return [[closed("inv", found[i][j], entries, functools.partial(partials, i, j)) for j in range(n)] for i in range(n)]


def inv(a: Any) -> Any:
    """A⁻¹."""
    return wrapped(of_each_matrix(_inverse_rows, square_matrices(a)))


def of_each_matrix(function: Callable[[Rows], Rows], x: Array) -> Array:
    """What `function` makes of the rows of every matrix in a stack; each result has the shape of its matrix."""
    result = empty(x.shape)
    for where in np.ndindex(*x.shape[:-2]):
        result[where] = _filled(function(x[where].tolist()), x.shape[-2:])
    return result


def _filled(rows: Any, shape: tuple[int, ...]) -> Array:
    result = empty(shape)
    for where in np.ndindex(*shape):
        result[where] = rows[where[0]][where[1]]
    return result


def _solved(rows: Rows, columns: Rows) -> Rows:
    """X with A X = B, where dX = A⁻¹ (dB − dA X)."""
    inverse, n = _inverse(rows), len(rows)
    found = _values(rows).solve(_values(columns)).tolist()
    entries = [x for row in rows for x in row]

    def partials(i: int, c: int) -> tuple[Any, ...]:
        return (*(-inverse[i][k] * found[m][c] for k in range(n) for m in range(n)), *(inverse[i][k] for k in range(n)))

    return [
        [
            closed("solve", found[i][c], [*entries, *(row[c] for row in columns)], functools.partial(partials, i, c))
            for c in range(len(found[0]))
        ]
        for i in range(n)
    ]


def solve(a: Any, b: Any) -> Any:
    """X with A X = B; b is one vector if it has one axis."""
    x, y = square_matrices(a), scalars_of(plain(array_of(b)))
    vector = y.ndim == 1
    right = y[:, None] if vector else y
    if right.shape[-2] != x.shape[-1]:
        raise ValueError(f"solve: shapes {x.shape} and {y.shape} do not fit")
    batch = np.broadcast_shapes(x.shape[:-2], right.shape[:-2])
    left, right = np.broadcast_to(x, batch + x.shape[-2:]), np.broadcast_to(right, batch + right.shape[-2:])
    result = empty(right.shape)
    for where in np.ndindex(*batch):
        result[where] = _filled(_solved(left[where].tolist(), right[where].tolist()), right.shape[-2:])
    return as_numpy(result[..., 0] if vector else result)


def _cofactors(rows: Rows) -> tuple[Any, ...]:
    n = len(rows)
    values = [[x.value for x in row] for row in rows]
    found: list[Any] = []
    for i in range(n):
        for j in range(n):
            minor = [values[r][c] for r in range(n) for c in range(n) if r != i and c != j]
            found.append(_determinant(arb_mat(n - 1, n - 1, minor)) * (-1) ** (i + j))
    return tuple(found)


def _determinants(rows: Rows) -> Scalar:
    return closed("det", _determinant(_values(rows)), [x for row in rows for x in row], lambda: _cofactors(rows))


def det(a: Any) -> Any:
    """The determinant of every matrix in a stack."""
    x = square_matrices(a)
    result = empty(x.shape[:-2])
    for where in np.ndindex(*x.shape[:-2]):
        result[where] = _determinants(x[where].tolist())
    return as_numpy(result)


def slogdet(a: Any) -> Any:
    """The sign of the determinant, a decision, and the logarithm of its size, with the derivative A⁻ᵀ."""
    x = square_matrices(a)
    signs, logs = empty(x.shape[:-2]), empty(x.shape[:-2])
    for where in np.ndindex(*x.shape[:-2]):
        determinant = _determinants(x[where].tolist())
        positive = decide(determinant, ">", 0.0, "slogdet")
        negative = not positive and decide(determinant, "<", 0.0, "slogdet")
        signs[where] = Scalar(arb(positive - negative))
        logs[where] = apply("log", determinant if positive else apply("negative", determinant))
    return np.linalg._linalg.SlogdetResult(as_numpy(signs), as_numpy(logs))  # type: ignore[attr-defined]  # pyright: ignore


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.einsum: _einsum,
    np.dot: _dot,
    np.linalg.inv: inv,
    np.linalg.solve: solve,
    np.linalg.det: det,
    np.linalg.slogdet: slogdet,
}
