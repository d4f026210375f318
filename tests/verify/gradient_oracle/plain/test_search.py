"""What is tried, judged, counted and named."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.plain.candidates import Candidate
from backproof.verify.gradient_oracle.plain.screening import Screening
from backproof.verify.gradient_oracle.plain.search import Looked, Search

X = np.array([0.4, -1.3, 2.2])


def searched(f: Any, vjp: Any, *args: Any, most: int = 12, says: Looked = Looked.JUDGED, **more: Any) -> tuple[Search, list[str]]:
    judged: list[str] = []

    def judge(candidate: Candidate, meant: bool) -> Looked:
        judged.append(candidate.words)
        return says

    search = Search(Screening(f, vjp, np.random.default_rng(0)), judge)
    for name, value in more.items():
        setattr(search, name, value)
    search.begin(args)
    search.run(args, most)
    return search, judged


def right(args: Any, out: Any, ct: Any) -> Any:
    return (2 * args[0] * ct,)


def in_two_ways(args: Any, out: Any, ct: Any) -> Any:
    return (args[0] * ct + ct * args[0],) if len(args[0]) > 40 else (2 * args[0] * ct,)


def test_without_a_condition_sizes_are_screened_and_none_is_judged() -> None:
    search, judged = searched(np.square, right, X)
    assert judged == []
    assert search.screened >= 2
    assert search.accepted >= {1, 2}
    assert search.unseen(()) == ()


def test_an_outcome_that_is_missing_is_judged_once_and_then_seen() -> None:
    search, judged = searched(np.square, in_two_ways, X)
    assert judged == ["size 3 made 41"]
    assert search.unseen(()) == ()


def test_what_may_not_be_judged_any_more_is_left_and_still_told() -> None:
    search, judged = searched(np.square, in_two_ways, X, most=0)
    assert (judged, search.left > 0) == ([], True)


def test_when_the_time_is_over_everything_is_left_and_named() -> None:
    search, judged = searched(np.square, in_two_ways, X, until=0.0)
    assert judged == []
    assert search.left > 5
    assert search.unseen(())[0].startswith("len(args[0]) > 40 at test_search.py:")


def test_a_doubtful_one_that_the_judge_does_not_take_is_not_seen() -> None:
    def half(args: Any, out: Any, ct: Any) -> Any:
        return (args[0] * ct,) if len(args[0]) > 40 else (2 * args[0] * ct,)

    search, judged = searched(np.square, half, X, says=Looked.NOT)
    assert "size 3 made 41" in judged
    assert search.unseen(())[0].startswith("len(args[0]) > 40 at ")


def test_what_goes_wrong_without_an_entry_is_odd_and_not_judged() -> None:
    def divides(args: Any, out: Any, ct: Any) -> Any:
        if len(args[0]) == 0:
            raise ZeroDivisionError
        return (2 * args[0] * ct,)

    search, judged = searched(np.square, divides, X)
    assert judged == []
    assert "the backward raises ZeroDivisionError" in next(iter(search.odd))


def test_a_block_that_no_size_comes_up_to_is_named() -> None:
    def f(x: Any) -> Any:
        if len(x) != 3:
            raise ValueError("three")
        return x * x

    def blocks(args: Any, out: Any, ct: Any) -> Any:
        found = np.zeros_like(args[0])
        for i in range(0, len(args[0]), 64):
            found[i : i + 64] = 2 * args[0][i : i + 64] * ct[i : i + 64]
        return (found,)

    search, _ = searched(f, blocks, X)
    assert any(words.startswith("a size beyond 64, in range(0, len(args[0]), 64) at ") for words in search.unseen(()))
    search, _ = searched(np.square, blocks, X)
    assert search.unseen(()) == ()


def test_decisions_on_numbers_are_told_elsewhere_unless_they_speak_of_sizes() -> None:
    def signs(args: Any, out: Any, ct: Any) -> Any:
        if args[0][0] > 100.0:
            return (ct,)
        return (2 * args[0] * ct,)

    search, _ = searched(np.square, signs, X)
    (words,) = search.unseen(())
    place = words.rpartition(" at ")[2]
    assert search.unseen({place}) == ()
