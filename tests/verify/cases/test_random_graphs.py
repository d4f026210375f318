"""Random cases: reproducible, well inside every domain, and wide: every row, every family, every special situation
occurs."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache
from typing import Any

import networkx as nx
import numpy as np
import pytest

from backproof.engine import FLOAT64, RATIONAL, Graph, backward, forward, jacobians, leaf, vertex
from backproof.engine.functions import TABLE
from backproof.verify.cases.building import LARGEST_VALUE, MARGIN, MOST_BITS, SMALLEST_VALUE
from backproof.verify.cases.case import Case, is_exact, make_case
from backproof.verify.cases.choices import Choices, seeded
from backproof.verify.cases.draws import usual_case
from backproof.verify.cases.families import FAMILIES, plan
from backproof.verify.cases.random_graphs import random_case
from backproof.verify.cases.recipes import RECIPES
from backproof.verify.paths.enumeration import count_paths


@cache
def campaign(count: int = 1500) -> tuple[Case, ...]:
    """The usual ones: large ones and corners are drawn elsewhere, and have tests of their own."""
    return tuple(usual_case(0, index) for index in range(count))


def functions(graph: Graph) -> list[str]:
    return [v.function for v in graph.vertices if v.function is not None]


def test_the_same_seed_and_number_give_the_same_case() -> None:
    assert [usual_case(3, i) for i in range(20)] == [usual_case(3, i) for i in range(20)]
    assert usual_case(3, 1) != usual_case(4, 1)


def test_every_row_of_the_table_has_a_recipe_and_occurs() -> None:
    assert set(RECIPES) == set(TABLE)
    occurring = Counter(name for case in campaign() for name in functions(case.graph))
    assert set(occurring) == set(TABLE)


def test_every_row_that_is_not_transcendental_occurs_in_rational_cases() -> None:
    occurring = {name for case in campaign() if is_exact(case) for name in functions(case.graph)}
    transcendental = {name for name, row in TABLE.items() if row.algebra({"exponent": 2}, 1) == "transcendental"}
    assert set(TABLE) - transcendental <= occurring


def test_every_family_has_its_share_and_two_of_five_cases_are_rational() -> None:
    families = Counter(case.family for case in campaign())
    assert set(families) == set(FAMILIES)
    assert min(families.values()) > len(campaign()) / len(FAMILIES) / 2
    assert 0.37 < sum(map(is_exact, campaign())) / len(campaign()) < 0.45


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
        seen["many paths"] += max(count_paths(graph, j, graph.n) for j in range(1, graph.l + 1)) >= 64
        for d in (1, 2, 3, 4):
            seen[f"dimension {d}"] += any(graph.dimension(i) == d for i in range(1, graph.n + 1))
    assert min(seen.values()) >= 20, seen


def problems(case: Case) -> list[str]:
    """What of the promises about values, Jacobians, domains and kinks does not hold for a case."""
    graph, system = case.graph, RATIONAL if is_exact(case) else FLOAT64
    u = forward(graph, case.leaves, system)
    found: list[str] = []
    for i in range(graph.l + 1, graph.n + 1):
        row, operands = graph.row(i), [u[j].reshape(graph.shape(j)) for j in graph.operands(i)]
        if row.domain(graph.attributes(i), operands) < MARGIN:
            found.append(f"vertex {i} is at the edge of its domain")
        if row.kinks(graph.attributes(i), operands) < MARGIN:
            found.append(f"vertex {i} is at a kink")
    for i, values in u.items():
        for value in values:
            if value != 0 and not SMALLEST_VALUE <= abs(value) <= LARGEST_VALUE:
                found.append(f"vertex {i} has the value {value}")
            if is_exact(case) and max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
                found.append(f"vertex {i} needs more than {MOST_BITS} bits")
    for edge, matrix in jacobians(graph, u, system).items():
        if any(value != 0 and not SMALLEST_VALUE <= abs(value) <= LARGEST_VALUE for value in matrix.reshape(-1)):
            found.append(f"edge {edge} has a Jacobian that is not moderate")
    return found


def test_values_and_jacobians_are_moderate_and_away_from_edges_and_kinks() -> None:
    assert not [(case.name, found) for case in campaign() for found in problems(case)]


def test_a_vertex_whose_parents_are_near_the_limits_keeps_within_them() -> None:
    """Where no row and no weights fit, one entry of one parent is kept and the others are read with weight 0."""
    case = usual_case(4, 2390)
    graph = case.graph
    sums = [graph.attributes(i)["weights"] for i in range(graph.l + 1, graph.n + 1) if graph.row(i).name == "weighted_sum"]
    flat = [sorted(entry for matrix in weights for row in matrix for entry in row) for weights in sums]
    assert any(entries[-1] == 1 and not any(entries[:-1]) for entries in flat)
    assert problems(case) == []


@pytest.mark.parametrize(
    ("function", "value", "expected"),
    [
        ("reciprocal", 0.01, "vertex 2 is at the edge of its domain"),
        ("relu", -0.01, "vertex 2 is at a kink"),
        ("square", 1e5, "vertex 2 has the value 10000000000.0"),
        ("square", 1e-5, "vertex 2 has the value 1.0000000000000002e-10"),
        ("sigmoid", 30.0, "edge (1, 2) has a Jacobian that is not moderate"),
        ("square", Fraction(2**40 + 1, 2**40), "vertex 2 needs more than 64 bits"),
    ],
)
def test_a_case_that_breaks_a_promise_is_found(function: str, value: float | Fraction, expected: str) -> None:
    case = make_case("broken", "random", Graph(1, (leaf("x"), vertex("y", function, (1,)))), [value])
    assert expected in problems(case)


def says_nothing(case: Case) -> bool:
    """All adjoints of the leaves are 0 (or what rounding leaves of it), so that a wrong backward pass is hard to
    see."""
    system = RATIONAL if is_exact(case) else FLOAT64
    u = forward(case.graph, case.leaves, system)
    p = backward(case.graph, jacobians(case.graph, u, system), case.cotangent, system)
    return all((abs(p[j]) < 1e-13).all() for j in case.graph.differentiable_leaves())


def test_few_cases_have_only_adjoints_that_vanish_but_some_have() -> None:
    silent = Counter(case.family for case in campaign() if says_nothing(case))
    assert 0 < sum(silent.values()) < 0.05 * len(campaign())
    for family, count in silent.items():
        assert count < 0.2 * len(campaign()) / len(FAMILIES), family


def test_a_case_that_says_nothing_is_found() -> None:
    nothing, something = (Graph(1, (leaf("x"), vertex("y", row, (1, 1)))) for row in ("subtract", "multiply"))
    assert says_nothing(make_case("x - x", "random", nothing, [2.0]))
    assert not says_nothing(make_case("x · x", "random", something, [2.0]))


def test_every_path_of_the_plan_is_a_path_of_the_case() -> None:
    """What is guaranteed for every family: vertices that only reshape an operand, or a constant, may come on top, but
    no edge goes missing."""
    for index in range(450):
        family, size = FAMILIES[index % len(FAMILIES)], 3 + index % 10
        case = random_case(seeded(np.random.default_rng(index)), family=family, size=size, rational=False)
        layout = plan(family, seeded(np.random.default_rng(index)), size)
        drawing: Any = nx.DiGraph((j, k) for k, parents in enumerate(layout.parents, start=layout.leaves + 1) for j in parents)
        last = layout.leaves + len(layout.parents)
        for j in range(1, layout.leaves + 1):
            planned = len(list(nx.all_simple_paths(drawing, j, last))) if j in drawing else 0
            assert count_paths(case.graph, j, case.graph.n) >= planned


def test_complete_graphs_have_every_edge_that_can_be() -> None:
    for case in campaign()[:400]:
        if case.family == "complete":
            graph = case.graph
            reading = [j for j in range(1, graph.n + 1) if j > graph.l or graph.children(j)]
            expected = {(j, i) for i in range(graph.l + 1, graph.n + 1) for j in reading if j < i}
            assert set(graph.edges) == expected


@pytest.mark.parametrize(
    ("family", "size", "expected"),
    [("chain", 5, 1), ("diamond", 10, 8), ("ladder", 8, 13), ("residual", 9, 16), ("fan-in", 8, 1), ("fan-out", 7, 5)],
)
def test_the_number_of_paths_of_a_family_by_hand(family: str, size: int, expected: int) -> None:
    """Counted on the plan, from its last leaf: a chain has 1, k diamonds 2^k, k residual blocks 2^k, a ladder Fibonacci
    numbers."""
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
