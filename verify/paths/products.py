"""The product of every path, one after the other: `path_products`, for pages that show paths or add up chosen ones.

Consecutive paths of an enumeration share their beginning, and the products of the shared part are kept: a complete
graph of n vertices takes one product for each beginning of a path, not one for each edge of each path. Each product is
formed as `sums.path_product` forms it.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> D = jacobians(graph, forward(graph, [3.0, 4.0]))
>>> [(path, product.item()) for path, product in path_products(graph, D, 2, 4)]
[((2, 3, 4), 4.0), ((2, 4), 7.0)]
>>> list(path_products(graph, {}, 2, 4))
Traceback (most recent call last):
    ...
KeyError: (2, 3)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.paths.enumeration import Enumerate, Path, paths


def path_products(
    graph: Graph, D: Mapping[Edge, Array], j: int, k: int, system: NumberSystem = FLOAT64, enumerate_paths: Enumerate = paths
) -> Iterator[tuple[Path, Array]]:
    """Every path from j to k with its product Π D_{a→b} of shape d_k × d_j; the empty path has the identity."""
    products = [system.identity(graph.dimension(j))]
    previous: Path = (j,)
    for path in enumerate_paths(graph, j, k):
        common = _common(previous, path)
        del products[common:]
        for a, b in itertools.pairwise(path[common - 1 :]):
            products.append(D[a, b] if len(products) == 1 else system.matmul(D[a, b], products[-1]))
        previous = path
        yield path, products[-1]


def _common(left: Path, right: Path) -> int:
    """How many vertices the two paths have in common at their beginning."""
    common = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            return common
        common += 1
    return common
