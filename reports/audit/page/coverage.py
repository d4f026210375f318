"""The coverage of a run, counted again from the replay lines of its random cases: `check_coverage(view, ledger)`.

A function counts once a case for the vertices on a way from a leaf to the output; the ranges of an axis are read from
the heads of its columns.

>>> from backproof.reports.audit.page.elements import read_page
>>> from backproof.reports.audit.page.view import view_of
>>> ledger = Ledger(3)
>>> check_coverage(view_of(read_page("<section id='coverage'><p>2 of 2 cells were reached by 3 random graphs.</p></section>")), ledger)
>>> ledger.differences[0].follows
'0'
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from backproof.reports.audit.derivations.counts import AXES, in_range, uses
from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.derivations.replay_lines import Replayed
from backproof.reports.audit.page.cases import cell_of, part_of
from backproof.reports.audit.page.elements import Element, Table
from backproof.reports.audit.page.view import View

NOT_LISTED = "cases that are not listed on this page"
NO_RULE = "what a random case was drawn for"
EMPTY, NOTHING = "empty", "–"


def check_coverage(view: View, ledger: Ledger) -> None:
    """Count every table of the section again, and the sentence above them."""
    section = view.page.root.find("section", id="coverage")
    if section is None:
        return
    random = [r for r in view.row_lines if r is not None and r.document.get("group") in ("random", "outside")] if view.whole else None
    empty: list[str] = []
    filled = 0
    for table in view.tables:
        if table.role == "coverage":
            reached, left = _table(ledger, table, random)
            filled += reached
            empty += left
    paragraph = section.find("p")
    if paragraph is not None:
        _sentence(ledger, paragraph, filled, len(empty), random)
    _named(ledger, view, empty)


def _table(ledger: Ledger, table: Table, random: list[Replayed] | None) -> tuple[int, list[str]]:
    """The cells of a table: how many are reached, and the names of the empty ones."""
    head = table.element.find("thead")
    heads = [] if head is None else [cell.line for cell in head.parts("tr")[0].parts("th")]
    caption = "" if table.caption is None else table.caption.line
    kind, axis = heads[0] if heads else "", caption.rpartition(", by ")[2]
    for element in (head, table.caption):
        if element is not None:
            ledger.given(cell_of(element))
    known = random is not None and axis in AXES.get(kind, ())
    counts: dict[tuple[str, str], int] = {}
    drawn = [
        replayed for replayed in random or () if replayed.document.get("group") == "random"
    ]  # outside of its domain nothing is reached
    for replayed in drawn if known else ():
        found = {(subject, head) for subject, where in uses(replayed, kind.lower(), axis) for head in heads[1:] if _lies(where, head)}
        for cell in found:
            counts[cell] = counts.get(cell, 0) + 1
    reached, empty = 0, list[str]()
    for row in table.rows:
        subject = "" if row.cells[0] is None else row.cells[0].line
        ledger.given(cell_of(row.cells[0]))
        for head, element in zip(heads[1:], row.cells[1:], strict=False):
            if element is None:
                continue
            note = element.find("sup")
            text = element.line.removesuffix(note.line if note is not None else "")
            reached += note is None and text not in (EMPTY, NOTHING)
            empty += [f"{subject}, {axis}: {head}"] if note is None and text == EMPTY else []
            count = counts.get((subject, head), 0)
            expected = f"{count:,}" if count else EMPTY if note is None else NOTHING
            cell = Cell(text, element.first, element.last)
            if not known:
                ledger.open(cell, NOT_LISTED if random is None else NO_RULE)
            elif text == expected:
                ledger.derived(cell)
            else:
                ledger.differs(cell, expected, "the graphs of the replay lines")
    return reached, empty


def _lies(where: int | str, head: str) -> bool:
    return where == head if isinstance(where, str) else in_range(head, where)


def _sentence(ledger: Ledger, paragraph: Element, reached: int, empty: int, random: list[Replayed] | None) -> None:
    match = re.match(r"([0-9,]+) of ([0-9,]+) cells were reached by ([0-9,]+) random graphs\.", paragraph.line)
    if match is None:
        return
    why = "the cells of the tables"
    ledger.check(part_of(paragraph, match[1]), f"{reached:,}", why)
    ledger.check(part_of(paragraph, match[2], 1), f"{reached + empty:,}", why)
    if random is None:
        ledger.open(part_of(paragraph, match[3], 2), NOT_LISTED)
    else:
        ledger.check(part_of(paragraph, match[3], 2), f"{len(random):,}", "the rows of random cases")
    stayed = re.search(r"([0-9,]+) stayed empty, so this run fails", paragraph.line)
    if stayed is not None:
        ledger.check(part_of(paragraph, stayed[1], 3), f"{empty:,}", why)
    ledger.given(Cell("", min(paragraph.first + 3, paragraph.last), paragraph.last))


def _named(ledger: Ledger, view: View, empty: Iterable[str]) -> None:
    """The list of the empty cells, and how many its head says."""
    section = view.page.root.find("section", id="coverage")
    place = None if section is None else section.find("ul", kind="cells")
    if place is None:
        return
    names = list(empty)
    left = Counter(names)
    items = place.parts("li")
    for item in items:
        if "…" in item.line:
            ledger.given(cell_of(item))
        elif left[item.line]:
            left[item.line] -= 1
            ledger.derived(cell_of(item))
        else:
            ledger.differs(cell_of(item), "the name of a cell that says empty", "the cells that say empty")
    head = None if place.parent is None else place.parent.find("summary")
    if head is not None and (match := re.match(r"The ([0-9,]+) empty", head.line)):
        ledger.check(part_of(head, match[1]), f"{len(names):,}", "the cells that say empty")
    if len(items) != len(names) and head is not None:
        ledger.differs(cell_of(head), f"{len(names):,} names", "the cells that say empty")
