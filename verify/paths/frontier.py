"""Path sums of graphs with very many paths: every path is still enumerated, as one block of columns, and thousands of
products are formed at once.

`frontier_sums(graph, D, k)` gives Σ Π D and Σ Π |D| over the paths from j to k, for every j that reaches k, by one
enumeration. It goes from k backwards: to each path (b, …, k) belongs the transposed product of its Jacobians, of shape
d_b × d_k; extending 4,096 paths by an edge (a, b) is one product of D_{a→b} with all of them side by side. Nothing is
merged, and the recursion of the backward pass is not used: where many paths pass a vertex, they are as many columns
there. The vertex with the smallest number that has a full block goes first, so that no more than two blocks wait at
any vertex, whatever the number of paths.

`modular_sums` does the same modulo a prime, exactly: with residues below 2²⁴ every product of up to 32 entries stays
below 2⁵³. Float Jacobians are dyadic rationals, hence have residues.

>>> from backproof.verify.numbers.modular import residues
>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> D = jacobians(graph, forward(graph, [3.0, 4.0]))
>>> {j: (total.value.item(), total.count) for j, total in frontier_sums(graph, D, 4).items()}
{4: (1.0, 1), 3: (4.0, 1), 2: (11.0, 2), 1: (4.0, 1)}
>>> modular_sums(graph, residues(D), 4)[2].item()
11.0
>>> residues({(1, 2): np.array([[float("inf")]])})
Traceback (most recent call last):
    ...
ValueError: the Jacobian of edge (1, 2) has the entry inf, which has no residue modulo 16777213; only finite numbers have one
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from backproof.engine import Graph
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.engine.vertices import label
from backproof.verify.numbers.modular import PRIME
from backproof.verify.paths.enumeration import path_counts
from backproof.verify.paths.magnitudes import growth_of
from backproof.verify.paths.sums import PathSum, WrongPaths

BLOCK = 4096  # paths that are extended at once; measured: 1,024 take nearly twice as long, 65,536 half as long again
WIDEST = 32  # entries of a vertex: so many products of two residues below 2²⁴ are added exactly below 2⁵³


def frontier_sums(graph: Graph, D: Mapping[Edge, Array], k: int, block: int = BLOCK) -> dict[int, PathSum]:
    """Σ Π D over all paths from j to k, for every j that reaches k, in float64. WrongPaths if the paths enumerated are
    not as many as are counted."""
    signed = {edge: np.asarray(jacobian, dtype=float) for edge, jacobian in D.items()}
    values, counts = _enumerated(graph, signed, k, block, lambda columns: columns)
    sizes, _ = _enumerated(graph, {edge: np.abs(jacobian) for edge, jacobian in signed.items()}, k, block, lambda columns: columns)
    lengths = longest_paths(graph, k)
    growth = growth_of([np.abs(jacobian) for (j, _), jacobian in signed.items() if j in lengths], max(lengths.values()))
    for j, found in counts.items():
        expected = path_counts(graph, j)[k]
        if found != expected:
            raise WrongPaths(
                f"{found:,} paths enumerated from {label(graph.vertices, j)} to {label(graph.vertices, k)}, but there are {expected:,}"
            )
    return {j: PathSum(values[j], sizes[j], counts[j], lengths[j], growth) for j in values}


def modular_sums(graph: Graph, D: Mapping[Edge, Array], k: int, prime: int = PRIME, block: int = BLOCK) -> dict[int, Array]:
    """Σ Π D modulo a prime below 2²⁴, exactly, for residues D. ValueError for a vertex of more than 32 entries, whose
    products could leave 2⁵³."""
    widest = max((max(jacobian.shape) for jacobian in D.values()), default=1)
    if widest > WIDEST:
        raise ValueError(f"sums modulo {prime} are exact for vertices of up to {WIDEST} entries, found {widest}")
    values, _ = _enumerated(graph, D, k, block, lambda columns: np.mod(columns, prime))
    return values


def longest_paths(graph: Graph, k: int) -> dict[int, int]:
    """The number of edges of the longest path to k, for every vertex that reaches it, from k down."""
    longest = {k: 0}
    for j in range(k - 1, 0, -1):
        below = [longest[i] + 1 for i in graph.children(j) if i in longest]
        if below and not graph.is_discrete(j):
            longest[j] = max(below)
    return longest


def _enumerated(
    graph: Graph, D: Mapping[Edge, Array], k: int, block: int, kept: Callable[[Array], Array]
) -> tuple[dict[int, Array], dict[int, int]]:
    """For every j: the sum over the columns of all paths from j to k, as d_k × d_j, and how many paths there were.
    `kept` is applied to every product and sum.

    The products of some paths (b, …, k) are an array d_b × d_k × number of paths.
    """
    rows = graph.dimension(k)
    steps = {b: [(a, np.ascontiguousarray(D[a, b].T)) for a in graph.parents(b) if (a, b) in D] for b in range(1, k + 1)}
    totals: dict[int, Array] = {}
    counts: dict[int, int] = {}
    waiting: dict[int, list[Array]] = {}
    held: dict[int, int] = {}
    ones = np.ones(2 * block)

    def arrive(b: int, products: Array) -> None:
        """Some paths (b, …, k): add their products up, and keep them if they can go on."""
        paths = products.shape[1] // rows
        total = kept(np.dot(products.reshape(-1, paths), ones[:paths]))
        totals[b] = kept(totals[b] + total) if b in totals else total
        counts[b] = counts.get(b, 0) + paths
        if steps[b]:
            waiting.setdefault(b, []).append(products)
            held[b] = held.get(b, 0) + paths

    def go_on(b: int) -> None:
        """Extend the waiting paths of b by every edge into b."""
        for products in _batches(waiting.pop(b), rows, block):
            for a, transposed in steps[b]:
                arrive(a, kept(np.dot(transposed, products)))
        del held[b]

    arrive(k, np.eye(rows))
    while held:
        full = [b for b, paths in held.items() if paths >= block]
        go_on(min(full) if full else max(held))
    return {b: totals[b].reshape(-1, rows).T for b in sorted(totals, reverse=True)}, counts


def _batches(arrived: Sequence[Array], rows: int, block: int) -> Iterator[Array]:
    """The products that wait at one vertex: large arrays as they are, small ones side by side."""
    small = [products for products in arrived if products.shape[1] < block * rows // 4]
    yield from (products for products in arrived if products.shape[1] >= block * rows // 4)
    if len(small) == 1:
        yield small[0]
    elif small:
        apart = [products.reshape(products.shape[0], rows, -1) for products in small]
        together = np.concatenate(apart, axis=2)
        for start in range(0, together.shape[2], block):
            yield np.ascontiguousarray(together[:, :, start : start + block]).reshape(together.shape[0], -1)
