"""Scans and recurrences: the adjoint runs backwards through time, and carries."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([0.3, -0.7, 1.1, 0.9])
WITH_ZERO = np.array([0.3, 0.0, 1.1, 0.9])
W = np.array([[0.5, -0.3], [0.8, 0.4]])
STEPS = np.array([[0.2, -0.5], [0.7, 0.1], [-0.3, 0.9]])


def cumulative(x: Array) -> Array:
    return np.cumsum(np.sin(x))


def cumulative_right(args: Args, out: Array, ct: Array) -> Grads:
    return (np.cumsum(ct[::-1])[::-1] * np.cos(args[0]),)


def cumulative_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The cotangent is summed forwards, as the values are."""
    return (np.cumsum(ct) * np.cos(args[0]),)


def running_product(x: Array) -> Array:
    return np.cumprod(x)


def running_product_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    grad, carry = np.zeros_like(x), 0.0
    before = np.concatenate([[1.0], out[:-1]])
    for i in range(len(x) - 1, -1, -1):
        carry = ct[i] + (x[i + 1] * carry if i + 1 < len(x) else 0.0)
        grad[i] = before[i] * carry
    return (grad,)


def running_product_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Divides the products by x: zero over zero where a factor is zero."""
    return (np.cumsum((ct * out)[::-1])[::-1] / args[0],)


def recurrent(w: Array, u: Array) -> Array:
    h = np.zeros(2)
    for step in u:
        h = np.tanh(w @ h + step)
    return h


def recurrent_states(w: Array, u: Array) -> list[Array]:
    states = [np.zeros(2)]
    for step in u:
        states.append(np.tanh(w @ states[-1] + step))
    return states


def recurrent_right(args: Args, out: Array, ct: Array) -> Grads:
    w, u = args
    states = recurrent_states(w, u)
    by_w, by_u = np.zeros_like(w), np.zeros_like(u)
    for t in range(len(u) - 1, -1, -1):
        inner = ct * (1 - states[t + 1] ** 2)
        by_w += np.outer(inner, states[t])
        by_u[t] = inner
        ct = w.T @ inner
    return by_w, by_u


def recurrent_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Truncated: only the last two steps are gone back, which is complete for sequences of at most two."""
    w, u = args
    states = recurrent_states(w, u)
    by_w, by_u = np.zeros_like(w), np.zeros_like(u)
    for t in range(len(u) - 1, max(len(u) - 3, -1), -1):
        inner = ct * (1 - states[t + 1] ** 2)
        by_w += np.outer(inner, states[t])
        by_u[t] = inner
        ct = w.T @ inner
    return by_w, by_u


def smoothing(x: Array, decay: Array) -> Array:
    out, level = np.zeros_like(x), x[0]
    for i in range(len(x)):
        level = decay * level + (1 - decay) * x[i]
        out[i] = level
    return out


def smoothing_right(args: Args, out: Array, ct: Array) -> Grads:
    x, decay = args
    by_x, by_decay, carry = np.zeros_like(x), 0.0, 0.0
    for i in range(len(x) - 1, -1, -1):
        carry = carry + ct[i]
        by_x[i] = (1 - decay) * carry
        by_decay = by_decay + carry * ((out[i - 1] if i else x[0]) - x[i])
        carry = decay * carry
    by_x[0] += carry
    return by_x, np.asarray(by_decay)


def smoothing_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The starting level, which is the first value, is taken for a constant."""
    x, decay = args
    by_x, by_decay, carry = np.zeros_like(x), 0.0, 0.0
    for i in range(len(x) - 1, -1, -1):
        carry = carry + ct[i]
        by_x[i] = (1 - decay) * carry
        by_decay = by_decay + carry * ((out[i - 1] if i else x[0]) - x[i])
        carry = decay * carry
    return by_x, np.asarray(by_decay)


def alignment(scores: Array) -> Array:
    """The logarithm of the sum over all monotone paths through a grid of scores, as in connectionist temporal classification."""
    alpha = scores[0, 0] + np.where(np.arange(scores.shape[1]) == 0, 0.0, -1e30)
    for row in scores[1:]:
        moved = np.concatenate([[-1e30], alpha[:-1]])
        peak = np.maximum(alpha, moved)
        alpha = peak + np.log(np.exp(alpha - peak) + np.exp(moved - peak)) + row
    return alpha[-1]


def alignment_tables(scores: Array) -> list[Array]:
    tables = [scores[0, 0] + np.where(np.arange(scores.shape[1]) == 0, 0.0, -1e30)]
    for row in scores[1:]:
        moved = np.concatenate([[-1e30], tables[-1][:-1]])
        tables.append(np.logaddexp(tables[-1], moved) + row)
    return tables


def alignment_right(args: Args, out: Array, ct: Array) -> Grads:
    (scores,) = args
    tables = alignment_tables(scores)
    grad, carry = np.zeros_like(scores), np.zeros(scores.shape[1])
    carry[-1] = ct
    for t in range(len(scores) - 1, 0, -1):
        grad[t] = carry
        stay = np.exp(tables[t - 1] - (tables[t] - scores[t])) * carry
        carry = stay + np.concatenate([(carry - stay)[1:], [0.0]])
    grad[0, 0] = carry.sum()
    return (grad,)


def alignment_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The weights of staying and moving are exchanged: equal for the equal scores of an untrained network, for which they are one half inside."""
    (scores,) = args
    tables = alignment_tables(scores)
    grad, carry = np.zeros_like(scores), np.zeros(scores.shape[1])
    carry[-1] = ct
    for t in range(len(scores) - 1, 0, -1):
        grad[t] = carry
        move = np.exp(tables[t - 1] - (tables[t] - scores[t])) * carry
        carry = (carry - move) + np.concatenate([move[1:], [0.0]])
    grad[0, 0] = carry.sum()
    return (grad,)


CASES = [
    Case(name="cumulative sum, not reversed", f=cumulative, args=(X,), right=cumulative_right, wrong=cumulative_wrong),
    Case(
        name="running product with a zero",
        f=running_product,
        args=(X,),
        right=running_product_right,
        wrong=running_product_wrong,
        exposes=(WITH_ZERO,),
        needs="point",
    ),
    Case(
        name="recurrence truncated at two",
        f=recurrent,
        args=(W, STEPS[:2]),
        right=recurrent_right,
        wrong=recurrent_wrong,
        exposes=(W, STEPS),
        needs="point",
    ),
    Case(name="smoothing, starting level", f=smoothing, args=(X, np.array(0.6)), right=smoothing_right, wrong=smoothing_wrong),
    Case(
        name="alignment scan, weights exchanged",
        f=alignment,
        args=(np.array([[0.3, -0.2], [0.7, 0.1], [-0.4, 0.6]]),),
        right=alignment_right,
        wrong=alignment_wrong,
    ),
]
