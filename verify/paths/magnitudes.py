"""The scale of the rounding errors of a path sum: in which numbers Σ Π |D| is formed, by how much a path can magnify an
error made on it (`growth_of`), and how many roundings lie between two ways to form the sum (`operations_behind`).

>>> from backproof.engine import FLOAT64, RATIONAL, Graph, leaf, vertex
>>> growth_of([np.array([[1.0, 3.0], [0.5, 0.5]])], longest=2)
16.0
>>> growth_of([np.array([[1e300]])], longest=2)
inf
>>> chain = Graph(1, (leaf("x"), vertex("y", "square", (1,))))
>>> scale_system(chain, {(1, 2): RATIONAL.array([[6]])}, RATIONAL).name
'float64'
>>> scale_system(chain, {(1, 2): RATIONAL.array([[10**400]])}, RATIONAL).name
'rational'
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array

COMFORTABLE = 250  # powers of ten that a product along a path may reach in float64, which has 308: the rest is for sums of paths


def scale_system(graph: Graph, D: Mapping[Edge, Array], system: NumberSystem) -> NumberSystem:
    """The number system for the magnitudes: float64 where no product along a path can leave its range, which is faster;
    else the number system itself."""
    if system.family == "float":
        return FLOAT64
    exponents = [abs(math.log10(abs(entry))) for block in D.values() for entry in _as_floats(block) if entry]
    within = not exponents or max(exponents) * graph.n < COMFORTABLE
    return FLOAT64 if within and all(_as_floats(block) for block in D.values()) else system


def are_comfortable(graph: Graph, D: Mapping[Edge, Array]) -> bool:
    """Whether no product along a path can come near the end of the range of float64."""
    entries = np.concatenate([block.reshape(-1) for block in D.values()] or [np.ones(1)]).astype(float)
    magnitudes = np.abs(np.log10(np.abs(entries[entries != 0])))
    return bool(np.all(np.isfinite(entries)) and np.max(magnitudes, initial=0.0) * graph.n < COMFORTABLE)


def _as_floats(block: Array) -> list[float]:
    """The entries as floats; none if one of them is too small or too large for a float."""
    try:
        floats = [float(entry) for entry in block.reshape(-1)]
    except OverflowError:  # of a fraction
        return []
    return floats if all(math.isfinite(f) and (f != 0 or not entry) for f, entry in zip(floats, block.reshape(-1), strict=True)) else []


def growth_of(absolute: Iterable[Array], longest: int) -> float:
    """By how much a path of so many edges can magnify what happens on it: the largest row sum of its |D|, to the power
    of its length."""
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


def operations_behind(graph: Graph, j: int, longest: int, count: int) -> int:
    """m: how many roundings lie at most between the terms of both routes and their results, for the adjoint of vertex
    j.

    Backward pass: at each of the L edges of a path one inner product of at most d terms (d roundings) and at most Δ
    additions over the children. Path sum: at each edge one inner product (d), then N − 1 additions over the paths, and
    one product with the cotangent (d). Both routes start from the same D, hence m = L(d + Δ) + L·d + N + d with d the
    largest dimension, Δ the largest number of children, L = `longest` the edges of the longest path, N = `count` the
    paths.
    """
    vertices = range(j, graph.n + 1)
    widest = max(graph.dimension(i) for i in vertices)
    children = max(len(graph.children(i)) for i in vertices)
    return longest * (2 * widest + children) + count + widest
