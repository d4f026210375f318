"""Where a check of code is wrong: by its cause, by the line that raised, by the backward pass."""

from __future__ import annotations

from typing import Any

from backproof.reports.formats.places import places_of

Record = dict[str, Any]


def test_without_a_cause_the_line_that_raised_or_the_backward_pass_is_the_place(everything: Record) -> None:
    check = everything["gradient_checks"][2]
    check["source"] = {"file": "src/net.py", "line": 40, "function": "backward"}
    placed = places_of(check)
    assert [(place.line, place.words) for place in placed] == [(40, "WRONG at the given arguments")]
    finding = {
        "verdict": "WRONG",
        "kind": "raised",
        "words": "it raised",
        "source": {"file": "src/net.py", "line": 44, "function": "backward"},
    }
    check["findings"] = [finding, {**finding, "source": None}]
    placed = places_of(check)
    assert [(place.line, place.fault) for place in placed] == [(44, "raised"), (40, "raised")]


def test_a_cause_of_an_older_document_has_its_place_in_one_word(everything: Record) -> None:
    cause = everything["gradient_checks"][1]["causes"][0]
    del cause["file"], cause["line"]
    assert [(place.file, place.line) for place in places_of(everything["gradient_checks"][1])] == [("net.py", 12)]


def test_a_line_that_was_typed_in_is_no_place(everything: Record) -> None:
    check = everything["gradient_checks"][1]
    check["causes"][0]["file"] = "<stdin>"
    check["source"] = {"file": "<string>", "line": 3, "function": "backward"}
    assert places_of(check) == []
