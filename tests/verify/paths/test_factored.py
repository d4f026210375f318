"""The factored sums equal the enumerated ones, in every number system, and a wrong block shows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from backproof.engine import RATIONAL, Graph, backward, forward, jacobians, leaf, vertex
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.cases.case import float_leaves, is_exact
from backproof.verify.cases.draws import usual_case
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.paths.factored import sums_by_length
from backproof.verify.paths.frontier import longest_paths
from backproof.verify.paths.sums import path_sum


def sums_by_doubling(graph: Graph, D: Mapping[Edge, Array], k: int) -> dict[int, Array]:
    """The block row e_k of (1 + M)(1 + M²)(1 + M⁴)…, by repeated squaring: the same sums in another way."""
    starts = np.concatenate([[0], np.cumsum([graph.dimension(i) for i in range(1, graph.n + 1)])])
    power = np.zeros((int(starts[-1]), int(starts[-1])))
    for (j, i), block in D.items():
        power[starts[i - 1] : starts[i], starts[j - 1] : starts[j]] = block
    rows = np.eye(len(power))[starts[k - 1] : starts[k]]
    while power.any():
        rows = rows + rows @ power
        power = power @ power
    return {j: rows[:, starts[j - 1] : starts[j]] for j in sorted(longest_paths(graph, k), reverse=True)}


def test_in_float64_both_factorings_equal_the_enumeration() -> None:
    for number in range(30):
        case = usual_case(41, number)
        graph = case.graph
        D = jacobians(graph, forward(graph, float_leaves(case)))
        doubled = sums_by_doubling(graph, D, graph.n)
        for j, total in sums_by_length(graph, D, graph.n).items():
            slow = path_sum(graph, D, j, graph.n)
            room = 1e-12 * slow.magnitude + 1e-300
            assert np.all(np.abs(total.value - slow.value) <= room)
            assert np.all(np.abs(doubled[j] - slow.value) <= room)
            np.testing.assert_allclose(total.magnitude, slow.magnitude, rtol=1e-12)
            assert (total.count, total.longest) == (slow.count, slow.longest)


def test_over_the_rationals_they_are_equal() -> None:
    compared = 0
    for number in range(40):
        case = usual_case(42, number)
        if is_exact(case):
            D = jacobians(case.graph, forward(case.graph, case.leaves, RATIONAL), RATIONAL)
            for j, total in sums_by_length(case.graph, D, case.graph.n, RATIONAL).items():
                assert (total.value == path_sum(case.graph, D, j, case.graph.n, RATIONAL).value).all()
                compared += 1
    assert compared > 50


def test_in_balls_they_contain_the_rational_value() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "square", (1,)), vertex("b", "multiply", (1, 2)), vertex("o", "add", (2, 3))))
    balls = real_ball_system(100)
    D = jacobians(graph, forward(graph, [0.1], balls), balls)
    exact = path_sum(graph, jacobians(graph, forward(graph, [0.1], RATIONAL), RATIONAL), 1, 4, RATIONAL).value.item()
    assert balls.array(exact).item().overlaps(sums_by_length(graph, D, 4, balls)[1].value.item())


def test_two_to_the_sixty_eight_paths_are_counted_exactly_and_summed() -> None:
    vertices = [leaf("x"), *(vertex(f"v{i}", "weighted_sum", range(1, i), weights=[[[1.0]]] * (i - 1)) for i in range(2, 71))]
    graph = Graph(1, tuple(vertices))
    D = jacobians(graph, forward(graph, [1.0]))
    total = sums_by_length(graph, D, 70)[1]
    assert (total.count, total.value.item()) == (2**68, 2.0**68)


def test_a_wrong_block_gives_another_sum_than_the_backward_pass() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "square", (1,)), vertex("o", "multiply", (1, 2))))
    D = jacobians(graph, forward(graph, [3.0]))
    wrong = {**D, (1, 2): D[1, 2] + 1}
    assert sums_by_length(graph, D, 3)[1].value.item() == backward(graph, D)[1].item() == 27
    assert sums_by_length(graph, wrong, 3)[1].value.item() == 30


def test_a_vertex_that_is_not_there_is_refused() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "exp", (1,))))
    for k in (0, 3):
        with pytest.raises(ValueError, match=f"the graph has vertices 1 … 2, found k = {k}"):
            sums_by_length(graph, {}, k)
