"""Functions of arrays: scans, tiles, medians, interpolation, pieces."""

from __future__ import annotations

import numpy as np
from cases import Made, made, vector


@made("Cumprod by division: nan behind a zero.", exposes=(vector(2.0, 0.0, 3.0, 0.5),))
def cumprod_zero() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.cumprod(x)

    def right(args, out, ct):
        (x,) = args
        n = len(x)
        g = np.zeros(n)
        for i in range(n):
            rest = 1.0 if i == 0 else np.prod(x[:i])
            for j in range(i, n):
                if j > i:
                    rest = rest * x[j]
                g[i] += ct[j] * rest
        return (g,)

    def wrong(args, out, ct):
        return (np.cumsum((ct * out)[::-1])[::-1] / args[0],)

    return f, (vector(2.0, -0.7, 3.0, 0.5),), right, wrong


@made("Tile undone as if it were repeat.")
def tile_as_repeat() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.tile(x, 2)

    def right(args, out, ct):
        return (ct.reshape(2, -1).sum(axis=0),)

    def wrong(args, out, ct):
        return (ct.reshape(-1, 2).sum(axis=1),)

    return f, (vector(0.3, -1.0, 0.7),), right, wrong


@made("Median of an even number of values: one of the middle two gets everything.", exposes=(vector(0.3, -1.0, 0.7, 2.0),))
def median_even() -> Made:
    def f(x):
        (n,) = x.shape
        s = np.sort(x)
        return s[n // 2] if n % 2 else 0.5 * (s[n // 2 - 1] + s[n // 2])

    def right(args, out, ct):
        (x,) = args
        n = len(x)
        o = np.argsort(x, kind="stable")
        g = np.zeros(n)
        g[o[n // 2]] += ct / 2
        g[o[(n - 1) // 2]] += ct / 2
        return (g,)

    def wrong(args, out, ct):
        (x,) = args
        g = np.zeros(len(x))
        g[np.argsort(x, kind="stable")[len(x) // 2]] = ct
        return (g,)

    return f, (vector(0.3, -1.0, 0.7),), right, wrong


@made(
    "Outer flattens its arguments, the gradient keeps the flat shape.",
    exposes=(np.arange(4.0).reshape(2, 2), vector(1.0, 2.0)),
    note="with one more leading axis",
)
def outer_flattens() -> Made:
    def f(a, b):
        return np.outer(a, b)

    def right(args, out, ct):
        a, b = args
        return (ct @ b.ravel()).reshape(a.shape), (a.ravel() @ ct).reshape(b.shape)

    def wrong(args, out, ct):
        a, b = args
        return ct @ b.ravel(), a.ravel() @ ct

    return f, (vector(0.3, -1.0, 0.7), vector(0.5, 0.2)), right, wrong


@made("np.interp: extrapolation is flat, the backward pass goes on with the last slope.", exposes=(vector(-1.0, 5.0),))
def interp_flat_ends() -> Made:
    xs, ys = vector(0.0, 1.0, 2.5, 4.0), vector(0.5, 2.0, -1.0, 3.0)

    def f(x):
        return np.interp(x, xs, ys)

    slopes = np.diff(ys) / np.diff(xs)

    def right(args, out, ct):
        (x,) = args
        k = np.searchsorted(xs, x, side="right") - 1
        padded = np.concatenate([[0.0], slopes, [0.0]])
        return (ct * padded[k + 1],)

    def wrong(args, out, ct):
        (x,) = args
        k = np.clip(np.searchsorted(xs, x, side="right") - 1, 0, len(slopes) - 1)
        return (ct * slopes[k],)

    return f, (vector(0.3, 1.7, 3.1),), right, wrong


@made(
    "Masked logsumexp: an empty row gives 0 forward, nan backward.",
    exposes=(np.array([[0.4, 1.0], [0.3, 0.2]]), np.array([[1, 0], [0, 0]])),
)
def masked_logsumexp_empty() -> Made:
    def f(x, mask):
        (_n, _m), (_n2, _m2) = x.shape, mask.shape
        if x.shape != mask.shape:
            raise ValueError
        keep = mask != 0
        top = np.where(keep, x, -1e300).max(axis=1, keepdims=True)
        s = np.where(keep, np.exp(np.where(keep, x - top, 0.0)), 0.0).sum(axis=1)
        some = s > 0
        return np.where(some, top[:, 0] + np.log(np.where(some, s, 1.0)), 0.0)

    def right(args, out, ct):
        x, mask = args
        keep = np.asarray(mask) != 0
        return np.where(keep, ct[:, None] * np.exp(np.where(keep, x - out[:, None], 0.0)), 0.0), None

    def wrong(args, out, ct):
        x, mask = args
        e = np.where(np.asarray(mask) != 0, np.exp(x - x.max(axis=1, keepdims=True)), 0.0)
        return ct[:, None] * e / e.sum(axis=1, keepdims=True), None

    return f, (np.array([[0.4, 1.0], [0.3, 0.2]]), np.array([[1, 0], [1, 1]])), right, wrong


@made(
    "Trapezoid rule with sample points: the gradient of the points assumes an even grid.",
    exposes=(vector(1.0, 2.0, 0.0, 4.0), vector(0.0, 1.0, 3.0, 3.5)),
)
def trapezoid_points() -> Made:
    def f(y, x):
        (n,), (m,) = y.shape, x.shape
        if n != m:
            raise ValueError
        return np.sum((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2)

    def right(args, out, ct):
        y, x = args
        gy, gx = np.zeros(len(y)), np.zeros(len(x))
        h, s = np.diff(x) * ct / 2, (y[1:] + y[:-1]) * ct / 2
        gy[1:] += h
        gy[:-1] += h
        gx[1:] += s
        gx[:-1] -= s
        return gy, gx

    def wrong(args, out, ct):
        y, x = args
        gy, gx = right(args, out, ct)
        gy = np.full(len(y), ct * (x[-1] - x[0]) / (len(x) - 1))
        gy[[0, -1]] /= 2
        return gy, gx

    return f, (vector(1.0, 2.0, 0.0, 4.0), vector(0.0, 0.5, 1.0, 1.5)), right, wrong


@made("Kronecker product: the blocks of the second factor are read in transposed order.")
def kron_blocks() -> Made:
    def f(a, b):
        (_n, _m), (_p, _q) = a.shape, b.shape
        return np.kron(a, b)

    def right(args, out, ct):
        a, b = args
        t = ct.reshape(a.shape[0], b.shape[0], a.shape[1], b.shape[1])
        return np.einsum("ikjl,kl->ij", t, b), np.einsum("ikjl,ij->kl", t, a)

    def wrong(args, out, ct):
        a, b = args
        t = ct.reshape(b.shape[0], a.shape[0], b.shape[1], a.shape[1])
        return np.einsum("kilj,kl->ij", t, b), np.einsum("kilj,ij->kl", t, a)

    return f, (np.array([[0.3, 1.0], [-0.4, 0.2]]), np.array([[1.0, 0.5], [0.1, -2.0]])), right, wrong


@made("Running maximum: credit goes to the current entry instead of the one that holds the record.", exposes=(vector(1.0, 3.0, 2.0, 2.5),))
def cummax_record() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.maximum.accumulate(x)

    def right(args, out, ct):
        (x,) = args
        g, holder = np.zeros(len(x)), 0
        for i, v in enumerate(x):
            if v > x[holder]:
                holder = i
            g[holder] += ct[i]
        return (g,)

    def wrong(args, out, ct):
        return (ct * (args[0] == out),)

    return f, (vector(1.0, 2.0, 2.3, 4.0),), right, wrong


@made(
    "Hinge loss of several classes: the true class is charged once, not once for every violating class.",
    exposes=(vector(2.0, 1.5, 0.5), np.array(2)),
)
def multiclass_hinge_count() -> Made:
    def f(scores, label):
        (_k,) = scores.shape
        margins = np.maximum(0.0, scores - scores[label] + 1)
        return np.sum(margins) - 1

    def right(args, out, ct):
        s, label = args
        active = s - s[label] + 1 > 0
        g = ct * active.astype(float)
        g[label] -= ct * active.sum()
        return g, None

    def wrong(args, out, ct):
        s, label = args
        active = s - s[label] + 1 > 0
        active[label] = False
        g = ct * active.astype(float)
        if active.any():
            g[label] = -ct
        return g, None

    return f, (vector(2.0, 1.5, 0.5), np.array(0)), right, wrong
