"""How a backward pass is called: state, buffers, memory, cotangents."""

from __future__ import annotations

import itertools

import numpy as np
from cases import Made, made, unbroadcast, vector


@made("The layer remembers its last input and ignores the arguments.", needs="protocol")
def remembers_last_input() -> Made:
    class Square:
        def __call__(self, x):
            self.x = np.array(x, dtype=float)
            return x * x

        def right(self, args, out, ct):
            return (2 * ct * args[0],)

        def wrong(self, args, out, ct):
            return (2 * ct * self.x,)

    s = Square()
    return s.__call__, (vector(0.3, -1.0),), s.right, s.wrong


@made("Returns the same buffer each time.", needs="protocol")
def reused_buffer() -> Made:
    buffers = {}

    def f(x):
        return np.exp(x)

    def right(args, out, ct):
        return (out * ct,)

    def wrong(args, out, ct):
        g = buffers.setdefault(out.shape, np.empty(out.shape))
        np.multiply(out, ct, out=g)
        return (g,)

    return f, (vector(0.3, -1.0),), right, wrong


@made("Accumulates into a persistent gradient, never zeroed.", needs="protocol")
def accumulates_grad() -> Made:
    class Param:
        grad = None

    def f(x, w):
        return x * w

    def make(keep):
        store = Param()

        def vjp(args, out, ct):
            x, w = args
            g = unbroadcast(ct * x, w.shape)
            if keep and store.grad is not None and store.grad.shape == g.shape:
                store.grad = store.grad + g
            else:
                store.grad = g
            return unbroadcast(ct * w, x.shape), store.grad * 1.0

        return vjp

    return f, (vector(0.3, -1.0), vector(2.0, 0.5)), make(False), make(True)


@made("Multiplies the cotangent in place.", needs="protocol")
def cotangent_in_place() -> Made:
    def f(x):
        return np.sin(x) ** 2

    def right(args, out, ct):
        return (ct * np.sin(2 * args[0]),)

    def wrong(args, out, ct):
        ct *= np.sin(2 * args[0])
        return (ct,)

    return f, (vector(0.3, -1.0, 2.0),), right, wrong


@made("Centres the input in place in the backward pass.", needs="protocol")
def input_in_place() -> Made:
    def f(x):
        _n, _d = x.shape
        return ((x - x.mean(axis=0)) ** 2).sum(axis=0)

    def right(args, out, ct):
        x = args[0]
        return (2 * ct * (x - x.mean(axis=0)),)

    def wrong(args, out, ct):
        x = args[0]
        x -= x.mean(axis=0)
        return (2 * ct * x,)

    return f, (np.array([[0.4, 1.0], [2.0, -0.3], [0.5, 0.5]]),), right, wrong


@made("Overwrites the output array.", needs="protocol")
def output_in_place() -> Made:
    def f(x):
        return 1 / (1 + np.exp(-x))

    def right(args, out, ct):
        return (ct * out * (1 - out),)

    def wrong(args, out, ct):
        g = out
        np.multiply(out, 1 - out, out=g)
        return (ct * g,)

    return f, (vector(0.3, -1.0),), right, wrong


@made("Reads the raw memory of the cotangent, as if it were contiguous.", needs="protocol")
def raw_memory() -> Made:
    def f(x):
        _n, _m = x.shape
        return x.T * 3.0

    def right(args, out, ct):
        return (3.0 * ct.T,)

    def wrong(args, out, ct):
        n, m = args[0].shape
        flat = np.lib.stride_tricks.as_strided(ct, shape=(n, m), strides=(8, 8 * n))
        return (3.0 * flat,)

    return f, (np.arange(6.0).reshape(2, 3),), right, wrong


@made("Takes all cotangents to be equal.")
def equal_cotangents() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.cumsum(x)

    def right(args, out, ct):
        return (np.cumsum(ct[::-1])[::-1],)

    def wrong(args, out, ct):
        n = len(ct)
        return (ct.mean() * np.arange(n, 0, -1),)

    return f, (vector(0.3, -1.0, 0.5),), right, wrong


@made("Uses the first cotangent for all.")
def first_cotangent() -> Made:
    def f(x):
        return np.arctan(x)

    def right(args, out, ct):
        return (ct / (1 + args[0] ** 2),)

    def wrong(args, out, ct):
        return (ct.flat[0] / (1 + args[0] ** 2),)

    return f, (vector(0.3, -1.0, 0.5),), right, wrong


@made("Every third call scales its result (a warm-up counter left in).", needs="protocol")
def counts_calls() -> Made:
    def f(x):
        return np.cos(x)

    def right(args, out, ct):
        return (-ct * np.sin(args[0]),)

    counter = itertools.count(1)

    def wrong(args, out, ct):
        scale = 0.5 if next(counter) % 3 == 0 else 1.0
        return (-ct * scale * np.sin(args[0]),)

    return f, (vector(0.3, -1.0, 0.5),), right, wrong


@made("Forward writes its activations into a list that the backward pass pops.", needs="protocol")
def popped_list() -> Made:
    tape = []

    def f(x):
        y = np.sin(x)
        tape.append(np.cos(np.asarray(x, dtype=float)))
        return y * 2

    def right(args, out, ct):
        return (2 * ct * np.cos(args[0]),)

    def wrong(args, out, ct):
        return (2 * ct * tape.pop(0),)

    return f, (vector(0.3, -1.0),), right, wrong


@made("The first of both gradients is a view of the second: one in-place update changes both.", needs="protocol")
def aliased_gradients() -> Made:
    def f(a, b):
        (n,), (m,) = a.shape, b.shape
        if n != m:
            raise ValueError
        return a * b

    def right(args, out, ct):
        return ct * args[1], ct * args[0]

    store = np.empty((2, 2))

    def wrong(args, out, ct):
        a, b = args
        g = store if store.shape[1] == len(a) else np.empty((2, len(a)))
        g[0], g[1] = ct * b, ct * a
        return g[0], g[1]

    return f, (vector(0.3, -1.0), vector(2.0, 0.4)), right, wrong


@made("Sorts the integer index argument in place.", needs="protocol")
def index_sorted_in_place() -> Made:
    def f(x, idx):
        return x[idx] * 2

    def right(args, out, ct):
        x, idx = args
        g = np.zeros(x.shape)
        np.add.at(g, idx, 2 * ct)
        return g, None

    def wrong(args, out, ct):
        x, idx = args
        np.argsort(idx, axis=0, kind="stable")
        g = np.zeros(x.shape)
        np.add.at(g, idx, 2 * ct)
        idx.sort()
        return g, None

    return f, (vector(0.3, -1.0, 0.5), np.array([2, 0, 1, 2])), right, wrong


@made("Float gradient for a float32 argument is returned as float16.")
def half_gradient() -> Made:
    def f(x):
        return x**2 * 3

    def right(args, out, ct):
        return ((6 * ct * args[0]).astype(args[0].dtype),)

    def wrong(args, out, ct):
        return ((6 * ct * args[0]).astype(np.float16),)

    return f, (np.array([0.3, -1.1, 0.5], dtype=np.float32),), right, wrong
