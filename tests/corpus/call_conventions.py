"""Backward passes that are right in one plain call, and of which one way to call them shows more: each by a way of its own."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads, Probe, Vjp

X = np.array([0.3, -0.7, 1.1, 0.9])
LONG = 1.5 + np.sin(np.arange(60.0))
M = np.sin(0.5 + np.arange(12.0)).reshape(4, 3)


class Dithered:
    """Rounding errors are made independent of the signal by noise far below it, while a flag is set."""

    def __init__(self) -> None:
        self.dithering = False
        self.rng = np.random.default_rng(0)

    def __call__(self, x: Array) -> Array:
        return 2 * x + (1e-12 * self.rng.normal(size=np.shape(x)) if self.dithering else 0.0)


DITHERED = Dithered()


def dithered_right(args: Args, out: Array, ct: Array) -> Grads:
    DITHERED.dithering = False
    return (2 * ct,)


def dithered_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The backward pass turns the dither on and does not turn it off: two forward passes of the same arguments differ from then on."""
    DITHERED.dithering = True
    return (2 * ct,)


TOTALS: dict[bytes, Array] = {}


def cubed(x: Array) -> Array:
    TOTALS[x.tobytes()] = np.zeros_like(x)
    return x**3


def cubed_right(args: Args, out: Array, ct: Array) -> Grads:
    return (3 * ct * args[0] ** 2,)


def cubed_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Adds to a total that the forward pass of the same argument has set to zero, and gives a copy: twice the gradient in the second call."""
    (x,) = args
    TOTALS[x.tobytes()] = TOTALS.get(x.tobytes(), np.zeros_like(x)) + 3 * ct * x**2
    return (TOTALS[x.tobytes()].copy(),)


SLOPES: dict[float, Array] = {}


def wave(x: Array) -> Array:
    SLOPES[float(np.sum(x))] = np.cos(x)
    return np.sin(x)


def wave_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * np.cos(args[0]),)


def wave_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The slope is looked up by the sum of the argument, which another forward pass with the same entries in another order has as well."""
    return (ct * SLOPES[float(np.sum(args[0]))],)


WORKSPACE: dict[str, Array] = {}


def root(x: Array) -> Array:
    WORKSPACE.clear()
    return np.sqrt(1 + x**2)


def root_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * args[0] / np.sqrt(1 + args[0] ** 2),)


def root_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The slope is kept in a workspace until the next forward pass clears it: a whole step in between, as for a validation batch, leaves its own slope there."""
    (x,) = args
    return (ct * WORKSPACE.setdefault("slope", x / np.sqrt(1 + x**2)),)


def rectified(x: Array) -> Array:
    return np.maximum(x, 0.0)


def rectified_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * (args[0] > 0),)


def rectified_in_argument_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The negative entries of a writable argument are set to zero in place; an argument that is read-only is copied."""
    x = np.require(args[0], requirements=["W"])
    x[x < 0] = 0.0
    return (ct * (x > 0),)


def rectified_in_output_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The mask is written over the output: it is the same mask in every further call, and nobody else can read the output."""
    out[out > 0] = 1.0
    return (ct * out,)


def rectified_in_cotangent_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The cotangent is masked in place if it can be written to, and copied if not."""
    grad = np.require(ct, requirements=["W"])
    grad[args[0] <= 0] = 0.0
    return (grad.copy(),)


def rectified_with_sign_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The cotangent is negated in place and negated back afterwards, which a read-only one does not allow."""
    grad = np.ascontiguousarray(ct)
    np.negative(grad, out=grad)
    masked = -grad * (args[0] > 0)
    np.negative(grad, out=grad)
    return (masked,)


def rectified_with_bias_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The argument is negated in place and negated back afterwards, which a read-only one does not allow."""
    (x,) = args
    np.negative(x, out=x)
    masked = ct * (x < 0)
    np.negative(x, out=x)
    return (masked,)


def rectified_by_column_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The argument is read in the order of memory, the cotangent row by row."""
    (x,) = args
    return ((ct.ravel() * (x.ravel(order="K") > 0)).reshape(x.shape),)


def rectified_by_stride_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """As a kernel without increments reads it: positive strides are taken for dense memory, others are copied."""
    if ct.strides[0] <= 0:
        ct = ct.copy()
    return (np.lib.stride_tricks.as_strided(ct, ct.shape, (ct.itemsize,)) * (args[0] > 0),)


def rectified_forward_only_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Negative strides are refused, as by a library that takes over the memory of an array."""
    if any(stride < 0 for stride in ct.strides):
        raise ValueError("at least one stride is negative")
    return (ct * (args[0] > 0),)


def rectified_constant_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """A cotangent of one repeated number, as the gradient of a sum is, takes a short way, and is divided by the number of entries there as for a mean."""
    if ct.size and not any(ct.strides):
        return (ct.flat[0] / ct.size * (args[0] > 0),)
    return (ct * (args[0] > 0),)


def rectified_clipped_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The cotangent is clipped at four, which no random one reaches in a test."""
    return (np.clip(ct, -4.0, 4.0) * (args[0] > 0),)


def rectified_default_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """A cotangent of zeros is taken for one that was not given, and replaced by ones."""
    if not np.any(ct):
        ct = np.ones_like(ct)
    return (ct * (args[0] > 0),)


RECTIFIED: list[tuple[str, Vjp, Array, Probe]] = [
    ("mask in the argument", rectified_in_argument_wrong, X, "bytes"),
    ("mask in the output", rectified_in_output_wrong, X, "bytes"),
    ("mask in a writable cotangent", rectified_in_cotangent_wrong, X, "bytes"),
    ("cotangent negated and back", rectified_with_sign_wrong, X, "read-only"),
    ("argument negated and back", rectified_with_bias_wrong, X, "read-only arguments"),
    ("argument in the order of memory", rectified_by_column_wrong, M, "column order"),
    ("positive strides for dense memory", rectified_by_stride_wrong, X, "layout"),
    ("negative strides refused", rectified_forward_only_wrong, X, "reversed"),
    ("short way for a constant cotangent", rectified_constant_wrong, X, "expanded"),
    ("cotangent clipped at four", rectified_clipped_wrong, LONG, "scaled"),
    ("zeros taken for no cotangent", rectified_default_wrong, X, "zeros"),
]
CASES = [
    Case(
        name="dither left on", f=DITHERED, args=(X,), right=dithered_right, wrong=dithered_wrong, needs="protocol", probe="repeated forward"
    ),
    Case(name="total of the same argument", f=cubed, args=(X,), right=cubed_right, wrong=cubed_wrong, needs="protocol", probe="twice"),
    Case(name="slope looked up by a sum", f=wave, args=(X,), right=wave_right, wrong=wave_wrong, needs="protocol", probe="turned forward"),
    Case(name="slope kept in a workspace", f=root, args=(X,), right=root_right, wrong=root_wrong, needs="protocol", probe="other step"),
    *(
        Case(name=name, f=rectified, args=(args,), right=rectified_right, wrong=wrong, needs="protocol", probe=probe)
        for name, wrong, args, probe in RECTIFIED
    ),
]
