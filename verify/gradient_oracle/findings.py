"""What `check` finds: a `Finding` says at which point, of which argument and entry, what was computed and what is right; `worst_of` orders them.

>>> finding = Finding("WRONG", "formula", "the given arguments", 0, (1,), "3.0", "2.0", math.inf, "wrong by a factor of 1.5")
>>> print(finding.line())
WRONG at the given arguments: gradient of argument 0[1] is 3.0, the derivative is 2.0 (wrong by a factor of 1.5)
>>> worst_of([])
Traceback (most recent call last):
    ...
ValueError: there is no finding to choose from
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from backproof.verify.verdicts import Verdict


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be.

    `verdict`   WRONG, INACCURATE or INCONCLUSIVE
    `kind`      formula, floats, shape, protocol, or why nothing could be said
    `point`     where: which arguments, in words
    `argument`, `index`   the number of the argument, and the entry of its gradient
    `found`, `expected`   both values, in digits
    `size`      the error as a multiple of what is allowed; inf where nothing is
    `words`     what it means
    """

    verdict: str
    kind: str
    point: str
    argument: int | None = None
    index: tuple[int, ...] | None = None
    found: str = ""
    expected: str = ""
    size: float = 0.0
    words: str = ""

    def line(self) -> str:
        """The finding in one line."""
        if self.argument is None or not self.expected:
            where = f"gradient of argument {self.argument}: " if self.argument is not None else ""
            return f"{self.verdict} at {self.point}: {where}{self.words}"
        entry = "" if not self.index else f"[{', '.join(map(str, self.index))}]"
        more = f" ({self.words})" if self.words else ""
        return f"{self.verdict} at {self.point}: gradient of argument {self.argument}{entry} is {self.found}, the derivative is {self.expected}{more}"


ORDER = (Verdict.INCONCLUSIVE.value, Verdict.INACCURATE.value, Verdict.WRONG.value)


def worst_of(findings: Sequence[Finding]) -> Finding:
    """The finding to show first: WRONG before INACCURATE, then the largest error."""
    if not findings:
        raise ValueError("there is no finding to choose from")
    return max(findings, key=lambda f: (ORDER.index(f.verdict), f.size if math.isfinite(f.size) else 1e308))
