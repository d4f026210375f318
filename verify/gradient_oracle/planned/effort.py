"""How much a check may do: an `Effort`.

>>> EFFORTS["quick"].allows(5, 1000), EFFORTS["quick"].allows(6, 1000), EFFORTS["quick"].allows(0, 300_000)
(True, False, False)
>>> EFFORTS["huge"]
Traceback (most recent call last):
    ...
KeyError: 'huge'
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from backproof.engine.limits import LIMITS


@dataclass(frozen=True)
class Effort:
    """How much a check may do beside the given arguments: so many `points`, and code that reads so many numbers in all
    (`operations`). Larger code is judged at fewer points, and the result says so. `seconds` of wall clock are allowed
    for the whole, where the caller names no others."""

    points: int
    operations: int
    seconds: float = math.inf

    def allows(self, points: int, operations: int) -> bool:
        """Whether there may be one more point after so many."""
        return points < self.points and operations <= self.operations


EFFORTS = {
    "quick": Effort(6, 200_000, LIMITS.check_seconds / 10),  # chosen: while one writes the code
    "default": Effort(40, 1_000_000, LIMITS.check_seconds),  # chosen: most variants of an argument or two, and as many decisions in turn
    "thorough": Effort(200, 20_000_000, 6 * LIMITS.check_seconds),  # chosen: all variants of several arguments, every entry of a table
}
