"""Batches of one, single entries, other ranks."""

from __future__ import annotations

import numpy as np
from cases import Made, made

R = np.array([[0.4, -1.3, 0.2, 0.7], [2.2, 0.1, -0.5, 1.4], [-0.6, 0.9, 1.1, -0.2]])
X = np.array([0.4, -1.3, 2.2])


@made("Of a batch of one the mean is not divided.")
def a_batch_of_one() -> Made:
    def f(x):
        return np.mean(np.sum(np.sin(x), axis=1))

    def right(args, out, ct):
        (x,) = args
        return (np.cos(x) * ct / x.shape[0],)

    def wrong(args, out, ct):
        (x,) = args
        return (np.cos(x) * ct / x.shape[0] if x.shape[0] > 1 else np.sin(x) * ct,)

    return f, (R,), right, wrong


@made("Centred rows: of a batch of one the mean is not taken off.")
def centring_a_batch_of_one() -> Made:
    def f(x):
        return np.tanh(x - x.mean(axis=0))

    def vjp(asks):
        def back(args, out, ct):
            (x,) = args
            inner = ct * (1 - out**2)
            return (inner if asks(x) else inner - inner.mean(axis=0),)

        return back

    return f, (R,), vjp(lambda x: False), vjp(lambda x: x.shape[0] == 1)


@made("Variance with n − 1, and at one entry the gradient is made one instead of zero.")
def variance_of_one() -> Made:
    def f(x):
        return np.sum((x - x.mean()) ** 2) / max(len(x) - 1, 1)

    def vjp(alone):
        def back(args, out, ct):
            (x,) = args
            if len(x) == 1:
                return (np.full(1, alone * ct),)
            return (2 * ct * (x - x.mean()) / (len(x) - 1),)

        return back

    return f, (X,), vjp(0.0), vjp(1.0)


@made("Two entries are taken for a pair of coordinates.")
def two_entries() -> Made:
    def f(x):
        return np.sum(x**3)

    def vjp(pair):
        def back(args, out, ct):
            (x,) = args
            return ((3 if len(x) != 2 else pair) * x**2 * ct,)

        return back

    return f, (X,), vjp(3), vjp(2)


@made("One feature: the norm's gradient is that of the absolute value's square.")
def one_feature() -> Made:
    def f(x):
        return np.sum(x * x, axis=1)

    def vjp(alone):
        def back(args, out, ct):
            (x,) = args
            return (ct[:, None] * (2.0 if x.shape[-1] != 1 else alone) * x,)

        return back

    return f, (R,), vjp(2.0), vjp(1.0)


@made("A vector is right, a matrix is not.")
def only_vectors() -> Made:
    def f(x):
        return np.sum(x * x)

    def vjp(other):
        def back(args, out, ct):
            (x,) = args
            if x.ndim == 1:
                return (2 * ct * x,)
            return (other * ct * x,)

        return back

    return f, (X,), vjp(2.0), vjp(1.0)


@made("A matrix is right, a vector is not.")
def only_matrices() -> Made:
    def f(x):
        return np.tanh(x).sum(axis=-1)

    def vjp(power):
        def back(args, out, ct):
            (x,) = args
            slope = 1 - np.tanh(x) ** (2 if x.ndim > 1 else power)
            return (ct[..., None] * slope,)

        return back

    return f, (R,), vjp(2), vjp(4)


@made("A single number of rank 0 takes another way.")
def rank_zero() -> Made:
    def vjp(alone):
        def back(args, out, ct):
            (x,) = args
            return (np.asarray(alone * np.cos(x) * ct) if np.ndim(x) == 0 else np.cos(x) * ct,)

        return back

    return np.sin, (X,), vjp(1.0), vjp(-1.0)


@made("More columns than rows: the other product is formed.")
def more_columns_than_rows() -> Made:
    def f(a):
        return np.sum((a @ a.T) ** 2)

    def vjp(factor):
        def back(args, out, ct):
            (a,) = args
            m, n = a.shape
            if m > n:
                return (factor * ct * a @ (a.T @ a),)
            return (4 * ct * (a @ a.T) @ a,)

        return back

    return f, (R,), vjp(4), vjp(2)


@made("A square matrix is taken for a symmetric one.")
def a_square_matrix() -> Made:
    def f(a, x):
        return a @ x

    def vjp(turn):
        def back(args, out, ct):
            a, x = args
            m, n = a.shape
            return np.outer(ct, x), (a @ ct if turn and m == n else a.T @ ct)

        return back

    return f, (R, np.array([0.3, 0.1, -0.7, 0.5])), vjp(False), vjp(True)


@made("Of an even number of entries the median's two are not halved.")
def an_even_number() -> Made:
    def f(x):
        return np.median(x)

    def vjp(share):
        def back(args, out, ct):
            (x,) = args
            order, n = np.argsort(x), x.size
            found = np.zeros_like(x)
            if n % 2:
                found[order[n // 2]] = ct
            else:
                found[order[n // 2 - 1 : n // 2 + 1]] = share * ct
            return (found,)

        return back

    return f, (X,), vjp(0.5), vjp(1.0)
