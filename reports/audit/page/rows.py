"""The table of all cases, the groups and the figures at the top, counted again: `check_rows(view, ledger)`.

A row says what its replay line comes to, and, where the case is shown in full, the fewest digits and the most ulps of
its routes.

>>> number("1,105"), number("no")
(1105, None)
"""

from __future__ import annotations

import re
from collections import Counter

from backproof.reports.audit.derivations.counts import entries_of, paths_of
from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.derivations.path_sums import grouped
from backproof.reports.audit.derivations.replay_lines import LineError, Replayed, read_line
from backproof.reports.audit.page.cases import PageCase, cell_of
from backproof.reports.audit.page.elements import REPLAY, Element, Row, Table
from backproof.reports.audit.page.view import View

ELSEWHERE = "the replay line of a case stands in another file"
NOT_IN_FULL = "digits and ulps of a case that is not shown in full"
VERDICTS = ("CORRECT", "INACCURATE", "WRONG", "INCONCLUSIVE")


def number(word: str) -> int | None:
    """A whole number with its commas; None where it is none."""
    return int(word.replace(",", "")) if re.fullmatch(r"\d{1,3}(?:,\d{3})+|\d+", word) else None


def verdicts(text: str) -> dict[str, int]:
    """How many of each verdict: `3 CORRECT 1 WRONG`.

    >>> verdicts("1,003 CORRECT 1 WRONG")
    {'CORRECT': 1003, 'WRONG': 1}
    """
    return {word: int(count.replace(",", "")) for count, word in re.findall(r"([0-9,]+) ([A-Z]+)", text)}


def check_rows(view: View, ledger: Ledger) -> None:
    """Count the cases again."""
    for table in view.tables:
        if table.role == "cases":
            for row in table.rows:
                _row(view, ledger, table, row)
        elif table.role == "more":
            for row in table.rows:
                _more(view, ledger, table, row)
    for table in view.tables:
        if table.role == "groups":
            _groups(view, ledger, table)
    figures = view.page.root.find("dl", kind="figures")
    if figures is not None:
        _figures(view, ledger, figures)
    _shown_in_full(view, ledger)


def _row(view: View, ledger: Ledger, table: Table, row: Row) -> None:
    again = table.cell(row, "again")
    ledger.given(cell_of(table.cell(row, "case")))
    ledger.given(cell_of(table.cell(row, "family")))
    name = None if again is None else again.find("code")
    if again is None or name is None:
        return
    replayed = line_of(again) or view.lines.get(name.line)
    if replayed is None:
        if len(view.lines) >= len(view.case_rows):
            ledger.differs(cell_of(name), "an id of a replay line", "the replay lines of this page, one for each case")
        for key in ("again", "vertices", "edges", "paths", "entries", "digits", "ulps"):
            ledger.open(cell_of(table.cell(row, key)), ELSEWHERE)
        return
    words = [word for word in again.text.split() if re.search("[0-9]", word)]
    shown = Cell(name.line, again.first, again.first + sum(word == name.line for word in words[:1]))
    ledger.check(shown, replayed.id, "the SHA-256 of graph, leaves and cotangent of the replay line")
    ledger.derived(Cell("", shown.last, again.last))
    counts = {"vertices": replayed.n, "edges": len(replayed.edges), "entries": entries_of(replayed), "paths": paths_of(replayed)}
    for key, count in counts.items():
        cell = cell_of(table.cell(row, key))
        text = grouped(count) if key in ("entries", "paths") else str(count)
        ledger.check(cell, text, "the graph of the replay line")
    _accuracy(ledger, view.in_full.get(replayed.id), replayed, cell_of(table.cell(row, "digits")), cell_of(table.cell(row, "ulps")))


def line_of(element: Element) -> Replayed | None:
    """What the replay line in an element holds; None where there is none, or it is damaged."""
    try:
        return read_line(element.text) if REPLAY in element.text else None
    except LineError:
        return None


def _accuracy(ledger: Ledger, case: PageCase | None, replayed: Replayed, digits: Cell, ulps: Cell) -> None:
    """The least digits and the largest ulps of the routes of a case."""
    routes = [] if case is None else case.shown.routes
    if not routes:
        for cell in (digits, ulps):
            ledger.open(cell, NOT_IN_FULL)
        return
    try:
        fewest = min(float(route.digits.text) for route in routes)
        most = max((int(route.ulps.text.replace(",", "")) for route in routes if route.ulps.text.strip() not in ("cancels", "")), default=0)
    except ValueError:
        return
    ledger.check(digits, str(fewest), "the fewest digits of its routes")
    if case is not None and "leaf entr" in case.shown.left_out and ulps.text.strip() != in_a_row(most):
        ledger.open(ulps, "the most ulps: not all entries of the case are shown")
    else:
        ledger.check(ulps, in_a_row(most), "the most ulps of its routes")


