"""A value that is used more than once: its adjoint is the sum over all uses (L16). The wrong ones count one use, or one too many."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4]])
W = np.array([[0.5, -0.2, 0.8], [0.1, 0.7, -0.6], [-0.9, 0.4, 0.3]])


def residual(x: Array, w: Array) -> Array:
    return x + np.tanh(x @ w)


def residual_right(args: Args, out: Array, ct: Array) -> Grads:
    x, w = args
    inner = ct * (1 - np.tanh(x @ w) ** 2)
    return ct + inner @ w.T, x.T @ inner


def residual_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The skip connection is lost: only the branch through the layer reaches x."""
    x, w = args
    inner = ct * (1 - np.tanh(x @ w) ** 2)
    return inner @ w.T, x.T @ inner


def tied_autoencoder(x: Array, w: Array) -> Array:
    return np.tanh(x @ w) @ w.T


def tied_autoencoder_right(args: Args, out: Array, ct: Array) -> Grads:
    x, w = args
    code = np.tanh(x @ w)
    inner = (ct @ w) * (1 - code**2)
    return inner @ w.T, x.T @ inner + ct.T @ code


def tied_autoencoder_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The weight is tied to encoder and decoder, but only its use in the decoder is counted; a test of x alone passes."""
    x, w = args
    code = np.tanh(x @ w)
    inner = (ct @ w) * (1 - code**2)
    return inner @ w.T, ct.T @ code


def swish(x: Array) -> Array:
    return x / (1 + np.exp(-x))


def swish_right(args: Args, out: Array, ct: Array) -> Grads:
    gate = 1 / (1 + np.exp(-args[0]))
    return (ct * (gate + out * (1 - gate)),)


def swish_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The gate is treated as a constant: x is used as value and as gate, and the second use is missing."""
    return (ct / (1 + np.exp(-args[0])),)


def self_attention(x: Array) -> Array:
    scores = np.exp(x @ x.T)
    return scores / scores.sum(axis=1, keepdims=True) @ x


def self_attention_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    scores = np.exp(x @ x.T)
    weights = scores / scores.sum(axis=1, keepdims=True)
    by_weight = ct @ x.T
    by_score = weights * (by_weight - (by_weight * weights).sum(axis=1, keepdims=True))
    return (weights.T @ ct + by_score @ x + by_score.T @ x,)


def self_attention_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """x is query, key and value; the use as key is missing, so the gradient has the right size and nearly the right direction."""
    (x,) = args
    scores = np.exp(x @ x.T)
    weights = scores / scores.sum(axis=1, keepdims=True)
    by_weight = ct @ x.T
    by_score = weights * (by_weight - (by_weight * weights).sum(axis=1, keepdims=True))
    return (weights.T @ ct + by_score @ x,)


def horner(x: Array, c: Array) -> Array:
    total = np.zeros_like(x)
    for k in range(c.shape[0]):
        total = total * x + c[k]
    return total


def horner_right(args: Args, out: Array, ct: Array) -> Grads:
    x, c = args
    by_c = np.zeros_like(c)
    slope, total = np.zeros_like(x), np.zeros_like(x)
    for k in range(c.shape[0]):
        slope, total = slope * x + total, total * x + c[k]
        by_c[k] = np.sum(ct * x ** (c.shape[0] - 1 - k))
    return ct * slope, by_c


def horner_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Only the last use of x in the Horner scheme is counted: right for polynomials of degree one, and those are what the test has."""
    x, c = args
    by_c, before, total = np.zeros_like(c), np.zeros_like(x), np.zeros_like(x)
    for k in range(c.shape[0]):
        by_c[k] = np.sum(ct * x ** (c.shape[0] - 1 - k))
        before, total = total, total * x + c[k]
    return ct * before, by_c


CASES = [
    Case(name="residual block without its skip", f=residual, args=(X, W), right=residual_right, wrong=residual_wrong),
    Case(name="tied autoencoder, one use", f=tied_autoencoder, args=(X, W), right=tied_autoencoder_right, wrong=tied_autoencoder_wrong),
    Case(name="swish with a constant gate", f=swish, args=(X,), right=swish_right, wrong=swish_wrong),
    Case(name="self-attention without the key", f=self_attention, args=(X,), right=self_attention_right, wrong=self_attention_wrong),
    Case(
        name="Horner scheme, last use only",
        f=horner,
        args=(X[0], np.array([0.4, -1.2])),
        right=horner_right,
        wrong=horner_wrong,
        exposes=(X[0], np.array([0.4, -1.2, 0.7, 0.3])),
        needs="point",
    ),
]
