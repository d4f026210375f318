"""Tangents of values and adjoints are differences of the engine's own passes in high precision, for every row; the
three tables say what is true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64, Graph, backward, forward, jacobians, leaf, mpmath_system, vertex
from backproof.engine.functions import TABLE
from backproof.engine.functions.row import Row, entrywise_jacobian
from backproof.verify.cases.case import Case, rounded_case
from backproof.verify.cases.draws import case_around
from backproof.verify.rounding.second_derivatives import answers, tangents

HIGH = mpmath_system(60)
WIDTH = HIGH.convert(10) ** -20


def around(function: str) -> Case:
    return rounded_case(case_around(function, 3, 9), FLOAT64)


def entries_of(graph: Graph) -> list[tuple[int, int]]:
    return [(j, entry) for j in graph.differentiable_leaves() for entry in range(graph.dimension(j))]


def moved_passes(case: Case, j: int, entry: int) -> tuple[dict[int, Any], dict[int, Any]]:
    """∂u/∂x and ∂p/∂x for one leaf entry: central differences of the forward and the backward pass in 60 digits."""
    graph, ends = case.graph, []
    for step in (WIDTH, -WIDTH):
        leaves: list[Any] = [values if graph.is_discrete(i) else HIGH.array(values) for i, values in enumerate(case.leaves, start=1)]
        leaves[j - 1][entry] += step
        u = forward(graph, leaves, HIGH)
        ends.append((u, backward(graph, jacobians(graph, u, HIGH), case.cotangent, HIGH)))
    (u, p), (v, q) = ends
    return (
        {i: ((u[i] - v[i]) / (2 * WIDTH)).astype(float) for i in u if not graph.is_discrete(i)},
        {i: ((p[i] - q[i]) / (2 * WIDTH)).astype(float) for i in p},
    )


def disagreement(case: Case) -> float:
    """The largest difference from `moved_passes`, relative to the largest number that either has."""
    graph, entries = case.graph, entries_of(case.graph)
    u = forward(graph, case.leaves)
    D = jacobians(graph, u)
    p = backward(graph, D, case.cotangent)
    U = tangents(graph, D, entries)
    moved = answers(graph, u, D, p, U)
    worst = 0.0
    for column, (j, entry) in enumerate(entries):
        values, adjoints = moved_passes(case, j, entry)
        for found, expected in (
            *((U[i][:, column] if i in U else 0.0, values[i]) for i in values),
            *((moved[i][:, :, column] if i in moved else 0.0, adjoints[i]) for i in adjoints),
        ):
            worst = max(worst, float(np.max(np.abs(found - expected) / (1 + np.abs(expected)))))
    return worst


@pytest.mark.parametrize("function", TABLE)
def test_tangents_and_answers_are_differences_of_the_passes(function: str) -> None:
    assert disagreement(around(function)) < 1e-8


BENT = [name for name, row in sorted(TABLE.items()) if not row.is_affine({"exponent": 2.5}, row.fewest)]


@pytest.mark.parametrize("function", BENT)
def test_a_second_derivative_that_is_left_out_is_noticed(function: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes: dict[str, Sequence[Any]] = {"affine": ((2, 2), (2,), (2,)), "matvec": ((2, 2), (2,)), "dot": ((2,), (2,))}
    operands = [leaf(f"x{k}", shape) for k, shape in enumerate(shapes.get(function, ((2, 2),) * TABLE[function].fewest))]
    numbers = tuple(range(1, len(operands) + 1))
    attributes: dict[str, Any] = {"exponent": 2.5} if function == "power" else {}
    graph = Graph(len(operands), (*operands, vertex("y", function, numbers, **attributes)))
    leaves = [tuple(0.3 + 0.2 * np.arange(graph.dimension(j)) + 0.7 * j) for j in numbers]
    case = Case(function, "random", graph, tuple(leaves), None)
    assert disagreement(case) < 1e-8
    monkeypatch.setattr(Row, "is_affine", lambda *_: True)
    assert disagreement(case) > 1e-3


def test_a_product_is_neither_affine_nor_entry_by_entry() -> None:
    products = [row for row in TABLE.values() if row.product]
    assert {row.name for row in products} == {"dot", "matvec", "matmul", "affine"}
    assert not any(row.is_affine({}, row.fewest) or row.partial for row in products)


@pytest.mark.parametrize("function", [row.name for row in TABLE.values() if row.partial])
def test_a_partial_derivative_is_what_stands_in_the_jacobian(function: str) -> None:
    row = TABLE[function]
    assert row.partial is not None
    xs = [np.array([0.5, 1.25, 2.0]) + 0.1 * k for k in range(row.fewest)]
    attributes = {"exponent": 1.5} if function == "power" else {}
    for slot in range(row.fewest):
        partial = row.partial(FLOAT64, attributes, slot, *xs)
        assert np.array_equal(row.jacobian(FLOAT64, attributes, xs, slot), entrywise_jacobian(FLOAT64, partial, (3,), (3,)))


@pytest.mark.parametrize("count", [1, 3, 8])
def test_more_entries_than_operands_have_are_the_same_columns(count: int) -> None:
    """A softmax of two entries: with more than two moving entries its Jacobian is taken along the operand's own
    entries."""
    weights = vertex("w", "weighted_sum", (1,), weights=np.random.default_rng(0).normal(size=(1, 2, 8)).tolist())
    graph = Graph(1, (leaf("x", (8,)), weights, vertex("y", "softmax", (2,))))
    u = forward(graph, [np.linspace(-1, 1, 8)])
    D = jacobians(graph, u)
    p = backward(graph, D, [[1.0, 3.0]])
    each = [answers(graph, u, D, p, tangents(graph, D, [(1, entry)]))[1] for entry in range(count)]
    together = answers(graph, u, D, p, tangents(graph, D, [(1, entry) for entry in range(count)]))[1]
    assert np.allclose(together, np.concatenate(each, axis=2), rtol=1e-12)


def test_what_does_not_move_is_left_out() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("a", "exp", (1,)), vertex("b", "square", (2,)), vertex("s", "add", (3, 4))))
    u = forward(graph, [1.0, 2.0])
    D = jacobians(graph, u)
    U = tangents(graph, D, [(2, 0)])
    assert set(U) == {2, 4, 5}
    assert set(answers(graph, u, D, backward(graph, D), U)) == {2}
