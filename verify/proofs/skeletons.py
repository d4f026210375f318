"""Graphs without functions: vertices, dimensions and edges, which is all that a backward pass reads. And what one can
do to them.

Each change gives a new skeleton, its edge Jacobians (made of the old ones), and where every old vertex has gone.
Theorems about changed graphs (`theorems.adjoints`) run the engine's own backward pass on them, in any number system.

>>> from backproof.engine import FLOAT64
>>> diamond = skeleton(4, ((1, 2), (1, 3), (2, 4), (3, 4)))
>>> D = {edge: FLOAT64.array([[2.0]]) for edge in diamond.edges}
>>> changed = subdivided(diamond, D, (1, 3), FLOAT64.identity)
>>> changed.skeleton.edges, changed.place
(((1, 2), (1, 3), (2, 5), (3, 4), (4, 5)), {1: 1, 2: 2, 3: 4, 4: 5})
>>> subdivided(diamond, D, (2, 3), FLOAT64.identity)
Traceback (most recent call last):
    ...
ValueError: (2, 3) is not an edge
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backproof.engine import Graph
from backproof.engine.graph import Edge


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Vertices 1 … n, of which 1 … l are leaves, with their edges. Without `dimensions` every vertex has one entry."""

    n: int
    l: int
    edges: tuple[Edge, ...]
    below: tuple[tuple[int, ...], ...]
    above: tuple[tuple[int, ...], ...]
    dimensions: tuple[int, ...] | None = None
    discrete: frozenset[int] = frozenset()

    def children(self, j: int) -> tuple[int, ...]:
        """The vertices that read j, ascending."""
        return self.below[j]

    def parents(self, i: int) -> tuple[int, ...]:
        """The vertices that i reads, ascending."""
        return self.above[i]

    def dimension(self, i: int) -> int:
        """d_i."""
        return 1 if self.dimensions is None else self.dimensions[i - 1]

    def shape(self, i: int) -> tuple[int, ...]:
        """Every variable is a vector here."""
        return (self.dimension(i),)

    def is_discrete(self, i: int) -> bool:
        """Whether i is a discrete leaf, which has no adjoint."""
        return i in self.discrete


def skeleton(
    n: int, edges: Sequence[Edge], l: int | None = None, dimensions: tuple[int, ...] | None = None, discrete: frozenset[int] = frozenset()
) -> Skeleton:
    """The skeleton with these edges; without `l` the leaves are the longest prefix of vertices without parents."""
    below: list[list[int]] = [[] for _ in range(n + 1)]
    above: list[list[int]] = [[] for _ in range(n + 1)]
    for j, i in sorted(edges):
        below[j].append(i)
        above[i].append(j)
    if l is None:
        l = next((i - 1 for i in range(1, n + 1) if above[i]), n)
    return Skeleton(n, l, tuple(edges), tuple(map(tuple, below)), tuple(map(tuple, above)), dimensions, discrete)


def of_graph(graph: Graph) -> Skeleton:
    """What the backward pass reads of a graph."""
    discrete = frozenset(j for j in range(1, graph.l + 1) if graph.is_discrete(j))
    return skeleton(graph.n, graph.edges, graph.l, tuple(graph.dimension(i) for i in range(1, graph.n + 1)), discrete)


@dataclass(frozen=True)
class Changed:
    """A changed skeleton: its edge Jacobians, and for every old vertex its new number. `copies` lists the vertices that
    stand for one that was split.
    """

    skeleton: Skeleton
    D: Mapping[Edge, Any]
    place: Mapping[int, int]
    copies: tuple[int, ...] = ()


def _rebuilt(
    old: Skeleton, numbers: Mapping[int, int], edges: Mapping[Edge, Any], added: Mapping[int, int], copies: tuple[int, ...] = ()
) -> Changed:
    """A skeleton in which old vertex i is `numbers[i]`, and `added` gives the dimensions of the new ones."""
    dimensions = {numbers[i]: old.dimension(i) for i in numbers} | dict(added)
    n = len(dimensions)
    discrete = frozenset(numbers[i] for i in old.discrete if i in numbers)
    new = skeleton(n, tuple(sorted(edges)), None, tuple(dimensions[i] for i in range(1, n + 1)), discrete)
    return Changed(new, dict(edges), dict(numbers), copies)


def subdivided(old: Skeleton, D: Mapping[Edge, Any], edge: Edge, identity: Callable[[int], Any]) -> Changed:
    """One more vertex on an edge, a → new → b: the new vertex is the identity function of a."""
    a, b = edge
    if edge not in old.edges:
        raise ValueError(f"{edge} is not an edge")
    numbers = {i: i + (i >= b) for i in range(1, old.n + 1)}
    edges = {(numbers[j], numbers[i]): block for (j, i), block in D.items() if (j, i) != edge}
    edges[numbers[a], b] = identity(old.dimension(a))
    edges[b, numbers[b]] = D[edge]
    return _rebuilt(old, numbers, edges, {b: old.dimension(a)})


def split(old: Skeleton, D: Mapping[Edge, Any], j: int) -> Changed:
    """Vertex j is replaced by one copy for every vertex that reads it; each copy is read once."""
    children = old.children(j)
    if not children:
        raise ValueError(f"vertex {j} is read by none, so there is nothing to split")
    numbers = {i: i + (len(children) - 1 if i > j else 0) for i in range(1, old.n + 1) if i != j}
    copies = tuple(range(j, j + len(children)))
    edges = {(numbers[a], numbers[b]): block for (a, b), block in D.items() if j not in (a, b)}
    edges |= {(copy, numbers[child]): D[j, child] for copy, child in zip(copies, children, strict=True)}
    edges |= {(numbers[a], copy): D[a, j] for a in old.parents(j) for copy in copies if (a, j) in D}
    return _rebuilt(old, numbers, edges, dict.fromkeys(copies, old.dimension(j)), copies)


def relabelled(old: Skeleton, D: Mapping[Edge, Any]) -> Changed:
    """The same graph with its vertices numbered in another topological order, as far from the old one as can be; the
    output stays last.
    """
    waiting = {i: len(old.parents(i)) for i in range(1, old.n + 1)}
    ready = [-i for i in range(1, old.n) if not waiting[i]]
    heapq.heapify(ready)
    numbers: dict[int, int] = {}
    while ready:
        j = -heapq.heappop(ready)
        numbers[j] = len(numbers) + 1
        for i in old.children(j):
            waiting[i] -= 1
            if not waiting[i] and i != old.n:
                heapq.heappush(ready, -i)
    numbers[old.n] = old.n
    return _rebuilt(old, numbers, {(numbers[j], numbers[i]): block for (j, i), block in D.items()}, {})
