"""Broadcasting, axes, missing factors and terms, detached parts."""

from __future__ import annotations

import math

import numpy as np
from cases import Made, made, unbroadcast
from numpy.random import RandomState


@made(
    "The bias gradient takes row 0 instead of the sum: right for a batch of one.",
    exposes=(RandomState(0).randn(3, 4), RandomState(1).randn(4, 2), RandomState(2).randn(2)),
)
def bias_batch_of_one() -> Made:
    def f(x, W, b):
        _n, _d = x.shape
        if b.shape != (W.shape[1],):
            raise ValueError
        return x @ W + b

    def right(a, o, g):
        return (g @ a[1].T, a[0].T @ g, np.sum(g, axis=0))

    def wrong(a, o, g):
        return (g @ a[1].T, a[0].T @ g, g[0].copy())

    return f, (RandomState(0).randn(1, 4), RandomState(1).randn(4, 2), RandomState(2).randn(2)), right, wrong


@made(
    "Only leading axes are summed, an axis of length one inside is not.",
    exposes=(RandomState(0).randn(3, 4), RandomState(1).randn(3, 1)),
    note="with argument 1 of shape (1,)",
)
def product_keeps_ones() -> Made:
    def f(x, s):
        return x * s

    def lead(g, shape):
        g = np.asarray(g)
        return g.sum(axis=tuple(range(g.ndim - len(shape))))

    def right(a, o, g):
        return (unbroadcast(g * a[1], a[0].shape), unbroadcast(g * a[0], a[1].shape))

    def wrong(a, o, g):
        return (lead(g * a[1], a[0].shape), lead(g * a[0], a[1].shape))

    return f, (RandomState(0).randn(3, 4), RandomState(1).randn(4)), right, wrong


@made("Row and column sums are exchanged, which only fits when n == m.")
def outer_difference_square() -> Made:
    def f(a, b):
        (_n,), (_m,) = a.shape, b.shape
        return (a[:, None] - b[None, :]) ** 2

    def right(args, out, g):
        a, b = args
        d = 2 * g * (a[:, None] - b)
        return d.sum(1), -d.sum(0)

    def wrong(args, out, g):
        a, b = args
        d = 2 * g * (a[:, None] - b)
        return (d.sum(0), -d.sum(1)) if len(a) == len(b) else (d.sum(1), -d.sum(0))

    return f, (np.array([0.3, -1.0, 0.8]), np.array([1.0, 0.2, -0.6])), right, wrong


@made("Divides by the rows, not by all elements; equal for one column.", exposes=(RandomState(3).randn(5, 3),))
def mean_wrong_count() -> Made:
    def f(x):
        _n, _d = x.shape
        return np.mean(x**2)

    def right(a, o, g):
        return (2.0 * g * a[0] / a[0].size,)

    def wrong(a, o, g):
        return (2.0 * g * a[0] / len(a[0]),)

    return f, (RandomState(3).randn(5, 1),), right, wrong


