"""Whole layers, as an author of kernels writes them: convolution, attention, gates, interpolation."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([[0.3, -0.7], [1.1, 0.9], [0.2, -0.4], [0.8, 0.5]])
KERNEL = np.array([0.5, -0.3, 0.8])
SIGNAL = np.array([0.3, -0.7, 1.1, 0.9, 0.2, -0.4])
GATES = np.array([[0.5, -0.3], [0.8, 0.4], [-0.6, 0.7], [0.1, 0.9]])


def convolution(x: Array, w: Array) -> Array:
    return np.array([x[i : i + len(w)] @ w for i in range(len(x) - len(w) + 1)])


def convolution_right(args: Args, out: Array, ct: Array) -> Grads:
    x, w = args
    by_x, by_w = np.zeros_like(x), np.zeros_like(w)
    for i, c in enumerate(ct):
        by_x[i : i + len(w)] += c * w
        by_w += c * x[i : i + len(w)]
    return by_x, by_w


def convolution_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The kernel is flipped once too often on the way back: right for the symmetric kernel of a blur."""
    x, w = args
    by_x, by_w = np.zeros_like(x), np.zeros_like(w)
    for i, c in enumerate(ct):
        by_x[i : i + len(w)] += c * w[::-1]
        by_w += c * x[i : i + len(w)]
    return by_x, by_w


def strided_convolution(x: Array, w: Array) -> Array:
    return np.array([x[i : i + 2] @ w for i in range(0, len(x) - 1, 2)])


def strided_convolution_right(args: Args, out: Array, ct: Array) -> Grads:
    x, w = args
    by_x, by_w = np.zeros_like(x), np.zeros_like(w)
    for i, c in enumerate(ct):
        by_x[2 * i : 2 * i + 2] += c * w
        by_w += c * x[2 * i : 2 * i + 2]
    return by_x, by_w


def strided_convolution_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The input's gradient is placed without the stride; the kernel's, on which training depends, is right."""
    x, w = args
    by_x, by_w = np.zeros_like(x), np.zeros_like(w)
    for i, c in enumerate(ct):
        by_x[i : i + 2] += c * w
        by_w += c * x[2 * i : 2 * i + 2]
    return by_x, by_w


def causal_attention(q: Array, k: Array, v: Array) -> Array:
    scores = np.where(np.tri(len(q)) > 0, q @ k.T / np.sqrt(2), -1e9)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) @ v


def attention_weights(q: Array, k: Array) -> Array:
    scores = np.where(np.tri(len(q)) > 0, q @ k.T / np.sqrt(2), -1e9)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def causal_attention_right(args: Args, out: Array, ct: Array) -> Grads:
    q, k, v = args
    p = attention_weights(q, k)
    by_p = ct @ v.T
    by_scores = p * (by_p - np.sum(ct * out, axis=1, keepdims=True)) / np.sqrt(2)
    return by_scores @ k, by_scores.T @ q, p.T @ ct


def causal_attention_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The weights are computed anew without the mask: one query alone has nothing to mask."""
    q, k, v = args
    e = np.exp(q @ k.T / np.sqrt(2))
    p = e / e.sum(axis=1, keepdims=True)
    by_p = ct @ v.T
    by_scores = p * (by_p - np.sum(ct * out, axis=1, keepdims=True)) / np.sqrt(2)
    return by_scores @ k, by_scores.T @ q, p.T @ ct


def gated_step(h: Array, x: Array, w: Array) -> Array:
    z = 1 / (1 + np.exp(-(w[0:2] @ h + x)))
    return (1 - z) * h + z * np.tanh(w[2:4] @ h + x)


