"""Two documents compared: nothing between a run and itself, and exactly what was planted between it and another."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from backproof.reports.changes import changes

Record = dict[str, Any]
Plant = Callable[[Record], None]


def rows(before: Record, after: Record) -> list[tuple[str, str, str, str, bool]]:
    return [(row.kind, row.name, row.before, row.after, row.worse) for row in changes(before, after).rows]


def test_a_run_against_itself_is_empty(sample: Record) -> None:
    found = changes(sample, copy.deepcopy(sample))
    assert (found.rows, found.settings, found.regressions) == ((), (), 0)
    assert found.sentence == "nothing changed, of 16 in common"


def wrong(document: Record) -> None:
    case = document["cases"][2]
    case["verdict"], case["reason"] = "WRONG", "planted"


def undecided(document: Record) -> None:
    document["cases"][2] |= {"verdict": "INCONCLUSIVE", "reason": "planted"}


def gone(document: Record) -> None:
    del document["cases"][2]


def closer(document: Record) -> None:
    document["cases"][2]["checks"][1]["worst"] = "0.9 of the bound"


def not_compared(document: Record) -> None:
    del document["cases"][2]["checks"][1]


def theorem(document: Record) -> None:
    document["theorems"][0]["verdict"] = "WRONG"
    document["theorems"][0]["steps"][0]["found"][0] |= {"verdict": "WRONG", "reason": "planted"}


def theorem_left_out(document: Record) -> None:
    document["theorems"][0]["verdict"] = None


@pytest.mark.parametrize(
    ("plant", "kind", "words", "back"),
    [
        (wrong, "newly wrong", "WRONG: planted", "fixed"),
        (undecided, "newly wrong", "INCONCLUSIVE: planted", "fixed"),
        (gone, "gone", "", "new"),
        (closer, "bound changed", "0.9 of the bound, ", "bound changed"),
        (not_compared, "gone", "", "new"),
        (theorem, "newly wrong", "WRONG: conclusion in rational; planted", "fixed"),
        (theorem_left_out, "gone", "not checked in this run", "new"),
    ],
)
def test_exactly_what_was_planted_is_listed(sample: Record, plant: Plant, kind: str, words: str, back: str) -> None:
    after = copy.deepcopy(sample)
    plant(after)
    found = rows(sample, after)
    assert [(row[0], row[3].startswith(words)) for row in found] == [(kind, True)]
    assert found[0][4] == (kind != "bound changed")
    assert [(row[0], row[4]) for row in rows(after, sample)] == [(back, False)]


def test_what_is_wrong_in_another_way_is_no_regression(sample: Record) -> None:
    after = copy.deepcopy(sample)
    place = next(place for place, case in enumerate(sample["cases"]) if case["verdict"] == "WRONG")
    after["cases"][place] |= {"verdict": "INCONCLUSIVE", "reason": "planted"}
    assert [row[0::4] for row in rows(sample, after)] == [("otherwise wrong", False)]
    assert [row[0::4] for row in rows(after, sample)] == [("newly wrong", True)]


def test_what_is_new_and_wrong_is_a_regression(sample: Record) -> None:
    before = copy.deepcopy(sample)
    before["cases"] = [case for case in before["cases"] if case["verdict"] == "CORRECT"]
    found = changes(before, sample)
    assert [row.kind for row in found.rows] == ["new"] * 4
    assert found.regressions == 4


def test_a_run_that_does_not_hold_any_more_though_its_parts_do(make: Callable[..., Record]) -> None:
    before = make(verdicts=["CORRECT"] * 3)
    after = copy.deepcopy(before)
    after["summary"]["holds"] = False
    assert [row[:2] for row in rows(before, after)] == [("newly wrong", "the run")]


def test_settings_that_differ_are_named(sample: Record) -> None:
    after = copy.deepcopy(sample)
    after["run"]["seed"] = 7
    assert changes(sample, after).settings == ("seed 0 there, 7 here",)
