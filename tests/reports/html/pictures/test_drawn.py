"""Of a large graph the part around one vertex, and of each vertex how many edges lead out of it."""

from __future__ import annotations

import pytest

from backproof.reports.html.pictures.drawn import MOST_EDGES, MOST_VERTICES, drawn_part


def graph(n: int, reach: int) -> tuple[list[dict[str, int]], list[dict[str, int]]]:
    edges = [{"from": a, "to": b} for b in range(2, n + 1) for a in range(max(1, b - reach), b)]
    return [{"number": i} for i in range(1, n + 1)], edges


def test_a_small_graph_is_drawn_whole() -> None:
    part = drawn_part(*graph(MOST_VERTICES, 1), MOST_VERTICES)
    assert part.vertices == frozenset(range(1, MOST_VERTICES + 1))
    assert part.words("z") == ""


@pytest.mark.parametrize("focus", [1, 500, 1024])
def test_of_a_chain_the_vertices_on_both_sides_are_drawn(focus: int) -> None:
    part = drawn_part(*graph(1024, 1), focus)
    assert len(part.vertices) == MOST_VERTICES
    assert max(abs(v - focus) for v in part.vertices) <= (MOST_VERTICES if focus in (1, 1024) else MOST_VERTICES // 2)
    cut = sum(part.more_operands.values()) + sum(part.more_consumers.values())
    assert cut == (1 if focus in (1, 1024) else 2)


def test_a_dense_graph_is_cut_by_its_edges_and_counts_agree() -> None:
    vertices, edges = graph(60, 59)
    part = drawn_part(vertices, edges, 60)
    inside = [edge for edge in edges if edge["from"] in part.vertices and edge["to"] in part.vertices]
    assert part.edges_drawn == len(inside) <= MOST_EDGES
    touching = [edge for edge in edges if edge["from"] in part.vertices or edge["to"] in part.vertices]
    assert sum(part.more_operands.values()) + sum(part.more_consumers.values()) == len(touching) - len(inside)
    assert part.words("z") == (
        f"{60 - len(part.vertices)} of 60 vertices are not drawn, nor {1770 - len(inside):,} of 1,770 edges: the picture shows what is nearest to z."
    )
