"""The numbers of a cell compared with the intervals that follow: `compare(ledger, cell, expected, why, otherwise)`.

>>> from backproof.reports.audit.derivations.floats import exactly
>>> ledger = Ledger(2)
>>> compare(ledger, Cell("0.5 1.0", 0, 2), exactly([0.5, 2.0]), "a sum", "")
>>> ledger.counts()["differ"], ledger.differences[0].number, ledger.differences[0].follows
(1, 1, '2.0')
"""

from __future__ import annotations

from backproof.reports.audit.derivations.floats import Matrix, within
from backproof.reports.audit.derivations.ledger import Cell, Ledger

LEFT_OUT = "a matrix of more than 36 numbers is not listed"
NOT_FINITE = "it is not finite"


def unlisted(cell: Cell, otherwise: str) -> str:
    """Why the numbers of a cell cannot be derived: because they are not there, because they are not finite, or
    otherwise."""
    if "not listed" in cell.text or "omitted" in cell.text:
        return LEFT_OUT
    return NOT_FINITE if "nan" in cell.text or "inf" in cell.text else otherwise


def shortest(word: str) -> bool:
    """Whether a word is the shortest decimal that reads back to its float, as all are written here.

    >>> shortest("0.1"), shortest("0.10"), shortest("0.30000000000000005")
    (True, False, False)
    """
    try:
        return repr(float(word)) == word
    except ValueError:
        return False


def compare(ledger: Ledger, cell: Cell, expected: Matrix | None, why: str, otherwise: str) -> None:
    """Say of each number of a cell whether it lies in its interval; open where there is none to compare with."""
    words = cell.text.split()
    if expected is None or cell.numbers is None:
        ledger.open(cell, unlisted(cell, otherwise))
        return
    if len(words) != len(expected) or cell.last - cell.first != len(words):
        ledger.differs(cell, f"{len(expected)} numbers", why)
        return
    for k, (word, bounds) in enumerate(zip(words, expected, strict=True)):
        one = Cell(word, cell.first + k, cell.first + k + 1)
        if not shortest(word):
            ledger.differs(one, repr(float(word)), "the shortest decimal that reads back to the same float64")
        elif within(float(word), bounds):
            ledger.derived(one)
        else:
            ledger.differs(one, _between(bounds), why)


def _between(bounds: tuple[float, float]) -> str:
    return repr(bounds[0]) if bounds[0] == bounds[1] else f"between {bounds[0]!r} and {bounds[1]!r}"
