"""Evaluation on a ball: what moves, where it stops, and with which bound."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import acb, arb, ctx

from backproof.engine import Graph, GraphError, leaf, vertex
from backproof.engine.functions import TABLE
from backproof.verify.derivatives import polydiscs
from backproof.verify.derivatives.polydiscs import (
    NONE,
    UNKNOWN,
    NoEnclosure,
    Polydisc,
    Problem,
    attempt,
    derivatives,
    hopeless,
    truncation_bound,
)
from backproof.verify.numbers.ball_arrays import Points, entrywise, on_arrays, precision
from backproof.verify.numbers.float_model import exact_fraction
from backproof.verify.numbers.written_balls import LARGEST, MidRad, mid_rad
from backproof.verify.verdicts import Reason

DISC = Polydisc(radius=32, step=108, precision=128)
GRAPH = Graph(2, (leaf("x"), leaf("y"), vertex("a", "exp", (1,)), vertex("b", "multiply", (2, 3)), vertex("c", "sin", (2,))))
BOTH = Problem(GRAPH, {1: [0.5], 2: [2.0]}, [(1, 0), (2, 0)])


def unary(name: str, x: float, **attributes: Any) -> Problem:
    return Problem(Graph(1, (leaf("x"), vertex("y", name, (1,), **attributes))), {1: [x]}, [(1, 0)])


def holds(ball: Any, exact: Any) -> bool:
    entry = mid_rad(ball)
    return abs(exact_fraction(exact) - entry.mid) <= Fraction(entry.rad)


# -- What is evaluated --


def test_only_the_ancestors_of_the_targets_are_evaluated() -> None:
    assert BOTH.needed([4]) == [3, 4]
    assert BOTH.needed([5]) == [5]
    assert BOTH.needed([3, 5]) == [3, 5]
    assert BOTH.needed([1, 2]) == []


def test_what_is_given_is_not_evaluated_again() -> None:
    """Given a = 10 instead of exp(0.5), b = 2·10 moves with a by 2."""
    problem = Problem(GRAPH, {2: [2.0], 3: [10.0]}, [(3, 0)])
    assert problem.needed([4]) == [4]
    assert attempt(problem, [4], DISC).derivatives[4][0][0].mid() == 2


def test_a_failure_outside_the_ancestors_of_the_targets_does_not_matter() -> None:
    graph = Graph(1, (leaf("x"), vertex("l", "log", (1,)), vertex("e", "exp", (1,))))
    found = attempt(Problem(graph, {1: [-1.0]}, [(1, 0)]), [3], DISC)
    assert (list(found.derivatives), found.broken) == ([3], {})


def test_derivatives_with_respect_to_several_columns_at_once() -> None:
    """∂(y·exp x)/∂x = y·exp x and ∂/∂y = exp x."""
    by_x, by_y = attempt(BOTH, [4], DISC).derivatives[4][0]
    with mpmath.workdps(50):
        slope = mpmath.exp("0.5")
        assert holds(by_x, 2 * slope)
        assert holds(by_y, slope)
        assert not holds(by_y, 2 * slope)
    assert max(mid_rad(by_x).rad, mid_rad(by_y).rad) < 1e-20


def test_what_a_column_does_not_reach_has_derivative_exactly_zero() -> None:
    found = attempt(BOTH, [3, 5], DISC)
    assert mid_rad(found.derivatives[3][0][1]) == mid_rad(NONE) == (Fraction(0), 0.0)
    assert mid_rad(found.derivatives[5][0][0]) == (Fraction(0), 0.0)
    assert mid_rad(found.derivatives[3][0][0]) != (Fraction(0), 0.0)


def test_every_entry_of_a_vector_has_its_row_and_its_columns() -> None:
    """The squares of (1, 2, 3): a diagonal of 2, 4, 6, in which the others are enclosed as well."""
    graph = Graph(1, (leaf("x", (3,)), vertex("s", "square", (1,))))
    found = attempt(Problem(graph, {1: [1.0, 2.0, 3.0]}, [(1, 0), (1, 1), (1, 2)]), [2], DISC).derivatives[2]
    for r, c in np.ndindex(3, 3):
        assert holds(found[r][c], 2 * (r + 1) if r == c else 0)
        assert not holds(found[r][c], 1)


# -- Where it stops --


def test_a_ball_that_reaches_a_kink_is_broken_and_not_final_and_a_smaller_one_is_not() -> None:
    problem = unary("relu", 2.0**-40)
    found = attempt(problem, [2], DISC)
    assert (found.broken[2].vertex, found.broken[2].reason, found.broken[2].final) == (2, Reason.KINK, False)
    assert str(found.broken[2]) == "vertex 2 ('y'): relu has a kink within 2^-32 of the given values"
    assert found.derivatives == {}
    smaller = attempt(problem, [2], Polydisc(radius=80, step=200, precision=300))
    assert smaller.derivatives[2][0][0].mid() == 1


@pytest.mark.parametrize("name", ["log", "reciprocal", "sqrt"])
def test_a_ball_that_reaches_the_edge_of_the_domain_is_broken(name: str) -> None:
    found = attempt(unary(name, 2.0**-40), [2], DISC)
    assert found.broken[2].reason is Reason.DOMAIN
    assert str(found.broken[2]) == f"vertex 2 ('y'): {name} comes to the edge of its domain within 2^-32 of the given values"
    assert not attempt(unary(name, 2.0**-30), [2], DISC).broken


def test_what_breaks_upstream_is_what_is_named_downstream() -> None:
    graph = Graph(1, (leaf("x"), vertex("l", "log", (1,)), vertex("e", "exp", (2,)), vertex("s", "square", (3,))))
    found = attempt(Problem(graph, {1: [-1.0]}, [(1, 0)]), [4], DISC)
    assert found.broken[4].vertex == 2
    assert "log" in str(found.broken[4])


def test_a_function_that_leaves_ball_arithmetic_is_refused_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that calls math.sin, and one that hides the kink behind a float: nothing is proved, and nothing escapes."""

    def through_floats(s: Any, a: Any, xs: Any) -> Any:
        return np.array([math.sin(x) for x in xs[0].reshape(-1)])

    def rounded(s: Any, a: Any, xs: Any) -> Any:
        return np.array([1.0])

    for value in (through_floats, rounded):
        with monkeypatch.context() as changed:
            changed.setitem(TABLE, "sin", replace(TABLE["sin"], value=value))
            found = attempt(unary("sin", 0.5), [2], DISC)
        assert (found.derivatives, found.broken[2].reason) == ({}, Reason.UNSUPPORTED)
        assert str(found.broken[2]).startswith("vertex 2 ('y'): sin cannot be evaluated in ball arithmetic: ")
    assert attempt(unary("sin", 0.5), [2], DISC).broken == {}


