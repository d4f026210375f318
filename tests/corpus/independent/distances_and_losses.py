"""Distances, similarities, losses, likelihoods."""

from __future__ import annotations

import functools
from collections import namedtuple

import numpy as np
from cases import Made, made, unbroadcast, vector
from scipy import special


@made("Weight norm: one division by the norm is missing, unseen for unit vectors.", exposes=(vector(3.0, 4.0), np.array(2.0)))
def weight_norm_unit() -> Made:
    def f(v, g):
        (_n,) = v.shape
        return g * v / np.sqrt(v @ v)

    def right(args, out, ct):
        v, g = args
        nrm = np.sqrt(v @ v)
        u = v / nrm
        gg = unbroadcast(ct * u, g.shape)
        c = unbroadcast(ct * g, v.shape)
        return (c - u * (u @ c)) / nrm, gg

    def wrong(args, out, ct):
        v, g = args
        nrm = np.sqrt(v @ v)
        u = v / nrm
        gg = unbroadcast(ct * u, g.shape)
        c = unbroadcast(ct * g, v.shape)
        return c / nrm - u * (u @ c), gg

    return f, (vector(0.6, 0.8), np.array(2.0)), right, wrong


@made("Gram matrix: assumes the cotangent to be symmetric.")
def gram_symmetric() -> Made:
    def f(X):
        _n, _d = X.shape
        return X @ X.T

    def right(args, out, ct):
        return ((ct + ct.T) @ args[0],)

    def wrong(args, out, ct):
        return (2 * ct @ args[0],)

    return f, (np.array([[0.1, 0.8, -0.5], [1.4, 0.3, 0.2]]),), right, wrong


@made(
    "Distance of two equal rows: 0 / 0, and np.where comes too late to help.",
    exposes=(np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[1.0, 2.0], [3.0, 1.0]])),
    note="a gradient is not finite, though the derivatives nearby are bounded",
)
def cdist_equal_rows() -> Made:
    def f(X, Y):
        (_n, _d), (_m, _e) = X.shape, Y.shape
        diff = X[:, None, :] - Y[None, :, :]
        return np.sqrt((diff**2).sum(axis=-1))

    def right(args, out, ct):
        X, Y = args
        diff = X[:, None, :] - Y[None, :, :]
        w = np.divide(ct, out, out=np.zeros_like(out), where=out > 0)
        t = w[..., None] * diff
        return unbroadcast(t.sum(axis=1), X.shape), unbroadcast(-t.sum(axis=0), Y.shape)

    def wrong(args, out, ct):
        X, Y = args
        diff = X[:, None, :] - Y[None, :, :]
        t = np.where(out > 0, ct, 1.0)[..., None] * diff / out[..., None]
        return unbroadcast(t.sum(axis=1), X.shape), unbroadcast(-t.sum(axis=0), Y.shape)

    return f, (np.array([[0.1, 0.8], [1.4, 0.3], [0.0, 1.0]]), np.array([[0.5, -0.2], [2.0, 0.3]])), right, wrong


@made("Cosine similarity with clamped denominator: the backward pass ignores the clamp.", exposes=(vector(1e-5, 2e-5), vector(2e-5, 1e-5)))
def cosine_clamp() -> Made:
    eps = 1e-8

    def f(a, b):
        (_n,), (_m,) = a.shape, b.shape
        return np.sum(a * b) / np.maximum(np.sqrt(np.sum(a * a)) * np.sqrt(np.sum(b * b)), eps)

    def right(args, out, ct):
        a, b = args
        ab = unbroadcast(np.broadcast_to(a, np.broadcast_shapes(a.shape, b.shape)), b.shape)
        ba = unbroadcast(np.broadcast_to(b, np.broadcast_shapes(a.shape, b.shape)), a.shape)
        na, nb = np.sqrt(np.sum(a * a)), np.sqrt(np.sum(b * b))
        if na * nb <= eps:
            return ct * ba / eps, ct * ab / eps
        return ct * (ba / (na * nb) - out * a / na**2), ct * (ab / (na * nb) - out * b / nb**2)

    def wrong(args, out, ct):
        a, b = args
        ab = unbroadcast(np.broadcast_to(a, np.broadcast_shapes(a.shape, b.shape)), b.shape)
        ba = unbroadcast(np.broadcast_to(b, np.broadcast_shapes(a.shape, b.shape)), a.shape)
        na, nb = np.sqrt(np.sum(a * a)), np.sqrt(np.sum(b * b))
        den = max(na * nb, eps)
        return ct * (ba / den - out * a / max(na**2, eps)), ct * (ab / den - out * b / max(nb**2, eps))

    return f, (vector(0.3, -1.2, 0.5), vector(0.8, 0.1, -0.7)), right, wrong


