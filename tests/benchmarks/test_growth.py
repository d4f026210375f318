"""Sizes of the workloads whose growth is measured: what the time is plotted against is what grows."""

from __future__ import annotations

import pytest

from backproof.engine import forward
from backproof.verify.derivatives.differences import differences
from benchmarks.graphs import chain, complete, ladder
from benchmarks.growth import (
    check_against_n,
    check_against_paths,
    derivatives_against_inputs,
    measure,
    passes_against_edges,
    passes_against_n,
    path_sums_against_paths,
)
from benchmarks.measure import Effort, Growth
from benchmarks.peers import engine_gradients

ONCE = Effort(2, 0.0)


def sizes(found: Growth) -> list[int | None]:
    return [own.size for own in found.lines]


def test_workloads_have_the_sizes_that_they_are_named_by() -> None:
    assert ladder(40, 3)[0].n == 40
    assert chain(12, 5)[0].n == 12
    assert chain(12, 5)[0].dimension(1) == 5
    assert len(complete(7, 3, scalar_output=True)[0].edges) == 7 * 6 // 2 + 1


def test_a_ladder_stays_finite_and_moves() -> None:
    graph, leaves = ladder(1600, 3)
    assert 0 < abs(forward(graph, leaves)[graph.n][0]) < 1e9


def test_passes_and_differences_of_a_chain_are_the_same_derivatives() -> None:
    graph, leaves = chain(8, 4)
    moved = differences(graph, leaves, 1)[graph.n].value.reshape(-1)
    assert [float(entry) for entry in moved] == pytest.approx(engine_gradients(graph, leaves)(), rel=1e-13)


def test_what_time_is_plotted_against() -> None:
    pytest.importorskip("pyperf")
    assert sizes(passes_against_n((8, 16), ONCE)) == [8, 16]
    assert sizes(passes_against_edges((4, 6), ONCE)) == [4 * 3 // 2 + 1, 6 * 5 // 2 + 1]
    assert [sizes(found) for found in path_sums_against_paths((4, 6), ONCE)] == [[4, 16], [4, 16]]
    assert [sizes(found) for found in derivatives_against_inputs((1, 3), 6, ONCE)] == [[1, 3], [1, 3]]
    assert sizes(check_against_n((4, 6), ONCE)) == [4, 6]
    assert sizes(check_against_paths((4, 5), ONCE)) == [4, 8]


def test_the_quick_run_has_every_growth() -> None:
    pytest.importorskip("pyperf")
    tables = [table for table in measure(quick=True).tables if isinstance(table, Growth)]
    assert [table.against for table in tables] == ["n", "edges", "paths", "paths", "inputs", "inputs", "n", "paths"]
