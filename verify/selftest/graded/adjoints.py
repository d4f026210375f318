"""Backward pass against path sum (Theorem 2), near what the judge allows, in each number system.

Exact numbers are allowed nothing: there the smallest fault that can be written is planted. In floats and mpmath the
bound is γ/(1 − γ)·|p_n|·Σ Π|D| as it is stated; in balls it is the radius, which is planted too.

>>> from backproof.verify.selftest.graded.fault import try_fault
>>> from backproof.verify.selftest.graded.judge import Judge
>>> tried = [try_fault(fault, Judge()) for fault in adjoint_faults()[:4]]
>>> [(one.check, one.grade, one.outcome) for one in tried]
[('Theorem 2, float64', 0.0, 'passes'), ('Theorem 2, float64', 0.99, 'passes'), ('Theorem 2, float64', 1.01, 'caught'), ('Theorem 2, float64', 2.0, 'caught')]
>>> blind = Judge(Routes(judge_adjoints=lambda graph, p, cotangent, sums, system: opening_adjoints(system)))
>>> try_fault(adjoint_faults()[2], blind).outcome
'MISSED'
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar

from backproof.engine import FLOAT64, NumberSystem, mpmath_system
from backproof.verify.cases.case import Case
from backproof.verify.numbers.precision import DIGITS, EXTRA_DIGITS
from backproof.verify.paths.sums import PathSum
from backproof.verify.selftest.graded.fault import Fault, GradedPlant, Measured, Plant, graded
from backproof.verify.selftest.graded.judge import Judge, Seen
from backproof.verify.selftest.graded.planting import adjoint_set, ball, set_at, sums_changed, without_adjoint
from backproof.verify.selftest.graded.points import cancelling
from backproof.verify.selftest.graded.stated import adjoints, theorem_2_bound
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.theorem_2 import opening_adjoints
from backproof.verify.three_way.witness import Witness

__all__ = ["Routes", "adjoint_faults", "entries", "opening_adjoints"]

Planted = TypeVar("Planted")

RADIUS = Fraction(1, 2**40)  # of a planted ball; chosen: far above the radii of the routes, which then decide nothing
LEAST = {
    "nothing": Fraction(0),
    "10⁻⁹": Fraction(1, 10**9),
    "10⁻³⁰⁰": Fraction(1, 10**300),
}  # chosen: what a float still shows, and what none does
EVERY = 5  # of the places at which floats are coarse, one in so many; chosen: no row takes more than half a second
LEAF = 1  # x, whose adjoint is 0
BINARY = ("rational", "float64", "ball", "mpmath")  # the number systems of a small case
HIGH = mpmath_system(DIGITS + EXTRA_DIGITS)


def adjoint_faults() -> list[Fault | Measured]:
    """The faults near the comparisons of Theorem 2."""
    return [
        *_rounded("float64", FLOAT64),
        *_rounded("mpmath", HIGH),
        *graded("Theorem 2, ball", "an adjoint's ball moved off the path sum, by its radius", _balls(_left_ball)),
        *graded("Theorem 2, ball", "a path sum's ball moved off the adjoint, by its radius", _balls(_right_ball)),
        *_exact(),
        *(Fault(f"Theorem 2, {name}", "the adjoint of one vertex is missing", _missing(name)) for name in BINARY),
        *(Fault(f"Theorem 2, {name}", "an adjoint is not a number", _set_to(name, math.nan)) for name in ("float64", "mpmath")),
        *(Fault(f"Theorem 2, {name}", "an adjoint is infinite", _set_to(name, math.inf)) for name in ("float64", "mpmath")),
    ]


def cases() -> tuple[Case, Case]:
    """Scalars, and vectors with a cotangent of two rows."""
    return cancelling(), cancelling(2)


def entries(case: Case, vertices: range) -> Iterator[tuple[str, int, tuple[int, int]]]:
    """Every entry of every adjoint, with its name."""
    for j in vertices:
        rows = adjoints(case)[j]
        for r, e in itertools.product(range(len(rows)), range(len(rows[0]))):
            yield f"{case.name}: row {r + 1} of the adjoint of {case.graph.name(j)}, entry {e + 1}", j, (r, e)


def _off(case: Case, system: NumberSystem, name: str, j: int, index: tuple[int, int], sign: int) -> GradedPlant:
    u = Fraction(system.unit_roundoff)

    def plant(judge: Judge, grade: Fraction) -> Seen:
        r, e = index
        value = adjoints(case)[j][r][e] + sign * grade * theorem_2_bound(case, j, u)[r][e]
        return judge.seen(case, adjoint_set(judge.routes, name, j, index, value), witness=None if system is HIGH else Witness.NONE)

    return plant


def _rounded(name: str, system: NumberSystem) -> list[Fault | Measured]:
    fine: dict[str, GradedPlant] = {}
    coarse: dict[str, GradedPlant] = {}
    for case in cases():
        for where, j, index in entries(case, range(1, case.graph.n)):
            places = fine if j == LEAF else coarse
            for sign, side in ((1, "above"), (-1, "below")):
                places[f"{where}, {side}"] = _off(case, system, name, j, index, sign)
    return graded(f"Theorem 2, {name}", "an adjoint off by the rounding bound", fine, sample(coarse))


def sample(places: dict[str, Planted]) -> dict[str, Planted]:
    """Some of the places: each is a check of a whole case."""
    return dict(itertools.islice(places.items(), 0, None, EVERY))


def _balls(planted: Callable[[Judge, Case, int, tuple[int, int], Fraction], Seen]) -> dict[str, GradedPlant]:
    places: dict[str, GradedPlant] = {}
    for case in cases():
        for where, j, index in itertools.islice(entries(case, range(1, case.graph.n)), 0, None, 5):
            places[where] = lambda judge, grade, case=case, j=j, index=index: planted(judge, case, j, index, grade)
    return places


def _left_ball(judge: Judge, case: Case, j: int, index: tuple[int, int], grade: Fraction) -> Seen:
    true = adjoints(case)[j][index[0]][index[1]]
    return judge.seen(case, adjoint_set(judge.routes, "ball", j, index, ball(true + grade * RADIUS, RADIUS)), witness=Witness.NONE)


def _right_ball(judge: Judge, case: Case, j: int, index: tuple[int, int], grade: Fraction) -> Seen:
    """One entry of the path sum, in a column that the entry of the adjoint reads; the cotangent scales both."""

    def moved(total: PathSum) -> PathSum:
        place = (index[1], index[1])
        middle = Fraction(int(total.value[place].mid().fmpq().p), int(total.value[place].mid().fmpq().q))
        return replace(total, value=set_at(total.value, place, ball(middle - grade * RADIUS, RADIUS)))

    return judge.seen(case, sums_changed(judge.routes, "ball", j, moved), witness=Witness.NONE)


def _exact() -> list[Fault | Measured]:
    case = cancelling(2)
    faults: list[Fault | Measured] = []
    for size, least in LEAST.items():
        places: dict[str, Plant] = {}
        for where, j, index in entries(case, range(1, case.graph.n)):
            value = adjoints(case)[j][index[0]][index[1]] + least
            places[where] = lambda judge, j=j, index=index, value=value: judge.seen(
                case, adjoint_set(judge.routes, "rational", j, index, value), witness=Witness.NONE
            )
        faults.append(Fault("Theorem 2, rational", f"an adjoint off by {size}", sample(places), should_pass=not least))
    return faults


def _missing(name: str) -> dict[str, Plant]:
    case = cancelling()
    return {
        f"{case.graph.name(j)} in {name}": lambda judge, j=j: judge.seen(case, without_adjoint(judge.routes, name, j))
        for j in (1, case.graph.n - 1)
    }


def _set_to(name: str, value: float) -> dict[str, Plant]:
    case = cancelling()
    convert: Callable[[Any], Any] = HIGH.convert if name == "mpmath" else float
    return {
        f"{case.graph.name(j)} in {name}": lambda judge, j=j: judge.seen(case, adjoint_set(judge.routes, name, j, (0, 0), convert(value)))
        for j in (1, case.graph.n - 1)
    }
