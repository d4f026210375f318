"""Gradient checkers, as functions of a case of the corpus, a backward pass and a seed: True where the checker flags it.

All get the same arguments. A backward pass is wrapped as a user of each library would wrap it; whole numbers among the arguments are constants there.

>>> import benchmarks.scoreboard
>>> case = benchmarks.scoreboard.corpus("signs")[0]
>>> by_differences(case, case.wrong, 0), by_differences(case, case.right, 0)
(True, False)
>>> by_differences(case, lambda args, out, ct: None, 0)
Traceback (most recent call last):
    ...
TypeError: 'NoneType' object is not subscriptable
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from backproof.verify.gradient_oracle.check import check

Checker: TypeAlias = Callable[[Any, Any, int], bool]


def by_backproof(case: Any, vjp: Any, seed: int) -> bool:
    """Whether `check` flags it."""
    return not check(case.f, case.args, vjp, seed=seed).ok


def says(case: Any, seed: int = 0) -> bool:
    """Whether `check` does not flag the wrong one of a case, and says its note."""
    result = check(case.f, case.args, case.wrong, seed=seed)
    return result.ok and case.note is not None and any(case.note in note for note in result.notes)


def of_arrays(case: Any) -> Any:
    """The same case for checkers that take arrays only: settings (words, whole numbers, truth values) are bound to their values, floats become arrays."""
    places = [k for k, a in enumerate(case.args) if isinstance(a, np.ndarray | np.generic | float)]

    def every(arrays: Sequence[Any]) -> tuple[Any, ...]:
        args = list(case.args)
        for k, a in zip(places, arrays, strict=True):
            args[k] = a
        return tuple(args)

    def bound(vjp: Any) -> Any:
        return vjp and (lambda arrays, out, ct: tuple(vjp(every(arrays), out, ct)[k] for k in places))

    args = tuple(np.asarray(case.args[k]) for k in places)
    return replace(case, f=lambda *arrays: case.f(*every(arrays)), args=args, right=bound(case.right), wrong=bound(case.wrong))


def drawn(case: Any, seed: int) -> tuple[Any, Any, list[int]]:
    """The output, a random cotangent, and the numbers of the float arguments."""
    out = np.asarray(case.f(*copies(case.args)))
    cotangent = np.random.default_rng(seed).normal(size=out.shape).astype(out.dtype)
    return out, cotangent, [k for k, a in enumerate(case.args) if np.asarray(a).dtype.kind == "f"]


def copies(args: Sequence[Any]) -> tuple[Any, ...]:
    """The arguments in memory of their own."""
    return tuple(np.array(a) for a in args)


def by_differences(case: Any, vjp: Any, seed: int) -> bool:
    """Central differences with a step of 1e-6, entry by entry."""
    _, cotangent, floats = drawn(case, seed)
    args = copies(case.args)
    found = vjp(args, case.f(*args), cotangent.copy())
    for k in floats:
        if found[k] is None or np.shape(found[k]) != np.shape(case.args[k]):
            return True
        slopes = np.empty(np.shape(case.args[k]))
        for index in np.ndindex(slopes.shape):
            sides = []
            for step in (1e-6, -1e-6):
                moved = [np.array(a) for a in case.args]
                moved[k][index] += step
                sides.append(float(np.sum(cotangent * case.f(*moved))))
            slopes[index] = (sides[0] - sides[1]) / 2e-6
        if not np.allclose(np.asarray(found[k], dtype=float), slopes, rtol=1e-5, atol=1e-7):
            return True
    return False


def by_scipy(case: Any, vjp: Any, seed: int) -> bool:
    """scipy.optimize.check_grad on the scalar Σ cotangent · f, argument by argument."""
    from scipy.optimize import check_grad

    _, cotangent, floats = drawn(case, seed)
    for k in floats:
        shape = np.shape(case.args[k])

        def value(flat: Any, k: int = k, shape: Any = shape) -> float:
            args = list(copies(case.args))
            args[k] = flat.reshape(shape).astype(case.args[k].dtype)
            return float(np.sum(cotangent * case.f(*args)))

        def gradient(flat: Any, k: int = k, shape: Any = shape) -> Any:
            args = list(copies(case.args))
            args[k] = flat.reshape(shape).astype(case.args[k].dtype)
            found = vjp(tuple(args), case.f(*args), cotangent.copy())[k]
            return np.broadcast_to(np.asarray(found, dtype=float), shape).reshape(-1)

        x = np.asarray(case.args[k], dtype=float).reshape(-1)
        if not check_grad(value, gradient, x) <= 1e-5 * max(1.0, float(np.linalg.norm(gradient(x)))):
            return True
    return False


def by_autograd(case: Any, vjp: Any, seed: int) -> bool:
    """autograd.test_util.check_grads in reverse mode on a primitive with this backward pass, all arguments."""
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    _, _, floats = drawn(case, seed)
    np.random.seed(seed)
    wrapped = primitive(case.f)

    def maker(k: int) -> Any:
        return lambda out, *args: lambda ct: vjp(copies(args), np.array(out), np.array(ct))[k]

    defvjp(wrapped, *(maker(k) for k in range(len(case.args))), argnums=tuple(range(len(case.args))))
    for k in floats:

        def alone(x: Any, k: int = k) -> Any:
            args: list[Any] = list(copies(case.args))
            args[k] = x
            return wrapped(*args)

        test: Any = check_grads
        test(alone, modes=["rev"], order=1)(np.array(case.args[k]))
    return False


def by_torch(fast: bool) -> Checker:
    """torch.autograd.gradcheck on an autograd.Function around the NumPy code."""

    def checker(case: Any, vjp: Any, seed: int) -> bool:
        import torch

        class Given(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *xs: Any) -> Any:
                ctx.args = tuple(x.detach().numpy().copy() for x in xs)
                ctx.out = case.f(*ctx.args)
                return torch.from_numpy(np.array(ctx.out))

            @staticmethod
            def backward(ctx: Any, *cotangents: Any) -> Any:
                found = vjp(ctx.args, ctx.out, cotangents[0].numpy())
                return tuple(None if g is None else torch.from_numpy(np.ascontiguousarray(g)) for g in found)

        torch.manual_seed(seed)
        floats = [np.asarray(a).dtype.kind == "f" for a in case.args]
        rows = [
            torch.from_numpy(np.array(a)).clone(memory_format=torch.contiguous_format) for a in case.args
        ]  # NumPy's empty arrays have strides of 0
        given = [row.requires_grad_(own) for row, own in zip(rows, floats, strict=True)]
        torch.autograd.gradcheck(Given.apply, given, fast_mode=fast)
        return False

    return checker


def by_jax(case: Any, vjp: Any, seed: int) -> bool:
    """jax.test_util.check_grads on a custom_vjp around the NumPy code; it draws the same direction whatever the seed."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)
    logging.getLogger("jax").setLevel(logging.CRITICAL)  # what a callback raises is a flag
    out, _, floats = drawn(case, seed)

    def arguments(xs: Sequence[Any]) -> tuple[Any, ...]:
        own = dict(zip(floats, xs, strict=True))
        return tuple(np.array(own.get(k, a)) for k, a in enumerate(case.args))

    def call(*xs: Any) -> Any:
        return jax.pure_callback(lambda *xs: np.asarray(case.f(*arguments(xs))), jax.ShapeDtypeStruct(out.shape, out.dtype), *xs)

    def gradients(xs: Any, value: Any, cotangent: Any) -> Any:
        found = vjp(arguments(xs), np.array(value), np.array(cotangent))
        return tuple(np.asarray(found[k]) for k in floats)

    def pull_back(kept: Any, cotangent: Any) -> Any:
        xs, value = kept
        return jax.pure_callback(gradients, tuple(jax.ShapeDtypeStruct(x.shape, x.dtype) for x in xs), xs, value, cotangent)

    wrapped = jax.custom_vjp(call)
    wrapped.defvjp(lambda *xs: (call(*xs), (xs, call(*xs))), pull_back)
    check_grads(wrapped, tuple(jax.numpy.asarray(case.args[k]) for k in floats), order=1, modes=["rev"])
    return False


CHECKERS: dict[str, tuple[str, Checker]] = {
    "backproof": ("backproof", by_backproof),
    "central differences": ("numpy", by_differences),
    "scipy check_grad": ("scipy", by_scipy),
    "autograd check_grads": ("autograd", by_autograd),
    "PyTorch gradcheck": ("torch", by_torch(fast=False)),
    "PyTorch gradcheck, fast mode": ("torch", by_torch(fast=True)),
    "JAX check_grads": ("jax", by_jax),
}
"""The package that each needs, and the checker."""
