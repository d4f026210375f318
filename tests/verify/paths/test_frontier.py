"""The blocked enumeration gives what networkx gives, path by path in number, value and magnitude; memory does not grow
with the number of paths."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64, RATIONAL, Graph, backward, forward, jacobians, leaf, vertex
from backproof.verify.cases.case import float_leaves, is_exact
from backproof.verify.cases.draws import usual_case
from backproof.verify.numbers.float_model import gamma
from backproof.verify.numbers.modular import PRIME, modular_system, residues
from backproof.verify.paths import frontier
from backproof.verify.paths.enumeration import path_counts
from backproof.verify.paths.frontier import frontier_sums, longest_paths, modular_sums
from backproof.verify.paths.magnitudes import operations_behind
from backproof.verify.paths.sums import PathSum, WrongPaths, path_sum


def complete(n: int, d: int = 1, weight: float | None = None) -> tuple[Graph, dict[Any, Any]]:
    """Every vertex reads all earlier ones; random weights, or one weight everywhere."""
    rng = np.random.default_rng([n, d])
    vertices = [leaf("x", (d,))]
    for i in range(2, n + 1):
        blocks = rng.normal(size=(i - 1, d, d)) / d if weight is None else np.full((i - 1, d, d), weight)
        vertices.append(vertex(f"v{i}", "weighted_sum", range(1, i), weights=blocks.tolist()))
    graph = Graph(1, tuple(vertices))
    return graph, jacobians(graph, forward(graph, [np.ones(d)]))


def agree(graph: Graph, fast: PathSum, slow: PathSum, j: int) -> bool:
    allowed = float(gamma(operations_behind(graph, j, slow.longest, slow.count), FLOAT64.unit_roundoff)) * slow.magnitude
    return bool(
        np.all(np.abs(fast.value - slow.value) <= allowed)
        and np.allclose(fast.magnitude, slow.magnitude, rtol=1e-9)
        and (fast.count, fast.longest) == (slow.count, slow.longest)
    )


def test_on_random_graphs_every_sum_to_every_vertex_is_that_of_networkx() -> None:
    pairs = 0
    for number in range(40):
        case = usual_case(31, number)
        graph = case.graph
        D = jacobians(graph, forward(graph, float_leaves(case)))
        for k in range(graph.l + 1, graph.n + 1):
            found = frontier_sums(graph, D, k, block=7)
            reach = [j for j in range(1, k + 1) if k in path_counts(graph, j) and not graph.is_discrete(j)]
            assert sorted(found) == reach
            for j in reach:
                assert agree(graph, found[j], path_sum(graph, D, j, k), j), (number, j, k)
                pairs += 1
    assert pairs > 1500


@pytest.mark.parametrize("block", [1, 3, 64, 4096])
def test_the_size_of_the_blocks_changes_nothing(block: int) -> None:
    graph, D = complete(11, 3)
    found = frontier_sums(graph, D, graph.n, block)
    assert all(agree(graph, found[j], path_sum(graph, D, j, graph.n), j) for j in range(1, graph.n + 1))


def test_the_number_of_paths_of_a_complete_graph_is_a_power_of_two_and_so_is_its_sum_of_ones() -> None:
    graph, D = complete(20, 1, 1.0)
    found = frontier_sums(graph, D, 20)
    assert {j: found[j].count for j in range(1, 20)} == {j: 2 ** (19 - j) for j in range(1, 20)}
    assert all(found[j].value.item() == found[j].magnitude.item() == 2.0 ** (19 - j) for j in range(1, 20))


def test_memory_is_bounded_by_the_blocks_and_not_by_the_paths() -> None:
    graph, D = complete(20, 2)
    frontier_sums(graph, D, 8)
    tracemalloc.start()
    frontier_sums(graph, D, 20, block=256)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 4 * 256 * 2 * 2 * 8 + 200_000  # vertices × blocks × paths × d × d × bytes
    assert 4 * peak < 2**18 * 2 * 2 * 8  # all paths at once would take more


def test_an_enumeration_that_loses_an_edge_is_wrong() -> None:
    graph, D = complete(6)
    with pytest.raises(WrongPaths, match=r"15 paths enumerated from vertex 1 \('x'\) to vertex 6 \('v6'\), but there are 16"):
        frontier_sums(graph, {edge: block for edge, block in D.items() if edge != (2, 5)}, 6)


def test_a_batch_that_is_dropped_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = frontier._batches  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(
        frontier, "_batches", lambda arrived, rows, block: list(real(arrived, rows, block))[:-1] or list(real(arrived, rows, block))
    )
    graph, D = complete(9)
    with pytest.raises(WrongPaths):
        frontier_sums(graph, D, 9, block=4)


def test_modulo_a_prime_the_backward_pass_equals_the_path_sum_exactly() -> None:
    system = modular_system()
    for number in range(25):
        case = usual_case(32, number)
        D = residues(jacobians(case.graph, forward(case.graph, float_leaves(case))))
        p = backward(case.graph, D, None, system)
        found = modular_sums(case.graph, D, case.graph.n, block=5)
        assert all(np.array_equal(p[j], total) for j, total in found.items())


def test_one_wrong_entry_of_one_jacobian_shows_modulo_the_prime() -> None:
    graph, D = complete(10, 2)
    right = residues(D)
    wrong = {**right, (3, 7): np.mod(right[3, 7] + np.array([[1.0, 0.0], [0.0, 0.0]]), PRIME)}
    p = backward(graph, wrong, None, modular_system())
    assert not np.array_equal(p[1], modular_sums(graph, right, 10)[1])


def test_residues_of_rationals_are_those_of_the_rational_path_sum() -> None:
    for number in range(60):
        case = usual_case(33, number)
        if not is_exact(case):
            continue
        graph = case.graph
        D = jacobians(graph, forward(graph, case.leaves, RATIONAL), RATIONAL)
        found = modular_sums(graph, residues(D), graph.n)
        for j in found:
            exact = path_sum(graph, D, j, graph.n, RATIONAL).value
            assert np.array_equal(found[j], residues({(j, graph.n): exact})[j, graph.n])
        return
    raise AssertionError("no exact case")


def test_wide_vertices_are_refused_modulo_the_prime() -> None:
    graph = Graph(1, (leaf("x", (40,)), vertex("y", "tanh", (1,))))
    D = jacobians(graph, forward(graph, [np.ones(40)]))
    with pytest.raises(ValueError, match="exact for vertices of up to 32 entries, found 40"):
        modular_sums(graph, residues(D), 2)


def test_longest_paths_are_those_of_a_diamond() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "exp", (1,)), vertex("b", "exp", (2,)), vertex("o", "add", (1, 3))))
    assert longest_paths(graph, 4) == {4: 0, 3: 1, 2: 2, 1: 3}
