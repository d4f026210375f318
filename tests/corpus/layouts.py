"""Memory: a cotangent that is a view, strided or read-only, and a result that lives in the backward pass's own buffer."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4]])
buffers: dict[tuple[int, ...], Array] = {}


def square(x: Array) -> Array:
    return x**2


def square_right(args: Args, out: Array, ct: Array) -> Grads:
    return (2 * ct * args[0],)


def square_strided_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Walks through the memory of the cotangent as if it were contiguous: a transposed or sliced one is read in the wrong order."""
    (x,) = args
    flat = np.lib.stride_tricks.as_strided(ct, x.shape, (x.shape[1] * ct.itemsize, ct.itemsize))
    return (2 * flat * x,)


def square_order_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Flattens in the order of memory and multiplies with x flattened row by row: right for cotangents stored row by row."""
    (x,) = args
    return ((2 * ct.ravel(order="K") * x.ravel()).reshape(x.shape),)


def square_buffer_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Returns a buffer that it keeps for the next call: the gradient of the first call changes when the second one runs."""
    (x,) = args
    buffer = buffers.setdefault(x.shape, np.empty_like(x))
    np.multiply(2 * x, ct, out=buffer)
    return (buffer,)


def doubled(x: Array) -> Array:
    return x + np.tanh(x)


def doubled_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct + ct * (1 - np.tanh(args[0]) ** 2),)


def doubled_writes_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Works in the cotangent and puts it back afterwards: a read-only cotangent, as broadcast_to gives, raises."""
    factor = 2 - np.tanh(args[0]) ** 2
    kept = ct.copy()
    ct *= factor
    result = ct.copy()
    ct[...] = kept
    return (result,)


def doubled_bytes_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Hands the bytes of the cotangent on, as to a compiled kernel: a strided array has none to hand on, and raises."""
    flat = np.frombuffer(ct, dtype=ct.dtype)
    return ((flat * (2 - np.tanh(args[0]) ** 2).ravel()).reshape(args[0].shape),)


CASES = [
    Case(
        name="cotangent read as contiguous",
        f=square,
        args=(X,),
        right=square_right,
        wrong=square_strided_wrong,
        needs="protocol",
        probe="layout",
    ),
    Case(
        name="cotangent in the order of memory",
        f=square,
        args=(X,),
        right=square_right,
        wrong=square_order_wrong,
        needs="protocol",
        probe="layout",
    ),
    Case(
        name="own buffer returned", f=square, args=(X,), right=square_right, wrong=square_buffer_wrong, needs="protocol", probe="own buffer"
    ),
    Case(
        name="cotangent used as workspace",
        f=doubled,
        args=(X,),
        right=doubled_right,
        wrong=doubled_writes_wrong,
        needs="protocol",
        probe="read-only",
    ),
    Case(
        name="bytes of the cotangent handed on",
        f=doubled,
        args=(X,),
        right=doubled_right,
        wrong=doubled_bytes_wrong,
        needs="protocol",
        probe="layout",
    ),
]
