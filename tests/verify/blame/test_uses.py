"""Rules about the uses of an operand put in the place of D what an engine computes that follows them."""

from __future__ import annotations

import numpy as np
import pytest

from backproof.engine import FLOAT64, Graph, forward, jacobians, leaf, vertex
from backproof.verify.blame.uses import use_rules, uses_of

MIXED = Graph(2, (leaf("x"), leaf("y"), vertex("d", "divide", (1, 1)), vertex("s", "add", (1, 2, 1)), vertex("o", "multiply", (3, 4))))


def given(kind: str, detail: str | None) -> dict[tuple[int, int], float]:
    u = forward(MIXED, [3.0, 4.0])
    rules = use_rules(MIXED, jacobians(MIXED, u), u)
    return {edge: D.item() for rule in rules if (rule.kind, rule.detail) == (kind, detail) for edge, D in rule.given.items()}


def test_the_uses_of_an_operand_add_up_to_the_edge_jacobian() -> None:
    u = forward(MIXED, [3.0, 4.0])
    D = jacobians(MIXED, u)
    total: dict[tuple[int, int], float] = {}
    for use in uses_of(MIXED, D, u):
        total[use.edge] = total.get(use.edge, 0.0) + use.D.item()
    assert total == pytest.approx({edge: matrix.item() for edge, matrix in D.items()})


def test_of_the_uses_of_a_vertex_one_remains_in_the_order_that_the_rule_names() -> None:
    # x is read by d twice and by s twice; ∂(x/x) with respect to its first operand is 1/3, to its second −1/3
    assert given("one use only, of the first consumer", "operands in order") == pytest.approx({(1, 3): -1 / 3, (1, 4): 0.0})
    assert given("one use only, of the first consumer", "operands from the last on") == pytest.approx({(1, 3): 1 / 3, (1, 4): 0.0})
    assert given("one use only, of the last consumer", "operands in order") == pytest.approx({(1, 3): 0.0, (1, 4): 1.0})


def test_a_wrong_operand_of_a_function_leaves_its_other_operand_right() -> None:
    u = forward(MIXED, [3.0, 4.0])
    rules = use_rules(MIXED, jacobians(MIXED, u), u)
    wrong = next(rule for rule in rules if rule.kind == "sign" and rule.whole == "every divide, operand 2,")
    assert {edge: D.item() for edge, D in wrong.given.items()} == pytest.approx({(1, 3): 2 / 3})
    assert np.array_equal(jacobians(MIXED, u, FLOAT64)[1, 3], [[0.0]])
