"""Exact derivatives from values alone: by hand, against path sums, and that wrong ones are noticed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from backproof.engine import RATIONAL, Graph, forward, jacobians, leaf, vertex
from backproof.engine.functions import look_up
from backproof.verify.cases.case import is_exact
from backproof.verify.cases.draws import usual_case
from backproof.verify.derivatives.exact import DUAL, STENCIL, Exact, WrongDegree, exact_derivatives, stencil_weights, steps
from backproof.verify.paths.sums import path_sum


def one(function: str, **attributes: Any) -> Graph:
    return Graph(1, (leaf("x"), vertex("y", function, (1,), **attributes)))


def value(found: Exact | str) -> tuple[Any, str]:
    assert isinstance(found, Exact)
    return found.value.tolist(), found.method


def test_the_derivative_of_a_fourth_power_at_two_is_thirty_two() -> None:
    assert value(exact_derivatives(one("power", exponent=4), [2], 1)[2]) == ([[32]], STENCIL)


def test_the_derivative_of_one_over_x_squared_by_hand() -> None:
    graph = Graph(1, (leaf("x"), vertex("r", "reciprocal", (1,)), vertex("y", "square", (2,))))
    found = exact_derivatives(graph, [Fraction(3)], 1)
    assert value(found[2]) == ([[Fraction(-1, 9)]], DUAL)
    assert value(found[3]) == ([[Fraction(-2, 27)]], DUAL)


def test_a_quotient_of_polynomials_has_the_derivative_of_the_quotient_rule() -> None:
    """q(x) = (x² + 1)/(x + 3): q′ = (2x(x + 3) − (x² + 1))/(x + 3)², which is 3/5 at x = 2."""
    numerator = (vertex("s", "square", (1,)), vertex("a", "add", (4, 2)))
    graph = Graph(3, (leaf("x"), leaf("1"), leaf("3"), *numerator, vertex("b", "add", (1, 3)), vertex("q", "divide", (5, 6))))
    found = exact_derivatives(graph, [2, 1, 3], 1)
    assert value(found[5]) == ([[4]], STENCIL)
    assert value(found[6]) == ([[1]], STENCIL)
    assert value(found[7]) == ([[Fraction(3, 5)]], DUAL)


def test_a_product_of_two_leaves_moves_with_one_of_them() -> None:
    graph = Graph(2, (leaf("x", (2,)), leaf("y", (2,)), vertex("z", "multiply", (1, 2))))
    assert value(exact_derivatives(graph, [[5, 7], [2, 3]], 1)[3]) == ([[2, 0], [0, 3]], STENCIL)


def test_what_does_not_move_has_no_entry() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("z", "square", (2,))))
    assert exact_derivatives(graph, [1, 2], 1) == {}


def test_inside_a_branch_it_is_exact_and_on_a_kink_not_checked() -> None:
    assert value(exact_derivatives(one("relu"), [Fraction(1, 3)], 1)[2]) == ([[1]], DUAL)
    assert value(exact_derivatives(one("relu"), [Fraction(-1, 3)], 1)[2]) == ([[0]], DUAL)
    assert exact_derivatives(one("relu"), [0], 1)[2] == "y is at a kink"


def test_equal_operands_of_a_maximum_are_a_kink_and_what_reads_it_is_not_checked_either() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("m", "maximum", (1, 2)), vertex("s", "square", (3,))))
    assert exact_derivatives(graph, [2, 2], 1) == {3: "m is at a kink", 4: "m is at a kink"}
    assert value(exact_derivatives(graph, [3, 2], 1)[4]) == ([[6]], DUAL)
    assert value(exact_derivatives(graph, [1, 2], 1)[4]) == ([[0]], DUAL)


def test_beyond_a_transcendental_function_nothing_is_checked_and_the_reason_names_it() -> None:
    graph = Graph(1, (leaf("x"), vertex("e", "exp", (1,)), vertex("s", "square", (2,)), vertex("t", "square", (1,))))
    found = exact_derivatives(graph, [2], 1)
    assert found[2] == found[3] == "e is transcendental"
    assert value(found[4]) == ([[4]], STENCIL)


@pytest.mark.parametrize(("exponent", "method", "degree"), [(1024, STENCIL, 1024), (1025, DUAL, None)])
def test_the_limit_is_degree_1024(exponent: int, method: str, degree: int | None) -> None:
    found = exact_derivatives(one("power", exponent=exponent), [1], 1)[2]
    assert value(found) == ([[exponent]], method)
    assert isinstance(found, Exact)
    assert found.degree == degree


def test_a_degree_above_the_limit_goes_to_dual_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = one("power", exponent=6)
    assert value(exact_derivatives(graph, [1], 1)[2]) == ([[6]], STENCIL)
    monkeypatch.setattr("backproof.verify.derivatives.exact.LARGEST_DEGREE", 5)
    assert value(exact_derivatives(graph, [1], 1)[2]) == ([[6]], DUAL)


def test_a_row_that_declares_too_low_a_degree_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    row = look_up("square")
    monkeypatch.setattr(Graph, "row", lambda graph, i: replace(row, degree=lambda attributes, degrees: 1))
    with pytest.raises(WrongDegree, match=r"y \(square\) is declared a polynomial of degree 1 along a line and is none"):
        exact_derivatives(one("square"), [2], 1)


@pytest.mark.parametrize("count", [1, 2, 3, 6, 9])
def test_the_weights_differentiate_every_power_below_the_count(count: int) -> None:
    for power in range(count):
        assert sum(w * Fraction(t) ** power for t, w in stencil_weights(count)) == (1 if power == 1 else 0)
    if count > 1:
        assert sum(w * Fraction(t) ** count for t, w in stencil_weights(count)) != 0


def test_the_steps_are_the_whole_numbers_nearest_to_zero() -> None:
    assert steps(6) == [0, 1, -1, 2, -2, 3]


def test_random_graphs_agree_with_their_path_sums_and_a_changed_jacobian_does_not() -> None:
    methods: set[str] = set()
    noticed = checked = 0
    for number in range(150):
        case = usual_case(11, number)
        if not is_exact(case):
            continue
        checked += 1
        graph = case.graph
        D = jacobians(graph, forward(graph, case.leaves, RATIONAL), RATIONAL)
        edge = graph.edges[-1]
        changed = {**D, edge: D[edge] + 1} if edge in D else D
        for j in graph.differentiable_leaves():
            for k, found in exact_derivatives(graph, case.leaves, j).items():
                if isinstance(found, Exact):
                    methods.add(found.method)
                    assert (path_sum(graph, D, j, k, RATIONAL).value == found.value).all()
                    noticed += not (path_sum(graph, changed, j, k, RATIONAL).value == found.value).all()
    assert methods == {STENCIL, DUAL}
    assert checked >= 50
    assert noticed > 20
