"""Jacobians of local functions (L3, L4, L7): what is compared, and on which edges."""

from __future__ import annotations

from typing import Any

from backproof.theorems.jacobians import EDGE_JACOBIANS, LOG_SOFTMAX, MATRIX_JACOBIAN


def test_an_edge_jacobian_is_the_derivative_of_the_local_function_alone(speaking: Any) -> None:
    assert speaking.places(EDGE_JACOBIANS, 0) == [(1, 3), (2, 3), (2, 4), (3, 4)]
    assert speaking.sides(EDGE_JACOBIANS, 0, (2, 4)) == ("D(2, 4)", "local(4, 2)")


def test_the_closed_forms_are_held_against_values_and_against_the_engine(speaking: Any) -> None:
    softmax = "identity(3) − rows_of_softmax(3)"
    assert [speaking.sides(LOG_SOFTMAX, number, (3, 4)) for number in (0, 1)] == [("local(4, 3)", softmax), ("D(3, 4)", softmax)]
    rows = "block_rows(3, 1)"
    assert [speaking.sides(MATRIX_JACOBIAN, number, (2, 4)) for number in (0, 1)] == [("local(4, 2)", rows), ("D(2, 4)", rows)]


def test_they_are_claimed_only_where_their_functions_stand(speaking: Any) -> None:
    assert speaking.places(LOG_SOFTMAX, 0) == speaking.places(MATRIX_JACOBIAN, 0) == []
