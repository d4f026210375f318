"""Where the vertices of a graph stand in its picture: layers from left to right, few crossings, no overlaps.

The layers and their order come from `fast-sugiyama`; where that is not installed, or fails, from the longest path to
each vertex, in order of number.

>>> picture = layered([1, 2, 3], [(1, 2), (2, 3), (1, 3)])
>>> picture.column[1] < picture.column[2] < picture.column[3]
True
>>> layered([1], [(1, 2)])
Traceback (most recent call last):
    ...
ValueError: edge (1, 2) names a vertex that is not drawn
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Edge: TypeAlias = tuple[int, int]
Bend: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """Column and row of every vertex (rows of one column are at least 1 apart), and the points (column, row) at which
    long edges bend.
    """

    column: Mapping[int, int]
    row: Mapping[int, float]
    bends: Mapping[Edge, tuple[Bend, ...]]


def layered(vertices: Iterable[int], edges: Sequence[Edge]) -> Layout:
    """A layered layout of an acyclic graph whose edges go from lower to higher numbers."""
    drawn = sorted(vertices)
    for edge in edges:
        if edge[0] not in drawn or edge[1] not in drawn:
            raise ValueError(f"edge {edge} names a vertex that is not drawn")
    try:
        return _sugiyama(drawn, edges)
    except Exception:
        return _by_longest_path(drawn, edges)


def _sugiyama(vertices: Sequence[int], edges: Sequence[Edge]) -> Layout:
    """Disconnected parts stand below each other; vertices without edges below all."""
    from fast_sugiyama import from_edges

    column: dict[int, int] = {}
    row: dict[int, float] = {}
    bends: dict[Edge, tuple[Bend, ...]] = {}
    below = 0.0
    parts: Any = from_edges(edges, vertex_spacing=1.0, dummy_size=0.3, dummy_vertices=True) if edges else []
    for positions, _, _, drawn_edges in parts:
        place = {v: (float(x), float(y)) for v, (x, y) in positions}
        levels = sorted({y for _, y in place.values()}, reverse=True)
        least = min(x for x, _ in place.values())
        spot = {v: (levels.index(y), below + x - least) for v, (x, y) in place.items()}
        real = set(vertices)
        for v, (c, r) in spot.items():
            if v in real:
                column[v], row[v] = c, r
        bends |= _bends(drawn_edges, spot, real)
        below = max(r for _, r in spot.values()) + 1.0
    for v in vertices:
        if v not in column:
            column[v], row[v], below = 0, below, below + 1.0
    return Layout(column, row, bends)


def _bends(drawn: Iterable[Edge], spot: Mapping[int, tuple[int, float]], real: set[int]) -> dict[Edge, tuple[Bend, ...]]:
    """Follow each chain of auxiliary vertices from one real vertex to the next."""
    following: dict[int, list[int]] = defaultdict(list)
    for a, b in drawn:
        following[a].append(b)
    found: dict[Edge, tuple[Bend, ...]] = {}
    for start in sorted(real & set(following)):
        for first in following[start]:
            points: list[Bend] = []
            at = first
            while at not in real:
                points.append((float(spot[at][0]), spot[at][1]))
                (at,) = following[at]
            if points:
                found[start, at] = tuple(points)
    return found


def _by_longest_path(vertices: Sequence[int], edges: Sequence[Edge]) -> Layout:
    column = dict.fromkeys(vertices, 0)
    for a, b in sorted(edges, key=lambda edge: edge[1]):
        column[b] = max(column[b], column[a] + 1)
    used: dict[int, int] = defaultdict(int)
    row: dict[int, float] = {}
    for v in vertices:
        row[v] = float(used[column[v]])
        used[column[v]] += 1
    return Layout(column, row, {})
