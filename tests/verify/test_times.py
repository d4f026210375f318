"""Parts add up to the whole, are measured only where it is asked for, and end with what is raised in them."""

from __future__ import annotations

from time import process_time

import pytest

from backproof.verify.campaign.run import Finished, run_suite
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.results.settings import Settings
from backproof.verify.times import part, timed, written


def work(seconds: float) -> None:
    end = process_time() + seconds
    while process_time() < end:
        pass


def test_a_part_inside_of_another_counts_for_itself_only() -> None:
    began = process_time()
    with timed() as times, part("outer"):
        work(0.02)
        with part("inner"):
            work(0.03)
        work(0.02)
    whole = process_time() - began
    assert times["inner"] >= 0.03
    assert times["outer"] >= 0.04
    assert sum(times.values()) <= whole


def test_the_same_part_is_added_up_and_what_is_raised_ends_it() -> None:
    with timed() as times:
        for _ in range(2):
            with pytest.raises(KeyError), part("one"):
                raise KeyError("one")
        with part("two"):
            work(0.01)
    assert list(times) == ["one", "two"]
    assert times["one"] < times["two"]


def test_what_is_outside_of_it_is_not_measured() -> None:
    with timed() as times:
        pass
    with part("after"):
        work(0.001)
    assert times == {}


def test_records_of_a_run_have_times_where_they_are_asked_for_and_are_the_same_otherwise() -> None:
    settings = Settings("", seed=0, cases=0, max_paths=8, digits=20)
    (plain,) = run_suite(settings, lecture_cases()[:1], jobs=1)
    (measured,) = run_suite(settings, lecture_cases()[:1], jobs=1, times=True)
    assert isinstance(plain, Finished)
    assert isinstance(measured, Finished)
    assert "times" not in plain.record
    assert {"the passes", "path sums", "enclosures"} <= {entry["part"] for entry in measured.record["times"]}
    assert {key: value for key, value in measured.record.items() if key != "times"} == plain.record
    assert written({}) == []
