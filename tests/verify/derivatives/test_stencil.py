"""Slopes of two one-sided differences: the estimate holds the error where the second derivative jumps, roundings are
seen, and nothing is computed that does not change."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
from mpmath.libmp import finf, from_float, from_int, fzero

from backproof.engine import Graph, forward, leaf, mpmath_system, vertex
from backproof.engine.local_functions import local_value
from backproof.verify.derivatives.stencil import ALL, NONE, STEPS, Slope, evaluated, number, roundings, size_of, slopes

SYSTEM = mpmath_system(80)


def slope_at(graph: Graph, x: float, exponent: int) -> Slope:
    rest = forward(graph, [x], SYSTEM)
    below = range(2, graph.n + 1)
    minus, plus = (evaluated(graph, rest, {1: [(0, 1, exponent)]}, step, below, SYSTEM) for step in STEPS)
    return slopes(rest[graph.n], minus[graph.n], plus[graph.n], [fzero], exponent, SYSTEM)[0]


def error_and_estimate(slope: Slope, derivative: float) -> tuple[Any, Any]:
    return abs(number(slope.value, SYSTEM) - derivative), number(slope.estimate, SYSTEM)


@pytest.mark.parametrize("factor", [1.0, 1e20, -3.0])
def test_the_estimate_holds_the_error_where_the_second_derivative_jumps(factor: float) -> None:
    """Of x·|x| at 0 two steps of one length would leave no gap."""
    vertices = (
        leaf("x"),
        vertex("a", "abs", (1,)),
        vertex("s", "multiply", (1, 2)),
        vertex("y", "weighted_sum", (3,), weights=[[[factor]]]),
    )
    error, estimate = error_and_estimate(slope_at(Graph(1, vertices), 0.0, -60), 0.0)
    assert 0 < error <= estimate < 4 * error


@pytest.mark.parametrize(("function", "x", "derivative"), [("square", 3.0, 6.0), ("exp", 0.0, 1.0), ("softplus", 0.0, 0.5)])
def test_the_second_derivative_drops_out_of_the_value_and_stands_in_the_estimate(function: str, x: float, derivative: float) -> None:
    slope = slope_at(Graph(1, (leaf("x"), vertex("y", function, (1,)))), x, -60)
    error, estimate = error_and_estimate(slope, derivative)
    assert error < mpmath.mpf(2) ** -110
    assert -62 <= size_of(slope.estimate) <= -50
    assert error <= estimate
    assert -62 <= slope.gap <= -55


def test_at_a_kink_the_gap_does_not_shrink_with_the_step() -> None:
    kink, smooth = (Graph(1, (leaf("x"), vertex("y", function, (1,)))) for function in ("relu", "square"))
    assert slope_at(kink, 0.0, -60).gap == slope_at(kink, 0.0, -100).gap == 1
    assert slope_at(smooth, 3.0, -60).gap == slope_at(smooth, 3.0, -100).gap + 40


def test_what_two_precisions_round_differently_is_a_rounding() -> None:
    lower, higher = mpmath_system(20), mpmath_system(40)
    third = (lower.array([1]) / 3, higher.array([1]) / 3)
    (off,) = roundings(*third, lower)
    assert number(off, SYSTEM) >= 10 * abs(third[0][0] - third[1][0]) > 0
    (shared,) = roundings(lower.array([1]), higher.array([1]), lower)
    assert 0 < number(shared, SYSTEM) < 1e-17, "a value that both hold exactly still has a last place"


def test_a_slope_that_is_not_finite_estimates_nothing() -> None:
    values = [SYSTEM.array([value]) for value in (0.0, mpmath.inf, 1.0)]
    found = slopes(*values, [fzero], -10, SYSTEM)[0]
    assert found.estimate == finf
    assert (size_of(finf), size_of(fzero), size_of(from_int(8)), size_of(from_float(0.25))) == (ALL, NONE, 4, -1)


def test_what_does_not_change_is_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """relu is 0 on this side: what reads it only has its value at rest."""
    graph = Graph(1, (leaf("x"), vertex("r", "relu", (1,)), vertex("e", "exp", (2,)), vertex("y", "add", (1, 3))))
    touched: list[int] = []

    def spy(graph: Graph, i: int, u: Any, system: Any) -> Any:
        touched.append(i)
        return local_value(graph, i, u, system)

    monkeypatch.setattr("backproof.verify.derivatives.stencil.local_value", spy)
    rest = forward(graph, [-1.0], SYSTEM)
    moved = evaluated(graph, rest, {1: [(0, 1, -60)]}, 2, (2, 3, 4), SYSTEM)
    assert touched == [2, 4]
    assert moved[3] is rest[3]
    assert slopes(rest[3], moved[3], moved[3], [fzero], -60, SYSTEM) == [Slope(fzero, fzero, NONE, NONE)]
