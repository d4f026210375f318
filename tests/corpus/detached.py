"""A part of the graph is cut off: treated as a constant on the way back although it depends on the arguments."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads, Value

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4]])
W = np.array([0.8, 1.3])


def normalized_exponentials(x: Array) -> Array:
    e = np.exp(x)
    return e / e.sum(axis=1, keepdims=True)


def normalized_exponentials_right(args: Args, out: Array, ct: Array) -> Grads:
    return (out * (ct - (ct * out).sum(axis=1, keepdims=True)),)


def normalized_exponentials_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The normalizer is detached, so the gradient is that of an exponential over a constant."""
    return (ct * out,)


def scaled_by_range(x: Array) -> Array:
    return x / np.max(np.abs(x), axis=1, keepdims=True)


def scaled_by_range_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    peak = np.argmax(np.abs(x), axis=1)[:, None]
    largest = np.take_along_axis(x, peak, axis=1)
    by_x = ct / np.abs(largest)
    by_peak = np.take_along_axis(by_x, peak, axis=1) - np.sign(largest) * np.sum(ct * out, axis=1, keepdims=True) / np.abs(largest)
    np.put_along_axis(by_x, peak, by_peak, axis=1)
    return (by_x,)


def scaled_by_range_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The range is detached, as a quantizer does: all entries but the largest of each row are right."""
    return (ct / np.max(np.abs(args[0]), axis=1, keepdims=True),)


def weighted_mean(x: Array, w: Array) -> Array:
    return w @ x / w.sum()


def weighted_mean_right(args: Args, out: Array, ct: Array) -> Grads:
    x, w = args
    return np.outer(w, ct) / w.sum(), (x - out) @ ct / w.sum()


def weighted_mean_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The sum of the weights is detached; weights that are learned need it."""
    x, w = args
    return np.outer(w, ct) / w.sum(), x @ ct / w.sum()


def self_target(x: Array) -> Value:
    return np.mean((x - np.tanh(x)) ** 2)


def self_target_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (2 * ct * (x - np.tanh(x)) * np.tanh(x) ** 2 / x.size,)


def self_target_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The target, which is computed from x, is detached."""
    (x,) = args
    return (2 * ct * (x - np.tanh(x)) / x.size,)


def unrolled_step(x: Array, rate: Array) -> Array:
    moved = x - rate * (np.exp(x) - 1)
    return np.sum(np.exp(moved) - moved)


def unrolled_step_right(args: Args, out: Array, ct: Array) -> Grads:
    x, rate = args
    outer = ct * (np.exp(x - rate * (np.exp(x) - 1)) - 1)
    return outer * (1 - rate * np.exp(x)), np.asarray(-np.sum(outer * (np.exp(x) - 1)))


def unrolled_step_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The first-order shortcut of meta-learning: the inner gradient is detached, so the second derivative is missing."""
    x, rate = args
    outer = ct * (np.exp(x - rate * (np.exp(x) - 1)) - 1)
    return outer, np.asarray(-np.sum(outer * (np.exp(x) - 1)))


CASES = [
    Case(
        name="softmax with a detached normalizer",
        f=normalized_exponentials,
        args=(X,),
        right=normalized_exponentials_right,
        wrong=normalized_exponentials_wrong,
    ),
    Case(name="scaling by a detached range", f=scaled_by_range, args=(X,), right=scaled_by_range_right, wrong=scaled_by_range_wrong),
    Case(name="weighted mean, detached total", f=weighted_mean, args=(X, W), right=weighted_mean_right, wrong=weighted_mean_wrong),
    Case(name="loss with a detached target", f=self_target, args=(X,), right=self_target_right, wrong=self_target_wrong),
    Case(
        name="unrolled step of first order",
        f=unrolled_step,
        args=(X[0], np.array(0.3)),
        right=unrolled_step_right,
        wrong=unrolled_step_wrong,
    ),
]
