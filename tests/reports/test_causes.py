"""What a failing run says first: the causes, the groups, the worst entry, the first wrong digit; and wrong words are seen."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from backproof.reports.causes import (
    cause_of,
    cause_problems,
    digits_before_the_point,
    failure_groups,
    headline,
    mark_of,
    marked,
    pad,
    relative_error,
    worst_entry,
    worst_first,
)

Make = Callable[..., dict[str, Any]]
KEYS = ("sign @ every tanh", "doubled @ every exp")


def entry(cause: str, count: int) -> dict[str, Any]:
    return {"cause": cause, "words": f"words of {cause}", "known": True, "explains": count, "cases": count, "equally": [], "same": 0}


def failing(make: Make) -> dict[str, Any]:
    """Six failures: three of one cause, two of another, one of none."""
    results = make(["WRONG"] * 6)
    for k, case in enumerate(results["cases"]):
        case["fault"] = {"explained_by": [KEYS[0]] if k < 3 else [KEYS[1]] if k < 5 else []}
        for check in case["checks"]:
            for failure in check["failures"]:
                failure.update(left=f"{k + 2}.0", right="1.0", difference=f"{k + 1}.0")
    sentence = f"Two causes of 6 failures: (1) words of {KEYS[0]}: 3; (2) words of {KEYS[1]}: 2; 1 is explained by none of these."
    named = [entry(KEYS[0], 3), entry(KEYS[1], 2)]
    causes = {"failures": 6, "silent": 1, "uncounted": 0, "left": 0, "named": named, "begins": [], "sentence": sentence}
    return {**results, "causes": causes}


def test_failures_stand_in_groups_by_cause_the_worst_first(make: Make) -> None:
    results = failing(make)
    groups = failure_groups(results)
    assert [(group.words, group.failures) for group in groups] == [
        (f"words of {KEYS[0]}", 3),
        (f"words of {KEYS[1]}", 2),
        ("explained by none of these", 1),
    ]
    assert [relative_error(case) for case in groups[0].cases] == [3.0, 2.0, 1.0]
    assert headline(results["causes"]) == "Two causes of 6 failures."
    assert [cause_of(case, results["causes"]) for case in results["cases"]] == [0, 0, 0, 1, 1, None]


def test_of_equal_errors_the_smallest_graph_comes_first(make: Make) -> None:
    cases = make(["WRONG"] * 3)["cases"]
    for case, vertices in zip(cases, (9, 3, 5), strict=True):
        case["vertices"] = vertices
    assert [case["vertices"] for case in worst_first(cases)] == [3, 5, 9]


def test_words_that_disagree_with_the_counts_are_seen(make: Make) -> None:
    results = failing(make)
    assert list(cause_problems(results)) == []
    for change in (
        lambda causes: causes.update(sentence=causes["sentence"].replace(": 3;", ": 4;")),
        lambda causes: causes.update(sentence=causes["sentence"].replace("1 is", "2 are")),
        lambda causes: causes["named"][0].update(explains=4),
        lambda causes: causes.update(failures=7),
    ):
        wrong = copy.deepcopy(results)
        change(wrong["causes"])
        assert list(cause_problems(wrong))


def test_an_old_document_without_causes_has_one_group(make: Make) -> None:
    results = make(["WRONG", "CORRECT"])
    assert [(group.words, group.failures) for group in failure_groups(results)] == [("", 1)]
    assert list(cause_problems(results)) == []
    assert mark_of(results["cases"][0], None) is None


def test_a_case_is_shown_by_a_certified_entry_where_there_is_one() -> None:
    path = {
        "claim": "engine = path sum (inner vertices)",
        "failures": [{"where": "adjoint of v", "left": "9", "right": "1", "difference": "8"}],
    }
    leaf = {"claim": "engine = certified derivative", "failures": [{"where": "adjoint of x", "left": "3", "right": "2", "difference": "1"}]}
    found = worst_entry({"checks": [path, leaf]})
    assert found is not None
    assert (found.where, found.names) == ("adjoint of x", ("Found", "Certified"))
    assert worst_entry({"checks": []}) is None


@pytest.mark.parametrize(
    ("found", "right", "same", "first"),
    [
        ("1.5004", "1.5003", "1.500", "4"),
        ("-1.5", "1.5", "", "-"),
        ("15.0", "1.5", "", "1"),
        ("1.5e-9", "1.5e-8", "", "1"),
        ("nan", "1.5", "", "n"),
        ("2.0", "2.0", "2.0", ""),
    ],
)
def test_the_first_wrong_digit(found: str, right: str, same: str, first: str) -> None:
    parted = marked(found, right)
    assert (parted.same, parted.first) == (same, first)
    assert "".join((parted.same, parted.first, parted.rest)) == found


def test_points_stand_below_each_other() -> None:
    rows = [{"left": "-4.0", "right": "1100.25"}, {"left": "1/3", "right": "2e-5"}]
    width = digits_before_the_point(rows)
    assert {(pad(row[side], width) + row[side]).replace("/", ".").replace("e", ".").index(".") for row in rows for side in row} == {4}
    assert marked("1.5004", "1.5003").place == 5
