"""What is followed is the user's own code, in this thread, and what was there before is put back."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.plain import tracing
from backproof.verify.gradient_oracle.plain.tracing import Known, Trace


def inner(n: int) -> int:
    return 1 if n > 10 else 2


def outer(n: int) -> int:
    return sum(inner(k) for k in range(n))


def test_functions_that_are_called_are_followed_and_libraries_are_not() -> None:
    trace = Trace()
    with trace.on():
        outer(12)
        np.median(np.ones(3))
    assert {(condition.what, outcome) for condition, outcome in trace.taken()} >= {("n > 10", True), ("n > 10", False)}
    assert all(condition.file == __file__ for condition, _ in trace.taken())


def test_a_trace_that_was_there_is_put_back_also_after_an_error() -> None:
    def mine(frame: Any, event: str, arg: Any) -> None:
        return None

    before = sys.gettrace()
    try:
        sys.settrace(mine)
        with pytest.raises(ZeroDivisionError), Trace().on():
            inner(1 // 0)
        found = sys.gettrace()
    finally:
        sys.settrace(before)
    assert found is mine


def test_a_long_run_is_followed_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "MOST_STEPS", 40)
    trace = Trace()
    with trace.on():
        assert outer(1000) == 11 * 2 + 989
    assert trace.steps <= 42
    assert not any(condition.what == "n > 10" and outcome for condition, outcome in trace.taken())


def test_a_truth_value_from_outside_excludes_its_other_outcome() -> None:
    def made(flag: Any) -> Any:
        return lambda n: 1 if flag else n

    def excluded(flag: Any) -> set[Any]:
        known = Known()
        with Trace(known).on():
            made(flag)(3)
        return {(condition.what, outcome) for condition, outcome in known.refusals}

    assert excluded(True) == {("flag", False)}
    assert excluded([1]) == set()
