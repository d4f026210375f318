"""How the claims are checked: paths, path sums, enclosures, random graphs, verdicts, campaigns, the command line; and `check`, for other people's backward passes.

>>> from backproof.verify import Verdict
>>> Verdict.CORRECT.value
'CORRECT'
>>> Verdict("fine")
Traceback (most recent call last):
    ...
ValueError: 'fine' is not a valid Verdict
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backproof.verify.doors import door
from backproof.verify.verdicts import Evidence, Reason, Verdict

if TYPE_CHECKING:
    from backproof.verify.gradient_oracle.check import assert_correct, check
    from backproof.verify.gradient_oracle.result import CheckResult

__all__ = ["CheckResult", "Evidence", "Reason", "Verdict", "assert_correct", "check"]

__getattr__ = door(
    __name__,
    {"CheckResult": "gradient_oracle.result", "assert_correct": "gradient_oracle.check", "check": "gradient_oracle.check"},
)
