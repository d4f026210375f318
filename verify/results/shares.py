"""How near a comparison comes to what is allowed, in the words of a record: written and read side by side.

Records hold the words, on disk too; a summary of many needs to know which of them is the largest.

>>> from backproof.verify.verdicts import Verdict
>>> compared = Comparison("a claim", "a theorem", "float64", Verdict.CORRECT, Evidence.ROUNDING, worst=0.3021)
>>> share_words(compared), share_size(share_words(compared))
('0.3 of the bound', 0.3)
>>> sorted(["unequal", "0.3 of the bound", "equal"], key=share_size)
['equal', '0.3 of the bound', 'unequal']
>>> share_size("nearly equal")
Traceback (most recent call last):
    ...
ValueError: could not convert string to float: 'nearly'
"""

from __future__ import annotations

import math

from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.directional import CLAIM_DIRECTIONS
from backproof.verify.three_way.theorem_1 import CLAIM_DIFFERENCES
from backproof.verify.verdicts import Evidence

EQUAL, OVERLAPPING, UNEQUAL, BEYOND = "equal", "overlapping", "unequal", "beyond"


def share_words(comparison: Comparison) -> str:
    """The largest distance as a share of what is allowed, to two digits; a word where there is no such share."""
    share = comparison.worst
    if share is None:
        return UNEQUAL if comparison.failed else OVERLAPPING if comparison.evidence is Evidence.CERTIFIED else EQUAL
    what = "the estimate" if comparison.claim in (CLAIM_DIFFERENCES, CLAIM_DIRECTIONS) else "the bound"
    return f"{BEYOND} {what}" if math.isinf(share) else f"{share:.2g} of {what}"


def share_size(words: str) -> float:
    """How large a share the words of `share_words` name: that of an equality is −1, below all others; beyond is inf."""
    if words in (EQUAL, OVERLAPPING):
        return -1.0
    return math.inf if words.startswith((BEYOND, UNEQUAL)) else float(words.split(maxsplit=1)[0])
