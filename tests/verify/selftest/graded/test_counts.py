"""A report is counted anew from its records: one that is right passes, and each planted change is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from backproof.reports.agreement import disagreements
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.results.case_record import case_record
from backproof.verify.selftest.graded.counts import CHANGED, count_faults
from backproof.verify.selftest.graded.fault import CAUGHT, PASSES, try_fault
from backproof.verify.selftest.graded.judge import Judge, document_of
from backproof.verify.selftest.graded.points import million_paths
from backproof.verify.three_way.check import check_case


def test_every_change_of_a_report_is_named_and_the_right_one_passes() -> None:
    tried = [try_fault(fault, Judge()) for fault in count_faults()]
    assert {one.outcome for one in tried} == {CAUGHT, PASSES}
    assert sum(one.places for one in tried if one.outcome == CAUGHT) == 2 + sum(len(changes) for changes in CHANGED.values())


def test_cases_that_are_factored_and_cases_that_are_not_are_counted_apart() -> None:
    cases: list[Any] = [lecture_cases()[0], replace(million_paths(11), name="2,048 paths")]
    records = [case_record(check_case(case), with_detail=False, findings=[]) for case in cases]
    document = document_of(records, 2)
    assert len({(claim["claim"], claim["system"]) for claim in document["summary"]["claims"]}) < len(document["summary"]["claims"])
    assert disagreements(document) == []
