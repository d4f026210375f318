"""Functions of libraries at values where their derivatives need care."""

from __future__ import annotations

import itertools
import math

import numpy as np
from cases import Made, made, unbroadcast, vector
from scipy import special


@made("Result / x rule: nan at a zero entry.", exposes=(vector(2.0, 0.0, 3.0),))
def prod_with_zero() -> Made:
    def f(x):
        return np.prod(x)

    def right(args, out, ct):
        (x,) = args
        flat = x.ravel()
        g = np.empty(flat.size)
        for i in range(flat.size):
            g[i] = np.prod(np.delete(flat, i))
        return (ct * g.reshape(x.shape),)

    def wrong(args, out, ct):
        return (ct * out / args[0],)

    return f, (vector(1.5, -2.0, 0.7, 3.1),), right, wrong


@made("Backward of repeat folds the copies into the wrong axis order.")
def repeat_last_axis() -> Made:
    def f(x):
        return np.repeat(x, 3, axis=-1)

    def right(args, out, ct):
        x = args[0]
        if x.ndim == 0:
            return (ct.sum(),)
        return (ct.reshape(x.shape + (3,)).sum(axis=-1),)

    def wrong(args, out, ct):
        x = args[0]
        return (ct.reshape(x.shape[:-1] + (3, x.shape[-1])).sum(axis=-2),)

    return f, (np.arange(6.0).reshape(2, 3) - 1.3,), right, wrong


@made("Det * inv.T is undefined at a singular matrix, where the adjugate is not.", exposes=(np.array([[1.0, 2.0], [2.0, 4.0]]),))
def det_singular() -> Made:
    def f(M):
        return np.linalg.det(M)

    def cofactor(M):
        n = M.shape[0]
        C = np.empty((n, n))
        for i, j in itertools.product(range(n), repeat=2):
            minor = np.delete(np.delete(M, i, 0), j, 1)
            C[i, j] = (-1) ** (i + j) * (np.linalg.det(minor) if n > 1 else 1.0)
        return C

    def right(args, out, ct):
        (M,) = args
        if M.ndim > 2:
            g = np.empty(M.shape)
            for ix in np.ndindex(*M.shape[:-2]):
                g[ix] = ct[ix] * cofactor(M[ix])
            return (g,)
        return (ct * cofactor(M),)

    def wrong(args, out, ct):
        M = args[0]
        return (np.expand_dims(ct * out, (-1, -2)) * np.swapaxes(np.linalg.inv(M), -1, -2),)

    return f, (np.array([[1.2, 0.3, -0.5], [0.1, 2.0, 0.4], [-0.7, 0.2, 0.9]]),), right, wrong


@made(
    "Cancellation of (cos x - sin x / x) / x near 0.",
    exposes=(vector(1e-6, 1e-8),),
    unseen="a reverse sweep over sin(x)/x loses the same digits next to zero",
)
def sinc_near_zero() -> Made:
    def f(x):
        safe = np.where(x == 0, 1.0, x)
        return np.where(x == 0, 1.0, np.sin(safe) / safe)

    def right(args, out, ct):
        (x,) = args
        big = np.where(np.abs(x) < 1, 1.0, x)
        far = (big * np.cos(big) - np.sin(big)) / big**2
        near = np.zeros_like(x)
        small = np.where(np.abs(x) < 1, x, 0.0)
        for k in range(12, 0, -1):  # sum (-1)^k 2k x^(2k-1) / (2k+1)!
            near = near * small * small + (-1) ** k * 2 * k / math.factorial(2 * k + 1)
        return (ct * np.where(np.abs(x) < 1, near * small, far),)

    def wrong(args, out, ct):
        (x,) = args
        safe = np.where(x == 0, 1.0, x)
        return (ct * np.where(x == 0, 0.0, (np.cos(safe) - out) / safe),)

    return f, (vector(0.4, -1.7, 2.2),), right, wrong


@made("sign(x) squared kills the slope of erf at exactly 0.", exposes=(vector(0.0, 1.0),))
def erf_at_zero() -> Made:
    def f(x):
        return special.erf(x)

    def right(args, out, ct):
        return (ct * 2 / np.sqrt(np.pi) * np.exp(-(args[0] ** 2)),)

    def wrong(args, out, ct):
        s = np.sign(args[0])
        t = s * args[0]
        return (ct * s * (s * (2 / np.sqrt(np.pi) * np.exp(-t * t))),)

    return f, (vector(0.3, -0.8, 1.4),), right, wrong


@made("Ddof of the variance is forgotten in the backward pass.")
def var_ddof() -> Made:
    def f(x):
        return np.var(x, axis=-1, ddof=1)

    def right(args, out, ct):
        x = args[0]
        n = x.shape[-1]
        return (2 * ct[..., None] * (x - x.mean(-1, keepdims=True)) / (n - 1),)

    def wrong(args, out, ct):
        x = args[0]
        n = x.shape[-1]
        return (2 * ct[..., None] * (x - x.mean(-1, keepdims=True)) / n,)

    return f, (np.array([[0.1, 0.5, -1.2, 0.4], [2.0, 0.3, 0.3, -0.5]]),), right, wrong


