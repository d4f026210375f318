"""Evaluation on a ball: what moves, where it stops, and with which bound."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import acb, arb, ctx

from backproof.engine import Graph, leaf, vertex
from backproof.verify.ball_arrays import Points
from backproof.verify.polydiscs import Plan, Problem, Undecided, attempt, derivatives, exact_middle, hopeless, truncation_bound
from backproof.verify.verdicts import Reason

PLAN = Plan(radius=32, step=108, precision=128)
GRAPH = Graph(2, (leaf("x"), leaf("y"), vertex("a", "exp", (1,)), vertex("b", "multiply", (2, 3)), vertex("c", "sin", (2,))))


def test_only_the_ancestors_of_the_targets_are_evaluated() -> None:
    problem = Problem(GRAPH, {1: [0.5], 2: [2.0]}, [(1, 0)])
    assert problem.needed([4]) == [3, 4]
    assert problem.needed([5]) == [5]
    assert problem.needed([3, 5]) == [3, 5]


def test_derivatives_with_respect_to_several_columns_at_once() -> None:
    """∂(y·exp x)/∂x = y·exp x and ∂/∂y = exp x."""
    found = attempt(Problem(GRAPH, {1: [0.5], 2: [2.0]}, [(1, 0), (2, 0)]), [4], PLAN)
    by_x, by_y = found.derivatives[4][0]
    with mpmath.workdps(50):
        for entry, exact in ((by_x, 2 * mpmath.exp("0.5")), (by_y, mpmath.exp("0.5"))):
            difference = abs(mpmath.mpf(entry.mid.numerator) / entry.mid.denominator - exact)
            assert difference <= mpmath.mpf(entry.rad)
            assert entry.rad < 1e-20


def test_what_a_column_does_not_reach_has_derivative_exactly_zero() -> None:
    found = attempt(Problem(GRAPH, {1: [0.5], 2: [2.0]}, [(1, 0), (2, 0)]), [3, 5], PLAN)
    assert found.derivatives[3][0][1] == (Fraction(0), 0.0)
    assert found.derivatives[5][0][0] == (Fraction(0), 0.0)


def test_a_ball_that_reaches_a_kink_is_broken_and_not_final() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "relu", (1,))))
    found = attempt(Problem(graph, {1: [2.0**-40]}, [(1, 0)]), [2], PLAN)
    assert found.broken[2].vertex == 2
    assert not found.broken[2].final
    smaller = attempt(Problem(graph, {1: [2.0**-40]}, [(1, 0)]), [2], Plan(radius=80, step=200, precision=300))
    assert smaller.derivatives[2][0][0].mid == 1


@pytest.mark.parametrize(("x", "reason"), [(0.0, Reason.KINK), (2.0**-40, None)])
def test_at_an_exact_kink_no_radius_helps_and_close_to_one_it_does(x: float, reason: Reason | None) -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "abs", (1,))))
    found = hopeless(Problem(graph, {1: [x]}, [(1, 0)]), 2, 200)
    assert (found.reason if found else None) == reason


def test_what_breaks_upstream_is_what_is_named_downstream() -> None:
    graph = Graph(1, (leaf("x"), vertex("l", "log", (1,)), vertex("e", "exp", (2,)), vertex("s", "square", (3,))))
    found = attempt(Problem(graph, {1: [-1.0]}, [(1, 0)]), [4], PLAN)
    assert found.broken[4].vertex == 2
    assert "log" in str(found.broken[4])


def test_the_truncation_bound_by_hand_and_its_growth() -> None:
    """M h² / (R (R² − h²)) at M = 3, R = 1, h = ½ is 1."""
    bound = truncation_bound(arb(3), Plan(radius=0, step=1, precision=64))
    assert bound.contains(arb(1))
    assert truncation_bound(arb(3), Plan(0, 10, 64)) < truncation_bound(arb(3), Plan(0, 9, 64))


def test_the_bound_holds_for_an_exponential() -> None:
    """|Im exp(ih)/h − 1| for h = ¼: sin(h)/h is off by 0.0104, and M ≤ e on the unit disc allows 0.181."""
    plan = Plan(radius=0, step=2, precision=64)
    error = abs(mpmath.sin("0.25") / mpmath.mpf("0.25") - 1)
    assert error < float(truncation_bound(arb(1).exp(), plan))
    assert error > float(truncation_bound(arb(1).exp() / 100, plan))


def test_entries_that_move_with_no_column_are_zero_and_flagged_columns_are_read() -> None:
    assert derivatives(acb(3), [True, True], PLAN) == [(Fraction(0), 0.0)] * 2
    step = acb(0, 1) * acb(2) ** -PLAN.step
    moved = Points([acb(1) + 5 * step, acb(1), acb(1)])
    first, second = derivatives(moved, [True, False], PLAN)
    assert first.mid == 5
    assert second == (Fraction(0), 0.0)


def test_middles_are_exact_and_too_large_ones_are_refused() -> None:
    assert exact_middle(arb(0.1)) == Fraction(0.1)
    assert exact_middle(arb(-3) / 8) == Fraction(-3, 8)


def test_points_cannot_be_compared_by_mistake() -> None:
    points = Points([acb(1), acb(2)])
    with pytest.raises(TypeError, match="neither equal"):
        assert points == Points([acb(1), acb(2)])
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(points)
    with pytest.raises(TypeError):
        hash(points)


def test_the_precision_is_restored_also_after_an_error() -> None:
    before = ctx.prec
    attempt(Problem(GRAPH, {1: [0.5], 2: [2.0]}, [(1, 0)]), [4], PLAN)
    with pytest.raises((KeyError, IndexError, TypeError, ValueError)):
        attempt(Problem(GRAPH, {1: [0.5]}, [(1, 0)]), [4], PLAN)
    assert ctx.prec == before


def test_the_reason_is_shown_as_text() -> None:
    assert str(Undecided(2, Reason.KINK, "vertex 2: a kink")) == "vertex 2: a kink"
