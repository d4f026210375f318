"""Random cases: reproducible, well inside every domain, and wide: every row, every family, every special situation occurs."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from functools import cache

import networkx as nx
import numpy as np
import pytest
from backproof.engine import FLOAT64, RATIONAL, Graph, forward, jacobians
from backproof.engine.functions import TABLE
from backproof.verify.cases import Case
from backproof.verify.choices import Choices, seeded
from backproof.verify.families import FAMILIES, plan
from backproof.verify.random_graphs import LARGEST_VALUE, MARGIN, MOST_BITS, campaign_case, random_case
from backproof.verify.recipes import RECIPES
from backproof.verify.strategies import cases, graphs
from backproof.verify.three_way import check_case, is_exact
from backproof.verify.verdicts import Verdict
from hypothesis import find, given, settings
from hypothesis import strategies as st


@cache
def campaign(count: int = 1500) -> tuple[Case, ...]:
    return tuple(campaign_case(0, index) for index in range(count))


def functions(graph: Graph) -> list[str]:
    return [v.function for v in graph.vertices if v.function is not None]


def test_the_same_seed_and_number_give_the_same_case() -> None:
    assert [campaign_case(3, i) for i in range(20)] == [campaign_case(3, i) for i in range(20)]
    assert campaign_case(3, 1) != campaign_case(4, 1)


def test_every_row_of_the_table_has_a_recipe_and_occurs() -> None:
    assert set(RECIPES) == set(TABLE)
    occurring = Counter(name for case in campaign() for name in functions(case.graph))
    assert set(occurring) == set(TABLE)


def test_every_row_that_is_not_transcendental_occurs_in_rational_cases() -> None:
    occurring = {name for case in campaign() if is_exact(case) for name in functions(case.graph)}
    transcendental = {name for name, row in TABLE.items() if row.algebra({"exponent": 2}, 1) == "transcendental"}
    assert set(TABLE) - transcendental <= occurring


def test_the_families_take_turns_and_two_of_five_cases_are_rational() -> None:
    families = Counter(case.family for case in campaign())
    assert set(families) == set(FAMILIES)
    assert max(families.values()) - min(families.values()) <= 1
    assert 0.37 < sum(map(is_exact, campaign())) / len(campaign()) < 0.43


def test_special_situations_occur() -> None:
    seen: Counter[str] = Counter()
    for case in campaign():
        graph = case.graph
        seen["repeated operand"] += any(len(set(graph.operands(i))) < len(graph.operands(i)) for i in range(graph.l + 1, graph.n + 1))
        seen["unused leaf"] += any(not graph.children(j) for j in range(1, graph.l + 1))
        seen["dead vertex"] += any(not graph.children(j) for j in range(graph.l + 1, graph.n))
        seen["constant"] += any(not graph.parents(i) for i in range(graph.l + 1, graph.n + 1))
        seen["vector output"] += graph.dimension(graph.n) > 1
        seen["scalar output"] += graph.dimension(graph.n) == 1
        seen["cotangent"] += case.cotangent is not None
        seen["several cotangents"] += case.cotangent is not None and len(case.cotangent) > 1
        seen["discrete leaf"] += any(graph.is_discrete(j) for j in range(1, graph.l + 1))
        seen["matrix"] += any(len(graph.shape(i)) == 2 for i in range(1, graph.n + 1))
        seen["many paths"] += max(_paths(graph)) >= 64
        for d in (1, 2, 3, 4):
            seen[f"dimension {d}"] += any(graph.dimension(i) == d for i in range(1, graph.n + 1))
    assert min(seen.values()) >= 20, seen


def _paths(graph: Graph) -> list[int]:
    from backproof.verify.paths import count_paths

    return [count_paths(graph, j, graph.n) for j in range(1, graph.l + 1)]


def test_values_and_jacobians_are_moderate_and_away_from_edges_and_kinks() -> None:
    for case in campaign()[:400]:
        graph, system = case.graph, RATIONAL if is_exact(case) else FLOAT64
        u = forward(graph, case.leaves, system)
        for i in range(graph.l + 1, graph.n + 1):
            row, operands = graph.row(i), [u[j].reshape(graph.shape(j)) for j in graph.operands(i)]
            assert row.domain(graph.attributes(i), operands) >= MARGIN
            assert row.kinks(graph.attributes(i), operands) >= MARGIN
        for values in (*u.values(), *jacobians(graph, u, system).values()):
            assert all(abs(value) <= LARGEST_VALUE * 1000 for value in values.reshape(-1))


def test_rational_values_stay_small_in_bits() -> None:
    for case in campaign()[:400]:
        if is_exact(case):
            assert all(isinstance(value, int | Fraction) for leaf in case.leaves for value in leaf)
            sizes = [value.denominator.bit_length() for u in forward(case.graph, case.leaves, RATIONAL).values() for value in u]
            assert max(sizes) <= 2 * MOST_BITS


def test_complete_graphs_have_every_edge_that_can_be() -> None:
    for case in campaign()[:400]:
        if case.family == "complete":
            graph = case.graph
            reading = [j for j in range(1, graph.n + 1) if j > graph.l or graph.children(j)]
            expected = {(j, i) for i in range(graph.l + 1, graph.n + 1) for j in reading if j < i}
            assert set(graph.edges) == expected


@pytest.mark.parametrize(
    ("family", "size", "expected"),
    [
        ("chain", 5, 1),
        ("diamond", 10, 8),
        ("ladder", 8, 13),
        ("residual", 9, 16),
        ("fan-in", 8, 1),
        ("fan-out", 7, 5),
    ],
)
def test_the_number_of_paths_of_a_family_by_hand(family: str, size: int, expected: int) -> None:
    """Counted on the plan, from its last leaf: a chain has 1, k diamonds 2^k, k residual blocks 2^k, a ladder Fibonacci numbers."""
    layout = plan(family, Choices(lambda lo, hi: lo), size)
    graph = nx.DiGraph([(j, k) for k, parents in enumerate(layout.parents, start=layout.leaves + 1) for j in parents])
    last = layout.leaves + len(layout.parents)
    assert len(list(nx.all_simple_paths(graph, layout.leaves, last))) == expected


@pytest.mark.parametrize("family", FAMILIES)
def test_every_plan_is_a_graph_with_one_last_vertex(family: str) -> None:
    choices = seeded(np.random.default_rng(1))
    for size in range(2, 13):
        layout = plan(family, choices, size)
        assert layout.parents
        for k, parents in enumerate(layout.parents, start=layout.leaves + 1):
            assert len(set(parents)) == len(parents)
            assert all(1 <= j < k for j in parents)


def test_a_size_below_two_is_refused() -> None:
    with pytest.raises(ValueError, match="size must be at least 2 vertices, found 1"):
        random_case(seeded(np.random.default_rng(0)), size=1)


@given(cases())
@settings(max_examples=60, deadline=None)
def test_every_drawn_case_is_correct(case: Case) -> None:
    assert check_case(case).verdict is Verdict.CORRECT


@given(graphs(family="diamond", max_vertices=7, rational=True))
def test_strategies_keep_to_what_they_are_asked_for(graph: Graph) -> None:
    for i in range(graph.l + 1, graph.n + 1):
        assert graph.row(i).algebra(graph.attributes(i), len(graph.operands(i))) != "transcendental"


def test_a_failing_case_shrinks_to_a_small_graph() -> None:
    """The property "no vertex is read twice" fails first at three vertices or so."""
    smallest = find(
        graphs(),
        lambda graph: any(len(graph.children(j)) > 1 for j in range(1, graph.n + 1)),
        settings=settings(deadline=None, max_examples=2000),
    )
    assert smallest.n <= 5


def test_choices_are_within_their_bounds_and_reach_them() -> None:
    choices = seeded(np.random.default_rng(0))
    assert {choices.integer(2, 4) for _ in range(200)} == {2, 3, 4}
    assert sorted(choices.shuffled(range(6))) == list(range(6))
    assert sum(choices.chance(25) for _ in range(4000)) == pytest.approx(1000, abs=120)
    assert all(math.isfinite(choices.real()) for _ in range(500))
    assert {choices.pick("ab") for _ in range(50)} == {"a", "b"}
    simplest = Choices(lambda lo, hi: lo)
    assert not simplest.chance(99)
    assert simplest.shuffled([3, 1, 2]) == [3, 1, 2]


@given(st.data())
def test_drawn_choices_are_those_of_hypothesis(data: st.DataObject) -> None:
    from backproof.verify.choices import drawn

    choices = drawn(data.draw)
    assert 3 <= choices.integer(3, 7) <= 7
    assert choices.fraction().denominator <= 8
