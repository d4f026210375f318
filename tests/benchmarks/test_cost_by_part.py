"""The stopwatches leave the check as it is, and the parts are all of it."""

from __future__ import annotations

import time

import pytest

from backproof.verify.cases.case import Case
from backproof.verify.cases.draws import usual_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.paths.blocks import PathSums
from backproof.verify.three_way.check import check_case
from benchmarks.cost_by_part import CHECK_PARTS, check_in_parts, measure_cases, one_round

CASES = (*lecture_cases()[:2], *(usual_case(0, index) for index in range(4)))


@pytest.mark.parametrize("case", CASES)
def test_the_check_in_parts_finds_what_the_check_finds(case: Case) -> None:
    before = PathSums.to, PathSums.leaving
    result, _ = check_in_parts(case)
    assert result.comparisons == check_case(case).comparisons
    assert (PathSums.to, PathSums.leaving) == before


def test_the_parts_are_within_the_time_that_passed_and_none_is_left_out() -> None:
    start = time.perf_counter()
    _, seconds = check_in_parts(CASES[0])
    passed = time.perf_counter() - start
    assert tuple(seconds) == CHECK_PARTS
    assert all(amount > 0 for amount in seconds.values())
    assert sum(seconds.values()) <= passed


def test_a_round_draws_checks_records_and_reports_every_case() -> None:
    records, seconds = one_round([lambda: CASES[3], lambda: CASES[4]])
    assert [record["name"] for record in records] == [CASES[3].name, CASES[4].name]
    assert all(record["verdict"] == "CORRECT" and record["detail"] for record in records)
    assert tuple(seconds) == ("draw", *CHECK_PARTS, "record", "report")


def test_the_table_is_for_one_case_and_covers_the_whole() -> None:
    pytest.importorskip("pyperf")
    found = measure_cases([lambda: CASES[2]] * 3, rounds=2)
    assert found.count == 3
    assert sum(own.share or 0 for own in found.lines) == pytest.approx(1)