@pytest.mark.parametrize(
    ("name", "x", "reason"),
    [
        ("abs", 0.0, Reason.KINK),
        ("abs", 2.0**-40, None),
        ("relu", -(2.0**-1000), None),
        ("log", 0.0, Reason.DOMAIN),
        ("log", -1.0, Reason.DOMAIN),
        ("log", 2.0**-1000, None),
        ("sin", 0.0, None),
    ],
)
def test_exactly_at_a_kink_or_outside_the_domain_no_radius_helps_and_close_to_one_it_does(
    name: str, x: float, reason: Reason | None
) -> None:
    found = hopeless(unary(name, x), 2, 200)
    assert (found.reason if found else None) == reason
    assert found is None or found.final


def test_a_value_that_is_zero_only_up_to_rounding_is_not_called_hopeless() -> None:
    """sin² + cos² − 1 lies in a ball around 0: it may be at the kink, and that is not proved."""
    vertices = (leaf("x"), vertex("s", "sin", (1,)), vertex("c", "cos", (1,)), vertex("s2", "square", (2,)), vertex("c2", "square", (3,)))
    more = (vertex("one", "constant", value=1.0), vertex("sum", "add", (4, 5)), vertex("d", "subtract", (7, 6)), vertex("r", "relu", (8,)))
    assert hopeless(Problem(Graph(1, vertices + more), {1: [0.5]}, [(1, 0)]), 9, 200) is None


def test_the_reason_is_shown_as_text() -> None:
    found = NoEnclosure(2, Reason.KINK, "vertex 2: a kink")
    assert str(found) == "vertex 2: a kink"
    assert found.final


# -- The bound --


@pytest.mark.parametrize(
    ("M", "plan", "expected"),
    [(3, Polydisc(0, 1, 64), 1), (1, Polydisc(1, 2, 64), Fraction(2, 3)), (8, Polydisc(0, 2, 64), Fraction(8, 15))],
)
def test_the_truncation_bound_by_hand(M: int, plan: Polydisc, expected: Fraction) -> None:
    """M h² / (R (R² − h²)): 3·¼/(1·¾), ¹⁄₁₆/(½·³⁄₁₆) and 8·¹⁄₁₆/(1·¹⁵⁄₁₆)."""
    with precision(64):
        found = truncation_bound(arb(M), plan)
    with precision(200):
        assert found.contains(arb(expected.numerator) / expected.denominator)
    assert float(found.rad()) < 1e-15


