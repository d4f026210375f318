"""Enclosures where there is a kink, or no derivative: an interval shortened by its end, an enclosure that nobody could
prove.

The ends of an interval are known by hand. The Jacobian takes the value of that end, so that the path sum lies on it.

>>> from backproof.verify.selftest.graded.fault import try_fault
>>> from backproof.verify.selftest.graded.judge import Judge
>>> [try_fault(fault, Judge()).outcome for fault in outside_faults()[:4]]
['passes', 'caught', 'caught', 'caught']
>>> enclosed(Judge(), OUTSIDE[0])
{'enclosures': <Verdict.INCONCLUSIVE: 'INCONCLUSIVE'>}
>>> enclosed(Judge(Routes(enclosures=lambda graph, leaves, bits: anything(graph))), OUTSIDE[0])
{'enclosures': <Verdict.CORRECT: 'CORRECT'>}
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from backproof.engine import Graph, Vertex, leaf, vertex
from backproof.engine.graph import Edge
from backproof.verify.cases.case import Case, float_leaves, make_case
from backproof.verify.derivatives.enclosures import Enclosure
from backproof.verify.derivatives.kinks import ClarkeInterval
from backproof.verify.derivatives.polydiscs import NoEnclosure
from backproof.verify.selftest.graded.derivatives import CERTIFIED
from backproof.verify.selftest.graded.fault import Fault, Measured, Plant, smallest
from backproof.verify.selftest.graded.judge import REFUSED, Judge, Seen
from backproof.verify.selftest.graded.planting import enclosure_changed, jacobian_set
from backproof.verify.selftest.graded.points import one_function
from backproof.verify.three_way.routes import Routes
from backproof.verify.verdicts import Verdict

ENCLOSURES = "enclosures"
BITS = 166  # those of 50 digits, with which `check_case` asks for enclosures
SHORTENED = {
    "10⁻⁸": Fraction(1, 10**8),
    "a thousandth": Fraction(1, 1000),
    "its half": Fraction(1, 2),
}  # chosen: from just above the resolution
RESOLUTION = 2.0**-27  # of an interval of width 2; chosen: twice what rounding a radius up to 30 bits comes to
KINKS = (("relu", 0.0, 1.0), ("abs", -1.0, 1.0))  # the function, and the ends of its derivative at 0


def _case(name: str, x: float | Fraction, *vertices: Vertex) -> Case:
    return make_case(name, "random", Graph(1, (leaf("x"), *vertices)), [x])


OUTSIDE = (
    one_function("log", -1),
    one_function("log", 0),
    one_function("sqrt", -2),
    one_function("sqrt", 0),
    one_function("reciprocal", 0),
    one_function("power", -2, exponent=0.5),
    _case("log(x)⁰ at −1", -1, vertex("a", "log", (1,)), vertex("y", "power", (2,), exponent=0)),
    _case("0·log(x) at −1", -1, vertex("a", "log", (1,)), vertex("z", "constant", value=0.0), vertex("y", "multiply", (2, 3))),
    _case("where(1, x, log(x)) at −1", -1, vertex("a", "log", (1,)), vertex("c", "constant", value=1.0), vertex("y", "where", (3, 1, 2))),
    _case("max(log(x), 3) at −1", -1, vertex("a", "log", (1,)), vertex("c", "constant", value=3.0), vertex("y", "maximum", (2, 3))),
)
"""Points at which nothing has a derivative, since a vertex is outside of its domain."""
JUMP = _case("where(x, 1, x) at 0", 0, vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1)))
"""A point at which there is a value and no derivative."""
INSIDE = (
    one_function("log", 1e-300),
    one_function("sqrt", 1e-300),
    one_function("reciprocal", -1e-300),
    one_function("relu", 1e-300),
    one_function("power", -2, exponent=3),
)
"""Points so near an edge that only a small ball proves anything."""


def outside_faults() -> list[Fault | Measured]:
    """The faults at kinks and outside of domains."""
    inside = {case.name: lambda judge, case=case: enclosed(judge, case) for case in INSIDE}
    return [
        Fault(CERTIFIED, "a kink's interval as it is, and the Jacobian at its end", _ends(Fraction(0)), should_pass=True),
        *(Fault(CERTIFIED, f"a kink's interval shortened at its end by {words}", _ends(size)) for words, size in SHORTENED.items()),
        Measured(CERTIFIED, "a kink's interval shortened at its end, the smallest that is caught", _smallest_end, (0.0, RESOLUTION)),
        Fault(ENCLOSURES, "outside of the domain, or without a slope, nothing is enclosed", _refused((*OUTSIDE, JUMP)), verdict=Verdict.INCONCLUSIVE),
        Fault(ENCLOSURES, "near the edge of a domain a derivative is enclosed", inside, should_pass=True),
        Fault(REFUSED, "an enclosure given outside of the domain", _given(OUTSIDE), verdict=Verdict.INCONCLUSIVE),
        Measured(CERTIFIED, "an enclosure given at a jump, around the Jacobian that the engine has there", _at_a_jump),
    ]  # fmt: skip


def _ends(size: Fraction) -> dict[str, Plant]:
    """The ends of the intervals of all kinks, each moved inward by so much."""
    places: dict[str, Plant] = {}
    for name, low, high in KINKS:
        for end, value in (("lower", low), ("upper", high)):
            places[f"{name} at 0, {end} end"] = lambda judge, name=name, value=value, end=end: judge.seen(
                one_function(name, 0), _shortened(judge.routes, (1, 2), Fraction(value), end == "lower", size)
            )
    return places


def _shortened(routes: Routes, pair: Edge, true: Fraction, lower: bool, size: Fraction) -> Routes:
    """The end of the interval lies inward of the true one by so much; the Jacobian takes the true one's value."""

    def shortened(found: Any) -> ClarkeInterval:
        low, high = found.low.copy(), found.high.copy()
        if not size:
            return found
        (low if lower else high)[0, 0] = true + size if lower else true - size
        return replace(found, low=low, high=high)

    return enclosure_changed(jacobian_set(routes, pair, float(true)), pair, shortened)


