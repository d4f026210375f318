"""In which order the items of a row stand, so that few lines cross; and where exactly, so that lines are nearly straight.

The order comes from `fast-sugiyama`; where that is not installed, or fails, from a few sweeps over the middles of what
an item is joined to. Both depend on nothing but what is asked: numbers decide between equals.

>>> ordered([[1, 2], [3, 4]], [(1, 4), (2, 3)])[1]
[4, 3]
>>> spread([10.0, 12.0, 50.0], [1.0, 1.0, 1.0], [20.0, 20.0], (0.0, 100.0))
[1.0, 21.0, 50.0]
>>> spread([1.0], [0.0], [], (0.0, 9.0))
Traceback (most recent call last):
    ...
ZeroDivisionError: float division by zero
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Link: TypeAlias = tuple[int, int]

SWEEPS = 4  # up and down, without the library; chosen: more change little


def ordered(rows: Sequence[Sequence[int]], links: Sequence[Link]) -> list[list[int]]:
    """Each row in an order with few crossings; a link joins items of neighbouring rows."""
    try:
        place = _by_library(links)
    except Exception:
        place = _by_middles(rows, links)
    last = max(place.values(), default=0.0)
    return [sorted(row, key=lambda item: (place.get(item, last + 1.0), item)) for row in rows]


def _by_library(links: Sequence[Link]) -> dict[int, float]:
    """Where `fast-sugiyama` puts each item; the parts that nothing joins stand beside each other, by their first item."""
    from fast_sugiyama import from_edges

    parts = [sorted(positions) for positions, *_ in from_edges(sorted(links), vertex_spacing=1.0, dummy_vertices=False)] if links else []
    place: dict[int, float] = {}
    right = 0.0
    for part in sorted(parts):
        least = min(x for _, (x, _) in part)
        place |= {int(item): right + round(float(x) - least, 6) for item, (x, _) in part}
        right = max(place.values()) + 1.0
    return place


def _by_middles(rows: Sequence[Sequence[int]], links: Sequence[Link]) -> dict[int, float]:
    before, after = neighbours(links)
    place = {item: float(k) for row in rows for k, item in enumerate(row)}
    for sweep in range(SWEEPS):
        joined = before if sweep % 2 == 0 else after
        for row in rows if sweep % 2 == 0 else reversed(rows):
            middle = {
                item: sum(place[other] for other in joined[item]) / len(joined[item]) if joined[item] else place[item] for item in row
            }
            place |= {item: float(k) for k, item in enumerate(sorted(row, key=lambda item: (middle[item], item)))}
    return place


def neighbours(links: Sequence[Link]) -> tuple[Mapping[int, list[int]], Mapping[int, list[int]]]:
    """For each item what is joined to it in the row before, and in the row after."""
    before: dict[int, list[int]] = defaultdict(list)
    after: dict[int, list[int]] = defaultdict(list)
    for a, b in links:
        before[b].append(a)
        after[a].append(b)
    return before, after


def spread(wished: Sequence[float], weights: Sequence[float], apart: Sequence[float], between: tuple[float, float]) -> list[float]:
    """The places nearest to the wished ones, in the sense of least squares, that keep the order and are at least so far
    apart, all between two bounds where they fit.

    Without the distances this is a regression by a function that does not fall; neighbours that are too close are
    pooled. ZeroDivisionError if weights that are pooled add up to zero.
    """
    shifts = [0.0]
    for distance in apart:
        shifts.append(shifts[-1] + distance)
    pools: list[tuple[float, float, int]] = []
    for place, weight, shift in zip(wished, weights, shifts, strict=True):
        mean, total, count = (place - shift) * weight / weight, weight, 1
        while pools and pools[-1][0] >= mean:
            other, more, many = pools.pop()
            mean, total, count = (mean * total + other * more) / (total + more), total + more, count + many
        pools.append((mean, total, count))
    low, high = between[0], max(between[0], between[1] - shifts[-1])
    level = [min(max(mean, low), high) for mean, _, count in pools for _ in range(count)]
    return [place + shift for place, shift in zip(level, shifts, strict=True)]
