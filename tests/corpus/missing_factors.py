"""A factor is missing, or one too many: 1/n, 2, one half, a scale, a chain rule's last link."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads, Value
from scipy.special import erf

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4]])
Y = np.array([[0.1, 0.4, 0.9], [-0.2, 0.5, 0.3]])


def squared_error(x: Array, y: Array) -> Value:
    return np.mean((x - y) ** 2)


def squared_error_right(args: Args, out: Array, ct: Array) -> Grads:
    x, y = args
    by_x = 2 * ct * (x - y) / x.size
    return by_x, -by_x


def squared_error_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Divides by the batch, not by the number of entries."""
    x, y = args
    by_x = 2 * ct * (x - y) / x.shape[0]
    return by_x, -by_x


def squared_error_no_two_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The factor two of the square is missing, as if the loss had a half in front; the direction is right, so training works."""
    x, y = args
    by_x = ct * (x - y) / x.size
    return by_x, -by_x


def scores(q: Array, k: Array) -> Array:
    return q @ k.T / np.sqrt(q.shape[-1])


def scores_right(args: Args, out: Array, ct: Array) -> Grads:
    q, k = args
    return ct @ k / np.sqrt(q.shape[-1]), ct.T @ q / np.sqrt(q.shape[-1])


def scores_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The scale of the attention scores is missing in the key's gradient; heads of width one cannot show it."""
    q, k = args
    return ct @ k / np.sqrt(q.shape[-1]), ct.T @ q


def softplus(x: Array, beta: Array) -> Array:
    return np.log1p(np.exp(beta * x)) / beta


def softplus_right(args: Args, out: Array, ct: Array) -> Grads:
    x, beta = args
    gate = 1 / (1 + np.exp(-beta * x))
    return ct * gate, np.asarray(np.sum(ct * (gate * x - out) / beta))


def softplus_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The gradient of x is multiplied by beta, a factor that cancels: right for beta equal to one, its default."""
    x, beta = args
    gate = 1 / (1 + np.exp(-beta * x))
    return ct * beta * gate, np.asarray(np.sum(ct * (gate * x - out) / beta))


def gelu(x: Array) -> Array:
    return 0.5 * x * (1 + erf(x / np.sqrt(2)))


def gelu_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * (0.5 * (1 + erf(x / np.sqrt(2))) + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)),)


def gelu_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The normal density has sqrt(pi) for sqrt(2 pi)."""
    (x,) = args
    return (ct * (0.5 * (1 + erf(x / np.sqrt(2))) + x * np.exp(-(x**2) / 2) / np.sqrt(np.pi)),)


def deviation(x: Array) -> Array:
    return x.std(axis=1, ddof=1)


def deviation_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return ((ct / out)[:, None] * (x - x.mean(axis=1, keepdims=True)) / (x.shape[1] - 1),)


def deviation_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Forward divides by n - 1, backward by n."""
    (x,) = args
    return ((ct / out)[:, None] * (x - x.mean(axis=1, keepdims=True)) / x.shape[1],)


def dropout(x: Array, mask: Array) -> Array:
    return x * mask / 0.8


def dropout_right(args: Args, out: Array, ct: Array) -> Grads:
    x, mask = args
    return ct * mask / 0.8, ct * x / 0.8


def dropout_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The rescaling by the keep rate is done on the way forward only."""
    x, mask = args
    return ct * mask, ct * x


CASES = [
    Case(name="mean squared error by the batch", f=squared_error, args=(X, Y), right=squared_error_right, wrong=squared_error_wrong),
    Case(
        name="mean squared error without the two", f=squared_error, args=(X, Y), right=squared_error_right, wrong=squared_error_no_two_wrong
    ),
    Case(name="attention scores, key unscaled", f=scores, args=(X, Y), right=scores_right, wrong=scores_wrong),
    Case(
        name="softplus of beta one",
        f=softplus,
        args=(X, np.array(1.0)),
        right=softplus_right,
        wrong=softplus_wrong,
        exposes=(X, np.array(2.0)),
        needs="point",
    ),
    Case(name="gelu with the wrong density", f=gelu, args=(X,), right=gelu_right, wrong=gelu_wrong),
    Case(name="standard deviation of n", f=deviation, args=(X,), right=deviation_right, wrong=deviation_wrong),
    Case(
        name="dropout unscaled", f=dropout, args=(X, np.array([[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])), right=dropout_right, wrong=dropout_wrong
    ),
]
