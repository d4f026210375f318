"""Correct, with very many inputs: sums of thousands of terms, whose rounding grows and whose single entries are small."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads, Value

LONG = np.sin(1.7 * np.arange(1000.0))


def mean_square(x: Array) -> Value:
    return np.mean(x**2)


def mean_square_right(args: Args, out: Array, ct: Array) -> Grads:
    """A mean of a thousand: each entry of the gradient is about 1e-3."""
    return (2 * ct * args[0] / args[0].size,)


def softmax_entropy(x: Array) -> Array:
    shifted = x - x.max()
    logs = shifted - np.log(np.sum(np.exp(shifted)))
    return -np.sum(np.exp(logs) * logs)


def softmax_entropy_right(args: Args, out: Array, ct: Array) -> Grads:
    """The entropy of a thousand classes: in each entry the logarithm nearly cancels the entropy."""
    shifted = args[0] - args[0].max()
    logs = shifted - np.log(np.sum(np.exp(shifted)))
    return (-ct * np.exp(logs) * (logs + out),)


def product_of_many(x: Array) -> Array:
    return np.exp(np.sum(np.log1p(0.01 * x)))


def product_of_many_right(args: Args, out: Array, ct: Array) -> Grads:
    """A thousand factors near one, each of which moves the product a little."""
    return (0.01 * ct * out / (1 + 0.01 * args[0]),)


CASES = [
    Case(name="mean square of a thousand", f=mean_square, args=(LONG,), right=mean_square_right, smooth=(LONG[:20],)),
    Case(name="entropy of a thousand classes", f=softmax_entropy, args=(LONG,), right=softmax_entropy_right, smooth=(LONG[:20],)),
    Case(name="product of a thousand factors", f=product_of_many, args=(LONG,), right=product_of_many_right, smooth=(LONG[:20],)),
]
