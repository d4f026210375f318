"""Correct at the edge of overflow and underflow: the gradient is finite, tiny or exactly zero, and a naive reference is none of these."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([0.3, -0.7, 1.1, 0.9])


def sigmoid(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + e), e / (1 + e))


def sigmoid_right(args: Args, out: Array, ct: Array) -> Grads:
    """The logistic function at 800 and -800: the true gradient is 1e-348, and zero is its rounding."""
    e = np.exp(-np.abs(args[0]))
    return (ct * e / (1 + e) ** 2,)


def log_sum_exp(x: Array) -> Array:
    peak = x.max()
    return peak + np.log(np.sum(np.exp(x - peak)))


def log_sum_exp_right(args: Args, out: Array, ct: Array) -> Grads:
    """Scores near a thousand: every exponential overflows unless it is shifted."""
    return (ct * np.exp(args[0] - out),)


def masked_softmax(x: Array) -> Array:
    e = np.exp(x - x.max())
    return e / e.sum()


def masked_softmax_right(args: Args, out: Array, ct: Array) -> Grads:
    """A mask of -1e9 gives a probability and a gradient of exactly zero."""
    return (out * (ct - np.sum(ct * out)),)


def softplus(x: Array) -> Array:
    return np.logaddexp(0.0, x)


def softplus_right(args: Args, out: Array, ct: Array) -> Grads:
    """exp(x - softplus(x)) is safe on both sides of zero."""
    return (ct * np.exp(args[0] - out),)


def large_norm(x: Array) -> Array:
    peak = np.max(np.abs(x))
    return peak * np.sqrt(np.sum((x / peak) ** 2))


def large_norm_right(args: Args, out: Array, ct: Array) -> Grads:
    """A norm of numbers near 1e200, whose squares overflow, scaled first."""
    return (ct * (args[0] / out),)


def tanh(x: Array) -> Array:
    return np.tanh(x)


def tanh_right(args: Args, out: Array, ct: Array) -> Grads:
    """1 - tanh(x)**2 at 30 is zero, the true slope 4e-26; the form with cosh keeps it."""
    return (ct / np.cosh(args[0]) ** 2,)


CASES = [
    Case(name="sigmoid at 800 and -800", f=sigmoid, args=(np.array([800.0, -800.0, 0.5]),), right=sigmoid_right, smooth=(X,)),
    Case(name="log-sum-exp at a thousand", f=log_sum_exp, args=(1000 + X,), right=log_sum_exp_right, smooth=(X,)),
    Case(name="softmax with a masked score", f=masked_softmax, args=(np.array([0.3, -1e9, 1.1]),), right=masked_softmax_right),
    Case(name="softplus at 800 and -800", f=softplus, args=(np.array([800.0, -800.0, 0.5]),), right=softplus_right, smooth=(X,)),
    Case(name="norm near 1e200", f=large_norm, args=(1e200 * X,), right=large_norm_right, smooth=(X,)),
    Case(name="tanh at 30", f=tanh, args=(np.array([30.0, -30.0, 0.5]),), right=tanh_right, smooth=(X,)),
]
