"""The cases of every run: the lecture's examples, the lecture's network on handwritten digits where scikit-learn is
installed, and a large case for every way in which a graph can be large.

>>> cases, missing = named_cases(seed=0)
>>> cases[0].name, len(cases) + len(missing) > 10
('L11 four vertices', True)
>>> named_cases()  # the steps of SGD depend on the seed
Traceback (most recent call last):
    ...
TypeError: named_cases() missing 1 required positional argument: 'seed'
"""

from __future__ import annotations

from backproof.verify.cases.case import Case
from backproof.verify.cases.digits import Missing, digits_cases
from backproof.verify.cases.large import large_cases
from backproof.verify.cases.lecture import lecture_cases


def named_cases(seed: int) -> tuple[tuple[Case, ...], tuple[str, ...]]:
    """The cases that every run includes, and a sentence for each that could not be run here."""
    digits = digits_cases(seed)
    if isinstance(digits, Missing):
        return lecture_cases() + large_cases(), (digits.sentence,)
    return lecture_cases() + digits + large_cases(), ()
