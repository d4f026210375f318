"""The figures of the rounding benchmark: correct passes are not flagged, faults through edges are those of a really scaled engine."""

from __future__ import annotations

import numpy as np
import pytest

from backproof.engine import FLOAT64, Graph, backward, forward, jacobians, leaf, vertex
from backproof.engine.number_systems import FLOAT16
from benchmarks.measure import Comparison
from benchmarks.rounding import OURS, figures_of, measure, passes_of, random_case, through_edges, words


def test_the_bound_flags_no_correct_pass_and_fixed_tolerances_flag_half_precision() -> None:
    wide, narrow = figures_of(FLOAT64, 6), figures_of(FLOAT16, 6)
    assert wide.alarms[OURS] == narrow.alarms[OURS] == 0
    assert narrow.alarms["1e-8 + 1e-5 |g|"] > 0
    assert wide.median[OURS] < 1e-10
    assert "false alarms: rounding bound: 0.0 %" in words(FLOAT64, wide)


def test_the_three_orders_of_summation_agree_up_to_rounding() -> None:
    first, *others = passes_of(random_case(1), FLOAT64)
    for other in others:
        for j in range(1, 4):
            np.testing.assert_allclose(other[j], first[j], rtol=1e-9, atol=1e-13)


def test_the_part_of_a_gradient_that_passes_through_an_edge_is_what_dropping_it_takes_away() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "square", (1,)), vertex("b", "multiply", (1, 2)), vertex("o", "add", (2, 3))))
    D = jacobians(graph, forward(graph, [[3.0]]))
    whole = backward(graph, D)[1].item()
    for edge, effect in zip(graph.edges, through_edges(graph, D), strict=True):
        assert backward(graph, {**D, edge: 0 * D[edge]})[1].item() == pytest.approx(whole - effect.item())


def test_it_is_measured_in_four_dtypes() -> None:
    pytest.importorskip("pyperf")
    tables = [table for table in measure(quick=True).tables if isinstance(table, Comparison)]
    assert [table.workload.split(":")[0] for table in tables] == ["float64", "float32", "float16", "bfloat16"]
