"""The entries of failing comparisons, and what a failing case says of its fault: `check_failures(view, ledger)`.

How far two numbers lie apart follows from them, to the digits that are printed.

>>> apart_fits("4.0", "11.0", "7.0"), apart_fits("4.0", "11.0", "6.0"), apart_fits("nan", "1.0", "nan")
(True, False, None)
"""

from __future__ import annotations

import re
from fractions import Fraction

from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.derivations.matrices import shortest
from backproof.reports.audit.derivations.routes import printed
from backproof.reports.audit.page.cases import cell_of
from backproof.reports.audit.page.elements import Element, Row, Table
from backproof.reports.audit.page.view import View

NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|[-+]?\d+/\d+")
FLOAT_DIGITS = 18  # of the shortest decimal of a float64, with the 0 before the point


WRITTEN = 19  # digits after the first with which a distance is written; zeros at their end are left out


def apart_fits(found: str, right: str, apart: str) -> bool | None:
    """Whether a distance is that of two numbers, as far as the digits go; None where one is no number."""
    if not all(NUMBER.fullmatch(word) for word in (found, right, apart)):
        return None
    low, high = _values(apart)
    (a, b), (c, d) = _values(found), _values(right)
    nearest, farthest = sorted((abs(a - d), abs(b - c)))
    if b >= c and d >= a:
        nearest = Fraction(0)
    unit = max(high - low, abs(high) / 10**WRITTEN)
    return nearest <= high + unit and farthest >= low - unit


def _values(word: str) -> tuple[Fraction, Fraction]:
    """All that is written like this: a fraction, a whole number and a float are exact (the shortest decimal of a float stands for it), of
    other decimals half a unit of the last digit is open."""
    if "/" in word or word.lstrip("+-").isdigit():
        return Fraction(word), Fraction(word)
    if shortest(word) and len(word.lstrip("-").replace(".", "")) <= FLOAT_DIGITS:
        return Fraction(float(word)), Fraction(float(word))
    return printed(word)


def check_failures(view: View, ledger: Ledger) -> None:
    """Derive the distances again, and count the rows."""
    for table in view.tables:
        if table.role == "failures":
            _table(ledger, table)
    for case in view.cases:
        for line in case.article.every(lambda element: element.has("fault-line") or element.has("deviates")):
            ledger.given(cell_of(line))


def _table(ledger: Ledger, table: Table) -> None:
    for row in table.rows:
        _row(ledger, table, row)
    caption = table.caption
    match = (
        None
        if caption is None
        else re.search(r": ([0-9,]+) of ([0-9,]+) entries(?:, (?:the ([0-9,]+) worst are|the worst is) listed)?$", caption.line)
    )
    if caption is None or match is None:
        return
    words = 3 if match[3] else 2
    place = caption.last - words
    ledger.given(Cell("", caption.first, place))
    failed = Cell(match[1], place, place + 1)
    if "listed" in caption.line:
        ledger.open(failed, "entries that are not listed")
        if match[3]:
            ledger.check(Cell(match[3], place + 2, place + 3), f"{len(table.rows):,}", "the rows of this table")
        if int(match[1].replace(",", "")) <= len(table.rows):
            ledger.differs(failed, f"more than {len(table.rows):,}", "the rows of this table, which are not all")
    else:
        ledger.check(failed, f"{len(table.rows):,}", "the rows of this table")
    every = Cell(match[2], place + 1, place + 2)
    ledger.open(every, "entries that are not listed")
    if int(match[2].replace(",", "")) < int(match[1].replace(",", "")):
        ledger.differs(every, f"at least {match[1]}", "the entries that are unequal")


def _row(ledger: Ledger, table: Table, row: Row) -> None:
    for key in ("where", "found", "right", "allowed"):
        ledger.given(cell_of(table.cell(row, key)))
    apart = table.cell(row, "apart")
    fits = apart_fits(_number(table.cell(row, "found")), _number(table.cell(row, "right")), _number(apart))
    if fits is None:
        ledger.open(cell_of(apart), "it is no number")
    elif fits:
        ledger.derived(cell_of(apart))
    else:
        ledger.differs(cell_of(apart), "|found − right|", "the two numbers beside it")


def _number(element: Element | None) -> str:
    """The number of a cell, without what is said of its digits."""
    if element is None:
        return ""
    text = "".join(child if isinstance(child, str) else "" if child.has("hidden-words") else child.text for child in element.children)
    return text.strip()
