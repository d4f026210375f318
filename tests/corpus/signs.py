"""Wrong signs: of a whole gradient, of one argument, of one term."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

P = np.array([0.2, 0.5, 0.3])
Q = np.array([0.4, 0.35, 0.25])
A = np.array([0.5, -0.3, 1.2, 0.8])
B = np.array([0.1, 0.9, -0.6, 1.5])
C = np.array([-0.8, 0.4, 0.7, -1.1])


def divergence(p: Array, q: Array) -> Array:
    return np.sum(p * (np.log(p) - np.log(q)))


def divergence_right(args: Args, out: Array, ct: Array) -> Grads:
    p, q = args
    return ct * (np.log(p) - np.log(q) + 1), -ct * p / q


def divergence_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The gradient of the second distribution has the wrong sign; a checker that looks at the first argument alone passes."""
    p, q = args
    return ct * (np.log(p) - np.log(q) + 1), ct * p / q


def triplet(anchor: Array, positive: Array, negative: Array) -> Array:
    near, far = np.sum((anchor - positive) ** 2), np.sum((anchor - negative) ** 2)
    return np.maximum(near - far + 12.0, 0.0)


def triplet_right(args: Args, out: Array, ct: Array) -> Grads:
    anchor, positive, negative = args
    active = 2 * ct * (out > 0)
    return active * (negative - positive), active * (positive - anchor), active * (anchor - negative)


def triplet_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The negative example is pulled near instead of pushed away: its gradient has the wrong sign."""
    anchor, positive, negative = args
    active = 2 * ct * (out > 0)
    return active * (negative - positive), active * (positive - anchor), active * (negative - anchor)


def rotary(x: Array, angle: Array) -> Array:
    even, odd = x[..., 0::2], x[..., 1::2]
    return np.concatenate([even * np.cos(angle) - odd * np.sin(angle), even * np.sin(angle) + odd * np.cos(angle)], axis=-1)


def rotary_right(args: Args, out: Array, ct: Array) -> Grads:
    x, angle = args
    half = x.shape[-1] // 2
    first, second = ct[..., :half], ct[..., half:]
    by_x = np.zeros_like(x)
    by_x[..., 0::2] = first * np.cos(angle) + second * np.sin(angle)
    by_x[..., 1::2] = second * np.cos(angle) - first * np.sin(angle)
    return by_x, second * out[..., :half] - first * out[..., half:]


def rotary_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The backward rotation turns forwards: the sign of the sine is wrong, which cannot be seen at the angles zero of position zero."""
    x, angle = args
    half = x.shape[-1] // 2
    first, second = ct[..., :half], ct[..., half:]
    by_x = np.zeros_like(x)
    by_x[..., 0::2] = first * np.cos(angle) - second * np.sin(angle)
    by_x[..., 1::2] = second * np.cos(angle) + first * np.sin(angle)
    return by_x, second * out[..., :half] - first * out[..., half:]


def hinge(score: Array, label: Array) -> Array:
    return np.maximum(1 - label * score, 0.0)


def hinge_right(args: Args, out: Array, ct: Array) -> Grads:
    score, label = args
    return -ct * label * (out > 0), -ct * score * (out > 0)


def hinge_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The gradient of the score forgets the label's sign: right for positive labels, and the test has only those."""
    score, _ = args
    return -ct * (out > 0), -ct * score * (out > 0)


def quaternion_product(p: Array, q: Array) -> Array:
    a, b, c, d = p
    e, f, g, h = q
    return np.stack(
        [a * e - b * f - c * g - d * h, a * f + b * e + c * h - d * g, a * g - b * h + c * e + d * f, a * h + b * g - c * f + d * e]
    )


def quaternion_product_right(args: Args, out: Array, ct: Array) -> Grads:
    p, q = args
    conjugate = np.array([1.0, -1.0, -1.0, -1.0])
    return quaternion_product(ct, q * conjugate), quaternion_product(p * conjugate, ct)


def quaternion_product_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The first factor's gradient multiplies by q instead of its conjugate: equal while q is real, as the unit rotation is."""
    p, q = args
    conjugate = np.array([1.0, -1.0, -1.0, -1.0])
    return quaternion_product(ct, q), quaternion_product(p * conjugate, ct)


CASES = [
    Case(name="divergence, second distribution", f=divergence, args=(P, Q), right=divergence_right, wrong=divergence_wrong),
    Case(name="triplet loss, negative example", f=triplet, args=(A, B, C), right=triplet_right, wrong=triplet_wrong),
    Case(
        name="rotary embedding turned forwards",
        f=rotary,
        args=(A, np.zeros(2)),
        right=rotary_right,
        wrong=rotary_wrong,
        exposes=(A, np.array([0.3, 1.2])),
        needs="point",
    ),
    Case(
        name="hinge loss, positive labels",
        f=hinge,
        args=(A, np.ones(4)),
        right=hinge_right,
        wrong=hinge_wrong,
        exposes=(A, np.array([1.0, -1.0, 1.0, -1.0])),
        needs="point",
    ),
    Case(
        name="quaternion product without the conjugate",
        f=quaternion_product,
        args=(A, np.array([1.0, 0.0, 0.0, 0.0])),
        right=quaternion_product_right,
        wrong=quaternion_product_wrong,
        exposes=(A, B),
        needs="point",
    ),
]
