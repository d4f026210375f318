"""A fault between a route and the judge: the routes as they are, but for one entry of what one of them hands over.

>>> from backproof.verify.selftest.graded.judge import Judge
>>> from backproof.verify.selftest.graded.points import cancelling
>>> Judge().seen(cancelling(), adjoint_set(Routes(), "float64", 1, (0, 0), 0.5))["Theorem 2, float64"]
<Verdict.WRONG: 'WRONG'>
>>> Judge().seen(cancelling(), adjoint_set(Routes(), "float64", 9, (0, 0), 0.5))
Traceback (most recent call last):
    ...
KeyError: 9
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
from flint import arb, fmpq

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.passes import Adjoints
from backproof.verify.derivatives.differences import Difference
from backproof.verify.derivatives.kinks import Found
from backproof.verify.numbers.ball_arrays import precision
from backproof.verify.paths.sums import PathSum
from backproof.verify.three_way.routes import Routes

PLANTING_BITS = 4000  # chosen: so many that a planted fault is off by nothing that counts


def as_number(value: Any, system: NumberSystem) -> Any:
    """A fraction as a number of the system, in so many digits that its rounding does not count; a float is rounded to
    the dtype."""
    if not isinstance(value, Fraction):
        return value
    if system.family == "mpmath":
        with mpmath.workprec(PLANTING_BITS):
            return system.convert(mpmath.mpf(value.numerator) / value.denominator)
    return ball(value, Fraction(0)) if system.family == "ball" else system.convert(value)


def ball(middle: Fraction, radius: Fraction) -> Any:
    """A ball of flint around a fraction."""
    with precision(PLANTING_BITS):
        return arb(arb(fmpq(middle.numerator, middle.denominator)).mid(), arb(fmpq(radius.numerator, radius.denominator)).mid())


def set_at(array: Any, index: tuple[int, ...], value: Any) -> Any:
    """A copy of an array with one entry set."""
    changed = array.copy()
    changed[index] = value
    return changed


def adjoint_set(routes: Routes, system_name: str, j: int, index: tuple[int, ...], value: Any) -> Routes:
    """The backward pass leaves `value` at one entry of p_j, in one number system."""

    def wrong(graph: Graph, D: Mapping[Edge, Any], cotangent: Any = None, system: NumberSystem = FLOAT64) -> Adjoints:
        p = routes.backward(graph, D, cotangent, system)
        if system.name.split("(")[0] != system_name:
            return p
        return {**p, j: set_at(p[j], index, as_number(value, system))}

    return replace(routes, backward=wrong)


def without_adjoint(routes: Routes, system_name: str, j: int) -> Routes:
    """The backward pass leaves no p_j, in one number system."""

    def wrong(graph: Graph, D: Mapping[Edge, Any], cotangent: Any = None, system: NumberSystem = FLOAT64) -> Adjoints:
        p = routes.backward(graph, D, cotangent, system)
        return {i: entry for i, entry in p.items() if i != j} if system.name.split("(")[0] == system_name else p

    return replace(routes, backward=wrong)


def sums_changed(routes: Routes, system_name: str, j: int, change: Callable[[PathSum], PathSum]) -> Routes:
    """The path sum from j to the output is changed on its way to the judge of Theorem 2, in one number system."""

    def judge(graph: Graph, p: Any, cotangent: Any, sums: Mapping[int, PathSum], system: NumberSystem) -> Any:
        named = system.name.split("(")[0].split(" ")[0] == system_name
        return routes.judge_adjoints(graph, p, cotangent, {**sums, j: change(sums[j])} if named and j in sums else sums, system)

    return replace(routes, judge_adjoints=judge)


def pair_changed(routes: Routes, pair: Edge, change: Callable[[PathSum], PathSum]) -> Routes:
    """The path sum of one pair, in balls, is changed on its way to the judge of Theorem 1."""

    def judge(graph: Graph, sums: Mapping[Edge, PathSum], *rest: Any) -> Any:
        return routes.judge_enclosures(graph, {**sums, pair: change(sums[pair])}, *rest)

    return replace(routes, judge_enclosures=judge)


def enclosure_changed(routes: Routes, pair: Edge, change: Callable[[Any], Found]) -> Routes:
    """One enclosure is changed before anybody reads it."""

    def wrong(*given: Any) -> Mapping[Edge, Found]:
        found = dict(routes.enclosures(*given))
        return {**found, pair: change(found[pair])}

    return replace(routes, enclosures=wrong)


def difference_changed(routes: Routes, pair: Edge, change: Callable[[Difference], Difference]) -> Routes:
    """The difference of one pair is changed."""
    j, k = pair

    def wrong(graph: Graph, leaves: Any, leaf: int, digits: int) -> dict[int, Difference]:
        found = routes.differences(graph, leaves, leaf, digits)
        return {**found, k: change(found[k])} if leaf == j else found

    return replace(routes, differences=wrong)


def jacobian_set(routes: Routes, edge: Edge, value: float) -> Routes:
    """The only entry of one edge Jacobian is `value`, in every number system."""

    def wrong(graph: Graph, u: Any, system: NumberSystem = FLOAT64) -> Any:
        return {**routes.jacobians(graph, u, system), edge: system.array([[value]])}

    return replace(routes, jacobians=wrong)
