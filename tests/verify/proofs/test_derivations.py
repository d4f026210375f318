"""Checked derivations: the lecture's hold line by line, and a wrong Jacobian fails exactly the
lines that contain it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from backproof.engine import FLOAT64, RATIONAL, Graph, NumberSystem, forward, jacobians, leaf, vertex
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.theorems.derivation import TooLong
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.derivatives.differences import differences
from backproof.verify.paths.enumeration import paths
from backproof.verify.paths.sums import path_sum
from backproof.verify.proofs.derivations import CheckedDerivation, check_derivation
from backproof.verify.strategies import cases
from backproof.verify.three_way.routes import Routes
from backproof.verify.verdicts import Verdict

FOUR, NETWORK = lecture_cases()[0], lecture_cases()[-1]


def with_edge(edge: Edge, change: Callable[[Array], Any]) -> Routes:
    """Routes whose Jacobian of one edge is wrong."""

    def wrong(graph: Graph, u: Mapping[int, Array], system: NumberSystem = FLOAT64) -> dict[Edge, Array]:
        D = jacobians(graph, u, system)
        return {**D, edge: change(D[edge])}

    return Routes(jacobians=wrong)


def verdicts(checked: CheckedDerivation) -> list[str]:
    return [line.verdict.value for line in checked.lines]


def test_the_four_vertex_example_has_the_values_of_the_hand_calculation() -> None:
    """∂u₄/∂u₂ = u₃ + u₂·1 = 7 + 4 = 11 at u₁ = 3, u₂ = 4, in every line."""
    checked = check_derivation(FOUR, "u₂")
    assert checked.verdict is Verdict.CORRECT
    assert checked.evidence.startswith("to ")
    assert checked.evidence.endswith(" digits on 1 case")
    assert checked.left is not None
    for value in (checked.left, *(line.value for line in checked.lines)):
        assert value is not None
        assert abs(float(value.item()) - 11) < 1e-14


@pytest.mark.parametrize(("leaf_name", "lines"), [("W", 5), ("x", 5), ("b", 5), ("V", 3), ("γ", 3)])
@pytest.mark.parametrize("merge", [(), ("q_y",)])
def test_every_line_of_the_lectures_network_holds(leaf_name: str, lines: int, merge: tuple[str, ...]) -> None:
    checked = check_derivation(NETWORK, leaf_name, merge=merge)
    assert verdicts(checked) == ["CORRECT"] * (lines + 1 - len(merge))
    assert all((line.comparison.digits or 0) >= 40 for line in checked.lines)
    entries = {"W": 6, "x": 3, "b": 2, "V": 6, "γ": 3}[leaf_name]
    assert all(line.comparison.entries == entries for line in checked.lines)


@pytest.mark.parametrize(
    ("edge", "expected"),
    [
        ((10, 12), ["WRONG"] * 5),
        ((9, 10), ["CORRECT", "WRONG", "WRONG", "WRONG", "WRONG"]),
        ((8, 9), ["CORRECT", "CORRECT", "WRONG", "WRONG", "WRONG"]),
        ((7, 8), ["CORRECT", "CORRECT", "CORRECT", "WRONG", "WRONG"]),
        ((1, 7), ["CORRECT", "CORRECT", "CORRECT", "CORRECT", "WRONG"]),
        ((4, 9), ["CORRECT"] * 5),
    ],
)
def test_a_wrong_jacobian_fails_exactly_the_lines_that_contain_it(edge: Edge, expected: list[str]) -> None:
    engine_edge = (10, 11) if edge == (10, 12) else edge
    checked = check_derivation(NETWORK, "W", merge=["q_y"], routes=with_edge(engine_edge, lambda D: D / 2))
    assert verdicts(checked) == expected
    contains = [any((d.wrt, d.of) == edge and not d.is_global for term in line.line.terms for d in term) for line in checked.lines]
    assert [verdict == "WRONG" for verdict in expected] == contains
    if "WRONG" in expected:
        assert checked.verdict is Verdict.WRONG
        assert checked.evidence.endswith("entries differ from ∂o/∂W|^{f̄o}")


def test_an_error_in_the_fortieth_digit_is_found() -> None:
    tiny = with_edge((3, 4), lambda D: D * (1 + D.item() ** 0 / 10**40))
    assert verdicts(check_derivation(FOUR, "u₂", routes=tiny)) == ["WRONG", "WRONG"]


def test_a_transposed_jacobian_is_wrong_and_its_shape_is_named() -> None:
    checked = check_derivation(NETWORK, "V", routes=with_edge((4, 9), np.transpose))
    assert verdicts(checked) == ["CORRECT", "CORRECT", "CORRECT", "WRONG"]
    assert checked.evidence == "∂l/∂V|^{fl} has shape (6, 3), expected shape (3, 6)"


def test_a_missing_jacobian_is_wrong() -> None:
    def forgetful(graph: Graph, u: Mapping[int, Array], system: NumberSystem = FLOAT64) -> dict[Edge, Array]:
        return {edge: D for edge, D in jacobians(graph, u, system).items() if edge != (2, 4)}

    assert check_derivation(FOUR, "u₂", routes=Routes(jacobians=forgetful)).evidence == "∂u₄/∂u₂|^{fu₄} has no value, expected shape (1, 1)"


def test_a_wrong_difference_fails_the_lines_that_do_not_share_it() -> None:
    """The left side of u₄ doubled: no line below has that value."""

    def doubled(graph: Graph, leaves: Any, j: int, digits: int) -> Any:
        moved = differences(graph, leaves, j, digits)
        return {**moved, 4: type(moved[4])(moved[4].value * 2, moved[4].estimate, moved[4].kink)}

    assert verdicts(check_derivation(FOUR, "u₂", routes=Routes(differences=doubled))) == ["WRONG", "WRONG"]


def test_along_one_path_each_line_is_still_an_equality() -> None:
    assert verdicts(check_derivation(FOUR, "u₂", along=("u₂", "u₃", "u₄"))) == ["CORRECT", "CORRECT"]
    assert verdicts(check_derivation(FOUR, "u₂", along=("u₂", "u₄"))) == ["CORRECT"]


def test_merging_adds_an_edge_that_is_there_already() -> None:
    """y = x·exp(x), exp merged into the product: one edge, ∂y/∂x = exp(x) + x·exp(x) = (1 + x)·exp(x)."""
    graph = Graph(1, (leaf("x"), vertex("e", "exp", (1,)), vertex("y", "multiply", (1, 2))))
    checked = check_derivation(make_case("x exp x", "test", graph, [0.5]), "x", merge=["e"])
    assert verdicts(checked) == ["CORRECT"]
    assert checked.as_text().startswith("∂y/∂x|^{f̄y} = ∂y/∂x|^{fy}    CORRECT, to ")
    assert checked.lines[0].value is not None
    assert abs(float(checked.lines[0].value.item()) - 1.5 * np.exp(0.5)) < 1e-14


def test_a_jacobian_of_the_wrong_shape_next_to_a_merged_vertex_is_wrong() -> None:
    checked = check_derivation(NETWORK, "W", merge=["q_y"], routes=with_edge((10, 11), np.transpose))
    assert verdicts(checked) == ["WRONG"] * 5
    assert checked.evidence == "∂q_y/∂q|^{fq_y} has shape (3, 1), expected shape (1, 3)"


def independent_case() -> Case:
    graph = Graph(2, (leaf("x", (2,)), leaf("w", (3,)), vertex("y", "square", (1,)), vertex("z", "exp", (2,))))
    return make_case("apart", "test", graph, [[1.0, 2.0], [0.0, 1.0, 2.0]])


def test_an_output_that_does_not_depend_on_the_leaf_is_0_and_checked() -> None:
    checked = check_derivation(independent_case(), "x")
    assert verdicts(checked) == ["CORRECT"]
    assert checked.left is not None
    assert checked.left.shape == (3, 2)
    assert checked.lines[0].comparison.entries == 6


def test_a_kink_and_a_point_outside_the_domain_are_inconclusive() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "relu", (1,)), vertex("y", "exp", (2,))))
    kink = check_derivation(make_case("kink", "test", graph, [0.0]), "x")
    assert verdicts(kink) == ["INCONCLUSIVE"] * 2
    assert kink.evidence == "kink: ∂y/∂x"
    outside = check_derivation(make_case("log", "test", Graph(1, (leaf("x"), vertex("y", "log", (1,)))), [-1.0]), "x")
    assert verdicts(outside) == ["INCONCLUSIVE"]
    assert outside.evidence.startswith("outside the domain: ")
    assert outside.left is None


def test_a_line_of_another_value_says_where_and_by_how_much() -> None:
    failure = check_derivation(FOUR, "u₂", routes=with_edge((2, 3), lambda D: D * 2)).lines[1].comparison.failures[0]
    assert (failure.where, failure.left, failure.right) == ("∂u₄/∂u₂", "15.0", "11.0")


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(cases(max_vertices=7))
def test_on_random_graphs_every_line_holds_and_a_wrong_last_edge_is_found(case: Case) -> None:
    graph = case.graph
    for j in graph.differentiable_leaves():
        try:
            checked = check_derivation(case, j)
        except TooLong:
            continue
        assert checked.verdict is Verdict.CORRECT, checked.as_text()
        path = next(paths(graph, j, graph.n), None)
        if path is None:
            continue
        assert check_derivation(case, j, along=path).verdict is Verdict.CORRECT
        wrong = check_derivation(case, j, routes=with_edge((path[-2], path[-1]), lambda D: D * 2))
        right, other = checked.lines[-1].value, wrong.lines[-1].value
        assert right is not None
        assert other is not None
        if abs(other - right).max() > 1e-20 * (1 + abs(right).max()):
            assert wrong.verdict is Verdict.WRONG


def test_the_last_line_has_the_value_of_the_path_sum() -> None:
    D = jacobians(FOUR.graph, forward(FOUR.graph, FOUR.leaves, RATIONAL), RATIONAL)
    value = check_derivation(FOUR, "u₁").lines[-1].value
    assert value is not None
    assert float(value.item()) == float(path_sum(FOUR.graph, D, 1, 4, RATIONAL).value.item()) == 4
