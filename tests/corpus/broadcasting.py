"""What was broadcast on the way forward must be summed on the way back, over the right axes, and keep its shape."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4], [-0.5, 0.6, 0.8]])
B = np.array([0.2, -0.1, 0.5])


def add_bias(x: Array, b: Array) -> Array:
    return x + b


def add_bias_right(args: Args, out: Array, ct: Array) -> Grads:
    return ct.copy(), ct.sum(axis=0)


def unreduced_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The bias gets the whole cotangent, unreduced: an optimizer that subtracts it broadcasts the bias without a word."""
    return ct.copy(), ct.copy()


def wrong_axis_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The bias is summed over its own axis: in a square batch the shape is right all the same."""
    return ct.copy(), ct.sum(axis=1)


def batch_of_one_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The bias takes the first row of the cotangent: right for a batch of one."""
    return ct.copy(), ct[0].copy()


def averaged_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The bias gets the mean over the batch instead of the sum, which only a batch of one forgives."""
    return ct.copy(), ct.mean(axis=0)


def scale_rows(x: Array, s: Array) -> Array:
    return x * s


def scale_rows_right(args: Args, out: Array, ct: Array) -> Grads:
    x, s = args
    return ct * s, np.sum(ct * x, axis=1, keepdims=True)


def scale_rows_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """keepdims is missing: the gradient of a column has the shape of a row, and column minus row is a square."""
    x, s = args
    return ct * s, np.sum(ct * x, axis=1)


def centre(x: Array) -> Array:
    return x - x.mean(axis=1, keepdims=True)


def centre_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct - ct.mean(axis=1, keepdims=True),)


def centre_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The mean of the cotangent lacks keepdims: in a square batch it is subtracted along the wrong axis."""
    return (ct - ct.mean(axis=1),)


def outer_sum(a: Array, b: Array) -> Array:
    return np.tanh(a[:, None] + b[None, :])


def outer_sum_right(args: Args, out: Array, ct: Array) -> Grads:
    inner = ct * (1 - out**2)
    return inner.sum(axis=1), inner.sum(axis=0)


def outer_sum_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The axes of the two sums are exchanged: equal lengths hide it from shapes."""
    inner = ct * (1 - out**2)
    return inner.sum(axis=0), inner.sum(axis=1)


def temperature(x: Array, t: Array) -> Array:
    return np.exp(x / t)


def temperature_right(args: Args, out: Array, ct: Array) -> Grads:
    x, t = args
    return ct * out / t, np.asarray(np.sum(-ct * out * x / t**2))


def temperature_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The gradient of a single number is an array, one entry for each use: their sum is due."""
    x, t = args
    return ct * out / t, -ct * out * x / t**2


CASES = [
    Case(name="bias unreduced", f=add_bias, args=(X, B), right=add_bias_right, wrong=unreduced_wrong, needs="shape"),
    Case(name="bias summed over the wrong axis", f=add_bias, args=(X, B), right=add_bias_right, wrong=wrong_axis_wrong),
    Case(
        name="bias of a batch of one",
        f=add_bias,
        args=(X[:1], B),
        right=add_bias_right,
        wrong=batch_of_one_wrong,
        exposes=(X, B),
        needs="point",
    ),
    Case(name="bias averaged", f=add_bias, args=(X[:1], B), right=add_bias_right, wrong=averaged_wrong, exposes=(X, B), needs="point"),
    Case(
        name="column scale without keepdims",
        f=scale_rows,
        args=(X, B[:, None]),
        right=scale_rows_right,
        wrong=scale_rows_wrong,
        needs="shape",
    ),
    Case(name="centring without keepdims", f=centre, args=(X,), right=centre_right, wrong=centre_wrong),
    Case(name="outer sum, axes exchanged", f=outer_sum, args=(B, X[0]), right=outer_sum_right, wrong=outer_sum_wrong),
    Case(
        name="temperature unreduced",
        f=temperature,
        args=(X, np.array(0.8)),
        right=temperature_right,
        wrong=temperature_wrong,
        needs="shape",
    ),
]
