"""A region that no natural test reaches: beyond a threshold, inside a window, in a larger batch, for an odd length, at a tie of integers."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads, Value

X = np.array([0.3, -0.7, 1.1, 0.9])
Y = np.array([0.1, 0.4, 0.6, 0.2])
BATCH = np.sin(np.arange(12.0)).reshape(4, 3)


def relu6(x: Array) -> Array:
    return np.minimum(np.maximum(x, 0.0), 6.0)


def relu6_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * (x > 0) * (x < 6),)


def relu6_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The upper bound is forgotten: nothing sampled from a normal distribution exceeds six."""
    return (ct * (args[0] > 0),)


def huber(x: Array, y: Array) -> Array:
    size = np.abs(x - y)
    return np.where(size <= 2.0, 0.5 * size**2, 2.0 * size - 2.0)


def huber_right(args: Args, out: Array, ct: Array) -> Grads:
    x, y = args
    by_x = ct * np.clip(x - y, -2.0, 2.0)
    return by_x, -by_x


def huber_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """In the linear part the slope is one instead of delta; residuals of the test are small."""
    x, y = args
    by_x = ct * np.where(np.abs(x - y) <= 2.0, x - y, np.sign(x - y))
    return by_x, -by_x


def compressed(x: Array) -> Array:
    return np.where(x > 3, 3 + np.log1p(np.maximum(x, 3.0) - 3), x)


def compressed_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * np.where(x > 3, 1 / (np.maximum(x, 3.0) - 2), 1.0),)


def compressed_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Beyond three the slope is that of log, not of log1p: a branch that is never sampled."""
    (x,) = args
    return (ct * np.where(x > 3, 1 / np.maximum(x - 3, 1e-3), 1.0),)


def notch(x: Array) -> Array:
    return np.where((x > 2.0) & (x < 2.01), x + 50 * (x - 2.0) * (2.01 - x), x)


def notch_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * np.where((x > 2.0) & (x < 2.01), 1 + 50 * (4.01 - 2 * x), 1.0),)


def notch_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Inside a window of one hundredth the correction is ignored; blind samples never fall into it."""
    return (ct * np.ones_like(args[0]),)


def pairwise(x: Array) -> Array:
    return np.sum(np.tanh(x @ x.T))


def pairwise_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    inner = ct * (1 - np.tanh(x @ x.T) ** 2)
    return ((inner + inner.T) @ x,)


def pairwise_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Of all pairs only an example, itself and its neighbours are counted: complete for a batch of two."""
    (x,) = args
    inner = ct * (1 - np.tanh(x @ x.T) ** 2)
    near = np.triu(np.tril(inner, 1), -1)
    return ((near + near.T) @ x,)


def long_product(x: Array) -> Value:
    return np.prod(x + 2)


def long_product_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (np.array([ct * np.prod(np.delete(x, i) + 2) for i in range(len(x))]),)


def long_product_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """A kernel with four slots: factors beyond the fourth are left out of the products."""
    (x,) = args
    kept = x[:4]
    head = [ct * np.prod(np.delete(kept, i) + 2) for i in range(len(kept))]
    return (np.array(head + [ct * np.prod(kept + 2)] * (len(x) - len(kept))),)


def pool_pairs(x: Array) -> Array:
    padded = np.concatenate([x, np.zeros(len(x) % 2)])
    return padded.reshape(-1, 2).sum(axis=1) ** 2


def pool_pairs_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    padded = np.concatenate([x, np.zeros(len(x) % 2)])
    return (np.repeat(2 * ct * padded.reshape(-1, 2).sum(axis=1), 2)[: len(x)],)


def pool_pairs_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """For odd lengths the padding is put in front on the way back and at the end on the way forward."""
    (x,) = args
    padded = np.concatenate([x, np.zeros(len(x) % 2)])
    return (np.repeat(2 * ct * padded.reshape(-1, 2).sum(axis=1), 2)[len(x) % 2 :],)


def clipped_policy(ratio: Array, advantage: Array) -> Array:
    return np.minimum(ratio * advantage, np.clip(ratio, 0.8, 1.2) * advantage)


def clipped_policy_right(args: Args, out: Array, ct: Array) -> Grads:
    ratio, advantage = args
    free = ratio * advantage <= np.clip(ratio, 0.8, 1.2) * advantage
    return ct * advantage * free, ct * np.where(free, ratio, np.clip(ratio, 0.8, 1.2))


def clipped_policy_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Outside the clip the gradient is always zero, also where the pessimistic minimum takes the unclipped value: a policy starts with ratios near one."""
    ratio, advantage = args
    free = (ratio >= 0.8) & (ratio <= 1.2)
    return ct * advantage * free, ct * np.clip(ratio, 0.8, 1.2)


CASES = [
    Case(name="ReLU6 without the six", f=relu6, args=(X,), right=relu6_right, wrong=relu6_wrong, exposes=(8 * X,), needs="point"),
    Case(
        name="Huber loss, slope beyond delta", f=huber, args=(X, Y), right=huber_right, wrong=huber_wrong, exposes=(5 * X, Y), needs="point"
    ),
    Case(
        name="compression beyond three",
        f=compressed,
        args=(X,),
        right=compressed_right,
        wrong=compressed_wrong,
        exposes=(4 * X,),
        needs="point",
    ),
    Case(name="a window of one hundredth", f=notch, args=(X,), right=notch_right, wrong=notch_wrong, exposes=(X + 1.702,), needs="point"),
    Case(
        name="pairs of a batch of two",
        f=pairwise,
        args=(BATCH[:2],),
        right=pairwise_right,
        wrong=pairwise_wrong,
        exposes=(BATCH,),
        needs="point",
    ),
    Case(
        name="product of more than four",
        f=long_product,
        args=(X,),
        right=long_product_right,
        wrong=long_product_wrong,
        exposes=(np.array([0.3, -0.7, 1.1, 0.9, 0.4]),),
        needs="point",
    ),
    Case(
        name="pooling of an odd length",
        f=pool_pairs,
        args=(X,),
        right=pool_pairs_right,
        wrong=pool_pairs_wrong,
        exposes=(X[:3],),
        needs="point",
    ),
    Case(
        name="clipped policy ratio",
        f=clipped_policy,
        args=(np.array([0.9, 1.1, 1.05, 0.95]), X),
        right=clipped_policy_right,
        wrong=clipped_policy_wrong,
        exposes=(np.array([0.5, 1.5, 1.05, 0.95]), X),
        needs="point",
    ),
]
