"""Small relative errors, down-casts, effects below any tolerance, one wrong entry, rare regions."""

from __future__ import annotations

import math

import numpy as np
from cases import Made, made
from numpy.random import RandomState
from scipy import special

SQRT_2_OVER_PI = math.sqrt(2.0 / math.pi)

LOG2 = 0.69314718


@made("Backward has 0.7979 for sqrt(2/pi).")
def gelu_rounded_constant() -> Made:
    def f(x):
        return 0.5 * x * (1.0 + np.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x)))

    def make(c):
        def vjp(args, out, g):
            (x,) = args
            t = np.tanh(c * (x + 0.044715 * x**3))
            return (g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x)),)

        return vjp

    return f, (np.array([-1.2, 0.3, 0.9]),), make(SQRT_2_OVER_PI), make(0.7979)


@made("Log 2 with eight digits: relative error 8e-10.")
def exp2_rounded_log2() -> Made:
    def f(x):
        return np.exp2(x)

    def right(a, o, g):
        return (g * o * math.log(2.0),)

    def wrong(a, o, g):
        return (g * o * LOG2,)

    return f, (np.array([0.5, -1.5, 3.0]),), right, wrong


@made("0.39894228 for 1/sqrt(2 pi): 1e-9.")
def normal_cdf_constant() -> Made:
    def f(x):
        return special.ndtr(x)

    def right(a, o, g):
        return (g * np.exp(-0.5 * a[0] * a[0]) / math.sqrt(2 * math.pi),)

    def wrong(a, o, g):
        return (g * np.exp(-0.5 * a[0] * a[0]) * 0.39894228,)

    return f, (np.array([-0.5, 0.1, 1.9]),), right, wrong


@made("Backward divides by y + 1e-7, the forward does not.")
def epsilon_in_denominator() -> Made:
    def f(x, y):
        if x.shape != y.shape:
            raise ValueError
        return x / y

    def right(a, o, g):
        return (g / a[1], -g * a[0] / a[1] ** 2)

    def wrong(a, o, g):
        return (g / (a[1] + 1e-7), -g * a[0] / a[1] ** 2)

    return f, (np.array([1.0, 2.0, -0.4]), np.array([0.9, -1.3, 2.0])), right, wrong


@made("A loss-scale round trip leaves a factor 1 + 1e-7 in one of two gradients.")
def one_plus_1e_7() -> Made:
    SCALE, UNSCALE = 1024.0, 1.0000001 / 1024.0

    def f(a, b):
        if a.shape != b.shape:
            raise ValueError
        return np.einsum("i,i->", a, b)

    def right(s, o, g):
        return (g * s[1], g * s[0])

    def wrong(s, o, g):
        return (g * s[1], (g * SCALE) * s[0] * UNSCALE)

    return f, (np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.7, 1.1])), right, wrong


@made("The sigmoid is stored in float32 for backward.")
def float32_intermediate() -> Made:
    def f(x):
        return special.expit(x) * x

    def back(args, out, g, keep):
        (x,) = args
        s = keep(special.expit(x))
        return (g * (s + x * s * (1.0 - s)),)

    return (
        f,
        (np.array([0.3, -0.8, 2.0]),),
        lambda a, o, g: back(a, o, g, np.asarray),
        lambda a, o, g: back(a, o, g, lambda s: s.astype(np.float32).astype(np.float64)),
    )


@made("Gradient buffer allocated with dtype=np.float32, returned as float64.")
def float32_scatter_buffer() -> Made:
    def f(table, idx):
        _n, _d = table.shape
        return np.sin(table)[idx]

    def back(args, out, g, dtype):
        table, idx = args
        buf = np.zeros(table.shape, dtype)
        np.add.at(buf, idx, g)
        return buf.astype(np.float64) * np.cos(table), None

    return (
        f,
        (RandomState(0).randn(4, 3), np.array([0, 2, 2, 3])),
        lambda a, o, g: back(a, o, g, np.float64),
        lambda a, o, g: back(a, o, g, np.float32),
    )


