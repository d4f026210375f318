"""Points that were not judged are counted by their reason, with an excuse or without."""

from __future__ import annotations

import pytest

from backproof.verify.gradient_oracle.planned.unjudged import BROKEN_OFF, EXCUSED, Counted, Unjudged, Why, broken_off, left_out


def test_each_reason_is_counted_once_with_the_words_of_the_first() -> None:
    counted = Counted()
    counted.add(Why.TIME, "zeros")
    counted.add(Why.EFFORT, "more", points=12)
    counted.add(Why.TIME, "ones", points=2)
    counted.add(Why.SIZE, "none", points=0)
    assert counted.all() == (Unjudged(Why.TIME, 3, "zeros"), Unjudged(Why.EFFORT, 12, "more"))


def test_only_what_is_excused_leaves_no_gap() -> None:
    every = [Unjudged(why, 1) for why in Why]
    assert left_out(every) == len(Why) - len(EXCUSED)
    assert {entry.reason for entry in every if entry.excused} == EXCUSED
    assert not {Why.SIZE, Why.WORK, Why.TIME, Why.MEMORY, Why.UNSUPPORTED, Why.KINK, Why.FAILED} & EXCUSED


def test_what_was_begun_and_not_decided_is_no_excuse() -> None:
    assert not BROKEN_OFF & EXCUSED
    for why in Why:
        assert broken_off([Unjudged(Why.SIZE, 1), Unjudged(why, 1)]) == (Unjudged(why, 1) if why in BROKEN_OFF else None)


@pytest.mark.parametrize("why", Why)
def test_every_reason_has_words(why: Why) -> None:
    assert Unjudged(why, 1234, "the first").line().startswith("1,234 ")
    assert Unjudged(why, 1, "the first").line().endswith(" (the first)")
