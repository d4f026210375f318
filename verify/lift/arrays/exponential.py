"""The exponential of a matrix in balls; its derivative is the corner of that of [[A, E], [0, A]] (Higham, Functions of
Matrices, 3.16).

>>> import numpy as np
>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     a = leaves(np.array([[0.0, 1.0], [0.0, 0.0]]), tape)
...     exponential(a).tolist()
[[1.0, 1.0], [0.0, 1.0]]
>>> with running(Tape(100, front=ARRAYS)):
...     exponential(np.ones((2, 3)))
Traceback (most recent call last):
    ...
numpy.linalg.LinAlgError: Last 2 dimensions of the array must be square, found shape (2, 3)
"""

from __future__ import annotations

import functools
from typing import Any

from flint import arb_mat

from backproof.verify.lift.arrays.arrays import wrapped
from backproof.verify.lift.arrays.linalg import Rows, closed, of_each_matrix, square_matrices
from backproof.verify.lift.tape.rule import ONE, ZERO


def exponential(a: Any) -> Any:
    """`scipy.linalg.expm`, of stacks of matrices too."""
    return wrapped(of_each_matrix(_exponential, square_matrices(a)))


def _exponential(rows: Rows) -> Rows:
    n = len(rows)
    values = [[x.value for x in row] for row in rows]
    found = arb_mat(n, n, [x for row in values for x in row]).exp()
    entries = [x for row in rows for x in row]

    @functools.cache
    def along(k: int, m: int) -> Any:
        """The derivative by the entry (k, m)."""
        blocks = [[ZERO] * (2 * n) for _ in range(2 * n)]
        for i in range(n):
            blocks[i][:n] = blocks[n + i][n:] = values[i]
        blocks[k][n + m] = ONE
        return arb_mat(2 * n, 2 * n, [x for row in blocks for x in row]).exp()

    def partials(i: int, j: int) -> tuple[Any, ...]:
        return tuple(along(k, m)[i, n + j] for k in range(n) for m in range(n))

    return [[closed("expm", found[i, j], entries, functools.partial(partials, i, j)) for j in range(n)] for i in range(n)]
