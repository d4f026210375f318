"""Right ones that need a certain size, refuse one, or have conditions on sizes that are as they should be."""

from __future__ import annotations

import numpy as np
from cases import Made, made

X = np.array([0.4, -1.3, 2.2, 0.1, -0.6, 0.9, 1.1, -0.2])
R = X.reshape(2, 4)


def only(f, args, right):
    return f, args, right, None


@made("Batch norm that refuses a batch of one.")
def batch_norm_of_two_and_more() -> Made:
    def f(x):
        if x.shape[0] < 2:
            raise ValueError("a batch of one has no variance")
        return (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5)

    def right(args, out, ct):
        (x,) = args
        scale = np.sqrt(x.var(0) + 1e-5)
        return ((ct - ct.mean(0) - out * (ct * out).mean(0)) / scale,)

    return only(f, (np.arange(12.0).reshape(3, 4) ** 1.5 % 3,), right)


@made("A convolution with a kernel of three by three.")
def a_convolution() -> Made:
    def f(x, k):
        m, n = x.shape[0] - 2, x.shape[1] - 2
        if k.shape != (3, 3) or m < 1 or n < 1:
            raise ValueError("at least three by three")
        return sum(k[i, j] * x[i : i + m, j : j + n] for i in range(3) for j in range(3))

    def right(args, out, ct):
        x, k = args
        m, n = out.shape
        by_x, by_k = np.zeros_like(x), np.zeros_like(k)
        for i in range(3):
            for j in range(3):
                by_x[i : i + m, j : j + n] += k[i, j] * ct
                by_k[i, j] = np.sum(ct * x[i : i + m, j : j + n])
        return by_x, by_k

    return only(f, (np.sin(np.arange(20.0)).reshape(4, 5), np.cos(np.arange(9.0)).reshape(3, 3)), right)


@made("Pooling by two of an even number of entries.")
def pooling_by_two() -> Made:
    def f(x):
        return x.reshape(-1, 2).mean(axis=1)

    def right(args, out, ct):
        return (np.repeat(ct / 2, 2),)

    return only(f, (X,), right)


@made("Pooling by two that drops the odd entry.")
def pooling_that_drops() -> Made:
    def f(x):
        n = x.size // 2 * 2
        return x[:n:2] + x[1:n:2]

    def right(args, out, ct):
        found = np.zeros_like(args[0])
        n = found.size // 2 * 2
        found[:n] = np.repeat(ct, 2)
        return (found,)

    return only(f, (X,), right)


@made("Rows of eight.")
def rows_of_eight() -> Made:
    def f(x):
        return np.tanh(x.reshape(-1, 8)).sum(axis=1)

    def right(args, out, ct):
        return ((1 - np.tanh(args[0]) ** 2) * np.repeat(ct, 8),)

    return only(f, (X,), right)


@made("Differences of neighbours: empty for one entry.")
def differences() -> Made:
    def right(args, out, ct):
        found = np.zeros_like(args[0])
        found[1:] += ct
        found[:-1] -= ct
        return (found,)

    return only(np.diff, (X,), right)


@made("Second differences, from three entries on.")
def second_differences() -> Made:
    def f(x):
        return x[2:] - 2 * x[1:-1] + x[:-2]

    def right(args, out, ct):
        found = np.zeros_like(args[0])
        if found.size > 2:
            found[2:] += ct
            found[1:-1] -= 2 * ct
            found[:-2] += ct
        return (found,)

    return only(f, (X,), right)


@made("The third smallest.")
def the_third_smallest() -> Made:
    def f(x):
        return np.partition(x, 2)[2]

    def right(args, out, ct):
        found = np.zeros_like(args[0])
        found[np.argsort(args[0])[2]] = ct
        return (found,)

    return only(f, (X,), right)


@made("The mean of the three largest.")
def the_three_largest() -> Made:
    def f(x):
        return np.sort(x)[-3:].mean()

    def right(args, out, ct):
        found = np.zeros_like(args[0])
        best = np.argsort(args[0])[-3:]
        found[best] = ct / len(best)
        return (found,)

    return only(f, (X,), right)


