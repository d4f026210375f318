"""What explains a graph is found whole: the planted fault is among it, whatever else explains the graph too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64, Graph, backward, forward, jacobians, leaf, vertex
from backproof.engine.number_systems import Array
from backproof.verify.blame.hypotheses import hypotheses
from backproof.verify.cases.draws import usual_case
from backproof.verify.selftest.mutants import by_name
from backproof.verify.three_way.routes import Routes, run

PLANTED = {
    "overwrite": "last consumer only @ everywhere",
    "first consumer only": "first consumer only @ everywhere",
    "doubled edge": "first consumer doubled @ everywhere",
    "wrong sign": "adjoint × −1 @ the first leaf",
    "relative error 1e-9": "adjoint × 1 + 1e-09 @ the first leaf",
    "repeated operand once": "operand missed @ everywhere",
    "every sink seeded": "dead vertex seeded @ everywhere",
    "float32 in float64": "rounded to float32 @ everywhere",
    "divisor's sign": "wrong local Jacobian @ every divide",
    "read too early": "read too early @ everywhere",
}
"""Mutants of `backproof selftest`, and what is to explain each of their failures."""


@pytest.mark.parametrize("name", PLANTED)
def test_the_planted_cause_explains_every_graph_on_which_it_shows(name: str) -> None:
    routes, shown = by_name(name).routes, 0
    for index in range(30):
        case = usual_case(0, index)
        wrong, right = run(case, FLOAT64, routes), run(case, FLOAT64, Routes())
        found = hypotheses(case.graph, right.D, case.cotangent, wrong.p, values=right.u, observed_values=wrong.u)
        if found.keys:
            shown += 1
            assert PLANTED[name] in found.keys, (case.name, found.keys)
    assert shown


def setting_engine(graph: Graph, u: Mapping[int, Array], order: Sequence[int]) -> dict[int, Array]:
    """An engine of scalars that sets where it should add, over the operands of a vertex in an order of its own."""
    p = {j: np.zeros((1, 1)) for j in range(1, graph.n + 1)}
    p[graph.n] = np.ones((1, 1))
    for i in range(graph.n, graph.l, -1):
        operands = graph.operands(i)
        arrays = [np.asarray(u[k]).reshape(()) for k in operands]
        for slot in sorted(range(len(operands)), key=lambda slot: order.index(slot)):
            p[operands[slot]] = p[i] @ graph.row(i).jacobian(FLOAT64, graph.attributes(i), arrays, slot)
    return p


@pytest.mark.parametrize(
    ("order", "words"),
    [((0, 1, 2), "operands in order"), ((2, 1, 0), "operands from the last on"), ((2, 0, 1), "operands folded two by two")],
)
def test_an_engine_that_sets_is_told_by_the_order_in_which_it_goes_through_operands(order: Sequence[int], words: str) -> None:
    graph = Graph(1, (leaf("x"), vertex("w", "weighted_sum", (1, 1, 1), weights=[[[2.0]], [[3.0]], [[5.0]]]), vertex("o", "square", (2,))))
    u = forward(graph, [1.5])
    found = hypotheses(graph, jacobians(graph, u), None, setting_engine(graph, u, order), values=u)
    ordered = [key for key in found.keys if key.startswith("one use only, of the first consumer")]
    assert ordered == [f"one use only, of the first consumer, {words} @ everywhere"]
    assert found.first == 1


def test_from_the_leaves_alone_the_same_rule_is_found() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "tanh", (1,)), vertex("m", "multiply", (2, 2)), vertex("o", "add", (3, 1))))
    u = forward(graph, [0.7])
    p = setting_engine(graph, u, (0, 1))
    found = hypotheses(graph, jacobians(graph, u), None, {1: p[1]}, values=u)
    assert "one use only, of the first consumer, operands in order @ everywhere" in found.keys
    assert found.local is None


def test_nothing_explains_what_is_right() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "tanh", (1,)), vertex("o", "multiply", (2, 2))))
    u = forward(graph, [0.7])
    D = jacobians(graph, u)
    right: Any = backward(graph, D)
    assert hypotheses(graph, D, None, right, values=u).keys == ()
    assert hypotheses(graph, D, None, {1: right[1]}, values=u).keys == ()


def test_a_textbook_formula_of_tanh_is_no_fault_of_a_sum() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "tanh", (1,)), vertex("b", "tanh", (1,)), vertex("o", "multiply", (2, 3))))
    u = forward(graph, [6.0])
    D = jacobians(graph, u)
    t = u[2].item()
    p = {3: u[2].reshape(1, 1), 2: u[3].reshape(1, 1), 1: np.array([[t * (1 - t * t)]])}  # of the two contributions one
    assert "first consumer only @ everywhere" in hypotheses(graph, D, None, p, values=u).keys