@made(
    "Std of a constant row: 0 / 0.",
    exposes=(np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 5.0]]),),
    note="a gradient is not finite, though the derivatives nearby are bounded",
)
def std_of_constant_row() -> Made:
    def f(x):
        _rows, _cols = x.shape
        return np.std(x, axis=1)

    def right(args, out, ct):
        x = args[0]
        s = np.where(out == 0, 1.0, out)[:, None]
        d = x - x.mean(axis=1, keepdims=True)
        return (np.where(out[:, None] == 0, 0.0, ct[:, None] * d / (x.shape[1] * s)),)

    def wrong(args, out, ct):
        x = args[0]
        return (ct[:, None] * (x - x.mean(axis=1, keepdims=True)) / (x.shape[1] * out[:, None]),)

    return f, (np.array([[0.1, 0.5, -1.2], [2.0, 0.3, 1.1]]),), right, wrong


@made("n * out / x for a power is nan at x = 0.", exposes=(vector(0.0, 2.0),))
def power_at_zero() -> Made:
    def power(p):
        def f(x):
            return x**p

        def right(args, out, ct):
            return (ct * p * args[0] ** (p - 1),)

        def wrong(args, out, ct):
            return (ct * p * out / args[0],)

        return f, right, wrong

    f, right, wrong = power(3)
    return f, (vector(1.1, -0.4, 2.0),), right, wrong


@made(
    "Leading axes are summed after broadcasting, axes of length one are not.",
    exposes=(np.ones((2, 3)) * [[0.1, 0.2, 0.3]], vector(0.15, 0.5).reshape(2, 1)),
    note="with argument 1 of shape (1,)",
)
def minimum_unbroadcast() -> Made:
    def sum_leading(g, like):
        extra = g.ndim - like.ndim
        return g.sum(axis=tuple(range(extra))) if extra else g

    def f(x, y):
        return np.minimum(x, y)

    def make(reduce):
        def vjp(args, out, ct):
            x, y = args
            mask = (x <= y).astype(float)
            return reduce(ct * mask, x), reduce(ct * (1 - mask), y)

        return vjp

    return (
        f,
        (np.array([[0.4, -0.2, 1.3], [0.7, 0.1, 0.2]]), vector(0.5, 0.3, -0.6)),
        make(lambda g, like: unbroadcast(g, like.shape)),
        make(sum_leading),
    )


@made("Every entry that equals the maximum gets the whole cotangent.", exposes=(np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 0.0]]),))
def max_ties_counted_twice() -> Made:
    def f(x):
        _n, _m = x.shape
        return np.max(x, axis=1)

    def right(args, out, ct):
        x = args[0]
        g = np.zeros(x.shape)
        g[np.arange(len(x)), x.argmax(axis=1)] = ct
        return (g,)

    def wrong(args, out, ct):
        return ((args[0] == out[:, None]) * ct[:, None],)

    return f, (np.array([[1.0, 3.0, 0.2], [2.5, 2.0, 0.0]]),), right, wrong


@made("Gathers with the permutation where it should scatter: the same for an involution.", exposes=(vector(2.0, 3.0, 1.0),))
def sort_inverse_permutation() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.sort(x)

    def right(args, out, ct):
        order = np.argsort(args[0], kind="stable")
        g = np.empty(len(order))
        g[order] = ct
        return (g,)

    def wrong(args, out, ct):
        order = np.argsort(args[0], kind="stable")
        return (ct[order],)

    return f, (vector(-1.0, 3.0, 2.0),), right, wrong


@made(
    "Sorts along axis 0 but scatters along the last axis: unseen for a column that is sorted already.",
    exposes=(np.array([[3.0, 1.0], [1.0, 2.0]]),),
)
def sort_axis_zero() -> Made:
    def f(x):
        _n, _m = x.shape
        return np.sort(x, axis=0)

    def right(args, out, ct):
        order = np.argsort(args[0], axis=0, kind="stable")
        g = np.zeros(args[0].shape)
        np.put_along_axis(g, order, ct, axis=0)
        return (g,)

    def wrong(args, out, ct):
        x = args[0]
        order = np.argsort(x, axis=0, kind="stable")
        g = np.zeros(x.shape)
        for i, j in np.ndindex(*x.shape):
            g[order[i, 0], j] += ct[i, j]  # the order of the first column for all
        return (g,)

    return f, (np.array([[0.1, 0.2], [0.5, 0.7], [1.5, 2.0]]),), right, wrong


@made("Only the upper end of clip is masked.", exposes=(vector(-5.0, 0.0, 5.0),))
def clip_lower_end() -> Made:
    lo, hi = -3.0, 3.0

    def f(x):
        return np.clip(x, lo, hi)

    def right(args, out, ct):
        return (ct * ((args[0] >= lo) & (args[0] <= hi)),)

    def wrong(args, out, ct):
        return (ct * (args[0] <= hi),)

    return f, (vector(0.4, -1.3, 2.2),), right, wrong
