"""Path sums against hand calculation and against the Neumann series (I − D)⁻¹; wrong enumerations are found."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from backproof.engine import RATIONAL, Graph, forward, jacobians, leaf, vertex
from backproof.verify.paths.enumeration import Path, paths
from backproof.verify.paths.sums import TooManyPaths, WrongPaths, every_path, path_product, path_sum


def random_linear_graph(seed: int, n: int = 7, d: int = 2) -> Graph:
    rng = np.random.default_rng(seed)
    vertices = [leaf("x", (d,))]
    for i in range(2, n + 1):
        weights = rng.integers(-4, 5, (i - 1, d, d)) / 4
        vertices.append(vertex(f"v{i}", "weighted_sum", range(1, i), weights=weights))
    return Graph(1, tuple(vertices))


def four_vertices() -> Graph:
    return Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))


def test_the_four_vertex_example_by_hand() -> None:
    graph = four_vertices()
    D = jacobians(graph, forward(graph, [3, 4], RATIONAL), RATIONAL)
    assert path_sum(graph, D, 1, 4, RATIONAL).value.tolist() == [[4]]
    assert path_sum(graph, D, 2, 4, RATIONAL).value.tolist() == [[11]]
    assert path_sum(graph, D, 2, 4, RATIONAL).count == 2
    assert path_sum(graph, D, 2, 4, RATIONAL).longest == 2


@pytest.mark.parametrize("seed", range(5))
def test_the_sum_is_the_block_of_the_inverse_of_identity_minus_the_jacobians(seed: int) -> None:
    """Σ over all paths = Σ_m N^m = (I − N)⁻¹ with N the block matrix of all edge Jacobians: a route without paths, by
    linear algebra."""
    graph, d = random_linear_graph(seed), 2
    D = jacobians(graph, forward(graph, [[1.0, 2.0]]))
    blocks = np.zeros((graph.n * d, graph.n * d))
    for (j, i), jacobian in D.items():
        blocks[(i - 1) * d : i * d, (j - 1) * d : j * d] = jacobian
    whole = np.linalg.inv(np.eye(graph.n * d) - blocks)
    for j in range(1, graph.n + 1):
        total = path_sum(graph, D, j, graph.n)
        np.testing.assert_allclose(total.value, whole[-d:, (j - 1) * d : j * d], rtol=0, atol=1e-11)


def test_the_magnitude_sums_absolute_values_along_the_paths() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "negate", (1,)), vertex("y", "add", (1, 2))))
    D = jacobians(graph, forward(graph, [5.0]))
    total = path_sum(graph, D, 1, 3)
    assert total.value.item() == 0
    assert total.magnitude.item() == 2


def test_the_empty_path_gives_the_identity() -> None:
    graph = random_linear_graph(0)
    assert path_sum(graph, {}, 3, 3).value.tolist() == [[1, 0], [0, 1]]


def test_an_unreachable_vertex_gives_zero() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("z", "exp", (1,))))
    D = jacobians(graph, forward(graph, [1.0, 1.0]))
    assert path_sum(graph, D, 2, 3).value.tolist() == [[0]]
    assert path_sum(graph, D, 2, 3).count == 0


def test_too_many_paths_are_refused_before_enumerating_by_count_and_limit() -> None:
    def never(graph: Graph, j: int, k: int) -> Iterator[Path]:
        raise AssertionError("enumerated")

    with pytest.raises(TooManyPaths, match=r"32 paths from vertex 1 \('x'\) to vertex 7 \('v7'\); the limit is 31 \(--max-paths\)"):
        path_sum(random_linear_graph(1), {}, 1, 7, limit=31, enumerate_paths=never)


def without_the_last(graph: Graph, j: int, k: int) -> Iterator[Path]:
    yield from list(paths(graph, j, k))[:-1]


def with_one_twice(graph: Graph, j: int, k: int) -> Iterator[Path]:
    found = list(paths(graph, j, k))
    yield from [*found, found[-1]]


def through_a_missing_edge(graph: Graph, j: int, k: int) -> Iterator[Path]:
    found = list(paths(graph, j, k))
    yield from [*found[:-1], (j, 99, k)]


def with_one_in_the_place_of_another(graph: Graph, j: int, k: int) -> Iterator[Path]:
    found = list(paths(graph, j, k))
    yield from [*found[:-1], found[0]]


def from_another_vertex(graph: Graph, j: int, k: int) -> Iterator[Path]:
    found = list(paths(graph, j, k))
    yield from [*found[:-1], found[0][1:]]


@pytest.mark.parametrize(
    "wrong", [without_the_last, with_one_twice, through_a_missing_edge, with_one_in_the_place_of_another, from_another_vertex]
)
def test_a_wrong_enumeration_is_found(wrong: object) -> None:
    graph = random_linear_graph(3)
    D = jacobians(graph, forward(graph, [[1.0, 2.0]]))
    with pytest.raises(WrongPaths):
        path_sum(graph, D, 1, 7, enumerate_paths=wrong)  # pyright: ignore[reportArgumentType]


def test_products_take_later_edges_on_the_left() -> None:
    first, second = np.array([[0.0, 1.0], [0.0, 0.0]]), np.array([[0.0, 0.0], [1.0, 0.0]])
    graph = Graph(1, (leaf("x", (2,)), vertex("a", "exp", (1,)), vertex("b", "exp", (2,))))
    assert path_product(graph, {(1, 2): first, (2, 3): second}, (1, 2, 3)).tolist() == [[0, 0], [0, 1]]
    assert path_product(graph, {}, (2,)).tolist() == [[1, 0], [0, 1]]


def test_every_path_is_what_networkx_enumerates() -> None:
    graph = random_linear_graph(4)
    assert every_path(graph, 1, 7) == list(paths(graph, 1, 7))
    assert every_path(graph, 7, 1) == []
