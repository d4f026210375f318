"""The two sides of the frontier benchmark compute the same sums, and a side that differs is not timed."""

from __future__ import annotations

import numpy as np
import pytest

from backproof.engine import forward, jacobians
from backproof.verify.paths.frontier import frontier_sums
from benchmarks import frontier
from benchmarks.frontier import all_paths, everything, huge, workload
from benchmarks.graphs import complete
from benchmarks.measure import QUICK, Disagreement


def test_the_naive_side_gives_the_sums_of_the_blocked_one() -> None:
    graph, leaves = complete(7, 3)
    D = jacobians(graph, forward(graph, leaves))
    found = frontier_sums(graph, D, 7)
    assert all(np.allclose(value, found[j].value) for j, value in everything(graph, D).items())
    assert all_paths(graph) == 2**6


def test_sides_that_differ_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "everything", lambda graph, D: {j: 0 * value for j, value in everything(graph, D).items()})
    with pytest.raises(Disagreement, match="the sums of the complete graph with n = 5 differ"):
        workload(6, 5, 2, QUICK)


def test_the_large_graph_names_its_paths() -> None:
    pytest.importorskip("pyperf")
    assert huge(10).workload.startswith("random graph, n = 10, d = 3: ")