def gated_step_right(args: Args, out: Array, ct: Array) -> Grads:
    h, x, w = args
    z, n = 1 / (1 + np.exp(-(w[0:2] @ h + x))), np.tanh(w[2:4] @ h + x)
    by_z, by_n = ct * (n - h) * z * (1 - z), ct * z * (1 - n**2)
    by_h = ct * (1 - z) + w[0:2].T @ by_z + w[2:4].T @ by_n
    return by_h, by_z + by_n, np.concatenate([np.outer(by_z, h), np.outer(by_n, h)])


def gated_step_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The gate's gradient uses the candidate alone, not the candidate minus the state: right from a state of zero, where a sequence starts."""
    h, x, w = args
    z, n = 1 / (1 + np.exp(-(w[0:2] @ h + x))), np.tanh(w[2:4] @ h + x)
    by_z, by_n = ct * n * z * (1 - z), ct * z * (1 - n**2)
    by_h = ct * (1 - z) + w[0:2].T @ by_z + w[2:4].T @ by_n
    return by_h, by_z + by_n, np.concatenate([np.outer(by_z, h), np.outer(by_n, h)])


def interpolation(table: Array, at: Array) -> Array:
    left = np.floor(at).astype(int)
    part = at - left
    return (1 - part) * table[left] + part * table[left + 1]


def interpolation_right(args: Args, out: Array, ct: Array) -> Grads:
    table, at = args
    left, grad = np.floor(at).astype(int), np.zeros_like(table)
    np.add.at(grad, left, ct * (1 - (at - left)))
    np.add.at(grad, left + 1, ct * (at - left))
    return grad, ct * (table[left + 1] - table[left])


def interpolation_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The two weights of the neighbours are exchanged in the table's gradient: equal half way, where the test samples."""
    table, at = args
    left, grad = np.floor(at).astype(int), np.zeros_like(table)
    np.add.at(grad, left, ct * (at - left))
    np.add.at(grad, left + 1, ct * (1 - (at - left)))
    return grad, ct * (table[left + 1] - table[left])


def upsampling(x: Array) -> Array:
    return np.repeat(np.repeat(x, 2, axis=0), 2, axis=1) ** 2


def upsampling_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (2 * x * ct.reshape(x.shape[0], 2, x.shape[1], 2).sum(axis=(1, 3)),)


def upsampling_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """One of the four copies is read, and taken four times: right for a cotangent that is constant over each block, as the sum gives."""
    (x,) = args
    return (8 * x * ct[::2, ::2],)


CASES = [
    Case(
        name="convolution with a flipped kernel",
        f=convolution,
        args=(SIGNAL, np.array([0.25, 0.5, 0.25])),
        right=convolution_right,
        wrong=convolution_wrong,
        exposes=(SIGNAL, KERNEL),
        needs="point",
    ),
    Case(
        name="strided convolution without the stride",
        f=strided_convolution,
        args=(SIGNAL, KERNEL[:2]),
        right=strided_convolution_right,
        wrong=strided_convolution_wrong,
    ),
    Case(
        name="causal attention without the mask",
        f=causal_attention,
        args=(X[:1], X[1:2], X[2:3]),
        right=causal_attention_right,
        wrong=causal_attention_wrong,
        exposes=(X, X[::-1].copy(), GATES),
        needs="point",
    ),
    Case(
        name="gated step from a state of zero",
        f=gated_step,
        args=(np.zeros(2), X[0], GATES),
        right=gated_step_right,
        wrong=gated_step_wrong,
        exposes=(X[1], X[0], GATES),
        needs="point",
    ),
    Case(
        name="interpolation half way",
        f=interpolation,
        args=(SIGNAL, np.array([0.5, 2.5, 3.5])),
        right=interpolation_right,
        wrong=interpolation_wrong,
        exposes=(SIGNAL, np.array([0.3, 2.8, 3.5])),
        needs="point",
        smooth=(SIGNAL, np.array([0.5, 1.4, 2.5])),
    ),
    Case(name="upsampling, one copy of four", f=upsampling, args=(X,), right=upsampling_right, wrong=upsampling_wrong, needs="cotangent"),
]
