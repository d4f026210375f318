"""Which boxes stand beside each other: the vertices of an acyclic graph in rows, each as late as its consumers allow, and
no row wider than there is room.

>>> rows_of({1: 50.0, 2: 50.0, 3: 50.0}, [(1, 2), (2, 3)], 200.0)
{1: 0, 2: 1, 3: 2}
>>> rows_of({1: 50.0, 2: 50.0, 3: 50.0}, [(1, 3), (2, 3)], 200.0), rows_of({1: 50.0, 2: 50.0, 3: 50.0}, [(1, 3), (2, 3)], 100.0)
({1: 0, 2: 0, 3: 1}, {1: 0, 2: 1, 3: 2})
>>> rows_of({1: 50.0}, [(1, 2)], 200.0)
Traceback (most recent call last):
    ...
ValueError: edge (1, 2) names a vertex that is not drawn
>>> rows_of({1: 50.0}, [(1, 1)], 200.0)
Traceback (most recent call last):
    ...
ValueError: edges go round in a circle among vertices 1; a graph is acyclic
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Edge: TypeAlias = tuple[int, int]

APART = 18.0  # pixels between two boxes of a row; chosen
LANE = 9.0  # pixels that an edge takes that passes a row; chosen: two lines that close are still told apart


def rows_of(boxes: Mapping[int, float], edges: Sequence[Edge], room: float) -> dict[int, int]:
    """The row of every vertex, the first is 0, for boxes that take so many pixels of a row.

    Filled from the last row on: a vertex may stand in it if all its consumers stand below, those with the longest way
    before them first. A vertex that nothing uses and that uses nothing stands where there is room, at the start.
    ValueError for an edge to a vertex without a box, and for edges in a circle.
    """
    consumers: dict[int, set[int]] = {v: set() for v in boxes}
    above: dict[int, int] = dict.fromkeys(boxes, 0)
    for a, b in sorted(edges, key=lambda edge: edge[1]):
        if a not in boxes or b not in boxes:
            raise ValueError(f"edge {(a, b)} names a vertex that is not drawn")
        consumers[a].add(b)
        above[b] = max(above[b], above[a] + 1)
    used = {v for edge in edges for v in edge}
    waiting = sorted(boxes, key=lambda v: (v not in used, -above[v], -v))
    level: dict[int, int] = {}
    row = 0
    while waiting:
        passing = sum(1 for v in waiting for b in consumers[v] if b in level)
        free, chosen = room - LANE * passing, list[int]()
        for v in waiting:
            if not all(level.get(b, row) < row for b in consumers[v]) or (
                v not in used and any(other in used and other not in chosen for other in waiting)
            ):
                continue
            needed = boxes[v] + (APART if chosen else 0.0) - LANE * len(consumers[v])
            if chosen and needed > free:
                continue
            free -= needed
            chosen.append(v)
        if not chosen:
            raise ValueError(f"edges go round in a circle among vertices {', '.join(map(str, sorted(waiting)[:6]))}; a graph is acyclic")
        level |= dict.fromkeys(chosen, row)
        waiting = [v for v in waiting if v not in level]
        row += 1
    return {v: row - 1 - level[v] for v in sorted(boxes)}


def spans(row: Mapping[int, int], edges: Sequence[Edge]) -> dict[Edge, range]:
    """For each edge the gaps between rows that it crosses; gap k lies below row k.

    >>> spans({1: 0, 2: 2}, [(1, 2)])
    {(1, 2): range(0, 2)}
    """
    return {edge: range(row[edge[0]], row[edge[1]]) for edge in edges}


def gaps_of_labels(crossed: Mapping[Edge, range], widths: Mapping[Edge, float], room: float) -> dict[Edge, int]:
    """In which of the gaps that it crosses an edge carries its label: the last, just before its target, if there is room
    in it, else the emptiest.

    >>> gaps_of_labels({(1, 3): range(0, 2), (2, 3): range(1, 2)}, {(1, 3): 60.0, (2, 3): 60.0}, 100.0)
    {(2, 3): 1, (1, 3): 0}
    """
    taken: dict[int, float] = defaultdict(float)
    found: dict[Edge, int] = {}
    for edge in sorted(widths, key=lambda edge: (len(crossed[edge]), edge)):
        gaps = crossed[edge]
        best = gaps[-1] if taken[gaps[-1]] + widths[edge] <= room else min(gaps, key=lambda gap: (taken[gap], -gap))
        taken[best] += widths[edge]
        found[edge] = best
    return found
