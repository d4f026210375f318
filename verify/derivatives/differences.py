"""High-precision mpmath differences of the global functions f̄ᵏ: a witness for derivatives that never sees a Jacobian.

`differences` moves one entry of one leaf at a time, recomputes the descendants of that leaf and nothing else, and takes
(f̄ᵏ(x + h) − f̄ᵏ(x − h)) / 2h for every k at once. Two steps (h and 2h) and two precisions give an estimate of its own
error; the one-sided differences at both steps tell a kink, where they stay apart, from curvature, where halving the
step halves their distance.

Only local *values* are evaluated (`engine.local_functions.local_value`).

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

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from backproof.engine import DomainError, Graph, NumberSystem, forward, mpmath_system
from backproof.engine.local_functions import local_value
from backproof.engine.number_systems import Array
from backproof.engine.passes import Values
from backproof.engine.vertices import label
from backproof.verify.numbers.precision import DIGITS

AtRest: TypeAlias = Callable[[NumberSystem], Values]

ATTEMPTS = 4  # chosen: steps of size 10^(−digits/2) and smaller; what needs more is near an edge or a kink, and enclosures decide it
SHRINK = 12  # digits by which each next step is smaller; chosen: it then leaves the region in which a step failed
GUARD = 15  # digits more than cancelling at such a step takes away; chosen: for the roundings of the values themselves
RESOLUTION = 10  # digits of those aimed at that the estimate may be short of: a step with such an estimate is good enough


class FloatLeak(TypeError):
    """A local function returned a number of another system (a float from `math.sin`, say): differences of it mean
    nothing."""


@dataclass(frozen=True)
class Difference:
    """∂u_k/∂u_j by differences, d_k × d_j mpmath numbers each.

    `value`     the central difference at step h
    `estimate`  its own error: |C(2h) − C(h)| for the truncation (three times the leading term), and ten times the
                change between two precisions for the rounding
    `kink`      True where the one-sided differences do not approach each other as h shrinks
    """

    value: Array
    estimate: Array
    kink: Array


def differences(graph: Graph, leaves: Sequence[Any], j: int, digits: int = DIGITS) -> dict[int, Difference]:
    """∂u_k/∂u_j under f̄ᵏ for leaf j and every descendant k, aiming at `digits` decimal digits.

    The step is h = η·|x|, or η at x = 0, with η = 10^(−digits/2); it shrinks, and the precision grows with it, where a
    point of the stencil leaves the domain or the estimate stays above 10^(10−digits); last of all h = η is tried, for
    an x so small that a step relative to it is lost in the values. DomainError if no step fits; FloatLeak if a float
    leaks in.
    """
    descendants = _descendants(graph, j)

    @cache
    def at_rest(system: NumberSystem) -> Values:
        return forward(graph, leaves, system)

    columns: dict[int, list[tuple[Array, Array, Array]]] = {k: [] for k in descendants}
    for entry in range(graph.dimension(j)):
        column = _column(graph, at_rest, j, entry, descendants, digits)
        for k in descendants:
            columns[k].append(column[k])
    return {k: Difference(*(np.stack(part, axis=1) for part in zip(*columns[k], strict=True))) for k in descendants}


def _descendants(graph: Graph, j: int) -> list[int]:
    reached = {j}
    for k in range(j + 1, graph.n + 1):
        if any(parent in reached for parent in graph.parents(k)):
            reached.add(k)
    return sorted(reached - {j})


def _column(graph: Graph, at_rest: AtRest, j: int, entry: int, descendants: Sequence[int], digits: int) -> dict[int, Any]:
    """The differences for one entry of leaf j: the first attempt whose estimate is small enough, else the best one."""
    best: dict[int, Any] | None = None
    outside: DomainError | None = None
    tries = [(digits // 2 + attempt * SHRINK, True) for attempt in range(ATTEMPTS)]
    for eta, relative in (*tries, (digits // 2, False)):
        try:
            column = _stencil(graph, at_rest, j, entry, descendants, eta, digits, relative)
        except DomainError as error:
            outside = error
            continue
        best = column if best is None else {k: column[k] if np.max(column[k][1]) < np.max(best[k][1]) else best[k] for k in descendants}
        if all(_settled(value, estimate, kink, digits) for value, estimate, kink in best.values()):
            break
    if best is None:
        assert outside is not None
        raise DomainError(f"no step fits at {label(graph.vertices, j)} entry {entry}: {outside}")
    return best


def _settled(value: Array, estimate: Array, kink: Array, digits: int) -> bool:
    """Whether another attempt cannot help: the estimate is small enough, or the point is a kink."""
    return all(k or e <= 10.0 ** (RESOLUTION - digits) * max(abs(v), 1) for v, e, k in zip(value, estimate, kink, strict=True))


def _stencil(
    graph: Graph, at_rest: AtRest, j: int, entry: int, descendants: Sequence[int], eta: int, digits: int, relative: bool
) -> dict[int, Any]:
    lower = mpmath_system(digits + eta + GUARD)
    higher = mpmath_system(digits + eta + GUARD + 20)
    x = at_rest(higher)[j][entry]
    h = (abs(x) if relative and x else 1) * higher.convert(10) ** -eta
    base = at_rest(lower)
    rough = {0: base, **_moved(graph, base, j, entry, descendants, lower, h, (-2, -1, 1, 2))}
    fine = _moved(graph, at_rest(higher), j, entry, descendants, higher, h, (-1, 1))
    unit, smallest = higher.convert(lower.unit_roundoff), higher.convert(10) ** (RESOLUTION - digits)
    column: dict[int, Any] = {}
    for k in descendants:
        u = {step: higher.array(values[k]) for step, values in rough.items()}
        near = (u[1] - u[-1]) / (2 * h)
        far = (u[2] - u[-2]) / (4 * h)
        value = (fine[1][k] - fine[-1][k]) / (2 * h)
        rounding = np.abs(near - value) * 10 + (np.abs(u[1]) + np.abs(u[-1])) * (10 * unit / h)
        estimate = np.abs(far - near) + rounding
        apart = np.abs((u[1] - u[0]) - (u[0] - u[-1])) / h
        apart_far = np.abs((u[2] - u[0]) - (u[0] - u[-2])) / (2 * h)
        kink = (apart > smallest) & (apart > rounding * 10) & (apart_far * 2 < apart * 3)
        column[k] = value, estimate, kink
    return column


def _moved(
    graph: Graph, base: Values, j: int, entry: int, descendants: Sequence[int], system: NumberSystem, h: Any, steps: Sequence[int]
) -> dict[int, Values]:
    """u_k for every descendant k, at each of the points x + step·h."""
    moved: dict[int, Values] = {}
    for step in steps:
        u = dict(base)
        u[j] = base[j].copy()
        u[j][entry] = base[j][entry] + system.convert(h * step)
        for k in descendants:
            u[k] = local_value(graph, k, u, system)
            leaked = system.leaks(u[k])
            if leaked:
                raise FloatLeak(
                    f"{label(graph.vertices, k)}: {graph.row(k).name} returned {leaked[0]!r} of type {type(leaked[0]).__name__} in {system.name}; "
                    "its value must use the operations of the number system only"
                )
        moved[step] = u
    return moved