def _more(view: View, ledger: Ledger, table: Table, row: Row) -> None:
    """A row of the failures that are not shown in full."""
    again = table.cell(row, "again")
    for key in ("case", "entry", "found", "right"):
        ledger.given(cell_of(table.cell(row, key)))
    replayed = None if again is None else view.lines.get(again.line)
    if again is None or replayed is None:
        ledger.given(cell_of(again))
        return
    ledger.derived(cell_of(again))
    ledger.check(cell_of(table.cell(row, "vertices")), str(replayed.n), "the graph of the replay line")


def _groups(view: View, ledger: Ledger, table: Table) -> None:
    """Cases of each group: the groups in the order in which their first case stands."""
    if view.unlisted or len(view.by_group) != len(table.rows):
        for row in table.rows:
            for key in ("cases", "verdicts"):
                ledger.open(cell_of(table.cell(row, key)), "not all cases are listed on this page")
        return
    for row, found in zip(table.rows, view.by_group.values(), strict=True):
        ledger.given(cell_of(table.cell(row, "group")))
        ledger.check(cell_of(table.cell(row, "cases")), f"{sum(found.values()):,}", "the rows of the cases of this group")
        same(ledger, cell_of(table.cell(row, "verdicts")), found, "the rows of the cases of this group")


def same(ledger: Ledger, cell: Cell, found: Counter[str], why: str) -> None:
    """Whether the verdicts of a cell are those that were found."""
    expected = {word: count for word, count in found.items() if count}
    if verdicts(cell.text) == expected:
        ledger.derived(cell)
    else:
        ledger.differs(cell, ", ".join(f"{expected[word]:,} {word}" for word in VERDICTS if word in expected) or "none", why)


def _figures(view: View, ledger: Ledger, figures: Element) -> None:
    """The counts of the verdicts, and the worst accuracy of all cases."""
    rows = Counter(view.verdicts)
    for pair in figures.every(lambda element: element.tag == "div"):
        word, count = pair.find("dt"), pair.find("dd")
        if word is None or count is None:
            continue
        ledger.given(cell_of(word))
        if word.line in VERDICTS:
            if view.unlisted:
                ledger.open(cell_of(count), "not all cases are listed on this page")
            else:
                ledger.check(cell_of(count), f"{rows[word.line]:,}", "the rows of all cases")
        else:
            _worst(view, ledger, word.line, cell_of(count))


def _worst(view: View, ledger: Ledger, word: str, cell: Cell) -> None:
    why = "the rows of all cases"
    if view.unlisted or view.digits_of is None:
        ledger.open(cell, "not all cases are listed on this page")
    elif word.startswith("fewest") and view.digits_of:
        ledger.check(cell, str(min(view.digits_of)), why)
    elif word.startswith("most") and view.ulps_of:
        ledger.check(cell, magnitude(max(view.ulps_of)), why)


def in_a_row(count: int) -> str:
    """A count in the table of cases: whole up to nine digits, above as its size.

    >>> in_a_row(999999999), in_a_row(9250201267328076800)
    ('999,999,999', '9.25·10¹⁸')
    """
    return grouped(count) if count < 10**9 else magnitude(count)


def magnitude(count: int) -> str:
    """A count of which the size matters: beyond six digits three of them, and the power of ten.

    >>> magnitude(815), magnitude(9250201267328076800), magnitude(9996000)
    ('815', '9.25·10¹⁸', '1.00·10⁷')
    """
    digits = str(count)
    if len(digits) <= 6:
        return f"{count:,}"
    power, first = len(digits) - 1, round(int(digits[:4]) / 10)
    if first == 1000:
        power, first = power + 1, 100
    return f"{first / 100:.2f}·10{str(power).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def _shown_in_full(view: View, ledger: Ledger) -> None:
    """How many cases are shown in full, of how many."""
    place = view.page.root.find("section", id="details")
    for text in () if place is None else place.parts("p"):
        match = re.match(r"([0-9,]+) of ([0-9,]+) cases are shown in full", text.line)
        if match is not None:
            full, rows = f"{len(view.in_full):,}", f"{len(view.verdicts):,}"
            ledger.check(Cell(match[1], text.first, text.first + 1), full, "the views on this page")
            ledger.check(Cell(match[2], text.first + 1, text.first + 2), rows, "the rows of all cases")
