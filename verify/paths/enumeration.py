"""Directed paths of a graph (L15): how many there are, and all of them, enumerated by networkx.

A path from j to k is given by the vertices it visits, (j, …, k). P(j, j) holds exactly the empty path, written (j,); no
other pair has one. `path_counts` counts without enumerating, by an exact integer recursion, so that one can refuse
before starting and check afterwards that the enumeration is complete. `paths` enumerates inside descendants(j) ∩
ancestors(k) only: networkx walks into dead ends otherwise, which is exponential.

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

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeAlias

import networkx as nx

from backproof.engine import Graph
from backproof.engine.graph import Edge

Path: TypeAlias = tuple[int, ...]
Enumerate: TypeAlias = Callable[[Graph, int, int], Iterator[Path]]

REMEMBERED = 32  # chosen: paths of a pair that are kept for the next number system; more are enumerated anew, so that memory stays small


def path_counts(graph: Graph, j: int) -> dict[int, int]:
    """|P(j, k)| for every k that j reaches, exactly: c_j = 1 and c_k = Σ_{j':(j',k)∈E} c_j'. Linear in the number of
    edges."""
    return dict(_counts(graph.edges, j))


@lru_cache(maxsize=256)
def _counts(edges: tuple[Edge, ...], j: int) -> dict[int, int]:
    counts = {j: 1}
    for parent, k in sorted(edges, key=itemgetter(1)):
        if parent in counts:
            counts[k] = counts.get(k, 0) + counts[parent]
    return counts


def path_counts_to(graph: Graph, k: int) -> dict[int, int]:
    """|P(j, k)| for every j that reaches k, exactly: c_k = 1 and c_j = Σ_{i:(j,i)∈E} c_i.

    >>> from backproof.engine import leaf, vertex
    >>> path_counts_to(Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3)))), 4)
    {4: 1, 3: 1, 2: 2, 1: 1}
    """
    return dict(_counts_to(graph.edges, k))


@lru_cache(maxsize=256)
def _counts_to(edges: tuple[Edge, ...], k: int) -> dict[int, int]:
    counts = {k: 1}
    for j, child in sorted(edges, reverse=True):
        if child in counts:
            counts[j] = counts.get(j, 0) + counts[child]
    return counts


def count_paths(graph: Graph, j: int, k: int) -> int:
    """|P(j, k)|: 0 where k cannot be reached, 1 for j = k (the empty path)."""
    return _counts(graph.edges, j).get(k, 0)


def live_vertices(graph: Graph) -> set[int]:
    """The non-leaves on some path from a differentiable leaf to the output, and the constants that the output depends
    on."""
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
    return _between(graph.n, graph.edges, j, k)


def _between(n: int, edges: tuple[Edge, ...], j: int, k: int) -> Any:
    whole = digraph(n, edges)
    inside = _from(n, edges, j) & (nx.ancestors(whole, k) | {k})
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
    if count_paths(graph, j, k) <= REMEMBERED:
        yield from _few(graph.n, graph.edges, j, k)
    else:
        yield from _enumerated(graph.n, graph.edges, j, k)


@lru_cache(maxsize=1024)
def _few(n: int, edges: tuple[Edge, ...], j: int, k: int) -> tuple[Path, ...]:
    return tuple(_enumerated(n, edges, j, k))


def _enumerated(n: int, edges: tuple[Edge, ...], j: int, k: int) -> Iterator[Path]:
    if j == k:
        yield (j,)
        return
    part = _between(n, edges, j, k)
    if j in part and k in part:
        for path in nx.all_simple_paths(part, j, k):
            yield tuple(path)


def paths_from(graph: Graph, j: int, targets: Collection[int] | None = None) -> dict[int, list[Path]]:
    """P(j, k) for every k that j reaches, with one enumeration by networkx: the same paths as `paths` gives, one k
    after another.

    Only those through `targets`, where they are given: all vertices of a path but j are among them.

    >>> from backproof.engine import leaf, vertex
    >>> graph = Graph(1, (leaf("x"), vertex("y", "square", (1,)), vertex("z", "multiply", (1, 2))))
    >>> paths_from(graph, 1)
    {2: [(1, 2)], 3: [(1, 2, 3), (1, 3)]}
    """
    inside = _from(graph.n, graph.edges, j) if targets is None else {j, *targets}
    return _from_one(j, inside, [(a, b) for a, b in graph.edges if a in inside and b in inside])


def paths_to(graph: Graph, k: int, sources: Collection[int]) -> dict[int, list[Path]]:
    """P(j, k) for every j among `sources`, with one enumeration by networkx on the edges turned around: all vertices of
    a path but k are among the sources.

    >>> from backproof.engine import leaf, vertex
    >>> graph = Graph(1, (leaf("x"), vertex("y", "square", (1,)), vertex("z", "multiply", (1, 2))))
    >>> paths_to(graph, 3, (1, 2))
    {1: [(1, 3), (1, 2, 3)], 2: [(2, 3)]}
    """
    inside = {k, *sources}
    turned = _from_one(k, inside, [(b, a) for a, b in graph.edges if a in inside and b in inside])
    return {j: [path[::-1] for path in found] for j, found in turned.items()}


def _from_one(start: int, inside: Collection[int], edges: Sequence[Edge]) -> dict[int, list[Path]]:
    """The paths from one vertex to each of the others along these edges."""
    others = {v for v in inside if v != start}
    found: dict[int, list[Path]] = {v: [] for v in sorted(others)}
    if others:
        part: Any = nx.DiGraph()
        part.add_nodes_from(inside)
        part.add_edges_from(edges)
        part.edges = {v: [(v, w) for w in part[v]] for v in inside}.__getitem__  # networkx asks at every step: lists instead of views
        for path in nx.all_simple_paths(part, start, others):
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
