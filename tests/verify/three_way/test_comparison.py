"""A comparison ends in failures, worst first and cut, or in a reason; one sentence says it everywhere."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from backproof.verify.three_way.comparison import MOST_FAILURES, Comparison, Failure, and_more, shown_fraction
from backproof.verify.verdicts import Evidence, Reason, Verdict

OPENED = Comparison("left = right", "a theorem", "float64", Verdict.CORRECT, Evidence.ROUNDING, entries=30, digits=12)


def failure(where: str) -> Failure:
    return Failure(where, "1", "2", "1", "0")


def test_failures_stand_worst_first_and_only_the_worst_twenty_are_listed() -> None:
    found = [(float(size), failure(str(size))) for size in range(25)]
    wrong = OPENED.with_failures(Verdict.WRONG, "25 of 30 differ", [*found[13:], *found[:13]])
    assert (wrong.verdict, wrong.failed, wrong.detail, wrong.reason) == (Verdict.WRONG, 25, "25 of 30 differ", None)
    assert [one.where for one in wrong.failures] == [str(size) for size in range(24, 24 - MOST_FAILURES, -1)]
    assert (wrong.entries, wrong.digits) == (30, 12)


def test_equally_bad_failures_stay_in_the_order_in_which_they_were_found() -> None:
    wrong = OPENED.with_failures(Verdict.INACCURATE, "", [(2.0, failure("c")), *((math.inf, failure(where)) for where in "ab")])
    assert [one.where for one in wrong.failures] == ["a", "b", "c"]


@pytest.mark.parametrize("reason", list(Reason))
def test_a_reason_is_data_and_the_sentence_is_made_of_it(reason: Reason) -> None:
    left_open = OPENED.inconclusive(reason, "vertex 3: it says 'kink: no'")
    assert (left_open.verdict, left_open.reason, left_open.digits) == (Verdict.INCONCLUSIVE, reason, None)
    assert left_open.sentence == f"{reason.value}: vertex 3: it says 'kink: no'"


def test_what_is_right_says_nothing_but_its_note() -> None:
    assert OPENED.sentence is None
    assert OPENED.wrong_paths("1 path, but there are 2").sentence == "wrong path enumeration: 1 path, but there are 2"


def test_the_first_of_several_is_named_and_the_others_are_counted() -> None:
    assert [and_more(list(words)) for words in ("a", "ab", "abc")] == ["a", "a and 1 more", "a and 2 more"]
    with pytest.raises(IndexError):
        and_more([])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(2), "2.0"),
        (Fraction(-1, 4), "-0.25000000000000000000"),
        (Fraction(10**25), "1.0000000000000000000e25"),
        (Fraction(1, 3 * 10**400), "3.3333333333333333333e-401"),
        (Fraction(999999999999999999999999, 10**24), "1.0"),
    ],
)
def test_fractions_are_shown_with_twenty_digits(value: Fraction, text: str) -> None:
    assert shown_fraction(value) == text
    assert float(Fraction(text)) == pytest.approx(float(value), rel=1e-15)
