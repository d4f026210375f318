"""The path sums of a check against those of the definition, near what rounding allows: in floats 2γ·Σ Π|D|, in balls their
radius, over the rationals nothing.

>>> from backproof.verify.selftest.graded.fault import try_fault
>>> from backproof.verify.selftest.graded.judge import Judge
>>> [try_fault(fault, Judge()).outcome for fault in definition_faults()[:3]]
['passes', 'passes', 'caught']
>>> trusting = Judge(check=lambda *given, definition, **options: check_case(*given, **options))
>>> try_fault(definition_faults()[2], trusting).outcome
'MISSED'
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.verify.paths.sums import PathSum
from backproof.verify.selftest.graded.adjoints import LEAF, LEAST, RADIUS
from backproof.verify.selftest.graded.fault import Fault, GradedPlant, Measured, at, graded
from backproof.verify.selftest.graded.judge import Judge, Seen
from backproof.verify.selftest.graded.planting import as_number, ball, set_at
from backproof.verify.selftest.graded.points import cancelling
from backproof.verify.selftest.graded.stated import gamma, path_sum, paths, roundings
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.witness import Witness

__all__ = ["check_case", "definition_faults"]

ANOTHER = 2  # y, whose path sum is not 0

Moved = Callable[[Fraction, NumberSystem], Any]


def definition_faults() -> list[Fault | Measured]:
    """The faults near the comparison with the definition."""
    words = "a path sum off its definition by the rounding bound"
    exact = "a path sum off its definition by {}"
    return [
        *graded("definition, float64", words, _off("float64", lambda grade, system: as_number(grade * _bound(), system))),
        *graded(
            "definition, ball",
            "a path sum's ball off its definition, by its radius",
            _off("ball", lambda grade, _: ball(grade * RADIUS, RADIUS)),
        ),
        *(
            Fault("definition, rational", exact.format(size), at(_more("rational"), least), should_pass=not least)
            for size, least in LEAST.items()
        ),
        *(
            Fault(f"definition, {name}", "a path sum of one path more than by definition", at(_counted(name), Fraction(1)))
            for name in ("float64", "ball", "rational")
        ),
    ]


def _bound() -> Fraction:
    """2γ_{m+4} Σ Π|D| for the paths from x, whose sum is 0."""
    graph = cancelling().graph
    P = paths(graph, LEAF, graph.n)
    m = roundings(graph, LEAF, max(len(path) - 1 for path in P), len(P))
    return 2 * gamma(m, Fraction(FLOAT64.unit_roundoff)) * path_sum(cancelling(), LEAF, graph.n, sizes=True)[0]


def _off(name: str, moved: Moved) -> dict[str, GradedPlant]:
    """The definition gives another value for the paths from x to the output, in one number system."""
    return _changed(name, lambda total, grade, system: replace(total, value=set_at(total.value, (0, 0), moved(grade, system))))


def _more(name: str) -> dict[str, GradedPlant]:
    """The definition gives more by so much."""
    return _changed(name, lambda total, grade, _: replace(total, value=set_at(total.value, (0, 0), total.value[0, 0] + grade)))


def _counted(name: str) -> dict[str, GradedPlant]:
    return _changed(name, lambda total, grade, system: replace(total, count=total.count + int(grade)))


def _changed(name: str, change: Callable[[PathSum, Fraction, NumberSystem], PathSum]) -> dict[str, GradedPlant]:
    case = cancelling()

    def planted(judge: Judge, grade: Fraction, leaf: int) -> Seen:
        def wrong(graph: Graph, D: Any, j: int, k: int, system: NumberSystem) -> PathSum:
            total = judge.routes.definition(graph, D, j, k, system)
            return change(total, grade, system) if (j, k) == (leaf, graph.n) and system.name.split("(")[0] == name else total

        return judge.seen(case, replace(judge.routes, definition=wrong), witness=Witness.NONE, definition=True)

    leaves = (LEAF, ANOTHER) if name == "rational" else (LEAF,)
    return {
        f"{case.name}: from {case.graph.name(leaf)} to the output": lambda judge, grade, leaf=leaf: planted(judge, grade, leaf)
        for leaf in leaves
    }
