"""Paths are counted without enumerating and enumerated by networkx; both agree with a count by powers of the adjacency
matrix."""

from __future__ import annotations

import itertools
from typing import Any

import networkx as nx
import numpy as np
import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.paths.enumeration import between, count_paths, path_counts, paths, paths_by_last_edge


def complete(n: int) -> Graph:
    """One leaf; every vertex reads all earlier ones (the first non-leaf reads the leaf alone)."""
    weights = [[[[1.0]]] * (i - 1) for i in range(2, n + 1)]
    rest = tuple(vertex(f"v{i}", "weighted_sum", range(1, i), weights=weights[i - 2]) for i in range(2, n + 1))
    return Graph(1, (leaf("x"), *rest))


def ladder(rungs: int) -> Graph:
    """A chain of diamonds: 2^rungs paths."""
    vertices = [leaf("x")]
    for r in range(rungs):
        top = len(vertices)
        vertices += [vertex(f"a{r}", "identity", (top,)), vertex(f"b{r}", "identity", (top,)), vertex(f"c{r}", "add", (top + 1, top + 2))]
    return Graph(1, tuple(vertices))


def test_the_four_vertex_example_has_two_paths_from_u2() -> None:
    graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
    assert list(paths(graph, 1, 4)) == [(1, 3, 4)]
    assert set(paths(graph, 2, 4)) == {(2, 4), (2, 3, 4)}


def test_the_complete_graph_has_a_path_for_every_subset_of_the_vertices_between() -> None:
    graph = complete(7)
    expected = {(1, *middle, 7) for size in range(6) for middle in itertools.combinations(range(2, 7), size)}
    found = list(paths(graph, 1, 7))
    assert len(found) == 32
    assert set(found) == expected


def test_counts_agree_with_powers_of_the_adjacency_matrix() -> None:
    graph = complete(8)
    adjacency = np.zeros((8, 8), dtype=int)
    for j, i in graph.edges:
        adjacency[j - 1, i - 1] = 1
    walks: Any = sum(np.linalg.matrix_power(adjacency, length) for length in range(1, 8))
    for j in range(1, 9):
        for k in range(j + 1, 9):
            assert count_paths(graph, j, k) == walks[j - 1, k - 1]


def test_counts_are_exact_integers_of_any_size() -> None:
    assert count_paths(ladder(400), 1, 1201) == 2**400


def test_the_empty_path_belongs_to_j_equal_k_only() -> None:
    graph = complete(4)
    assert list(paths(graph, 2, 2)) == [(2,)]
    assert count_paths(graph, 2, 2) == 1
    assert list(paths(graph, 3, 2)) == []
    assert count_paths(graph, 3, 2) == 0


def test_a_vertex_used_twice_gives_one_path() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "multiply", (1, 1))))
    assert list(paths(graph, 1, 2)) == [(1, 2)]


def test_only_the_part_between_is_searched() -> None:
    """A dead end of 2^40 paths beside the one that matters: without the restriction networkx would walk into it."""
    dead = ladder(40)
    n = dead.n
    graph = Graph(1, (*dead.vertices, vertex("out", "exp", (1,))))
    assert list(paths(graph, 1, n + 1)) == [(1, n + 1)]
    assert set(between(graph, 1, n + 1)) == {1, n + 1}


def test_the_paths_by_last_edge_partition_the_paths() -> None:
    graph = complete(6)
    whole = list(paths(graph, 1, 6))
    parts = [list(paths_by_last_edge(graph, 1, last, 6)) for last in graph.parents(6)]
    assert sorted(itertools.chain(*parts)) == sorted(whole)
    assert sum(map(len, parts)) == len(set(whole))
    assert all(path[-2:] == (last, 6) for last, part in zip(graph.parents(6), parts, strict=True) for path in part)


def test_a_last_edge_that_does_not_exist_is_refused() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "exp", (1,)), vertex("z", "exp", (2,))))
    with pytest.raises(ValueError, match=r"P\(1, 1, 3\): \(1, 3\) is not an edge"):
        list(paths_by_last_edge(graph, 1, 1, 3))


def test_counts_agree_with_networkx_on_random_graphs() -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        n = int(rng.integers(3, 9))
        digraph = nx.DiGraph()
        digraph.add_nodes_from(range(1, n + 1))
        digraph.add_edges_from((j, i) for i in range(2, n + 1) for j in range(1, i) if rng.random() < 0.5)
        vertices = [leaf("v1")]
        for i in range(2, n + 1):
            parents = sorted(digraph.predecessors(i))
            row = (
                vertex(f"v{i}", "weighted_sum", parents, weights=[[[1.0]]] * len(parents))
                if parents
                else vertex(f"v{i}", "constant", value=1)
            )
            vertices.append(row)
        graph = Graph(1, tuple(vertices))
        counts = path_counts(graph, 1)
        for k in range(2, n + 1):
            expected = {tuple(path) for path in nx.all_simple_paths(digraph, 1, k)}
            assert counts.get(k, 0) == len(expected)
            assert set(paths(graph, 1, k)) == expected
