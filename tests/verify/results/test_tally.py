"""The running summary is the same in any order, keeps little, and counts everything."""

from __future__ import annotations

import random
import tracemalloc
from typing import Any

import pytest

from backproof.verify.results import tally
from backproof.verify.results.tally import KEPT_FAILURES, KEPT_ROWS, Tally, tally_of


def record(number: int, verdict: str = "CORRECT", digits: float | None = 15.0, worst: str = "0.1 of the bound") -> dict[str, Any]:
    check = {
        "claim": "backward pass = path sum",
        "theorem": "Theorem 2",
        "system": "float64",
        "verdict": verdict,
        "kind": "ROUNDING",
        "digits": None,
        "entries": 1,
        "worst": worst,
        "share": None,
    }
    return {
        "id": f"{number:012x}",
        "verdict": verdict,
        "group": "random",
        "family": "chain",
        "facts": {"vertices": 3, "paths": "1", "fan_out": 1, "dimension": 1, "functions": [["square", 0, 1]]},
        "findings": None,
        **{"planned": 1, "judged": 1, "certified": 0, "unjudged": []},
        "checks": [check],
        "digits": digits,
        "ulps": str(number % 7),
    }


def test_the_order_of_arrival_does_not_matter() -> None:
    records = [record(i, "WRONG" if i % 10 == 3 else "CORRECT", digits=10 + i % 5, worst=f"{i / 100} of the bound") for i in range(100)]
    shuffled = list(enumerate(records))
    random.Random(4).shuffle(shuffled)
    other = Tally()
    for place, one in shuffled:
        other.add(place, one)
    straight = tally_of(records)
    assert other.coverage == straight.coverage
    assert other.coverage.cases == 100
    assert (other.claims(), other.accuracy(), other.records(), other.groups) == (
        straight.claims(),
        straight.accuracy(),
        straight.records(),
        straight.groups,
    )
    assert straight.counts == {"CORRECT": 90, "INACCURATE": 0, "WRONG": 10, "INCONCLUSIVE": 0}
    assert straight.claims()[0]["evidence"] == "within rounding bound on 90 cases"
    assert straight.claims()[0]["worst"] == "0.99 of the bound"
    assert straight.accuracy() == {"worst_digits": 10, "worst_ulps": "6", "case": record(0)["id"]}


def test_only_the_first_rows_and_the_first_failures_are_kept() -> None:
    tally = tally_of(record(i, "WRONG" if i >= KEPT_ROWS + 500 else "CORRECT") for i in range(KEPT_ROWS + 500 + KEPT_FAILURES + 50))
    assert tally.total == KEPT_ROWS + 500 + KEPT_FAILURES + 50
    assert tally.counts["WRONG"] == KEPT_FAILURES + 50
    assert len(tally.records()) == KEPT_ROWS + KEPT_FAILURES
    assert tally.records()[-1]["id"] == f"{KEPT_ROWS + 500 + KEPT_FAILURES - 1:012x}"


def test_a_case_counts_once() -> None:
    tally = tally_of([record(0)])
    assert tally.done(0)
    assert not tally.done(1)
    with pytest.raises(ValueError, match="case 0 was added already"):
        tally.add(0, record(0))


def test_cases_on_which_an_answer_changed_are_counted_once_each_with_the_largest_change() -> None:
    def changed(number: int, *shares: str | None) -> dict[str, Any]:
        one = record(number)
        checks = [
            {**one["checks"][0], "change": {"where": f"adjoint of x{k}", "difference": "1", "share": share, "entries": 1}}
            for k, share in enumerate(shares)
        ]
        return {**one, "checks": [*one["checks"], *checks]}

    tally = tally_of([record(0), changed(1, None), changed(2, "0.25", "0.5"), changed(3, "0.1")])
    assert tally.nondeterministic == 3
    assert tally.largest_change == {"where": "adjoint of x1", "difference": "1", "share": "0.5", "entries": 1}
    assert tally_of([record(0)]).nondeterministic == 0
    assert tally_of([changed(0, None)]).largest_change is not None


def test_the_memory_of_a_long_campaign_is_bounded() -> None:
    tally = tally_of(record(i) for i in range(KEPT_ROWS))
    again = [record(i) for i in range(10)]
    tracemalloc.start()
    for place in range(KEPT_ROWS, KEPT_ROWS + 10_000):
        tally.add(place, again[place % 10])
    tally.add(10**6, again[0])
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert grown < 500_000, "a bit for each place, of a million"
    assert (tally.done(10**6), tally.done(10**6 - 1), tally.done(10**9)) == (True, False, False)


def test_of_a_shard_every_record_is_kept_in_any_order_and_details_of_the_first_failures_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "KEPT_ROWS", 3)
    monkeypatch.setattr(tally, "KEPT_FAILURES", 2)
    cases = [(place, {**record(place, "WRONG" if place % 2 else "CORRECT"), "detail": {}, "replay": "line"}) for place in range(0, 40, 4)]
    cases += [(place + 1, {**one, "id": "f" * 12, "verdict": "WRONG"}) for place, one in cases]
    random.Random(7).shuffle(cases)
    whole = Tally(keeps_all=True)
    for place, one in cases:
        whole.add(place, one)
    kept = dict(whole.kept())
    assert sorted(kept) == sorted(place for place, _ in cases)
    assert [place for place, one in kept.items() if one["verdict"] == "WRONG" and one["detail"] is not None] == [1, 5]
    assert {one["replay"] for place, one in kept.items() if one["verdict"] == "CORRECT" and place >= 3} == {""}


def test_what_agrees_and_what_cancels_is_added_over_all_cases() -> None:
    def one(number: int, agreed: dict[str, int]) -> dict[str, Any]:
        made = record(number)
        made["checks"][0]["agreed"] = agreed
        return {**made, "cancellation": [{"kappa": number, "lost": 1, "entries": 2}]}

    found = tally_of([one(0, {"17": 2}), one(1, {"3": 1, "17": 1}), one(1, {}), record(3)])
    assert found.claims()[0]["agreed"] == {"3": 1, "17": 3}
    assert found.cancellation() == [{"kappa": 0, "lost": 1, "entries": 2}, {"kappa": 1, "lost": 1, "entries": 4}]
    assert "agreed" not in tally_of([record(0)]).claims()[0]
