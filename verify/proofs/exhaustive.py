"""Theorem 2 on *every* graph of a size, with symbols in the place of Jacobians: what `backproof theorems --exhaustive
N` runs.

For n ≤ N, every set of edges on the ordered vertices 1 … n is tried, 2^(n(n−1)/2) of them, hence every DAG up to
relabelling. The leaves are the longest prefix without parents; later vertices without parents are constants. The
engine's own `backward` runs in the number system `free`, and the adjoint of every vertex must be the sum of the words
of its paths to n, which networkx lists (or, faster, `subset_words`, which a test shows to be the same).

As an identity this adds nothing to the complete graph, of which every other graph is a special case (D = 0). As a test
of the *code* it does: an edge that is not there takes another way through the program than an edge with D = 0.

>>> check_size(3).sentence
'8 graphs with 3 vertices, 24 adjoints, 0 violations'
>>> from backproof.verify.selftest.mutants import by_name
>>> found = check_size(3, by_name("last consumer only").routes.backward)
>>> found.violations[0].sentence
'edges 1→2, 1→3, 2→3: the adjoint of vertex 1 is 1→3 + 2→3 1→2, found 1→3'
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, TypeAlias

import networkx as nx

from backproof.engine.free_algebra import FREE, Polynomial, Word
from backproof.engine.graph import Edge
from backproof.engine.passes import backward
from backproof.verify.proofs.skeletons import Skeleton, skeleton
from backproof.verify.three_way.routes import Backward

Words: TypeAlias = dict[Word, Any]

MOST_VIOLATIONS = 20  # chosen: so many are kept with their words; all are counted
ALONE = 5  # the largest size for one process: 1,024 graphs take less than starting others
BY_NETWORKX = 6  # the largest size whose paths networkx lists; at 2²¹ graphs `subset_words` is needed
LARGEST = 7  # 2²¹ graphs take minutes, the 2²⁸ with 8 vertices would take hours


@dataclass(frozen=True)
class Violation:
    """One graph and one vertex whose adjoint is not the sum of its paths."""

    n: int
    edges: tuple[Edge, ...]
    vertex: int
    expected: str
    found: str

    @property
    def sentence(self) -> str:
        """What is wrong, in one line."""
        edges = ", ".join(symbol(edge) for edge in self.edges)
        return f"edges {edges}: the adjoint of vertex {self.vertex} is {self.expected}, found {self.found}"


@dataclass(frozen=True)
class Exhausted:
    """What became of all graphs with n vertices: how many, how many adjoints, and the first
    violations of `violated`.
    """

    n: int
    graphs: int
    adjoints: int
    violated: int
    violations: tuple[Violation, ...]

    @property
    def sentence(self) -> str:
        """The counts in one line."""
        return f"{self.graphs:,} graphs with {self.n} vertices, {self.adjoints:,} adjoints, {self.violated:,} violations"


def symbol(edge: Edge) -> str:
    """The name of D_{j→i}."""
    return f"{edge[0]}→{edge[1]}"


@cache
def symbols(n: int) -> dict[Edge, Polynomial]:
    """D_{j→i} as a symbol, for every pair that can be an edge."""
    return {pair: FREE.symbol(symbol(pair)) for pair in _pairs(n)}


def check_size(n: int, backward_pass: Backward = backward, part: int = 0, parts: int = 1) -> Exhausted:
    """Every graph with n ≤ 7 vertices (of `parts` equal shares of them the one numbered `part`). ValueError for another
    n.
    """
    if not 1 <= n <= LARGEST:
        raise ValueError(f"all graphs with n vertices are tried for 1 ≤ n ≤ {LARGEST}, found n = {n}: {2 ** (n * (n - 1) // 2):,} graphs")
    words = networkx_words if n <= BY_NETWORKX else subset_words
    run: Any = backward_pass
    D = symbols(n)
    graphs = violated = 0
    violations: list[Violation] = []
    for graph, expected in words(n, part, parts):
        graphs += 1
        crash: str | None = None
        try:
            p = run(graph, D, None, FREE)
        except Exception as error:  # whatever a wrong backward pass raises, this graph is a violation and the others go on
            p, crash = {}, f"{type(error).__name__}: {error}"
        for j in range(1, n + 1):
            found = p.get(j)
            if found is None or found.terms != expected[j]:
                violated += 1
                if len(violations) < MOST_VIOLATIONS:
                    violations.append(Violation(n, graph.edges, j, str(Polynomial(expected[j])), crash or str(found)))
    return Exhausted(n, graphs, graphs * n, violated, tuple(violations))


def check_all(most: int, backward_pass: Backward = backward, jobs: int = 1) -> Iterator[Exhausted]:
    """Every graph with 1 … `most` vertices, one size after the other; the largest ones on several processes."""
    for n in range(1, most + 1):
        if jobs == 1 or n <= ALONE:
            yield check_size(n, backward_pass)
            continue
        with ProcessPoolExecutor(jobs) as pool:
            parts = list(pool.map(check_size, [n] * jobs, [backward_pass] * jobs, range(jobs), [jobs] * jobs))
        violations = tuple(violation for part in parts for violation in part.violations)[:MOST_VIOLATIONS]
        yield Exhausted(
            n, sum(part.graphs for part in parts), sum(part.adjoints for part in parts), sum(part.violated for part in parts), violations
        )


def _pairs(n: int) -> list[Edge]:
    return [(j, i) for i in range(2, n + 1) for j in range(1, i)]


def edge_sets(n: int, part: int = 0, parts: int = 1) -> Iterator[tuple[Edge, ...]]:
    """Every set of edges on the ordered vertices 1 … n, or one of `parts` equal shares of them."""
    pairs = _pairs(n)
    total = 2 ** len(pairs)
    for mask in range(total * part // parts, total * (part + 1) // parts):
        yield tuple(pair for place, pair in enumerate(pairs) if mask >> place & 1)


def networkx_words(n: int, part: int = 0, parts: int = 1) -> Iterator[tuple[Skeleton, list[Words]]]:
    """Every graph with, for each vertex, the words of its paths to n as networkx enumerates them."""
    vertices = set(range(1, n))
    for edges in edge_sets(n, part, parts):
        backwards: Any = nx.DiGraph()
        backwards.add_nodes_from(range(1, n + 1))
        backwards.add_edges_from((i, j) for j, i in edges)
        words: list[Words] = [{} for _ in range(n + 1)]
        words[n][()] = 1
        for path in nx.all_simple_paths(backwards, n, vertices) if vertices else ():
            words[path[-1]][tuple(f"{j}→{i}" for i, j in pairwise(path))] = 1
        yield skeleton(n, edges), words


def subset_words(n: int, part: int = 0, parts: int = 1) -> Iterator[tuple[Skeleton, list[Words]]]:
    """The same without networkx: a path from j to n is a set of vertices between them, all of whose neighbours are
    joined by edges.
    """
    place = {pair: position for position, pair in enumerate(_pairs(n))}
    candidates: list[tuple[int, int, Word]] = []
    for j in range(1, n):
        between = range(j + 1, n)
        for chosen in range(2 ** len(between)):
            stops = (j, *(v for position, v in enumerate(between) if chosen >> position & 1), n)
            steps = list(pairwise(stops))
            candidates.append((j, sum(1 << place[step] for step in steps), tuple(map(symbol, reversed(steps)))))
    for edges in edge_sets(n, part, parts):
        mask = sum(1 << place[edge] for edge in edges)
        words: list[Words] = [{} for _ in range(n + 1)]
        words[n][()] = 1
        for j, needed, word in candidates:
            if needed & mask == needed:
                words[j][word] = 1
        yield skeleton(n, edges), words
