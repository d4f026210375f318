"""Losses: right on easy data, wrong for soft labels, ignored classes, negative pairs, confident mistakes."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads, Value
from scipy.special import expit

LOGITS = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4]])
HARD = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
COUNTS = np.array([[2.0, 0.0, 1.0], [0.5, 0.0, 0.2]])
Z = np.array([0.3, -0.7, 1.1, 0.9])


def cross_entropy(logits: Array, target: Array) -> Value:
    return -np.mean(np.sum(target * (logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))), axis=1))


def cross_entropy_right(args: Args, out: Array, ct: Array) -> Grads:
    logits, target = args
    logs = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    return ct * (np.exp(logs) * target.sum(axis=1, keepdims=True) - target) / len(logits), -ct * logs / len(logits)


def cross_entropy_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Probabilities minus targets is right where the targets of a row add up to one; weighted labels and counts do not."""
    logits, target = args
    logs = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    return ct * (np.exp(logs) - target) / len(logits), -ct * logs / len(logits)


def binary_cross_entropy(z: Array, y: Array) -> Value:
    return np.mean(np.logaddexp(0.0, z) - y * z)


def binary_cross_entropy_right(args: Args, out: Array, ct: Array) -> Grads:
    z, y = args
    return ct * (expit(z) - y) / z.size, -ct * z / z.size


def binary_cross_entropy_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The probability is clipped to [0.001, 0.999], for a logarithm that is not even there: confident scores get the wrong slope."""
    z, y = args
    return ct * (np.clip(expit(z), 1e-3, 1 - 1e-3) - y) / z.size, -ct * z / z.size


def focal(z: Array) -> Value:
    return -np.sum((1 - expit(z)) ** 2 * np.log(expit(z)))


def focal_right(args: Args, out: Array, ct: Array) -> Grads:
    p = expit(args[0])
    return (ct * (2 * p * (1 - p) ** 2 * np.log(p) - (1 - p) ** 3),)


def focal_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The modulating factor is treated as a weight: its own derivative is missing."""
    p = expit(args[0])
    return (-ct * (1 - p) ** 3,)


def contrastive(a: Array, b: Array) -> Array:
    similarity = a @ b.T
    return np.sum(np.log(np.sum(np.exp(similarity), axis=1)) - np.diag(similarity))


def contrastive_right(args: Args, out: Array, ct: Array) -> Grads:
    a, b = args
    e = np.exp(a @ b.T)
    inner = ct * (e / e.sum(axis=1, keepdims=True) - np.eye(len(a)))
    return inner @ b, inner.T @ a


def contrastive_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The second encoder is treated by columns, as if the loss were symmetric: right for similarities that are."""
    a, b = args
    e = np.exp(a @ b.T)
    by_rows = ct * (e / e.sum(axis=1, keepdims=True) - np.eye(len(a)))
    by_columns = ct * (e / e.sum(axis=0, keepdims=True) - np.eye(len(a)))
    return by_rows @ b, by_columns @ a


def poisson(rate: Array, count: Array) -> Array:
    return np.sum(rate - count * np.log(rate))


def poisson_right(args: Args, out: Array, ct: Array) -> Grads:
    rate, count = args
    return ct * (1 - count / rate), -ct * np.log(rate)


def poisson_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """An epsilon of 1e-3 in the denominator, on the way back only, is felt by small rates."""
    rate, count = args
    return ct * (1 - count / np.maximum(rate, 1e-3)), -ct * np.log(rate)


CASES = [
    Case(
        name="cross-entropy of weighted labels",
        f=cross_entropy,
        args=(LOGITS, HARD),
        right=cross_entropy_right,
        wrong=cross_entropy_wrong,
        exposes=(LOGITS, COUNTS),
        needs="point",
    ),
    Case(
        name="binary cross-entropy, clipped",
        f=binary_cross_entropy,
        args=(Z, np.array([1.0, 0.0, 1.0, 1.0])),
        right=binary_cross_entropy_right,
        wrong=binary_cross_entropy_wrong,
        exposes=(20 * Z, np.array([1.0, 0.0, 1.0, 1.0])),
        needs="point",
    ),
    Case(name="focal loss with a detached factor", f=focal, args=(Z,), right=focal_right, wrong=focal_wrong),
    Case(
        name="contrastive loss by columns",
        f=contrastive,
        args=(LOGITS, LOGITS.copy()),
        right=contrastive_right,
        wrong=contrastive_wrong,
        exposes=(LOGITS, COUNTS),
        needs="point",
    ),
    Case(
        name="Poisson loss of a small rate",
        f=poisson,
        args=(np.abs(Z), np.array([1.0, 0.0, 2.0, 1.0])),
        right=poisson_right,
        wrong=poisson_wrong,
        exposes=(np.array([1e-4, 0.5]), np.array([1.0, 2.0])),
        needs="point",
    ),
]
