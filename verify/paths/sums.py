"""The path sum of the lecture (L15): Σ over p ∈ P(j, k) of Π over (a, b) ∈ p of D_{a→b}, later edges on the left.

Every path is enumerated (`verify.paths.enumeration`) and its product formed from the edge Jacobians. Consecutive paths share their beginning, and the
products of the shared part are kept; `benchmarks/results` compares the cost with plain enumeration. The recursion of the backward pass is not used.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> D = jacobians(graph, forward(graph, [3.0, 4.0]))
>>> [(path, product.item()) for path, product in path_products(graph, D, 2, 4)]
[((2, 3, 4), 4.0), ((2, 4), 7.0)]
>>> path_sum(graph, D, 2, 4).value.item()
11.0
>>> path_sum(graph, D, 2, 4, limit=1)
Traceback (most recent call last):
    ...
backproof.verify.paths.sums.TooManyPaths: 2 paths from vertex 2 ('u2') to vertex 4 ('u4'); the limit is 1 (--max-paths)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.engine.vertices import label
from backproof.verify.paths.enumeration import Path, count_paths, paths

Enumerate: TypeAlias = Callable[[Graph, int, int], Iterator[Path]]

MAX_PATHS = 100_000
COMFORTABLE = 250
BLOCK = 512


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
    `growth`     an upper bound of the largest factor by which the rest of a path can magnify an error made on it (infinite if it overflows)
    """

    value: Array
    magnitude: Array
    count: int
    longest: int
    growth: float


def path_products(
    graph: Graph,
    D: Mapping[Edge, Array],
    j: int,
    k: int,
    system: NumberSystem = FLOAT64,
    enumerate_paths: Enumerate = paths,
) -> Iterator[tuple[Path, Array]]:
    """Every path from j to k with its product Π D_{a→b} of shape d_k × d_j; the empty path has the identity."""
    products = [system.identity(graph.dimension(j))]
    previous: Path = (j,)
    for path in enumerate_paths(graph, j, k):
        common = _common(previous, path)
        del products[common:]
        for a, b in zip(path[common - 1 :], path[common:], strict=False):
            products.append(D[a, b] if len(products) == 1 else system.matmul(D[a, b], products[-1]))
        previous = path
        yield path, products[-1]


def path_sum(
    graph: Graph,
    D: Mapping[Edge, Array],
    j: int,
    k: int,
    system: NumberSystem = FLOAT64,
    limit: int = MAX_PATHS,
    enumerate_paths: Enumerate = paths,
) -> PathSum:
    """Σ Π D over all paths from j to k. `verify.paths.blocks` gives the sums of many pairs.

    TooManyPaths above `limit`; WrongPaths if the enumeration does not give each counted path once.
    """
    count = count_paths(graph, j, k)
    if count > limit:
        where = f"from {label(graph.vertices, j)} to {label(graph.vertices, k)}"
        raise TooManyPaths(f"{count:,} paths {where}; the limit is {limit:,} (--max-paths)")
    if j == k:
        identity = FLOAT64.identity(graph.dimension(j))
        return PathSum(system.identity(graph.dimension(j)), identity, 1, 0, 1.0)
    scale = scale_system(graph, D, system)
    factors: dict[Edge, tuple[Array, Array]] = {}
    value = system.zeros((graph.dimension(k), graph.dimension(j)))
    magnitude = scale.zeros(value.shape)
    waiting: dict[int, list[tuple[Array, Array]]] = {a: [] for a in graph.parents(k)}
    steps: list[tuple[Array, Array]] = [(system.identity(graph.dimension(j)), scale.identity(graph.dimension(j)))]
    previous: Path = (j,)
    longest = found = 0

    def add_waiting(last: int) -> None:
        """Multiply every waiting product with its last edge, all at once, and add them up: every path is one block of columns."""
        nonlocal value, magnitude
        block, size = factors[last, k]
        products = system.matmul(block, np.concatenate([product for product, _ in waiting[last]], axis=1))
        sizes = scale.matmul(size, np.concatenate([size for _, size in waiting[last]], axis=1))
        value = system.add(value, system.sum(_columns(products, value.shape), 1))
        magnitude = scale.add(magnitude, scale.sum(_columns(sizes, value.shape), 1))
        waiting[last].clear()

    def factor(path: Path, edge: Edge) -> tuple[Array, Array]:
        """D and |D| of an edge, at its first use."""
        if edge not in graph.edges or edge not in D:
            raise WrongPaths(f"{path} is not a path: {edge} is not an edge")
        factors[edge] = D[edge], scale.absolute(scale.array(D[edge]))
        return factors[edge]

    for path in enumerate_paths(graph, j, k):
        common, end = _common(previous, path), len(path) - 1
        if path[0] != j or path[-1] != k or common > end:
            raise WrongPaths(f"{path} is not another path from {label(graph.vertices, j)} to {label(graph.vertices, k)}")
        del steps[common:]
        for position in range(common, end):
            edge = path[position - 1], path[position]
            block, size = factors.get(edge) or factor(path, edge)
            product, magnified = steps[-1]
            steps.append((system.matmul(block, product), scale.matmul(size, magnified)) if position > 1 else (block, size))
        last = path[-2]
        if (last, k) not in factors:
            factor(path, (last, k))
        waiting[last].append(steps[-1])
        if len(waiting[last]) == BLOCK:
            add_waiting(last)
        previous = path
        found += 1
        longest = max(longest, end)
    for last, rest in waiting.items():
        if rest:
            add_waiting(last)
    if found != count:
        raise WrongPaths(f"{found} paths enumerated from {label(graph.vertices, j)} to {label(graph.vertices, k)}, but there are {count}")
    return PathSum(value, magnitude, count, longest, growth_of([size for _, size in factors.values()], longest))


