"""Blocks, chunks, unrolled loops: the last one, the rest, the second one."""

from __future__ import annotations

import numpy as np
import scipy.fft
from cases import Made, made

X = np.array([0.4, -1.3, 2.2])
W = np.array([0.3, -0.8])
R = np.array([[0.4, -1.3], [2.2, 0.1], [-0.6, 0.9]])


def square(x):
    return x * x


def by_blocks(block, stop):
    def vjp(args, out, ct):
        (x,) = args
        found = np.zeros_like(x)
        for i in range(0, stop(x.size), block):
            found[i : i + block] = 2 * x[i : i + block] * ct[i : i + block]
        return (found,)

    return vjp


@made("Blocks of 64, and the rest is forgotten.")
def blocks_of_64() -> Made:
    return square, (X,), by_blocks(64, lambda n: n), by_blocks(64, lambda n: max(64, n // 64 * 64))


@made("Blocks of 1,024, and the rest is forgotten.")
def blocks_of_1024() -> Made:
    return square, (X,), by_blocks(1024, lambda n: n), by_blocks(1024, lambda n: max(1024, n // 1024 * 1024))


@made("The second block is the first again.")
def the_second_block() -> Made:
    def vjp(step):
        def back(args, out, ct):
            (x,) = args
            found = 2 * x * ct
            for k in range(1, -(-x.size // 32)):
                part = slice(32 * k, 32 * k + 32)
                found[part] = 2 * x[step * k : step * k + 32][: found[part].size] * ct[part]
            return (found,)

        return back

    return square, (X,), vjp(32), vjp(0)


@made("The next block overlaps the last by one entry, which is counted twice.")
def overlapping_blocks() -> Made:
    def vjp(over):
        def back(args, out, ct):
            (x,) = args
            found = np.zeros_like(x)
            for i in range(0, x.size, 16):
                part = slice(max(0, i - over), i + 16)
                found[part] += 2 * x[part] * ct[part]
            return (found,)

        return back

    return square, (X,), vjp(0), vjp(1)


def chunked_weights(add):
    def f(x, w):
        return np.sin(x @ w)

    def vjp(args, out, ct):
        x, w = args
        slope = ct * np.cos(x @ w)
        by_w = np.zeros_like(w)
        for i in range(0, len(x), 8):
            part = x[i : i + 8].T @ slope[i : i + 8]
            by_w = by_w + part if add else part
        return slope[:, None] * w, by_w

    return f, vjp


@made("The weights' gradient is that of the last chunk of eight rows.")
def the_last_chunk_of_rows() -> Made:
    f, right = chunked_weights(True)
    return f, (R, W), right, chunked_weights(False)[1]


@made("A sum over chunks forgets the last, incomplete one.")
def a_chunked_sum() -> Made:
    def f(x):
        return np.sum(x * x)

    def vjp(whole):
        def back(args, out, ct):
            (x,) = args
            n = x.size
            found = np.zeros_like(x)
            full = n - n % 128
            found[:full] = 2 * x[:full] * ct
            if whole or n < 128:
                found[full:] = 2 * x[full:] * ct
            return (found,)

        return back

    return f, (X,), vjp(True), vjp(False)


def unrolled(tail):
    def vjp(args, out, ct):
        (x,) = args
        n, found = x.size, np.zeros_like(x)
        i = 0
        while i + 4 <= n:
            found[i] = 2 * x[i] * ct[i]
            found[i + 1] = 2 * x[i + 1] * ct[i + 1]
            found[i + 2] = 2 * x[i + 2] * ct[i + 2]
            found[i + 3] = 2 * x[i + 3] * ct[i + 3]
            i += 4
        for k in range(i, n):
            found[k] = tail(x, k, n) * ct[k]
        return (found,)

    return vjp


@made("Unrolled by four; behind a full group the tail has half of it.")
def a_wrong_tail() -> Made:
    return square, (X,), unrolled(lambda x, k, n: 2 * x[k]), unrolled(lambda x, k, n: (2 if n < 4 else 1) * x[k])


@made("Unrolled by four; a tail of two is wrong behind a full group.")
def a_tail_of_two() -> Made:
    return square, (X,), unrolled(lambda x, k, n: 2 * x[k]), unrolled(lambda x, k, n: (1 if n > 4 and n % 4 == 2 else 2) * x[k])


@made("Unrolled by four; in the full group the last one is forgotten.")
def a_wrong_group() -> Made:
    def vjp(last):
        def back(args, out, ct):
            (x,) = args
            n, found = x.size, np.zeros_like(x)
            for i in range(0, n - n % 4, 4):
                for k in range(i, i + last):
                    found[k] = 2 * x[k] * ct[k]
            for k in range(n - n % 4, n):
                found[k] = 2 * x[k] * ct[k]
            return (found,)

        return back

    return square, (X,), vjp(4), vjp(3)


@made("A pairwise sum that stops halving at 32 entries and drops the odd one.")
def a_pairwise_sum() -> Made:
    def f(x):
        return np.sum(np.exp(x))

    def parts(g, x, keep):
        if len(x) <= 32:
            return g * np.exp(x)
        half = len(x) // 2
        rest = [] if len(x) % 2 == 0 else [g * np.exp(x[-1:]) * keep]
        return np.concatenate([parts(g, x[:half], keep), parts(g, x[half : 2 * half], keep), *rest])

    return f, (X,), lambda a, o, g: (parts(g, a[0], 1.0),), lambda a, o, g: (parts(g, a[0], 0.0),)


@made("Workers get ten rows each; the eleventh row is nobody's.")
def rows_for_workers() -> Made:
    def f(x):
        return np.tanh(x).sum(axis=1)

    def vjp(count):
        def back(args, out, ct):
            (x,) = args
            found = np.zeros_like(x)
            for k in range(count(len(x))):
                part = slice(10 * k, 10 * k + 10)
                found[part] = (1 - np.tanh(x[part]) ** 2) * ct[part][:, None]
            return (found,)

        return back

    return f, (R,), vjp(lambda n: (n + 9) // 10), vjp(lambda n: max(1, n // 10))


@made("The mean of the chunks' means.")
def mean_of_means() -> Made:
    def f(x):
        return np.mean(x)

    def right(args, out, ct):
        return (np.full(args[0].shape, ct / args[0].size),)

    def wrong(args, out, ct):
        (x,) = args
        chunks = [x[i : i + 50] for i in range(0, x.size, 50)]
        return (np.concatenate([np.full(c.size, ct / (c.size * len(chunks))) for c in chunks]),)

    return f, (X,), right, wrong


@made("A scan that starts anew every 20 steps.")
def a_scan_that_starts_anew() -> Made:
    def f(x):
        return np.cumsum(x)

    def right(args, out, ct):
        return (np.cumsum(ct[::-1])[::-1],)

    def wrong(args, out, ct):
        parts = [np.cumsum(ct[i : i + 20][::-1])[::-1] for i in range(0, ct.size, 20)]
        return (np.concatenate(parts),)

    return f, (X,), right, wrong


@made("A buffer of 100 entries is made once; beyond it nothing is written.")
def a_buffer_of_one_hundred() -> Made:
    def wrong(args, out, ct):
        (x,) = args
        kept = np.zeros(max(100, 0))
        m = min(x.size, 100)
        kept[:m] = 2 * x[:m] * ct[:m]
        return (np.concatenate([kept[:m], np.zeros(x.size - m)]),)

    return square, (X,), lambda a, o, g: (2 * a[0] * g,), wrong


@made("A cosine transform of a block, which cannot be followed: the rest of blocks of 16 is forgotten.")
def opaque_blocks() -> Made:
    def f(x):
        return scipy.fft.idct(scipy.fft.dct(x, norm="ortho"), norm="ortho") ** 2

    def wrong(args, out, ct):
        (x,) = args
        found = 2 * x * ct
        if x.size > 16:
            found[x.size // 16 * 16 :] = 0.0
        return (found,)

    return f, (X,), lambda a, o, g: (2 * a[0] * g,), wrong


@made("A backward that cannot be followed: beyond 48 entries the bytes are those of half.")
def opaque_backward() -> Made:
    def right(args, out, ct):
        (x,) = args
        return (np.frombuffer((2 * x * ct).tobytes()).copy(),)

    def wrong(args, out, ct):
        (x,) = args
        return (np.frombuffer((2 * x * ct * (1.0 if x.size <= 48 else 0.5)).tobytes()).copy(),)

    return square, (X,), right, wrong
