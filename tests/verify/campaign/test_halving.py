"""A large failing case becomes small in a few tries, of valid cases only; what cannot become small comes to an end."""

from __future__ import annotations

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.campaign.halving import cost_of, large_reductions
from backproof.verify.campaign.shrinking import shrink
from backproof.verify.campaign.smallest import MOST_TRIED
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.large import large_cases

CONSUMERS, ENTRIES, INSIDE, LEVELS = large_cases()


def consumers(case: Case) -> int:
    return max(len(case.graph.children(j)) for j in range(1, case.graph.n + 1))


def entries(case: Case) -> int:
    return max(case.graph.dimension(j) for j in range(1, case.graph.n + 1))


@pytest.mark.parametrize("k", [13, 65])
def test_a_fault_from_the_kth_consumer_on_shrinks_to_k_consumers(k: int) -> None:
    small = shrink(CONSUMERS, lambda case: consumers(case) >= k, MOST_TRIED)
    assert consumers(small.case) == k


@pytest.mark.parametrize("case", [ENTRIES, INSIDE])
def test_a_fault_from_the_13th_entry_on_shrinks_to_13_entries(case: Case) -> None:
    assert entries(shrink(case, lambda found: entries(found) >= 13, MOST_TRIED).case) == 13


def test_a_fault_from_the_40th_vertex_on_shrinks_to_40_vertices() -> None:
    assert shrink(LEVELS, lambda found: found.graph.n >= 40, MOST_TRIED).case.graph.n == 40


def test_what_cannot_become_small_takes_few_tries() -> None:
    tries = 0

    def fails(case: Case) -> bool:
        nonlocal tries
        tries += 1
        return consumers(case) >= 1000

    assert consumers(shrink(CONSUMERS, fails, MOST_TRIED).case) >= 1000
    assert tries < 20


def test_a_small_case_is_reduced_one_at_a_time_as_ever() -> None:
    graph = Graph(1, (leaf("x", (4,)), vertex("a", "exp", (1,)), vertex("o", "sum", (2,))))
    assert list(large_reductions(make_case("small", "random", graph, [[1, 2, 3, 4]]))) == []
    assert cost_of(graph) == 1
    assert cost_of(CONSUMERS.graph) > 40
