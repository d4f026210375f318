"""Every vertex of a graph in a line."""

from __future__ import annotations

import numpy as np

from backproof.engine import Graph, leaf, trace, vertex


def test_a_traced_graph_is_listed_by_its_functions_and_shapes() -> None:
    graph = trace(lambda x, w: np.sum(np.tanh(x @ w)), np.ones((3, 4)), np.ones((4, 2)))
    assert str(graph).splitlines() == [
        "1  x: leaf (3, 4)",
        "2  w: leaf (4, 2)",
        "3  v3 = matmul(x, w) (3, 2)",
        "4  v4 = tanh(v3) (3, 2)",
        "5  v5 = sum(v4) ()",
    ]
    assert repr(graph) == "<Graph: 5 vertices, 2 leaves, 4 edges, output v5 ()>"


def test_a_large_graph_with_long_names_stays_a_screen() -> None:
    name = "n" * 500
    graph = Graph(1, (leaf(name), *(vertex(f"{name}{k}", "exp", (k,)) for k in range(1, 100))))
    assert len(repr(graph)) <= 160
    lines = str(graph).splitlines()
    assert len(lines) == 25
    assert max(map(len, lines)) <= 170
    assert lines[-1] == "and 76 more vertices: graph.vertices"
