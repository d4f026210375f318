"""The words in which every comparison ends: a `Verdict`, its `Evidence`, and for an INCONCLUSIVE one the `Reason`.

>>> worst([Verdict.CORRECT, Verdict.INCONCLUSIVE])
<Verdict.INCONCLUSIVE: 'INCONCLUSIVE'>
>>> evidence_words(Evidence.EXACT, 3)
'exact on 3 cases'
>>> evidence_words(Evidence.DIGITS, 3)
Traceback (most recent call last):
    ...
ValueError: evidence 'to D digits on N cases' needs the number of digits
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, StrEnum


class Verdict(StrEnum):
    """How a comparison ended. INACCURATE: the formula is right, the floats are worse than the rounding bound."""

    CORRECT = "CORRECT"
    INACCURATE = "INACCURATE"
    INCONCLUSIVE = "INCONCLUSIVE"
    WRONG = "WRONG"


class Evidence(Enum):
    """What a claim rests on, strongest first; a sampled claim is never called proved."""

    MACHINE_CHECKED = "machine-checked for all graphs"
    EXHAUSTIVE = "exhaustive, n ≤ N"
    EXACT = "exact on N cases"
    CERTIFIED = "certified on N cases"
    DIGITS = "to D digits on N cases"
    ROUNDING = "within rounding bound on N cases"
    FACTORED = "factored, not enumerated"
    NOT_CHECKED = "not checked"


class Reason(StrEnum):
    """Why a comparison is INCONCLUSIVE."""

    KINK = "kink"
    DOMAIN = "outside the domain"
    PATHS = "too many paths"
    NONDETERMINISTIC = "nondeterministic"
    UNSUPPORTED = "unsupported operation"
    DTYPE = "undecidable in this dtype"
    TIME = "time"
    MEMORY = "memory"


_SEVERITY = (Verdict.CORRECT, Verdict.INCONCLUSIVE, Verdict.INACCURATE, Verdict.WRONG)


def severity(verdict: Verdict) -> int:
    """The one order of verdicts: CORRECT < INCONCLUSIVE < INACCURATE < WRONG.

    >>> sorted(Verdict, key=severity)[-1]
    <Verdict.WRONG: 'WRONG'>
    """
    return _SEVERITY.index(verdict)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst verdict of several (CORRECT < INCONCLUSIVE < INACCURATE < WRONG); CORRECT of none."""
    return max(verdicts, key=severity, default=Verdict.CORRECT)


def evidence_words(evidence: Evidence, cases: int, digits: int | None = None, *, unit: str = "case") -> str:
    """The evidence as it is written everywhere, with its numbers filled in; `not checked` where there are no cases.
    `unit` is what was counted.

    >>> evidence_words(Evidence.DIGITS, 12, 50)
    'to 50 digits on 12 cases'
    >>> evidence_words(Evidence.CERTIFIED, 1, unit="point")
    'certified on 1 point'
    >>> evidence_words(Evidence.EXACT, 0)
    'not checked'
    """
    if evidence in (Evidence.EXACT, Evidence.CERTIFIED, Evidence.DIGITS, Evidence.ROUNDING) and cases == 0:
        return Evidence.NOT_CHECKED.value
    words = evidence.value.replace("N cases", f"1 {unit}" if cases == 1 else f"{cases:,} {unit}s")
    if evidence is Evidence.DIGITS:
        if digits is None:
            raise ValueError(f"evidence {evidence.value!r} needs the number of digits")
        words = words.replace("D digits", f"{digits} digits")
    return words
