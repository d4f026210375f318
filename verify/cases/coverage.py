"""What a run reached: functions × families × sizes × path counts × fan-out × dimensions, and which cells stayed empty.

A *cell* pairs a subject (a row of the function table, or a family of graphs) with one value on one axis: `softmax` in a
`ladder`, `add` read by three vertices or more, a `diamond` with eight paths or more. A function counts where it stands
on a path from a leaf to the output, so that a wrong Jacobian would show. Some cells a family cannot fill, or only by
luck; `not_aimed_at` says why, and every other cell that a long run leaves empty is a gap.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> four = facts(lecture_cases()[0].graph)
>>> four["functions"]
[['add', 1, 1], ['multiply', 0, 1]]
>>> Cell("multiply", "paths from a leaf", "2 or 3") in cells("ladder", four), Cell("multiply", "read by", "1 vertex") in cells("ladder", four)
(True, False)
>>> not_aimed_at(Cell("chain", "paths from a leaf", "8 or more"))
'every leaf has one path, more only where a function uses an operand twice'
>>> coverage = Coverage()
>>> coverage.add("ladder", four)
>>> coverage.document()["reached"], coverage.empty()[0].name, coverage.missed
(14, 'identity, family: chain', False)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from backproof.engine import Graph
from backproof.engine.functions import TABLE
from backproof.verify.cases.corners import CORNERS, Cell
from backproof.verify.cases.families import FAMILIES
from backproof.verify.cases.recipes import RECIPES
from backproof.verify.paths.enumeration import live_vertices, path_counts

Facts: TypeAlias = dict[str, Any]

GATE = 2000  # random cases from which on every cell must be full; chosen: about two for each of the cells that are aimed at (1,069)
FUNCTIONS = tuple(RECIPES)


@dataclass(frozen=True)
class Axis:
    """A quantity cut into ranges: `ranges` gives for each its last whole number and its name; the last range is
    open."""

    name: str
    ranges: tuple[tuple[int, str], ...]
    beyond: str

    @property
    def values(self) -> tuple[str, ...]:
        """The names of the ranges, in order."""
        return (*(name for _, name in self.ranges), self.beyond)

    def value(self, quantity: int) -> str:
        """The range that a quantity lies in."""
        return next((name for last, name in self.ranges if quantity <= last), self.beyond)


FAMILY = "family"
VERTICES = Axis("vertices", ((6, "up to 6"), (12, "7 to 12")), "13 or more")
PATHS = Axis("paths from a leaf", ((1, "1"), (3, "2 or 3"), (7, "4 to 7")), "8 or more")
READ_BY = Axis("read by", ((0, "none: the output"), (1, "1 vertex"), (2, "2 vertices")), "3 or more")
WIDEST = Axis("largest fan-out", ((1, "1"), (2, "2")), "3 or more")
ENTRIES = Axis("entries read", ((1, "1"), (2, "2"), (3, "3")), "4 or more")
DIMENSION = Axis("largest dimension", ((1, "1"), (2, "2"), (3, "3")), "4 or more")

FUNCTION_AXES = (VERTICES, PATHS, READ_BY, ENTRIES)
FAMILY_AXES = (VERTICES, PATHS, WIDEST, DIMENSION)
CELLS = (
    *(Cell(row, FAMILY, family) for row in FUNCTIONS for family in FAMILIES),
    *(Cell(row, axis.name, value) for axis in FUNCTION_AXES for row in FUNCTIONS for value in axis.values),
    *(Cell(family, axis.name, value) for axis in FAMILY_AXES for family in FAMILIES for value in axis.values),
)

CORNER_TABLES = tuple(
    (
        tuple(dict.fromkeys(c.subject for c in CORNERS if c.axis == axis)),
        axis,
        tuple(dict.fromkeys(c.value for c in CORNERS if c.axis == axis)),
    )
    for axis in dict.fromkeys(c.axis for c in CORNERS)
)

TWICE = "every leaf has one path, more only where a function uses an operand twice"
FORKS = "some vertex is read by two others, and both lead to the output"
READS_NOTHING = tuple(name for name in FUNCTIONS if TABLE[name].most == 0)
_NOT_AIMED_AT = {
    **{Cell(name, FAMILY, "complete"): "in a complete graph every non-leaf reads all vertices before it" for name in READS_NOTHING},
    **{Cell(name, READ_BY.name, READ_BY.values[0]): "the output is to depend on the leaves" for name in READS_NOTHING},
    Cell("complete", VERTICES.name, VERTICES.values[2]): "a complete graph has at most nine vertices, and 128 paths",
    **{Cell("fan-in", PATHS.name, value): TWICE for value in PATHS.values[2:]},
    **{Cell("chain", PATHS.name, value): TWICE for value in PATHS.values[2:]},
    **{Cell(family, PATHS.name, PATHS.values[0]): FORKS for family in ("diamond", "ladder", "layered", "residual", "fan-out")},
    **{Cell(family, WIDEST.name, WIDEST.values[0]): FORKS for family in ("diamond", "ladder", "layered", "residual", "fan-out")},
}


def not_aimed_at(cell: Cell) -> str | None:
    """Why the generator does not aim at this cell, and mostly cannot reach it; None for every other."""
    return _NOT_AIMED_AT.get(cell)


def facts(graph: Graph) -> Facts:
    """What the tables need of one graph, for its record: numbers only, and one entry per function in use, not per
    vertex."""
    functions: set[tuple[str, int, int]] = set()
    for i in live_vertices(graph):
        entries = max([graph.dimension(j) for j in graph.operands(i)] or [graph.dimension(i)])
        functions.add((str(graph.vertices[i - 1].function), len(graph.children(i)), entries))
    return {
        "vertices": graph.n,
        "paths": str(max((path_counts(graph, j).get(graph.n, 0) for j in graph.differentiable_leaves()), default=0)),
        "fan_out": max(len(graph.children(j)) for j in range(1, graph.n + 1)),
        "dimension": max(graph.dimension(j) for j in range(1, graph.n + 1)),
        "functions": [list(use) for use in sorted(functions)],
    }


def cells(family: str | None, found: Facts) -> set[Cell]:
    """The cells that one graph fills; `family` is None for a graph outside the families, which fills none that name
    one."""
    vertices, paths = VERTICES.value(found["vertices"]), PATHS.value(int(found["paths"]))
    filled: set[Cell] = set()
    for function, read_by, entries in found["functions"]:
        filled |= {
            Cell(function, VERTICES.name, vertices),
            Cell(function, PATHS.name, paths),
            Cell(function, READ_BY.name, READ_BY.value(read_by)),
            Cell(function, ENTRIES.name, ENTRIES.value(entries)),
        }
        if family is not None:
            filled.add(Cell(function, FAMILY, family))
    if family is not None:
        filled |= {
            Cell(family, VERTICES.name, vertices),
            Cell(family, PATHS.name, paths),
            Cell(family, WIDEST.name, WIDEST.value(found["fan_out"])),
            Cell(family, DIMENSION.name, DIMENSION.value(found["dimension"])),
        }
    return filled


@dataclass
class Coverage:
    """How many random cases filled each cell."""

    cases: int = 0
    counts: Counter[Cell] = field(default_factory=Counter[Cell])

    def add(self, family: str, found: Facts) -> None:
        """Count one random case."""
        self.cases += 1
        self.counts.update(cells(family, found))

    def add_corner(self, found: Facts | None) -> None:
        """Count one random case outside of the families; None where nothing in it has a derivative."""
        self.cases += 1
        self.counts.update(() if found is None else cells(None, found))

    def add_cells(self, names: Sequence[str]) -> None:
        """Count a case in those cells of `CORNERS` that it fills, by their names."""
        self.counts.update(cell for cell in CORNERS if cell.name in names)

    def empty(self) -> list[Cell]:
        """The cells that were aimed at and not reached."""
        return [cell for cell in (*CELLS, *CORNERS) if not self.counts[cell] and not_aimed_at(cell) is None]

    @property
    def missed(self) -> bool:
        """Whether the run was long enough to fill every cell, and did not."""
        return self.cases >= GATE and bool(self.empty())

    def document(self) -> dict[str, Any]:
        """The tables, for the results document."""
        aims = sum(not_aimed_at(cell) is None for cell in (*CELLS, *CORNERS))
        return {
            "cases": self.cases,
            "cells": aims,
            "reached": aims - len(self.empty()),
            "must_be_full_from": GATE,
            "empty": [cell.name for cell in self.empty()],
            "tables": [
                self._table("function", FUNCTIONS, FAMILY, FAMILIES),
                *(self._table("function", FUNCTIONS, axis.name, axis.values) for axis in FUNCTION_AXES),
                *(self._table("family", FAMILIES, axis.name, axis.values) for axis in FAMILY_AXES),
                *(self._table("function", *corner) for corner in CORNER_TABLES),
            ],
        }

    def _table(self, kind: str, subjects: Sequence[str], axis: str, values: Sequence[str]) -> dict[str, Any]:
        every = [Cell(subject, axis, value) for subject in subjects for value in values]
        return {
            "kind": kind,
            "axis": axis,
            "values": list(values),
            "rows": [{"subject": subject, "counts": [self.counts[Cell(subject, axis, value)] for value in values]} for subject in subjects],
            "not_aimed_at": [
                {"subject": cell.subject, "value": cell.value, "reason": reason}
                for cell in every
                if (reason := not_aimed_at(cell)) is not None
            ],
        }
