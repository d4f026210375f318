"""How much a check may do: an `Effort`.

>>> EFFORTS["quick"].allows(5, 1000), EFFORTS["quick"].allows(6, 1000), EFFORTS["quick"].allows(0, 300_000)
(True, False, False)
>>> taken_effort("huge")
Traceback (most recent call last):
    ...
ValueError: effort must be one of quick, default, thorough, found a str (huge)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from backproof.engine.limits import LIMITS
from backproof.verify.gradient_oracle.given.words import of_what


@dataclass(frozen=True)
class Effort:
    """How much a check may do beside the given arguments: so many `points`, and code that reads so many numbers in all
    (`operations`). Larger code is judged at fewer points, and the result says so. `seconds` of wall clock are allowed
    for the whole, where the caller names no others. Beside them, so many other sizes, dtypes, types and settings are
    judged (`plain`)."""

    points: int
    operations: int
    seconds: float = math.inf
    plain: int = 0

    def allows(self, points: int, operations: int) -> bool:
        """Whether there may be one more point after so many."""
        return points < self.points and operations <= self.operations


EFFORTS = {
    "quick": Effort(6, 200_000, LIMITS.check_seconds / 10, 3),  # chosen: while one writes the code
    "default": Effort(
        40, 1_000_000, LIMITS.check_seconds, 12
    ),  # chosen: most variants of an argument or two, and as many decisions in turn
    "thorough": Effort(200, 20_000_000, 6 * LIMITS.check_seconds, 60),  # chosen: all variants of several arguments, every entry of a table
}


def taken_effort(effort: Any) -> Effort:
    """The effort of a name. ValueError for any other."""
    if not isinstance(effort, str) or effort not in EFFORTS:
        raise ValueError(f"effort must be one of {', '.join(EFFORTS)}, found {of_what(effort)}")
    return EFFORTS[effort]