@made("Triplet loss: the hinge of the backward pass forgets the margin.", exposes=(vector(0.0, 0.0), vector(1.0, 0.0), vector(0.0, 1.2)))
def triplet_margin() -> Made:
    Triplet = namedtuple("Triplet", "anchor positive negative")
    margin = 0.5

    def f(a, p, n):
        (_d,), (_d2,), (_d3,) = a.shape, p.shape, n.shape
        return np.maximum(np.sum((a - p) ** 2) - np.sum((a - n) ** 2) + margin, 0.0)

    def right(args, out, ct):
        t = Triplet(*args)
        if out <= 0:
            return tuple(np.zeros_like(v) for v in t)
        ap, an = t.anchor - t.positive, t.anchor - t.negative
        return (
            unbroadcast(2 * ct * ap, t.anchor.shape) - unbroadcast(2 * ct * an, t.anchor.shape),
            unbroadcast(-2 * ct * ap, t.positive.shape),
            unbroadcast(2 * ct * an, t.negative.shape),
        )

    def wrong(args, out, ct):
        t = Triplet(*args)
        ap, an = t.anchor - t.positive, t.anchor - t.negative
        if np.sum(ap**2) - np.sum(an**2) <= 0:
            return tuple(np.zeros_like(v) for v in t)
        return (
            unbroadcast(2 * ct * ap, t.anchor.shape) - unbroadcast(2 * ct * an, t.anchor.shape),
            unbroadcast(-2 * ct * ap, t.positive.shape),
            unbroadcast(2 * ct * an, t.negative.shape),
        )

    return f, (vector(0.0, 0.1), vector(1.0, 0.7), vector(0.2, -0.3)), right, wrong


@made("Smooth L1: the backward pass switches at 1, the loss at beta.", exposes=(vector(0.7, -0.8), vector(0.0, 0.0)))
def smooth_l1_beta() -> Made:
    beta = 0.5

    def f(x, y):
        d = np.abs(x - y)
        return np.where(d < beta, 0.5 * d * d / beta, d - 0.5 * beta)

    def right(args, out, ct):
        d = args[0] - args[1]
        g = ct * np.where(np.abs(d) < beta, d / beta, np.sign(d))
        return unbroadcast(g, args[0].shape), unbroadcast(-g, args[1].shape)

    def wrong(args, out, ct):
        d = args[0] - args[1]
        g = ct * np.where(np.abs(d) < 1.0, d / beta, np.sign(d))
        return unbroadcast(g, args[0].shape), unbroadcast(-g, args[1].shape)

    return f, (vector(0.2, -0.8, 2.0), vector(0.1, 0.9, 0.3)), right, wrong


@made("Xlogy with zero counts: 0 / 0 at probability 0.", exposes=(vector(0.4, 0.0, 0.6), np.array([2, 0, 1])))
def multinomial_nll_zero() -> Made:
    def f(p, counts):
        return -np.sum(special.xlogy(counts, p))

    def right(args, out, ct):
        p, counts = args
        counts = np.asarray(counts)
        zero = counts == 0
        g = np.where(zero, 0.0, -ct * counts / np.where(zero, 1.0, p))
        return unbroadcast(g, p.shape), None

    def wrong(args, out, ct):
        p, counts = args
        return unbroadcast(-ct * np.asarray(counts) / p, p.shape), None

    return f, (vector(0.4, 0.2, 0.6), np.array([2, 0, 1])), right, wrong


