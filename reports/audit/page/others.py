"""What is no case, counted again: wrong engines, graded faults, gradient checks, theorems: `check_others(view, ledger)`.

>>> from backproof.reports.audit.page.elements import read_page
>>> from backproof.reports.audit.page.view import view_of
>>> steps = "<article class='theorem'><details><summary>2 steps</summary><ol class='proof'><li><p>one</p></li></ol></details></article>"
>>> ledger = Ledger(1)
>>> check_others(view_of(read_page(steps)), ledger)
>>> ledger.differences[0].follows
'1'
"""

from __future__ import annotations

import re

from backproof.reports.audit.derivations.counts import graphs_up_to
from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.page.cases import cell_of, part_of
from backproof.reports.audit.page.elements import Element, Row, Table
from backproof.reports.audit.page.rows import line_of
from backproof.reports.audit.page.view import View

RUN = "what a run counted, and does not list"


def check_others(view: View, ledger: Ledger) -> None:
    """Count what is in no case again."""
    for table in view.tables:
        if table.role == "kills":
            _kills(view, ledger, table)
        elif table.role == "graded":
            _graded(view, ledger, table)
        elif table.role == "checks":
            _checks(view, ledger, table)
        elif table.role == "findings":
            _findings(ledger, table)
    for article in view.page.root.every(lambda element: element.tag == "article" and element.has("theorem")):
        _theorem(ledger, article)
    section = view.page.root.find("section", id="theorems")
    for paragraph in () if section is None else section.parts("p"):
        _exhaustive(ledger, paragraph)


def _kills(view: View, ledger: Ledger, table: Table) -> None:
    """Who was caught, and by which check alone."""
    checks = [place for place, key in enumerate(table.keys) if key == "check"]
    caught, alone = 0, dict.fromkeys(checks, 0)
    for row in table.rows:
        if row.part == "tfoot":
            for place in checks:
                ledger.check(cell_of(row.cells[place]), str(alone[place]), "the rows whose one × is in this column")
            continue
        ledger.given(cell_of(row.cells[0]))
        ledger.given(cell_of(table.cell(row, "where")))
        marks = [place for place in checks if (cell := row.cells[place]) is not None and cell.line == "×"]
        smallest = table.cell(row, "smallest")
        survives = smallest is not None and "SURVIVES" in smallest.text
        caught += bool(marks) and not survives
        if len(marks) == 1:
            alone[marks[0]] += 1
        _smallest(ledger, table, row, smallest)
    rows = sum(row.part != "tfoot" for row in table.rows)
    section = view.page.root.find("section", id="selftest")
    paragraph = None if section is None else section.find("p")
    if paragraph is not None and (match := re.match(r"([0-9,]+) of ([0-9,]+) were caught", paragraph.line)):
        ledger.check(part_of(paragraph, match[1]), f"{caught:,}", "the rows with a ×")
        ledger.check(part_of(paragraph, match[2], 1), f"{rows:,}", "the rows of the table")
        ledger.open(Cell("", paragraph.first + 2, paragraph.last), RUN)


def _smallest(ledger: Ledger, table: Table, row: Row, smallest: Element | None) -> None:
    """The smallest graph that shows a fault: its vertices, from its replay line."""
    vertices = cell_of(table.cell(row, "vertices"))
    if smallest is None:
        return
    replayed = line_of(smallest)
    summary = smallest.find("summary")
    if summary is not None:
        ledger.given(cell_of(summary))
    if replayed is not None:
        ledger.check(vertices, str(replayed.n), "the graph of the replay line")
        ledger.derived(Cell("", smallest.first if summary is None else summary.last, smallest.last))
    else:
        ledger.open(vertices, RUN)


def _graded(view: View, ledger: Ledger, table: Table) -> None:
    """Outcomes of graded faults."""
    outcomes: dict[str, int] = {}
    for row in table.rows:
        outcome = table.cell(row, "outcome")
        word = "" if outcome is None else outcome.line.partition(":")[0]
        outcomes[word] = outcomes.get(word, 0) + 1
        for key in ("check", "fault", "grade", "outcome", "smallest"):
            ledger.given(cell_of(table.cell(row, key)))
        ledger.open(cell_of(table.cell(row, "places")), RUN)
    section = view.page.root.find("section", id="graded")
    paragraph = None if section is None else section.find("p")
    if paragraph is None:
        return
    counts = [int(word.replace(",", "")) for word in re.findall(r"(?<![\w.])[0-9,]+(?![\w.])", paragraph.line)]
    every = list(outcomes.values())
    for place, count in enumerate(counts[:4]):
        cell = part_of(paragraph, f"{count:,}", place)
        if count in every or not count:
            ledger.derived(cell)
        else:
            ledger.differs(cell, ", ".join(f"{number:,} {word}" for word, number in outcomes.items()), "the rows of the table")
    ledger.given(Cell("", min(paragraph.first + 4, paragraph.last), paragraph.last))


