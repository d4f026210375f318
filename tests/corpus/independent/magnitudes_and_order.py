"""Near zero, large arguments, powers, indices, scans, sorts, order of the sweep, state, mutation."""

from __future__ import annotations

import math

import numpy as np
from cases import Made, made


@made("The guard for |x| > 300 gives +1 also for negative x.", exposes=(np.array([-400.0, 1.0]),))
def logcosh_overflow_guard() -> Made:
    def f(x):
        a = np.abs(x)
        return a + np.log1p(np.exp(-2 * a)) - math.log(2)

    def right(a, o, g):
        return (g * np.tanh(a[0]),)

    def wrong(a, o, g):
        return (g * np.where(np.abs(a[0]) > 300, 1.0, np.tanh(a[0])),)

    return f, (np.array([0.2, -1.0, 3.0]),), right, wrong


@made("exp(x)/(1+exp(x)) is nan above 709 where softplus is finite.", exposes=(np.array([800.0, 0.0]),))
def softplus_naive_backward() -> Made:
    def f(x):
        return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))

    def right(a, o, g):
        return (g * np.exp(-np.logaddexp(0, -a[0])),)

    def wrong(a, o, g):
        return (g * np.exp(a[0]) / (1 + np.exp(a[0])),)

    return f, (np.array([0.2, -1.0, 3.0]),), right, wrong


@made("Below 1e-3 the series has -x/6 instead of -x/3.", exposes=(np.array([5e-4, -2e-4]),))
def sinc_taylor_term() -> Made:
    def f(x):
        safe = np.where(x == 0, 1.0, x)
        return np.where(x == 0, 1.0, np.sin(safe) / safe)

    def back(args, out, g, c):
        (x,) = args
        small = np.abs(x) < 1e-3
        s = np.where(small, 1.0, x)
        return (g * np.where(small, -x * c * (1 - x * x / 10 + x**4 / 280), (np.cos(s) - np.sin(s) / s) / s),)

    return f, (np.array([0.5, -1.0, 2.0]),), lambda a, o, g: back(a, o, g, 1 / 3), lambda a, o, g: back(a, o, g, 1 / 6)


@made("The value at exactly 0 is 1 instead of 1/2.", exposes=(np.array([0.0, 1.0]),))
def expm1_over_x_at_zero() -> Made:
    def f(x):
        z = np.where(x == 0.0, 1.0, x)
        return np.where(x == 0.0, 1.0, np.expm1(z) / z)

    def back(args, out, g, at_zero):
        (x,) = args
        small = np.abs(x) < 0.01
        z = np.where(small, 1.0, x)
        series = 1 / 2 + x * (1 / 3 + x * (1 / 8 + x * (1 / 30 + x * (1 / 144 + x * (1 / 840 + x / 5760)))))
        d = np.where(small, series, (np.exp(z) - np.expm1(z) / z) / z)
        d[x == 0.0] = at_zero
        return (g * d,)

    return f, (np.array([0.7, -1.2, 2.0]),), lambda a, o, g: back(a, o, g, 0.5), lambda a, o, g: back(a, o, g, 1.0)


@made("Backward uses |x| + eps where the forward has sqrt(x·x + eps²).", exposes=(np.array([1e-3, 0.0]),))
def norm_eps_inside() -> Made:
    EPS = 1e-3

    def f(x):
        return np.sqrt(np.sum(x * x) + EPS**2)

    def right(a, r, g):
        return (g * a[0] / r,)

    def wrong(a, r, g):
        return (g * a[0] / (np.sqrt(np.sum(a[0] * a[0])) + EPS),)

    return f, (np.array([0.6, -0.8, 0.3]),), right, wrong


@made("Exponent 0 and base 0: x**n backward through x**n/x*n gives nan at 0.", exposes=(np.array([0.0, 2.0]),))
def power_exponent_log_of_abs() -> Made:
    N = 3

    def f(x):
        return x**N

    def right(a, o, g):
        return (g * N * a[0] ** (N - 1),)

    def wrong(a, o, g):
        return (g * N * o / a[0],)

    return f, (np.array([1.5, -0.5, 2.0]),), right, wrong


@made("d/dp of |x|^p sgn(x): the sign is lost for negative x.", exposes=(np.array([-1.5, 2.0]), np.array(1.7)))
def power_negative_base() -> Made:
    def f(x, p):
        if np.ndim(p):
            raise ValueError
        return np.sign(x) * np.exp(p * np.log(np.abs(x)))

    def right(args, out, g):
        x, p = args
        lx = np.log(np.where(x == 0, 1.0, np.abs(x)))
        return g * p * np.abs(x) ** (p - 1), np.sum(g * out * lx)

    def wrong(args, out, g):
        x, p = args
        lx = np.log(np.where(x == 0, 1.0, np.abs(x)))
        return g * p * np.abs(x) ** (p - 1), np.sum(g * np.abs(out) * lx)

    return f, (np.array([1.5, 0.4]), np.array(1.7)), right, wrong


