"""The sides of the path-sum benchmark compute the same sum, exactly over the rationals; a wrong one is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64, RATIONAL, Graph, forward, jacobians, leaf, vertex
from backproof.verify.paths.sums import path_sum
from benchmarks.graphs import complete
from benchmarks.measure import Comparison, Disagreement, Effort, compare
from benchmarks.path_sums import enumeration, measure, naive, sides


def test_the_naive_sum_of_the_four_vertex_example() -> None:
    """L11 at u₁ = 3, u₂ = 4: the path (2, 4) gives u₁ + u₂ = 7, the path (2, 3, 4) gives u₂ · 1 = 4."""
    graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
    D = jacobians(graph, forward(graph, [3.0, 4.0]))
    assert naive(graph, D, 2, 4).tolist() == [[11.0]]
    assert naive(graph, D, 1, 4).tolist() == [[4.0]]


@pytest.mark.parametrize("n", [2, 3, 5, 8])
def test_naive_and_path_sum_are_equal_over_the_rationals(n: int) -> None:
    graph, leaves = complete(n, 2)
    D = jacobians(graph, forward(graph, leaves, RATIONAL), RATIONAL)
    assert naive(graph, D, 1, n).tolist() == path_sum(graph, D, 1, n, RATIONAL).value.tolist()


@pytest.mark.parametrize("n", [2, 3, 6, 9])
def test_a_complete_graph_has_a_path_for_every_set_of_inner_vertices(n: int) -> None:
    graph, _ = complete(n, 1)
    assert enumeration(graph, 1, n) == 2 ** (n - 2)


def test_every_side_gives_the_same_sum_and_the_enumeration_the_number_of_paths() -> None:
    graph, leaves = complete(6, 3)
    values = [side.run() for side in sides(graph, jacobians(graph, forward(graph, leaves)), FLOAT64)]
    for value in values[:3]:
        assert value.shape == (3, 3)
        np.testing.assert_allclose(value, values[0], rtol=1e-13)
    assert values[3] == 16


def test_a_side_with_one_wrong_jacobian_is_refused() -> None:
    graph, leaves = complete(5, 2)
    D = jacobians(graph, forward(graph, leaves))
    wrong: dict[Any, Any] = {**D, (2, 4): D[2, 4] * (1 + 1e-6)}
    right, other = sides(graph, D, FLOAT64), sides(graph, wrong, FLOAT64)
    with pytest.raises(Disagreement, match="naive gives"):
        compare("one edge is wrong", [right[0], other[1]], Effort(1, 0.0))


def test_the_quick_run_has_a_table_for_every_number_system() -> None:
    pytest.importorskip("pyperf")
    tables = [table for table in measure(quick=True).tables if isinstance(table, Comparison)]
    assert [table.workload.split(", ")[-1] for table in tables] == ["float64: 64 paths", "rational: 16 paths", "mpmath(90): 16 paths"]