def test_the_bound_shrinks_by_four_with_half_the_step() -> None:
    ratio = float(truncation_bound(arb(1), Polydisc(0, 20, 64)) / truncation_bound(arb(1), Polydisc(0, 21, 64)))
    assert ratio == pytest.approx(4, rel=1e-9)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_the_bound_holds_and_a_hundredth_of_it_does_not(step: int) -> None:
    """1/(1.25 + z) on the unit disc is at most 4, and from ⅘ it is 3.2 away at most; at h the complex step gives 1/(x²
    + h²), not 1/x²."""
    h, x = Fraction(1, 2**step), Fraction(5, 4)
    error = abs(1 / (x * x + h * h) - 1 / (x * x))
    bound = truncation_bound(arb(16) / 5, Polydisc(0, step, 64))
    assert error < float(bound)
    assert error > float(bound / 100)


def test_with_wide_steps_the_derivative_is_inside_by_the_bound_alone() -> None:
    """exp at 0 with R = ¼ and h = ⅛: sin(h)/h is off by 0.0026, while the rounding is below 1e-30."""
    entry = attempt(unary("exp", 0.0), [2], Polydisc(2, 3, 128)).derivatives[2][0][0]
    with mpmath.workdps(40):
        assert holds(arb(entry.mid(), 1e-30), mpmath.sin(mpmath.mpf("0.125")) * 8)
    assert abs(mid_rad(entry).mid - 1) > Fraction(1, 400)
    assert holds(entry, 1)


def test_a_bound_of_zero_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert holds(attempt(unary("exp", 0.0), [2], Polydisc(2, 3, 128)).derivatives[2][0][0], 1)
    monkeypatch.setattr(polydiscs, "truncation_bound", lambda M, plan: 0 * M)
    assert not holds(attempt(unary("exp", 0.0), [2], Polydisc(2, 3, 128)).derivatives[2][0][0], 1)


# -- Reading the derivatives off the points --


def test_entries_that_move_with_no_column_are_zero_and_flagged_columns_are_read() -> None:
    assert [mid_rad(ball) for ball in derivatives([acb(3)], [True, True], DISC)[0]] == [(0, 0.0)] * 2
    with precision(DISC.precision):
        step = acb(0, 1) * acb(2) ** -DISC.step
        moved = Points([acb(1) + 5 * step, acb(1) + 7 * step, acb(1)])
        ((first, second),) = derivatives([moved], [True, False], DISC)
    assert mid_rad(first) == (5, 0.0)
    assert mid_rad(second) == mid_rad(NONE)


def test_a_value_that_is_not_finite_has_an_unknown_derivative() -> None:
    with precision(DISC.precision):
        for values in ([acb(math.nan), acb(1)], [acb(1), acb(math.nan)], [acb(0, arb(2) ** (LARGEST + 1)), acb(1)]):
            ((found,),) = derivatives([Points(values)], [True], DISC)
            assert mid_rad(found).rad == math.inf
    assert mid_rad(UNKNOWN).rad == math.inf


def test_a_radius_is_rounded_up_even_where_float64_has_nothing_left() -> None:
    """Im f / h = 1 ± 2⁻²⁰⁰⁰ has a float radius that is not 0, 2⁻³⁰⁰⁰ is inside its entry, and ± 2²⁰⁰⁰ is beyond all
    floats."""

    def read(slope: Any) -> MidRad:
        with precision(128):
            return mid_rad(derivatives([Points([acb(1, slope), acb(1)])], [True], Polydisc(radius=-1, step=0, precision=128))[0][0])

    assert read(arb(1)) == (1, 0.0)
    blurred, tiny, huge = read(arb(1, arb(2) ** -2000)), read(arb(2) ** -3000), read(arb(0, arb(2) ** 2000))
    assert blurred.mid == 1
    assert 0 < blurred.rad < 1e-300
    assert exact_fraction(mpmath.mpf(2) ** -3000) <= tiny.rad
    assert tiny.mid == 0
    assert tiny.rad < 1e-300
    assert huge.rad == math.inf


# -- The precision --


def test_the_precision_is_restored_also_after_an_error() -> None:
    before = ctx.prec
    attempt(BOTH, [4], DISC)
    with pytest.raises(GraphError, match=r"vertex 2 \('y'\) is a leaf"):
        attempt(Problem(GRAPH, {1: [0.5]}, [(1, 0)]), [4], DISC)
    assert ctx.prec == before

    def fails(x: Any) -> Any:
        assert ctx.prec == 333
        raise ArithmeticError("no value")

    with pytest.raises(ArithmeticError, match="no value"):
        on_arrays(entrywise(fails, 1, arb), 1, 333)(np.array([arb(1)], dtype=object))
    hopeless(unary("abs", 0.0), 2, 222)
    assert ctx.prec == before