@made("The softmax vjp sums over the other axis of a square matrix.")
def softmax_other_axis() -> Made:
    def softmax(x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def f(x):
        _n, _k = x.shape
        return softmax(x)

    def right(a, p, g):
        return (p * (g - np.sum(g * p, axis=1, keepdims=True)),)

    def wrong(a, p, g):
        return (p * (g - np.sum(g * p, axis=0, keepdims=True)),)

    return f, (RandomState(4).randn(3, 3),), right, wrong


@made("np.transpose undone with the same permutation, not with its inverse.", exposes=None)
def transpose_axes_inverse() -> Made:
    perm = (1, 2, 0)

    def f(x):
        _a, _b, _c = x.shape
        return np.transpose(x, perm) ** 2

    def right(a, o, g):
        return (2 * a[0] * np.transpose(g, np.argsort(perm)),)

    def wrong(args, out, g):
        (x,) = args
        back = np.transpose(g, perm)
        return (2 * x * (back if back.shape == x.shape else np.transpose(g, (2, 0, 1))),)

    return f, (RandomState(5).randn(2, 2, 2),), right, wrong


@made("The contraction over j is written with i and j exchanged.")
def einsum_batched_matvec() -> Made:
    def f(A, x):
        (b, _i, j) = A.shape
        if x.shape != (b, j):
            raise ValueError
        return np.einsum("bij,bj->bi", A, x)

    def right(a, o, g):
        return (np.einsum("bi,bj->bij", g, a[1]), np.einsum("bij,bi->bj", a[0], g))

    def wrong(a, o, g):
        return (
            np.einsum("bi,bj->bij", g, a[1]),
            np.einsum("bji,bi->bj", a[0], g) if a[0].shape[1] == a[0].shape[2] else np.einsum("bij,bi->bj", a[0], g),
        )

    return f, (RandomState(6).randn(2, 3, 3), RandomState(7).randn(2, 3)), right, wrong


@made("The gradient through the variance is missing.")
def layernorm_no_variance_path() -> Made:
    EPS = 1e-5

    def f(x, gamma, beta):
        _n, d = x.shape
        if gamma.shape != (d,) or beta.shape != (d,):
            raise ValueError
        mu = x.mean(-1, keepdims=True)
        var = ((x - mu) ** 2).mean(-1, keepdims=True)
        return (x - mu) / np.sqrt(var + EPS) * gamma + beta

    def back(args, out, g, var_path):
        x, gamma, _ = args
        mu = x.mean(-1, keepdims=True)
        rstd = 1 / np.sqrt(((x - mu) ** 2).mean(-1, keepdims=True) + EPS)
        xh = (x - mu) * rstd
        gh = g * gamma
        gx = gh - gh.mean(-1, keepdims=True)
        if var_path:
            gx = gx - xh * (gh * xh).mean(-1, keepdims=True)
        return gx * rstd, (g * xh).sum(0), g.sum(0)

    r = RandomState(8)
    return f, (r.randn(3, 5), r.rand(5) + 0.5, r.randn(5)), lambda a, o, g: back(a, o, g, True), lambda a, o, g: back(a, o, g, False)


@made("The batch mean is treated as a constant.")
def batchnorm_no_mean_path() -> Made:
    class BatchNorm:
        eps = 1e-3

        def __call__(self, x):
            _n, _d = x.shape
            xc = x - x.mean(0)
            return xc * (xc.var(0) + self.eps) ** -0.5

        def backward(self, args, out, g, centre=True):
            (x,) = args
            s = (x.var(0) + self.eps) ** -0.5
            y = (x - x.mean(0)) * s
            t = g - y * np.mean(g * y, 0)
            if centre:
                t = t - g.mean(0)
            return (s * t,)

    bn = BatchNorm()
    return bn, (RandomState(9).randn(6, 3),), bn.backward, lambda a, o, g: bn.backward(a, o, g, centre=False)


@made("g - p instead of g - p sum(g): right when the cotangent sums to one.")
def log_softmax_uses_p_times_g() -> Made:
    def f(x):
        m = x.max(-1, keepdims=True)
        return x - m - np.log(np.sum(np.exp(x - m), -1, keepdims=True))

    def right(a, o, g):
        return (g - np.exp(o) * np.sum(g, -1, keepdims=True),)

    def wrong(a, o, g):
        return (g - np.exp(o),)

    return f, (RandomState(10).randn(2, 4),), right, wrong


@made(
    "1/sqrt(d) is forgotten for the key's gradient: invisible for d = 1.",
    exposes=(RandomState(1).randn(3, 4), RandomState(2).randn(2, 4), RandomState(3).randn(2, 2)),
)
def attention_scale_missing_in_key() -> Made:
    def probs(Q, K):
        s = Q @ K.T / math.sqrt(Q.shape[1])
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    def f(Q, K, V):
        (_n, d), (m, d2), (m2, _v) = Q.shape, K.shape, V.shape
        if d != d2 or m != m2:
            raise ValueError
        return probs(Q, K) @ V

    def back(args, out, g, scaled):
        Q, K, V = args
        P = probs(Q, K)
        gP = g @ V.T
        gS = P * (gP - (gP * P).sum(-1, keepdims=True))
        c = 1 / math.sqrt(Q.shape[1])
        return c * (gS @ K), (c if scaled else 1.0) * (gS.T @ Q), P.T @ g

    return (
        f,
        (RandomState(1).randn(3, 1), RandomState(2).randn(2, 1), RandomState(3).randn(2, 2)),
        lambda a, o, g: back(a, o, g, True),
        lambda a, o, g: back(a, o, g, False),
    )


@made("Only the numerator is differentiated for the second vector.")
def cosine_similarity_projection() -> Made:
    def f(a, b):
        (_n,), (_m,) = a.shape, b.shape
        return np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))

    def back(args, c, g, project):
        a, b = args
        na, nb = np.linalg.norm(a), np.linalg.norm(b)
        ua, ub = a / na, b / nb
        c = ua @ ub
        gb = g * (ua - c * ub) / nb if project else g * ua / nb
        return g * (ub - c * ua) / na, gb

    return (
        f,
        (np.array([1.0, 2.0, -0.5]), np.array([0.3, 1.0, 0.7])),
        lambda a, o, g: back(a, o, g, True),
        lambda a, o, g: back(a, o, g, False),
    )


