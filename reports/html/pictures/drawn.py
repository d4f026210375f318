"""Which part of a graph is drawn: all of it, or, of a large one, what is nearest to the vertex that matters; and how many
edges of each vertex lead out of the picture.

>>> part = drawn_part([{"number": i} for i in (1, 2, 3)], [{"from": 1, "to": 2}, {"from": 2, "to": 3}], 3, most=2)
>>> sorted(part.vertices), part.edges_drawn, dict(part.more_operands), part.words("z")
([2, 3], 1, {2: 1}, '1 of 3 vertices is not drawn, nor 1 of 2 edges: the picture shows what is nearest to z.')
>>> drawn_part([{"number": 1}], [{"from": 1, "to": 2}], 1)
Traceback (most recent call last):
    ...
ValueError: edge (1, 2) names a vertex that the graph does not have; its vertices are 1 … 1
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backproof.reports.text import grouped

MOST_VERTICES = 40  # drawn; chosen: more cannot be followed by eye
MOST_EDGES = 240  # drawn; chosen: six at each of 40 vertices, and a picture of at most 60 kB


@dataclass(frozen=True)
class Part:
    """The vertices that are drawn, and of the edges at them how many lead to operands and consumers that are not."""

    vertices: frozenset[int]
    more_operands: Mapping[int, int]
    more_consumers: Mapping[int, int]
    vertices_left_out: int
    edges_drawn: int
    edges: int

    def words(self, name: str) -> str:
        """What is left out, as a sentence; empty where nothing is."""
        lost, cut = self.vertices_left_out, self.edges - self.edges_drawn
        if not lost:
            return ""
        of = f"{grouped(lost)} of {grouped(len(self.vertices) + lost)} vertices {'is' if lost == 1 else 'are'} not drawn"
        return f"{of}, nor {grouped(cut)} of {grouped(self.edges)} edges: the picture shows what is nearest to {name}."


def drawn_part(
    vertices: Sequence[Mapping[str, Any]],
    edges: Sequence[Mapping[str, Any]],
    focus: int,
    most: int = MOST_VERTICES,
    dense: int = MOST_EDGES,
) -> Part:
    """The part that is drawn around a vertex: its neighbours, their neighbours, and so on, the later ones first, up to
    40 vertices and 240 edges. ValueError if an edge names a vertex that the graph does not have.
    """
    numbers = {vertex["number"] for vertex in vertices}
    joined: dict[int, set[int]] = defaultdict(set)
    for edge in edges:
        a, b = edge["from"], edge["to"]
        if a not in numbers or b not in numbers:
            raise ValueError(f"edge ({a}, {b}) names a vertex that the graph does not have; its vertices are 1 … {len(vertices)}")
        joined[a].add(b)
        joined[b].add(a)
    chosen = numbers if len(numbers) <= most and len(edges) <= dense else _nearest(joined, focus, most, dense)
    inside = [edge for edge in edges if edge["from"] in chosen and edge["to"] in chosen]
    out = [(edge["from"], edge["to"]) for edge in edges if (edge["from"] in chosen) != (edge["to"] in chosen)]
    return Part(
        frozenset(chosen),
        Counter(b for _, b in out if b in chosen),
        Counter(a for a, _ in out if a in chosen),
        len(numbers) - len(chosen),
        len(inside),
        len(edges),
    )


def _nearest(joined: Mapping[int, set[int]], focus: int, most: int, dense: int) -> set[int]:
    chosen, count = {focus}, 0
    ring = [focus]
    while ring and len(chosen) < most:
        following = sorted({other for v in ring for other in joined.get(v, ())} - chosen, reverse=True)
        ring = []
        for v in following:
            new = len(joined[v] & chosen)
            if len(chosen) < most and count + new <= dense:
                chosen.add(v)
                ring.append(v)
                count += new
    return chosen
