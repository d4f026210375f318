"""Functions of arrays: products, traces, rolls, padding, means."""

from __future__ import annotations

import functools

import numpy as np
from cases import Made, made, unbroadcast, vector
from scipy import special


@made("Logaddexp of two large negative numbers: 0 / 0 without a shift.", exposes=(vector(-800.0, 1.0), vector(-801.0, 2.0)))
def logaddexp_underflow() -> Made:
    def f(a, b):
        return np.logaddexp(a, b)

    def right(args, out, ct):
        a, b = args
        return unbroadcast(ct * special.expit(a - b), a.shape), unbroadcast(ct * special.expit(b - a), b.shape)

    def wrong(args, out, ct):
        a, b = args
        ea, eb = np.exp(a), np.exp(b)
        return unbroadcast(ct * ea / (ea + eb), a.shape), unbroadcast(ct * eb / (ea + eb), b.shape)

    return f, (vector(0.2, 1.0), vector(-0.4, 2.0)), right, wrong


@made("Matmul with a vector on the left: outer product transposed.", exposes=(vector(0.2, 1.0, -0.3), np.arange(9.0).reshape(3, 3)))
def matmul_vector_left() -> Made:
    def f(a, b):
        if a.ndim not in (1, 2) or b.ndim not in (1, 2):
            raise ValueError("matrices and vectors")
        return a @ b

    def vjp(outer, args, out, ct):
        a, b = args
        if a.ndim == b.ndim == 1:
            return ct * b, ct * a
        if a.ndim == 1:
            return b @ ct, outer(a, ct)
        if b.ndim == 1:
            return np.outer(ct, b), a.T @ ct
        return ct @ b.T, a.T @ ct

    return (
        f,
        (np.arange(4.0).reshape(2, 2) - 0.3, np.array([[0.4, 0.1], [0.3, 1.2]])),
        functools.partial(vjp, np.outer),
        functools.partial(vjp, lambda a, c: np.outer(c, a)),
    )


@made("Tensordot with axes in crossed order: the gradient forgets the crossing.")
def tensordot_crossed() -> Made:
    def f(a, b):
        (_i, _j, _k), (_k2, _j2, _l) = a.shape, b.shape
        return np.tensordot(a, b, axes=([1, 2], [1, 0]))

    def right(args, out, ct):
        a, b = args
        return np.einsum("il,kjl->ijk", ct, b), np.einsum("il,ijk->kjl", ct, a)

    def wrong(args, out, ct):
        a, b = args
        return np.tensordot(ct, b, axes=([1], [2])), np.tensordot(a, ct, axes=([0], [0]))

    return f, (np.sin(np.arange(12.0)).reshape(3, 2, 2), np.cos(np.arange(8.0)).reshape(2, 2, 2)), right, wrong


@made("Einsum with a repeated index: the whole matrix gets the gradient of its diagonal.")
def einsum_repeated() -> Made:
    def f(M, v):
        return np.einsum("ii,i->i", M, v)

    def right(args, out, ct):
        M, v = args
        return np.diag(ct * v), ct * np.diag(M)

    def wrong(args, out, ct):
        M, v = args
        return np.broadcast_to(ct * v, M.shape).copy(), ct * np.diag(M)

    return f, (np.arange(9.0).reshape(3, 3) - 2.5, vector(0.3, 1.0, -0.4)), right, wrong


@made("Trace ignores the offset in the backward pass.", exposes=(np.arange(12.0).reshape(3, 4), 1))
def trace_offset() -> Made:
    def f(M, k):
        _n, _m = M.shape
        return np.trace(M, offset=k)

    def right(args, out, ct):
        M, k = args
        return ct * np.eye(*M.shape, k=int(k)), None

    def wrong(args, out, ct):
        M, _k = args
        return ct * np.eye(*M.shape), None

    return f, (np.arange(12.0).reshape(3, 4), 0), right, wrong


@made("Triu with k: the backward pass keeps k = 0.", exposes=(np.arange(9.0).reshape(3, 3), -1))
def triu_k() -> Made:
    def f(M, k):
        _r, _c = M.shape
        return np.triu(M, k) ** 2

    def right(args, out, ct):
        M, k = args
        return np.triu(2 * ct * M, k), None

    def wrong(args, out, ct):
        M, _k = args
        return np.triu(2 * ct * M), None

    return f, (np.arange(9.0).reshape(3, 3) + 0.5, 0), right, wrong


@made("Roll by the same sign: unseen when the shift is half the length.", exposes=(np.arange(4.0), 1))
def roll_sign() -> Made:
    def f(x, shift):
        (_n,) = x.shape
        return np.roll(x, shift)

    def right(args, out, ct):
        return np.roll(ct, -args[1]), None

    def wrong(args, out, ct):
        return np.roll(ct, args[1]), None

    return f, (np.arange(4.0) / 3, 2), right, wrong


@made("Flip of one axis, undone on all axes.")
def flip_all_axes() -> Made:
    def f(x):
        _n, _m = x.shape
        return np.flip(x, axis=1) * 2

    def right(args, out, ct):
        return (2 * ct[:, ::-1],)

    def wrong(args, out, ct):
        return (2 * np.flip(ct),)

    return f, (np.arange(6.0).reshape(2, 3),), right, wrong


@made("Reflect padding: the backward pass folds as if the border were doubled.")
def pad_reflect() -> Made:
    def f(x):
        (n,) = x.shape
        if n < 3:
            raise ValueError("too short")
        return np.pad(x, 2, mode="reflect")

    def right(args, out, ct):
        n = len(args[0])
        g = ct[2 : 2 + n].copy()
        g[1:3] += ct[1::-1]
        g[-3:-1] += ct[:-3:-1]
        return (g,)

    def wrong(args, out, ct):
        n = len(args[0])
        g = ct[2 : 2 + n].copy()
        g[:2] += ct[1::-1]
        g[-2:] += ct[:-3:-1]
        return (g,)

    return f, (vector(0.3, -1.0, 0.7, 0.2),), right, wrong


@made("Mean over the last axis: the cotangent is broadcast along the wrong axis of a square.")
def mean_axis_square() -> Made:
    def f(x):
        _n, _m = x.shape
        return np.mean(x, axis=1)

    def right(args, out, ct):
        x = args[0]
        return (np.repeat(ct, x.shape[1]).reshape(x.shape) / x.shape[1],)

    def wrong(args, out, ct):
        x = args[0]
        return (np.ones(x.shape) * ct / x.shape[1],)

    return f, (np.arange(9.0).reshape(3, 3),), right, wrong


@made(
    "Mean over an axis tuple divides by the first of both lengths, unseen when the other is one.",
    exposes=(np.arange(12.0).reshape(2, 3, 2),),
)
def mean_axis_tuple() -> Made:
    def f(x):
        _a, _b, _c = x.shape
        return np.mean(x, axis=(0, 2), keepdims=True)

    def right(args, out, ct):
        x = args[0]
        return (np.broadcast_to(ct / (x.shape[0] * x.shape[2]), x.shape),)

    def wrong(args, out, ct):
        x = args[0]
        return (np.broadcast_to(ct / x.shape[0], x.shape),)

    return f, (np.arange(6.0).reshape(2, 3, 1),), right, wrong
