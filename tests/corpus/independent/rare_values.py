"""Faults that a few values of the arguments show."""

from __future__ import annotations

import functools

import numpy as np
from cases import Made, made, unbroadcast, vector


@made(
    "Clipping by global norm (only beyond norm 10): the backward pass forgets that the norm depends on x.",
    exposes=(vector(9.0, 8.0, -3.0),),
)
def norm_clip() -> Made:
    limit = 10.0

    def f(x):
        nrm = np.sqrt(np.sum(x * x))
        return x * (limit / nrm) if nrm > limit else x * 1.0

    def right(args, out, ct):
        (x,) = args
        nrm = np.sqrt(np.sum(x * x))
        if nrm <= limit:
            return (ct.copy(),)
        u = x / nrm
        return (limit / nrm * (ct - u * np.sum(u * ct)),)

    def wrong(args, out, ct):
        (x,) = args
        nrm = np.sqrt(np.sum(x * x))
        return (ct * (limit / nrm if nrm > limit else 1.0),)

    return f, (vector(0.9, 2.0, -0.3),), right, wrong


@made("Running sum crosses a budget: the step that crosses is counted with full price.", exposes=(vector(30.0, 50.0, 40.0, 10.0),))
def budget_crossing() -> Made:
    budget = 100.0

    def f(x):
        (_n,) = x.shape
        total, cost = 0.0, 0.0
        for v in x:
            room = budget - total
            if v <= room:
                cost = cost + 2 * v
            elif room > 0:
                cost = cost + 2 * room + 5 * (v - room)
            else:
                cost = cost + 5 * v
            total = total + v
        return cost

    def right(args, out, ct):
        (x,) = args
        g, total = np.zeros(len(x)), 0.0
        for i, v in enumerate(x):
            room = budget - total
            if v <= room:
                g[i] += 2
            elif room > 0:
                g[i] += 5
                g[:i] += 3  # -3 * d room
            else:
                g[i] += 5
            total += v
        return (ct * g,)

    def wrong(args, out, ct):
        (x,) = args
        before = np.cumsum(x) - x
        return (ct * np.where(before + x <= budget, 2.0, 5.0),)

    return f, (vector(3.0, 5.0, 4.0, 1.0),), right, wrong


@made("If the winner is the last entry a bonus of its square is added; the backward pass has no bonus.", exposes=(vector(0.1, 0.5, 0.9),))
def argmax_bonus() -> Made:
    def f(x):
        (n,) = x.shape
        k = int(np.argmax(x))
        s = np.sum(np.sin(x))
        if k == n - 1:
            s = s + 0.25 * (x[k] - x[0]) ** 2
        return s

    def vjp(bonus, args, out, ct):
        (x,) = args
        g = ct * np.cos(x)
        if bonus and int(np.argmax(x)) == len(x) - 1:
            d = 0.5 * ct * (x[-1] - x[0])
            g[-1] += d
            g[0] -= d
        return (g,)

    return f, (vector(0.1, 0.9, 0.5),), functools.partial(vjp, True), functools.partial(vjp, False)


@made(
    "Drag changes law at a Reynolds number 2300 = v d / nu; the turbulent branch has exponent -0.2 for -0.25.",
    exposes=(np.array(3.0), np.array(0.05), np.array(1e-5)),
)
def reynolds_friction() -> Made:
    def reynolds(v, d, nu):
        return v * d / nu

    def f(v, d, nu):
        re = reynolds(v, d, nu)
        if re > 2300:
            return 0.3164 * re**-0.25
        return 64 / re

    def vjp(exponent, args, out, ct):
        v, d, nu = args
        re = reynolds(*args)
        gre = ct * (0.3164 * exponent * re ** (exponent - 1) if re > 2300 else -64 / re**2)
        return gre * d / nu, gre * v / nu, -gre * re / nu

    return f, (np.array(0.02), np.array(0.05), np.array(1e-5)), functools.partial(vjp, -0.25), functools.partial(vjp, -0.2)


