"""Adjoints on changed graphs: counted by hand, and the backward pass runs once for each change."""

from __future__ import annotations

from typing import Any, cast

import pytest

from backproof.engine import RATIONAL, Graph, backward, leaf, vertex
from backproof.theorems.quantities import NotAvailable
from backproof.verify.cases.case import is_exact, make_case
from backproof.verify.cases.draws import usual_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.proofs.quantities import quantities, symbolic
from backproof.verify.three_way.routes import Routes

FOUR = lecture_cases()[0]


def test_a_wide_output_is_seeded_by_hand() -> None:
    """y = x²: D = diag(2, 4, 6), a = (1, 2, 3), b = (1, −1, 1), and 2a − 3b = (−1, 7, 3)."""
    case = make_case("wide", "doc", Graph(1, (leaf("x", (3,)), vertex("y", "square", (1,)))), [[1, 2, 3]], cotangent=[[1, 1, 1]])
    q = quantities(case, RATIONAL)
    assert q.p_from(1, 0, 2).value.tolist() == [[1, 2, 3]]
    assert q.p_from(0, 1, 2).value.tolist() == [[1, -1, 1]]
    assert q.p_from(2, -3, 1).value.tolist() == [[-1 * 2, 7 * 4, 3 * 6]]


def test_terms_are_counted_without_dimensions_and_paths_agree() -> None:
    for number in range(8):
        q = symbolic(usual_case(6, number).graph)
        for j in (*q.leaves, *q.non_leaves):
            try:
                assert q.number_of_terms(j) == len(q.paths(j, q.n))
            except NotAvailable:
                continue


def test_the_direction_arrives_as_the_sum_of_all_derivatives_times_it() -> None:
    seen = 0
    for number in range(12):
        case = usual_case(7, number)
        if is_exact(case):
            q = quantities(case, RATIONAL)
            if all(q.paths(j, q.n) for j in q.leaves):
                expected = sum(q.path_sum(j, q.n).value @ q.direction(j).value for j in q.leaves)
                assert (q.pushed_forward.value == expected).all()
                seen += 1
    assert seen


def test_without_a_way_from_a_leaf_to_the_output_nothing_is_pushed() -> None:
    case = make_case("constant", "doc", Graph(1, (leaf("x"), vertex("c", "constant", (), value=3))), [1])
    with pytest.raises(NotAvailable, match="the output depends on no leaf"):
        _ = quantities(case, RATIONAL).pushed_forward


def test_each_change_runs_the_backward_pass_once() -> None:
    runs: list[int] = []

    def counting(graph: Any, *arguments: Any) -> Any:
        runs.append(graph.n)
        return backward(graph, *arguments)

    q = symbolic(FOUR.graph, Routes(backward=cast("Any", counting)))
    before = len(runs)
    for _ in range(2):
        for i in (1, 2, 3, 4):
            q.relabelled(i)
            q.subdivided((2, 3), i)
            q.number_of_terms(i)
        q.copies(2)
    assert sorted(runs[before:]) == [4, 4, 5, 5], "another order, the terms; one vertex more on an edge, two copies of one"
