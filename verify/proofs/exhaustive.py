"""Theorem 2 on *every* graph of a size, with symbols in the place of Jacobians: what `backproof theorems --exhaustive
N` runs.

For n ≤ N every set of edges on n ordered vertices is tried (`every_graph`). The engine's own `backward` runs on each in
the number system `free`, and the adjoint of every vertex must be the sum of the words of its paths to n. Nothing is
left out by isomorphism: another order of the same graph is another run of the code.

The graphs of a size are dealt out in blocks. Blocks may be checked anywhere and in any order, and make the same whole;
a whole with a block missing or twice is refused.

As an identity this adds nothing to the complete graph, of which every other graph is a special case (D = 0). As a test
of the *code* it does: an edge that is not there takes another way through the program than an edge with D = 0.

>>> check_size(3).sentence
'8 graphs with 3 vertices, 24 adjoints, 0 violations'
>>> from backproof.verify.selftest.mutants import by_name
>>> found = check_size(3, by_name("last consumer only").routes.backward)
>>> found.violations[0].sentence
'edges 1→2, 1→3, 2→3: the adjoint of vertex 1 is 1→3 + 2→3 1→2, found 1→3'
>>> whole(7, map(check_block, blocks(7)[:1]))
Traceback (most recent call last):
    ...
ValueError: the blocks are not all graphs with 7 vertices, each once: graph 32,768 is missing
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeAlias

from backproof.engine.free_algebra import FREE, Polynomial
from backproof.engine.graph import Edge
from backproof.engine.passes import backward
from backproof.reports.text import counted
from backproof.verify.proofs.every_graph import count_graphs, networkx_words, pairs, subset_words, symbol
from backproof.verify.three_way.routes import Backward

MOST_VIOLATIONS = 20  # chosen: so many are kept with their words; all are counted
BY_NETWORKX = 6  # the largest size whose paths networkx lists; at 2²¹ graphs `subset_words` is needed
LARGEST = 8  # 2²⁸ graphs take some core-hours, the 2³⁶ with 9 vertices would take weeks
GRAPHS_IN_BLOCK = 2**15  # chosen: about a second, so that dealing blocks out costs nothing and a stopped run loses little
GRAPHS_BY_NETWORKX = 2**12  # as much time, since networkx is slower


@dataclass(frozen=True)
class Block:
    """The graphs number `first` … `stop` − 1 of those with n vertices."""

    n: int
    first: int
    stop: int

    @property
    def sentence(self) -> str:
        """Which graphs these are.

        >>> Block(7, 0, 32768).sentence
        'graphs 0 … 32,767 with 7 vertices'
        """
        return f"graphs {self.first:,} … {self.stop - 1:,} with {self.n} vertices"


@dataclass(frozen=True)
class Violation:
    """One graph and one vertex whose adjoint is not the sum of its paths."""

    n: int
    edges: tuple[Edge, ...]
    vertex: int
    expected: str
    found: str

    @property
    def number(self) -> int:
        """The number of the graph."""
        return sum(1 << place for place, pair in enumerate(pairs(self.n)) if pair in self.edges)

    @property
    def sentence(self) -> str:
        """What is wrong, in one line."""
        edges = ", ".join(symbol(edge) for edge in self.edges)
        return f"edges {edges}: the adjoint of vertex {self.vertex} is {self.expected}, found {self.found}"


@dataclass(frozen=True)
class CheckedBlock:
    """What became of a block: how many adjoints are wrong, the first of them, and the seconds of CPU that it took."""

    block: Block
    violated: int
    violations: tuple[Violation, ...]
    seconds: float


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
        return f"{counted(self.graphs, 'graph')} with {counted(self.n, 'vertex', 'vertices')}, {counted(self.adjoints, 'adjoint')}, {counted(self.violated, 'violation')}"


Run: TypeAlias = Callable[[Callable[[Block], CheckedBlock], list[Block]], Iterable[CheckedBlock]]
"""How blocks are run: like `map`, in any order."""


@cache
def symbols(n: int) -> dict[Edge, Polynomial]:
    """D_{j→i} as a symbol, for every pair that can be an edge."""
    return {pair: FREE.symbol(symbol(pair)) for pair in pairs(n)}


def blocks(n: int) -> list[Block]:
    """All graphs with n vertices, in blocks. ValueError for n below 1 or above 8.

    >>> len(blocks(5)), len(blocks(8))
    (1, 8192)
    """
    if not 1 <= n <= LARGEST:
        raise ValueError(f"all graphs with n vertices are tried for 1 ≤ n ≤ {LARGEST}, found n = {n}")
    size, total = GRAPHS_BY_NETWORKX if n <= BY_NETWORKX else GRAPHS_IN_BLOCK, count_graphs(n)
    return [Block(n, first, min(first + size, total)) for first in range(0, total, size)]


def check_block(block: Block, backward_pass: Backward = backward) -> CheckedBlock:
    """The backward pass on symbols on every graph of a block. ValueError if there are no such graphs."""
    start, n = time.process_time(), block.n
    words = networkx_words if n <= BY_NETWORKX else subset_words
    run: Any = backward_pass
    D, vertices = symbols(n), range(1, n + 1)
    violated = 0
    violations: list[Violation] = []
    for graph, expected in words(n, block.first, block.stop):
        crash: str | None = None
        try:
            p = run(graph, D, None, FREE)
        except Exception as error:  # whatever a wrong backward pass raises, this graph is a violation and the others go on
            p, crash = {}, f"{type(error).__name__}: {error}"
        for j in vertices:
            found = p.get(j)
            if found is None or found.terms != expected[j]:
                violated += 1
                if len(violations) < MOST_VIOLATIONS:
                    violations.append(Violation(n, graph.edges, j, str(Polynomial(expected[j])), crash or str(found)))
    return CheckedBlock(block, violated, tuple(violations), time.process_time() - start)


def whole(n: int, checked: Iterable[CheckedBlock]) -> Exhausted:
    """All graphs with n vertices, from their blocks in any order. ValueError unless every graph stands in one of them,
    and in no other.
    """
    reached = violated = 0
    violations: list[Violation] = []
    for one in sorted(checked, key=lambda one: one.block.first):
        if one.block.n != n or one.block.first != reached:
            raise ValueError(_not_whole(n, f"after graph {reached - 1:,} come {one.block.sentence}"))
        reached = one.block.stop
        violated += one.violated
        violations += one.violations[: MOST_VIOLATIONS - len(violations)]
    if reached != count_graphs(n):
        raise ValueError(_not_whole(n, f"graph {reached:,} is missing"))
    return Exhausted(n, reached, reached * n, violated, tuple(violations))


def _not_whole(n: int, found: str) -> str:
    return f"the blocks are not all graphs with {n} vertices, each once: {found}"


def check_size(n: int, backward_pass: Backward = backward, run: Run = map) -> Exhausted:
    """Every graph with n ≤ 8 vertices; `run` says where the blocks are checked. ValueError for another n."""
    return whole(n, run(partial(check_block, backward_pass=backward_pass), blocks(n)))


def check_all(most: int, backward_pass: Backward = backward, run: Run = map) -> Iterator[Exhausted]:
    """Every graph with 1 … `most` vertices, one size after the other."""
    for n in range(1, most + 1):
        yield check_size(n, backward_pass, run)
