"""High-precision mpmath differences of the global functions f̄ᵏ: a witness for derivatives that never sees a Jacobian.

`differences` moves one entry of one leaf at a time, recomputes the descendants of that leaf and nothing else, and forms
the slopes of every f̄ᵏ at once (`verify.derivatives.stencil`): two one-sided differences of different steps, whose
distance is the estimate of their error, and shows a kink where it does not shrink with the step. `differences_along`
moves all leaves along one direction (`verify.derivatives.directions`).

Only local *values* are evaluated.

>>> from backproof.engine import Graph, leaf, vertex
>>> graph = Graph(1, (leaf("x"), vertex("y", "exp", (1,))))
>>> result = differences(graph, [0.0], 1)[2]
>>> abs(float(result.value[0, 0]) - 1.0) < 1e-15, float(result.estimate[0, 0]) < 1e-45
(True, True)
>>> at_a_kink = differences(Graph(1, (leaf("x"), vertex("y", "abs", (1,)))), [0.0], 1)[2]
>>> at_a_kink.kink.tolist()
[[True]]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from backproof.engine import DomainError, Graph, NumberSystem, forward, mpmath_system
from backproof.engine.number_systems import Array
from backproof.engine.passes import Values
from backproof.engine.vertices import label
from backproof.verify.derivatives.directions import Direction, exponent_of
from backproof.verify.derivatives.stencil import STEPS, Move, Slope, Triple, evaluated, number, roundings, size_of, slopes
from backproof.verify.numbers.precision import DIGITS

ATTEMPTS = 4  # chosen: steps of size 10^−(digits + FINER) and smaller; what needs more is near an edge or a kink, and enclosures decide it
FINER = 8  # digits by which the first step is smaller than what is aimed at: a curvature up to 10⁷ of the slope then costs nothing
SHRINK = 12  # digits by which each next step is smaller; chosen: it then leaves the region in which a step failed
GUARD = 15  # digits more than cancelling at such a step takes away; chosen: for the roundings of the values themselves
MORE = 10  # digits of the higher precision; what it rounds is then smaller by as much than what is measured of the lower
RESOLUTION = 10  # digits of those aimed at that the estimate may be short of: a step with such an estimate is good enough
BEYOND_NOISE = 4  # bits by which a gap must exceed the rounding to be a kink; chosen: as much as the estimate holds of it
BITS = math.log2(10)  # of a decimal digit


@dataclass(frozen=True)
class Difference:
    """∂u_k/∂u_j by differences, d_k × d_j mpmath numbers each; d_k × 1 along a direction.

    `value`     the slope
    `estimate`  its own error: three times the gap between the two one-sided slopes for the truncation, and ten times
                the change between two precisions for the rounding
    `kink`      True where the gap does not shrink with the step
    """

    value: Array
    estimate: Array
    kink: Array


def differences(graph: Graph, leaves: Sequence[Any], j: int, digits: int = DIGITS) -> dict[int, Difference]:
    """∂u_k/∂u_j under f̄ᵏ for leaf j and every descendant k, aiming at `digits` decimal digits.

    The first step is h = η·|x|, or η at x = 0, with η = 10^−(digits + 8), rounded to a power of two; it shrinks, and the
    precision grows with it, where a point of the stencil leaves the domain or the estimate stays above 10^(10−digits);
    last of all h = η is tried, for an x so small that a step relative to it is lost in the values. DomainError if no
    step fits; FloatLeak if a float leaks in.
    """
    sizes = [exponent_of(value) for value in np.asarray(leaves[j - 1], dtype=object).reshape(-1)]
    stencil = _Stencil(graph, leaves, _descendants(graph, [j]), digits, {j: [(c, 1, size) for c, size in enumerate(sizes)]})
    where = label(graph.vertices, j)
    return stencil.differences([stencil.slopes({j: [(c, 1, 0)]}, size, f"at {where} entry {c}") for c, size in enumerate(sizes)])


def differences_along(graph: Graph, leaves: Sequence[Any], directions: Sequence[Direction], digits: int = DIGITS) -> dict[int, Difference]:
    """Σ_j ∂u_k/∂u_j v_j for every vertex k that moves, one column for each direction v, as `differences`: all leaf
    entries move at once. DomainError if no step fits; FloatLeak if a float leaks in."""
    moving = sorted({j for direction in directions for j in direction.entries})
    stencil = _Stencil(graph, leaves, _descendants(graph, moving), digits, directions[0].entries)
    return stencil.differences([stencil.slopes(direction.entries, 0, f"along {direction.name}") for direction in directions])


def _descendants(graph: Graph, moving: Sequence[int]) -> list[int]:
    reached = set(moving)
    for k in range(graph.l + 1, graph.n + 1):
        if not reached.isdisjoint(graph.parents(k)):
            reached.add(k)
    return sorted(reached.difference(moving))


@dataclass
class _Best:
    """The best slope of one entry so far, the size of the gap at the last step, and whether it is a kink."""

    slope: Slope
    gap: int
    kink: bool = False

    def take(self, slope: Slope, smallest: int) -> None:
        """Another slope, by a smaller step: where the gap stays, and is more than rounding, there is a kink."""
        stays = slope.gap >= self.gap - 1 and slope.gap > smallest and slope.gap > slope.noise + BEYOND_NOISE
        self.kink, self.gap = self.kink or stays, slope.gap
        if size_of(slope.estimate) < size_of(self.slope.estimate):
            self.slope = slope

    def is_settled(self, smallest: int) -> bool:
        """Whether another step cannot help: the estimate is small enough, or the point is a kink."""
        return self.kink or size_of(self.slope.estimate) <= smallest + max(size_of(self.slope.value) - 1, 0)


class _Attempt(NamedTuple):
    """A step size: the system, the values at rest and where everything has moved, and their roundings."""

    system: NumberSystem
    rest: Values
    moved: Values
    rounded: dict[int, list[Triple]]


class _Stencil:
    """Slopes along moves of some leaves of a graph. `together`: all that moves, where roundings are measured."""

    def __init__(self, graph: Graph, leaves: Sequence[Any], descendants: Sequence[int], digits: int, together: Move) -> None:
        self._graph, self._leaves, self._descendants, self._digits, self._together = graph, leaves, descendants, digits, together
        self._smallest = math.floor((RESOLUTION - digits) * BITS)
        self._attempts: dict[int, _Attempt] = {}

    def slopes(self, v: Move, size: int, where: str) -> dict[int, list[_Best]]:
        """The slope of every entry of every descendant along v, by the first step 2^(size − bits) that settles it, or
        the best of all. DomainError if none fits."""
        best: dict[int, list[_Best]] = {}
        outside: DomainError | None = None
        lost = False
        for attempt in (*range(ATTEMPTS), None):
            if (attempt is None and size == 0) or (attempt is not None and lost):
                continue
            try:
                found = self._tried(v, 0 if attempt is None else size, attempt or 0)
            except DomainError as error:
                outside = error
                continue
            for k, entries in found.items():
                if k not in best:
                    best[k] = [_Best(slope, slope.gap) for slope in entries]
                    continue
                for known, slope in zip(best[k], entries, strict=True):
                    known.take(slope, self._smallest)
            unsettled = [entry for entries in best.values() for entry in entries if not entry.is_settled(self._smallest)]
            if not unsettled:
                break
            lost = all(entry.slope.gap <= entry.slope.noise for entry in unsettled)  # the precision grows with the step
        if outside is not None and not best:
            raise DomainError(f"no step fits {where}: {outside}")
        return best

    def _tried(self, v: Move, size: int, attempt: int) -> dict[int, list[Slope]]:
        bits = math.ceil((self._digits + FINER + attempt * SHRINK) * BITS)
        at = self._attempts.get(bits)
        if at is None:
            at = self._attempts[bits] = self._attempt(bits)
        exponent = size - bits
        move = _scaled(v, exponent)
        minus, plus = (
            at.moved if step == STEPS[1] and move == _scaled(self._together, -bits) else self._at(at, move, step) for step in STEPS
        )
        return {k: slopes(at.rest[k], minus[k], plus[k], at.rounded[k], exponent, at.system) for k in self._descendants}

    def _at(self, at: _Attempt, move: Move, step: int) -> Values:
        return evaluated(self._graph, at.rest, move, step, self._descendants, at.system)

    def _attempt(self, bits: int) -> _Attempt:
        digits = self._digits + GUARD + math.ceil(bits / BITS)
        lower, higher = mpmath_system(digits), mpmath_system(digits + MORE)
        rest = forward(self._graph, self._leaves, higher)
        moved = evaluated(self._graph, rest, _scaled(self._together, -bits), STEPS[1], self._descendants, higher)
        again = forward(self._graph, [lower.array(moved[j]) for j in range(1, self._graph.l + 1)], lower)
        return _Attempt(higher, rest, moved, {k: roundings(again[k], moved[k], lower) for k in self._descendants})

    def differences(self, columns: Sequence[dict[int, list[_Best]]]) -> dict[int, Difference]:
        """One column for each move."""
        found: dict[int, Difference] = {}
        for k in self._descendants:
            system = next(iter(self._attempts.values())).system
            value, estimate, kink = (np.empty((self._graph.dimension(k), len(columns)), dtype=kind) for kind in (object, object, bool))
            for place, column in enumerate(columns):
                value[:, place] = [number(entry.slope.value, system) for entry in column[k]]
                estimate[:, place] = [number(entry.slope.estimate, system) for entry in column[k]]
                kink[:, place] = [entry.kink for entry in column[k]]
            found[k] = Difference(value, estimate, kink)
        return found


def _scaled(v: Move, exponent: int) -> Move:
    return {j: [(entry, numerator, power + exponent) for entry, numerator, power in entries] for j, entries in v.items()}
