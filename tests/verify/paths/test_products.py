"""The product of every path, one after the other: as if each were formed by itself, and cheaper."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np

from backproof.engine import FLOAT64, Graph, forward, jacobians, leaf, vertex
from backproof.verify.paths.products import path_products
from backproof.verify.paths.sums import path_product


def random_linear_graph(seed: int, n: int = 7, d: int = 2) -> Graph:
    rng = np.random.default_rng(seed)
    vertices = [leaf("x", (d,))]
    for i in range(2, n + 1):
        weights = rng.integers(-4, 5, (i - 1, d, d)) / 4
        vertices.append(vertex(f"v{i}", "weighted_sum", range(1, i), weights=weights))
    return Graph(1, tuple(vertices))


def test_products_take_later_edges_on_the_left() -> None:
    first, second = [[0, 1], [0, 0]], [[0, 0], [1, 0]]
    graph = Graph(
        1, (leaf("x", (2,)), vertex("a", "weighted_sum", (1,), weights=[first]), vertex("b", "weighted_sum", (2,), weights=[second]))
    )
    D = jacobians(graph, forward(graph, [[1.0, 1.0]]))
    ((path, product),) = path_products(graph, D, 1, 3)
    assert path == (1, 2, 3)
    assert product.tolist() == [[0, 0], [0, 1]]


def test_prefix_sharing_does_not_change_any_product() -> None:
    graph = random_linear_graph(11)
    D = jacobians(graph, forward(graph, [[1.0, 2.0]]))
    for path, product in path_products(graph, D, 1, graph.n):
        expected = np.eye(2)
        for edge in itertools.pairwise(path):
            expected = D[edge] @ expected
        assert np.array_equal(product, expected)
        assert np.array_equal(product, path_product(graph, D, path))


def test_work_per_path_is_shared() -> None:
    """The complete graph has 2^(n−2) paths and 2^(n−1) − 1 prefixes: one product each, not one per edge of each
    path."""
    graph = random_linear_graph(2, n=9)
    D = jacobians(graph, forward(graph, [[1.0, 2.0]]))
    calls = 0

    def counted(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        nonlocal calls
        calls += 1
        return FLOAT64.matmul(a, b)

    system = dataclasses.replace(FLOAT64, matmul=counted)
    list(path_products(graph, D, 1, 9, system))
    assert calls <= 2**8
