"""Rules for norms, outer and inner products and the trace.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x = leaves(np.array([3.0, -4.0]), tape)
...     np.linalg.norm(x), np.linalg.norm(x, 1), np.inner(x, x)
(5.0, 7.0, 25.0)
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     np.linalg.norm(np.outer(x, x), "nuc", keepdims=True)
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.linalg.norm with ord='nuc' has no lifted rule (...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import array_of, entry_by_entry, plain, wrapped
from backproof.verify.lift.arrays.linalg import as_numpy, empty
from backproof.verify.lift.arrays.spectra import spectral_norm
from backproof.verify.lift.tape.arithmetic import dot, multiply
from backproof.verify.lift.tape.kinks import absolute
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.rule import ONE, ZERO
from backproof.verify.lift.tape.tape import Scalar, apply


def _length(entries: list[Any]) -> Scalar:
    """√Σx², and |x| of a single entry."""
    if len(entries) == 1:
        return absolute(entries[0])
    squares = dot(entries, entries)
    return Scalar(ZERO) if squares.index < 0 and squares.value.is_zero() else apply("sqrt", squares)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Vector norms of every order, and the matrix norms that need no singular values."""
    a = array_of(x)
    if axis is None and (ord is None or (ord in ("fro", "f") and a.ndim == 2) or (ord == 2 and a.ndim == 1)):
        found = _length(plain(a).reshape(-1).tolist())
        return np.reshape(array_of(found), (1,) * a.ndim) if keepdims else found
    axes = tuple(range(a.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(k % a.ndim for k in axes)
    if len(axes) == 1:
        return _vector_norm(a, ord, axes[0], keepdims)
    if ord in (2, -2, "nuc") and axes in ((0, 1), (a.ndim - 2, a.ndim - 1)) and a.ndim == 2 and not keepdims:
        return spectral_norm(a, ord)
    if len(axes) != 2 or ord in (2, -2, "nuc"):
        raise NotLifted(f"numpy.linalg.norm with ord={ord!r} has no lifted rule", place())
    row, column = axes
    if ord in (None, "fro", "f"):
        return np.sqrt(np.sum(a * a, axis=axes, keepdims=keepdims))
    first, second = (row, column) if ord in (1, -1) else (column, row)
    sums = np.sum(np.abs(a), axis=first, keepdims=True)
    function = np.max if ord in (1, np.inf) else np.min
    found = function(sums, axis=second, keepdims=True)
    return found if keepdims else np.squeeze(array_of(found), axis=axes)[()]


def _vector_norm(a: Any, ord: Any, axis: int, keepdims: bool) -> Any:
    if ord is None or ord == 2:
        lines = np.moveaxis(plain(a), axis, -1)
        result = empty(lines.shape[:-1])
        for where in np.ndindex(*result.shape):
            result[where] = _length(lines[where].tolist())
        return as_numpy(np.expand_dims(result, axis) if keepdims else result)
    size = np.abs(a)
    if ord in (np.inf, -np.inf):
        return (np.max if ord > 0 else np.min)(size, axis=axis, keepdims=keepdims)
    if ord == 0:
        return np.sum(array_of((a != 0).astype(float)), axis=axis, keepdims=keepdims)
    if ord == 1:
        return np.sum(size, axis=axis, keepdims=keepdims)
    return np.sum(size**ord, axis=axis, keepdims=keepdims) ** (Scalar(ONE) / ord)


def _outer(a: Any, b: Any, out: Any = None) -> Any:
    return wrapped(entry_by_entry(multiply, array_of(a).reshape(-1, 1), array_of(b).reshape(1, -1)))


def _trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None) -> Any:
    return np.sum(np.diagonal(array_of(a), offset, axis1, axis2), axis=-1)


def _inner(a: Any, b: Any, /) -> Any:
    x, y = array_of(a), array_of(b)
    return x * y if 0 in (x.ndim, y.ndim) else np.tensordot(x, y, axes=(-1, -1))[()]


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.linalg.norm: norm,
    np.linalg.vector_norm: lambda x, /, *, axis=None, keepdims=False, ord=2: norm(
        x if axis is not None else np.ravel(x), ord, axis, keepdims
    ),
    np.outer: _outer,
    np.trace: _trace,
    np.inner: _inner,
}
