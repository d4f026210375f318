"""The scoreboard counts a fault as caught only if the correct twin is not flagged, and knows no checker's name."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks.checkers import CHECKERS, by_backproof, by_differences, of_arrays
from benchmarks.scoreboard import corpus, play


def test_a_checker_that_flags_everything_catches_nothing() -> None:
    cases = corpus("signs")
    everything = play("everything", lambda case, vjp, seed: True, cases, seeds=2)
    nothing = play("nothing", lambda case, vjp, seed: False, cases, seeds=2)
    assert (everything.caught, everything.alarms) == (0, len(cases))
    assert (nothing.caught, nothing.alarms) == (0, 0)


def test_an_exception_of_a_checker_is_a_flag() -> None:
    def failing(case: Any, vjp: Any, seed: int) -> bool:
        raise ValueError

    assert play("failing", failing, corpus("signs")[:1], seeds=1).alarms == 1


@pytest.mark.parametrize("name", CHECKERS)
def test_every_checker_catches_wrong_signs_and_flags_no_twin(name: str, apart: Callable[[str], None]) -> None:
    package, _ = CHECKERS[name]
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"needs {package}")
    fewest = len(corpus("signs")) if name == "backproof" else 2
    apart(
        "from benchmarks.checkers import CHECKERS\n"
        "from benchmarks.scoreboard import corpus, play\n"
        f"score = play('', CHECKERS[{name!r}][1], corpus('signs'), seeds=1)\n"
        f"assert (score.caught >= {fewest}, score.alarms) == (True, 0), score"
    )


def test_what_backproof_says_in_a_note_is_not_counted_as_caught() -> None:
    cases = [case for case in corpus("library_values", independent=True) if case.note is not None]
    score = play("backproof", by_backproof, cases, seeds=1)
    assert (score.caught, score.noted, score.alarms) == (0, len(cases), 0)


def test_other_checkers_are_given_arrays_only_and_the_same_functions() -> None:
    case = next(case for case in corpus("rare_values", independent=True) if case.name == "reduction flag")
    bound = of_arrays(case)
    assert all(isinstance(a, np.ndarray) for a in bound.args)
    assert len(bound.args) < len(case.args)
    assert np.array_equal(bound.f(*bound.args), case.f(*case.args))
    assert not by_differences(bound, bound.right, 0)


def test_gradcheck_takes_an_empty_argument(apart: Callable[[str], None]) -> None:
    """NumPy gives empty arrays strides of 0, which gradcheck refuses before it looks at a gradient."""
    if importlib.util.find_spec("torch") is None:
        pytest.skip("needs torch")
    apart(
        "from benchmarks.checkers import by_torch\n"
        "from benchmarks.scoreboard import corpus\n"
        "case = next(case for case in corpus('arguments') if case.name == 'empty argument')\n"
        "assert not by_torch(fast=False)(case, case.right, 0)\n"
        "assert not by_torch(fast=True)(case, case.right, 0)"
    )
