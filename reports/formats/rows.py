"""CSV, a row an outcome: `csv_rows(results)`. Cases have their sizes, digits and replay lines, others have blanks there.

>>> csv_rows({})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

import csv
import io
from typing import Any

from backproof.reports.document import Record, Results
from backproof.reports.formats.outcomes import parts
from backproof.reports.text import inert

OF_ALL = ("section", "name", "verdict", "status", "evidence", "message")
OF_CASES = ("id", "family", "vertices", "leaves", "edges", "paths", "entries", "planned", "judged", "certified", "digits", "ulps", "replay")


def csv_rows(results: Results) -> str:
    """The outcomes of a document as CSV, the first row the names of the columns. KeyError if it is no results document."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*OF_ALL, *OF_CASES))
    found = parts(results)
    cases: list[Record] = results["cases"]
    for place, outcome in enumerate(found):
        case = cases[place] if place < len(cases) else {}
        told = {**{name: getattr(outcome, name) for name in OF_ALL}, "verdict": outcome.verdict or "not checked"}
        writer.writerow([*(_cell(told[name]) for name in OF_ALL), *(_cell(case.get(name)) for name in OF_CASES)])
    return text.getvalue()


def _cell(value: Any) -> str | int | float:
    """A cell that a spreadsheet does not take for a formula.

    >>> _cell("=HYPERLINK(1)"), _cell(None), _cell(-3), _cell("a\\nb")
    ("'=HYPERLINK(1)", '', -3, 'a\\nb')
    """
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    shown = inert(str(value))
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@", "\t") else shown
