"""Path sum against derivative (Theorem 1), near what its two judges allow: enclosures and differences.

The true derivative is that of `stated.py`, or a closed form in 400 digits; enclosures and differences are replaced by
ones that lie off it by a given share of their own radius or estimate.

>>> from backproof.verify.selftest.graded.fault import try_fault
>>> from backproof.verify.selftest.graded.judge import Judge
>>> for fault in derivative_faults()[:3]:
...     print(fault.check, fault.grade, try_fault(fault, Judge()).outcome)
Theorem 1, ball 0.0 passes
Theorem 1, ball 0.99 passes
Theorem 1, ball 1.01 caught
>>> true_derivative("gamma", 0.5)
Traceback (most recent call last):
    ...
KeyError: 'gamma'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from backproof.engine import mpmath_system
from backproof.engine.graph import Edge
from backproof.verify.cases.case import Case
from backproof.verify.derivatives.differences import Difference
from backproof.verify.derivatives.enclosures import Enclosure
from backproof.verify.derivatives.polydiscs import NoEnclosure
from backproof.verify.numbers.float_model import exact_fraction
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.paths.sums import PathSum
from backproof.verify.selftest.graded.fault import Fault, GradedPlant, Measured, Plant, graded
from backproof.verify.selftest.graded.judge import Judge, Seen
from backproof.verify.selftest.graded.planting import ball, difference_changed, enclosure_changed, pair_changed, set_at
from backproof.verify.selftest.graded.points import cancelling, one_function
from backproof.verify.selftest.graded.stated import path_sum
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Reason, Verdict

CERTIFIED, WITNESSED = "Theorem 1, ball", "Theorem 1, mpmath"
RADIUS = Fraction(1, 2**100)  # of a planted enclosure; chosen: 30 digits, which decide, and far above the radius of a path sum
ESTIMATE = Fraction(1, 10 ** (DIGITS - 5))  # chosen: between the finest estimate that counts, 10⁻⁵⁰, and the roughest, 10⁻⁴⁰
FINEST, ROUGHEST = Fraction(1, 10**DIGITS), Fraction(1, 10 ** (DIGITS - 10))  # of the scale, as `theorem_1.py` states them
LOOSEST = Fraction(1, 10**10)  # the widest enclosure that decides, of the scale
HIGH = mpmath_system(400)  # chosen: eight times the digits of an enclosure
CLOSED: dict[str, Callable[[Any], Any]] = {
    "exp": mpmath.exp,
    "log": lambda x: 1 / x,
    "sin": mpmath.cos,
    "cos": lambda x: -mpmath.sin(x),
    "tanh": lambda x: 1 - mpmath.tanh(x) ** 2,
    "sqrt": lambda x: 1 / (2 * mpmath.sqrt(x)),
    "sigmoid": lambda x: mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2,
}
AT = (0.625, 1.25, 3.0)  # chosen: inside of every domain, and where no derivative is a float, so that no enclosure has the error 0


def derivative_faults() -> list[Fault | Measured]:
    """The faults near the comparisons of Theorem 1, away from kinks."""
    return [
        *graded(CERTIFIED, "an enclosure moved off the derivative, by its radius", _at_pairs(_moved)),
        *graded(CERTIFIED, "a path sum's ball moved off the enclosure, by its radius", _at_pairs(_sum_moved)),
        *graded(CERTIFIED, "an enclosure wider than 10 digits of the scale", _at_pairs(_wide), verdict=Verdict.INCONCLUSIVE),
        Fault(CERTIFIED, "an enclosure narrowed to 0.9 of its error", _narrowed(Fraction(9, 10)), 0.9),
        Fault(CERTIFIED, "an enclosure narrowed to 1.1 of its error, which holds the derivative", _narrowed(Fraction(11, 10)), 1.1, should_pass=True),
        *graded(WITNESSED, "a difference off by its own estimate", _at_pairs(_difference_off(ESTIMATE))),
        *graded(WITNESSED, "a difference off by 10⁻⁵⁰ of the scale, with the estimate 0", _at_pairs(_difference_off(Fraction(0)))),
        *graded(WITNESSED, "a difference whose estimate is a share of its error", _at_pairs(_estimated_short)),
        *graded(WITNESSED, "an estimate above 10⁻⁴⁰ of the scale", _at_pairs(_rough), verdict=Verdict.INCONCLUSIVE),
    ]  # fmt: skip


def pairs(case: Case) -> Iterator[tuple[str, Edge, tuple[int, int]]]:
    """Every entry on the diagonal of ∂u_k/∂u_j, for every leaf j and every k that it reaches."""
    graph = case.graph
    reached = {j: {j} for j in range(1, graph.l + 1)}
    for j, k in ((j, k) for j in reached for k in range(graph.l + 1, graph.n + 1)):
        if reached[j] & set(graph.parents(k)):
            reached[j].add(k)
            for e in range(graph.dimension(k)):
                yield f"{case.name}: ∂{graph.name(k)}/∂{graph.name(j)}, entry {e + 1}", (j, k), (e, e)


def _at_pairs(planted: Callable[[Judge, Case, Edge, tuple[int, int], Fraction], Seen]) -> dict[str, GradedPlant]:
    """Some pairs of both cases."""
    found = [(where, case, pair, index) for case in (cancelling(), cancelling(2)) for where, pair, index in pairs(case)]
    return {
        where: lambda judge, grade, case=case, pair=pair, index=index: planted(judge, case, pair, index, grade)
        for where, case, pair, index in found[::4]
    }


def _true(case: Case, pair: Edge, index: tuple[int, int]) -> Fraction:
    return path_sum(case, *pair)[index[0]]


def _scale(case: Case, pair: Edge, index: tuple[int, int]) -> Fraction:
    return max(path_sum(case, *pair, sizes=True)[index[0]], Fraction(1))


def _enclosed(judge: Judge, case: Case, pair: Edge, index: tuple[int, int], middle: Fraction, radius: Fraction) -> Seen:
    def planted(found: Any) -> Enclosure:
        return Enclosure(set_at(found.balls, index, ball(middle, radius)), found.radius)

    return judge.seen(case, enclosure_changed(judge.routes, pair, planted), witness=Witness.NONE)


def _moved(judge: Judge, case: Case, pair: Edge, index: tuple[int, int], grade: Fraction) -> Seen:
    return _enclosed(judge, case, pair, index, _true(case, pair, index) + grade * RADIUS, RADIUS)


def _wide(judge: Judge, case: Case, pair: Edge, index: tuple[int, int], grade: Fraction) -> Seen:
    return _enclosed(judge, case, pair, index, _true(case, pair, index), grade * LOOSEST * _scale(case, pair, index))


def _sum_moved(judge: Judge, case: Case, pair: Edge, index: tuple[int, int], grade: Fraction) -> Seen:
    planted = ball(_true(case, pair, index) - grade * RADIUS, RADIUS)

    def moved(total: PathSum) -> PathSum:
        return replace(total, value=set_at(total.value, index, planted))

    return judge.seen(case, pair_changed(judge.routes, pair, moved), witness=Witness.NONE)


def true_derivative(name: str, x: float) -> Fraction:
    """The closed form of the derivative, to 400 digits. KeyError for a function that has none here."""
    closed = CLOSED[name]
    with mpmath.workdps(400):
        return exact_fraction(closed(mpmath.mpf(x)))


def _narrowed(share: Fraction) -> dict[str, Plant]:
    """The enclosure of one function keeps its middle; its radius is a share of the distance to the true derivative."""
    places: dict[str, Plant] = {}
    for name in CLOSED:
        for x in AT:
            case, true = one_function(name, x), true_derivative(name, x)

            def narrowed(found: Any, true: Fraction = true) -> Enclosure:
                middle: Fraction = found.mid[0, 0]
                return Enclosure(set_at(found.balls, (0, 0), ball(middle, share * abs(middle - true))), found.radius)

            places[case.name] = lambda judge, case=case, narrowed=narrowed: judge.seen(
                case, enclosure_changed(judge.routes, (1, 2), narrowed), witness=Witness.NONE
            )
    return places


def _with_difference(judge: Judge, case: Case, pair: Edge, change: Callable[[Difference], Difference], enclosed: bool = True) -> Seen:
    """`enclosed`: whether the case has its enclosures; without them what the differences leave open is told."""
    routes = difference_changed(judge.routes, pair, change)
    return judge.seen(case, routes if enclosed else without_enclosures(routes))


def without_enclosures(routes: Routes) -> Routes:
    """No derivative is enclosed."""
    unknown = NoEnclosure(1, Reason.DTYPE, "planted: nothing is enclosed")
    return replace(routes, enclosures=lambda *given: dict.fromkeys(routes.enclosures(*given), unknown))


def _mpf(value: Fraction) -> Any:
    return HIGH.convert(value.numerator) / value.denominator


def _put(case: Case, pair: Edge, index: tuple[int, int], off: Fraction, estimate: Fraction) -> Callable[[Difference], Difference]:
    """A difference that lies off the derivative by so much, and says that it lies off by at most `estimate`."""
    true = _true(case, pair, index)

    def changed(found: Difference) -> Difference:
        return Difference(
            set_at(found.value, index, _mpf(true + off)), set_at(found.estimate, index, _mpf(estimate)), np.zeros_like(found.kink)
        )

    return changed


def _difference_off(estimate: Fraction) -> Callable[[Judge, Case, Edge, tuple[int, int], Fraction], Seen]:
    def planted(judge: Judge, case: Case, pair: Edge, index: tuple[int, int], grade: Fraction) -> Seen:
        allowed = max(estimate, FINEST * _scale(case, pair, index))
        return _with_difference(judge, case, pair, _put(case, pair, index, -grade * allowed, estimate))

    return planted


def _estimated_short(judge: Judge, case: Case, pair: Edge, index: tuple[int, int], grade: Fraction) -> Seen:
    """Off by twice the planted estimate's worth, and estimated at 1/grade of that: at grade 2 the estimate is half."""
    return _with_difference(judge, case, pair, _put(case, pair, index, ESTIMATE, ESTIMATE / grade if grade else 2 * ESTIMATE))


def _rough(judge: Judge, case: Case, pair: Edge, index: tuple[int, int], grade: Fraction) -> Seen:
    rough = grade * ROUGHEST * _scale(case, pair, index)
    return _with_difference(judge, case, pair, _put(case, pair, index, Fraction(0), rough), enclosed=False)
