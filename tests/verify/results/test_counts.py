"""Counts add up, the words come from them, and a comparison that nothing accounts for forbids CORRECT."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.results.case_record import case_record
from backproof.verify.results.counts import Counts, counts_words
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import Settings
from backproof.verify.results.tally import tally_of
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.witness import Witness

SETTINGS = Settings("backproof verify", 0, 0, 10, 50)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (Counts(8, 8, 3), ""),
        (Counts(12345, 12342, 3, {("no derivative there", True): 3}), "Not judged: 3 of 12,345 comparisons (no derivative there 3)."),
        (Counts(9, 4, 0, {("time", False): 3, ("kink", True): 2}), "Not judged: 5 of 9 comparisons (time 3, kink 2)."),
        (Counts(9, 4, 0, {("kink", False): 3, ("kink", True): 1}), "Not judged: 5 of 9 comparisons (kink 4, nothing says why 1)."),
    ],
)
def test_the_words_are_made_of_the_counts(counts: Counts, words: str) -> None:
    assert counts_words(counts.record()) == words


def test_a_summary_adds_up_the_counts_of_its_cases_and_says_what_was_not_judged() -> None:
    records = [
        case_record(check_case(case, witness=Witness.NONE if place else Witness.ENTRIES), False)
        for place, case in enumerate(lecture_cases()[:3])
    ]
    summary = results_document(SETTINGS, tally_of(records), (), False)["summary"]
    found = summary["comparisons"]
    assert found["planned"] == sum(record["planned"] for record in records) == 21
    assert found["planned"] == found["judged"] + sum(entry["comparisons"] for entry in found["unjudged"])
    assert f"Not judged: {21 - found['judged']} of 21 comparisons (not in the sample 4" in summary["sentence"]
    assert (summary["verdict"], summary["holds"]) == ("CORRECT", True)


def test_a_comparison_that_nothing_accounts_for_is_inconclusive() -> None:
    result = check_case(lecture_cases()[0])
    record = case_record(replace(result, comparisons=result.comparisons[:-1]), False)
    summary = results_document(SETTINGS, tally_of([record]), (), False)["summary"]
    assert (record["verdict"], record["reason"]) == ("INCONCLUSIVE", "planned comparisons that were not judged: 1; nothing says why")
    assert (summary["verdict"], summary["holds"], summary["comparisons"]["unexplained"]) == ("INCONCLUSIVE", False, 1)
