"""Changing a graph: what a changed skeleton is, counted by hand and by networkx."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.engine import FLOAT64
from backproof.verify.cases.draws import usual_case
from backproof.verify.proofs.skeletons import Skeleton, of_graph, relabelled, skeleton, split, subdivided


@st.composite
def skeletons(draw: st.DrawFn) -> Skeleton:
    n = draw(st.integers(2, 7))
    pairs = [(j, i) for i in range(2, n + 1) for j in range(1, i)]
    return skeleton(n, tuple(pair for pair in pairs if draw(st.booleans())))


def names(graph: Skeleton) -> dict[tuple[int, int], str]:
    return {(j, i): f"{j}→{i}" for j, i in graph.edges}


def paths(graph: Skeleton, j: int) -> int:
    drawing: Any = nx.DiGraph()
    drawing.add_nodes_from(range(1, graph.n + 1))
    drawing.add_edges_from(graph.edges)
    return 1 if j == graph.n else sum(1 for _ in nx.all_simple_paths(drawing, j, graph.n))


def test_the_leaves_are_the_longest_prefix_without_parents() -> None:
    assert skeleton(4, ((1, 3), (2, 4))).l == 2
    assert skeleton(4, ((1, 2), (1, 4))).l == 1, "vertex 3 has no parent either, and is a constant"
    assert skeleton(3, ()).l == 3


@given(skeletons())
def test_parents_and_children_are_the_edges(graph: Skeleton) -> None:
    assert sorted((j, i) for j in range(1, graph.n + 1) for i in graph.children(j)) == sorted(graph.edges)
    assert sorted((j, i) for i in range(1, graph.n + 1) for j in graph.parents(i)) == sorted(graph.edges)


def test_a_graph_keeps_its_dimensions_and_discrete_leaves() -> None:
    for number in (0, 5, 81):
        graph = usual_case(3, number).graph
        shape = of_graph(graph)
        assert [shape.dimension(i) for i in range(1, graph.n + 1)] == [graph.dimension(i) for i in range(1, graph.n + 1)]
        assert [shape.is_discrete(j) for j in range(1, graph.l + 1)] == [graph.is_discrete(j) for j in range(1, graph.l + 1)]
        assert (shape.n, shape.l, shape.edges) == (graph.n, graph.l, graph.edges)


@given(skeletons())
def test_a_vertex_on_an_edge_leaves_the_number_of_paths_as_it_is(graph: Skeleton) -> None:
    for edge in graph.edges:
        changed = subdivided(graph, names(graph), edge, lambda d: "I")
        assert changed.skeleton.n == graph.n + 1
        assert len(changed.skeleton.edges) == len(graph.edges) + 1
        assert all(j < i for j, i in changed.skeleton.edges)
        assert sorted(changed.D.values()) == sorted([*names(graph).values(), "I"])
        assert all(paths(changed.skeleton, changed.place[j]) == paths(graph, j) for j in range(1, graph.n + 1))


@given(skeletons())
def test_copies_are_read_once_each_and_their_paths_add_up(graph: Skeleton) -> None:
    for j in range(1, graph.n):
        if not graph.children(j):
            with pytest.raises(ValueError, match=f"vertex {j} is read by none"):
                split(graph, names(graph), j)
            continue
        changed = split(graph, names(graph), j)
        assert len(changed.copies) == len(graph.children(j))
        assert all(len(changed.skeleton.children(copy)) == 1 for copy in changed.copies)
        assert sum(paths(changed.skeleton, copy) for copy in changed.copies) == paths(graph, j)
        assert all(paths(changed.skeleton, changed.place[i]) == paths(graph, i) for i in range(1, graph.n + 1) if i > j)


@given(skeletons())
def test_another_order_is_the_same_graph_with_other_numbers(graph: Skeleton) -> None:
    changed = relabelled(graph, names(graph))
    assert sorted(changed.place.values()) == list(range(1, graph.n + 1))
    assert changed.place[graph.n] == graph.n
    assert all(j < i for j, i in changed.skeleton.edges)
    assert {(changed.place[j], changed.place[i]): name for (j, i), name in names(graph).items()} == changed.D


def test_dimensions_and_discrete_leaves_go_where_their_vertices_go() -> None:
    old = skeleton(5, ((1, 3), (2, 3), (1, 4), (3, 5), (4, 5)), dimensions=(2, 3, 5, 7, 11), discrete=frozenset([2]))
    for changed in (subdivided(old, names(old), (1, 4), str), split(old, names(old), 1), relabelled(old, names(old))):
        new = changed.skeleton
        assert [new.dimension(changed.place[i]) for i in range(2, 6)] == [3, 5, 7, 11]
        assert [j for j in range(1, new.n + 1) if new.is_discrete(j)] == [changed.place[2]]
    inserted = subdivided(old, names(old), (1, 4), str)
    assert (inserted.skeleton.dimension(4), inserted.D[1, 4], inserted.D[4, 5]) == (2, "2", "1→4")
    copied = split(old, names(old), 1)
    assert [copied.skeleton.dimension(copy) for copy in copied.copies] == [2, 2]


def test_splitting_an_inner_vertex_gives_every_copy_its_parents() -> None:
    """1 → 2 → 3, 4 and 3, 4 → 5: vertex 2 becomes 2 and 3, each reads 1, and one of each is read by the old 3 and the
    old 4.
    """
    old = skeleton(5, ((1, 2), (2, 3), (2, 4), (3, 5), (4, 5)))
    changed = split(old, names(old), 2)
    assert changed.copies == (2, 3)
    assert changed.place == {1: 1, 3: 4, 4: 5, 5: 6}
    assert changed.D == {(1, 2): "1→2", (1, 3): "1→2", (2, 4): "2→3", (3, 5): "2→4", (4, 6): "3→5", (5, 6): "4→5"}


def test_the_other_order_differs_where_it_can() -> None:
    two_chains = skeleton(5, ((1, 3), (2, 4), (3, 5), (4, 5)))
    assert relabelled(two_chains, names(two_chains)).place == {2: 1, 4: 2, 1: 3, 3: 4, 5: 5}


def test_an_edge_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(1, 2\) is not an edge"):
        subdivided(skeleton(3, ((1, 3),)), {}, (1, 2), FLOAT64.identity)