@made("Income tax by brackets: one rate of the third bracket is mistyped in the backward table.", exposes=(vector(70000.0, 5000.0),))
def tax_bracket() -> Made:
    edges = np.array([0.0, 9950.0, 40525.0, 86375.0, 164925.0])
    rates = np.array([0.10, 0.12, 0.22, 0.24, 0.32])
    base = np.concatenate([[0.0], np.cumsum(rates[:-1] * np.diff(edges))])

    def f(income):
        k = np.searchsorted(edges, income, side="right") - 1
        k = np.maximum(k, 0)
        return base[k] + rates[k] * (income - edges[k])

    def vjp(table, args, out, ct):
        k = np.maximum(np.searchsorted(edges, args[0], side="right") - 1, 0)
        return (ct * table[k],)

    return (
        f,
        (vector(3000.0, 12000.0, 30000.0),),
        functools.partial(vjp, rates),
        functools.partial(vjp, np.array([0.10, 0.12, 0.12, 0.24, 0.32])),
    )


@made("Table by int(x): bucket 7 of the derivative table holds its neighbour.", exposes=(vector(7.5, 1.2),))
def floor_table() -> Made:
    n = 12
    heights = np.sqrt(np.arange(n + 1) + 1.0)
    steps = np.diff(heights)
    bad = steps.copy()
    bad[7] = steps[6]

    def f(x):
        k = np.clip(np.floor(x).astype(int), 0, n - 1)
        return heights[k] + steps[k] * (x - k)

    def right(args, out, ct):
        return (ct * steps[np.clip(np.floor(args[0]).astype(int), 0, n - 1)],)

    def wrong(args, out, ct):
        return (ct * bad[np.clip(np.floor(args[0]).astype(int), 0, n - 1)],)

    return f, (vector(0.5, 3.3, 10.2),), right, wrong


@made(
    "Reduction given as a string: the mean divides by the batch, the backward pass does not.",
    exposes=(vector(0.4, -1.0), vector(0.1, 0.2), "mean"),
)
def reduction_flag() -> Made:
    def f(x, y, reduction):
        loss = (x - y) ** 2
        if reduction == "sum":
            return loss.sum()
        if reduction == "mean":
            return loss.mean()
        return loss

    def vjp(divide, args, out, ct):
        x, y, reduction = args
        d = 2 * ct * (x - y)
        if reduction == "mean" and divide:
            d = d / (x - y).size
        return unbroadcast(d, x.shape), unbroadcast(-d, y.shape), None

    return f, (vector(0.4, -1.0), vector(0.1, 0.2), "sum"), functools.partial(vjp, True), functools.partial(vjp, False)


@made("The norm order is an argument; order 1 is answered with the gradient of order 2.", exposes=(vector(0.4, -1.0, 2.0), 1))
def norm_order() -> Made:
    def f(x, p):
        (_n,) = x.shape
        if p == 1:
            return np.sum(np.abs(x))
        if p == 2:
            return np.sqrt(np.sum(x * x))
        return np.max(np.abs(x))

    def right(args, out, ct):
        x, p = args
        if p == 1:
            return ct * np.sign(x), None
        if p == 2:
            return (ct * x / out if out > 0 else np.zeros(len(x))), None
        g = np.zeros(len(x))
        k = np.argmax(np.abs(x))
        g[k] = ct * np.sign(x[k])
        return g, None

    def wrong(args, out, ct):
        x, p = args
        if p in (1, 2):
            return (ct * x / out if out > 0 else np.zeros(len(x))), None
        return right(args, out, ct)

    return f, (vector(0.4, -1.0, 2.0), 2), right, wrong


@made(
    "Barrier option: once the path touched the barrier the payoff is dead, the backward pass still pays.",
    exposes=(vector(100.0, 131.0, 110.0),),
)
def barrier_payoff() -> Made:
    def f(path):
        (_T,) = path.shape
        strike, barrier = 95.0, 130.0
        if np.max(path) >= barrier:
            return 0.0 * path[-1]
        return np.maximum(path[-1] - strike, 0.0)

    def vjp(dead, args, out, ct):
        (path,) = args
        g = np.zeros(len(path))
        if dead and path.max() >= 130.0:
            return (g,)
        if path[-1] > 95.0:
            g[-1] = ct
        return (g,)

    return f, (vector(100.0, 104.0, 110.0),), functools.partial(vjp, True), functools.partial(vjp, False)
