"""The faults of the blame benchmark are real and in the recursion; what is counted as named is what the class holds."""

from __future__ import annotations

import numpy as np
import pytest

from backproof.engine import backward
from backproof.verify.blame.diagnosis import Diagnosis
from backproof.verify.blame.words import Explanation
from benchmarks.blame import faults, gradients, holds, measure, random_graph, rates_of
from benchmarks.measure import Comparison


def test_without_a_fault_the_gradients_are_those_of_the_backward_pass() -> None:
    graph, D, seed = random_graph(9, 0.5, 3, 0)
    right = backward(graph, D)
    for j, p in gradients(graph, D, seed, lambda edge, block: block).items():
        np.testing.assert_allclose(p, right[j], rtol=1e-12, atol=1e-14)


def test_every_kind_of_fault_changes_a_gradient_of_a_dense_graph() -> None:
    graph, D, seed = random_graph(9, 0.9, 3, 1)
    right = gradients(graph, D, seed, lambda edge, block: block)
    kinds = [fault.kind for fault in faults(graph, D, np.random.default_rng(0))]
    assert len(kinds) == 12
    for fault in faults(graph, D, np.random.default_rng(0)):
        wrong = gradients(graph, D, seed, fault.wrong)
        assert any(not np.array_equal(wrong[j], right[j]) for j in right), fault.kind


def test_a_class_without_the_fault_is_not_counted_as_naming_it() -> None:
    found = Diagnosis("", (Explanation("dropped", (1, 4), "", ""),), None, "")
    assert holds(found, "dropped", (1, 4))
    assert not holds(found, "dropped", (2, 4))
    assert not holds(found, "doubled", (1, 4))


@pytest.mark.parametrize(("n", "probability", "d"), [(12, 0.5, 3), (12, 0.15, 3), (12, 0.5, 1), (20, 0.1, 3)])
def test_nearly_every_fault_is_named(n: int, probability: float, d: int) -> None:
    found = rates_of([(n, probability, d, seed) for seed in range(100, 108)])
    assert found.seen > 50
    assert found.named >= (0.99 if probability == 0.5 else 0.95) * found.seen, found.missed


def test_the_quick_run_has_a_table_for_dense_and_sparse_graphs() -> None:
    pytest.importorskip("pyperf")
    tables = [table for table in measure(quick=True).tables if isinstance(table, Comparison)]
    assert [table.workload.split(",")[0] for table in tables] == ["dense", "sparse"]
    assert [line.name for line in tables[0].lines] == ["one dropped edge", "two dropped edges", "nothing explains it"]