@made("Fancy += counts a repeated index once.", exposes=(np.arange(4.0), np.array([1, 1, 3])))
def gather_fancy_add() -> Made:
    def f(w, idx):
        (_n,) = w.shape
        return w[idx] ** 2

    def right(args, out, g):
        w, idx = args
        gw = np.zeros_like(w)
        np.add.at(gw, idx, 2 * g * w[idx])
        return gw, None

    def wrong(args, out, g):
        w, idx = args
        gw = np.zeros_like(w)
        gw[idx] += 2 * g * w[idx]
        return gw, None

    return f, (np.array([0.5, 1.0, -2.0, 3.0]), np.array([2, 0, 3])), right, wrong


@made("The reversed cumulative sum excludes its own entry.")
def reverse_cumsum_off_by_one() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.cumsum(np.exp(x))

    def right(a, o, g):
        return (np.cumsum(g[::-1])[::-1] * np.exp(a[0]),)

    def wrong(a, o, g):
        return ((np.cumsum(g[::-1])[::-1] - g) * np.exp(a[0]),)

    return f, (np.array([0.1, -0.4, 0.3, 0.9]),), right, wrong


@made("Dividing by x: nan as soon as one entry is zero.", exposes=(np.array([2.0, 0.0, 3.0]),))
def cumprod_division() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.cumprod(x)

    def right(args, out, g):
        (x,) = args
        gx = np.zeros_like(x)
        for i in range(len(x)):
            others = x.copy()
            others[i] = 1.0
            gx[i] = np.dot(g[i:], np.cumprod(others)[i:])
        return (gx,)

    def wrong(args, out, g):
        (x,) = args
        return (np.cumsum((g * out)[::-1])[::-1] / x,)

    return f, (np.array([2.0, -0.5, 3.0]),), right, wrong


@made("The gradient of the initial state has one factor alpha too few.")
def ema_initial_state() -> Made:
    def f(x, m0, alpha):
        (_n,) = x.shape
        if np.ndim(m0) or np.ndim(alpha):
            raise ValueError
        out, m = [], m0
        for v in x:
            m = alpha * m + (1 - alpha) * v
            out.append(m)
        return np.array(out)

    def back(args, out, g, last):
        x, m0, alpha = args
        prev = [m0] + list(out[:-1])
        gx, ga, carry = np.zeros(len(x)), 0.0, 0.0
        for t in range(len(x) - 1, -1, -1):
            carry = carry + g[t]
            gx[t] = carry * (1 - alpha)
            ga = ga + carry * (prev[t] - x[t])
            if t or last:
                carry = carry * alpha
        return gx, np.asarray(carry), np.asarray(ga)

    return (
        f,
        (np.array([1.0, 2.0, -1.0]), np.array(0.5), np.array(0.9)),
        lambda a, o, g: back(a, o, g, True),
        lambda a, o, g: back(a, o, g, False),
    )


@made("g[order] instead of putting g at order: the same for involutions.", exposes=(np.array([0.3, -1.0, 2.0, 0.1]),))
def sort_gather_instead_of_scatter() -> Made:
    W = np.array([1.0, -2.0, 0.5, 3.0])

    def f(x):
        if x.shape != (4,):
            raise ValueError
        return np.sort(x) * W

    def right(args, out, g):
        order = np.argsort(args[0], kind="stable")
        gx = np.empty(4)
        gx[order] = g * W
        return (gx,)

    def wrong(args, out, g):
        return ((g * W)[np.argsort(args[0], kind="stable")],)

    return f, (np.array([1.0, 0.2, 3.0, 4.0]),), right, wrong


