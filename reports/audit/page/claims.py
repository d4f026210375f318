"""What was compared, counted again: the comparisons of every case against the table of claims, the histograms, and the
entries of each comparison against the graph.

>>> compared = read_comparison("CORRECT backward pass = path sum, mpmath(90): 1,004 entries, 0.25 of the bound")
>>> compared.claim, compared.system, compared.entries, compared.share
('backward pass = path sum', 'mpmath(90)', 1004, '0.25')
>>> read_comparison("nothing")
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from backproof.reports.audit.derivations.counts import entries_of_claim
from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.derivations.replay_lines import Replayed
from backproof.reports.audit.page.cases import PageCase, cell_of, part_of
from backproof.reports.audit.page.elements import Element, Row, Table
from backproof.reports.audit.page.rows import same
from backproof.reports.audit.page.view import View

NOT_ALL = "the comparisons of cases that are not shown in full"
NOT_LISTED = "cases that are not listed on this page"
OTHER_SYSTEM = "how far entries lie apart in another number system, or inside the graph"

_COMPARISON = re.compile(
    r"^(CORRECT|INACCURATE|WRONG|INCONCLUSIVE) (.*), (\S+?): (?:([0-9,]+) entr(?:y|ies), (.*)|no entry compared.*)$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison of a case, as its line says."""

    verdict: str
    claim: str
    system: str
    entries: int
    share: str | None

    @property
    def judged(self) -> bool:
        """Whether it says something."""
        return self.verdict in ("WRONG", "INACCURATE") or (self.verdict == "CORRECT" and self.entries > 0)


def read_comparison(line: str) -> Compared | None:
    """The line of a comparison; None where it is none."""
    match = _COMPARISON.match(line)
    if match is None:
        return None
    share = re.match(r"([0-9.]+(?:e[-+]?[0-9]+)?) of the ", match[5] or "")
    return Compared(match[1], match[2], match[3], int((match[4] or "0").replace(",", "")), share[1] if share else None)


def comparisons(case: PageCase) -> list[tuple[Element, Compared]]:
    """The comparisons of a case, with their lines."""
    place = case.article.find("ul", kind="checks")
    lines = [] if place is None else place.parts("li")
    return [(line, found) for line in lines if (found := read_comparison(line.line)) is not None]


def check_claims(view: View, ledger: Ledger) -> None:
    """Count the comparisons again."""
    every: list[Compared] = []
    for case in view.cases:
        for line, found in comparisons(case):
            _line(ledger, line, found, case.shown.replayed)
            if not case.small:
                every.append(found)
    complete = view.whole and set(view.in_full) == {replayed.id for replayed in view.row_lines if replayed is not None}
    for place, (table, row) in enumerate(view.claim_rows):
        _claim(view, ledger, table, row, place, every if complete else None)
    _letters(view, ledger)
    for table in view.tables:
        if table.role == "bins":
            _bins(view, ledger, table, every if complete else None)


def _letters(view: View, ledger: Ledger) -> None:
    """The letters of each row beside the comparisons of its case, where that is shown in full."""
    names = [_name(table, row) for table, row in view.claim_rows]
    for (_, row), replayed in zip(view.case_rows, view.row_lines, strict=True):
        letters = row.element.attributes.get("data-k", "")
        if len(letters) != len(names):
            ledger.differs(cell_of(row.element), f"{len(names)} letters in data-k", "the rows of the table of claims")
            continue
        case = None if replayed is None else view.in_full.get(replayed.id)
        if case is None:
            continue
        found = Counter((compared.claim, compared.system, _letter(compared)) for _, compared in comparisons(case))
        said = Counter((*name, letter) for name, letter in zip(names, letters, strict=True) if letter != "-")
        for claim, system, letter in (found - said) | (said - found):
            ledger.differs(cell_of(row.element), f"{letter} of {claim} in {system}", "its data-k, and the comparisons of the case")
            break


def _letter(compared: Compared) -> str:
    if compared.verdict == "CORRECT" and not compared.entries:
        return "E"
    return {"CORRECT": "C", "INACCURATE": "I", "WRONG": "W", "INCONCLUSIVE": "N"}[compared.verdict]


