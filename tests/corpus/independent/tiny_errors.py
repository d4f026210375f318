"""Errors too small for a tolerance."""

from __future__ import annotations

import functools

import numpy as np
from cases import Made, made, unbroadcast, vector
from scipy import special


@made("Eps 1e-8 added to the denominator in the backward pass only.")
def eps_backward_only() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.log(np.sum(np.exp(x - x.max()))) + x.max()

    def right(args, out, ct):
        return (ct * np.exp(args[0] - out),)

    def wrong(args, out, ct):
        (x,) = args
        e = np.exp(x - x.max())
        return (ct * e / (e.sum() + 1e-8),)

    return f, (vector(0.3, -1.0, 0.5),), right, wrong


@made("Gradient makes a detour through float32.")
def float32_detour() -> Made:
    def f(x, w):
        (_n, _d), (_d2,) = x.shape, w.shape
        return x @ w

    def right(args, out, ct):
        x, w = args
        return np.outer(ct, w), x.T @ ct

    def wrong(args, out, ct):
        x, w = args
        return np.outer(ct, w), (x.T.astype(np.float32) @ ct.astype(np.float32)).astype(float)

    return f, (np.array([[0.4, 1.0], [2.0, -0.3], [0.5, 0.5]]), vector(0.7, -0.1)), right, wrong


@made("Pi = 3.14159 in the backward pass.")
def pi_rounded() -> Made:
    def f(x):
        return np.sin(np.pi * x) / np.pi

    def right(args, out, ct):
        return (ct * np.cos(np.pi * args[0]),)

    def wrong(args, out, ct):
        return (ct * np.cos(3.14159 * args[0]),)

    return f, (vector(0.3, -1.2, 0.7),), right, wrong


@made("GELU constant 0.0447 for 0.044715.")
def gelu_constant() -> Made:
    s = 0.7978845608028654

    def gate(x, k):
        return special.expit(2 * s * (x + k * x * x * x))

    def f(x):
        return x * gate(x, 0.044715)

    def vjp(k, args, out, ct):
        (x,) = args
        p = gate(x, 0.044715)
        q = special.expit(-2 * s * (x + 0.044715 * x * x * x))
        return (ct * (p + 2 * s * x * p * q * (1 + 3 * k * x * x)),)

    return f, (vector(0.3, -1.2, 0.7),), functools.partial(vjp, 0.044715), functools.partial(vjp, 0.0447)


@made("The vjp is a central difference.")
def finite_difference_vjp() -> Made:
    def f(x):
        return np.exp(np.sin(x))

    def right(args, out, ct):
        return (ct * out * np.cos(args[0]),)

    def wrong(args, out, ct):
        h = 1e-6
        return (ct * (f(args[0] + h) - f(args[0] - h)) / (2 * h),)

    return f, (vector(0.3, -1.2, 0.7),), right, wrong


@made("Reciprocal square root by two Newton steps from a float32 guess.")
def fast_rsqrt() -> Made:
    def f(x):
        return np.sqrt(1 + x * x)

    def right(args, out, ct):
        return (ct * args[0] / out,)

    def wrong(args, out, ct):
        (x,) = args
        a = 1 + x * x
        r = (a.astype(np.float16).astype(float)) ** -0.5
        r = r * (1.5 - 0.5 * a * r * r)
        return (ct * x * r,)

    return f, (vector(0.3, -1.2, 0.7),), right, wrong


@made("Distance with x / (d + 1e-12): seen only for tiny distances.", exposes=(vector(1e-10, 2e-10),))
def eps_tiny_distance() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.sqrt(np.sum(x * x))

    def right(args, out, ct):
        return (ct * (args[0] / out) if out > 0 else np.zeros(args[0].shape),)

    def wrong(args, out, ct):
        return (ct * args[0] / (out + 1e-12),)

    return f, (vector(0.3, -1.2, 0.7),), right, wrong


@made("Earth radius 6371 forward, 6371.0088 backward.")
def haversine_radius() -> Made:
    def haversine(lat1, lat2, dlon):
        return np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin(dlon / 2) ** 2

    def f(lat1, lat2, dlon):
        return 2 * 6371.0 * np.arcsin(np.sqrt(haversine(lat1, lat2, dlon)))

    def vjp(R, args, out, ct):
        a1, a2, dl = args
        a = haversine(*args)
        ga = ct * R / np.sqrt(a * (1 - a))
        s = 0.5 * np.sin(a2 - a1)
        g1 = ga * (-s - np.sin(a1) * np.cos(a2) * np.sin(dl / 2) ** 2)
        g2 = ga * (s - np.cos(a1) * np.sin(a2) * np.sin(dl / 2) ** 2)
        g3 = ga * np.cos(a1) * np.cos(a2) * 0.5 * np.sin(dl)
        return unbroadcast(g1, a1.shape), unbroadcast(g2, a2.shape), unbroadcast(g3, dl.shape)

    return f, (np.array(0.8), np.array(0.5), np.array(1.1)), functools.partial(vjp, 6371.0), functools.partial(vjp, 6371.0088)


