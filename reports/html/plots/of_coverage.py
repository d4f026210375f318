"""What the random graphs reached, as heat maps: functions × families, and the sizes that either came in.

>>> table = {"kind": "function", "axis": "family", "values": ["chain"], "rows": [{"subject": "add", "counts": [0]}], "not_aimed_at": []}
>>> plots_of_coverage({"tables": [table]})[0].cells
((0,),)
>>> plots_of_coverage(None)
[]
>>> plots_of_coverage({"tables": [{**table, "rows": [{"subject": "add", "counts": [1, 2]}]}]})
Traceback (most recent call last):
    ...
ValueError: plot 'functions-families': row 'add' has 2 numbers, and 1 are expected: 'chain'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from backproof.reports.document import Record
from backproof.reports.html.plots.plot import Grid, Group

FAMILY = "family"
ONE = {"function": "function", "family": "family of graphs"}
MANY = {"function": "functions", "family": "families"}
EMPTY, NONE = "empty", "not aimed at"


def plots_of_coverage(coverage: Record | None) -> list[Grid]:
    """A heat map of the functions in each family, and one for each kind of subject in each size; none without random
    graphs. Tables of few subjects, which have no other, are left to their numbers.
    """
    tables: list[Record] = [] if coverage is None else coverage["tables"]
    return [*_by_family(tables), *_by_size(tables)]


def _by_family(tables: Sequence[Record]) -> Iterator[Grid]:
    for table in tables:
        if table["axis"] == FAMILY:
            yield _grid("functions-families", "Functions in each family of graphs", [table], FAMILY)


def _by_size(tables: Sequence[Record]) -> Iterator[Grid]:
    for kind, title in (("function", "Functions, by the sizes they came in"), ("family", "Families, by the sizes they came in")):
        of_kind = [table for table in tables if table["kind"] == kind and table["axis"] != FAMILY]
        subjects = [[row["subject"] for row in table["rows"]] for table in of_kind]
        alike = [table for table, names in zip(of_kind, subjects, strict=True) if names == max(subjects, key=len)]
        if len(alike) > 1:
            yield _grid(f"{MANY[kind]}-sizes", title, alike, "size")


def _grid(key: str, title: str, tables: Sequence[Record], across: str) -> Grid:
    kind = tables[0]["kind"]
    aside = {(table["axis"], cell["subject"], cell["value"]) for table in tables for cell in table["not_aimed_at"]}
    rows = [row["subject"] for row in tables[0]["rows"]]
    return Grid(
        key,
        title,
        f"How many random graphs have each {ONE[kind]}, by {_listed(table['axis'] for table in tables)}. A cross: no graph at all.",
        ONE[kind],
        across,
        "random graphs",
        tuple(rows),
        tuple(Group(table["axis"] if len(tables) > 1 else "", tuple(table["values"])) for table in tables),
        tuple(tuple(count for table in tables for count in _counts(table, place, subject, aside)) for place, subject in enumerate(rows)),
        empty=EMPTY,
        none=NONE,
    )


def _counts(table: Record, place: int, subject: str, aside: set[tuple[str, str, str]]) -> list[int | None]:
    """The counts of one row; None for a cell that nothing is aimed at, and that stayed empty."""
    counts: list[int] = table["rows"][place]["counts"]
    values: list[str] = table["values"]
    known = [(table["axis"], subject, value) in aside for value in values] + [False] * (len(counts) - len(values))
    return [None if away and not count else count for count, away in zip(counts, known, strict=False)]


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
