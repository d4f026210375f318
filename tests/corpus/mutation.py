"""The backward pass writes where it must not: into an input, the output, the cotangent. The numbers of one call are right."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4]])
LABELS = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


def relu(x: Array) -> Array:
    return np.maximum(x, 0.0)


def relu_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * (args[0] > 0),)


def relu_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Masks the cotangent in place to save memory: another consumer of the same cotangent sees zeros."""
    ct[args[0] <= 0] = 0.0
    return (ct.copy(),)


def cross_entropy(logits: Array, labels: Array) -> Array:
    return -np.sum(labels * (logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))), axis=1)


def cross_entropy_right(args: Args, out: Array, ct: Array) -> Grads:
    logits, labels = args
    logs = np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    weight = labels.sum(axis=1, keepdims=True)
    return ct[:, None] * (weight * np.exp(logits - logs) - labels), -ct[:, None] * (logits - logs)


def cross_entropy_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Subtracts the logarithm of the normalizer from the logits in place: the caller's logits are shifted, and a second call still agrees."""
    logits, labels = args
    logits -= np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    weight = labels.sum(axis=1, keepdims=True)
    return ct[:, None] * (weight * np.exp(logits) - labels), -ct[:, None] * logits


def tanh(x: Array) -> Array:
    return np.tanh(x)


def tanh_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * (1 - out**2),)


def tanh_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Reuses the output as scratch space: the next layer's input is destroyed."""
    out *= -out
    out += 1
    return (ct * out,)


def power_sum(x: Array) -> Array:
    return np.sum(x**4, axis=1)


def power_sum_right(args: Args, out: Array, ct: Array) -> Grads:
    return (4 * ct[:, None] * args[0] ** 3,)


def power_sum_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Scales the cotangent in place: transposed or sliced cotangents, which are views, change their owner."""
    ct *= 4
    return (ct[:, None] * args[0] ** 3,)


def clipped(x: Array) -> Array:
    return np.clip(x, -0.5, 1.0)


def clipped_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * ((x > -0.5) & (x < 1.0)),)


def clipped_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Clips the input in place to compare it with the output, and the caller's array with it."""
    (x,) = args
    inside = (x > -0.5) & (x < 1.0)
    np.clip(x, -0.5, 1.0, out=x)
    return (ct * inside,)


CASES = [
    Case(name="cotangent masked in place", f=relu, args=(X,), right=relu_right, wrong=relu_wrong, needs="protocol", probe="bytes"),
    Case(
        name="logits shifted in place",
        f=cross_entropy,
        args=(X, LABELS),
        right=cross_entropy_right,
        wrong=cross_entropy_wrong,
        needs="protocol",
        probe="bytes",
    ),
    Case(name="output as scratch space", f=tanh, args=(X,), right=tanh_right, wrong=tanh_wrong, needs="protocol", probe="bytes"),
    Case(
        name="cotangent scaled in place",
        f=power_sum,
        args=(X,),
        right=power_sum_right,
        wrong=power_sum_wrong,
        needs="protocol",
        probe="read-only",
    ),
    Case(name="input clipped in place", f=clipped, args=(X,), right=clipped_right, wrong=clipped_wrong, needs="protocol", probe="bytes"),
]
