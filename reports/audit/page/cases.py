"""The cases of a page: their tables as cells (`page_cases(page, lines)`), and the graph tables and pictures compared with
the replay lines.

>>> from backproof.reports.audit.page.elements import read_page
>>> page_cases(read_page("<p>no case</p>"), {})
[]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backproof.reports.audit.derivations.ledger import Cell
from backproof.reports.audit.derivations.replay_lines import Replayed
from backproof.reports.audit.derivations.shown import Contribution, ListedPath, PathTable, Route, ShownCase, Step
from backproof.reports.audit.page.elements import Element, Page, Row, Table, tables

NOTHING = Cell("", 0, 0)


def cell_of(element: Element | None) -> Cell:
    """An element of the page as a cell."""
    return NOTHING if element is None else Cell(element.text, element.first, element.last)


def part_of(element: Element, text: str, place: int = 0, words: int = 1) -> Cell:
    """Some of the words of an element, as a cell with a text of its own."""
    return Cell(text, element.first + place, min(element.last, element.first + place + words))


@dataclass(eq=False)
class PageCase:
    """A case of the page: its article, its tables, and its numbers as cells."""

    article: Element
    tables: list[Table]
    shown: ShownCase
    small: bool

    def table(self, role: str) -> Table | None:
        """The first table with this role."""
        return next((table for table in self.tables if table.role == role), None)


def page_cases(page: Page, lines: Mapping[str, Replayed], own: bool = True) -> list[PageCase]:
    """Every case with a place of its own on the page, and a replay line; those made small too."""
    found: list[PageCase] = []
    for section in page.root.every(lambda element: element.tag == "article" and element.has("case")):
        name = section.attributes.get("id", "").removeprefix("case-")
        if name in lines:
            found.append(_case(section, name, lines[name], own))
    return found


def _case(article: Element, name: str, replayed: Replayed, own: bool) -> PageCase:
    badge = article.find("span", kind="badge")
    case = ShownCase(name, replayed, by_name=True, own=own, verdict="" if badge is None else badge.line)
    every = tables(article)
    for table in every:
        if table.role == "vertices":
            for row in table.rows:
                number = _number(table.cell(row, "i"), replayed.n)
                if number is not None:
                    case.u[number], case.p[number] = cell_of(table.cell(row, "u")), cell_of(table.cell(row, "p"))
        elif table.role == "edges":
            for row in table.rows:
                edge = case.read_path(_line(table.cell(row, "edge")))
                if edge is not None and len(edge) == 2:
                    case.D[edge[0], edge[1]] = cell_of(table.cell(row, "D"))
    case.steps = [step for table in every if table.role == "steps" for step in _steps(table)]
    for step in case.steps:
        number = case.vertex_of(step.vertex.text)
        if number is not None:
            case.p.setdefault(number, step.adjoint)  # of a vertex that the table leaves out
    case.left_out = left_out(article)
    case.paths = [_paths(table) for table in every if table.role == "paths"]
    case.routes = [route for table in every if table.role == "routes" for route in _routes(table, case)]
    home: Element | None = article
    while home is not None and home.tag != "section":
        home = home.parent
    return PageCase(article, every, case, small=home is not None and home.attributes.get("id") == "smallest")


_LEFT_OUT = re.compile(r"([0-9,]+) more (vert|edge|leaf entr|lea|step)\w* (?:is|are) not shown here")


def left_out(article: Element) -> dict[str, Cell]:
    """What its tables leave out, with the cell of each count: vert(ices), edge(s), leaf entr(ies), lea(ves), step(s)."""
    lines = list(article.every(lambda element: element.has("cut")))
    return {match[2]: Cell(match[1], line.first, line.first + 1) for line in lines if (match := _LEFT_OUT.match(line.line))}


def _number(element: Element | None, most: int) -> int | None:
    """The number of a vertex; None where it is none of the graph."""
    text = "" if element is None else element.line
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) and 1 <= int(text) <= most else None


def _line(element: Element | None) -> str:
    return "" if element is None else element.line


def _steps(table: Table) -> Iterator[Step]:
    """The steps of a table: the rows from one with a number to the next."""
    rows = [row for row in table.rows if not row.element.has("deviates")]
    groups: list[list[Row]] = []
    for row in rows:
        if _line(table.cell(row, "step")) or not groups:
            groups.append([])
        groups[-1].append(row)
    for group in groups:
        first, last = group[0], group[-1]
        certified = table.cell(last, "certified")
        spanned = table.cell(first, "child") is table.cell(first, "accumulator")
        contributions = (
            ()
            if spanned
            else tuple(Contribution(*(cell_of(table.cell(row, key)) for key in ("child", "contribution", "accumulator"))) for row in group)
        )
        number, vertex = cell_of(table.cell(first, "step")), cell_of(table.cell(first, "vertex"))
        yield Step(number, vertex, contributions, cell_of(table.cell(last, "adjoint")), None if certified is None else cell_of(certified))


_CAPTION = re.compile(r"^(\S+) paths? (from .* to .*)$", re.DOTALL)


def _paths(table: Table) -> PathTable:
    caption, count, ends = table.caption, NOTHING, NOTHING
    if caption is not None and (match := _CAPTION.match(caption.line)):
        count = part_of(caption, match[1])
        ends = Cell(match[2], min(caption.last, caption.first + 1), caption.last)
    listed: list[ListedPath] = []
    more: Cell | None = None
    total = adjoint = NOTHING
    compared: Cell | None = None
    for row in table.rows:
        cells = [cell for cell in row.cells if cell is not None]
        if row.part == "tbody":
            if len(cells) == 3 and cells[0] is not cells[1]:
                listed.append(ListedPath(cell_of(cells[0]), cell_of(cells[1]), cell_of(cells[2])))
        elif row.element.has("sum"):
            total = cell_of(cells[2])
        elif row.element.has("adjoint"):
            compared, adjoint = cell_of(cells[1]), cell_of(cells[2])
        elif cells and cells[0].line:
            more = part_of(cells[0], cells[0].line.split(" ")[0])
    return PathTable(None, count, tuple(listed), more, total, compared, adjoint, ends)


_ENTRY = re.compile(r"^(.*?)(?:\[([0-9, ]+)\])?(?:row ([0-9]+)(?:, [0-9]+)* of pn)?$", re.DOTALL)


def _routes(table: Table, case: ShownCase) -> Iterator[Route]:
    groups: dict[int, list[Row]] = {}
    for row in table.rows:
        entry = table.cell(row, "entry")
        if entry is not None and entry.tag == "th":
            groups.setdefault(id(entry), []).append(row)
    for rows in groups.values():
        if len(rows) == 4:
            yield _route(table, rows, case)


def _route(table: Table, rows: list[Row], case: ShownCase) -> Route:
    balls, backward, summed, difference = rows
    name = table.cell(balls, "entry")
    assert name is not None
    match = _ENTRY.match("".join(name.text.split("\n")).strip())
    leaf = row = column = 0
    if match is not None:
        leaf = case.vertex_of(match[1]) or 0
        row = int(match[3] or 0)
        column = _column(case, leaf, match[2]) if leaf else 0
    fits = 0 < leaf <= case.replayed.leaves and 0 <= column < case.replayed.size(leaf) and row < case.replayed.seed_rows
    verdict = table.cell(summed, "verdict")
    path_sum = "not checked" not in _line(table.cell(summed, "value"))
    has_difference = table.cell(difference, "value") is not table.cell(difference, "digits")
    word = "" if verdict is None else _line(verdict).split(" ")[0]
    bound = verdict is not None and "±" in verdict.text
    return Route(
        name=cell_of(name),
        leaf=leaf if fits else None,
        row=row,
        column=column,
        certified=cell_of(table.cell(balls, "value")),
        exact=cell_of(table.cell(balls, "exact")),
        backward=cell_of(table.cell(backward, "value")),
        backward_hex=cell_of(table.cell(backward, "exact")),
        digits=cell_of(table.cell(backward, "digits")),
        ulps=cell_of(table.cell(backward, "ulps")),
        summed=cell_of(table.cell(summed, "value")) if path_sum else None,
        summed_hex=cell_of(table.cell(summed, "exact")) if path_sum else None,
        bound=part_of(verdict, _line(verdict).rpartition("± ")[2], verdict.last - verdict.first - 1)
        if bound and verdict is not None
        else None,
        verdict=word,
        difference=cell_of(table.cell(difference, "value")) if has_difference else None,
        estimate=cell_of(table.cell(difference, "exact")) if has_difference else None,
        directions=None if has_difference else cell_of(table.cell(difference, "value")),
    )


def _column(case: ShownCase, leaf: int, index: str | None) -> int:
    """The place of an index in the flat entries of a leaf; −1 where there is none."""
    shape = [int(size) for size in case.replayed.vertex(leaf)["shape"]]
    parts = [int(part) for part in index.split(",")] if index else []
    if len(parts) != len(shape) or any(part >= size for part, size in zip(parts, shape, strict=True)):
        return -1
    place = 0
    for part, size in zip(parts, shape, strict=True):
        place = place * size + part
    return place