def _columns(products: Array, shape: tuple[int, ...]) -> Array:
    """d_k × (N·d_j) as d_k × N × d_j: one matrix for each path."""
    return products.reshape(shape[0], -1, shape[1])


def scale_system(graph: Graph, D: Mapping[Edge, Array], system: NumberSystem) -> NumberSystem:
    """The number system for the magnitudes: float64 where no product along a path can leave its range, which is faster; else the number system itself."""
    if system.family == "float":
        return FLOAT64
    exponents = [abs(math.log10(abs(entry))) for block in D.values() for entry in _as_floats(block) if entry]
    within = not exponents or max(exponents) * graph.n < COMFORTABLE
    return FLOAT64 if within and all(_as_floats(block) for block in D.values()) else system


def _as_floats(block: Array) -> list[float]:
    """The entries as floats; none if one of them is too small or too large for a float."""
    floats = [float(entry) for entry in block.reshape(-1)]
    return floats if all(math.isfinite(f) and (f != 0 or not entry) for f, entry in zip(floats, block.reshape(-1), strict=True)) else []


def growth_of(absolute: list[Array], longest: int) -> float:
    """By how much a path of so many edges can magnify what happens on it: the largest row sum of its |D|, to the power of its length."""
    return growth_by(max(map(largest_row, absolute), default=1.0), longest)


def growth_by(largest: float, longest: int) -> float:
    """`growth_of` by the largest row sum."""
    try:
        return max(1.0, largest) ** longest
    except OverflowError:
        return math.inf


def largest_row(absolute: Array) -> float:
    """The largest sum of a row."""
    return max(map(float, absolute.sum(axis=1)))


def _common(left: Path, right: Path) -> int:
    """How many vertices the two paths have in common at their beginning."""
    common = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            return common
        common += 1
    return common


def operations_behind(graph: Graph, j: int, total: PathSum) -> int:
    """m: how many roundings lie at most between the terms of both routes and their results, for the adjoint of vertex j.

    Backward pass: at each of the L edges of a path one inner product of at most d terms (d roundings) and at most Δ additions over the children.
    Path sum: at each edge one inner product (d), then N − 1 additions over the paths, and one product with the cotangent (d). Both routes start
    from the same D, hence m = L(d + Δ) + L·d + N + d with d the largest dimension, Δ the largest number of children, N the number of paths.
    """
    vertices = range(j, graph.n + 1)
    widest = max(graph.dimension(i) for i in vertices)
    children = max(len(graph.children(i)) for i in vertices)
    return total.longest * (2 * widest + children) + total.count + widest
