"""Every graph of a size, with the words of its paths to the output: what a backward pass on symbols must leave.

For n vertices in a fixed order every set of edges is a graph, 2^(n(n−1)/2) of them, hence every DAG up to relabelling.
Graph number m has the edges whose bits in m are 1; the edges are numbered (1, 2), (1, 3), (2, 3), (1, 4) … The leaves
are the longest prefix without parents; later vertices without parents are constants.

The words come from networkx, or, faster, from sets of vertices: a path from j to n is a set of vertices between them
all of whose neighbours are joined. Both list paths one by one; neither adds up anything along edges, which is what the
backward pass does. A test shows that they agree.

>>> [(graph.edges, words[1]) for graph, words in subset_words(2)]
[((), {}), (((1, 2),), {('1→2',): 1})]
>>> list(edge_sets(3, 6, 8))
[((1, 3), (2, 3)), ((1, 2), (1, 3), (2, 3))]
>>> list(subset_words(3, 6, 9))
Traceback (most recent call last):
    ...
ValueError: there are 8 graphs with 3 vertices, numbered from 0; found 6 … 9
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, TypeAlias

import networkx as nx

from backproof.engine.free_algebra import Word
from backproof.engine.graph import Edge
from backproof.verify.proofs.skeletons import Skeleton, skeleton

Words: TypeAlias = dict[Word, Any]
WithWords: TypeAlias = Iterator[tuple[Skeleton, Sequence[Words]]]
"""Graphs, each with the words of the paths from every vertex j to n, at place j."""
Candidates: TypeAlias = tuple[tuple[tuple[int, Word], ...], ...]
"""For each vertex j the edges that a path from j to n needs, as bits, and its word."""

TOGETHER = 4  # the vertices whose parents are chosen at once, from a list of 64; chosen: 5 gain little for a list of 1,024


def symbol(edge: Edge) -> str:
    """The name of D_{j→i}.

    >>> symbol((1, 2))
    '1→2'
    """
    return f"{edge[0]}→{edge[1]}"


@cache
def pairs(n: int) -> tuple[Edge, ...]:
    """Every pair that can be an edge, in the order of their bits."""
    return tuple((j, i) for i in range(2, n + 1) for j in range(1, i))


def count_graphs(n: int) -> int:
    """How many graphs have n vertices.

    >>> count_graphs(8)
    268435456
    """
    return 2 ** (n * (n - 1) // 2)


def edge_sets(n: int, first: int = 0, stop: int | None = None) -> Iterator[tuple[Edge, ...]]:
    """The edges of the graphs number `first` … `stop` − 1; of all without `stop`. ValueError for a number that no graph
    has.
    """
    for number in range(first, _stop(n, first, stop)):
        yield edges_of(n, number)


def edges_of(n: int, number: int) -> tuple[Edge, ...]:
    """The edges of one graph.

    >>> edges_of(4, 0b100001)
    ((1, 2), (3, 4))
    """
    return tuple(pair for place, pair in enumerate(pairs(n)) if number >> place & 1)


def networkx_words(n: int, first: int = 0, stop: int | None = None) -> WithWords:
    """These graphs with, for each vertex, the words of its paths to n as networkx enumerates them."""
    vertices = set(range(1, n))
    for edges in edge_sets(n, first, stop):
        backwards: Any = nx.DiGraph()
        backwards.add_nodes_from(range(1, n + 1))
        backwards.add_edges_from((i, j) for j, i in edges)
        words: list[Words] = [{} for _ in range(n + 1)]
        words[n][()] = 1
        for path in nx.all_simple_paths(backwards, n, vertices) if vertices else ():
            words[path[-1]][tuple(f"{j}→{i}" for i, j in pairwise(path))] = 1
        yield skeleton(n, edges), words


def subset_words(n: int, first: int = 0, stop: int | None = None) -> WithWords:
    """The same without networkx. Graphs whose later vertices have the same parents stand beside each other, and share
    what these decide: the candidates for a path of which no edge is missing so far.
    """
    nobody: tuple[tuple[int, ...], ...] = ((),) * (n + 1)
    yield from _choose_parents(n, first, _stop(n, first, stop), _Later(n, (), nobody, (), _candidates(n), ({(): 1},)))


@dataclass(frozen=True, slots=True)
class _Later:
    """What the parents of i+1 … n decide, when those of 1 … i are still to be chosen."""

    l: int  # how many leaves there are if 1 … i have no parents
    edges: tuple[Edge, ...]
    below: tuple[tuple[int, ...], ...]  # the children of every vertex among i+1 … n
    above: tuple[tuple[int, ...], ...]  # the parents of i+1 … n
    candidates: Candidates  # for the vertices before i the paths of which no edge is missing yet
    words: tuple[Words, ...]  # for the vertices i … n the words of their paths


def _choose_parents(i: int, first: int, stop: int, later: _Later) -> WithWords:
    """The graphs number `first` … `stop` − 1 among those that `later` leaves open."""
    if i <= TOGETHER:
        yield from _begin(i, first, stop, later)
        return
    shift = (i - 1) * (i - 2) // 2
    into_i = (2 ** (i - 1) - 1) << shift
    for chosen in range(first >> shift, ((stop - 1) >> shift) + 1):
        missing = into_i & ~(chosen << shift)
        parents = tuple(j for j in range(1, i) if chosen >> (j - 1) & 1)
        left = tuple(tuple(path for path in paths if not path[0] & missing) for paths in later.candidates[:i])
        decided = _Later(
            i - 1 if parents else later.l,
            (*((j, i) for j in parents), *later.edges),
            tuple((i, *children) if j in parents else children for j, children in enumerate(later.below)),
            (parents, *later.above),
            left,
            (dict.fromkeys([word for _, word in left[i - 1]], 1), *later.words),
        )
        yield from _choose_parents(i - 1, max(0, first - (chosen << shift)), min(1 << shift, stop - (chosen << shift)), decided)


def _begin(i: int, first: int, stop: int, later: _Later) -> WithWords:
    """The same where only the parents of 1 … i are to be chosen: one graph of so many vertices after the other."""
    n = len(later.below) - 1
    open_paths = later.candidates[1:i]
    children = later.below[1:i]
    unchanged = later.below[i:]
    for among, missing in _beginnings(i)[first:stop]:
        below = tuple(map(operator.add, among.below[1:i], children))
        words = [dict.fromkeys([word for needed, word in paths if not needed & missing], 1) for paths in open_paths]
        graph = Skeleton(
            n, among.l if among.edges else later.l, among.edges + later.edges, ((), *below, *unchanged), among.above + later.above
        )
        yield graph, ({}, *words, *later.words)


@cache
def _beginnings(i: int) -> list[tuple[Skeleton, int]]:
    """Every graph with i vertices, and which edges it lacks, as bits."""
    total = count_graphs(i)
    return [(skeleton(i, edges), total - 1 - number) for number, edges in enumerate(edge_sets(i))]


def _candidates(n: int) -> Candidates:
    place = {pair: position for position, pair in enumerate(pairs(n))}
    found: list[tuple[tuple[int, Word], ...]] = [()]
    for j in range(1, n):
        between = range(j + 1, n)
        paths: list[tuple[int, Word]] = []
        for chosen in range(2 ** len(between)):
            stops = (j, *(v for position, v in enumerate(between) if chosen >> position & 1), n)
            steps = list(pairwise(stops))
            paths.append((sum(1 << place[step] for step in steps), tuple(map(symbol, reversed(steps)))))
        found.append(tuple(paths))
    return tuple(found)


def _stop(n: int, first: int, stop: int | None) -> int:
    total = count_graphs(n)
    end = total if stop is None else stop
    if not 0 <= first < end <= total:
        raise ValueError(f"there are {total:,} graphs with {n} vertices, numbered from 0; found {first} … {end}")
    return end
