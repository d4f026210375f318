"""Where everything of a picture stands: boxes, labels and lines, in rows from top to bottom or in columns from left to
right, within the room that there is.

A label stands in a row of its own between two rows of boxes, and a line that passes a row has a place in it: so no label
covers another, a box, or the line of another edge, whatever the graph is. The same graph has the same layout.

>>> picture = layout({1: (60, 40), 2: (60, 40)}, [(1, 2)], {(1, 2): (20, 12)}, 300)
>>> picture.boxes[1], picture.labels[1, 2], picture.boxes[2], picture.size
((0, 0, 60, 40), (20, 54, 20, 12), (0, 84, 60, 40), (60, 124))
>>> layout({1: (60, 40), 2: (60, 40)}, [(1, 2)], {(1, 2): (20, 12)}, 300, across=True).boxes[2]
(120, 0, 60, 40)
>>> layout({1: (60, 40)}, [(1, 2)], {}, 300)
Traceback (most recent call last):
    ...
ValueError: edge (1, 2) names a vertex that is not drawn
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from backproof.reports.html.pictures.order import neighbours, ordered, spread
from backproof.reports.html.pictures.rows import APART, LANE, Edge, gaps_of_labels, rows_of, spans

Size: TypeAlias = tuple[float, float]
Point: TypeAlias = tuple[float, float]
Place: TypeAlias = tuple[float, float, float, float]

STEP = 14.0  # pixels between two rows, at least; chosen: a line turns in them
SLIP = 4.0  # more between two columns, where letters stand beside the lines; chosen
TURN = 16.0  # so many pixels aside cost one more between the rows, so that no line lies flat; chosen
MOST_TURN = 26.0  # more between two rows for lines that go far aside; chosen
TIP = 8.0  # pixels of an arrow's tip and of what it keeps from what it points to, in the row before a box
BARE = 14.0  # more between two rows of boxes without a label between them; chosen
PORT = 16.0  # pixels between the ends of two lines at a box, at most; chosen
EDGE = 14.0  # pixels of a box's side without an end of a line, at both corners together
LABELS_APART = 10.0  # pixels between two labels; chosen
NARROWEST = 2.5  # pixels between lines in a row that is full; chosen
TRIES = (1.0, 0.8, 0.6, 0.4, 0.2)  # parts of the room that rows are filled to, until all of it fits
SWEEPS = 12  # over all rows, each nearer to straight lines; chosen: more change little


@dataclass(frozen=True)
class Layout:
    """What stands where, in whole pixels: the corner, width and height of every box and label, and of every edge the
    points of its lines, two or more, one line before its label and one behind.
    """

    size: Size
    boxes: Mapping[int, Place]
    labels: Mapping[Edge, Place]
    wires: Mapping[Edge, tuple[tuple[Point, ...], ...]]
    across: bool = False


def layout(
    boxes: Mapping[int, Size],
    edges: Sequence[Edge],
    labels: Mapping[Edge, Size],
    room: float,
    across: bool = False,
    meets: Mapping[Edge, Point] | None = None,
) -> Layout:
    """The layout of an acyclic graph whose edges go from lower to higher numbers; `across`: from left to right, and the
    room is a height. Where it does not fit into the room, the narrowest that was found.

    ValueError for an edge to a vertex without a box.
    """
    found: _Rows | None = None
    for part in TRIES:
        tried = _Rows(boxes, edges, labels, room, part, across, meets or {})
        if found is None or tried.breadth < found.breadth:
            found = tried
        if tried.breadth <= room:
            break
    assert found is not None, "there is a first try"
    return found.layout()


class _Rows:
    """Rows of boxes, and between them rows of labels; items are numbered, boxes as their vertices."""

    def __init__(
        self,
        boxes: Mapping[int, Size],
        edges: Sequence[Edge],
        labels: Mapping[Edge, Size],
        room: float,
        part: float,
        across: bool,
        meets: Mapping[Edge, Point],
    ) -> None:
        self.meets = meets
        self.across, self.labelled = across, dict[int, Edge]()
        self.sizes: dict[int, Size] = {v: (h, w) if across else (w, h) for v, (w, h) in boxes.items()}
        self.boxed = set(boxes)
        level = rows_of({v: self.sizes[v][0] for v in boxes}, edges, room * part)
        wide = {edge: size[1] if across else size[0] for edge, size in labels.items()}
        gap = gaps_of_labels(spans(level, edges), {edge: wide[edge] + LABELS_APART for edge in edges if edge in wide}, room * part)
        self._number_rows(level, edges, labels, gap, room * part)
        self._place(room)

    def _number_rows(
        self, level: Mapping[int, int], edges: Sequence[Edge], labels: Mapping[Edge, Size], gap: Mapping[Edge, int], room: float
    ) -> None:
        """The rows with their items, and the way of every edge through them."""
        last = max(level.values(), default=0)
        lines: dict[Edge, int] = {}
        count = dict.fromkeys(range(last + 1), 0)
        for k in range(last):
            here = sorted((edge for edge in edges if gap.get(edge) == k), key=lambda edge: (edge[1], edge[0]))
            total = sum(labels[edge][1 if self.across else 0] + LABELS_APART for edge in here)
            count[k] = min(len(here), -int(-total // max(room, 1.0)))
            lines |= {edge: place * count[k] // len(here) for place, edge in enumerate(here)}
        start = dict(zip(range(last + 1), itertools.accumulate((count[k] + 1 for k in range(last)), initial=0), strict=True))
        self.rows: list[list[int]] = [[] for _ in range(start[last] + 1)] if level else []
        self.ways: dict[Edge, list[int]] = {}
        for v, k in level.items():
            self.rows[start[k]].append(v)
        number = itertools.count(max(level, default=0) + 1)
        for edge in sorted(edges):
            way = [edge[0]]
            for row in range(start[level[edge[0]]] + 1, start[level[edge[1]]]):
                item = next(number)
                carries = edge in lines and row == start[gap[edge]] + 1 + lines[edge]
                width, height = labels[edge] if carries else (LANE, 0.0)
                self.sizes[item] = (height, width) if carries and self.across else (width, height)
                if carries:
                    self.labelled[item] = edge
                self.rows[row].append(item)
                way.append(item)
            self.ways[edge] = [*way, edge[1]]

    def _place(self, room: float) -> None:
        """The order of every row, the distances in it, and the middle of every item."""
        links = sorted({link for way in self.ways.values() for link in itertools.pairwise(way)})
        self.before, self.after = neighbours(links)
        self.rows = ordered(self.rows, links)
        place = {item: k for row in self.rows for k, item in enumerate(row)}
        self.entry = {item: self._ports(item, sorted(self.before[item], key=place.__getitem__)) for item in self.sizes}
        self.exit = {item: self._ports(item, sorted(self.after[item], key=place.__getitem__)) for item in self.sizes}
        apart = [self._apart(row, room) for row in self.rows]
        needed = [self._edges(row) + sum(distances) for row, distances in zip(self.rows, apart, strict=True) if row]
        self.breadth = max(needed, default=0.0)
        room = max(room, self.breadth)
        middle: dict[int, float] = {}
        for row, distances, width in zip(self.rows, apart, needed, strict=True):
            at = (self.breadth - width) / 2 + self._breadth(row[0]) / 2
            for item, further in zip(row, [*distances, 0.0], strict=True):
                middle[item] = at
                at += further
        together = list(zip(self.rows, apart, strict=True))
        for sweep in range(SWEEPS + 1):
            down, both = sweep % 2 == 0, sweep == SWEEPS
            for row, distances in together if down else together[::-1]:
                wishes = [self._wish(item, middle, both or down, both or not down) for item in row]
                ends = self._breadth(row[0]) / 2, room - self._breadth(row[-1]) / 2
                middle |= dict(zip(row, spread([w for w, _ in wishes], [w for _, w in wishes], distances, ends), strict=True))
        least = min((middle[i] - self._breadth(i) / 2 for i in middle), default=0.0)
        self.middle = {item: at - least for item, at in middle.items()}
        self.breadth = max((self.middle[i] + self._breadth(i) / 2 for i in self.middle), default=0.0)

    def _wish(self, item: int, middle: Mapping[int, float], up: bool, down: bool) -> tuple[float, float]:
        """Where an item would stand, for straight lines to its neighbours, and how much that counts."""
        total, weight = 0.0, 0.0
        for other in self.before[item] if up else ():
            heavy = self._heavy(item, other)
            total += heavy * (middle[other] + self.exit[other][item] - self.entry[item][other])
            weight += heavy
        for other in self.after[item] if down else ():
            heavy = self._heavy(item, other)
            total += heavy * (middle[other] + self.entry[other][item] - self.exit[item][other])
            weight += heavy
        return (total / weight, weight) if weight else (middle[item], 0.1)

    def _heavy(self, item: int, other: int) -> float:
        """Between two places of one line a bend is ugliest."""
        return (1.0, 2.0, 8.0)[(item not in self.boxed) + (other not in self.boxed)]

    def _ports(self, item: int, others: Sequence[int]) -> dict[int, float]:
        """How far from the middle of an item the lines to others end, in their order."""
        if item in self.labelled:
            return dict.fromkeys(others, self._met(item))
        if item not in self.boxed or len(others) < 2:
            return dict.fromkeys(others, 0.0)
        step = min(PORT, (self.sizes[item][0] - EDGE) / (len(others) - 1))
        return {other: step * (k - (len(others) - 1) / 2) for k, other in enumerate(others)}

    def _met(self, item: int) -> float:
        """How far from the middle of a label its line meets it."""
        return self.meets.get(self.labelled[item], (0.0, 0.0))[1 if self.across else 0]

    def _breadth(self, item: int) -> float:
        return self.sizes[item][0]

    def _edges(self, row: Sequence[int]) -> float:
        return (self._breadth(row[0]) + self._breadth(row[-1])) / 2

    def _apart(self, row: Sequence[int], room: float) -> list[float]:
        """The distances of the middles in a row; of lines less where it is full."""
        pairs = list(itertools.pairwise(row))

        def distances(share: float) -> list[float]:
            return [
                self._half(a, share) + self._half(b, share) + share * (APART if {a, b} <= self.boxed else self._between(a, b))
                for a, b in pairs
            ]

        wanted = distances(1.0)
        if not row or sum(wanted) + self._edges(row) <= room:
            return wanted
        least = distances(NARROWEST / LANE)
        excess, slack = sum(wanted) + self._edges(row) - room, sum(wanted) - sum(least)
        part = min(1.0, excess / slack) if slack > 0 else 0.0
        return [much - part * (much - little) for much, little in zip(wanted, least, strict=True)]

    def _half(self, item: int, share: float) -> float:
        """Half of an item; of a line the part of its lane."""
        return self._breadth(item) / 2 * (1.0 if item in self.boxed or item in self.labelled else share)

    def _between(self, a: int, b: int) -> float:
        solid = [item in self.boxed or item in self.labelled for item in (a, b)]
        return LABELS_APART if all(solid) else 3.0 if any(solid) else 0.0

    def layout(self) -> Layout:
        """All places, in whole pixels."""
        starts, ends = self._levels()
        row_of = {item: k for k, row in enumerate(self.rows) for item in row}
        middle = {item: round(at) for item, at in self.middle.items()}
        boxes: dict[int, Place] = {}
        labels: dict[Edge, Place] = {}
        for item, at in self.middle.items():
            k, (breadth, depth) = row_of[item], self.sizes[item]
            if item in self.boxed:
                boxes[item] = self._turned(round(at - breadth / 2), starts[k], round(breadth), ends[k] - starts[k])
            elif item in self.labelled:
                labels[self.labelled[item]] = self._turned(
                    round(at - breadth / 2), round((starts[k] + ends[k] - depth) / 2), round(breadth), round(depth)
                )
        wires: dict[Edge, tuple[tuple[Point, ...], ...]] = {}
        for edge, way in self.ways.items():
            runs: list[list[Point]] = [[(round(self.middle[way[0]] + self.exit[way[0]][way[1]]), ends[row_of[way[0]]])]]
            for item in way[1:-1]:
                k, at = row_of[item], round(self.middle[item] + self._met(item)) if item in self.labelled else middle[item]
                runs[-1].append((at, starts[k]))
                if item in self.labelled:
                    half = max(0.0, (ends[k] - starts[k] - self.sizes[item][1]) / 2 - 2)
                    runs[-1].append((at, round(starts[k] + half)))
                    runs.append([(at, round(ends[k] - half))])
                runs[-1].append((at, ends[k]))
            runs[-1].append((round(self.middle[way[-1]] + self.entry[way[-1]][way[-2]]), starts[row_of[way[-1]]] - TIP))
            wires[edge] = tuple(tuple((y, x) if self.across else (x, y) for x, y in run) for run in runs)
        width, height = round(self.breadth), ends[-1] if ends else 0
        return Layout((height, width) if self.across else (width, height), boxes, labels, wires, self.across)

    def _levels(self) -> tuple[list[int], list[int]]:
        """Where each row begins and ends."""
        starts: list[int] = []
        ends: list[int] = []
        at = 0.0
        for k, row in enumerate(self.rows):
            if k:
                aside = max(
                    (abs(self.middle[a] + self.exit[a][b] - self.middle[b] - self.entry[b][a]) for b in row for a in self.before[b]),
                    default=0.0,
                )
                to_boxes, from_boxes = bool(self.boxed & set(row)), bool(self.boxed & set(self.rows[k - 1]))
                at += (
                    STEP
                    + (SLIP if self.across else 0)
                    + (TIP - 4 if to_boxes else 0)
                    + (BARE if to_boxes and from_boxes else 0)
                    + min(MOST_TURN, aside / TURN)
                )
            starts.append(round(at))
            at = round(at + max(self.sizes[item][1] for item in row))
            ends.append(int(at))
        return starts, ends

    def _turned(self, across: int, along: int, breadth: int, depth: int) -> Place:
        return (along, across, depth, breadth) if self.across else (across, along, breadth, depth)
