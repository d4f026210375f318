"""What a case says of its graph, compared with its replay line: `check_graph(case, ledger)` for the tables, the counts
above them and the picture.

>>> short(0.1 + 0.2), short(-12345678.0), short(1e-17), short(2.0)
('0.3', '-1.235e7', '1e-17', '2')
>>> picture_words([0.5, 2.0], 1, 2), picture_words([0.0] * 9, 3, 3)
(['0.5', '2'], ['3', '3'])
"""

from __future__ import annotations

import re
from collections import Counter

from backproof.reports.audit.derivations.counts import paths_of
from backproof.reports.audit.derivations.floats import exactly
from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.derivations.matrices import compare
from backproof.reports.audit.derivations.path_sums import grouped
from backproof.reports.audit.derivations.replay_lines import Replayed
from backproof.reports.audit.derivations.shown import ShownCase, cut
from backproof.reports.audit.derivations.steps import order
from backproof.reports.audit.page.cases import PageCase, cell_of, part_of
from backproof.reports.audit.page.elements import Element, Table

SAME_NAME = "several vertices show the same name"
_NUMBER = re.compile(r"[-−]?(?:\d[\d,]*\.?\d*(?:e[-+]?\d+)?|nan|inf)")


def check_graph(case: PageCase, ledger: Ledger) -> None:
    """Compare the tables of vertices and edges, the counts and the picture with the replay line."""
    for table in case.tables:
        if table.role == "vertices":
            _vertices(case, ledger, table)
        elif table.role == "edges":
            _edges(case, ledger, table)
    facts = case.article.find("p", kind="facts")
    if facts is not None:
        check_facts(facts, case.shown.replayed, ledger)
    for text in case.article.every(lambda element: element.tag == "text" and "data-n" in element.attributes):
        _picture(case, ledger, text)


def check_facts(facts: Element, replayed: Replayed, ledger: Ledger) -> None:
    """The line with the numbers of vertices, leaves, edges and paths, and the id."""
    counts = (replayed.n, replayed.leaves, len(replayed.edges), paths_of(replayed))
    words = [word for word in facts.line.split() if re.search("[0-9⁰-⁹]", word)]
    for place, (word, count) in enumerate(zip(words, counts, strict=False)):
        ledger.check(part_of(facts, word, place), grouped(count), "the graph of the replay line")
    code = facts.find("code")
    if code is not None:
        word = Cell(code.line, facts.last - 1 if re.search("[0-9]", code.line) else facts.last, facts.last)
        ledger.check(word, replayed.id, "the SHA-256 of graph, leaves and cotangent of the replay line")
    ledger.given(Cell("", min(facts.first + 4, facts.last), facts.last))


def _vertices(case: PageCase, ledger: Ledger, table: Table) -> None:
    replayed, shown = case.shown.replayed, case.shown
    _left(ledger, shown, "vert", table, replayed.n)
    last = 0
    for row in table.rows:
        place = cell_of(table.cell(row, "i"))
        i = int(place.text) if re.fullmatch(r"[0-9]{1,9}", place.text) else 0
        if not last < i <= replayed.n or ("vert" not in shown.left_out and i != last + 1):
            ledger.differs(place, str(last + 1), "the vertices counted")
            last += 1
            continue
        ledger.derived(place)
        last = i
        _named(ledger, cell_of(table.cell(row, "name")), cut(replayed.names[i - 1]))
        ledger.given(cell_of(table.cell(row, "function")))
        operands = [cut(replayed.names[j - 1]) for j in replayed.operands(i)]
        _named(ledger, cell_of(table.cell(row, "operands")), None if None in operands else ", ".join(name or "" for name in operands))
        u = shown.u[i]
        if i <= replayed.leaves and u.numbers is not None:
            compare(ledger, u, exactly(replayed.leaf(i)), "the leaf's values in the replay line", "")
        else:
            ledger.given(u)
        if shown.p[i].text.strip().startswith("not defined"):
            ledger.given(shown.p[i])


def _named(ledger: Ledger, cell: Cell, name: str | None) -> None:
    if name is None:
        ledger.given(cell)
    else:
        ledger.check(cell, " ".join(name.split()), "the names in the replay line")


