"""Backward passes that really run with a fault: `wrong_adjoints(space, candidates)`.

A candidate that puts other matrices in the place of D gives another block matrix N′, and `rerun` goes over its vertices
from the output down. Some faults are none of a matrix (`SPECIAL`): an edge that is not there, a seed at a vertex that
nothing reads, a loop that reads an adjoint before it is complete, D p in the place of p D.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> from backproof.verify.blame.candidates import DROPPED
>>> from backproof.verify.blame.predictions import make_space
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> space = make_space(graph, jacobians(graph, forward(graph, [3.0, 4.0])), None, [1, 2])
>>> dropped = Candidate("dropped", (2, 4), DROPPED, (space.edges.index((2, 4)),))
>>> wrong_adjoints(space, [dropped, Candidate("phantom edge", (1, 2), PHANTOM, ())])[0].tolist()
[[[4.0, 4.0, 4.0, 1.0]], [[15.0, 11.0, 4.0, 1.0]]]
>>> wrong_adjoints(space, [Candidate("dropped", (2, 4), DROPPED, (9,))])
Traceback (most recent call last):
    ...
IndexError: index 9 is out of bounds for axis 0 with size 5
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from backproof.engine import Graph
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.blame.candidates import (
    EVERYWHERE,
    FIRST_PARENT_FIRST,
    LAST_PARENT_FIRST,
    PHANTOM,
    SEEDED,
    WRONG_SIDE,
    Candidate,
    Change,
    changed,
)
from backproof.verify.blame.predictions import Space

NEXT_VERTEX = Candidate("phantom edge", EVERYWHERE, PHANTOM, ())
"""Every vertex adds the adjoint of the next one, where no edge leads to it."""
BATCH = 4 * 10**6  # chosen: entries of the N′ that are formed at a time, 32 MB


def wrong_adjoints(space: Space, candidates: Sequence[Candidate]) -> tuple[Array, Array]:
    """Every adjoint that each candidate's backward pass gives, and the same for absolute values: candidates × rows of
    p_n × entries.
    """
    total, seed = len(space.N), start_of(space)
    values = np.zeros((len(candidates), seed.shape[0], total))
    sizes = np.zeros_like(values)
    step = max(1, BATCH // max(1, total * total))
    plain = [h for h, c in enumerate(candidates) if c.change not in SPECIAL]
    for start in range(0, len(plain), step):
        chosen = plain[start : start + step]
        matrices = wrong_matrices(space, [candidates[h] for h in chosen])
        values[chosen] = rerun(space, matrices, seed)
        sizes[chosen] = rerun(space, np.abs(matrices), np.abs(seed))
    for h, c in enumerate(candidates):
        if c.change in SPECIAL:
            values[h] = SPECIAL[c.change](space, c, space.N, seed)
            sizes[h] = SPECIAL[c.change](space, c, np.abs(space.N), np.abs(seed))
    return values, sizes


def wrong_matrices(space: Space, candidates: Sequence[Candidate]) -> Array:
    """N with each candidate's Jacobians in the place of the right ones."""
    number = np.full(space.N.shape, -1)
    for k, (a, b) in enumerate(space.edges):
        number[space.block[b], space.block[a]] = k
    wrong: dict[tuple[Change, float | None], Array] = {}
    result = np.empty((len(candidates), *space.N.shape))
    for h, c in enumerate(candidates):
        if (c.change, c.alpha) not in wrong:
            wrong[c.change, c.alpha] = matrix = np.zeros_like(space.N)
            for k, (a, b) in enumerate(space.edges):
                matrix[space.block[b], space.block[a]] = changed(space, c.change, k, c.alpha)
        chosen = np.zeros(len(space.edges) + 1, dtype=bool)
        chosen[list(c.edges)] = True
        result[h] = np.where(chosen[number], wrong[c.change, c.alpha], space.N)
    return result


