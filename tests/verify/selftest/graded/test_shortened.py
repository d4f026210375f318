"""How much shorter a bound may be: the figure moves with the bound, and is none where nothing is flagged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backproof.verify.rounding.bounds import bounds_in_each
from backproof.verify.selftest.graded import shortened
from backproof.verify.selftest.graded.fault import BELOW, try_fault
from backproof.verify.selftest.graded.judge import Judge
from backproof.verify.selftest.graded.shortened import shortened_bounds
from backproof.verify.three_way.routes import Routes


def tenfold(rounded: Any) -> Any:
    return {
        name: replace(bounds, allowed={j: allowed * 10 for j, allowed in bounds.allowed.items()})
        for name, bounds in bounds_in_each(rounded).items()
    }


def figure(judge: Judge) -> float:
    measured = next(fault for fault in shortened_bounds() if fault.check == "floats, float64")
    tried = try_fault(measured, judge)
    assert tried.outcome == BELOW
    assert tried.resolution is not None
    return tried.resolution


def test_a_bound_ten_times_as_large_may_be_shortened_further(monkeypatch: pytest.MonkeyPatch) -> None:
    few = shortened.cases()[:6]
    monkeypatch.setattr(shortened, "cases", lambda: few)
    right, loose = figure(Judge(Routes(), recount=lambda document: [])), figure(Judge(Routes(bounds=tenfold)))
    assert 0 < right < loose < 1
    assert 1 - loose == pytest.approx((1 - right) / 10, abs=0.01)