def _checks(view: View, ledger: Ledger, table: Table) -> None:
    """Gradient checks: how many hold; certified points are among the points, and the words say so."""
    correct = 0
    for row in table.rows:
        cells = {
            key: cell_of(table.cell(row, key))
            for key in ("name", "test", "verdict", "evidence", "planned", "points", "certified", "entries")
        }
        ledger.given(cells["name"])
        ledger.given(cells["test"])
        correct += cells["verdict"].text.split(" ")[:1] == ["CORRECT"]
        evidence, points, certified = cells["evidence"], cells["points"], cells["certified"]
        match = re.search(r"(certified|within rounding bound) on ([0-9,]+) cases?$", evidence.text)
        if match is not None and not evidence.text.startswith("the fault"):
            source = certified if match[1] == "certified" else points
            if source.text.strip() == match[2]:
                ledger.derived(Cell(match[2], evidence.last - 1, evidence.last))
                ledger.derived(source)
            else:
                ledger.differs(evidence, source.text.strip(), "the points of this row")
        for key in ("planned", "points", "certified", "entries", "evidence"):
            ledger.open(cells[key], RUN)
        numbers = [cells[key].text.strip().replace(",", "") for key in ("certified", "points", "planned")]
        if all(word.isdigit() for word in numbers) and not int(numbers[0]) <= int(numbers[1]) <= int(numbers[2]):
            ledger.differs(points, f"between {numbers[0]} and {numbers[2]}", "the certified and the planned points")
    heading = view.page.root.find("h1")
    match = None if heading is None else re.match(r"(?:([0-9,]+) of )?([0-9,]+) gradient checks?", heading.line)
    if heading is not None and match is not None and table.rows:
        if match[1]:
            ledger.check(part_of(heading, match[1]), f"{correct:,}", "the rows that are CORRECT")
        ledger.check(part_of(heading, match[2], 1 if match[1] else 0), f"{len(table.rows):,}", "the rows of the table")


def _findings(ledger: Ledger, table: Table) -> None:
    ledger.given(cell_of(table.element))
    caption = table.caption
    match = None if caption is None else re.match(r"([0-9,]+) findings?(, the first 10)?", caption.line)
    if caption is not None and match is not None:
        count = int(match[1].replace(",", ""))
        if (match[2] and count > len(table.rows)) or count == len(table.rows):
            ledger.derived(part_of(caption, match[1]))
        else:
            ledger.differs(part_of(caption, match[1]), f"{len(table.rows):,}", "the rows of this table")


def _theorem(ledger: Ledger, article: Element) -> None:
    """How many steps a theorem has, and that its evidence is that of a step."""
    steps = article.find("ol", kind="proof")
    summary = None if steps is None or steps.parent is None else steps.parent.find("summary")
    if steps is None:
        return
    if summary is not None and (match := re.match(r"([0-9]+) steps?$", summary.line)):
        ledger.check(part_of(summary, match[1]), str(len(steps.parts("li"))), "the steps listed")
    found: list[str] = []
    for line in steps.every(lambda element: element.tag == "li"):
        for entry in line.every(lambda element: element.tag == "li"):
            evidence = entry.line.partition(": ")[2]
            found.append(evidence)
            ledger.open(cell_of(entry), RUN)
    for paragraph in article.parts("p"):
        match = re.match(r"Evidence: (.*?)\.( Presupposes| Uses|$)", paragraph.line)
        if match is None:
            continue
        said = match[1].split(" · ")
        if all(any(entry.startswith(words) for entry in found) for words in said if re.search("[0-9]", words)):
            ledger.derived(Cell("", paragraph.first, paragraph.first + sum(bool(re.search("[0-9]", word)) for word in match[1].split())))
        elif "…" not in match[1]:
            ledger.differs(cell_of(paragraph), " · ".join(found)[:200], "the evidence of its steps")


def _exhaustive(ledger: Ledger, paragraph: Element) -> None:
    match = re.match(
        r"On symbols, the backward pass was run on every graph with up to (\d+) vertices: ([0-9,]+) graphs, ([0-9,]+) adjoints",
        paragraph.line,
    )
    if match is None:
        return
    n = int(match[1])
    ledger.derived(part_of(paragraph, match[1]))
    ledger.check(part_of(paragraph, match[2], 1), f"{graphs_up_to(n):,}", "the edge sets on up to so many vertices")
    adjoints = sum(k * 2 ** (k * (k - 1) // 2) for k in range(1, n + 1))
    if match[3] == f"{adjoints:,}":
        ledger.derived(part_of(paragraph, match[3], 2))
