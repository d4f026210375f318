"""Faults that only values show."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from backproof.engine import FLOAT64, Graph, backward, forward, jacobians, leaf, vertex
from backproof.verify.blame.diagnosis import blame
from backproof.verify.blame.from_values import operand_uses, rounded_to, stale_values


def test_an_operand_counted_once_is_named_where_the_values_are_given() -> None:
    graph = Graph(2, (leaf("x", (2,)), leaf("y", (2,)), vertex("a", "multiply", (1, 1, 2)), vertex("o", "sum", (3,))))
    u = forward(graph, [[2.0, 3.0], [5.0, 7.0]])
    D = jacobians(graph, u)
    once = {1: np.array([[10.0, 21.0]]), 2: np.array([[4.0, 9.0]])}  # ∂(x·x·y) with one of the two uses: x·y
    named = {(match.kind, match.place) for match in blame(graph, D, None, once, values=u).matches}
    assert ("operand missed", (1, 3)) in named
    assert ("scaled", (1, 3)) in {(match.kind, match.place) for match in blame(graph, D, None, once).matches}


def test_of_three_uses_each_is_tried_alone_and_left_out() -> None:
    """x³ at x = 2: each use alone gives x² = 4, without it 8 is left of 12."""
    graph = Graph(1, (leaf("x"), vertex("y", "multiply", (1, 1, 1))))
    found = [change.given[1, 2].item() for change in operand_uses(graph, forward(graph, [2.0]))]
    assert sorted(found) == [4, 4, 4, 8, 8, 8]


def test_a_jacobian_at_an_old_value_is_named_where_old_values_are_given() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("a", "multiply", (1, 2)), vertex("b", "exp", (1,)), vertex("o", "multiply", (3, 4))))
    u = forward(graph, [0.5, 2.0])
    D = jacobians(graph, u)
    old = {4: np.array([1.5])}
    p = backward(graph, jacobians(graph, {**u, **old}))
    found = blame(graph, D, None, {j: p[j] for j in (1, 2)}, values=u, old_values=old)
    assert ("stale value", (4, 5)) in {(match.kind, match.place) for match in found.matches}
    assert "old value" in found.sentence or any("old value" in match.words for match in found.matches)


def test_an_old_value_that_is_the_right_one_or_outside_the_domain_is_no_candidate() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "log", (1,))))
    u = forward(graph, [2.0])
    assert stale_values(graph, u, {1: np.array([2.0])}) == []
    assert stale_values(graph, u, {1: np.array([-1.0])}) == []
    assert [change.given[1, 2].item() for change in stale_values(graph, u, {1: np.array([4.0])})] == [0.25]


@pytest.mark.parametrize("dtype", [np.float32, np.float16, ml_dtypes.bfloat16])
def test_adjoints_that_passed_through_a_shorter_float_are_known_by_it(dtype: Any) -> None:
    graph = Graph(1, (leaf("x", (3,)), vertex("y", "exp", (1,)), vertex("o", "sum", (2,))))
    p = backward(graph, jacobians(graph, forward(graph, [[0.1, 0.7, 1.3]])))
    short = {1: p[1].astype(dtype).astype(float)}
    assert rounded_to(p, short, FLOAT64) == np.dtype(dtype).name
    assert rounded_to(p, {1: p[1]}, FLOAT64) is None, "the right ones are none of that float"
    assert rounded_to(p, {1: short[1] * (1 + 2.0**-5)}, FLOAT64) is None
