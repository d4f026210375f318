"""Derivatives at a kink of somebody's forward: one for each way to take its exact ties, whether gradients are a mixture
of them, and nearby ones where there is no finite one.

>>> from backproof.verify.gradient_oracle.lifted_runs import lifted_forward
>>> relu = Question(lambda x: np.maximum(x, 0.0), lambda *_: None, (np.array([0.0]),), np.array([1.0]), "here")
>>> found = sides_of(relu, lifted_forward(relu.f, relu.args))
>>> sorted(float(truth[0][0].mid()) for truth in found.truths), found.complete, found.agree
([0.0, 1.0], True, False)
>>> in_hull([np.array([0.3])], found.truths), in_hull([np.array([1.5])], found.truths)
(True, False)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.formula import BITS
from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.lifted_runs import lifted_once, other_side
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.lift.lifted import Lifted, pull_back
from backproof.verify.lift.tape.reads import NotLifted, Undecided
from backproof.verify.numbers.ball_arrays import is_finite, precision
from backproof.verify.numbers.float_model import largest_entry
from backproof.verify.time_limits import PASSING

MOST_SIDES = 64  # chosen: all ways to take six ties
GIVEN_NODES, CHOSEN_NODES = 400_000, 20_000
"""Chosen, of all sides of a point together: how many nodes the given arguments are worth, and each of many others."""
NEARBY = 8  # chosen: pairs of opposite points at which nearby derivatives are taken
DISTANCE = 2.0**-40  # chosen: of nearby points; far below what anybody means by near, far above the roundings of a float64
STEEP = 2.0**12  # what nearby derivatives stay below that are bounded: at `DISTANCE`, that of a square root is 2¹⁹
JUMP = 1e-6  # chosen: of the largest value; what changes by more within `DISTANCE` jumps there
HULL_ROOM = 1e-2  # chosen: of the largest derivative; what lies inside entry by entry and is no mixture is far off


@dataclass(frozen=True, eq=False)
class Sides:
    """The derivatives of a forward that floats may take for its own.

    `truths`   the run's own first; then one for each other way to take its ties, or the least and the largest
    `runs`     the forwards that have them
    `complete` whether these are all ways
    `near`     whether there is a decision that floats may take otherwise at all
    """

    truths: Sequence[tuple[Array, ...]]
    runs: Sequence[Lifted]
    complete: bool = True
    near: bool = False

    @property
    def finite(self) -> bool:
        """Whether every derivative is a finite ball."""
        return all(is_finite(ball) for truth in self.truths for array in truth for ball in array.reshape(-1))

    @property
    def agree(self) -> bool:
        """Whether all derivatives are known, and the same: nothing depends on the decisions at ties, as in a guard."""
        return self.complete and all(
            a.overlaps(b)
            for other in self.truths[1:]
            for x, y in zip(self.truths[0], other, strict=True)
            for a, b in zip(x.reshape(-1), y.reshape(-1), strict=True)
        )


def sides_of(question: Question, forward: Lifted) -> Sides:
    """The derivatives for the ways to take the decisions that floats may take otherwise.

    Where there are too many ways, the answers to the decisions one by one are added up, entry by entry: the run's own
    derivative, then the least and the largest. Undecided if even that needs too many nodes. A flipped decision may
    change which decisions come after it, never those before.
    """
    u, cotangent = question.u, question.cotangent
    most_nodes = CHOSEN_NODES if question.chosen else GIVEN_NODES
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
            others = [other for tie in near if (other := other_side(question, forward, frozenset({tie}))) is not None]
            singles = [pull_back(other, cotangent) for other in others]
            return Sides(_least_and_largest(truths[0], singles), [forward, *others], complete=False, near=True)
        for tie in later:
            other = other_side(question, forward, flips | {tie})
            waiting += [] if other is None else [(flips | {tie}, other)]
    return Sides(truths, runs, complete=not waiting, near=bool(near))


def _least_and_largest(base: tuple[Array, ...], singles: Sequence[tuple[Array, ...]]) -> list[tuple[Array, ...]]:
    """base, base + Σ min(0, single − base), base + Σ max(0, single − base)."""
    with precision(BITS):
        changes = [[single[k] - base[k] for single in singles] for k in range(len(base))]
        low = tuple(own + sum(np.where(change < 0, change, 0) for change in parts) for own, parts in zip(base, changes, strict=True))
        high = tuple(own + sum(np.where(change > 0, change, 0) for change in parts) for own, parts in zip(base, changes, strict=True))
    return [base, low, high]


def in_hull(gradients: Sequence[Any], truths: Sequence[Sequence[Array]], least: float = 0.0) -> bool:
    """Whether all gradients together are a convex combination of the derivatives on the sides of a kink (nonnegative
    least squares), but for errors of size `least`."""
    from scipy.optimize import nnls

    columns = np.array([[float(ball.mid()) for array in truth for ball in array.reshape(-1)] for truth in truths]).T
    target = np.concatenate([np.asarray(gradient, dtype=float).reshape(-1) for gradient in gradients])
    scale = max(float(np.max(np.abs(columns), initial=0.0)), least / HULL_ROOM, 1e-300)
    weighted = np.vstack([columns / scale, np.full(len(truths), 1.0)])
    _, distance = nnls(weighted, np.append(target / scale, 1.0))
    return bool(distance <= HULL_ROOM)


def nearby_range(question: Question) -> tuple[list[Array], list[Array]] | None:
    """The least and the largest derivative at 16 points within `DISTANCE`, entry by entry, for each float argument;
    None where they are not bounded.

    Clarke's derivative is made of limits of such derivatives, hence gradients at a point without one (a norm at the
    origin) must lie about there.
    """
    rng = np.random.default_rng(0)
    found: list[list[Array]] = []
    for _ in range(NEARBY):
        step = rng.uniform(-1, 1)
        for sign in (1.0, -1.0):
            beside = tuple(_beside(a, sign * step, rng) if is_float(a) else a for a in question.args)
            try:
                truth = pull_back(lifted_once(question.f, beside), question.cotangent)
            except (NotLifted, Undecided, ArithmeticError, ValueError):
                continue
            if all(is_finite(ball) and abs(float(ball.mid())) < STEEP for array in truth for ball in array.reshape(-1)):
                found.append([np.array([float(ball.mid()) for ball in array.reshape(-1)]).reshape(array.shape) for array in truth])
    if len(found) < NEARBY:
        return None
    return [np.min(arrays, axis=0) for arrays in zip(*found, strict=True)], [np.max(arrays, axis=0) for arrays in zip(*found, strict=True)]


def is_continuous(question: Question) -> bool:
    """Whether the floats of f come to its own value from both sides, at `DISTANCE`.

    >>> zero, ct = np.array([0.0]), np.array([1.0])
    >>> with np.errstate(divide="ignore", invalid="ignore"):
    ...     [is_continuous(Question(f, lambda *_: None, (zero,), ct, "here")) for f in (np.abs, lambda x: np.arctan(1 / x))]
    [True, False]
    """
    rng, values = np.random.default_rng(0), list[Array]()
    for step in (0.0, 1.0, -1.0):
        with np.errstate(all="ignore"):
            beside = tuple(_beside(a, step, rng) if is_float(a) else a for a in question.args)
            try:
                values.append(np.asarray(contained(question.f, *beside), dtype=float))
            except PASSING:
                raise
            except Exception:
                return False
    here, *others = values
    room = JUMP * largest_entry([here]) + STEEP * DISTANCE * sum(np.size(a) for a in question.args)
    return all(other.shape == here.shape and bool(np.all(np.abs(other - here) <= room)) for other in others)


def _beside(a: Any, step: float, rng: np.random.Generator) -> Any:
    """An argument moved by about `DISTANCE` in every entry, in float64: a coarser dtype may not hold it."""
    array = np.asarray(a)
    moved = array.astype(float) + step * DISTANCE * rng.uniform(0.5, 1, size=array.shape) * rng.choice([-1.0, 1.0], size=array.shape)
    return moved if isinstance(a, np.ndarray) else float(moved)
