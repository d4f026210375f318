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

from typing import TYPE_CHECKING, Any

from backproof.verify.verdicts import Evidence, Reason, Verdict

if TYPE_CHECKING:
    from backproof.verify.gradient_oracle.check import CheckResult, assert_correct, check

__all__ = ["CheckResult", "Evidence", "Reason", "Verdict", "assert_correct", "check"]


def __getattr__(name: str) -> Any:
    """The names of `backproof.verify.gradient_oracle.check`, imported when they are first used."""
    if name in ("CheckResult", "assert_correct", "check"):
        from backproof.verify.gradient_oracle import check as checking

        return getattr(checking, name)
    raise AttributeError(f"module 'backproof.verify' has no attribute {name!r}")
