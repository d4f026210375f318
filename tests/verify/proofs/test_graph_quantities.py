from __future__ import annotations

from backproof.engine import Graph, leaf, vertex
from backproof.verify.proofs.graph_quantities import GraphQuantities


def test_discrete_leaves_are_operands_and_no_parents() -> None:
    graph = Graph(2, (leaf("q", (3,)), leaf("y", discrete=True), vertex("q_y", "pick", (1, 2)), vertex("o", "negate", (3,))))
    q = GraphQuantities(graph)
    assert (list(q.leaves), list(q.non_leaves), q.n) == ([1], [3, 4], 4)
    assert (list(q.parents(3)), list(q.operands(3)), list(q.children(1))) == ([1], [1, 2], [3])
    assert (q.shape(1), q.dimension(1), q.function(1), q.function(4)) == ((3,), 3, None, "negate")


def test_a_parent_that_is_read_twice_is_one_parent_and_two_operands() -> None:
    q = GraphQuantities(Graph(1, (leaf("x"), vertex("y", "multiply", (1, 1)))))
    assert (list(q.parents(2)), list(q.operands(2))) == ([1], [1, 1])
