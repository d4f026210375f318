"""Path sums against differences along directions, near the estimate that the differences have of their error.

>>> from backproof.verify.selftest.graded.fault import try_fault
>>> from backproof.verify.selftest.graded.judge import Judge
>>> [try_fault(fault, Judge()).outcome for fault in direction_faults()[:3]]
['passes', 'passes', 'caught']
>>> trusting = Judge(Routes(judge_directions=lambda *given: opening_directions()))
>>> try_fault(direction_faults()[2], trusting).outcome
'MISSED'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from backproof.engine import Graph
from backproof.verify.cases.case import Case
from backproof.verify.derivatives.differences import Difference
from backproof.verify.derivatives.directions import Direction
from backproof.verify.selftest.graded.derivatives import ESTIMATE, FINEST, HIGH, ROUGHEST, without_enclosures
from backproof.verify.selftest.graded.fault import Fault, GradedPlant, Measured, graded
from backproof.verify.selftest.graded.judge import ALONG, Judge, Seen
from backproof.verify.selftest.graded.planting import set_at
from backproof.verify.selftest.graded.points import cancelling
from backproof.verify.selftest.graded.stated import path_sum
from backproof.verify.three_way.directional import opening_directions
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Verdict

__all__ = ["direction_faults", "opening_directions", "slope"]


def direction_faults() -> list[Fault | Measured]:
    """The faults near the comparison along directions."""
    return [
        *graded(ALONG, "a difference along a direction off by its own estimate", _places(ESTIMATE)),
        *graded(ALONG, "a difference along a direction off by 10⁻⁵⁰ of the scale, with the estimate 0", _places(Fraction(0))),
        *graded(ALONG, "an estimate above 10⁻⁴⁰ of the scale", _places(None), verdict=Verdict.INCONCLUSIVE),
    ]


def slope(case: Case, k: int, direction: Direction, entry: int, sizes: bool = False) -> Fraction:
    """Σ_j Σ Π D · v_j for one entry of u_k; of absolute values with `sizes`."""
    total = Fraction(0)
    for j, vector in direction.vectors.items():
        part = path_sum(case, j, k, sizes)[entry] * vector[entry]
        total += abs(part) if sizes else part
    return total


def _places(estimate: Fraction | None) -> dict[str, GradedPlant]:
    """Two vertices of both cases, along the last direction; without an estimate it is the estimate that is graded."""
    return {
        f"{case.name}: {case.graph.name(k)}, entry {case.graph.dimension(k)}": lambda judge, grade, case=case, k=k: _planted(
            judge, case, k, grade, estimate
        )
        for case in (cancelling(), cancelling(2))
        for k in (case.graph.l + 1, case.graph.n)
    }


def _planted(judge: Judge, case: Case, k: int, grade: Fraction, estimate: Fraction | None) -> Seen:
    def wrong(graph: Graph, leaves: Sequence[Any], along: Sequence[Direction], digits: int) -> dict[int, Difference]:
        found = judge.routes.differences_along(graph, leaves, along, digits)
        index, direction = (graph.dimension(k) - 1, len(along) - 1), along[-1]
        entry = index[0]
        true = slope(case, k, direction, entry)
        unit = max(abs(x) for vector in direction.vectors.values() for x in vector)
        scale = max(slope(case, k, direction, entry, sizes=True), unit)
        off = Fraction(0) if estimate is None else grade * max(estimate, FINEST * scale)
        said = grade * ROUGHEST * scale if estimate is None else estimate
        value, error = set_at(found[k].value, index, _mpf(true + off)), set_at(found[k].estimate, index, _mpf(said))
        return {**found, k: Difference(value, error, np.zeros_like(found[k].kink))}

    routes: Routes = replace(judge.routes, differences_along=wrong)
    return judge.seen(case, without_enclosures(routes) if estimate is None else routes, witness=Witness.DIRECTIONS)


def _mpf(value: Fraction) -> Any:
    return HIGH.convert(value.numerator) / value.denominator