def _edges(case: PageCase, ledger: Ledger, table: Table) -> None:
    replayed, shown = case.shown.replayed, case.shown
    names = all(shown.known(i) for i in range(1, replayed.n + 1))
    found: Counter[tuple[int, ...]] = Counter()
    for row in table.rows:
        cell = cell_of(table.cell(row, "edge"))
        edge = shown.read_path(cell.text)
        found.update(() if edge is None else (edge,))
        if edge is not None and len(edge) == 2 and found[edge] == 1:
            ledger.derived(cell)
            uses = replayed.operands(edge[1]).count(edge[0])
            ledger.check(cell_of(table.cell(row, "uses")), str(uses), "the operands in the replay line")
        elif names:
            ledger.differs(cell, "an edge of the graph, once", "the edges of the replay line")
        else:
            ledger.open(cell, SAME_NAME)
            ledger.open(cell_of(table.cell(row, "uses")), SAME_NAME)
        ledger.given(cell_of(table.cell(row, "D")))
    _left(ledger, shown, "edge", table, len(replayed.edges))


def _left(ledger: Ledger, shown: ShownCase, what: str, table: Table, count: int) -> None:
    """How many rows a table leaves out."""
    said, missing = shown.left_out.get(what), count - len(table.rows)
    if said is not None:
        ledger.check(said, f"{missing:,}", "the graph of the replay line, and the rows shown")
    elif missing:
        ledger.differs(
            Cell(f"{len(table.rows)} rows", table.element.first, table.element.first), f"{count:,}", "the graph of the replay line"
        )


def short(value: float) -> str:
    """A number as a picture shows it: four digits."""
    mantissa, mark, exponent = f"{value:.4g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if mark else mantissa


def picture_words(numbers: list[float], rows: int, columns: int, most: int = 4) -> list[str]:
    """The numbers that a picture shows of a matrix: all, or its size."""
    if len(numbers) <= most:
        return [short(number) for number in numbers]
    return [str(rows), str(columns)] if rows > 1 else [str(columns)]


def _picture(case: PageCase, ledger: Ledger, text: Element) -> None:
    """One text of the picture: the quantity that it names, rounded as it is shown."""
    cell, shown, replayed = cell_of(text), case.shown, case.shown.replayed
    match = re.fullmatch(r"([a-zD])(\d+)(?:-(\d+))?", text.attributes["data-n"])
    if match is None:
        return
    kind, first, second = match[1].lower(), int(match[2]), int(match[3] or 0)
    if kind in "vfc" or first > replayed.n or second > replayed.n:
        ledger.given(cell)
        return
    if kind == "o":
        turn = next((k for k, number in enumerate(order(shown), start=1) if number == first), None)
        _shown(ledger, cell, None if turn is None else [str(turn)], "its step of the backward pass")
    elif kind == "k":
        _shown(ledger, cell, [str(replayed.operands(second).count(first))], "the operands in the replay line", also=["twice"])
    else:
        source = {"u": shown.u.get(first), "p": shown.p.get(first), "d": shown.D.get((first, second))}.get(kind)
        rows = {"u": 1, "p": replayed.seed_rows, "d": replayed.size(second) if second else 1}.get(kind, 1)
        _quantity(ledger, cell, source, rows, replayed.size(first))


def _quantity(ledger: Ledger, cell: Cell, source: Cell | None, rows: int, columns: int) -> None:
    """A matrix in the picture: its numbers, where all are shown, or its size."""
    if source is None:
        ledger.given(cell)  # of a vertex or an edge that the tables leave out
    if source is None or cell.first == cell.last:
        return
    said = _NUMBER.findall(cell.text.partition("=")[2] or cell.text)
    numbers = source.numbers
    if "…" in cell.text:
        ledger.given(cell)
        return
    if numbers is not None and len(said) == len(numbers) and "×" not in cell.text and "numbers" not in cell.text:
        _shown(ledger, cell, [short(number) for number in numbers], "the table, to four digits")
    else:
        _shown(ledger, cell, [str(rows), str(columns)] if "×" in cell.text else [str(rows * columns)], "the size of the matrix")


def _shown(ledger: Ledger, cell: Cell, expected: list[str] | None, why: str, also: list[str] | None = None) -> None:
    said = _NUMBER.findall(cell.text.partition("=")[2] or cell.text)
    if expected is None or (not said and also and any(word in cell.text for word in also)):
        return
    if said == expected:
        ledger.derived(cell)
    else:
        ledger.differs(cell, " ".join(expected), why)