@made("1e-9 * sum of squares, gradient with the wrong sign.")
def tiny_loss_wrong_sign() -> Made:
    LAMBDA = 1e-9

    def f(w):
        return LAMBDA * np.sum(np.square(w))

    def right(a, o, g):
        return (2 * LAMBDA * g * a[0],)

    def wrong(a, o, g):
        return (-2 * LAMBDA * g * a[0],)

    return f, (np.array([1.0, -0.5, 2.0]),), right, wrong


@made("A second argument enters with 1e-10 and is given a zero gradient.", accuracy=0.5)
def weak_regulariser_dropped() -> Made:
    def f(x, w):
        return np.sum(np.cosh(x)) + 1e-10 * np.sum(w**3)

    def right(a, o, g):
        return (g * np.sinh(a[0]), 3e-10 * g * a[1] ** 2)

    def wrong(a, o, g):
        return (g * np.sinh(a[0]), np.zeros_like(a[1]))

    return f, (np.array([0.2, -0.3]), np.array([1.0, -2.0])), right, wrong


@made("The loop over blocks of 51 leaves the last entry of 256 without its factor.")
def last_entry_of_256() -> Made:
    def f(x):
        (_n,) = x.shape
        return x**2 / (1 + x**2)

    def d(x):
        return 2 * x / (1 + x * x) ** 2

    def right(args, out, g):
        return (g * d(args[0]),)

    def wrong(args, out, g):
        (x,) = args
        gx = g.astype(float).copy()
        step = 51
        for k in range(0, len(x) - len(x) % step, step):
            gx[k : k + step] *= d(x[k : k + step])
        if len(x) < step:
            gx *= d(x)
        return (gx,)

    return f, (RandomState(1).randn(256),), right, wrong


@made("Lookup branch in the backward for 3.70 < x < 3.71 has a stale slope.", exposes=(np.array([0.5, 3.705, 1.0]),))
def narrow_window_backward() -> Made:
    def f(x):
        return np.log1p(x * x)

    def right(a, o, g):
        return (g * 2 * a[0] / (1 + a[0] ** 2),)

    def wrong(args, out, g):
        (x,) = args
        d = 2 * x / (1 + x**2)
        return (g * np.where((x > 3.70) & (x < 3.71), 0.49, d),)

    return f, (np.array([0.5, -2.0, 1.0]),), right, wrong


@made("Asymptotic branch for |x| > 50 forgets a factor 2.", exposes=(np.array([60.0, -70.0]),))
def tail_series_x_above_50() -> Made:
    def f(x):
        return np.arctan(x)

    def right(args, out, g):
        (x,) = args
        return (g / (1 + x * x),)

    def wrong(args, out, g):
        (x,) = args
        big = np.abs(x) > 50
        d = 1 / (1 + x * x)
        d[big] = 0.5 / x[big] ** 2
        return (g * d,)

    return f, (np.array([0.3, -1.0, 4.0]),), right, wrong


@made("Below -30 the asymptotic slope has the wrong sign.", exposes=(np.array([-35.0]),))
def log_ndtr_below_minus_30() -> Made:
    def f(x):
        return special.log_ndtr(x)

    def ratio(x):  # pdf / cdf without underflow
        return np.sqrt(2 / np.pi) / special.erfcx(-x / np.sqrt(2))

    def right(a, o, g):
        return (g * ratio(a[0]),)

    def wrong(a, o, g):
        return (g * np.where(a[0] < -30, a[0], ratio(a[0])),)

    return f, (np.array([-1.0, 0.4, 2.0]),), right, wrong


@made("The mask of the clip checks only the lower bound.", exposes=(np.array([7.5, 0.0]),))
def clip_upper_bound() -> Made:
    LO, HI = -5.0, 6.0

    def f(x):
        return np.clip(x, LO, HI) ** 2

    def right(args, out, g):
        (x,) = args
        return (g * 2 * np.clip(x, LO, HI) * ((x >= LO) & (x <= HI)),)

    def wrong(args, out, g):
        (x,) = args
        return (g * 2 * np.clip(x, LO, HI) * (x >= LO),)

    return f, (np.array([0.4, -2.0, 1.1]),), right, wrong


