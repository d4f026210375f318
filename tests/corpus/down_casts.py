"""The backward pass goes through a smaller type than the forward pass: the gradient comes back as float64, with the digits of float32 or float16."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([[0.31, -0.72, 1.13], [0.94, 0.25, -0.46]])
W = np.array([[0.57, -0.28], [0.19, 0.73], [-0.91, 0.44]])


def dense(x: Array, w: Array) -> Array:
    return np.tanh(x @ w)


def dense_right(args: Args, out: Array, ct: Array) -> Grads:
    x, w = args
    inner = ct * (1 - out**2)
    return inner @ w.T, x.T @ inner


def dense_float32_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The activations are kept in float32 to save memory; the weight's gradient has seven digits and the type of sixteen."""
    x, w = args
    inner = ct * (1 - out**2)
    return inner @ w.T, x.astype(np.float32).astype(np.float64).T @ inner


def dense_float16_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The cotangent is sent through float16, as between two machines: three digits are left, within the usual tolerance."""
    x, w = args
    inner = ct.astype(np.float16).astype(np.float64) * (1 - out**2)
    return inner @ w.T, x.T @ inner


def log_sum_exp(x: Array) -> Array:
    return np.log(np.sum(np.exp(x), axis=1))


def log_sum_exp_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct[:, None] * np.exp(args[0] - out[:, None]),)


def log_sum_exp_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The exponential is taken in float32, by a fast kernel."""
    shifted = (args[0] - out[:, None]).astype(np.float32)
    return (ct[:, None] * np.exp(shifted).astype(np.float64),)


def accumulate(x: Array) -> Array:
    return np.sum(np.exp(-x)) * np.ones(2)


def accumulate_right(args: Args, out: Array, ct: Array) -> Grads:
    return (-np.exp(-args[0]) * ct.sum(),)


def accumulate_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The gradient is accumulated in a buffer of float32 made without a type in mind."""
    buffer = np.zeros(args[0].shape, np.float32)
    for c in ct:
        buffer -= (np.exp(-args[0]) * c).astype(np.float32)
    return (buffer.astype(np.float64),)


def distance(x: Array) -> Array:
    return np.sqrt(np.sum((x[:, None, :] - x[None, :, :]) ** 2, axis=2) + 0.5)


def distance_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    both = (ct + ct.T) / out
    return (both.sum(axis=1)[:, None] * x - both @ x,)


def distance_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Returned as float32 to float64 arguments: nothing complains, and the optimizer's sums quietly lose digits."""
    (x,) = args
    both = (ct + ct.T) / out
    return ((both.sum(axis=1)[:, None] * x - both @ x).astype(np.float32),)


CASES = [
    Case(name="activations kept in float32", f=dense, args=(X, W), right=dense_right, wrong=dense_float32_wrong, needs="tolerance"),
    Case(name="cotangent sent as float16", f=dense, args=(X, W), right=dense_right, wrong=dense_float16_wrong, needs="tolerance"),
    Case(name="exponential in float32", f=log_sum_exp, args=(X,), right=log_sum_exp_right, wrong=log_sum_exp_wrong, needs="tolerance"),
    Case(name="float32 accumulator", f=accumulate, args=(X,), right=accumulate_right, wrong=accumulate_wrong, needs="tolerance"),
    Case(name="gradient returned as float32", f=distance, args=(X,), right=distance_right, wrong=distance_wrong, needs="shape"),
]