@made("For an even length the whole gradient goes to the upper middle entry.", exposes=(np.array([0.3, 1.0, -2.0, 4.0]),))
def median_even_length() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.median(x)

    def right(args, out, g):
        (x,) = args
        o, n = np.argsort(x), x.size
        gx = np.zeros(n)
        gx[o[(n - 1) // 2]] += 0.5 * g
        gx[o[n // 2]] += 0.5 * g
        return (gx,)

    def wrong(args, out, g):
        (x,) = args
        gx = np.zeros(x.size)
        gx[np.argsort(x)[x.size // 2]] = g
        return (gx,)

    return f, (np.array([0.3, 1.0, -2.0]),), right, wrong


@made("Every tied maximum of a window receives the full gradient.", exposes=(np.array([1.0, 1.0, 0.5, 2.0]),))
def maxpool_ties_all() -> Made:
    def f(x):
        (_n,) = x.shape
        return x.reshape(-1, 2).max(axis=1)

    def right(args, out, g):
        w = args[0].reshape(-1, 2)
        gx = np.zeros_like(w)
        gx[np.arange(len(w)), w.argmax(1)] = g
        return (gx.ravel(),)

    def wrong(args, out, g):
        w = args[0].reshape(-1, 2)
        return (np.where(w == out[:, None], g[:, None], 0.0).ravel(),)

    return f, (np.array([1.0, 0.4, 0.5, 2.0]),), right, wrong


@made("Nodes are visited breadth first from the output: a node is used before all its consumers.")
def tape_in_wrong_order() -> Made:
    class Node:
        def __init__(self, value, parents=()):
            self.value, self.parents, self.grad = value, parents, 0.0

    def build(x):
        a = Node(x)
        b = Node(np.sin(a.value), [(a, np.cos(a.value))])
        c = Node(b.value * b.value, [(b, 2 * b.value)])
        d = Node(np.exp(c.value), [(c, np.exp(c.value))])
        e = Node(d.value * b.value, [(b, d.value), (d, b.value)])
        return a, [a, b, c, d, e]

    def f(x):
        return build(x)[1][-1].value

    def right(args, out, g):
        a, nodes = build(args[0])
        nodes[-1].grad = g
        for n in reversed(nodes):
            for p, d in n.parents:
                p.grad = p.grad + n.grad * d
        return (a.grad,)

    def wrong(args, out, g):
        a, nodes = build(args[0])
        nodes[-1].grad = g
        queue, seen = [nodes[-1]], set()
        while queue:
            n = queue.pop(0)
            if id(n) in seen:
                continue
            seen.add(id(n))
            for p, d in n.parents:
                p.grad = p.grad + n.grad * d
                queue.append(p)
        return (a.grad,)

    return f, (np.array([0.3, -1.1]),), right, wrong


@made("Backward uses the input of the last forward, whichever that was.", needs="protocol")
def stale_module_cache() -> Made:
    class Square:
        def __call__(self, x):
            self.saved = x
            return x * x

        def right(self, args, out, g):
            return (2 * args[0] * g,)

        def wrong(self, args, out, g):
            return (2 * self.saved * g,)

    sq = Square()
    return sq, (np.array([1.0, -2.0, 0.5]),), sq.right, sq.wrong


@made("The gradient accumulates into a buffer that is never cleared.", needs="protocol")
def reused_gradient_buffer() -> Made:
    bufs = {}

    def f(x):
        return np.sin(x)

    def wrong(args, out, g):
        (x,) = args
        buf = bufs.setdefault(x.shape, np.zeros(x.shape))
        buf += g * np.cos(x)
        return (buf.copy(),)

    return f, (np.array([0.3, 2.0]),), lambda a, o, g: (g * np.cos(a[0]),), wrong


@made("The Jacobian diagonal is memoised by shape, not by value.", needs="protocol")
def memo_by_shape() -> Made:
    memo = {}

    def f(x):
        return np.arctan(x)

    def wrong(args, out, g):
        (x,) = args
        if x.shape not in memo:
            memo[x.shape] = 1 / (1 + x * x)
        return (g * memo[x.shape],)

    return f, (np.array([0.3, 2.0]),), lambda a, o, g: (g / (1 + a[0] ** 2),), wrong


@made("g *= … changes the caller's cotangent.", needs="protocol")
def inplace_cotangent() -> Made:
    def f(x):
        return np.sinh(x)

    def wrong(args, out, g):
        if isinstance(g, np.ndarray):
            g *= np.cosh(args[0])
            return (g,)
        return (g * np.cosh(args[0]),)

    return f, (np.array([0.3, -0.2]),), lambda a, o, g: (g * np.cosh(a[0]),), wrong


@made("1 - out*out computed with out= into the forward's result.", needs="protocol")
def mutates_out() -> Made:
    def f(x):
        return np.tanh(x)

    def wrong(args, out, g):
        buf = out if isinstance(out, np.ndarray) else np.array(out)
        np.multiply(buf, buf, out=buf)
        np.subtract(1.0, buf, out=buf)
        return (g * buf,)

    return f, (np.array([0.3, -0.2]),), lambda a, o, g: (g * (1 - o * o),), wrong