@made("The outer slope is sign(r) without delta.", exposes=(np.array([9.0, -11.0]), np.array([0.0, 0.0])))
def huber_mixed_delta() -> Made:
    class Huber:
        def __init__(self, delta):
            self.delta = delta

        def __call__(self, y, t):
            r = np.abs(y - t)
            q = np.minimum(r, self.delta)
            return np.sum(0.5 * q * q + self.delta * (r - q))

        def vjp(self, args, out, g):
            r = args[0] - args[1]
            s = g * np.clip(r, -self.delta, self.delta)
            return self._fit(s, args[0]), self._fit(-s, args[1])

        def bad(self, args, out, g):
            r = args[0] - args[1]
            s = g * np.where(np.abs(r) <= self.delta, r, np.sign(r))
            return self._fit(s, args[0]), self._fit(-s, args[1])

        @staticmethod
        def _fit(s, like):
            s = s.sum(axis=tuple(range(s.ndim - like.ndim)))
            return s.sum(axis=tuple(i for i, n in enumerate(like.shape) if n == 1), keepdims=True) if 1 in like.shape else s

    h = Huber(8.0)
    return h, (np.array([0.4, 1.0]), np.array([0.1, -0.3])), h.vjp, h.bad


@made("The innermost piece of three has the slope of its neighbour.", exposes=(np.array([2.5]),))
def nested_where_inner_branch() -> Made:
    def f(x):
        return np.where(x < 0, 0.1 * x, np.where(x < 2, x * x, np.where(x < 3, 4 + 5 * (x - 2), 9 + 0.5 * (x - 3))))

    def right(args, out, g):
        (x,) = args
        return (g * np.where(x < 0, 0.1, np.where(x < 2, 2 * x, np.where(x < 3, 5.0, 0.5))),)

    def wrong(args, out, g):
        (x,) = args
        return (g * np.where(x < 0, 0.1, np.where(x < 2, 2 * x, np.where(x < 3, 4.0, 0.5))),)

    return f, (np.array([-0.5, 1.2, 0.3]),), right, wrong


@made("Range reduction by halving: the backward forgets the 4**k once k > 3.", exposes=(np.array([70.0]),))
def while_loop_halvings() -> Made:
    def f(x):  # x² by halvings
        out = np.empty_like(x)
        for i in np.ndindex(x.shape):
            v, k = float(x[i]), 0
            while abs(v) > 4.0:
                v /= 2.0
                k += 1
            out[i] = (v * v) * 4.0**k
        return out

    def wrong(args, out, g):
        (x,) = args
        gx = np.empty_like(x)
        for i in np.ndindex(x.shape):
            v, k = float(x[i]), 0
            while abs(v) > 4.0:
                v /= 2.0
                k += 1
            gx[i] = g[i] * 2 * v * (2.0**k if k <= 3 else 8.0)
        return (gx,)

    def right(a, o, g):
        return (2 * g * a[0],)

    return f, (np.array([1.0, -3.0, 11.0]),), right, wrong


@made("Gradient clipping by norm > 10: scaled branch lacks the projection.", exposes=(np.array([9.0, -8.0]),))
def branch_on_norm() -> Made:
    def f(x):
        (_n,) = x.shape
        r = np.linalg.norm(x)
        if r > 10.0:
            return x * (10.0 / r)
        return x * 1.0

    def right(args, out, g):
        (x,) = args
        r = np.linalg.norm(x)
        if r > 10.0:
            return ((10.0 / r) * (g - x * (x @ g) / r**2),)
        return (g * 1.0,)

    def wrong(args, out, g):
        (x,) = args
        r = np.linalg.norm(x)
        return (g * (10.0 / r) if r > 10.0 else g * 1.0,)

    return f, (np.array([1.0, -2.0]),), right, wrong


@made("For sum(x) < -4 the backward uses the formula of the other branch.", exposes=(np.array([-3.0, -2.0, -0.5]),))
def branch_on_sum() -> Made:
    def f(x):
        s = x.sum()
        if s >= -4.0:
            return s * s
        return 16.0 - 3.0 * (s + 4.0)

    def right(args, out, g):
        s = np.sum(args[0])
        return (np.full(args[0].shape, g * (2 * s if s >= -4.0 else -3.0)),)

    def wrong(args, out, g):
        s = np.sum(args[0])
        return (np.full(args[0].shape, g * 2 * s),)

    return f, (np.array([0.5, 1.0, -0.2]),), right, wrong