def _smallest_end(judge: Judge) -> tuple[float | None, str]:
    """The radius of a ball has 30 bits, rounded up: that is what the comparison cannot see."""

    def caught(size: Fraction) -> bool:
        return all(plant(judge).get(CERTIFIED) is Verdict.WRONG for plant in _ends(size).values())

    figure = smallest(caught, Fraction(0), max(SHORTENED.values()) / 10**7, halvings=12)
    return figure, "not even 5·10⁻⁸ is caught" if figure is None else f"{figure:.1e}: the radius of a ball has 30 bits"


def enclosed(judge: Judge, case: Case) -> Seen:
    """Whether the judge's enclosures say anything of this case: CORRECT if every derivative of the output is enclosed."""
    found = judge.routes.enclosures(case.graph, float_leaves(case), BITS)
    without = isinstance(found[1, case.graph.n], NoEnclosure)
    return {ENCLOSURES: Verdict.INCONCLUSIVE if without else Verdict.CORRECT}


def anything(graph: Graph) -> dict[Edge, Enclosure]:
    """0 ± 0 as the derivative of every vertex by the leaf."""
    return {(1, k): Enclosure.of([[0]], [[0]]) for k in range(2, graph.n + 1)}


def _refused(cases: tuple[Case, ...]) -> dict[str, Plant]:
    return {case.name: lambda judge, case=case: enclosed(judge, case) for case in cases}


def _given(cases: tuple[Case, ...]) -> dict[str, Plant]:
    """The same cases with 0 ± 0 as the derivative of everything."""
    return {
        case.name: lambda judge, case=case: judge.seen(case, replace(judge.routes, enclosures=lambda graph, leaves, bits: anything(graph)))
        for case in cases
    }


def _at_a_jump(judge: Judge) -> tuple[float | None, str]:
    case = JUMP
    around = replace(judge.routes, enclosures=lambda graph, leaves, bits: {(1, 3): Enclosure.of([[1]], [[0]])})
    if judge.seen(case, around).get(CERTIFIED) is Verdict.CORRECT:
        return None, "not distinguishable from a smooth point by the path sum; only the route of the enclosures knows the jump"
    return 0.0, "it is flagged"
