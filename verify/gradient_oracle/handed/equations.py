"""Solvers: a forward that returns the root of an equation, to a tolerance. With `residual=` it is judged against the
equation.

`polished(f, residual)` is another forward: what f returns, and behind it steps u − P·residual(u, …), with P the inverse
of the residual's derivative by u, a constant. Each step makes both the error of the root and that of its derivative
smaller by a factor far below 1; after `STEPS` of them both are below what lifted numbers resolve. The residual alone is
differentiated: nothing of f, and nothing of the backward on trial.

>>> root = lambda a: np.sqrt(a) + 1e-7
>>> better = polished(root, lambda u, a: u**2 - a)
>>> better(np.array([2.0, 9.0]))
array([1.41421356, 3.        ])
>>> must_solve(lambda u, a: u - a, (np.array([2.0]),), np.array([1.0]))  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
ValueError: residual is not zero at what f returns: a Newton step changes entry [0] from 1.0 to ...
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.handed.trees import taken_apart
from backproof.verify.lift.lifted import Function
from backproof.verify.lift.tape.reads import NotLifted

STEPS = 12  # with `CONTRACTS`, errors are below 10⁻⁷² in the end: fewer than the 60 digits of lifted numbers
CONTRACTS = 1e-6  # chosen: by what a step must make errors smaller; central differences give about 10⁻⁹
STEP = 2.0**-17  # of central differences, relative: about the cube root of the roundoff, where their two errors balance
MOST = 200  # chosen: entries of a root; the derivative of the residual takes two calls for each
NEAR = 1e-3  # chosen: of a root, how far f may be from it and still be a solver with a coarse tolerance


def polished(f: Function, residual: Function) -> Function:
    """A forward that solves residual(u, *args) = 0 from what f returns, in floats and on lifted numbers."""
    return partial(_polished, np, f, residual, {})


def _polished(numpy: Any, f: Function, residual: Function, kept: dict[str, Any], *args: Any) -> Any:
    if _is_plain(args):
        start = np.asarray(contained(f, *args), dtype=float)
        inverse = _inverse(residual, start, args)
        kept["start"], kept["inverse"] = start, inverse
    start, inverse = kept["start"], kept["inverse"]
    if inverse is None:
        if _is_plain(args):
            return start
        raise NotLifted("a root whose equation is nearly singular there, or has other sizes, has no lifted rule", "residual")
    u, step, shape = numpy.asarray(start), np.zeros(start.size), start.shape
    for _ in range(STEPS):
        step = numpy.asarray(contained(residual, u, *args)).reshape(-1)
        u = u - (inverse @ step).reshape(shape)
    return u if not _is_plain(args) or _is_near(start, u, inverse @ step) else np.full(shape, np.nan)


def _is_near(start: Array, root: Array, last: Array) -> bool:
    """Whether the steps led to a root, near to what f returned: elsewhere f does not solve the equation, so that there is
    nothing to judge."""
    size = max(1.0, float(np.max(np.abs(start), initial=0.0)))
    return bool(np.all(np.abs(root - start) <= NEAR * size) and np.all(np.abs(last) <= CONTRACTS * size))


def _is_plain(args: Sequence[Any]) -> bool:
    """Whether arguments are floats, and no lifted numbers, which are of other types that show themselves as floats."""
    leaves = taken_apart(tuple(args))[0]
    return all(type(leaf) in PLAIN or not _shows_floats(leaf) for leaf in leaves)


PLAIN = (np.ndarray, float, int, bool, str, type(None))


def _shows_floats(leaf: Any) -> bool:
    return isinstance(leaf, np.ndarray) or (hasattr(type(leaf), "__float__") and not isinstance(leaf, np.generic))


def _inverse(residual: Function, root: Array, args: Sequence[Any]) -> Array | None:
    """The inverse of the derivative of the residual by the root; None where there is none to speak of."""
    if root.size > MOST:
        return None
    coarse, fine = _derivative(residual, root, args, STEP), _derivative(residual, root, args, STEP / 2)
    if coarse is None or fine is None:
        return None
    try:
        inverse = np.linalg.inv(fine)
    except np.linalg.LinAlgError:
        return None
    away = float(np.max(np.abs(inverse @ coarse - np.eye(root.size)), initial=0.0))
    return inverse if away <= CONTRACTS else None


def _derivative(residual: Function, root: Array, args: Sequence[Any], step: float) -> Array | None:
    columns: list[Array] = []
    for k in range(root.size):
        h = step * max(1.0, abs(float(root.reshape(-1)[k])))
        sides: list[Array] = []
        for sign in (h, -h):
            moved = root.copy().reshape(-1)
            moved[k] += sign
            sides.append(np.asarray(contained(residual, moved.reshape(root.shape), *args), dtype=float).reshape(-1))
        columns.append((sides[0] - sides[1]) / (2 * h))
    found = np.array(columns).T
    return found if found.shape == (root.size, root.size) and np.all(np.isfinite(found)) else None


def must_solve(residual: Function, args: Sequence[Any], out: Any) -> None:
    """ValueError where the residual has another size than the root, or is not zero at what f returns, or nearly
    singular."""
    root = np.asarray(out, dtype=float)
    there = np.asarray(contained(residual, root, *args), dtype=float)
    if there.size != root.size:
        raise ValueError(f"residual returns shape {there.shape}, and f shape {root.shape}: it must have one entry for each of the root")
    inverse = _inverse(residual, root, args)
    if inverse is None:
        raise ValueError("residual has no derivative by the root that could be inverted; leave it out: f is then judged by itself")
    better = root - (inverse @ there.reshape(-1)).reshape(root.shape)
    apart = np.argwhere(np.abs(better - root) > NEAR * max(1.0, float(np.max(np.abs(root), initial=0.0))))
    if len(apart):
        index = tuple(int(i) for i in apart[0])
        more = f"a Newton step changes entry {list(index)} from {float(root[index])!r} to {float(better[index])!r}"
        raise ValueError(f"residual is not zero at what f returns: {more}")
