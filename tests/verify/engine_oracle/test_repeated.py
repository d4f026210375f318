"""What changed between two calls: where most, as a share of the bound; and what is no change."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.engine.number_systems import Array
from backproof.verify.engine_oracle.repeated import change_between, in_words
from backproof.verify.three_way.comparison import Change

GRAPH = Graph(2, (leaf("x", (2,)), leaf("y"), vertex("s", "sum", (1,)), vertex("z", "multiply", (2, 3))))


def answer(**entries: list[list[float]]) -> dict[int, Array]:
    return {"xysz".index(name) + 1: np.array(rows) for name, rows in entries.items()}


@pytest.mark.parametrize(("one", "two"), [(0.0, -0.0), (math.nan, math.nan), (math.nan, -math.nan), (math.inf, math.inf), (2.0, 2.0)])
def test_equal_values_are_no_change(one: float, two: float) -> None:
    assert change_between(GRAPH, answer(y=[[one]]), answer(y=[[two]]), {}) is None


def test_the_largest_share_of_the_bound_is_named_and_all_entries_counted() -> None:
    first, again = answer(x=[[1.0, 2.0]], y=[[3.0]]), answer(x=[[1.5, 2.25]], y=[[13.0]])
    allowed = {1: np.array([[0.5, 0.125]]), 2: np.array([[100.0]])}
    assert change_between(GRAPH, first, again, allowed) == Change("adjoint of x[1]", "0.25", 2.0, 3)


def test_without_a_bound_the_largest_change_is_named() -> None:
    change = Change("adjoint of y", "10", None, 3)
    assert change_between(GRAPH, answer(x=[[1.0, 2.0]], y=[[3.0]]), answer(x=[[1.5, 2.25]], y=[[13.0]]), {}) == change
    assert in_words(change) == "adjoint of y changed by 10 between two calls with the same arguments; 3 entries changed"


def test_a_change_where_none_is_allowed_or_to_what_is_no_number_comes_first() -> None:
    first, again = answer(x=[[1.0, 2.0]], z=[[1.0]]), answer(x=[[1.5, 2.0]], z=[[1.0 + 2**-52]])
    change = change_between(GRAPH, first, again, {1: np.ones((1, 2)), 4: np.zeros((1, 1))})
    assert change == Change("adjoint of z", "2.22e-16", None, 2)
    to_nan = change_between(GRAPH, first, answer(x=[[math.nan, 2.0]], z=[[1.0]]), {1: np.ones((1, 2))})
    assert to_nan == Change("adjoint of x[0]", "not finite", None, 1)


def test_a_vertex_that_one_call_leaves_out_is_said_and_comes_last() -> None:
    left_out = change_between(GRAPH, answer(y=[[3.0]], s=[[1.0]]), answer(y=[[3.0]]), {})
    assert left_out is not None
    assert in_words(left_out) == "adjoint of s was returned by one of two calls only"
    both = change_between(GRAPH, answer(y=[[3.0]], s=[[1.0]]), answer(y=[[4.0]]), {})
    assert both == Change("adjoint of y", "1", None, 2)


def test_a_name_of_any_kind_stays_one_bounded_line() -> None:
    for name in ("two\nlines\x1b[31m\ud800", "n" * 1000):
        graph = Graph(1, (leaf(name), vertex("y", "exp", (1,))))
        change = change_between(graph, {1: np.array([[1.0]])}, {1: np.array([[2.0]])}, {})
        assert change is not None
        assert change.where.isprintable()
        assert len(in_words(change)) < 300
