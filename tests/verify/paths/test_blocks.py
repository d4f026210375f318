"""Many path sums at once are the single ones, in every number system, and a wrong enumeration is noticed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64, RATIONAL, Graph, forward, jacobians, leaf, mpmath_system, vertex
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.cases.draws import usual_case
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.paths.blocks import Enumeration, PathSums
from backproof.verify.paths.enumeration import count_paths, paths, paths_from, paths_to
from backproof.verify.paths.sums import WrongPaths, path_sum

BALLS = real_ball_system(200)
THREE = Graph(1, (leaf("x"), vertex("a", "square", (1,)), vertex("b", "multiply", (1, 2)), vertex("c", "exp", (3,))))


def case_and_jacobians(number: int, system: Any = FLOAT64) -> tuple[Graph, dict[Edge, Array]]:
    case = usual_case(5, number)
    u = forward(case.graph, [[float(x) for x in leaf] for leaf in case.leaves], system)
    return case.graph, dict(jacobians(case.graph, u, system))


def sources_of(graph: Graph) -> list[int]:
    return [j for j in range(1, graph.n + 1) if not graph.is_discrete(j)]


@pytest.mark.parametrize("number", range(25))
def test_all_sums_to_one_vertex_are_the_single_ones(number: int) -> None:
    graph, D = case_and_jacobians(number)
    together = PathSums(graph, D).to(graph.n, sources_of(graph))
    for j, total in together.items():
        single = path_sum(graph, D, j, graph.n)
        assert (np.abs(total.value - single.value) <= 1e-12 * single.magnitude).all()
        assert np.allclose(total.magnitude, single.magnitude, rtol=1e-12, atol=1e-300)
        assert (total.count, total.longest) == (single.count, single.longest)
        assert total.growth == pytest.approx(single.growth)


@pytest.mark.parametrize("number", range(12))
@pytest.mark.parametrize("system", [BALLS, mpmath_system(40)], ids=["balls", "mpmath"])
def test_all_sums_from_one_vertex_are_the_single_ones(number: int, system: Any) -> None:
    graph, D = case_and_jacobians(number, system)
    sums = PathSums(graph, D, system)
    for j in graph.differentiable_leaves():
        for k, total in sums.leaving(j, [k for k in range(j, graph.n + 1) if count_paths(graph, j, k)]).items():
            single = path_sum(graph, D, j, k, system)
            assert total.value.shape == single.value.shape == (graph.dimension(k), graph.dimension(j))
            assert (total.count, total.longest) == (single.count, single.longest)
            for ours, theirs in zip(total.value.reshape(-1).tolist(), single.value.reshape(-1).tolist(), strict=True):
                close = ours.overlaps(theirs) if system is BALLS else abs(ours - theirs) <= 1e-35 * max(1, abs(theirs))
                assert close
            assert np.allclose(total.magnitude.astype(float), single.magnitude.astype(float), rtol=1e-12)


def test_sums_over_the_rationals_are_equal_to_the_single_ones() -> None:
    found = 0
    for number in range(40):
        case = usual_case(5, number)
        graph = case.graph
        try:
            u = forward(graph, case.leaves, RATIONAL)
            D = jacobians(graph, u, RATIONAL)
        except Exception:
            continue
        found += 1
        sums = PathSums(graph, D, RATIONAL)
        for j, total in sums.to(graph.n, sources_of(graph)).items():
            assert (total.value == path_sum(graph, D, j, graph.n, RATIONAL).value).all()
            assert all(type(entry) is Fraction for entry in total.value.reshape(-1))
    assert found > 5


def test_a_vertex_without_a_path_has_the_sum_zero() -> None:
    graph = Graph(2, (leaf("x"), leaf("y", (3,)), vertex("z", "exp", (1,))))
    D = jacobians(graph, forward(graph, [1.0, [1.0, 2.0, 3.0]]))
    total = PathSums(graph, D).to(3, (1, 2))[2]
    assert (total.value.tolist(), total.count) == ([[0.0, 0.0, 0.0]], 0)


def test_a_wrong_product_shows() -> None:
    graph, D = case_and_jacobians(3)
    edge = next(edge for edge in graph.edges if edge[1] == graph.n and D[edge].any())
    wrong = {**D, edge: D[edge] * 1.001}
    right, other = (PathSums(graph, jacobian).to(graph.n, [edge[0]])[edge[0]] for jacobian in (D, wrong))
    assert not np.allclose(right.value, other.value, rtol=1e-6)


def test_one_enumeration_serves_all_number_systems() -> None:
    calls: list[Edge] = []

    def counted(graph: Graph, j: int, k: int) -> Any:
        calls.append((j, k))
        return paths(graph, j, k)

    enumeration = Enumeration(THREE, counted)
    for system in (FLOAT64, BALLS):
        D = jacobians(THREE, forward(THREE, [2.0], system), system)
        sums = PathSums(THREE, D, system, enumeration)
        sums.to(4, (1, 2, 3))
        sums.leaving(1, (2, 3, 4))
    assert sorted(calls) == [(1, 2), (1, 3), (1, 4), (1, 4), (2, 4), (3, 4)]


def test_magnitudes_near_the_end_of_the_range_are_not_shared() -> None:
    chain = Graph(
        1, (leaf("x"), vertex("y", "weighted_sum", (1,), weights=(((1e200,),),)), vertex("z", "weighted_sum", (2,), weights=(((1e200,),),)))
    )
    with np.errstate(over="ignore"):
        floats = jacobians(chain, forward(chain, [1.0]))
        assert not PathSums(chain, floats).are_comfortable
    balls = jacobians(chain, forward(chain, [1.0], BALLS), BALLS)
    magnitude: Any = PathSums(chain, balls, BALLS).to(3, [1])[1].magnitude[0, 0]
    assert magnitude > 10**399
    assert PathSums(THREE, jacobians(THREE, forward(THREE, [2.0]))).are_comfortable


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda graph, j, k: [*paths(graph, j, k)][:-1], "enumerated"),
        (lambda graph, j, k: [*paths(graph, j, k)] * 2, "is not another path"),
        (lambda graph, j, k: [(j, k), *paths(graph, j, k)], "is not another path"),
        (lambda graph, j, k: [(*path[:-1], path[-1] + 1) for path in paths(graph, j, k)], "is not another path"),
        (lambda graph, j, k: [(j,), *paths(graph, j, k)], "is not another path"),
        (lambda graph, j, k: [(), *paths(graph, j, k)], "is not another path"),
    ],
    ids=["one missing", "all twice", "one that is none", "another end", "no edge", "nothing"],
)
@pytest.mark.parametrize("leaving", [False, True])
def test_a_wrong_enumeration_is_noticed(wrong: Any, words: str, leaving: bool) -> None:
    sums = PathSums(THREE, jacobians(THREE, forward(THREE, [2.0])), FLOAT64, Enumeration(THREE, wrong))
    asked = (lambda: sums.leaving(1, (2, 3, 4))) if leaving else (lambda: sums.to(4, (1, 2, 3, 4)))
    with pytest.raises(WrongPaths, match=words):
        asked()


def test_an_edge_without_a_jacobian_is_named() -> None:
    D = dict(jacobians(THREE, forward(THREE, [2.0])))
    del D[2, 3]
    with pytest.raises(WrongPaths, match=r"\(2, 3\) is an edge of a path, and has no Jacobian"):
        PathSums(THREE, D).to(4, (1,))


def test_one_enumeration_gives_the_paths_of_all_pairs() -> None:
    for number in range(10):
        graph = usual_case(6, number).graph
        for j in range(1, graph.n + 1):
            found = paths_from(graph, j)
            for k in range(j + 1, graph.n + 1):
                assert sorted(found.get(k, [])) == sorted(paths(graph, j, k))
        arriving: dict[int, Sequence[Any]] = dict(
            paths_to(graph, graph.n, [j for j in range(1, graph.n) if count_paths(graph, j, graph.n)])
        )
        for j in range(1, graph.n):
            assert sorted(arriving.get(j, [])) == sorted(paths(graph, j, graph.n))