@made(
    "Poisson loss: the Stirling term counts only above one target, its gradient everywhere.", exposes=(vector(0.3, -0.5), vector(0.6, 3.0))
)
def poisson_stirling() -> Made:
    def f(loglam, t):
        safe = np.where(t > 1, t, 1.0)
        stirling = safe * np.log(safe) - safe + 0.5 * np.log(2 * np.pi * safe)
        return np.exp(loglam) - t * loglam + np.where(t > 1, stirling, 0.0)

    def right(args, out, ct):
        l, t = args
        safe = np.where(t > 1, t, 1.0)
        gt = ct * (-l + np.where(t > 1, np.log(safe) + 0.5 / safe, 0.0))
        return unbroadcast(ct * (np.exp(l) - t), l.shape), unbroadcast(gt, t.shape)

    def wrong(args, out, ct):
        l, t = args
        safe = np.where(t > 0, t, 1.0)
        return unbroadcast(ct * (np.exp(l) - t), l.shape), unbroadcast(ct * (np.log(safe) + 0.5 / safe - l), t.shape)

    return f, (vector(0.3, -0.5), vector(2.0, 3.0)), right, wrong


@made("Student-t: the chain-rule half of digamma is missing for one of two.")
def student_t_nu() -> Made:
    def f(x, nu):
        return special.gammaln((nu + 1) / 2) - special.gammaln(nu / 2) - 0.5 * np.log(nu * np.pi) - (nu + 1) / 2 * np.log1p(x * x / nu)

    def vjp(half, args, out, ct):
        x, nu = args
        q = x * x / nu
        gx = -ct * (nu + 1) * x / (nu + x * x)
        gn = ct * (
            0.5 * special.digamma((nu + 1) / 2)
            - half * special.digamma(nu / 2)
            - 0.5 / nu
            - 0.5 * np.log1p(q)
            + (nu + 1) / 2 * q / (nu * (1 + q))
        )
        return unbroadcast(gx, x.shape), unbroadcast(gn, nu.shape)

    return f, (vector(0.4, -1.1), vector(3.0, 5.5)), functools.partial(vjp, 0.5), functools.partial(vjp, 1.0)


@made(
    "Gaussian loss with clamped variance: the gradient passes through the clamp.",
    exposes=(vector(0.1, 0.2), vector(0.3, 0.1), vector(1e-7, 1.0)),
)
def gaussian_nll_clamp() -> Made:
    def f(mu, y, var):
        v = np.maximum(var, 1e-6)
        return 0.5 * (np.log(v) + (y - mu) ** 2 / v)

    def right(args, out, ct):
        mu, y, var = args
        v = np.maximum(var, 1e-6)
        gm = ct * (mu - y) / v
        gv = np.where(var > 1e-6, 0.5 * ct * (1 / v - ((y - mu) / v) ** 2), 0.0)
        return unbroadcast(gm, mu.shape), unbroadcast(-gm, y.shape), unbroadcast(gv, var.shape)

    def wrong(args, out, ct):
        mu, y, var = args
        v = np.maximum(var, 1e-6)
        gm = ct * (mu - y) / v
        gv = 0.5 * ct * (1 / v - ((y - mu) / v) ** 2)
        return unbroadcast(gm, mu.shape), unbroadcast(-gm, y.shape), unbroadcast(gv, var.shape)

    return f, (vector(0.1, 0.2), vector(0.3, 0.1), vector(0.7, 1.0)), right, wrong


@made("CRPS of a Gaussian: cdf where it is 2 cdf - 1.")
def crps_gaussian() -> Made:
    def phi(z):
        return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)

    def f(mu, s, y):
        z = (y - mu) / s
        return s * (z * (2 * special.ndtr(z) - 1) + 2 * phi(z) - 1 / np.sqrt(np.pi))

    def vjp(slope, args, out, ct):
        mu, s, y = args
        z = (y - mu) / s
        gy = ct * slope(z)
        gs = ct * (2 * phi(z) - 1 / np.sqrt(np.pi))
        return unbroadcast(-gy, mu.shape), unbroadcast(gs, s.shape), unbroadcast(gy, y.shape)

    return (
        f,
        (vector(0.1, 0.5), vector(0.7, 1.2), vector(0.4, -1.0)),
        functools.partial(vjp, lambda z: special.erf(z / np.sqrt(2))),
        functools.partial(vjp, lambda z: special.ndtr(z)),
    )
