"""The cases of every run."""

from __future__ import annotations

from backproof.verify.cases.case import Case
from backproof.verify.cases.digits import Missing, digits_cases
from backproof.verify.cases.lecture import lecture_cases


def named_cases(seed: int) -> tuple[tuple[Case, ...], tuple[str, ...]]:
    """The cases that every run includes, and a sentence for each that could not be run here."""
    digits = digits_cases(seed)
    if isinstance(digits, Missing):
        return lecture_cases(), (digits.sentence,)
    return lecture_cases() + digits, ()
