"""The first failure made small, with what blame says of it and a test to paste: the record `smallest` of a results
document.

>>> from functools import partial
>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.selftest.mutants import by_name
>>> from backproof.verify.three_way.check import check_case
>>> wrong = partial(check_case, routes=by_name("last consumer only").routes)
>>> found = smallest(wrong(lecture_cases()[0]), wrong, lambda result: "a child is forgotten")
>>> found["vertices"], found["case"]["vertices"], found["case"]["verdict"], found["diagnosis"]
(4, 3, 'WRONG', 'a child is forgotten')
>>> smallest(check_case(lecture_cases()[0]), check_case, lambda result: None) is None  # it does not fail
True
"""

from __future__ import annotations

from collections.abc import Callable

from backproof.reports.document import Record
from backproof.verify.campaign.shrinking import same_failure, shrink
from backproof.verify.cases.case import Case
from backproof.verify.cases.replay import case_id, regression_test
from backproof.verify.results.case_record import case_record, with_open_findings
from backproof.verify.three_way.check import CaseResult

MOST_TRIED = 500
"""Chosen: a graph of 15 vertices takes about 70 candidates and less than a second; a run ends soon after its first
failure whatever the engine.
"""


def smallest(
    result: CaseResult,
    check: Callable[[Case], CaseResult],
    diagnose: Callable[[CaseResult], str | None],
    target: str | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Record | None:
    """The case of `result` as small as it fails in the same way; None if it does not fail, or does not fail again, or
    `stop` is true before it is found.

    `check` checks a candidate as `result` was found, `diagnose` says of a result what is wrong, `target` is the engine
    on trial where it is not backproof's own.
    """
    try:
        small = shrink(result.case, same_failure(result, check=check), MOST_TRIED, stop).case
    except ValueError:
        return None
    if stop():
        return None
    found = check(small)
    return {
        "of": case_id(result.case),
        "name": result.case.name,
        "vertices": result.case.graph.n,
        "case": with_open_findings(case_record(found, with_detail=True, target=target)),
        "test": regression_test(small, target=target),
        "diagnosis": diagnose(found),
    }
