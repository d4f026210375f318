"""Sizes of one, chunks, hidden state, losses, kinks that are added up."""

from __future__ import annotations

import itertools

import numpy as np
from cases import Made, made
from numpy.random import RandomState
from scipy import special


@made(
    "A gain of shape (1,) for several channels: the gradient keeps shape (d,).",
    exposes=(RandomState(0).randn(3, 4), np.array([0.7])),
    note="with argument 1 of shape (1,)",
)
def scalar_gain_shape_one() -> Made:
    def f(x, gain):
        _n, d = x.shape
        if gain.shape not in ((d,), (1,)):
            raise ValueError
        return np.tanh(x) * gain

    def back(args, out, g, fix):
        x, gain = args
        t = np.tanh(x)
        gg = (g * t).sum(axis=0)
        if fix and gain.shape == (1,):
            gg = gg.sum(keepdims=True)
        return g * gain * (1 - t * t), gg

    return (
        f,
        (RandomState(0).randn(3, 4), RandomState(1).randn(4)),
        lambda a, o, g: back(a, o, g, True),
        lambda a, o, g: back(a, o, g, False),
    )


@made("squeeze() of the (n, 1) gradient: shape (n,) and, for n = 1, ().")
def row_and_column_offsets() -> Made:
    def f(r, c):
        if r.ndim != 2 or r.shape[1] != 1 or c.shape[:1] != (1,) or c.ndim != 2:
            raise ValueError
        return 1.0 / (1.0 + np.exp(r - c))

    def back(args, out, g, sq):
        d = -g * out * (1 - out)
        a, b = d.sum(1, keepdims=True), -d.sum(0, keepdims=True)
        return (a.squeeze(), b) if sq else (a, b)

    return (
        f,
        (RandomState(2).randn(3, 1), RandomState(3).randn(1, 2)),
        lambda a, o, g: back(a, o, g, False),
        lambda a, o, g: back(a, o, g, True),
    )


@made(
    "Rows are processed in chunks of 8 and the remainder's chunk overwrites the weight gradient.",
    exposes=(RandomState(4).randn(11, 3), RandomState(5).randn(3)),
)
def chunked_rows_above_eight() -> Made:
    def f(x, w):
        (_n, d), (k,) = x.shape, w.shape
        if d != k:
            raise ValueError
        return np.sin(x @ w)

    def back(args, out, g, add):
        x, w = args
        s = g * np.cos(x @ w)
        gw = np.zeros_like(w)
        for i in range(0, len(x), 8):
            part = x[i : i + 8].T @ s[i : i + 8]
            gw = gw + part if add else part
        return s[:, None] * w, gw

    return (
        f,
        (RandomState(4).randn(5, 3), RandomState(5).randn(3)),
        lambda a, o, g: back(a, o, g, True),
        lambda a, o, g: back(a, o, g, False),
    )


@made("The mask depends on a call counter that backward advances too.", needs="protocol")
def dropout_counter_closure() -> Made:
    masks = [np.array([1.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 1.0, 0.0])]
    count = itertools.count()

    def f(x):
        if x.shape != (4,):
            raise ValueError
        return x * x * masks[0]

    def wrong(args, out, g):
        return (2 * g * args[0] * masks[next(count) % 2],)

    return f, (np.array([0.5, 1.0, -2.0, 3.0]),), lambda a, o, g: (2 * g * a[0] * masks[0],), wrong


@made("Memo keyed by id(args[0]): stale after an in-place update.", needs="protocol")
def memo_by_id() -> Made:
    memo = {}

    def f(x):
        return np.exp(-x * x)

    def wrong(args, out, g):
        (x,) = args
        k = id(x)
        if k not in memo:
            memo[k] = (x, -2 * x * np.exp(-x * x))
        return (g * memo[k][1],)

    return f, (np.array([0.3, -1.0]),), lambda a, o, g: (-2 * g * a[0] * o,), wrong


@made("x -= mean in the backward changes the caller's x.", needs="protocol")
def mutates_argument_centering() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.var(x)

    def wrong(args, out, g):
        (x,) = args
        x -= x.mean()
        return (2 * g * x / len(x),)

    return f, (np.array([0.3, -1.0, 2.0]),), lambda a, o, g: (2 * g * (a[0] - a[0].mean()) / len(a[0]),), wrong


