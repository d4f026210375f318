"""What the audit of a page looks at: its words, tables, cases and replay lines, read once.

>>> from backproof.reports.audit.page.elements import read_page
>>> view = view_of(read_page("<main><p>no case</p></main>"))
>>> view.cases, view.unlisted, view.lines
([], 0, {})
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from backproof.reports.audit.derivations.replay_lines import LineError, Replayed, read_line
from backproof.reports.audit.page.cases import PageCase, page_cases
from backproof.reports.audit.page.elements import REPLAY, Page, Row, Table, tables

GROUPS = ("lecture", "digits", "large", "random", "outside", "replay")
"""In the order in which the table of groups has them, by the names that replay lines hold."""


@dataclass(eq=False)
class View:
    """A page, its tables, its cases, and the cases of its replay lines by id; `damaged`: words with a line that does not
    unpack, and why."""

    page: Page
    tables: list[Table]
    cases: list[PageCase]
    lines: Mapping[str, Replayed]
    damaged: dict[int, str]

    @cached_property
    def in_full(self) -> dict[str, PageCase]:
        """The cases with a view of their own, by id; not those made small."""
        return {case.shown.id: case for case in self.cases if not case.small}

    @cached_property
    def case_rows(self) -> list[tuple[Table, Row]]:
        """The rows of the table of all cases."""
        return [(table, row) for table in self.tables if table.role == "cases" for row in table.rows]

    @cached_property
    def claim_rows(self) -> list[tuple[Table, Row]]:
        """The rows of the table of claims."""
        rows = [(table, row) for table in self.tables if table.role == "claims" for row in table.rows]
        return [(table, row) for table, row in rows if row.cells[0] is not row.cells[-1]]

    @cached_property
    def verdicts(self) -> list[str]:
        """The verdict of every row."""
        return [_line(table, row, "verdict") for table, row in self.case_rows]

    @cached_property
    def row_lines(self) -> list[Replayed | None]:
        """What the replay line of every row holds."""
        found: list[Replayed | None] = []
        for table, row in self.case_rows:
            again = table.cell(row, "again")
            code = None if again is None else again.find("code")
            found.append(None if code is None else self.lines.get(code.line))
        return found

    @cached_property
    def unlisted(self) -> int:
        """How many cases were checked and have no row."""
        section = self.page.root.find("section", id="cases")
        match = None if section is None else re.search(r"([0-9,]+) more cases were checked and are not listed here", section.line)
        return int(match[1].replace(",", "")) if match else 0

    @cached_property
    def whole(self) -> bool:
        """Whether every case that was checked has a row with a replay line."""
        return bool(self.case_rows) and not self.unlisted and None not in self.row_lines

    @cached_property
    def by_group(self) -> dict[str, Counter[str]]:
        """The verdicts of the cases of each group, in the order of the table of groups."""
        found: dict[str, Counter[str]] = {}
        for replayed, verdict in zip(self.row_lines, self.verdicts, strict=True):
            group = "" if replayed is None else str(replayed.document.get("group"))
            found.setdefault(group, Counter()).update((verdict,))
        return {group: found[group] for group in sorted(found, key=lambda group: GROUPS.index(group) if group in GROUPS else len(GROUPS))}

    @cached_property
    def digits_of(self) -> list[float] | None:
        """The digits of every row that has them."""
        return _numbers([_line(table, row, "digits") for table, row in self.case_rows])

    @cached_property
    def ulps_of(self) -> list[int]:
        """The ulps of every row that has them; what is shortened is not read."""
        return [
            int(value)
            for value in _numbers([_line(table, row, "ulps").replace(",", "") for table, row in self.case_rows], whole=True) or ()
        ]


def _line(table: Table, row: Row, key: str) -> str:
    cell = table.cell(row, key)
    return "" if cell is None else cell.line


def _numbers(texts: list[str], whole: bool = False) -> list[float] | None:
    try:
        return [int(text) if whole else float(text) for text in texts if text]
    except ValueError:
        return None


def view_of(page: Page, beside: Mapping[str, Replayed] | None = None) -> View:
    """The page, looked at; `beside`: cases of pages that stand beside it, by id."""
    lines: dict[str, Replayed] = dict(beside or {})
    damaged: dict[int, str] = {}
    read: dict[str, Replayed] = {}
    for place, word in enumerate(page.words):
        if REPLAY in word:
            text = word[word.index(REPLAY) :].rstrip("'")
            try:
                replayed = read.get(text) or read_line(text)
                read[text] = replayed
                lines[replayed.id] = replayed
            except LineError as error:
                damaged[place] = str(error)
    own = re.search(r"The engine on trial: ", page.root.text) is None
    return View(page, tables(page.root), page_cases(page, lines, own), lines, damaged)
