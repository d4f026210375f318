"""Convolutions and pooling of images, interpolation, attention."""

from __future__ import annotations

import functools
import math

import numpy as np
from cases import Made, made, unbroadcast, vector


@made("The input gradient of a transposed convolution convolves instead of correlating.")
def conv_transpose_flip() -> Made:
    def f(x, w):
        (n,), (k,) = x.shape, w.shape
        y = np.zeros(n + k - 1)
        for i in range(n):
            y[i : i + k] = y[i : i + k] + x[i] * w
        return y

    def right(args, out, ct):
        x, w = args
        return np.correlate(ct, w, "valid"), np.array([ct[j : j + len(x)] @ x for j in range(len(w))])

    def wrong(args, out, ct):
        x, w = args
        return np.convolve(ct, w, "valid"), np.array([ct[j : j + len(x)] @ x for j in range(len(w))])

    return f, (vector(0.3, -0.7, 1.1, 0.2), vector(0.5, 0.1, -0.4)), right, wrong


@made("Overlapping max-pool windows overwrite each other.", exposes=(vector(1.0, 5.0, 2.0, 3.0, 0.0, 4.0), 3, 1))
def maxpool_overlap() -> Made:
    def windows(n, k, s):
        for o, start in enumerate(range(0, n - k + 1, s)):
            yield o, start, start + k

    def f(x, k, s):
        (n,) = x.shape
        return np.array([x[a:b].max() for _, a, b in windows(n, k, s)])

    def right(args, out, ct):
        x, k, s = args
        g = np.zeros(x.shape)
        for o, a, b in windows(len(x), k, s):
            g[a + np.argmax(x[a:b])] += ct[o]
        return g, None, None

    def wrong(args, out, ct):
        x, k, s = args
        g = np.zeros(x.shape)
        for o, a, b in windows(len(x), k, s):
            g[a + np.argmax(x[a:b])] = ct[o]
        return g, None, None

    return f, (vector(1.0, 5.0, 2.0, 3.0, 0.0, 4.0), 2, 2), right, wrong


@made("Average pooling divides by the kernel size at the borders too, where the window is cut.")
def avgpool_border_count() -> Made:
    def f(x):
        (n,) = x.shape
        out = []
        for i in range(n):
            lo, hi = max(i - 1, 0), min(i + 2, n)
            out.append(x[lo:hi].sum() / (hi - lo))
        return np.stack(out)

    def right(args, out, ct):
        n = len(args[0])
        g = np.zeros(n)
        for i in range(n):
            lo, hi = max(i - 1, 0), min(i + 2, n)
            g[lo:hi] += ct[i] / (hi - lo)
        return (g,)

    def wrong(args, out, ct):
        padded = np.pad(ct, 1) / 3
        return (padded[:-2] + padded[1:-1] + padded[2:],)

    return f, (vector(0.3, -0.7, 1.1, 0.2, 0.6),), right, wrong


@made(
    "Linear sampling with clamped coordinates still moves the coordinate outside.", exposes=(vector(1.0, 3.0, 2.0, 5.0), vector(-0.7, 3.6))
)
def interp_clamped() -> Made:
    def f(img, u):
        (n,) = img.shape
        c = np.clip(u, 0, n - 1)
        i = np.clip(np.floor(c).astype(int), 0, n - 2)
        t = c - i
        return (1 - t) * img[i] + t * img[i + 1]

    def vjp(args, out, ct, mask):
        img, u = args
        n = len(img)
        c = np.clip(u, 0, n - 1)
        i = np.minimum(np.floor(c).astype(int), n - 2)
        t = c - i
        g = np.zeros(n)
        np.add.at(g, i, ct * (1 - t))
        np.add.at(g, i + 1, ct * t)
        gu = ct * (img[i + 1] - img[i])
        return g, (gu * ((u >= 0) & (u <= n - 1)) if mask else gu)

    return f, (vector(1.0, 3.0, 2.0, 5.0), vector(0.4, 1.7, 2.2)), functools.partial(vjp, mask=True), functools.partial(vjp, mask=False)


@made(
    "Grid sampling with zero padding: the cell that is half outside loses its coordinate gradient.",
    exposes=(vector(1.0, 3.0, 2.0), vector(-0.5, 2.5)),
)
def grid_sample_zero_padding() -> Made:
    def fetch(img, i):
        ok = (i >= 0) & (i < len(img))
        return np.where(ok, img[np.where(ok, i, 0)], 0.0)

    def f(img, u):
        (_n,), (_m,) = img.shape, u.shape
        i = np.floor(u).astype(int)
        t = u - i
        return (1 - t) * fetch(img, i) + t * fetch(img, i + 1)

    def right(args, out, ct):
        img, u = args
        g = np.zeros(img.shape)
        gu = np.zeros(u.shape)
        for k, (v, c) in enumerate(zip(u, ct, strict=False)):
            i = math.floor(v)
            t = v - i
            for j, w, s in ((i, 1 - t, -1), (i + 1, t, 1)):
                if 0 <= j < len(img):
                    g[j] += c * w
                    gu[k] += s * c * img[j]
        return g, gu

    def wrong(args, out, ct):
        img, u = args
        g, gu = right(args, out, ct)
        inside = (u >= 0) & (u <= len(img) - 1)
        return g, gu * inside

    return f, (vector(1.0, 3.0, 2.0), vector(0.4, 1.7)), right, wrong


