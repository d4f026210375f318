"""The wrong axis: negative ones, permuted ones, ones of equal length, and gradients that land at the wrong places along the right one."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4], [-0.5, 0.6, 0.8]])
BLOCK = np.sin(np.arange(8.0)).reshape(2, 2, 2)


def softmax(x: Array) -> Array:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_right(args: Args, out: Array, ct: Array) -> Grads:
    return (out * (ct - np.sum(ct * out, axis=-1, keepdims=True)),)


def softmax_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The inner product is taken over axis 1, not the last one: right for matrices, wrong for the batches of matrices that attention uses."""
    return (out * (ct - np.sum(ct * out, axis=1, keepdims=True)),)


def mean_over_time(x: Array) -> Array:
    return x.mean(axis=0)


def mean_over_time_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (np.broadcast_to(ct / x.shape[0], x.shape).copy(),)


def mean_over_time_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Divides by the length of the other axis: right for square inputs."""
    (x,) = args
    return (np.broadcast_to(ct / x.shape[1], x.shape).copy(),)


def repeat_last(x: Array) -> Array:
    return np.repeat(x, 2, axis=-1)


def repeat_last_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct.reshape(*x.shape, 2).sum(axis=-1),)


def repeat_last_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Repeated entries lie next to each other, but the sum is over entries half an array apart, as after tile; a plain sum as loss cannot see it."""
    (x,) = args
    return (ct.reshape(*x.shape[:-1], 2, x.shape[-1]).sum(axis=-2),)


def to_heads(x: Array) -> Array:
    return np.tanh(np.transpose(x, (1, 2, 0)))


def to_heads_right(args: Args, out: Array, ct: Array) -> Grads:
    return (np.transpose(ct * (1 - out**2), (2, 0, 1)),)


def to_heads_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The permutation is applied again instead of its inverse: only a swap is its own inverse, and equal lengths hide the shape."""
    return (np.transpose(ct * (1 - out**2), (1, 2, 0)),)


def roll(x: Array) -> Array:
    return np.roll(x, 1, axis=-1) * x


def roll_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * np.roll(x, 1, axis=-1) + np.roll(ct * x, -1, axis=-1),)


def roll_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Rolls forwards on the way back: for rows of two entries, forwards and backwards are the same."""
    (x,) = args
    return (ct * np.roll(x, 1, axis=-1) + np.roll(ct * x, 1, axis=-1),)


def concatenate(a: Array, b: Array) -> Array:
    return np.concatenate([a, b], axis=1) ** 2


def concatenate_right(args: Args, out: Array, ct: Array) -> Grads:
    a, b = args
    return 2 * a * ct[:, : a.shape[1]], 2 * b * ct[:, a.shape[1] :]


def concatenate_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The second part is cut from the left end by its own width: right where both parts are equally wide."""
    a, b = args
    return 2 * a * ct[:, : a.shape[1]], 2 * b * ct[:, b.shape[1] :][:, : b.shape[1]]


def layer_norm(x: Array) -> Array:
    offset = x - x.mean(axis=1, keepdims=True)
    return offset / np.sqrt((offset**2).mean(axis=1, keepdims=True) + 1e-5)


def layer_norm_right(args: Args, out: Array, ct: Array) -> Grads:
    deviation = np.sqrt(args[0].var(axis=1, keepdims=True) + 1e-5)
    return ((ct - ct.mean(axis=1, keepdims=True) - out * (ct * out).mean(axis=1, keepdims=True)) / deviation,)


def layer_norm_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """One of the three means is over the batch, not over the features: a square input keeps every shape right."""
    deviation = np.sqrt(args[0].var(axis=1, keepdims=True) + 1e-5)
    return ((ct - ct.mean(axis=1, keepdims=True) - out * (ct * out).mean(axis=0, keepdims=True)) / deviation,)


CASES = [
    Case(
        name="softmax over axis 1",
        f=softmax,
        args=(X,),
        right=softmax_right,
        wrong=softmax_wrong,
        exposes=(BLOCK,),
        needs="point",
        note="with one more leading axis",
    ),
    Case(
        name="mean by the other length",
        f=mean_over_time,
        args=(X,),
        right=mean_over_time_right,
        wrong=mean_over_time_wrong,
        exposes=(X[:2],),
        needs="point",
    ),
    Case(name="repeat undone as tile", f=repeat_last, args=(X,), right=repeat_last_right, wrong=repeat_last_wrong, needs="cotangent"),
    Case(name="permutation applied twice", f=to_heads, args=(BLOCK,), right=to_heads_right, wrong=to_heads_wrong),
    Case(name="roll forwards twice", f=roll, args=(X[:, :2],), right=roll_right, wrong=roll_wrong, exposes=(X,), needs="point"),
    Case(
        name="concatenation of unequal widths",
        f=concatenate,
        args=(X, X[::-1].copy()),
        right=concatenate_right,
        wrong=concatenate_wrong,
        exposes=(X[:, :1], X[:, 1:]),
        needs="point",
    ),
    Case(name="layer norm, one mean over the batch", f=layer_norm, args=(X,), right=layer_norm_right, wrong=layer_norm_wrong),
]