@made("Argpartition order taken as ascending: the k smallest get the gradient for k ≠ n/2 … the k-th of the ties aside.")
def topk_mean_wrong_end() -> Made:
    K = 2

    def f(x):
        (n,) = x.shape
        if n < K:
            raise ValueError
        return np.mean(np.sort(x)[-K:] ** 2)

    def back(args, out, g, top):
        (x,) = args
        idx = np.argsort(x)
        idx = idx[-K:] if top else idx[:K]
        gx = np.zeros_like(x)
        gx[idx] = 2 * g * x[idx] / K
        return (gx,)

    return f, (np.array([0.3, -1.0, 2.0, 0.9]),), lambda a, o, g: back(a, o, g, True), lambda a, o, g: back(a, o, g, False)


@made("Interpolation weights exchanged: invisible when the percentile is halfway.", exposes=(np.array([0.3, -1.0, 2.0, 0.9]),))
def percentile_weights_exchanged() -> Made:
    q = 25.0

    def f(x):
        (_n,) = x.shape
        return np.percentile(x, q)

    def back(args, out, g, swap):
        (x,) = args
        pos = (len(x) - 1) * q / 100
        lo = int(np.floor(pos))
        hi = min(lo + 1, len(x) - 1)
        t = pos - lo
        if swap:
            t = 1 - t if t else t
        o = np.argsort(x)
        gx = np.zeros_like(x)
        gx[o[lo]] += g * (1 - t)
        gx[o[hi]] += g * t
        return (gx,)

    return f, (np.array([0.3, -1.0, 2.0]),), lambda a, o, g: back(a, o, g, False), lambda a, o, g: back(a, o, g, True)


@made("The forget gate's derivative is taken at the gate without its +1 bias.")
def lstm_forget_bias() -> Made:
    def f(c, i, fg, u):
        if not c.shape == i.shape == fg.shape == u.shape:
            raise ValueError
        return special.expit(fg + 1.0) * c + special.expit(i) * np.tanh(u)

    def back(args, out, g, b):
        c, i, fg, u = args
        F, I, U = special.expit(fg + 1.0), special.expit(i), np.tanh(u)
        dF = special.expit(fg + b) * special.expit(-fg - b)
        return g * F, g * U * I * special.expit(-i), g * c * dF, g * I * (1 - U * U)

    r = RandomState(6)
    return f, tuple(r.randn(3) for _ in range(4)), lambda a, o, g: back(a, o, g, 1.0), lambda a, o, g: back(a, o, g, 0.0)


@made("The gradient of the keys misses the softmax part, only the positives remain.")
def infonce_one_direction() -> Made:
    def f(a, b):
        (n, d) = a.shape
        if b.shape != (n, d):
            raise ValueError
        s = a @ b.T
        return np.mean(special.logsumexp(s, axis=1) - np.diag(s))

    def back(args, out, g, soft):
        a, b = args
        s = a @ b.T
        p = special.softmax(s, axis=1)
        n = len(a)
        gs = g * (p - np.eye(n)) / n
        gb = gs.T @ a if soft else -g * a / n
        return gs @ b, gb

    return (
        f,
        (RandomState(7).randn(3, 2), RandomState(8).randn(3, 2)),
        lambda a, o, g: back(a, o, g, True),
        lambda a, o, g: back(a, o, g, False),
    )


