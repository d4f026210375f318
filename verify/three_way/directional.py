"""Path sum = derivative, along directions: Σ_j (Σ Π D over the paths from j to k) v_j against the difference of f̄ᵏ along
v, where a graph has too many leaf entries to move them one by one.

The path sums are balls, the directions exact; what may lie between is the difference's own estimate of its error, and
the radius of the ball.

>>> from backproof.engine import forward, jacobians, leaf, vertex
>>> from backproof.verify.derivatives.differences import differences_along
>>> from backproof.verify.derivatives.directions import directions
>>> from backproof.verify.numbers.balls import real_ball_system
>>> from backproof.verify.paths.sums import path_sum
>>> graph, balls = Graph(1, (leaf("x", (2,)), vertex("y", "square", (1,)))), real_ball_system(326)
>>> sums = {(1, 2): path_sum(graph, jacobians(graph, forward(graph, [[3.0, -1.0]], balls), balls), 1, 2, balls)}
>>> some = directions(graph, [[3.0, -1.0]], "f15afd19312b")
>>> moved = differences_along(graph, [[3.0, -1.0]], some)
>>> paths_along_directions(graph, sums, some, moved, digits=50).verdict
<Verdict.CORRECT: 'CORRECT'>
>>> paths_along_directions(graph, sums, some[::-1], moved, digits=50).detail
'4 of 6 entries of the path sums along directions are not the derivative'
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
from mpmath.libmp import from_man_exp

from backproof.engine import Graph, NumberSystem, mpmath_system
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.theorems.path_sum import PATH_SUM
from backproof.verify.derivatives.differences import Difference
from backproof.verify.derivatives.directions import Direction
from backproof.verify.derivatives.stencil import context, number
from backproof.verify.numbers.ball_arrays import is_finite
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.numbers.matrices import matrices_of
from backproof.verify.numbers.precision import EXTRA_BITS, EXTRA_DIGITS
from backproof.verify.paths.enumeration import count_paths
from backproof.verify.paths.sums import PathSum
from backproof.verify.three_way.comparison import Comparison, Failure, and_more, entry_label, shown
from backproof.verify.three_way.theorem_1 import LOST_DIGITS
from backproof.verify.verdicts import Evidence, Reason, Verdict

CLAIM_DIRECTIONS = "path sum = differences along v"


def opening_directions() -> Comparison:
    """The comparison along directions before anything was compared."""
    return Comparison(CLAIM_DIRECTIONS, PATH_SUM.name, "ball", Verdict.CORRECT, Evidence.DIGITS)


def paths_along_directions(
    graph: Graph, sums: Mapping[Edge, PathSum], directions: Sequence[Direction], moved: Mapping[int, Difference], digits: int
) -> Comparison:
    """The path sums contracted with each direction, against the differences along it: one column each, for every
    vertex that moves and of which all path sums are known.

    They agree if they differ by no more than the differences' own estimate (never taken below 10^−digits of the scale
    Σ_j Σ Π|D| |v_j|, or of v itself) and the radius of the ball. INCONCLUSIVE at a kink, and where these exceed
    10^(10−digits) of the scale.
    """
    system, high = real_ball_system(math.ceil(digits * math.log2(10)) + EXTRA_BITS), mpmath_system(digits + EXTRA_DIGITS)
    finest, roughest = (high.convert(10) ** exponent for exponent in (-digits, LOST_DIGITS - digits))
    columns = _columns(graph, directions, system)
    unit = [max(abs(float(entry)) for part in direction.vectors.values() for entry in part) for direction in directions]
    sizes = {j: np.array([[abs(float(e)) for e in direction.vectors[j]] for direction in directions]).T for j in columns}
    failures: list[tuple[float, Failure]] = []
    kinks: list[str] = []
    vague: list[str] = []
    entries, worst, largest = 0, 0.0, finest
    for k, difference in moved.items():
        known = {j: sums[j, k] for j in columns if (j, k) in sums}
        if any(count_paths(graph, j, k) for j in columns if j not in known):
            continue
        contracted = _contracted(known, columns, system)
        scales = sum(_magnitude(total, high) @ sizes[j] for j, total in known.items())
        for index in np.ndindex(difference.value.shape):
            entries += 1
            where, ball = _place(graph, k, index, directions), contracted[index]
            scale = max(high.convert(scales[index]), high.convert(unit[index[1]]))
            if difference.kink[index]:
                kinks.append(where)
                continue
            estimate = max(high.convert(difference.estimate[index]), scale * finest)
            radius = _exactly(ball.rad().upper(), high) if is_finite(ball) else high.convert(math.inf)
            if not estimate + radius <= scale * roughest:
                vague.append(f"{where} (estimate {shown(estimate)})")
                continue
            left, right = _exactly(ball.mid(), high), high.convert(difference.value[index])
            share = float(abs(left - right) / (estimate + radius))
            largest, worst = max(largest, (estimate + radius) / scale), max(worst, share)
            if not share <= 1:
                failures.append((share, Failure(where, shown(left), shown(right), shown(abs(left - right)), shown(estimate + radius))))
    result = replace(opening_directions(), entries=entries, worst=worst, digits=math.floor(1e-9 - float(mpmath.log10(largest))))
    if failures:
        words = f"{len(failures)} of {entries} entries of the path sums along directions are not the derivative"
        return result.with_failures(Verdict.WRONG, words, failures)
    if kinks:
        return result.inconclusive(Reason.KINK, and_more(kinks))
    return result.inconclusive(Reason.DTYPE, f"the differences are too rough at {and_more(vague)}") if vague else result


def _columns(graph: Graph, directions: Sequence[Direction], system: NumberSystem) -> dict[int, Any]:
    """The directions as the columns of one matrix for each leaf."""
    columns: dict[int, Any] = {}
    for j in directions[0].entries:
        parts = [direction.vectors[j] for direction in directions]
        columns[j] = matrices_of(system).of(system.array(np.array(parts, dtype=object).reshape(len(parts), graph.dimension(j)).T))
    return columns


def _contracted(sums: Mapping[int, PathSum], columns: Mapping[int, Any], system: NumberSystem) -> Array:
    kind = matrices_of(system)
    with kind.working():
        products = [kind.times(kind.of(total.value), columns[j]) for j, total in sums.items()]
        return kind.folded(kind.above(products), products[0].nrows())


def _magnitude(total: PathSum, system: NumberSystem) -> Array:
    """Σ Π|D| in floats, or in numbers of the system where floats have not the range."""
    if total.magnitude.dtype.kind == "f":
        return total.magnitude
    upper: Array = np.empty(total.magnitude.shape, dtype=object)
    upper.reshape(-1)[:] = [
        _exactly(ball.upper(), system) if is_finite(ball) else system.convert(math.inf) for ball in total.magnitude.reshape(-1)
    ]
    return upper


def _exactly(middle: Any, system: NumberSystem) -> Any:
    """An exact ball as a number of the system, rounded to it."""
    mantissa, exponent = middle.man_exp()
    return number(from_man_exp(int(mantissa), int(exponent), context(system).prec, "n"), system)


def _place(graph: Graph, k: int, index: tuple[int, ...], directions: Sequence[Direction]) -> str:
    return f"∂{graph.name(k)}{entry_label(graph, k, index[0])} along {directions[index[1]].name}"