def rerun(space: Space, matrices: Array, start: Array) -> Array:
    """The backward pass with each of several matrices N′: every adjoint, candidates × rows of p_n × entries. `start`
    holds the seeds.
    """
    p = np.repeat(start[None], len(matrices), axis=0)
    for j in range(space.graph.n - 1, 0, -1):
        if j in space.block:
            later, own = slice(space.block[j].stop, None), space.block[j]
            p[..., own] += p[..., later] @ matrices[:, later, own]
    return p


def start_of(space: Space) -> Array:
    """p_n in its place, and nothing elsewhere."""
    start = np.zeros_like(space.P)
    start[:, space.block[space.graph.n]] = space.P[:, space.block[space.graph.n]]
    return start


def phantom_edges(space: Space) -> Iterator[Edge]:
    """Pairs that are no edges, but could be: the first before the second, of one dimension."""
    graph, edges = space.graph, set(space.edges)
    for a in space.block:
        for v in range(a + 1, graph.n):
            if v in space.block and (a, v) not in edges and graph.dimension(a) == graph.dimension(v):
                yield a, v


def special_candidates(space: Space) -> Iterator[Candidate]:
    """Dead vertices with a seed, loops in a wrong order, products from the wrong side."""
    dead = dead_vertices(space.graph)
    for v in dead:
        yield Candidate("dead vertex seeded", v, SEEDED, ())
    if len(dead) > 1:
        yield Candidate("dead vertex seeded", EVERYWHERE, SEEDED, ())
    yield from too_early()
    yield Candidate("wrong side", EVERYWHERE, WRONG_SIDE, ())


def too_early() -> Iterator[Candidate]:
    """Adjoints that are passed on before all their contributions have arrived."""
    for order in (LAST_PARENT_FIRST, FIRST_PARENT_FIRST):
        yield Candidate("read too early", EVERYWHERE, order, ())


def dead_vertices(graph: Graph) -> list[int]:
    """The vertices after the leaves, but for the output, that nothing reads."""
    return [v for v in range(graph.l + 1, graph.n) if not graph.children(v)]


def _phantom(space: Space, candidate: Candidate, N: Array, start: Array) -> Array:
    wrong = N.copy()
    for a, v in phantom_edges(space):
        if candidate.place == (a, v) or (candidate.place == EVERYWHERE and v == a + 1):
            wrong[space.block[v], space.block[a]] = np.eye(space.graph.dimension(a))
    return rerun(space, wrong[None], start)[0]


def _seeded(space: Space, candidate: Candidate, N: Array, start: Array) -> Array:
    start = start.copy()
    for v in dead_vertices(space.graph):
        if candidate.place in (v, EVERYWHERE):
            start[:, space.block[v]] = 1
    return rerun(space, N[None], start)[0]


def _too_early(space: Space, candidate: Candidate, N: Array, start: Array) -> Array:
    """A vertex passes its adjoint on at its first visit, before all its children have contributed."""
    graph, block = space.graph, space.block
    p = start.copy()
    stack, visited = [graph.n], set[int]()
    while stack:
        i = stack.pop()
        if i in visited:
            continue
        visited.add(i)
        parents = [j for j in graph.parents(i) if j in block]
        for j in parents:
            p[:, block[j]] += p[:, block[i]] @ N[block[i], block[j]]
        stack += parents if candidate.change is LAST_PARENT_FIRST else parents[::-1]
    return p


def _wrong_side(space: Space, candidate: Candidate, N: Array, start: Array) -> Array:
    """D p instead of p D, wherever the shapes allow."""
    block, rows, p = space.block, len(start), start.copy()
    for k in range(len(space.edges) - 1, -1, -1):  # edges are sorted by their first vertex
        a, b = space.edges[k]
        D = N[block[b], block[a]]
        p[:, block[a]] += D @ p[:, block[b]] if D.shape == (rows, rows) else p[:, block[b]] @ D
    return p


SPECIAL: dict[Change, Callable[[Space, Candidate, Array, Array], Array]] = {
    PHANTOM: _phantom,
    SEEDED: _seeded,
    LAST_PARENT_FIRST: _too_early,
    FIRST_PARENT_FIRST: _too_early,
    WRONG_SIDE: _wrong_side,
}