@made("Means are taken over the groups axis: the same when groups == channels per group.", exposes=(RandomState(9).randn(2, 4),))
def groupnorm_group_size() -> Made:
    def f(x):
        n, c = x.shape
        z = x.reshape(n, 2, c // 2)
        z = z - z.mean(2, keepdims=True)
        return (z / np.sqrt((z * z).mean(2, keepdims=True) + 1e-5)).reshape(n, c)

    def back(args, out, g, ax):
        (x,) = args
        n, c = x.shape
        z, G = x.reshape(n, 2, c // 2), g.reshape(n, 2, c // 2)
        z = z - z.mean(2, keepdims=True)
        r = 1 / np.sqrt((z * z).mean(2, keepdims=True) + 1e-5)
        y = z * r
        return ((r * (G - G.mean(ax, keepdims=True) - y * (G * y).mean(2, keepdims=True))).reshape(n, c),)

    return f, (RandomState(9).randn(2, 4),), lambda a, o, g: back(a, o, g, 2), lambda a, o, g: back(a, o, g, 1)


@made(
    "d/d log sigma misses the factor 2 in the exponent's derivative; visible unless mu = 0 and sigma = 1.",
    exposes=(np.array([0.3]), np.array([0.4])),
)
def kl_diag_gaussians_variance() -> Made:
    def f(mu, ls):
        if mu.shape != ls.shape:
            raise ValueError
        return np.sum(0.5 * (mu**2 + np.exp(2 * ls) - 1) - ls)

    def right(a, o, g):
        return (g * a[0], g * (np.exp(2 * a[1]) - 1))

    def wrong(a, o, g):
        return (g * a[0], g * (np.exp(a[1]) - 1))

    return f, (np.array([0.3, -1.0]), np.array([0.0, 0.0])), right, wrong


@made("Rows with label -1 still receive the softmax gradient.", exposes=(RandomState(10).randn(3, 3), np.array([0, -1, 2])))
def cross_entropy_ignore_index() -> Made:
    def f(z, y):
        n, _k = z.shape
        if y.shape != (n,):
            raise ValueError
        keep = y >= 0
        lp = z - special.logsumexp(z, axis=1, keepdims=True)
        return -np.sum(np.where(keep, lp[np.arange(n), np.where(keep, y, 0)], 0.0))

    def back(args, out, g, mask):
        z, y = args
        p = special.softmax(z, axis=1)
        keep = y >= 0
        p[np.flatnonzero(keep), y[keep]] -= 1.0
        if mask:
            p[~keep] = 0.0
        return g * p, None

    return f, (RandomState(10).randn(3, 3), np.array([0, 1, 2])), lambda a, o, g: back(a, o, g, True), lambda a, o, g: back(a, o, g, False)


@made("Gradient goes to the position where the output is, not to where the running maximum was reached.")
def cummax_last_record() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.maximum.accumulate(x)

    def right(args, out, g):
        (x,) = args
        gx, best = np.zeros_like(x), 0
        for i in range(len(x)):
            if x[i] > x[best]:
                best = i
            gx[best] += g[i]
        return (gx,)

    def wrong(a, o, g):
        return (g * (a[0] == o),)

    return f, (np.array([0.3, 1.0, -2.0, 0.5]),), right, wrong


@made("correct: multi-class hinge, strict comparison, summed ties at W = 0.")
def hinge_sum_strict() -> Made:
    def f(W, x):
        _k, d = W.shape
        if x.ndim != 2 or x.shape[1] != d:
            raise ValueError
        s = x @ W.T
        return np.sum(np.maximum(0.0, s - 0.0))

    def right(args, out, g):
        W, x = args
        m = g * ((x @ W.T) > 0)
        return m.T @ x, m @ W

    return f, (RandomState(11).randn(3, 2), RandomState(12).randn(5, 2)), right, None


@made("correct: bias shared by many rows, slope (1 + a)/2 at 0.")
def leaky_relu_bias_half() -> Made:
    A = 0.1

    def f(x, b):
        _n, d = x.shape
        if b.shape != (d,):
            raise ValueError
        z = x + b
        return np.where(z > 0, z, A * z)

    def right(args, out, g):
        z = args[0] + args[1]
        s = g * np.where(z > 0, 1.0, np.where(z < 0, A, 0.5 * (1 + A)))
        return s, s.sum(axis=0)

    return f, (RandomState(13).randn(6, 2), np.zeros(2)), right, None


@made("correct: expit(40) and log1p in one sum, backward p(1-p).")
def saturated_sum_of_parts() -> Made:
    def f(x, y):
        return np.sum(special.expit(x)) + np.sum(np.log1p(y * y))

    def right(args, out, g):
        x, y = args
        p = special.expit(x)
        return g * p * (1 - p), g * 2 * y / (1 + y * y)

    return f, (np.array([40.0, 0.3]), np.array([0.5])), right, None


@made("correct: projection onto the ball of radius 5, by row, with np.where.")
def ball_projection_where() -> Made:
    def f(x):
        _n, _d = x.shape
        r = np.sqrt(np.sum(x * x, axis=1, keepdims=True))
        return np.where(r <= 5.0, x, 5.0 * x / np.where(r > 0, r, 1.0))

    def right(args, out, g):
        (x,) = args
        r = np.sqrt(np.sum(x * x, axis=1, keepdims=True))
        u = x / np.where(r > 0, r, 1.0)
        return (np.where(r <= 5.0, g, 5.0 / np.where(r > 0, r, 1.0) * (g - u * np.sum(u * g, axis=1, keepdims=True))),)

    return f, (np.array([[3.0, 4.0], [1.0, 2.0], [6.0, -8.0]]),), right, None
