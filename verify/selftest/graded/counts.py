"""Reports that say something else than was found: a case more or less, a verdict or a word of evidence that says more
than the counts.

They are planted in a finished document of a few cases, one of them WRONG, and recounted. That a run of other cases than
were planned does not hold is looked at in the document itself.

>>> from backproof.verify.selftest.graded.fault import try_fault
>>> from backproof.verify.selftest.graded.judge import Judge
>>> tried = [try_fault(fault, Judge()) for fault in count_faults()]
>>> sorted({one.outcome for one in tried})
['caught', 'passes']
>>> trusting = Judge(recount=lambda document: [])
>>> sum(try_fault(fault, trusting).outcome == "MISSED" for fault in count_faults())
4
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, TypeAlias

from backproof.reports.document import Record
from backproof.theorems.catalogue import THEOREMS
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.proofs.steps import check_case_theorems
from backproof.verify.results.case_record import case_record
from backproof.verify.results.ledger import finding_record
from backproof.verify.selftest.graded.fault import Fault, Measured, Plant
from backproof.verify.selftest.graded.judge import Judge, Seen
from backproof.verify.selftest.graded.planting import adjoint_set
from backproof.verify.selftest.graded.points import cancelling, unused_leaf
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.routes import Routes
from backproof.verify.verdicts import Verdict

RECOUNT, PLANNED = "recount", "planned cases"

Change: TypeAlias = Callable[[Any], None]


def count_faults() -> list[Fault | Measured]:
    """The faults of reports."""
    found: list[Fault | Measured] = [
        Fault(RECOUNT, "a report as it is written", {"cases that hold": _recounted(False), "one is WRONG": _recounted(True)}, should_pass=True),
        Fault(PLANNED, "as many cases as were planned", {"all": lambda judge: _planned(judge, 0)}, should_pass=True),
        Fault(PLANNED, "a run of one case less than was planned", {"one less": lambda judge: _planned(judge, 1)}, verdict=Verdict.INCONCLUSIVE),
        Fault(PLANNED, "a run of one case more than was planned", {"one more": lambda judge: _planned(judge, -1)}, verdict=Verdict.INCONCLUSIVE),
    ]  # fmt: skip
    for words, changes in CHANGED.items():
        found.append(Fault(RECOUNT, words, {name: _recounted(True, change) for name, change in changes.items()}))
    return found


@cache
def _records(with_wrong: bool) -> tuple[Record, ...]:
    """The records of a few cases; of one of them the adjoint is wrong."""
    cases = [*lecture_cases()[:3], unused_leaf(), cancelling()]
    wrong = adjoint_set(Routes(), "float64", 1, (0, 0), 0.5)
    records: list[Record] = []
    for place, case in enumerate(cases):
        findings = [finding_record(found) for found in check_case_theorems(case, THEOREMS)] if place == 0 else None
        routes = wrong if with_wrong and place == len(cases) - 1 else Routes()
        records.append(case_record(check_case(case, routes), with_detail=False, findings=findings))
    return tuple(records)


def _planned(judge: Judge, missing: int) -> Seen:
    records = _records(False)
    document = judge.document(records, len(records) + missing)
    return {PLANNED: Verdict.CORRECT if document["summary"]["holds"] else Verdict.INCONCLUSIVE}


def _recounted(with_wrong: bool, change: Change | None = None) -> Plant:
    def plant(judge: Judge) -> Seen:
        records = _records(with_wrong)
        document = deepcopy(judge.document(records, len(records)))
        if change is not None:
            change(document)
        return {RECOUNT: Verdict.WRONG if judge.recount(document) else Verdict.CORRECT}

    return plant


def _add(by: int, *keys: Any) -> Change:
    """The number at the end of these keys, changed by so much."""

    def change(document: Any) -> None:
        for key in keys[:-1]:
            document = document[key]
        document[keys[-1]] += by

    return change


def _put(value: Any, *keys: Any) -> Change:
    """Another value at the end of these keys."""

    def change(document: Any) -> None:
        for key in keys[:-1]:
            document = document[key]
        document[keys[-1]] = value

    return change


def _first_step(document: Any) -> Any:
    """What is found of the first step that was checked on the cases."""
    return next(
        found
        for theorem in document["theorems"]
        for step in theorem["steps"]
        for found in step["found"]
        if found["kind"] in ("EXACT", "ROUNDING")
    )


def _in_step(key: str, value: Any) -> Change:
    return lambda document: _first_step(document).update({key: value})


def _counted_in_step(document: Any) -> None:
    _first_step(document)["counts"]["CORRECT"] += 1


SUMMARY, CLAIM, GROUP, LAST = ("summary",), ("summary", "claims", 0), ("groups", 0), ("cases", -1)

CHANGED: Mapping[str, Mapping[str, Change]] = {
    "a report that counts one case more": {
        "summary": _add(1, *SUMMARY, "counts", "CORRECT"),
        "cases run": _add(1, *SUMMARY, "cases", "run"),
        "group": _add(1, *GROUP, "cases"),
        "verdicts of a group": _add(1, *GROUP, "counts", "CORRECT"),
        "claim": _add(1, *CLAIM, "counts", "CORRECT"),
        "not checked": _add(1, *CLAIM, "not_checked"),
        "step": _counted_in_step,
        "a record twice": lambda document: document["cases"].append(document["cases"][0]),
    },
    "a report that counts one case less": {
        "summary": _add(-1, *SUMMARY, "counts", "WRONG"),
        "cases run": _add(-1, *SUMMARY, "cases", "run"),
        "group": _add(-1, *GROUP, "cases"),
        "claim": _add(-1, *CLAIM, "counts", "CORRECT"),
        "a record left out": lambda document: document["cases"].pop(0),
    },
    "a verdict that says more than the counts": {
        "summary": _put("CORRECT", *SUMMARY, "verdict"),
        "it holds": _put(True, *SUMMARY, "holds"),
        "sentence": _put("All 5 cases hold: …", *SUMMARY, "sentence"),
        "case": _put("CORRECT", *LAST, "verdict"),
        "comparison": _put("CORRECT", *LAST, "checks", 1, "verdict"),
    },
    "evidence in words that say more than the counts, or less": {
        "one case more": _put("exact on 5 cases", *CLAIM, "evidence"),
        "a stronger word": _put("machine-checked for all graphs", *CLAIM, "evidence"),
        "not checked": _put("not checked", *CLAIM, "evidence"),
        "step, one case more": _in_step("evidence", "exact on 2 cases"),
        "step, not checked": _in_step("evidence", "not checked"),
    },
}