@made("Nearest upsampling: the two scales are exchanged in the backward pass.", exposes=(np.arange(36.0).reshape(6, 6), 2, 3))
def upsample_scales() -> Made:
    def f(x, sh, sw):
        _h, _w = x.shape
        return np.repeat(np.repeat(x, sh, axis=0), sw, axis=1)

    def right(args, out, ct):
        x, sh, sw = args
        h, w = x.shape
        return ct.reshape(h, sh, w, sw).sum(axis=(1, 3)), None, None

    def wrong(args, out, ct):
        _x, sh, sw = args
        H, W = ct.shape
        return ct.reshape(H // sw, sw, W // sh, sh).sum(axis=(1, 3)), None, None

    return f, (np.arange(6.0).reshape(2, 3), 2, 2), right, wrong


@made(
    "Causal attention: the scale 1/sqrt(d) is missing for the keys, unseen at d = 1.",
    exposes=(np.array([[0.1, 0.5], [0.3, -0.2]]), np.array([[0.7, 0.1], [-0.4, 0.9]]), np.array([[1.0, 2.0], [3.0, 5.0]])),
)
def causal_attention() -> Made:
    def probs(q, k):
        s = q @ k.T / np.sqrt(q.shape[1])
        s = np.where(np.tril(np.ones(s.shape, dtype=bool)), s, -np.inf)
        e = np.exp(s - s.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def f(q, k, v):
        (_n, _d), (_m, _d2), (_m2, _p) = q.shape, k.shape, v.shape
        return probs(q, k) @ v

    def vjp(scaled, args, out, ct):
        q, k, v = args
        p = probs(q, k)
        gp = ct @ v.T
        gs = p * (gp - (gp * p).sum(axis=1, keepdims=True))
        c = 1 / np.sqrt(q.shape[1])
        return gs @ k * c, gs.T @ q * (c if scaled else 1.0), p.T @ ct

    return (
        f,
        (vector(0.1, 0.5, -0.3).reshape(3, 1), vector(0.7, 0.2, -0.4).reshape(3, 1), np.arange(6.0).reshape(3, 2)),
        functools.partial(vjp, True),
        functools.partial(vjp, False),
    )


@made("Layer norm: eps under the root in the forward pass, beside it in the backward pass (1e-5).")
def layernorm_eps_place() -> Made:
    eps = 1e-5

    def f(x, g):
        _n, _d = x.shape
        mu = x.mean(axis=1, keepdims=True)
        v = ((x - mu) ** 2).mean(axis=1, keepdims=True)
        return (x - mu) / np.sqrt(v + eps) * g

    def backward(inv_std):
        def vjp(args, out, ct):
            x, g = args
            xc = x - x.mean(axis=1, keepdims=True)
            r = inv_std((xc**2).mean(axis=1, keepdims=True))
            h = xc * r
            gh = unbroadcast(ct * g, x.shape)
            gx = r * (gh - gh.mean(axis=1, keepdims=True) - h * (gh * h).mean(axis=1, keepdims=True))
            return gx, unbroadcast(ct * h, g.shape)

        return vjp

    return (
        f,
        (np.array([[0.1, 0.8, -0.5], [1.4, 0.3, 0.2]]), vector(1.0, 1.3, 0.7)),
        backward(lambda v: 1 / np.sqrt(v + eps)),
        backward(lambda v: 1 / (np.sqrt(v) + eps)),
    )


@made(
    "RMS norm: the weight is missing in the projection term, unseen at weight one.",
    exposes=(np.array([[0.1, 0.8, -0.5]]), vector(0.5, 2.0, 1.0)),
)
def rmsnorm_weight() -> Made:
    def f(x, w):
        _n, _d = x.shape
        return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + 1e-6) * w

    def right(args, out, ct):
        x, w = args
        r = 1 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + 1e-6)
        gh = unbroadcast(ct * w, x.shape)
        return r * gh - x * r**3 * np.mean(gh * x, axis=-1, keepdims=True), unbroadcast(ct * x * r, w.shape)

    def wrong(args, out, ct):
        x, w = args
        r = 1 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + 1e-6)
        return (
            r * unbroadcast(ct * w, x.shape) - x * r**3 * np.mean(unbroadcast(ct * np.ones(w.shape), x.shape) * x, axis=-1, keepdims=True),
            unbroadcast(ct * x * r, w.shape),
        )

    return f, (np.array([[0.1, 0.8, -0.5], [1.4, 0.3, 0.2]]), np.ones(3)), right, wrong
