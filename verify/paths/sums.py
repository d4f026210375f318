"""The path sum of the lecture (L15): Σ over p ∈ P(j, k) of Π over (a, b) ∈ p of D_{a→b}, later edges on the left.

This page is the definition. Every path is enumerated (`enumeration.py`) and multiplied out by itself, and nothing is
kept for the next one. `blocks.py`, `frontier.py` and `factored.py` are faster, and are tested against it; the recursion
of the backward pass is used nowhere.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> D = jacobians(graph, forward(graph, [3.0, 4.0]))
>>> path_product(graph, D, (2, 3, 4)).item(), path_product(graph, D, (2, 4)).item()
(4.0, 7.0)
>>> path_sum(graph, D, 2, 4).value.item()
11.0
>>> path_sum(graph, D, 2, 4, limit=1)
Traceback (most recent call last):
    ...
backproof.verify.paths.sums.TooManyPaths: 2 paths from vertex 2 ('u2') to vertex 4 ('u4'); the limit is 1 (--max-paths)
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.engine.vertices import label
from backproof.verify.paths.enumeration import Enumerate, Path, count_paths, paths
from backproof.verify.paths.magnitudes import growth_of, scale_system

MAX_PATHS = 100_000  # chosen: of one pair; multiplied out one after the other they take some seconds


class TooManyPaths(ValueError):
    """A pair of vertices has more paths than the limit; the message gives the count and the limit."""


class WrongPaths(ValueError):
    """The enumeration did not give exactly the paths that were counted: one is missing, repeated, or no path at all."""


@dataclass(frozen=True)
class PathSum:
    """The sum over all paths from j to k.

    `value`      Σ Π D, of shape d_k × d_j
    `magnitude`  Σ Π |D| with entrywise absolute values: the scale of the rounding errors
    `count`      the number of paths, every one of them enumerated
    `longest`    the number of edges of the longest
    `growth`     an upper bound of the largest factor by which the rest of a path can magnify an error made on it;
                 infinite if it overflows
    """

    value: Array
    magnitude: Array
    count: int
    longest: int
    growth: float


def path_sum(
    graph: Graph,
    D: Mapping[Edge, Array],
    j: int,
    k: int,
    system: NumberSystem = FLOAT64,
    limit: int = MAX_PATHS,
    enumerate_paths: Enumerate = paths,
) -> PathSum:
    """Σ Π D over all paths from j to k, and Σ Π |D| beside it.

    TooManyPaths above `limit`; WrongPaths if the enumeration does not give each counted path once.
    """
    P = every_path(graph, j, k, limit, enumerate_paths)
    scale = scale_system(graph, D, system)
    absolute = {edge: scale.absolute(scale.array(D[edge])) for path in P for edge in itertools.pairwise(path)}
    value = system.zeros((graph.dimension(k), graph.dimension(j)))
    magnitude = scale.zeros(value.shape)
    for path in P:
        value = system.add(value, path_product(graph, D, path, system))
        magnitude = scale.add(magnitude, path_product(graph, absolute, path, scale))
    longest = max((len(path) - 1 for path in P), default=0)
    return PathSum(value, magnitude, len(P), longest, growth_of(absolute.values(), longest))


def path_product(graph: Graph, D: Mapping[Edge, Array], path: Path, system: NumberSystem = FLOAT64) -> Array:
    """Π D_{a→b} over the edges of one path from j to k, of shape d_k × d_j; the identity for the empty path."""
    product = system.identity(graph.dimension(path[0]))
    for edge in itertools.pairwise(path):
        product = system.matmul(D[edge], product)
    return product


def every_path(graph: Graph, j: int, k: int, limit: int = MAX_PATHS, enumerate_paths: Enumerate = paths) -> list[Path]:
    """P(j, k), looked at: each is a path from j to k along edges and another one than the others, and they are as many
    as are counted. TooManyPaths above `limit`, before the first is enumerated; WrongPaths otherwise."""
    count, where = count_paths(graph, j, k), f"from {label(graph.vertices, j)} to {label(graph.vertices, k)}"
    if count > limit:
        raise TooManyPaths(f"{count:,} paths {where}; the limit is {limit:,} (--max-paths)")
    found: dict[Path, None] = {}
    for path in enumerate_paths(graph, j, k):
        if path in found or path[0] != j or path[-1] != k:
            raise WrongPaths(f"{path} is not another path {where}")
        for edge in itertools.pairwise(path):
            if edge not in graph.edges:
                raise WrongPaths(f"{path} is not a path: {edge} is not an edge")
        found[path] = None
    if len(found) != count:
        raise WrongPaths(f"{len(found)} paths enumerated {where}, but there are {count}")
    return list(found)
