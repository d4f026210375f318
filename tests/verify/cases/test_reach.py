"""What a run may say of the sizes of its graphs: those of the part on which a derivative depends, up to 1,024."""

from __future__ import annotations

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.large import large_cases
from backproof.verify.cases.reach import looked_up_to, reach


def test_by_hand() -> None:
    graph = Graph(2, (leaf("x", (3,)), leaf("y"), vertex("a", "sum", (1,)), vertex("b", "exp", (3,)), vertex("o", "add", (2, 3, 4))))
    assert reach(graph) == {"consumers": 2, "entries": 3, "vertices": 5, "levels": 3}


def test_what_leads_to_no_output_or_comes_from_no_leaf_is_not_counted() -> None:
    dead = tuple(vertex(f"d{k}", "exp", (1,)) for k in range(9))
    constant = vertex("c", "constant", (), value=[[1.0] * 7])
    graph = Graph(1, (leaf("x"), *dead, constant, vertex("s", "sum", (11,)), vertex("o", "add", (1, 12))))
    assert reach(graph) == {"consumers": 1, "entries": 1, "vertices": 2, "levels": 1}


def test_a_graph_without_a_derivative_reaches_nothing() -> None:
    graph = Graph(1, (leaf("x"), vertex("c", "constant", (), value=2.0)))
    assert reach(graph) == {"consumers": 0, "entries": 0, "vertices": 0, "levels": 0}


def test_the_longest_of_several_paths_counts_and_no_more_than_1024_is_claimed() -> None:
    sizes = reach(large_cases()[3].graph)
    assert sizes == {"consumers": 1, "entries": 1, "vertices": 1027, "levels": 1026}
    assert looked_up_to(sizes) == {"consumers": 1, "entries": 1, "vertices": 1024, "levels": 1024}
