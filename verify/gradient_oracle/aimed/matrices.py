"""Matrices at which formulas of linear algebra divide by zero: the identity, an orthogonal one, equal eigenvalues and
singular values, one that is zero. `matrices(args, rng)`, for code that calls linear algebra: `calls_linear_algebra`.

A matrix function is smooth where eigenvalues meet, and its gradient by way of eigenvectors has 1/(λᵢ − λⱼ) in it. Random
matrices never show that.

>>> rng = np.random.default_rng(0)
>>> for changed, words in matrices((np.array([[2.0, 0.5], [0.5, 1.0]]), 3), rng):
...     print(words, np.linalg.eigvalsh(changed[0]).round(6).tolist())
argument 0 the identity [1.0, 1.0]
argument 0 with equal eigenvalues [1.658312, 1.658312]
argument 0 with an eigenvalue of zero [-0.0, 1.658312]
argument 0 orthogonal [-1.0, 1.0]
>>> calls_linear_algebra((lambda: np.linalg.inv(np.eye(2)),)), calls_linear_algebra((lambda: np.linalg.norm(np.eye(2)),))
(True, False)
>>> next(matrices((np.ones(3),), rng))
Traceback (most recent call last):
    ...
StopIteration
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import FrameType
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.time_limits import PASSING

FOLDER = f"{os.sep}linalg{os.sep}"  # of NumPy's and SciPy's functions
DEGENERATE = frozenset(
    {
        *("inv", "pinv", "solve", "lstsq", "det", "slogdet", "matrix_rank", "matrix_power", "cond", "tensorinv", "tensorsolve"),
        *("eig", "eigh", "eigvals", "eigvalsh", "svd", "svdvals", "qr", "cholesky", "schur", "polar", "ldl", "lu", "lu_factor"),
        *("lu_solve", "cho_factor", "cho_solve", "solve_triangular", "expm", "logm", "sqrtm", "funm", "null_space", "orth"),
    }
)
"""The functions in it that treat some matrices in another way than others."""
LARGEST = 32  # chosen: rows and columns; points with larger matrices are dear, and small ones show the same
SMALLEST = 2  # a number has no second eigenvalue


def calls_linear_algebra(calls: Iterable[Callable[[], Any]]) -> bool:
    """Whether some call of somebody's code calls a decomposition, a solver or the like. What the code raises is no
    error here."""
    found = False

    def called(frame: FrameType, _event: str, _arg: Any) -> None:
        nonlocal found
        code = frame.f_code
        found = found or (code.co_name in DEGENERATE and FOLDER in code.co_filename)

    before = sys.gettrace()
    for call in calls:
        sys.settrace(called)
        try:
            with np.errstate(all="ignore"):
                contained(call)
        except PASSING:
            raise
        except Exception:
            break
        finally:
            sys.settrace(before)
    return found


def is_matrix(a: Any) -> bool:
    """Whether an argument is a matrix of floats, or a stack of such, neither too small nor too large."""
    return isinstance(a, np.ndarray) and is_float(a) and a.ndim > 1 and SMALLEST <= min(a.shape[-2:]) <= max(a.shape[-2:]) <= LARGEST


def matrices(args: Sequence[Any], rng: np.random.Generator) -> Iterator[tuple[tuple[Any, ...], str]]:
    """The arguments with one matrix changed, and how, in words. What is symmetric stays so."""
    for k, a in enumerate(args):
        if not is_matrix(a):
            continue
        rows, columns = a.shape[-2:]
        square, what = rows == columns, "eigenvalue" if rows == columns else "singular value"
        symmetric = square and bool(np.all(a == np.swapaxes(a, -1, -2)))
        few = min(rows, columns)
        size = float(np.sqrt(np.mean(np.square(a.astype(float))) * few)) or 1.0
        left = np.linalg.qr(rng.normal(size=(rows, rows)))[0][:, :few]
        right = left if square else np.linalg.qr(rng.normal(size=(columns, columns)))[0][:, :few]
        spread = size * (1.0 - 0.5 * np.arange(few) / few)
        equal, zero, signs = spread.copy(), spread.copy(), np.ones(few)
        equal[1], zero[-1], signs[0] = equal[0], 0.0, -1.0
        turned = left if square and not symmetric else (left * (signs if symmetric else 1.0)) @ right.T
        rows_of_values: list[tuple[str, Array]] = [
            (f"with equal {what}s", (left * equal) @ right.T),
            (f"with {'an' if square else 'a'} {what} of zero", (left * zero) @ right.T),
            ("orthogonal" if square else "with orthonormal rows or columns", turned),
        ]
        if square:
            rows_of_values.insert(0, ("the identity", np.eye(rows)))
        for words, matrix in rows_of_values:
            even = (matrix + matrix.T) / 2 if symmetric else matrix
            changed = np.broadcast_to(even, a.shape).astype(a.dtype)
            yield (*args[:k], changed, *args[k + 1 :]), f"argument {k} {words}"