@made("Softmax gradient drops terms below 1e-6 for sparsity.", exposes=(vector(0.0, -15.0, 1.0),))
def sparse_softmax_gradient() -> Made:
    def f(x):
        (_n,) = x.shape
        e = np.exp(x - np.max(x))
        return e / np.sum(e)

    def right(args, out, ct):
        # p_i (c_i - sum_j p_j c_j), in the differences c_i - c_j
        return (out * ((ct[:, None] - ct[None, :]) @ out),)

    def wrong(args, out, ct):
        p = np.where(out < 1e-6, 0.0, out)
        return (p * ((ct[:, None] - ct[None, :]) @ p),)

    return f, (vector(0.3, -1.2, 0.7),), right, wrong


@made("Series of the Bessel-like sum cut after six terms in the backward pass.", exposes=(vector(2.5, -3.0),))
def truncated_series() -> Made:
    def f(x):
        term, total = np.ones_like(x), np.ones_like(x)
        for k in range(1, 25):
            term = term * (-(x * x) / 4) / (k * k)
            total = total + term
        return total

    def vjp(terms, args, out, ct):
        (x,) = args
        # d/dx sum a_k x^2k = sum 2k a_k x^(2k-1)
        a, g = 1.0, np.zeros_like(x)
        for k in range(1, terms):
            a = a * -0.25 / (k * k)
            g = g + 2 * k * a * x ** (2 * k - 1)
        return (ct * g,)

    return f, (vector(0.3, -1.2, 0.7),), functools.partial(vjp, 25), functools.partial(vjp, 7)


@made("Logit with a clip of 1e-6 in the backward pass, 1e-7 in the forward pass.", exposes=(vector(5e-7, 0.3),))
def logit_clip_mismatch() -> Made:
    def f(p):
        q = np.clip(p, 1e-7, 1 - 1e-7)
        return np.log(q) - np.log1p(-q)

    def vjp(eps, args, out, ct):
        (p,) = args
        q = np.clip(p, eps, 1 - eps)
        inside = (p >= eps) & (p <= 1 - eps)
        return (ct * inside / (q * (1 - q)),)

    return f, (vector(0.3, 0.9, 0.55),), functools.partial(vjp, 1e-7), functools.partial(vjp, 1e-6)


@made(
    "Eps of an Adam-like ratio squared away: sqrt(v + eps^2) against sqrt(v) + eps (visible for small v).",
    exposes=(vector(1e-7, 0.3), vector(1e-14, 2.0)),
)
def adam_ratio() -> Made:
    eps = 1e-8

    def f(m, v):
        return m / (np.sqrt(v) + eps)

    def right(args, out, ct):
        m, v = args
        d = np.sqrt(v) + eps
        return unbroadcast(ct / d, m.shape), unbroadcast(-ct * m / (2 * np.sqrt(v) * d * d), v.shape)

    def wrong(args, out, ct):
        m, v = args
        d = np.sqrt(v + eps * eps)
        return unbroadcast(ct / d, m.shape), unbroadcast(-ct * m / (2 * d**3), v.shape)

    return f, (vector(0.4, 0.3), vector(0.5, 2.0)), right, wrong


@made("log_ndtr: Mills ratio by pdf / cdf, which underflows in the far left tail.", exposes=(vector(-40.0, 0.3),))
def log_ndtr_tail() -> Made:
    def f(x):
        return special.log_ndtr(x)

    def right(args, out, ct):
        (x,) = args
        # phi / Phi = sqrt(2/pi) / erfcx(-x / sqrt 2)
        return (ct * np.sqrt(2 / np.pi) / special.erfcx(-x / np.sqrt(2)),)

    def wrong(args, out, ct):
        (x,) = args
        return (ct * np.exp(-x * x / 2) / np.sqrt(2 * np.pi) / special.ndtr(x),)

    return f, (vector(-1.3, 0.3, 2.0),), right, wrong


@made("Gauss-Legendre nodes with six digits in the backward pass.")
def gauss_legendre_digits() -> Made:
    nodes, weights = np.polynomial.legendre.leggauss(5)

    def f(a):
        # integral of exp(a t) over [-1, 1]
        return np.sum(weights * np.exp(np.expand_dims(a, -1) * nodes), axis=-1)

    def vjp(nodes_back, args, out, ct):
        e = np.exp(np.expand_dims(args[0], -1) * nodes)
        return (ct * np.sum(weights * nodes_back * e, axis=-1),)

    return f, (vector(0.3, 1.1),), functools.partial(vjp, nodes), functools.partial(vjp, np.round(nodes, 6))


@made("Temperature 0.07 forward, 1/14 backward (2 percent).")
def contrastive_temperature() -> Made:
    def f(x):
        n, m = x.shape
        if n != m:
            raise ValueError
        s = x / 0.07
        s = s - s.max(axis=1, keepdims=True)
        return -np.mean(np.diag(s) - np.log(np.exp(s).sum(axis=1)))

    def vjp(tau, args, out, ct):
        s = args[0] / 0.07
        e = np.exp(s - s.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        # off the diagonal p, on it minus the sum of the others
        np.fill_diagonal(p, 0.0)
        p = p - np.diag(p.sum(axis=1))
        return (ct * p / (tau * len(p)),)

    return (
        f,
        (np.array([[0.9, 0.8, 0.7], [0.75, 0.9, 0.8], [0.6, 0.8, 0.85]]),),
        functools.partial(vjp, 0.07),
        functools.partial(vjp, 1 / 14),
    )
