"""Correct passes are not flagged, wrong ones are, and what is said adds up."""

from __future__ import annotations

import numpy as np
import pytest

from backproof.engine import FLOAT64, Graph, leaf, vertex
from backproof.verify.cases.case import make_case
from backproof.verify.rounding.bounds import Bounds, rounding_bounds
from benchmarks import alarms
from benchmarks.alarms import Count, counted, measure, on_graph, share
from benchmarks.rounding import SYSTEMS

CASE = make_case("square", "random", Graph(1, (leaf("x"), vertex("y", "square", (1,)))), [[3.0]])


def test_three_orders_in_four_dtypes_are_counted_and_none_is_flagged() -> None:
    found = counted(range(3000, 3010))
    assert list(found) == [system.name for system in SYSTEMS]
    for count in found.values():
        assert count.passes + 3 * count.undecidable == 30
        assert count.flagged == 0
        assert 0 < count.worst < 1


def test_an_error_of_some_roundings_is_flagged_in_its_dtype() -> None:
    found = counted(range(3000, 3005), lambda p: {j: adjoint * adjoint.dtype.type(1 + 2.0**-15) for j, adjoint in p.items()})
    assert found["float64"].flagged == found["float64"].passes > 0
    assert found["float32"].flagged > 0
    assert found["bfloat16"].flagged == 0  # it cannot hold so small an error


def test_a_share_is_the_error_over_what_is_allowed() -> None:
    ball = alarms.HIGH.array([[6.0]])
    assert share({1: np.array([[6.5]])}, {1: ball}, {1: np.array([[0.25]])}) == 2
    assert share({1: np.array([[np.nan]])}, {1: ball}, {1: np.array([[0.25]])}) == np.inf


def test_what_cannot_be_said_is_counted_as_such() -> None:
    assert on_graph(CASE, FLOAT64, Bounds({}, "why"), lambda p: p) == (0, 0, 1, 0.0)
    assert on_graph(CASE, FLOAT64, rounding_bounds(CASE.graph, CASE.leaves, None, FLOAT64), lambda p: p)[:3] == (3, 0, 0)


def test_counts_add_up() -> None:
    assert Count(3, 1, 0, 0.5, 1.0) + Count(6, 0, 2, 0.25, 2.0) == Count(9, 1, 2, 0.5, 3.0)


def test_the_quick_run_has_one_table_with_a_line_for_each_dtype() -> None:
    pytest.importorskip("pyperf")
    (table,) = measure(quick=True).tables
    assert len(table.lines) == 4
