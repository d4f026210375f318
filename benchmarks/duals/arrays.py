"""The rows that combine entries (products, weighted sums, reductions) or move them.

>>> from benchmarks.duals.arithmetic import numbers
>>> x = Dual(numbers([1.0, 3.0]), numbers([[1.0, 0.0], [0.0, 1.0]]))
>>> mean({}, x).d.tolist(), matmul({}, x, x).d.tolist()
([mpf('0.5'), mpf('0.5')], [mpf('2.0'), mpf('6.0')])
>>> pick({"index": 2}, x) is None
True
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import mpmath
import numpy as np

from benchmarks.duals.arithmetic import Array, Attributes, Dual, Found, each, exp, numbers, plus, scalar, summed_up, times
from benchmarks.duals.entrywise import add


def matmul(attributes: Attributes, A: Dual, B: Dual) -> Found:
    """Products of matrices and vectors: Σ_k A_ik·B_kj, and the product rule."""
    left = A.v.reshape(-1, A.v.shape[-1])
    right = B.v.reshape(B.v.shape[0], -1)
    dl, dr = A.d.reshape(*left.shape, -1), B.d.reshape(*right.shape, -1)
    v: Array = np.empty((left.shape[0], right.shape[1]), dtype=object)
    d: Array = np.empty((*v.shape, dl.shape[-1]), dtype=object)
    for i, j in np.ndindex(v.shape):
        v[i, j] = reduce(lambda a, b: a + b, [left[i, k] * right[k, j] for k in range(left.shape[1])])
        parts = [plus(times(left[i, k], dr[k, j]), times(right[k, j], dl[i, k])) for k in range(left.shape[1])]
        d[i, j] = reduce(plus, parts)
    shape = (*A.v.shape[:-1], *B.v.shape[1:])
    return Dual(v.reshape(shape), d.reshape(*shape, d.shape[-1]))


def affine(attributes: Attributes, W: Dual, x: Dual, b: Dual) -> Found:
    product = matmul(attributes, W, x)
    return None if product is None else add(attributes, product, b)


def weighted_sum(attributes: Attributes, *xs: Dual) -> Found:
    def one(weight: Any, x: Dual) -> Dual:
        w, flat = numbers(weight), x.map(lambda entries: entries.reshape(-1))
        rows = [[times(w[i, k], flat.v[k]) for k in range(w.shape[1])] for i in range(w.shape[0])]
        slopes = [reduce(plus, [times(w[i, k], flat.d[k]) for k in range(w.shape[1])]) for i in range(w.shape[0])]
        v: Array = np.empty(w.shape[0], dtype=object)
        v[:] = [reduce(lambda a, b: a + b, [entry.item() for entry in row]) for row in rows]
        return Dual(v, np.stack(slopes))

    return add(attributes, *[one(weight, x) for weight, x in zip(attributes["weights"], xs, strict=True)])


def _axis(attributes: Attributes, x: Dual) -> int | None:
    axis = attributes.get("axis")
    return None if axis is None else axis % x.v.ndim


def total_of(attributes: Attributes, x: Dual) -> Dual:
    axis = _axis(attributes, x)
    v = summed_up(x.v[..., None], axis)[..., 0]
    return Dual(v if isinstance(v, np.ndarray) else scalar(v), summed_up(x.d, axis))


def mean(attributes: Attributes, x: Dual) -> Dual:
    total = total_of(attributes, x)
    count = x.v.size // max(1, total.v.size)
    return Dual(each(lambda a: a / count, total.v), each(lambda a: a / count, total.d))


def _spread(attributes: Attributes, x: Dual, total: Array) -> Array:
    """A result of a reduction beside every entry that it was made of."""
    axis = _axis(attributes, x)
    return np.broadcast_to(total if axis is None else np.expand_dims(total, axis), x.v.shape)


def _softmax_values(attributes: Attributes, x: Dual) -> Array:
    weights = each(exp, x.v)
    total = summed_up(weights[..., None], _axis(attributes, x))[..., 0]
    return each(lambda a, b: a / b, weights, _spread(attributes, x, np.asarray(total, dtype=object)))


def logsumexp(attributes: Attributes, x: Dual) -> Dual:
    total = summed_up(each(exp, x.v)[..., None], _axis(attributes, x))[..., 0]
    share = _softmax_values(attributes, x)
    return Dual(each(mpmath.log, np.asarray(total, dtype=object)), summed_up(times(share[..., None], x.d), _axis(attributes, x)))


def softmax(attributes: Attributes, x: Dual) -> Dual:
    share = _softmax_values(attributes, x)
    return Dual(share, times(share[..., None], log_softmax(attributes, x).d))


def log_softmax(attributes: Attributes, x: Dual) -> Dual:
    total = logsumexp(attributes, x)
    axis = _axis(attributes, x)
    slopes = np.broadcast_to(total.d if axis is None else np.expand_dims(total.d, axis), x.d.shape)
    return Dual(each(lambda a, b: a - b, x.v, _spread(attributes, x, total.v)), each(lambda a, b: a - b, x.d, slopes))


def concatenate(attributes: Attributes, *xs: Dual) -> Dual:
    axis = attributes.get("axis", 0) % xs[0].v.ndim
    return Dual(np.concatenate([x.v for x in xs], axis=axis), np.concatenate([x.d for x in xs], axis=axis))


def sliced(attributes: Attributes, x: Dual) -> Dual:
    key: list[Any] = [slice(None)] * x.v.ndim
    key[attributes.get("axis", 0)] = slice(attributes.get("start"), attributes.get("stop"), attributes.get("step"))
    return x.map(lambda entries: entries[tuple(key)])


def pick(attributes: Attributes, x: Dual, *label: Dual) -> Found:
    index = attributes["index"] if not label else int(label[0].v.item())
    return None if index >= x.v.size else Dual(scalar(x.v[index]), x.d[index])
