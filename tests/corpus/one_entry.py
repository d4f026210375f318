"""One wrong entry among many: a loop that ends too early, a border, a tail that does not fill a block. One random direction nearly misses it."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

LONG = np.sin(1.7 * np.arange(200.0))
GRID = np.cos(0.9 * np.arange(100.0)).reshape(10, 10)
SEQUENCE = np.sin(0.6 * np.arange(8.0))


def smooth_steps(x: Array) -> Array:
    return np.sum(np.log(np.cosh(x[1:] - x[:-1])))


def smooth_steps_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    step = ct * np.tanh(x[1:] - x[:-1])
    grad = np.zeros_like(x)
    grad[1:] += step
    grad[:-1] -= step
    return (grad,)


def smooth_steps_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The last of 200 entries gets nothing: the loop over neighbours ends one too early."""
    (x,) = args
    step = ct * np.tanh(x[1:] - x[:-1])
    grad = np.zeros_like(x)
    grad[1:-1] += step[:-1]
    grad[:-1] -= step
    return (grad,)


def diffusion(u: Array) -> Array:
    out = u.copy()
    out[1:-1, 1:-1] += 0.1 * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4 * u[1:-1, 1:-1])
    return out


def diffusion_right(args: Args, out: Array, ct: Array) -> Grads:
    grad = ct.copy()
    inner = 0.1 * ct[1:-1, 1:-1]
    grad[2:, 1:-1] += inner
    grad[:-2, 1:-1] += inner
    grad[1:-1, 2:] += inner
    grad[1:-1, :-2] += inner
    grad[1:-1, 1:-1] -= 4 * inner
    return (grad,)


def diffusion_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The stencil is reversed on the inside only, so the contributions to the border of the grid are lost."""
    grad = ct.copy()
    inner = np.zeros_like(ct)
    inner[1:-1, 1:-1] = 0.1 * ct[1:-1, 1:-1]
    grad[1:-1, 1:-1] += inner[2:, 1:-1] + inner[:-2, 1:-1] + inner[1:-1, 2:] + inner[1:-1, :-2] - 4 * inner[1:-1, 1:-1]
    return (grad,)


def blocked_sum(x: Array) -> Array:
    return np.sum(x**2 * np.exp(-x))


def blocked_sum_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * (2 * x - x**2) * np.exp(-x),)


def blocked_sum_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Works in blocks of four and forgets the tail: right for the lengths divisible by four that tests like."""
    (x,) = args
    grad = np.zeros_like(x)
    for start in range(0, len(x) - 3, 4):
        block = x[start : start + 4]
        grad[start : start + 4] = ct * (2 * block - block**2) * np.exp(-block)
    return (grad,)


def clamped_weights(x: Array) -> Array:
    return np.concatenate([x[:1] ** 2, 3 * x[1:]])


def clamped_weights_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (np.concatenate([2 * x[:1] * ct[:1], 3 * ct[1:]]),)


def clamped_weights_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The first of 200 entries is treated like the others."""
    return (3 * ct,)


def triangle(a: Array) -> Array:
    return np.tril(np.exp(a))


def triangle_right(args: Args, out: Array, ct: Array) -> Grads:
    return (np.tril(ct) * out,)


def triangle_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The mask on the way back leaves out the diagonal: 10 entries of 100, and the diagonal is what a factor's log-determinant needs."""
    return (np.tril(ct, -1) * out,)


CASES = [
    Case(name="neighbours, last entry of 200", f=smooth_steps, args=(LONG,), right=smooth_steps_right, wrong=smooth_steps_wrong),
    Case(name="diffusion without the border", f=diffusion, args=(GRID,), right=diffusion_right, wrong=diffusion_wrong),
    Case(
        name="blocks of four without a tail",
        f=blocked_sum,
        args=(SEQUENCE,),
        right=blocked_sum_right,
        wrong=blocked_sum_wrong,
        exposes=(LONG[:7],),
        needs="point",
    ),
    Case(name="first entry like all others", f=clamped_weights, args=(LONG,), right=clamped_weights_right, wrong=clamped_weights_wrong),
    Case(name="triangle without its diagonal", f=triangle, args=(GRID,), right=triangle_right, wrong=triangle_wrong),
]
