"""Directed paths of a graph (L15): how many there are, and all of them, enumerated by networkx.

A path from j to k is given by the vertices it visits, (j, …, k). P(j, j) holds exactly the empty path, written (j,); no other pair has one.
`path_counts` counts without enumerating, by an exact integer recursion, so that one can refuse before starting and check afterwards that the
enumeration is complete. `paths` enumerates inside descendants(j) ∩ ancestors(k) only: networkx walks into dead ends otherwise, which is exponential.

>>> from backproof.engine import Graph, leaf, vertex
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> sorted(paths(graph, 2, 4))
[(2, 3, 4), (2, 4)]
>>> path_counts(graph, 2)
{2: 1, 3: 1, 4: 2}
>>> list(paths_by_last_edge(graph, 2, 1, 4))
Traceback (most recent call last):
    ...
ValueError: P(2, 1, 4): (1, 4) is not an edge; the last edge must end in 4
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeAlias

import networkx as nx

from backproof.engine import Graph
from backproof.engine.graph import Edge

Path: TypeAlias = tuple[int, ...]


def path_counts(graph: Graph, j: int) -> dict[int, int]:
    """|P(j, k)| for every k that j reaches, exactly: c_j = 1 and c_k = Σ_{j':(j',k)∈E} c_j'. Linear in the number of edges."""
    return dict(_counts(graph.edges, j))


@lru_cache(maxsize=256)
def _counts(edges: tuple[Edge, ...], j: int) -> dict[int, int]:
    counts = {j: 1}
    for parent, k in sorted(edges, key=lambda edge: edge[1]):
        if parent in counts:
            counts[k] = counts.get(k, 0) + counts[parent]
    return counts


def count_paths(graph: Graph, j: int, k: int) -> int:
    """|P(j, k)|: 0 where k cannot be reached, 1 for j = k (the empty path)."""
    return _counts(graph.edges, j).get(k, 0)


def live_vertices(graph: Graph) -> set[int]:
    """The non-leaves on some path from a differentiable leaf to the output, and the constants that the output depends on."""
    moving, constants = set(graph.differentiable_leaves()), set[int]()
    for k in range(graph.l + 1, graph.n + 1):
        if moving & set(graph.parents(k)):
            moving.add(k)
        elif not graph.parents(k):
            constants.add(k)
    used = {graph.n}
    for k in range(graph.n, graph.l, -1):
        if k in used:
            used |= set(graph.parents(k))
    return {k for k in (moving | constants) & used if k > graph.l}


def between(graph: Graph, j: int, k: int) -> Any:
    """The part of the graph on which the paths from j to k lie, as a networkx DiGraph; it may be empty."""
    whole = digraph(graph.n, graph.edges)
    inside = _from(graph.n, graph.edges, j) & (nx.ancestors(whole, k) | {k})
    return whole.subgraph(sorted(inside)).copy()


@lru_cache(maxsize=64)
def _from(n: int, edges: tuple[Edge, ...], j: int) -> frozenset[int]:
    return frozenset(nx.descendants(digraph(n, edges), j)) | {j}


@lru_cache(maxsize=4)
def digraph(n: int, edges: tuple[Edge, ...]) -> Any:
    """The graph as networkx has it, kept for the next pair of its vertices; not to be changed."""
    whole: Any = nx.DiGraph()
    whole.add_nodes_from(range(1, n + 1))
    whole.add_edges_from(edges)
    return whole


def paths(graph: Graph, j: int, k: int) -> Iterator[Path]:
    """P(j, k): every directed path, once, by `networkx.all_simple_paths`; consecutive ones share their beginning."""
    if j == k:
        yield (j,)
        return
    part = between(graph, j, k)
    if j in part and k in part:
        for path in nx.all_simple_paths(part, j, k):
            yield tuple(path)


def paths_from(graph: Graph, j: int) -> dict[int, list[Path]]:
    """P(j, k) for every k that j reaches, with one enumeration by networkx: the same paths as `paths` gives, one k after another.

    >>> from backproof.engine import leaf, vertex
    >>> graph = Graph(1, (leaf("x"), vertex("y", "square", (1,)), vertex("z", "multiply", (1, 2))))
    >>> paths_from(graph, 1)
    {2: [(1, 2)], 3: [(1, 2, 3), (1, 3)]}
    """
    reached = _from(graph.n, graph.edges, j) - {j}
    found: dict[int, list[Path]] = {k: [] for k in sorted(reached)}
    if reached:
        for path in nx.all_simple_paths(digraph(graph.n, graph.edges), j, reached):
            found[path[-1]].append(tuple(path))
    return found


def paths_by_last_edge(graph: Graph, j: int, last: int, k: int) -> Iterator[Path]:
    """P(j, j', k): the paths from j to k whose last edge is (j', k), for j' = `last`."""
    if last not in graph.parents(k):
        raise ValueError(f"P({j}, {last}, {k}): ({last}, {k}) is not an edge; the last edge must end in {k}")
    for path in paths(graph, j, last):
        yield (*path, k)


def paths_by_first_edge(graph: Graph, j: int, first: int, k: int) -> Iterator[Path]:
    """The paths from j to k whose first edge is (j, `first`)."""
    if first not in graph.children(j):
        raise ValueError(f"({j}, {first}) is not an edge; the first edge must begin in {j}")
    for path in paths(graph, first, k):
        yield (j, *path)
