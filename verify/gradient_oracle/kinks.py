"""Derivatives at a kink of somebody's forward: one for each way to take its exact ties, whether gradients are a mixture of them, and nearby ones where there is no finite one.

>>> forward = lift(lambda x: np.maximum(x, 0.0), (np.array([0.0]),))
>>> truths, complete, _ = sides(lambda x: np.maximum(x, 0.0), (np.array([0.0]),), forward, np.array([1.0]))
>>> sorted(float(truth[0][0].mid()) for truth in truths), complete
([0.0, 1.0], True)
>>> in_hull([np.array([0.3])], truths), in_hull([np.array([1.5])], truths)
(True, False)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.running import is_float
from backproof.verify.lift.lifted import Function, Lifted, pull_back
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.reads import NotLifted, Undecided
from backproof.verify.numbers.ball_arrays import is_finite, precision

BITS = 200
MOST_SIDES = 64
MOST_NODES = 20_000  # in all sides together
NEARBY = 8
STEEP = 2.0**12  # at a distance of 2⁻⁴⁰ the derivative of a square root is beyond
HULL_ROOM = 1e-2  # of the largest derivative: what lies inside entry by entry and is no mixture is far off


def sides(
    f: Function, args: Sequence[Any], forward: Lifted, cotangent: Array, u: float = 2.0**-53, most_nodes: int = MOST_NODES
) -> tuple[list[tuple[Array, ...]], bool, list[Lifted]]:
    """The derivatives for the ways to take the decisions that floats of roundoff u may take otherwise, the run's own first, whether these are all ways, and the runs.

    Where there are too many ways, the answers to the decisions one by one are added up, entry by entry: the run's own derivative, then the least and the largest.
    Undecided if even that needs more than `most_nodes` nodes. A flipped decision may change which decisions come after it, never those before.
    """
    near = [place for place, read in enumerate(forward.reads) if read.near(u)]
    truths: list[tuple[Array, ...]] = []
    runs: list[Lifted] = []
    waiting: list[tuple[frozenset[int], Lifted]] = [(frozenset(), forward)]
    most = max(2, min(MOST_SIDES, most_nodes // max(1, len(forward.tape.nodes))))
    while waiting and len(truths) < most:
        flips, run = waiting.pop(0)
        truths.append(pull_back(run, cotangent))
        runs.append(run)
        later = [place for place, read in enumerate(run.reads) if read.near(u) and place > max(flips, default=-1)]
        if len(truths) + len(waiting) + len(later) > most:
            if len(near) * len(forward.tape.nodes) > most_nodes:
                raise Undecided(f"a kink with {len(near)} ties", forward.reads[near[0]].place)
            others = [other for tie in near if (other := _other_side(f, args, forward, frozenset({tie}))) is not None]
            return _least_and_largest(truths[0], [pull_back(other, cotangent) for other in others]), False, [forward, *others]
        for tie in later:
            other = _other_side(f, args, forward, flips | {tie})
            waiting += [] if other is None else [(flips | {tie}, other)]
    return truths, not waiting, runs


def _other_side(f: Function, args: Sequence[Any], forward: Lifted, flips: frozenset[int]) -> Lifted | None:
    """The run in which some decisions fall otherwise; None where the code refuses that: a guard (`assert`, `raise`) has no other side."""
    try:
        return lift(f, tuple(args), bits=forward.tape.bits, flips=flips)
    except Undecided:
        raise
    except NotLifted as error:
        if isinstance(error.__cause__, NameError | RuntimeError | AttributeError | TypeError) or error.__cause__ is None:
            raise
        return None
    except Exception:
        return None


def _least_and_largest(base: tuple[Array, ...], singles: Sequence[tuple[Array, ...]]) -> list[tuple[Array, ...]]:
    """base, base + Σ min(0, single − base), base + Σ max(0, single − base)."""
    with precision(BITS):
        changes = [[single[k] - base[k] for single in singles] for k in range(len(base))]
        low = tuple(own + sum(np.where(change < 0, change, 0) for change in parts) for own, parts in zip(base, changes, strict=True))
        high = tuple(own + sum(np.where(change > 0, change, 0) for change in parts) for own, parts in zip(base, changes, strict=True))
    return [base, low, high]


def agree(truths: Sequence[Sequence[Array]]) -> bool:
    """Whether the derivatives on all sides are the same: decisions at ties on which nothing depends, as in a guard."""
    first = truths[0]
    return all(
        a.overlaps(b)
        for other in truths[1:]
        for x, y in zip(first, other, strict=True)
        for a, b in zip(x.reshape(-1), y.reshape(-1), strict=True)
    )


def in_hull(gradients: Sequence[Any], truths: Sequence[Sequence[Array]], least: float = 0.0) -> bool:
    """Whether all gradients together are a convex combination of the derivatives on the sides of a kink (nonnegative least squares), but for errors of size `least`."""
    from scipy.optimize import nnls

    columns = np.array([[float(ball.mid()) for array in truth for ball in array.reshape(-1)] for truth in truths]).T
    target = np.concatenate([np.asarray(gradient, dtype=float).reshape(-1) for gradient in gradients])
    scale = max(float(np.max(np.abs(columns), initial=0.0)), least / HULL_ROOM, 1e-300)
    weighted = np.vstack([columns / scale, np.full(len(truths), 1.0)])
    _, distance = nnls(weighted, np.append(target / scale, 1.0))
    return bool(distance <= HULL_ROOM)


def nearby_range(f: Function, args: Sequence[Any], cotangent: Array) -> tuple[list[Array], list[Array]] | None:
    """The least and the largest derivative at 16 points within 2⁻⁴⁰, entry by entry, for each float argument; None where they are not bounded.

    Clarke's derivative is made of limits of such derivatives, hence gradients at a point without one (a norm at the origin) must lie about there.
    """
    rng = np.random.default_rng(0)
    found: list[list[Array]] = []
    for _ in range(NEARBY):
        step = rng.uniform(-1, 1)
        for sign in (1.0, -1.0):
            near = tuple(_beside(a, sign * step, rng) if is_float(a) else a for a in args)
            try:
                truth = pull_back(lift(f, near, bits=BITS), cotangent)
            except (NotLifted, Undecided, ArithmeticError, ValueError, TypeError):
                continue
            if all(is_finite(ball) and abs(float(ball.mid())) < STEEP for array in truth for ball in array.reshape(-1)):
                found.append([np.array([float(ball.mid()) for ball in array.reshape(-1)]).reshape(array.shape) for array in truth])
    if len(found) < NEARBY:
        return None
    return [np.min(arrays, axis=0) for arrays in zip(*found, strict=True)], [np.max(arrays, axis=0) for arrays in zip(*found, strict=True)]


def _beside(a: Any, step: float, rng: np.random.Generator) -> Any:
    """An argument moved by about 2⁻⁴⁰ in every entry, in float64: a coarser dtype may not hold it."""
    array = np.asarray(a)
    moved = array.astype(float) + step * 2.0**-40 * rng.uniform(0.5, 1, size=array.shape) * rng.choice([-1.0, 1.0], size=array.shape)
    return moved if isinstance(a, np.ndarray) else float(moved)
