"""Path sum = derivative (Theorem 1)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import mpmath
import numpy as np

from backproof.engine import Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.theorems.path_sum import PATH_SUM
from backproof.verify.derivatives.differences import Difference
from backproof.verify.derivatives.kinks import ClarkeInterval, Found
from backproof.verify.derivatives.polydiscs import NoEnclosure
from backproof.verify.numbers.ball_arrays import arb, is_finite, precision
from backproof.verify.paths.sums import PathSum
from backproof.verify.three_way.comparison import MOST_FAILURES, Comparison, Failure, _blank, shown
from backproof.verify.three_way.floats import BITS, _place, shown_ball
from backproof.verify.verdicts import Evidence, Reason, Verdict

LOST_DIGITS = 10

CLAIM_CERTIFIED = "path sum = certified derivative"
MEASURABLE = 1e-290  # below, a radius as a float may have lost its digits
LOOSEST = 10  # decimal digits of the scale that an enclosure must fix


def paths_against_enclosures(graph: Graph, sums: Mapping[Edge, PathSum], found: Mapping[Edge, Found], system: NumberSystem) -> Comparison:
    """Σ Π D over the paths from j to k, in balls, against the enclosure of ∂u_k/∂u_j: disjoint is WRONG, overlapping CORRECT if both are small."""
    failures: list[Failure] = []
    kinks: list[str] = []
    open_reasons: list[str] = []
    entries, reached = 0, math.inf
    for (j, k), total in sums.items():
        enclosure = found[j, k]
        entries += total.value.size
        if isinstance(enclosure, NoEnclosure):
            open_reasons.append(f"{enclosure.reason.value}: {enclosure.text}")
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
                open_reasons.append(f"{Reason.DTYPE.value}: only {digits:.0f} digits of {where} are certified")
                continue
            if not is_finite(ball):
                open_reasons.append(f"{Reason.DTYPE.value}: the path sum at {where} is not finite in {system.name}")
            elif not ball.overlaps(true):
                with precision(BITS):
                    apart = abs(ball.mid() - true.mid())
                failures.append(Failure(where, shown_ball(ball), shown_ball(true), shown_ball(apart), shown_ball(true.rad(), 3)))
            else:
                kinks.append(where)
    result = Comparison(CLAIM_CERTIFIED, PATH_SUM.name, "ball", Verdict.CORRECT, Evidence.CERTIFIED, entries=entries)
    if math.isfinite(reached):
        result = replace(result, digits=math.floor(reached))
    if failures:
        reason = f"{len(failures)} of {entries} entries of the path sums are not the derivative"
        return replace(result, verdict=Verdict.WRONG, reason=reason, failures=tuple(failures[:MOST_FAILURES]), failed=len(failures))
    if open_reasons:
        more = f" and {len(open_reasons) - 1} more" if len(open_reasons) > 1 else ""
        return replace(result, verdict=Verdict.INCONCLUSIVE, reason=open_reasons[0] + more, digits=None)
    if kinks:
        note = f"at a kink, inside Clarke's interval: {kinks[0]}" + (f" and {len(kinks) - 1} more" if len(kinks) > 1 else "")
        return replace(result, reason=note)
    return result


def _digits(rad: Any, magnitude: Any) -> float:
    """How many decimal digits of the magnitude, or of 1 where that is larger, a radius (an exact ball) fixes."""
    if rad == 0:
        return math.inf
    if type(magnitude) is float and MEASURABLE < (size := float(rad)) < math.inf and magnitude < math.inf:
        return -math.log10(size / max(magnitude, 1.0))
    share = rad / (magnitude if type(magnitude) is arb else arb(float(magnitude))).max(arb(1))
    if not share.is_finite():
        return 0.0
    size = float(share)
    return -math.log10(size) if 0 < size < math.inf else float(-share.log() / math.log(10))


def paths_against_differences(
    graph: Graph, sums: Mapping[Edge, PathSum], moved: Mapping[int, Mapping[int, Difference]], system: NumberSystem, digits: int
) -> Comparison:
    """Σ Π D against the central differences of f̄ᵏ, entry by entry.

    They agree if they differ by no more than the differences' own estimate (never taken below 10^−digits of the scale max(Σ Π|D|, 1)).
    INCONCLUSIVE at a kink, and where the estimate exceeds 10^(10−digits) of the scale.
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
    result = replace(_blank(system, True), entries=entries, worst=worst, digits=math.floor(1e-9 - float(mpmath.log10(largest))))
    if failures:
        ordered = tuple(failure for _, failure in sorted(failures, key=lambda pair: -pair[0]))
        reason = f"{len(failures)} of {entries} entries of the path sums are not the derivative"
        return replace(result, verdict=Verdict.WRONG, reason=reason, failures=ordered[:MOST_FAILURES], failed=len(failures))
    if kinks:
        reason = f"{Reason.KINK.value}: {kinks[0]}" + (f" and {len(kinks) - 1} more" if len(kinks) > 1 else "")
        return replace(result, verdict=Verdict.INCONCLUSIVE, reason=reason, digits=None)
    if vague:
        reason = f"{Reason.DTYPE.value}: the differences are too rough at {vague[0]}" + (
            f" and {len(vague) - 1} more" if len(vague) > 1 else ""
        )
        return replace(result, verdict=Verdict.INCONCLUSIVE, reason=reason, digits=None)
    return result
