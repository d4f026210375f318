"""Path sums against the naive way: networkx enumerates the paths, and for each the whole product of its Jacobians is formed (`naive`).

`PathSums` of `verify.paths.blocks` forms the product of a path from that of the path without its first edge, and the sums from
all vertices to the output. It also forms Σ Π |D|, the scale of the rounding errors, which the naive side does only where that
is said. `enumeration` does nothing but enumerate: no side can be faster.

>>> from benchmarks.graphs import complete
>>> graph, leaves = complete(5, 2)
>>> D = jacobians(graph, forward(graph, leaves))
>>> bool(np.allclose(naive(graph, D, 1, 5), PathSums(graph, D).to(5, [1])[1].value))
True
>>> enumeration(graph, 1, 5)
8
>>> enumeration(graph, 1, 6)
Traceback (most recent call last):
    ...
networkx.exception.NodeNotFound: target node 6 not in graph
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import networkx as nx
import numpy as np

from backproof.engine import FLOAT64, RATIONAL, Graph, NumberSystem, forward, jacobians, mpmath_system
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.paths.blocks import PathSums
from backproof.verify.paths.enumeration import count_paths
from benchmarks.graphs import complete
from benchmarks.measure import FULL, QUICK, Comparison, Effort, Result, Side, compare

NAME = "path-sums"
TITLE = "Path sums against naive enumeration"
ABOUT = (
    "The sum of the Jacobian products over all paths from the leaf to the output of a complete graph. backproof forms the product of a path "
    "from that of the path without its first edge, and always forms the error scale Σ Π |D| beside Σ Π D; the naive side multiplies every "
    "path out from its beginning, and forms the scale only where it says so."
)
DIGITS = 90


def naive(graph: Graph, D: Mapping[Edge, Array], j: int, k: int) -> Array:
    """Σ Π D from j to k, every product formed in full."""
    total: Any = 0
    for path in nx.all_simple_paths(nx.DiGraph(graph.edges), j, k):
        product = D[path[0], path[1]]
        for a, b in itertools.pairwise(path[1:]):
            product = np.dot(D[a, b], product)
        total = total + product
    return np.asarray(total)


def enumeration(graph: Graph, j: int, k: int) -> int:
    """The number of paths from j to k, by enumerating them with networkx and doing nothing else."""
    return sum(1 for _ in nx.all_simple_paths(nx.DiGraph(graph.edges), j, k))


def sides(graph: Graph, D: Mapping[Edge, Array], system: NumberSystem) -> list[Side]:
    """The ways to form the path sum from vertex 1 to the output, and the bare enumeration."""
    n = graph.n
    sizes = {edge: FLOAT64.array(np.absolute(block)) for edge, block in D.items()}

    def both_sums() -> Array:
        naive(graph, sizes, 1, n)
        return naive(graph, D, 1, n)

    return [
        Side("PathSums, with its error scale", lambda: PathSums(graph, D, system).to(n, [1])[1].value),
        Side("naive", lambda: naive(graph, D, 1, n)),
        Side("naive, with the error scale", both_sums),
        Side("networkx enumeration alone", lambda: enumeration(graph, 1, n), answers=False),
    ]


def workload(n: int, d: int, system: NumberSystem, effort: Effort) -> Comparison:
    """The sides on the complete graph of n vertices of dimension d."""
    graph, leaves = complete(n, d)
    D = jacobians(graph, forward(graph, leaves, system), system)
    name = f"complete graph, n = {n}, d = {d}, {system.name}: {count_paths(graph, 1, n):,} paths"
    return compare(name, sides(graph, D, system), effort)


def measure(quick: bool) -> Result:
    """The complete graph with n = 16 and d = 3 in float64, and with n = 11 over the rationals and in mpmath; smaller ones if `quick`."""
    effort, large, small = (QUICK, 8, 6) if quick else (FULL, 16, 11)
    systems = ((large, FLOAT64), (small, RATIONAL), (small, mpmath_system(DIGITS)))
    return Result(NAME, TITLE, ABOUT, tuple(workload(n, 3, system, effort) for n, system in systems))
