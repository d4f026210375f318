"""Many calls: one that is another from the n-th on is found up to a stated number, and only what can count is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.probes.calls import Call, Probe
from backproof.verify.gradient_oracle.probes.counts import CALLS, FEWEST, WORK, many_calls
from backproof.verify.gradient_oracle.probes.remembered import held_by

PROBE = Probe("many calls", "called many times", many_calls)


def counting(n: int, size: int = 2) -> tuple[Call, list[int]]:
    """A backward that is wrong from its n-th call on, called once; and its count."""
    calls = [0]

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        calls[0] += 1
        return (ct * (2.0 if calls[0] >= n else 1.0),)

    ones = np.ones(size)
    held = held_by([vjp])
    call = Call(lambda x: 1.0 * x, vjp, (ones,), ones, vjp((ones,), None, ones), (ones,), 1.0, held=held)
    return call, calls


@pytest.mark.parametrize(("n", "found"), [(2, True), (CALLS + 1, True), (CALLS + 2, False)])
def test_a_change_at_the_nth_call_is_found_as_far_as_is_promised(n: int, found: bool) -> None:
    call, _ = counting(n)
    assert bool(many_calls(call, PROBE)) is found


def test_dear_calls_are_fewer() -> None:
    call, calls = counting(10**6, size=WORK // 100)
    assert many_calls(call, PROBE) == []
    assert calls[0] == 1 + 100 > FEWEST


def test_what_holds_nothing_that_changes_is_not_called_again() -> None:
    call, calls = counting(10**6)
    assert many_calls(replace(call, held=held_by([call.f, call.vjp])), PROBE) == []
    assert calls[0] == 1


def test_a_forward_that_changes_after_many_calls_is_found_too() -> None:
    call, calls = counting(10**6)
    (found,) = many_calls(replace(call, f=lambda x: x * (1.0 if calls[0] < 50 else 2.0)), PROBE)
    assert found.sentence == "after 50 more calls with the same arguments, the forward gives another result"
