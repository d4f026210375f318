"""The evidence words are exactly those of the design, and the worst verdict wins."""

from __future__ import annotations

import itertools

from backproof.verify.verdicts import Evidence, Verdict, evidence_words, worst


def test_wrong_outweighs_everything_and_inconclusive_outweighs_correct() -> None:
    for first, second in itertools.permutations([Verdict.CORRECT, Verdict.WRONG, Verdict.INCONCLUSIVE, Verdict.INACCURATE], 2):
        assert worst([first, second]) is worst([second, first])
    assert worst([Verdict.CORRECT, Verdict.INCONCLUSIVE]) is Verdict.INCONCLUSIVE
    assert worst([Verdict.INCONCLUSIVE, Verdict.INACCURATE]) is Verdict.INACCURATE
    assert worst(Verdict) is Verdict.WRONG


def test_evidence_is_always_in_these_words() -> None:
    assert evidence_words(Evidence.EXACT, 12) == "exact on 12 cases"
    assert evidence_words(Evidence.EXACT, 1) == "exact on 1 case"
    assert evidence_words(Evidence.DIGITS, 1200, 50) == "to 50 digits on 1,200 cases"
    assert evidence_words(Evidence.ROUNDING, 3) == "within rounding bound on 3 cases"
    assert evidence_words(Evidence.NOT_CHECKED, 0) == "not checked"


def test_a_claim_without_cases_is_not_checked() -> None:
    for evidence in (Evidence.EXACT, Evidence.DIGITS, Evidence.ROUNDING):
        assert evidence_words(evidence, 0) == "not checked"
