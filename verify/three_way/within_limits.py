"""A case checked within limits: out of time or memory it is INCONCLUSIVE, with that reason, and the next case goes on.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.three_way.check import check_case
>>> within_limits(lecture_cases()[0], check_case).verdict
<Verdict.CORRECT: 'CORRECT'>
>>> def endless(case):
...     while True:
...         pass
>>> over = within_limits(lecture_cases()[0], endless, seconds=0.05).comparisons[0]
>>> over.verdict, over.reason, over.detail
(<Verdict.INCONCLUSIVE: 'INCONCLUSIVE'>, <Reason.TIME: 'time'>, 'it takes more than 0.05 s')
"""

from __future__ import annotations

from collections.abc import Callable

from backproof.engine.limits import LIMITS
from backproof.verify.cases.case import Case
from backproof.verify.three_way.check import CaseResult, not_decided
from backproof.verify.time_limits import OutOfMemory, OutOfTime, limited
from backproof.verify.verdicts import Reason


def within_limits(
    case: Case, check: Callable[[Case], CaseResult], seconds: float = LIMITS.suite_seconds, memory: int = LIMITS.case_bytes
) -> CaseResult:
    """What `check` finds of the case, within so many seconds of wall clock and so many bytes of memory; beyond them the
    case is INCONCLUSIVE (time, or memory)."""
    try:
        with limited(seconds, memory, OutOfTime):
            return check(case)
    except (OutOfTime, OutOfMemory, MemoryError) as error:
        return not_decided(case, *over_limit(error))


def over_limit(error: BaseException) -> tuple[Reason, str]:
    """The reason that a limit that was reached gives a verdict, and its words.

    >>> over_limit(OutOfMemory("more than 512 MB"))
    (<Reason.MEMORY: 'memory'>, 'it takes more than 512 MB')
    >>> over_limit(MemoryError())
    (<Reason.MEMORY: 'memory'>, 'the memory is full')
    """
    if isinstance(error, OutOfTime | OutOfMemory):
        return Reason.TIME if isinstance(error, OutOfTime) else Reason.MEMORY, f"it takes {error}"
    if isinstance(error, OverflowError):
        return Reason.DTYPE, f"a number of the case is beyond float64: {error}"
    return Reason.MEMORY, str(error) or "the memory is full"
