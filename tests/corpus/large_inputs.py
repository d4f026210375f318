"""Large |x|: an overflow on the way back that the forward pass avoids, a shortcut that starts too early, a factor that saturates wrongly."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([0.3, -0.7, 1.1, 0.9])


def softplus(x: Array) -> Array:
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def softplus_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    small = np.exp(-np.abs(x))
    return (ct * np.where(x >= 0, 1.0, small) / (1 + small),)


def softplus_overflow_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """exp(x) over 1 + exp(x) is infinity over infinity for x above 709; the forward pass is stable."""
    (x,) = args
    return (ct * np.exp(x) / (1 + np.exp(x)),)


def softplus_threshold_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The linear shortcut begins at five instead of at twenty, on the way back only: 0.7 percent off, and only there."""
    (x,) = args
    small = np.exp(-np.abs(x))
    return (ct * np.where(x > 5, 1.0, np.where(x >= 0, 1.0, small) / (1 + small)),)


def log_cosh(x: Array) -> Array:
    return np.abs(x) + np.log1p(np.exp(-2 * np.abs(x))) - np.log(2)


def log_cosh_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * np.tanh(args[0]),)


def log_cosh_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """sinh over cosh is not a number for |x| above 710."""
    (x,) = args
    return (ct * np.sinh(x) / np.cosh(x),)


def log_sum_exp(x: Array) -> Array:
    peak = x.max()
    return peak + np.log(np.sum(np.exp(x - peak)))


def log_sum_exp_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * np.exp(args[0] - out),)


def log_sum_exp_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The maximum is subtracted forwards only: scores of a thousand overflow on the way back."""
    e = np.exp(args[0])
    return (ct * e / e.sum(),)


def hypotenuse(x: Array, y: Array) -> Array:
    return np.hypot(x, y)


def hypotenuse_right(args: Args, out: Array, ct: Array) -> Grads:
    x, y = args
    return ct * (x / out), ct * (y / out)


def hypotenuse_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The squares overflow at 1e160, and the gradient becomes zero; hypot itself scales first."""
    x, y = args
    return ct * x / np.sqrt(x**2 + y**2), ct * y / np.sqrt(x**2 + y**2)


CASES = [
    Case(
        name="softplus, infinity over infinity",
        f=softplus,
        args=(X,),
        right=softplus_right,
        wrong=softplus_overflow_wrong,
        exposes=(np.array([800.0, -800.0]),),
        needs="point",
    ),
    Case(
        name="softplus, linear too early",
        f=softplus,
        args=(X,),
        right=softplus_right,
        wrong=softplus_threshold_wrong,
        exposes=(5 + X,),
        needs="point",
    ),
    Case(
        name="log cosh by sinh over cosh",
        f=log_cosh,
        args=(X,),
        right=log_cosh_right,
        wrong=log_cosh_wrong,
        exposes=(np.array([900.0, -2.0]),),
        needs="point",
    ),
    Case(
        name="log-sum-exp without the maximum",
        f=log_sum_exp,
        args=(X,),
        right=log_sum_exp_right,
        wrong=log_sum_exp_wrong,
        exposes=(1000 + X,),
        needs="point",
    ),
    Case(
        name="hypotenuse with overflowing squares",
        f=hypotenuse,
        args=(X, X[::-1].copy()),
        right=hypotenuse_right,
        wrong=hypotenuse_wrong,
        exposes=(1e160 * X, 1e160 * X[::-1]),
        needs="point",
        note="with huge values, whose squares overflow, gradient of argument",
    ),
]
