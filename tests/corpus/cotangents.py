"""Wrong in a way that a plain sum as loss cannot see: order, centring and weights of the cotangent disappear when all its entries are one."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4], [-0.5, 0.6, 0.8]])
ORDER = np.array([2, 0, 1])


def softmax(x: Array) -> Array:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softmax_right(args: Args, out: Array, ct: Array) -> Grads:
    return (out * (ct - (ct * out).sum(axis=1, keepdims=True)),)


def softmax_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Centres by the plain mean instead of the weighted one: both are one for a cotangent of ones, and both gradients are zero."""
    return (out * (ct - ct.mean(axis=1, keepdims=True)),)


def permuted(x: Array) -> Array:
    return 2 * x[ORDER]


def permuted_right(args: Args, out: Array, ct: Array) -> Grads:
    return (2 * ct[np.argsort(ORDER)],)


def permuted_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The rows are permuted once more instead of back."""
    return (2 * ct[ORDER],)


def flattened(x: Array) -> Array:
    return 3 * x.T.reshape(-1)


def flattened_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (3 * ct.reshape(x.T.shape).T,)


def flattened_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Shaped back without the transpose: the right numbers at the wrong places."""
    return (3 * ct.reshape(args[0].shape),)


def stacked_loss(x: Array) -> Array:
    return np.stack([np.sum(np.sin(x)), np.sum(np.cos(x))])


def stacked_loss_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct[0] * np.cos(x) - ct[1] * np.sin(x),)


def stacked_loss_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The weights of the two losses are ignored, as if both were one."""
    return (np.cos(args[0]) - np.sin(args[0]),)


def mirrored(x: Array) -> Array:
    return x[:, ::-1] * 0.5


def mirrored_right(args: Args, out: Array, ct: Array) -> Grads:
    return (0.5 * ct[:, ::-1],)


def mirrored_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Flips the rows instead of the columns."""
    return (0.5 * ct[::-1],)


CASES = [
    Case(name="softmax centred by the plain mean", f=softmax, args=(X,), right=softmax_right, wrong=softmax_wrong, needs="cotangent"),
    Case(name="rows permuted, not back", f=permuted, args=(X,), right=permuted_right, wrong=permuted_wrong, needs="cotangent"),
    Case(name="flattened without the transpose", f=flattened, args=(X,), right=flattened_right, wrong=flattened_wrong, needs="cotangent"),
    Case(
        name="weights of two losses ignored",
        f=stacked_loss,
        args=(X,),
        right=stacked_loss_right,
        wrong=stacked_loss_wrong,
        needs="cotangent",
    ),
    Case(name="flipped along the other axis", f=mirrored, args=(X,), right=mirrored_right, wrong=mirrored_wrong, needs="cotangent"),
]