@made("x exp(-x²): the derivative of the first factor is missing.")
def product_rule_forgotten() -> Made:
    def f(x):
        return x * np.exp(-x * x)

    def right(a, o, g):
        return (g * np.exp(-(a[0] ** 2)) * (1 - 2 * a[0] ** 2),)

    def wrong(a, o, g):
        return (-2.0 * g * a[0] ** 2 * np.exp(-(a[0] ** 2)),)

    return f, (np.array([0.1, -0.7, 1.3]),), right, wrong


@made("The inner 1/tau is forgotten: invisible at tau = 1.", exposes=(np.array([0.2, -0.4]), np.array(0.5)))
def chain_temperature() -> Made:
    def f(x, tau):
        if np.ndim(tau):
            raise ValueError("scalar temperature")
        return np.tanh(x / tau)

    def right(args, out, g):
        x, tau = args
        h = g * (1 - out**2)
        return h / tau, -np.sum(h * x) / tau**2

    def wrong(args, out, g):
        x, tau = args
        h = g * (1 - out**2)
        return h, -np.sum(h * x) / tau**2

    return f, (np.array([0.2, -0.4]), np.array(1.0)), right, wrong


@made("The normaliser max|x| is detached.")
def detached_running_max() -> Made:
    def f(x):
        (_n,) = x.shape
        return x / np.abs(x).max()

    def right(args, out, g):
        (x,) = args
        k = int(np.argmax(np.abs(x)))
        m = abs(x[k])
        gx = g / m
        gx[k] -= np.sign(x[k]) * np.dot(g, x) / m**2
        return (gx,)

    def wrong(a, o, g):
        return (g / np.abs(a[0]).max(),)

    return f, (np.array([0.5, -1.7, 0.9]),), right, wrong


@made("self-normalised weights: the normalising sum gets no gradient.")
def weighted_mean_detached_weights() -> Made:
    def f(logw, v):
        if logw.ndim != 1 or logw.shape != v.shape:
            raise ValueError
        w = np.exp(logw - np.max(logw))
        return np.sum(w * v) / np.sum(w)

    def right(args, out, g):
        logw, v = args
        w = np.exp(logw - np.max(logw))
        p = w / np.sum(w)
        return g * p * (v - out), g * p

    def wrong(args, out, g):
        logw, v = args
        w = np.exp(logw - np.max(logw))
        p = w / np.sum(w)
        return g * p * v, g * p

    return f, (np.array([0.1, -0.3, 0.6]), np.array([1.0, 2.0, -1.0])), right, wrong


@made("Backward divides by n though the forward has ddof=1.")
def std_ddof() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.std(x, ddof=1)

    def right(args, s, g):
        (x,) = args
        if s == 0:
            return (np.zeros_like(x),)
        return (g * (x - x.mean()) / ((len(x) - 1) * s),)

    def wrong(a, s, g):
        return (g * (a[0] - a[0].mean()) / (len(a[0]) * s),)

    return f, (np.array([1.0, 2.5, -0.3, 0.9]),), right, wrong


@made("g of shape (n,) multiplied with an (n, n) softmax without [:, None].")
def logsumexp_keepdims_broadcast() -> Made:
    def f(x):
        _n, _k = x.shape
        m = x.max(axis=1)
        return m + np.log(np.exp(x - m[:, None]).sum(axis=1))

    def right(args, out, g):
        return (np.exp(args[0] - out[:, None]) * g[:, None],)

    def wrong(args, out, g):
        p = np.exp(args[0] - out[:, None])
        return (p * g if p.shape[0] == p.shape[1] else p * g[:, None],)

    return f, (RandomState(11).randn(3, 3),), right, wrong
