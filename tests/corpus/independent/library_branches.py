"""Functions of libraries with branches."""

from __future__ import annotations

import math

import numpy as np
from cases import Made, made, unbroadcast, vector
from scipy import special


@made("Angle gradient through arctan(y / |x|): wrong sign in the left half plane.", exposes=(vector(1.0, 2.0), vector(-1.0, 2.0)))
def arctan2_left_half() -> Made:
    def f(y, x):
        return np.arctan2(y, x)

    def build(sign_of):
        def vjp(args, out, ct):
            y, x = args
            r2 = x * x + y * y
            return unbroadcast(ct * sign_of(x) / r2, y.shape), unbroadcast(-ct * y / r2, x.shape)

        return vjp

    return f, (vector(0.3, -1.2), vector(1.4, 0.6)), build(lambda x: x), build(np.abs)


@made("np.mod floors, its backward truncates.", exposes=(vector(-5.3, 4.4), vector(2.0, 1.5)))
def mod_truncates() -> Made:
    def f(a, b):
        return np.mod(a, b)

    def right(args, out, ct):
        a, b = args
        return unbroadcast(ct * np.ones(out.shape), a.shape), unbroadcast(-ct * np.floor_divide(a, b), b.shape)

    def wrong(args, out, ct):
        a, b = args
        return unbroadcast(ct * np.ones(out.shape), a.shape), unbroadcast(-ct * np.trunc(a / b), b.shape)

    return f, (vector(5.3, 4.4), vector(2.0, 1.5)), right, wrong


@made(
    "hypot(0, 0): 0 / 0.",
    exposes=(vector(0.0, 1.0), vector(0.0, 2.0)),
    note="a gradient is not finite, though the derivatives nearby are bounded",
)
def hypot_at_origin() -> Made:
    def f(a, b):
        return np.hypot(a, b)

    def right(args, out, ct):
        a, b = args
        r = np.where(out > 0, out, 1.0)
        return unbroadcast(ct * (a / r), a.shape), unbroadcast(ct * (b / r), b.shape)

    def wrong(args, out, ct):
        a, b = args
        return unbroadcast(ct * a / out, a.shape), unbroadcast(ct * b / out, b.shape)

    return f, (vector(0.3, 1.0), vector(-0.4, 2.0)), right, wrong


@made("x ** (-2/3) is nan for negative x.", exposes=(vector(-8.0, 1.0),))
def cbrt_negative() -> Made:
    def f(x):
        return np.cbrt(x)

    def right(args, out, ct):
        return (ct / (3 * out * out),)

    def wrong(args, out, ct):
        return (ct * args[0] ** (-2 / 3) / 3,)

    return f, (vector(0.3, 8.0, 2.0),), right, wrong


@made("Softmax without its shift in the backward pass only: overflow.", exposes=(np.array([[1000.0, 999.0, 0.0]]),))
def log_softmax_large() -> Made:
    def f(z):
        _b, _k = z.shape
        s = z - z.max(axis=1, keepdims=True)
        return s - np.log(np.exp(s).sum(axis=1, keepdims=True))

    def right(args, out, ct):
        return (ct - np.exp(out) * ct.sum(axis=1, keepdims=True),)

    def wrong(args, out, ct):
        e = np.exp(args[0])
        return (ct - e / e.sum(axis=1, keepdims=True) * ct.sum(axis=1, keepdims=True),)

    return f, (np.array([[0.2, 1.4, -0.7], [2.0, 0.1, 0.3]]),), right, wrong


@made(
    "pos_weight enters the loss, not its backward pass: unseen at weight one.",
    exposes=(vector(0.4, -1.2, 2.0), vector(1.0, 0.0, 1.0), vector(2.0, 3.0, 0.5)),
)
def bce_pos_weight() -> Made:
    def f(z, t, w):
        weight = 1 + (w - 1) * t
        return (1 - t) * z + weight * (np.log1p(np.exp(-np.abs(z))) + np.maximum(-z, 0))

    def softplus(u):
        return np.log1p(np.exp(-np.abs(u))) + np.maximum(u, 0)

    def right(args, out, ct):
        z, t, w = args
        weight = 1 + (w - 1) * t
        gz = ct * ((1 - t) - weight * special.expit(-z))
        gt = ct * (-z + (w - 1) * softplus(-z))
        gw = ct * t * softplus(-z)
        return unbroadcast(gz, z.shape), unbroadcast(gt, t.shape), unbroadcast(gw, w.shape)

    def wrong(args, out, ct):
        z, t, w = args
        gz = ct * (special.expit(z) - t)
        gt = ct * (-z + (w - 1) * softplus(-z))
        gw = ct * t * softplus(-z)
        return unbroadcast(gz, z.shape), unbroadcast(gt, t.shape), unbroadcast(gw, w.shape)

    return f, (vector(0.4, -1.2, 2.0), vector(1.0, 0.0, 1.0), vector(1.0, 1.0, 1.0)), right, wrong


@made("Forward is the tanh GELU, backward the erf GELU (1e-4).")
def gelu_mixed() -> Made:
    c = math.sqrt(2 / math.pi)

    def f(x):
        return 0.5 * x * (1 + np.tanh(c * (x + 0.044715 * x**3)))

    def right(args, out, ct):
        (x,) = args
        u = c * (x + 0.044715 * x * x * x)
        # 1 + tanh u = 2 expit(2u), 1 - tanh^2 u = 4 expit(2u) expit(-2u): no cancellation for large |x|
        a, b = special.expit(2 * u), special.expit(-2 * u)
        return (ct * (a + 2 * x * a * b * c * (1 + 3 * 0.044715 * x * x)),)

    def wrong(args, out, ct):
        (x,) = args
        return (ct * (0.5 * (1 + special.erf(x / math.sqrt(2))) + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)),)

    return f, (vector(0.3, -0.9, 1.5),), right, wrong


@made("The linear regime starts at beta * x > 20, the backward pass tests x > 20.", exposes=(vector(25.0, 30.0),))
def softplus_threshold() -> Made:
    def f(x, beta=0.2, threshold=20.0):
        return np.where(beta * x > threshold, x, np.log1p(np.exp(np.minimum(beta * x, threshold))) / beta)

    def right(args, out, ct):
        (x,) = args
        return (np.where(0.2 * x > 20.0, ct, ct * special.expit(0.2 * x)),)

    def wrong(args, out, ct):
        (x,) = args
        return (np.where(x > 20.0, ct, ct * special.expit(0.2 * x)),)

    return f, (vector(0.3, -4.0, 5.0),), right, wrong
