"""More functions of libraries."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
from cases import Made, made, unbroadcast, vector
from scipy import special


@made("Segment sums by reduceat: the last segment is repeated by a length that is one short.")
def reduceat_last_segment() -> Made:
    starts = np.array([0, 2, 3])

    def f(x):
        (n,) = x.shape
        if n < 5:
            raise ValueError
        return np.add.reduceat(x * x, starts)

    def vjp(stop, args, out, ct):
        (x,) = args
        lengths = np.diff(np.append(starts, len(x)))
        seg = np.repeat(ct, lengths)
        seg[stop(len(x)) :] = 0.0
        return (2 * x * seg,)

    return f, (np.linspace(0.5, 2, 6),), functools.partial(vjp, lambda n: n), functools.partial(vjp, lambda n: n - 1)


@made("Eigenvalues of a symmetric matrix: eigenvectors taken by rows.")
def eigvalsh_rows() -> Made:
    def f(B):
        n, m = B.shape
        if n != m:
            raise ValueError
        return np.linalg.eigvalsh(B + B.T)

    def vjp(vectors, args, out, ct):
        B = args[0]
        _w, V = np.linalg.eigh(B + B.T)
        V = vectors(V)
        return (2 * (V * ct) @ V.T,)

    return (
        f,
        (np.array([[0.4, 1.0, 0.2], [-0.3, 2.0, 0.1], [0.5, 0.9, -1.0]]),),
        functools.partial(vjp, lambda V: V),
        functools.partial(vjp, lambda V: V.T),
    )


@made("slogdet: the logarithm of the absolute determinant with the sign in its gradient.", exposes=(np.array([[0.2, 2.0], [1.0, 0.3]]),))
def slogdet_sign() -> Made:
    def f(M):
        _n, _m = M.shape
        return np.linalg.slogdet(M)[1]

    def right(args, out, ct):
        return (ct * np.linalg.inv(args[0]).T,)

    def wrong(args, out, ct):
        sign, _ = np.linalg.slogdet(args[0])
        return (ct * sign * np.linalg.inv(args[0]).T,)

    return f, (np.array([[2.0, 0.2], [0.3, 1.0]]),), right, wrong


@made(
    "Least squares by normal equations: the residual term of the gradient of A is missing, unseen for an exact fit.",
    exposes=(np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), vector(1.0, 0.0, 2.0)),
)
def lstsq_residual() -> Made:
    def f(M, b):
        (n, k), (_m,) = M.shape, b.shape
        if n < k:
            raise ValueError
        return np.linalg.solve(M.T @ M, M.T @ b)

    def vjp(full, args, out, ct):
        M, b = args
        z = np.linalg.solve(M.T @ M, ct)
        r = b - M @ out
        gM = -np.outer(M @ z, out)
        if full:
            gM = gM + np.outer(r, z)
        return gM, M @ z

    return (
        f,
        (np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), vector(1.0, 2.0, 3.0)),
        functools.partial(vjp, True),
        functools.partial(vjp, False),
    )


@made(
    "nansum-like: entries beyond a validity flag (-999) are excluded from the mean, the backward pass divides by all.",
    exposes=(vector(3.0, -999.0, 1.0, 2.0),),
)
def sentinel_mean() -> Made:
    def f(x):
        (_n,) = x.shape
        ok = x > -900.0
        return np.sum(np.where(ok, x, 0.0) ** 2) / max(np.count_nonzero(ok), 1)

    def right(args, out, ct):
        x = args[0]
        ok = x > -900.0
        return (np.where(ok, 2 * ct * x / max(np.count_nonzero(ok), 1), 0.0),)

    def wrong(args, out, ct):
        x = args[0]
        return (np.where(x > -900.0, 2 * ct * x / len(x), 0.0),)

    return f, (vector(3.0, 0.5, 1.0, 2.0),), right, wrong


@made("np.gradient: one-sided ends have weight 1/2 in the backward pass as the inner ones.")
def gradient_ends() -> Made:
    def f(x):
        (n,) = x.shape
        if n < 3:
            raise ValueError
        return np.concatenate([[x[1] - x[0]], (x[2:] - x[:-2]) / 2, [x[-1] - x[-2]]])

    def vjp(w, args, out, ct):
        g = np.zeros(len(ct))
        g[2:] += ct[1:-1] / 2
        g[:-2] -= ct[1:-1] / 2
        g[1] += w * ct[0]
        g[0] -= w * ct[0]
        g[-1] += w * ct[-1]
        g[-2] -= w * ct[-1]
        return (g,)

    return f, (vector(0.3, -1.0, 0.4, 2.0),), functools.partial(vjp, 1.0), functools.partial(vjp, 0.5)


@made(
    "Convolve in mode same with an even kernel: centre off by one in the backward pass.",
    exposes=(vector(0.3, -1.0, 0.4, 2.0), vector(0.5, 0.2)),
)
def convolve_same_even() -> Made:
    def f(x, w):
        (n,), (k,) = x.shape, w.shape
        if k > n:
            raise ValueError
        return np.convolve(x, w, mode="same")

    def vjp(start, args, out, ct):
        x, w = args
        n, k = len(x), len(w)
        full = np.zeros(n + k - 1)
        s = start(k)
        full[s : s + n] = ct
        gx = np.correlate(full, w, "valid")
        gw = np.correlate(full, x, "valid")
        return gx, gw

    return (
        f,
        (vector(0.3, -1.0, 0.4, 2.0), vector(0.5, 0.2, -0.7)),
        functools.partial(vjp, lambda k: (k - 1) // 2),
        functools.partial(vjp, lambda k: k // 2),
    )


@made("betaln: digamma of the sum is subtracted for one argument only.")
def betaln_sum() -> Made:
    def f(a, b):
        return special.gammaln(a) + special.gammaln(b) - special.gammaln(a + b)

    def vjp(k, args, out, ct):
        a, b = args
        s = special.digamma(a + b)
        return unbroadcast(ct * (special.digamma(a) - s), a.shape), unbroadcast(ct * (special.digamma(b) - k * s), b.shape)

    return f, (vector(1.3, 2.0), vector(0.7, 3.0)), functools.partial(vjp, 1), functools.partial(vjp, 0)


@made(
    "accumulate: a discounted return with the terminal value dropped in the gradient of gamma.",
    exposes=(vector(1.0, 0.5, -0.2), np.array(0.9), np.array(2.0)),
)
def discounted_return() -> Made:
    def f(r, gamma, last):
        (_n,) = r.shape
        if np.ndim(gamma) or np.ndim(last):
            raise ValueError
        acc = last
        for v in r[::-1]:
            acc = v + gamma * acc
        return acc

    def vjp(keep, args, out, ct):
        r, gamma, last = args
        values = list(itertools.accumulate(r[::-1], lambda acc, v: v + gamma * acc, initial=last))
        g, gg, gr = ct, 0.0, []
        for t in range(len(r) - 1, -1, -1):
            gr.append(g)
            if keep or t > 0:
                gg = gg + g * values[t]
            g = g * gamma
        return np.array(gr), np.asarray(gg), np.asarray(g)

    return f, (vector(1.0, 0.5, -0.2), np.array(0.9), np.array(0.0)), functools.partial(vjp, True), functools.partial(vjp, False)


@made(
    "functools.reduce of 2x2 matrix product: the factors to the left are multiplied in reverse order.",
    exposes=(np.sin(np.arange(16.0)).reshape(4, 2, 2),),
)
def chain_product_order() -> Made:
    def f(Ms):
        k, n, m = Ms.shape
        if n != m or k < 1:
            raise ValueError
        return functools.reduce(np.matmul, list(Ms))

    def vjp(left_of, args, out, ct):
        Ms = args[0]
        eye = np.eye(Ms.shape[1])
        g = []
        for i in range(len(Ms)):
            L = functools.reduce(np.matmul, left_of(list(Ms[:i])), eye)
            R = functools.reduce(np.matmul, list(Ms[i + 1 :]), eye)
            g.append(L.T @ ct @ R.T)
        return (np.stack(g),)

    return f, (np.cos(np.arange(8.0)).reshape(2, 2, 2),), functools.partial(vjp, lambda l: l), functools.partial(vjp, lambda l: l[::-1])


@made("top-k mean by np.partition: divides by k twice.")
def topk_mean() -> Made:
    def f(x):
        (n,) = x.shape
        if n < 2:
            raise ValueError
        return np.sort(x)[-2:].mean()

    def vjp(k, args, out, ct):
        (x,) = args
        g = np.zeros(len(x))
        g[np.argsort(x, kind="stable")[-2:]] = ct / k
        return (g,)

    return f, (vector(0.3, -1.0, 2.0, 0.9),), functools.partial(vjp, 2), functools.partial(vjp, 4)


@made("np.sinc: cancellation near 0 in the backward pass.", exposes=(vector(1e-6, 1e-8),))
def npsinc_near_zero() -> Made:
    def f(x):
        return np.sinc(x / np.pi)

    def right(args, out, ct):
        (x,) = args
        big = np.where(np.abs(x) < 1, 1.0, x)
        far = (big * np.cos(big) - np.sin(big)) / big**2
        small = np.where(np.abs(x) < 1, x, 0.0)
        near = np.zeros_like(x)
        for k in range(12, 0, -1):
            near = near * small * small + (-1) ** k * 2 * k / math.factorial(2 * k + 1)
        return (ct * np.where(np.abs(x) < 1, near * small, far),)

    def wrong(args, out, ct):
        (x,) = args
        safe = np.where(x == 0, 1.0, x)
        return (ct * np.where(x == 0, 0.0, (np.cos(safe) - out) / safe),)

    return f, (vector(0.4, -1.7, 2.2),), right, wrong
