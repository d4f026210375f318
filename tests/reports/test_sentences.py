"""The sentence of a summary is believed only where each of its numbers is what the document counts."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.reports.sentences import not_checked_problems, sentence_problems

NONE = {"CORRECT": 0, "INACCURATE": 0, "WRONG": 0, "INCONCLUSIVE": 0}


def document(sentence: str, not_checked: tuple[str, ...] = (), cases: Any = ({},), **given: Any) -> dict[str, Any]:
    counts = {**NONE, **{word: given.pop(word) for word in NONE if word in given}}
    summary = {"sentence": sentence, "counts": counts, "not_checked": list(not_checked)}
    for key in ("comparisons", "cases", "nondeterministic"):
        if f"of_{key}" in given:
            summary[key] = given.pop(f"of_{key}")
    return {"run": {"interrupted": False}, "summary": summary, "cases": list(cases), "exhaustive": None, "coverage": None, **given}


LEFT = {
    "planned": 9,
    "judged": 4,
    "unexplained": 1,
    "unjudged": [{"reason": "kink", "comparisons": 3, "excused": True}, {"reason": "kink", "comparisons": 1, "excused": False}],
}
NOT_RUN = {
    "planned": 12,
    "run": 2,
    "unexplained": 1,
    "not_run": [{"why": "…", "cases": 4, "excused": True}, {"why": "…", "cases": 5, "excused": False}],
}
EVERY = {"n": 5, "violated": 2}


@pytest.mark.parametrize(
    ("sentence", "given"),
    [
        ("All 2 cases hold: the backward pass equals the path sum.", {"CORRECT": 2}),
        ("The 1 case holds: the backward pass equals the path sum.", {"CORRECT": 1}),
        ("Interrupted: of the cases checked so far, all 1,234 cases hold: so.", {"CORRECT": 1234}),
        ("1 of 4 cases hold; 2 WRONG, 1 INCONCLUSIVE.", {"CORRECT": 1, "WRONG": 2, "INCONCLUSIVE": 1}),
        ("0 of 1 case hold; 1 WRONG.", {"WRONG": 1}),
        ("No case was checked.", {"cases": ()}),
        ("All 2 cases hold: so. Not judged: 5 of 9 comparisons (kink 4, nothing says why 1).", {"CORRECT": 2, "of_comparisons": LEFT}),
        ("All 2 cases hold: so. But 6 of 12 planned cases were not run.", {"CORRECT": 2, "of_cases": NOT_RUN}),
        (
            "All 2 cases hold: so. But on symbols 2 adjoints on graphs with up to 5 vertices are not the sum over their paths.",
            {"CORRECT": 2, "exhaustive": EVERY},
        ),
        (
            "All 2 cases hold: so. On 1 case the answer changed between two calls, at most by 0.25 of the bound (adjoint of x9, by 2e-16); that is allowed.",
            {"CORRECT": 2, "of_nondeterministic": {"cases": 1}},
        ),
    ],
)
def test_a_right_sentence_is_believed_and_one_number_more_is_not(sentence: str, given: dict[str, Any]) -> None:
    assert sentence_problems(document(sentence, **given)) == []
    for word in NONE:
        more = {**given, word: given.get(word, 0) + 1}
        assert sentence_problems(document(sentence, **more))
    if "of_comparisons" in given:
        for key in ("judged", "unexplained", "planned"):
            assert sentence_problems(document(sentence, **{**given, "of_comparisons": {**LEFT, key: LEFT[key] + 1}}))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("sentence", "given"),
    [
        ("All 2 cases hold: so.", {"CORRECT": 2, "of_comparisons": LEFT}),
        ("All 2 cases hold: so.", {"CORRECT": 2, "of_cases": NOT_RUN}),
        ("All 2 cases hold: so.", {"CORRECT": 2, "exhaustive": EVERY}),
        ("All 2 cases hold: so.", {"CORRECT": 2, "of_nondeterministic": {"cases": 1}}),
        ("All 2 cases hold: so. Another 7 were looked at.", {"CORRECT": 2}),
        ("Everything is fine.", {"CORRECT": 2}),
    ],
)
def test_what_is_left_out_or_added_is_seen(sentence: str, given: dict[str, Any]) -> None:
    assert len(sentence_problems(document(sentence, **given))) == 1


def test_the_sentences_of_other_documents_are_read_too() -> None:
    checks = [{"verdict": "CORRECT", "unmet": "not certified"}, {"verdict": "WRONG", "unmet": ""}]
    right = document("1 of 2 gradient checks are CORRECT, but 1 of these is less than the test requires.", cases=(), gradient_checks=checks)
    assert sentence_problems(right) == []
    assert sentence_problems({**right, "gradient_checks": checks[:1]})
    alone = [{"verdict": "WRONG", "unmet": ""}]
    assert sentence_problems(document("The 1 gradient check is WRONG.", cases=(), gradient_checks=alone)) == []
    for words, found in (
        ("The 1 gradient check is INACCURATE.", alone),
        ("The 1 gradient check is WRONG.", [{"verdict": "CORRECT", "unmet": ""}]),
        ("The 1 gradient check is WRONG.", [*alone, *alone]),
        ("The 1 gradient check is WRONG.", [{"verdict": "WRONG", "unmet": "not certified"}]),
    ):
        assert sentence_problems(document(words, cases=(), gradient_checks=found))
    mutant = {"agrees_on": "a graph", "killed_by": ["a check"]}
    matrix = {"mutants": [mutant, {**mutant, "killed_by": []}], "false_alarms": []}
    assert sentence_problems(document("1 of 2 wrong engines caught, 0 false alarms.", selftest=matrix)) == []
    assert sentence_problems(document("2 of 2 wrong engines caught, 0 false alarms.", selftest=matrix))
    theorem = {"verdict": "CORRECT", "steps": [1, 2]}
    words = "1 of 2 theorems checked in 4 steps on 30 cases: every step holds."
    told = document(words, cases=(), theorems=[theorem, {**theorem, "verdict": None}], derivations=[])
    assert sentence_problems(told) == []
    assert sentence_problems({**told, "theorems": [theorem]})


def test_sentences_about_what_was_not_checked_are_counted_again() -> None:
    cases = [{"undecidable": [{"system": "float32"}], "witnessed": True}, {"undecidable": [], "witnessed": False}]
    words = (
        "float32 adjoints on 1 case: undecidable in this dtype, most often because of a kink",
        "differences, the second witness of Theorem 1, on 1 of 2 cases",
    )
    assert list(not_checked_problems(document("", words, cases, CORRECT=2), every=True)) == []
    for wrong in (words[:0], (words[0].replace("1 case", "2 cases"), words[1]), (words[0], words[1].replace("on 1 of", "on 2 of"))):
        assert list(not_checked_problems(document("", wrong, cases, CORRECT=2), every=True))
