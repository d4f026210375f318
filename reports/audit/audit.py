"""The audit of a page: `audit_page(text)` derives its numbers again from each other, and says what differs.

>>> audit = audit_page("<p>1</p>")
>>> audit.agrees, audit.differences[0].follows
(False, 'lines that unpack')
>>> audit_page("<p>")
Traceback (most recent call last):
    ...
backproof.reports.audit.page.elements.PageError: the page is cut off within <p>
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.derivations.path_sums import check_paths
from backproof.reports.audit.derivations.replay_lines import LineError, Replayed, read_line
from backproof.reports.audit.derivations.routes import check_routes
from backproof.reports.audit.derivations.steps import check_steps
from backproof.reports.audit.page.case_tables import check_graph
from backproof.reports.audit.page.claims import check_claims
from backproof.reports.audit.page.coverage import check_coverage
from backproof.reports.audit.page.elements import Page, read_page
from backproof.reports.audit.page.failures import check_failures
from backproof.reports.audit.page.others import check_others
from backproof.reports.audit.page.places import place_of
from backproof.reports.audit.page.prose import check_prose
from backproof.reports.audit.page.rows import check_rows
from backproof.reports.audit.page.second_copy import check_copy
from backproof.reports.audit.page.view import View, view_of


@dataclass(frozen=True, slots=True)
class Named:
    """A number that differs: which of all, where it stands, what stands there, what follows, from what."""

    number: int
    place: str
    stands: str
    follows: str
    why: str


@dataclass(frozen=True, slots=True)
class Audit:
    """How many numbers follow from others, are given, cannot be derived from here, and why; and each that differs.
    `copies`: whether what is given was held twice."""

    numbers: int
    derived: int
    given: int
    open: int
    reasons: Mapping[str, int]
    differences: tuple[Named, ...]
    copies: bool = True

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def lines_of(text: str) -> dict[str, Replayed]:
    """The cases of all replay lines of a text, by id; those that do not unpack are left out.

    >>> lines_of("backproof1:damaged")
    {}
    """
    found: dict[str, Replayed] = {}
    for line in dict.fromkeys(re.findall(r"backproof1:[A-Za-z0-9_-]+", text)):
        with suppress(LineError):
            replayed = read_line(line)
            found[replayed.id] = replayed
    return found


def audit_page(text: str, beside: Mapping[str, Replayed] | None = None) -> Audit:
    """Derive the numbers of a page again; `beside`: the cases of pages that stand beside it. PageError if it is none that
    can be taken apart."""
    page = read_page(text)
    view = view_of(page, beside)
    ledger = Ledger(len(page.words))
    check_copy(page, ledger)
    _check_lines(view, ledger)
    for case in view.cases:
        check_graph(case, ledger)
        check_steps(case.shown, ledger)
        check_paths(case.shown, ledger)
        check_routes(case.shown, ledger)
    for check in (check_rows, check_claims, check_coverage, check_failures, check_others, check_prose):
        check(view, ledger)
    return _summed(page, ledger)


def _check_lines(view: View, ledger: Ledger) -> None:
    """Every replay line unpacks to a case."""
    for place, why in view.damaged.items():
        ledger.differs(Cell("a replay line", place, place + 1), "a line that unpacks", why)


def _summed(page: Page, ledger: Ledger) -> Audit:
    counts = ledger.counts()
    named = dict.fromkeys(
        Named(found.number, place_of(page, found.number), found.stands, found.follows, found.why) for found in ledger.differences
    )
    return Audit(len(page.words), counts["derived"], counts["given"], counts["open"], ledger.reasons(), tuple(named))


def audit_record(audit: Audit) -> dict[str, Any]:
    """An audit as JSON data.

    >>> audit_record(audit_page("<p>1</p>"))["given"]
    0
    """
    return {
        "numbers": audit.numbers,
        "derived": audit.derived,
        "given": audit.given,
        "held_twice": audit.copies,
        "not_derivable": dict(audit.reasons),
        "differ": [asdict(found) for found in audit.differences],
    }