@made("A sigmoid that is stable on both sides.")
def a_stable_sigmoid() -> Made:
    def f(x):
        e = np.exp(-np.abs(x))
        return np.where(x >= 0, 1 / (1 + e), e / (1 + e))

    return only(f, (X,), lambda args, out, ct: (ct * out * (1 - out),))


@made("Small arrays by a loop, large ones at once.")
def two_ways_for_two_sizes() -> Made:
    def right(args, out, ct):
        (x,) = args
        if x.size < 32:
            return (np.array([2 * a * c for a, c in zip(x, ct, strict=True)]),)
        return (2 * x * ct,)

    return only(np.square, (X,), right)


@made("The sample variance, which one entry does not have.")
def sample_variance() -> Made:
    def f(x):
        return np.var(x, ddof=1)

    def right(args, out, ct):
        (x,) = args
        return (2 * ct * (x - x.mean()) / (x.size - 1),)

    return only(f, (X,), right)


@made("An empty batch has no mean.")
def a_mean_that_divides() -> Made:
    def f(x):
        return x.sum() / len(x)

    return only(f, (X,), lambda args, out, ct: (np.full(args[0].shape, ct / len(args[0])),))


@made("A moving average of five.")
def a_moving_average() -> Made:
    def f(x):
        if len(x) < 5:
            raise ValueError("at least five")
        return np.convolve(x, np.full(5, 0.2), "valid")

    return only(f, (X,), lambda args, out, ct: (np.convolve(ct, np.full(5, 0.2), "full"),))


@made("Heads of four features each.")
def heads_of_four() -> Made:
    def f(x):
        n, d = x.shape
        return (x.reshape(n, d // 4, 4) ** 2).sum(axis=-1)

    def right(args, out, ct):
        return (2 * args[0] * np.repeat(ct, 4, axis=1),)

    return only(f, (np.sin(np.arange(16.0)).reshape(2, 8),), right)


@made("Weights of the closure fix the number of features.")
def fixed_weights() -> Made:
    w = np.array([0.3, -0.2, 0.5, 0.1])

    return only(lambda x: np.sin(x @ w), (R,), lambda args, out, ct: ((ct * np.cos(args[0] @ w))[:, None] * w,))


@made("Float32 is computed in float64 and returned in float32.")
def promoted() -> Made:
    def f(x):
        wide = x.astype(np.float64) if x.dtype == np.float32 else x
        return np.exp(wide).astype(x.dtype)

    def right(args, out, ct):
        (x,) = args
        if x.dtype == np.float32:
            return ((ct.astype(np.float64) * np.exp(x.astype(np.float64))).astype(np.float32),)
        return (ct * out,)

    return only(f, (X,), right)


@made("An epsilon for each dtype.")
def an_epsilon_for_each_dtype() -> Made:
    def f(x):
        return x / np.sqrt(np.mean(x * x) + np.finfo(x.dtype).eps)

    def right(args, out, ct):
        (x,) = args
        r = 1 / np.sqrt(np.mean(x * x) + np.finfo(x.dtype).eps)
        return (ct * r - x * r**3 * np.mean(ct * x),)

    return only(f, (X,), right)


@made("Blocks of 64, each of which knows its end.")
def blocks_with_their_ends() -> Made:
    def right(args, out, ct):
        (x,) = args
        found = np.empty_like(x)
        for i in range(0, x.size, 64):
            end = min(i + 64, x.size)
            found[i:end] = np.cos(x[i:end]) * ct[i:end]
        return (found,)

    return only(np.sin, (X,), right)


@made("A ReLU with blocks: ties and sizes at once.")
def rectified_in_blocks() -> Made:
    def right(args, out, ct):
        (x,) = args
        parts = np.array_split(np.arange(x.size), max(1, x.size // 16))
        return (np.concatenate([ct[p] * (x[p] > 0) for p in parts]),)

    return only(lambda x: np.maximum(x, 0.0), (X,), right)
