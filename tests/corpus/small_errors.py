"""Small relative errors, from 1e-3 to 1e-9: a constant with too few digits, an epsilon in the wrong place, a close approximation for the real thing."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads
from scipy.special import erf

X = np.array([0.3, -0.7, 1.1, 0.9, 0.2, -0.4])
Y = np.array([0.6, 0.4, -0.2, 1.2, -0.9, 0.5])


def gelu_tanh(x: Array) -> Array:
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def gelu_tanh_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
    return (ct * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)),)


def gelu_tanh_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The constant of the cubic term has three digits on the way back and five on the way forward: an error near 1e-4."""
    (x,) = args
    t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.0447 * x**3))
    return (ct * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * np.sqrt(2 / np.pi) * (1 + 3 * 0.0447 * x**2)),)


def gelu_erf(x: Array) -> Array:
    return 0.5 * x * (1 + erf(x / np.sqrt(2)))


def gelu_erf_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * (0.5 * (1 + erf(x / np.sqrt(2))) + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)),)


def gelu_erf_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The exact gelu goes forward, the derivative of its tanh approximation comes back: about 3e-4 off."""
    return gelu_tanh_right(args, out, ct)


def log2_loss(p: Array) -> Array:
    return -np.sum(np.log2(1 + p**2))


def log2_loss_right(args: Args, out: Array, ct: Array) -> Grads:
    (p,) = args
    return (-ct * 2 * p / ((1 + p**2) * np.log(2)),)


def log2_loss_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The logarithm of two is written with seven digits: 2.6e-7 off."""
    (p,) = args
    return (-ct * 2 * p / ((1 + p**2) * 0.693147),)


def arc_error(x: Array) -> Array:
    return np.sin(np.pi * x) ** 2


def arc_error_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * np.pi * np.sin(2 * np.pi * x),)


def arc_error_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Pi in front is 3.14159: 8.4e-7 off in every entry."""
    (x,) = args
    return (ct * 3.14159 * np.sin(2 * np.pi * x),)


def unit_vector(x: Array) -> Array:
    return x / np.sqrt(np.sum(x**2))


def unit_vector_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return ((ct - out * np.sum(ct * out)) / np.sqrt(np.sum(x**2)),)


def unit_vector_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """An epsilon of 1e-8 guards the division on the way back only: about 1e-9 off everywhere."""
    (x,) = args
    return ((ct - out * np.sum(ct * out)) / np.sqrt(np.sum(x**2) + 1e-8),)


def normalize_row(x: Array) -> Array:
    return (x - x.mean()) / np.sqrt(x.var() + 1e-5)


def normalize_row_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return ((ct - ct.mean() - out * np.mean(ct * out)) / np.sqrt(x.var() + 1e-5),)


def normalize_row_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The epsilon is 1e-5 forwards and 1e-6 backwards, about 1e-5 off, because two files hold the default."""
    (x,) = args
    return ((ct - ct.mean() - out * np.mean(ct * out)) / np.sqrt(x.var() + 1e-6),)


def soft_sign_distance(x: Array, y: Array) -> Array:
    return np.sum(np.sqrt((x - y) ** 2 + 0.01))


def soft_sign_distance_right(args: Args, out: Array, ct: Array) -> Grads:
    x, y = args
    by_x = ct * (x - y) / np.sqrt((x - y) ** 2 + 0.01)
    return by_x, -by_x


def soft_sign_distance_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The smoothing is 0.01 in the loss and 0.1 squared plus a stray 1e-5 in the gradient: about 1e-4 off where x and y are near."""
    x, y = args
    by_x = ct * (x - y) / np.sqrt((x - y) ** 2 + 0.1**2 + 1e-5)
    return by_x, -by_x


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def sigmoid_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * out * (1 - out),)


def sigmoid_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The derivative is a central difference with step 1e-4, as a quick fill-in: 1e-9 off, which no other difference can see."""
    (x,) = args
    return (ct * (sigmoid(x + 1e-4) - sigmoid(x - 1e-4)) / 2e-4,)


CASES = [
    Case(name="gelu, three digits of a constant", f=gelu_tanh, args=(X,), right=gelu_tanh_right, wrong=gelu_tanh_wrong, needs="tolerance"),
    Case(
        name="gelu, derivative of its approximation",
        f=gelu_erf,
        args=(np.abs(X),),
        right=gelu_erf_right,
        wrong=gelu_erf_wrong,
        needs="tolerance",
    ),
    Case(name="log2 with six digits of log 2", f=log2_loss, args=(X,), right=log2_loss_right, wrong=log2_loss_wrong, needs="tolerance"),
    Case(name="pi with six digits", f=arc_error, args=(X,), right=arc_error_right, wrong=arc_error_wrong, needs="tolerance"),
    Case(
        name="unit vector, epsilon on the way back",
        f=unit_vector,
        args=(X,),
        right=unit_vector_right,
        wrong=unit_vector_wrong,
        needs="tolerance",
    ),
    Case(
        name="two epsilons of one layer",
        f=normalize_row,
        args=(X,),
        right=normalize_row_right,
        wrong=normalize_row_wrong,
        needs="tolerance",
    ),
    Case(
        name="smoothed distance, stray epsilon",
        f=soft_sign_distance,
        args=(X, Y),
        right=soft_sign_distance_right,
        wrong=soft_sign_distance_wrong,
        needs="tolerance",
    ),
    Case(name="sigmoid by a difference", f=sigmoid, args=(X,), right=sigmoid_right, wrong=sigmoid_wrong, needs="tolerance"),
]
