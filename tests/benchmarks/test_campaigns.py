"""Every case of a campaign is checked and written, and one that is not CORRECT ends the benchmark."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from backproof.verify.verdicts import Verdict
from benchmarks import campaigns
from benchmarks.campaigns import FIRST, campaign_time, checked, measure
from benchmarks.measure import Disagreement


def test_every_case_leaves_its_record() -> None:
    records = [json.loads(line) for line in checked(range(FIRST, FIRST + 3))]
    assert [record["name"] for record in records] == [f"random {FIRST + k}" for k in range(3)]
    for record in records:
        assert {check["claim"] for check in record["checks"]} >= {"backward pass = path sum", "path sum = certified derivative"}


def test_a_case_that_does_not_hold_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    right = campaigns.check_case

    def wrong(*arguments: Any, **options: Any) -> Any:
        result = right(*arguments, **options)
        return replace(result, comparisons=tuple(replace(c, verdict=Verdict.WRONG) for c in result.comparisons))

    monkeypatch.setattr(campaigns, "check_case", wrong)
    with pytest.raises(Disagreement, match=f"random case {FIRST} of seed 0 is WRONG"):
        checked(range(FIRST, FIRST + 1))


def test_time_is_plotted_against_the_number_of_cases_and_memory_is_said() -> None:
    pytest.importorskip("pyperf")
    found = campaign_time(1, (2, 4), cores=1)
    assert [own.size for own in found.lines] == [2, 4]
    assert "MB before" in found.what


def test_the_quick_run_has_one_table() -> None:
    pytest.importorskip("pyperf")
    assert len(measure(quick=True).tables) == 1
