"""The steps of the theorems on one case within limits: out of time or memory, what was found so far, and every step
INCONCLUSIVE with the reason.

>>> from backproof.theorems.catalogue import theorem
>>> from backproof.verify.cases.lecture import lecture_cases
>>> {found.verdict.value for found in findings_within_limits(lecture_cases()[0], [theorem("path-sum")])}
{'CORRECT'}
>>> findings_within_limits(lecture_cases()[2], [theorem("path-sum")], seconds=1e-3)[-1].reason
'time: it takes more than 0.001 s'
"""

from __future__ import annotations

from collections.abc import Sequence

from backproof.engine.limits import LIMITS
from backproof.theorems.theorem import Theorem
from backproof.verify.cases.case import Case
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.proofs.steps import StepFinding, check_case_theorems, refused
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.within_limits import over_limit
from backproof.verify.time_limits import OutOfMemory, OutOfTime, limited


def findings_within_limits(
    case: Case,
    theorems: Sequence[Theorem],
    routes: Routes | None = None,
    digits: int = DIGITS,
    seconds: float = LIMITS.suite_seconds,
    memory: int = LIMITS.case_bytes,
) -> list[StepFinding]:
    """`check_case_theorems` within so many seconds of wall clock and so many bytes; what a limit leaves open is
    INCONCLUSIVE, step by step.
    """
    found: list[StepFinding] = []
    try:
        with limited(seconds, memory, OutOfTime):
            for finding in check_case_theorems(case, theorems, routes, digits):
                found.append(finding)
    except (OutOfTime, OutOfMemory, MemoryError, OverflowError) as error:
        reason, words = over_limit(error)
        found += [refused(theorem, step, f"{reason.value}: {words}") for theorem in theorems for step in theorem.steps]
    return found
