"""Sizes, dtypes, types and settings, through `check`: every wrong one of `tests/corpus/sizes` is flagged or named in the
first line, every right one is CORRECT.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from backproof.verify import check
from backproof.verify.gradient_oracle.planned.unjudged import Why
from backproof.verify.results.check_record import check_record

CORPUS: Any = sys.modules["cases"]  # loaded in conftest.py
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
CASES = CORPUS.load_cases(folder=CORPUS.FOLDER / "sizes")
NAMED = {
    "a list": "never seen: asks(x, ct) at forms.py:",
    "whole numbers": "never seen: asks(x, ct) at forms.py:",
    "an attribute that is not there": "never seen: asks(x, ct) at forms.py:",
    "a mode of an object": "never seen: not (self.training) at forms.py:",
    "a threshold of a million": "never seen: asks(args[0]) at thresholds.py:",
}
"""The wrong ones that are not flagged: `check` is given no lists and no arrays of whole numbers to differentiate, does not
change objects, and draws no million entries. What their first line says instead."""
X = np.array([0.4, -1.3, 2.2])


def checked(case: Any, what: str) -> Any:
    case = case.anew()
    return check(case.f, case.args, getattr(case, what))


def test_the_corpus_is_large_enough() -> None:
    assert sum(case.wrong is not None for case in CASES) >= 60
    assert len(CASES) >= 85
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", [case for case in CASES if case.wrong is not None], ids=lambda case: case.name)
def test_a_wrong_one_is_flagged_or_named_in_the_first_line(case: Any) -> None:
    result = checked(case, "wrong")
    assert result.ok == (case.name in NAMED)
    if result.ok:
        assert NAMED[case.name] in result.explain().splitlines()[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_right_one_is_correct(case: Any) -> None:
    result = checked(case, "right")
    assert result.ok, result.explain()


def doubled(args: Any, out: Any, ct: Any) -> Any:
    return (2 * args[0] * ct,)


def test_what_is_wrong_only_without_an_entry_is_a_note() -> None:
    def wrong_when_empty(args: Any, out: Any, ct: Any) -> Any:
        return (np.ones(1),) if args[0].size == 0 else doubled(args, out, ct)

    result = check(np.square, (X,), wrong_when_empty)
    assert result.ok
    assert any(note.startswith("with size 3 made 0, gradient of argument 0: shape (1,)") for note in result.notes)


def test_where_the_forward_raises_or_gives_nan_nothing_is_asked() -> None:
    def f(x: Any) -> Any:
        if len(x) == 1:
            raise ValueError("no pair")
        return x * x if len(x) < 9 else x * np.nan

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return doubled(args, out, ct) if 1 < len(args[0]) < 9 else (ct * 5.0,)

    assert check(f, (X,), vjp).ok


def test_refusing_is_no_outcome_that_is_named() -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        if len(args[0]) > 100_000:
            raise ValueError("too long")
        assert args[0].ndim == 1
        return doubled(args, out, ct)

    result = check(np.square, (X,), vjp)
    assert (result.ok, result.unseen, result.worth) == (True, (), "")


def test_what_was_not_seen_stands_in_the_first_line_the_record_and_never_in_that_of_a_wrong_one() -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return (ct,) if len(args[0]) > 10**6 else doubled(args, out, ct)

    result = check(np.square, (X,), vjp)
    assert "; never seen: len(args[0]) > 10**6 at test_sizes.py:" in result.explain().splitlines()[0]
    assert [words.rpartition(" at ")[0] for words in result.unseen] == ["len(args[0]) > 10**6"]
    assert any(words.endswith("was never seen") for words in check_record(result)["unreached"])
    wrong = check(np.square, (X,), lambda args, out, ct: (ct,) if len(args[0]) > 10**6 else (ct * args[0],))
    assert "never seen" not in wrong.explain().splitlines()[0]


def test_larger_sizes_are_certified_where_the_effort_bears_it() -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return (args[0] * ct + ct * args[0],) if len(args[0]) > 100 else doubled(args, out, ct)

    result = check(np.square, (X,), vjp)
    assert result.ok
    assert result.shortfall == ""
    assert result.compared > 0
    assert result.proved == check(np.square, (X,), doubled).proved + 1


def test_smaller_effort_leaves_sizes_out_and_counts_them() -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        n = len(args[0])
        ways = [n > 10, n > 20, n > 30, n > 50]
        for k in range(4):
            if (ways[k] and k == 0) or (ways[k] and k == 1) or (ways[k] and k == 2) or ways[k]:
                n += 0
        return doubled(args, out, ct)

    result = check(np.square, (X,), vjp, effort="quick")
    assert result.ok
    assert any(entry.reason is Why.EFFORT for entry in result.unjudged)


def test_the_same_seed_gives_the_same_answer() -> None:
    case = next(case for case in CASES if case.name == "two ways for two sizes")
    first, second = checked(case, "right"), checked(case, "right")
    assert (first.points, first.compared, first.unseen) == (second.points, second.compared, second.unseen)
