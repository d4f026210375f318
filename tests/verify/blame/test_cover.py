"""The fewest causes that explain all failures, whatever the order in which these come, and in bounded memory."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from backproof.verify.blame import cover
from backproof.verify.blame.cover import Votes, causes_record

RULE, OTHER, PLACE, UNKNOWN = "sign @ every tanh", "doubled @ every exp", "dropped @ one place", "wrong sum @ one place"


def votes_of(*failures: Sequence[str]) -> Votes:
    votes = Votes()
    for place, keys in enumerate(failures):
        votes.add(place, f"id{place}", keys)
    return votes


def record_of(*failures: Sequence[str]) -> dict[str, Any]:
    record = causes_record(votes_of(*failures))
    assert record is not None
    return record


def test_one_rule_that_explains_all_is_the_cause() -> None:
    record = record_of(*[(RULE, UNKNOWN)] * 3, (RULE, PLACE, UNKNOWN))
    assert [(entry["cause"], entry["explains"], entry["cases"]) for entry in record["named"]] == [(RULE, 4, 4)]
    assert record["sentence"] == "The local Jacobian of every tanh has the wrong sign: explains 4 of 4 failures."
    assert record["named"][0]["first"] == "id0"
    assert record["named"][0]["remain"] == [RULE, UNKNOWN]


def test_two_rules_are_named_where_neither_explains_all() -> None:
    record = record_of(*[(RULE, UNKNOWN)] * 4, *[(OTHER, UNKNOWN)] * 2, (RULE, OTHER, UNKNOWN))
    assert [(entry["cause"], entry["explains"], entry["cases"]) for entry in record["named"]] == [(RULE, 5, 5), (OTHER, 3, 2)]
    assert record["sentence"].startswith("Two causes of 7 failures: (1) the local Jacobian of every tanh has the wrong sign: 5; (2)")


def test_what_no_failure_tells_apart_is_said() -> None:
    record = record_of(*[(RULE, OTHER)] * 3)
    assert [record["named"][0]["cause"], *(other["cause"] for other in record["named"][0]["equally"])] == [OTHER, RULE]
    assert "which no failure tells apart" in record["sentence"]


def test_a_few_chance_explanations_do_not_hide_that_nothing_is_known() -> None:
    record = record_of(*[(UNKNOWN,)] * 20, (RULE, UNKNOWN), (PLACE, UNKNOWN))
    assert UNKNOWN in [entry["cause"] for entry in record["named"]]
    assert record_of(*[(UNKNOWN,)] * 5)["sentence"].startswith("No single known cause: an adjoint is not the sum of its contributions")


def test_failures_that_nothing_explains_are_counted() -> None:
    record = record_of((RULE,), (), ())
    assert (record["silent"], record["left"]) == (2, 0)
    assert record["sentence"].endswith("explains 1 of 3 failures; 2 are explained by none of these.")
    assert record_of((), ())["sentence"] == "No cause is known of 2 of 2 failures."


def test_the_sizes_from_which_on_it_fails_are_named() -> None:
    record = causes_record(votes_of((UNKNOWN,)), {"vertices": 1024})
    assert record is not None
    assert record["sentence"].endswith("in 1 of 1 failure; only from 1,024 vertices on.")


def test_memory_is_bounded_and_the_order_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cover, "MOST_SETS", 5)
    failures = [(f"sign @ every f{k % 12}", UNKNOWN) for k in range(60)]
    found: list[Any] = []
    for seed in range(3):
        votes = Votes()
        places = list(range(60))
        random.Random(seed).shuffle(places)
        for place in places:
            votes.add(place, f"id{place}", failures[place])
        assert len(votes.sets) == 5
        assert votes.uncounted == 60 - 25
        found.append(causes_record(votes))
    assert found[0] == found[1] == found[2]
    assert found[0]["sentence"].endswith("35 are explained by none of these.")
