"""A term of a sum is missing: the derivative through a mean, a variance, a normalizer."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([[0.3, -0.7, 1.1, 0.6], [0.9, 0.2, -0.4, -1.3], [-0.5, 0.6, 0.8, 0.1]])
GAMMA = np.array([1.1, 0.8, -0.6, 1.4])
BETA = np.array([0.1, -0.2, 0.3, 0.0])


def batch_norm(x: Array, gamma: Array, beta: Array) -> Array:
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5) + beta


def batch_norm_right(args: Args, out: Array, ct: Array) -> Grads:
    x, gamma, _ = args
    scale = np.sqrt(x.var(axis=0) + 1e-5)
    hat = (x - x.mean(axis=0)) / scale
    inner = ct * gamma
    by_x = (inner - inner.mean(axis=0) - hat * (inner * hat).mean(axis=0)) / scale
    return by_x, np.sum(ct * hat, axis=0), ct.sum(axis=0)


def batch_norm_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The variance is treated as a constant: the term through it is missing; gamma and beta are right."""
    x, gamma, _ = args
    scale = np.sqrt(x.var(axis=0) + 1e-5)
    hat = (x - x.mean(axis=0)) / scale
    inner = ct * gamma
    return (inner - inner.mean(axis=0)) / scale, np.sum(ct * hat, axis=0), ct.sum(axis=0)


def group_norm(x: Array) -> Array:
    groups = x.reshape(x.shape[0], 2, -1)
    return ((groups - groups.mean(axis=2, keepdims=True)) / np.sqrt(groups.var(axis=2, keepdims=True) + 0.1)).reshape(x.shape)


def group_norm_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    groups, inner, hat = (a.reshape(x.shape[0], 2, -1) for a in (x, ct, out))
    by_groups = inner - inner.mean(axis=2, keepdims=True) - hat * (inner * hat).mean(axis=2, keepdims=True)
    return ((by_groups / np.sqrt(groups.var(axis=2, keepdims=True) + 0.1)).reshape(x.shape),)


def group_norm_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The mean of the cotangent is missing: the loss of the test, a sum of squares of a centred output, makes it zero."""
    (x,) = args
    groups, inner, hat = (a.reshape(x.shape[0], 2, -1) for a in (x, ct, out))
    by_groups = inner - hat * (inner * hat).mean(axis=2, keepdims=True)
    return ((by_groups / np.sqrt(groups.var(axis=2, keepdims=True) + 0.1)).reshape(x.shape),)


def rms_norm(x: Array, gamma: Array) -> Array:
    return gamma * x / np.sqrt((x**2).mean(axis=1, keepdims=True) + 1e-6)


def rms_norm_right(args: Args, out: Array, ct: Array) -> Grads:
    x, gamma = args
    scale = np.sqrt((x**2).mean(axis=1, keepdims=True) + 1e-6)
    hat, inner = x / scale, ct * gamma
    return (inner - hat * (inner * hat).mean(axis=1, keepdims=True)) / scale, np.sum(ct * hat, axis=0)


def rms_norm_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The inner product uses the raw cotangent, without gamma: right for gamma of ones, as every layer starts."""
    x, gamma = args
    scale = np.sqrt((x**2).mean(axis=1, keepdims=True) + 1e-6)
    hat, inner = x / scale, ct * gamma
    return (inner - hat * (ct * hat).mean(axis=1, keepdims=True)) / scale, np.sum(ct * hat, axis=0)


def cosine(x: Array, y: Array) -> Array:
    return x @ y / (np.linalg.norm(x) * np.linalg.norm(y))


def cosine_right(args: Args, out: Array, ct: Array) -> Grads:
    x, y = args
    nx, ny = np.linalg.norm(x), np.linalg.norm(y)
    return ct * (y / (nx * ny) - out * x / nx**2), ct * (x / (nx * ny) - out * y / ny**2)


def cosine_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The norms are treated as constants: right for orthogonal vectors."""
    x, y = args
    nx, ny = np.linalg.norm(x), np.linalg.norm(y)
    return ct * y / (nx * ny), ct * x / (nx * ny)


def log_softmax(x: Array) -> Array:
    return x - np.log(np.sum(np.exp(x), axis=1, keepdims=True))


def log_softmax_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct - np.exp(out) * ct.sum(axis=1, keepdims=True),)


def log_softmax_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The sum of the cotangent is taken to be minus one, as it is below a cross-entropy with one-hot labels, and only there."""
    return (ct + np.exp(out),)


def damped_wave(t: Array, rate: Array) -> Array:
    return np.exp(-rate * t) * np.sin(3 * t) / (1 + t**2)


def damped_wave_right(args: Args, out: Array, ct: Array) -> Grads:
    t, rate = args
    by_t = np.exp(-rate * t) * 3 * np.cos(3 * t) / (1 + t**2) - out * (rate + 2 * t / (1 + t**2))
    return ct * by_t, np.asarray(np.sum(-ct * t * out))


def damped_wave_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The product rule has three terms here; the one of the denominator is missing."""
    t, rate = args
    by_t = np.exp(-rate * t) * 3 * np.cos(3 * t) / (1 + t**2) - out * rate
    return ct * by_t, np.asarray(np.sum(-ct * t * out))


CASES = [
    Case(name="batch norm without the variance", f=batch_norm, args=(X, GAMMA, BETA), right=batch_norm_right, wrong=batch_norm_wrong),
    Case(name="group norm without the mean", f=group_norm, args=(X,), right=group_norm_right, wrong=group_norm_wrong),
    Case(
        name="RMS norm, gamma of ones",
        f=rms_norm,
        args=(X, np.ones(4)),
        right=rms_norm_right,
        wrong=rms_norm_wrong,
        exposes=(X, GAMMA),
        needs="point",
    ),
    Case(
        name="cosine of orthogonal vectors",
        f=cosine,
        args=(np.array([1.0, 2.0, 0.0, 0.0]), np.array([0.0, 0.0, 0.5, -1.5])),
        right=cosine_right,
        wrong=cosine_wrong,
        exposes=(X[0], GAMMA),
        needs="point",
    ),
    Case(name="log-softmax below one-hot labels only", f=log_softmax, args=(X,), right=log_softmax_right, wrong=log_softmax_wrong),
    Case(
        name="damped wave, two terms of three", f=damped_wave, args=(X[0], np.array(0.4)), right=damped_wave_right, wrong=damped_wave_wrong
    ),
]
