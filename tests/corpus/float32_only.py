"""Correct code in float32: arguments, output and gradients have seven digits, and must be judged by them."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4]], np.float32)
W = np.array([[0.5, -0.3], [0.8, 0.4], [-0.6, 0.7]], np.float32)


def dense(x: Array, w: Array) -> Array:
    return np.tanh(x @ w)


def dense_right(args: Args, out: Array, ct: Array) -> Grads:
    """A dense layer all in float32: differences with a step for float64 see only rounding."""
    x, w = args
    inner = ct * (1 - out**2)
    return inner @ w.T, x.T @ inner


def softmax(x: Array) -> Array:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softmax_right(args: Args, out: Array, ct: Array) -> Grads:
    """Probabilities of 1e-6 beside one, in float32: the inner product cancels."""
    return (out * (ct - np.sum(ct * out, axis=1, keepdims=True)),)


def normalized(x: Array) -> Array:
    return (x - x.mean()) / np.sqrt(x.var() + np.float32(1e-5))


def normalized_right(args: Args, out: Array, ct: Array) -> Grads:
    """A layer norm of numbers near a thousand in float32: three digits of the variance are left, and no more can be asked for."""
    (x,) = args
    return ((ct - ct.mean() - out * np.mean(ct * out)) / np.sqrt(x.var() + np.float32(1e-5)),)


def half_sum(x: Array) -> Array:
    return np.exp(-x) * x


def half_sum_right(args: Args, out: Array, ct: Array) -> Grads:
    """The same in float16, with three digits."""
    (x,) = args
    return (ct * (1 - x) * np.exp(-x),)


CASES = [
    Case(name="dense layer in float32", f=dense, args=(X, W), right=dense_right, accuracy=1e-5),
    Case(name="softmax in float32", f=softmax, args=(10 * X,), right=softmax_right, accuracy=1e-4),
    Case(name="layer norm near a thousand in float32", f=normalized, args=(1000 + X,), right=normalized_right, smooth=(X,), accuracy=1e-5),
    Case(name="exponential in float16", f=half_sum, args=(X.astype(np.float16),), right=half_sum_right, accuracy=1e-2),
]
