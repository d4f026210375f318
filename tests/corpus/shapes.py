"""Wrong shapes, types and counts that broadcast without a word: (n, 1) for (n,), a leading axis, None, a gradient too few."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4]])
W = np.array([0.5, -0.2, 0.8])


def predict(x: Array, w: Array) -> Array:
    return np.tanh(x @ w)


def predict_right(args: Args, out: Array, ct: Array) -> Grads:
    x, w = args
    inner = ct * (1 - out**2)
    return np.outer(inner, w), inner @ x


def column_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The weight's gradient is a column: subtracted from the weight, it makes a square."""
    by_x, by_w = predict_right(args, out, ct)
    return by_x, np.asarray(by_w)[:, None]


def leading_axis_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """An axis of length one in front, which an engine sums away silently."""
    by_x, by_w = predict_right(args, out, ct)
    return np.asarray(by_x)[None], by_w


def none_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """None for the weight, as if it needed no gradient; engines read it as zero."""
    return predict_right(args, out, ct)[0], None


def too_few_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """One gradient for two arguments: a zip over both stops early and says nothing."""
    return predict_right(args, out, ct)[:1]


def per_example_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The weight's gradient is kept per example, not summed over the batch: right sum, wrong shape."""
    x, w = args
    inner = ct * (1 - out**2)
    return np.outer(inner, w), inner[:, None] * x


def gain(x: Array, g: Array) -> Array:
    return g * np.sin(x)


def gain_right(args: Args, out: Array, ct: Array) -> Grads:
    x, g = args
    return ct * g * np.cos(x), np.sum(ct * np.sin(x), keepdims=True).reshape(1)


def gain_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The gain has shape (1,), its gradient shape ()."""
    x, g = args
    return ct * g * np.cos(x), np.asarray(np.sum(ct * np.sin(x)))


CASES = [
    Case(name="weight gradient as a column", f=predict, args=(X, W), right=predict_right, wrong=column_wrong, needs="shape"),
    Case(name="axis of length one in front", f=predict, args=(X, W), right=predict_right, wrong=leading_axis_wrong, needs="shape"),
    Case(name="None for a weight", f=predict, args=(X, W), right=predict_right, wrong=none_wrong, needs="shape"),
    Case(name="one gradient for two arguments", f=predict, args=(X, W), right=predict_right, wrong=too_few_wrong, needs="shape"),
    Case(name="gradient per example", f=predict, args=(X, W), right=predict_right, wrong=per_example_wrong, needs="shape"),
    Case(name="number for an array of one", f=gain, args=(X, W[:1]), right=gain_right, wrong=gain_wrong, needs="shape"),
]
