"""The words of evidence, read back: which kind they name, on how many cases or points, to how many digits.

The words are written elsewhere, and spelled here a second time: a reader that shared code with the writer would be
wrong with it. `problem` compares them with the counts that they are made of.

>>> read_evidence("to 43 digits on 1,030 cases")
Read(kind='DIGITS', number=1030, digits=43)
>>> problem("exact on 3 cases", "EXACT", 3), problem("not checked", "EXACT", 0)
('', '')
>>> problem("exact on 4 cases", "EXACT", 3)
"'exact on 4 cases' where the counts are EXACT on 3"
>>> problem("not checked", "CERTIFIED", 3)
"'not checked' where the counts are CERTIFIED on 3"
>>> read_evidence("proved on 3 cases")
Traceback (most recent call last):
    ...
ValueError: no words of evidence: 'proved on 3 cases'
"""

from __future__ import annotations

import re
from typing import NamedTuple

COUNTED = ("EXACT", "CERTIFIED", "DIGITS", "ROUNDING")
"""The kinds that are a number of cases; without one they are evidence of nothing."""
_UNIT = r"(?P<count>[1-9][0-9]{0,2}(?:,[0-9]{3})*) (?P<unit>case|point)(?P<many>s?)"
_WORDS = {
    "EXACT": re.compile(rf"exact on {_UNIT}"),
    "CERTIFIED": re.compile(rf"certified on {_UNIT}"),
    "DIGITS": re.compile(rf"to (?P<digits>[0-9]+) digits on {_UNIT}"),
    "ROUNDING": re.compile(rf"within rounding bound on {_UNIT}"),
    "EXHAUSTIVE": re.compile(r"exhaustive, n ≤ (?P<count>[0-9]+)"),
    "MACHINE_CHECKED": re.compile(r"machine-checked for all graphs(?:, on [1-9][0-9]* classical axioms?)?"),
    "FACTORED": re.compile(r"factored, not enumerated"),
    "NOT_CHECKED": re.compile(r"not checked"),
}


class Read(NamedTuple):
    """What words of evidence say: the kind, the number in them, the digits; None where they have no such number."""

    kind: str
    number: int | None = None
    digits: int | None = None


def read_evidence(words: str) -> Read:
    """The words taken apart. ValueError if they are no words of evidence, or their plural is wrong."""
    for kind, pattern in _WORDS.items():
        match = pattern.fullmatch(words)
        if match is None:
            continue
        parts = match.groupdict()
        count = None if parts.get("count") is None else whole(parts["count"])
        if parts.get("unit") is not None and bool(parts["many"]) == (count == 1):
            break
        return Read(kind, count, int(parts["digits"]) if parts.get("digits") else None)
    raise ValueError(f"no words of evidence: {words!r}")


def problem(words: str, kind: str, count: int, digits: int | None = None) -> str:
    """What the words say that these counts do not; "" where they agree. The digits are compared where they are known."""
    expected = Read("NOT_CHECKED") if kind in COUNTED and count == 0 else Read(kind, count if kind in (*COUNTED, "EXHAUSTIVE") else None)
    try:
        read = read_evidence(words)
    except ValueError as error:
        return str(error)
    if (read.kind, read.number) == (expected.kind, expected.number) and (read.digits is None or digits is None or read.digits == digits):
        return ""
    of_digits = f" to {digits} digits" if digits is not None and read.digits is not None else ""
    return f"{words!r} where the counts are {kind}{of_digits} on {count:,}"


def whole(text: str) -> int:
    """A number with commas.

    >>> whole("1,234,567")
    1234567
    """
    return int(text.replace(",", ""))
