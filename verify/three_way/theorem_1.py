"""Path sum = derivative (Theorem 1, L15): ∂u_k/∂u_j = Σ_{paths from j to k} Π D, for every leaf j and every non-leaf k.

Two judges know the derivative from function values alone, and neither a Jacobian nor a path:

- `paths_against_enclosures`: the path sum in balls against an enclosure (`verify.derivatives.enclosures`). It decides:
  a path sum that does not meet the enclosure is proved WRONG. At an exact kink the interval of Clarke's derivative
  takes its place (`verify.derivatives.kinks`): any value inside is right.
- `paths_against_differences`: the path sum in mpmath against central differences (`verify.derivatives.differences`),
  within their own estimate of their error. A second witness.

>>> from backproof.engine import forward, jacobians, leaf, mpmath_system, vertex
>>> from backproof.verify.derivatives.differences import differences
>>> from backproof.verify.paths.sums import path_sum
>>> graph, high = Graph(1, (leaf("x"), vertex("y", "square", (1,)))), mpmath_system(90)
>>> sums = {(1, 2): path_sum(graph, jacobians(graph, forward(graph, [3.0], high), high), 1, 2, high)}
>>> paths_against_differences(graph, sums, {1: differences(graph, [3.0], 1)}, high, digits=50).verdict
<Verdict.CORRECT: 'CORRECT'>
>>> paths_against_differences(graph, sums, {1: differences(graph, [3.5], 1)}, high, digits=50).detail
'1 of 1 entries of the path sums are not the derivative'
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
from flint import arb

from backproof.engine import Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.theorems.path_sum import PATH_SUM
from backproof.verify.derivatives.differences import Difference
from backproof.verify.derivatives.kinks import ClarkeInterval, Found
from backproof.verify.derivatives.polydiscs import NoEnclosure
from backproof.verify.numbers.ball_arrays import is_finite, precision
from backproof.verify.paths.sums import PathSum
from backproof.verify.three_way.comparison import BITS, Comparison, Failure, and_more, entry_label, shown, shown_ball
from backproof.verify.verdicts import Evidence, Reason, Verdict

CLAIM_CERTIFIED = "path sum = certified derivative"
CLAIM_DIFFERENCES = "path sum = differences"
LOST_DIGITS = 10  # of the digits asked for, that an estimate may cost before differences decide nothing; chosen
LOOSEST = 10  # decimal digits of the scale that ball and enclosure together must fix to be called CORRECT; chosen
MEASURABLE = 1e-290  # above, a radius as a float has all its digits (2.2e-308 is the smallest normal number)


def opening_certified() -> Comparison:
    """The comparison with enclosures before anything was compared."""
    return Comparison(CLAIM_CERTIFIED, PATH_SUM.name, "ball", Verdict.CORRECT, Evidence.CERTIFIED)


def opening_differences(system: NumberSystem) -> Comparison:
    """The comparison with differences before anything was compared."""
    return Comparison(CLAIM_DIFFERENCES, PATH_SUM.name, system.name, Verdict.CORRECT, Evidence.DIGITS)


def paths_against_enclosures(graph: Graph, sums: Mapping[Edge, PathSum], found: Mapping[Edge, Found], system: NumberSystem) -> Comparison:
    """Σ Π D over the paths from j to k, in balls, against the enclosure of ∂u_k/∂u_j.

    WRONG where they are disjoint, CORRECT where they overlap and are small; INCONCLUSIVE where there is no enclosure,
    or ball and enclosure are too large to say much. A value inside Clarke's interval at a kink is CORRECT, and noted.
    """
    failures: list[tuple[float, Failure]] = []
    kinks: list[str] = []
    left_open: list[tuple[Reason, str]] = []
    entries, reached = 0, math.inf
    for (j, k), total in sums.items():
        enclosure = found[j, k]
        entries += total.value.size
        if isinstance(enclosure, NoEnclosure):
            left_open.append((enclosure.reason, enclosure.text))
            continue
        kinked = isinstance(enclosure, ClarkeInterval)
        derivative = (enclosure.enclosure if isinstance(enclosure, ClarkeInterval) else enclosure).balls
        triples: Any = zip(*(array.reshape(-1).tolist() for array in (total.value, derivative, total.magnitude)), strict=True)
        for place, (ball, true, magnitude) in enumerate(triples):
            overlap = is_finite(ball) and ball.overlaps(true) and not kinked
            digits = _digits(ball.rad() + true.rad(), magnitude) if overlap else math.inf
            reached = min(reached, digits)
            if overlap and digits >= LOOSEST:
                continue
            where = _place(graph, j, k, divmod(place, total.value.shape[1]))
            if overlap:
                left_open.append((Reason.DTYPE, f"only {digits:.0f} digits of {where} are certified"))
            elif not is_finite(ball):
                left_open.append((Reason.DTYPE, f"the path sum at {where} is not finite in {system.name}"))
            elif not ball.overlaps(true):
                failures.append((math.inf, _disjoint(where, ball, true)))
            else:
                kinks.append(where)
    result = replace(opening_certified(), entries=entries, digits=math.floor(reached) if math.isfinite(reached) else None)
    if failures:
        return result.with_failures(Verdict.WRONG, _not_the_derivative(len(failures), entries), failures)
    if left_open:
        return result.inconclusive(left_open[0][0], and_more([detail for _, detail in left_open]))
    return replace(result, detail=f"at a kink, inside Clarke's interval: {and_more(kinks)}") if kinks else result


def _disjoint(where: str, ball: Any, true: Any) -> Failure:
    with precision(BITS):
        apart = abs(ball.mid() - true.mid())
    return Failure(where, shown_ball(ball), shown_ball(true), shown_ball(apart), shown_ball(true.rad(), 3))


def _digits(rad: Any, magnitude: Any) -> float:
    """How many decimal digits of the magnitude, or of 1 where that is larger, a radius (an exact ball) fixes."""
    if rad == 0:
        return math.inf
    if type(magnitude) is float and MEASURABLE < (size := float(rad)) < math.inf and magnitude < math.inf:
        return -math.log10(size / max(magnitude, 1.0))
    scale: Any = magnitude if type(magnitude) is arb else arb(float(magnitude))
    share = rad / scale.max(arb(1))
    if not share.is_finite():
        return 0.0
    size = float(share)
    return -math.log10(size) if 0 < size < math.inf else float(-share.log() / math.log(10))


def paths_against_differences(
    graph: Graph, sums: Mapping[Edge, PathSum], moved: Mapping[int, Mapping[int, Difference]], system: NumberSystem, digits: int
) -> Comparison:
    """Σ Π D against the central differences of f̄ᵏ, entry by entry.

    They agree if they differ by no more than the differences' own estimate (never taken below 10^−digits of the scale
    max(Σ Π|D|, 1)). INCONCLUSIVE at a kink, and where the estimate exceeds 10^(10−digits) of the scale.
    """
    failures: list[tuple[float, Failure]] = []
    kinks: list[str] = []
    vague: list[str] = []
    one, finest, roughest = (system.convert(10) ** exponent for exponent in (0, -digits, LOST_DIGITS - digits))
    entries, worst, largest = 0, 0.0, finest
    for (j, k), total in sums.items():
        difference = moved[j][k]
        for index in np.ndindex(total.value.shape):
            entries += 1
            scale = max(system.convert(total.magnitude[index]), one)
            left, right = total.value[index], system.convert(difference.value[index])
            estimate = max(system.convert(difference.estimate[index]), scale * finest)
            if difference.kink[index]:
                kinks.append(_place(graph, j, k, index))
            elif estimate > scale * roughest:
                vague.append(f"{_place(graph, j, k, index)} (estimate {shown(estimate)})")
            else:
                share = float(abs(left - right) / estimate)
                largest, worst = max(largest, estimate / scale), max(worst, share)
                if not share <= 1:
                    found = Failure(_place(graph, j, k, index), shown(left), shown(right), shown(abs(left - right)), shown(estimate))
                    failures.append((share, found))
    decided = math.floor(1e-9 - float(mpmath.log10(largest)))  # 1e-9: a logarithm just below a whole number is that
    result = replace(opening_differences(system), entries=entries, worst=worst, digits=decided)
    if failures:
        return result.with_failures(Verdict.WRONG, _not_the_derivative(len(failures), entries), failures)
    if kinks:
        return result.inconclusive(Reason.KINK, and_more(kinks))
    return result.inconclusive(Reason.DTYPE, f"the differences are too rough at {and_more(vague)}") if vague else result


def _not_the_derivative(failed: int, entries: int) -> str:
    return f"{failed} of {entries} entries of the path sums are not the derivative"


def _place(graph: Graph, j: int, k: int, index: tuple[int, ...]) -> str:
    """One entry of ∂u_k/∂u_j, in words."""
    return f"∂{graph.name(k)}{entry_label(graph, k, index[0])}/∂{graph.name(j)}{entry_label(graph, j, index[1])}"
