"""Documents of real runs agree with themselves; a count or a word that is changed anywhere does not pass."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest

from backproof.reports.agreement import disagreements, share_problem
from backproof.verify.commands.words_on_trial import DOCUMENTS, wrong_words


@cache
def documents() -> dict[str, Any]:
    return {name: make() for name, make in DOCUMENTS}


@pytest.mark.parametrize("name", [name for name, _ in DOCUMENTS])
def test_a_document_of_a_run_agrees_with_itself_and_not_with_a_wrong_word(name: str) -> None:
    document = documents()[name]
    assert disagreements(document) == []
    assert [where for where, wrong in wrong_words(document) if not disagreements(wrong)] == []


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where whole numbers are that are counts."""
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in places(inner, (*place, key))]
    if isinstance(value, list):
        return [found for k, inner in enumerate(value) for found in places(inner, (*place, k))]
    return [place] if type(value) is int else []


SUMMARY = ("counts", "cases", "comparisons", "claims")
FREE = {"agreed", "bins", "n"}  # shown beside the words, and part of none


@pytest.mark.parametrize("name", [name for name, _ in DOCUMENTS if name != "checks of code"])
def test_every_count_of_a_summary_is_held_by_another(name: str) -> None:
    document = documents()[name]
    believed: list[tuple[Any, ...]] = []
    for place in places(document["summary"]):
        if place[0] in SUMMARY and not FREE & set(place):
            changed = copy.deepcopy(document)
            inner = changed["summary"]
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] += 1
            believed += [] if disagreements(changed) else [place]
    assert believed == []


def test_a_green_verdict_over_what_is_not_green_is_seen() -> None:
    wrong = copy.deepcopy(documents()["a run that does not"])
    wrong["summary"]["verdict"] = "CORRECT"
    assert any("the verdict is CORRECT" in found for found in disagreements(wrong))
    right = copy.deepcopy(documents()["a run that holds"])
    right["summary"]["holds"] = False
    assert disagreements(right) == ["the verdict is CORRECT, and the run does not hold"]


@pytest.mark.parametrize(
    ("words", "share", "failed", "bins", "believed"),
    [
        ("equal", None, 0, None, True),
        ("overlapping", None, 0, None, True),
        ("equal", None, 1, None, False),
        ("unequal", None, 1, None, True),
        ("beyond the bound", None, 1, None, True),
        ("beyond the bound", None, 0, None, True),
        ("0 of the bound", 0, 0, [3, 0, 0, 0, 0, 0, 0, 0, 0], True),
        ("0.31 of the bound", 0.31, 0, [0, 0, 0, 0, 0, 0, 0, 1, 0], True),
        ("0.31 of the bound", 0.32, 0, [0, 0, 0, 0, 0, 0, 0, 1, 0], True),
        ("0.31 of the bound", 0.35, 0, None, False),
        ("0.31 of the bound", 0.31, 0, [0, 0, 0, 0, 0, 1, 0, 0, 0], False),
        ("0.31 of the bound", None, 0, None, False),
        ("equal", 0.31, 0, None, False),
    ],
)
def test_the_words_of_a_share(words: str, share: float | None, failed: int, bins: list[int] | None, believed: bool) -> None:
    assert (share_problem(words, share, failed, bins) == "") == believed