def _line(ledger: Ledger, line: Element, found: Compared, replayed: Replayed) -> None:
    """Its words with digits: those of the system, the entries, the share, those of a reason."""
    words = [word for word in line.line.split() if re.search("[0-9²³¹⁰⁴-⁹₀-₉]", word)]
    before = line.line.rpartition(f"{found.system}: ")[0] + f"{found.system}:"
    place = sum(bool(re.search("[0-9²³¹⁰⁴-⁹₀-₉]", word)) for word in before.split())
    ledger.given(Cell("", line.first, line.first + place))
    if found.entries and place < len(words):
        expected = entries_of_claim(found.claim, found.system, replayed)
        cell = part_of(line, words[place].rstrip(","), place)
        if expected is None or found.verdict == "INCONCLUSIVE":
            ledger.open(cell, "how many entries of it are defined")
        else:
            ledger.check(cell, f"{expected:,}", "the graph of the replay line")
        place += 1
        if found.share is not None:
            ledger.open(part_of(line, found.share, place), OTHER_SYSTEM)
            place += 1
    ledger.given(Cell("", line.first + place, line.last))


def _claim(view: View, ledger: Ledger, table: Table, row: Row, place: int, every: list[Compared] | None) -> None:
    cells = {key: table.cell(row, key) for key in ("claim", "system", "evidence", "verdicts", "worst", "notchecked")}
    claim, system = _name(table, row)
    ledger.given(cell_of(cells["claim"]))
    ledger.given(cell_of(cells["system"]))
    if not view.whole:
        for key in ("evidence", "verdicts", "notchecked"):
            ledger.open(cell_of(cells[key]), NOT_LISTED)
    else:
        letters = Counter(row.element.attributes.get("data-k", "")[place : place + 1] for _, row in view.case_rows)
        counts = Counter(
            {"CORRECT": letters["C"] + letters["E"], "INACCURATE": letters["I"], "WRONG": letters["W"], "INCONCLUSIVE": letters["N"]}
        )
        why = "the letters of all rows of the cases"
        same(ledger, cell_of(cells["verdicts"]), counts, why)
        ledger.check(cell_of(cells["notchecked"]), f"{len(view.verdicts) - sum(counts.values()):,}", "the cases without such a comparison")
        _evidence(ledger, cell_of(cells["evidence"]), letters["C"], why)
    worst = cell_of(cells["worst"])
    word = worst.text.split(" ")[0] if worst.text else ""
    shares = [] if every is None else [c.share for c in every if c.claim == claim and c.system == system and c.share is not None]
    if worst.first < worst.last and shares and re.match(r"[0-9]", word):
        ledger.check(Cell(word, worst.first, worst.first + 1), max(shares, key=float), "the comparisons of all cases")
    else:
        ledger.open(worst, NOT_ALL)


def _evidence(ledger: Ledger, cell: Cell, held: int, why: str) -> None:
    match = re.search(r"on ([0-9,]+) cases?$", cell.text.strip())
    if match is None:
        ledger.given(cell)
        return
    ledger.check(Cell(match[1], cell.last - 1, cell.last), f"{held:,}", why)
    ledger.open(Cell("", cell.first, cell.last - 1), "to how many digits each case agrees")


def _bins(view: View, ledger: Ledger, table: Table, every: list[Compared] | None) -> None:
    """Each row of a histogram has as many entries as the comparisons that it shows, and each picture the height of its
    count."""
    for row in table.rows:
        system = row.cells[0]
        counts = [cell for cell in row.cells[1:] if cell is not None]
        numbers = [int(cell.line.replace(",", "")) if re.fullmatch(r"[0-9,]+", cell.line) else -1 for cell in counts]
        ledger.given(cell_of(system))
        largest = max(1, *numbers)
        for cell, count in zip(counts, numbers, strict=True):
            bar = cell.find("rect")
            height = None if bar is None else bar.attributes.get("height")
            if count < 0 or (height is not None and height != str(round(32 * count / largest, 1))):
                ledger.differs(cell_of(cell), f"a picture of height {height}", "its picture")
        if every is None or system is None:
            for cell in counts:
                ledger.open(cell_of(cell), NOT_ALL)
            continue
        sums = {
            sum(found.entries for found in every if found.system == system.line and found.claim == named and found.judged)
            for named in {_name(*claim)[0] for claim in view.claim_rows}
        }
        for cell in counts:
            if sum(numbers) in sums:
                ledger.derived(cell_of(cell))
            else:
                ledger.differs(cell_of(cell), f"{max(sums, default=0):,} in all", "the entries of all comparisons on this page")


def _name(table: Table, row: Row) -> tuple[str, str]:
    """The claim and the number system of a row."""
    claim, system = table.cell(row, "claim"), table.cell(row, "system")
    named = "" if claim is None else "".join(child for child in claim.children if isinstance(child, str))
    return " ".join(named.split()), "" if system is None else system.line
