"""Coverage and the kill matrix on the page: empty cells are named, a survivor and a false alarm stand out, and neither
section appears without its data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backproof.reports import render_html
from backproof.reports.document import ResultsError

Record = dict[str, Any]


def coverage(cases: int, empty: list[str]) -> Record:
    return {
        "cases": cases,
        "cells": 4,
        "reached": 4 - len(empty),
        "must_be_full_from": 2000,
        "empty": empty,
        "tables": [
            {
                "kind": "function",
                "axis": "family",
                "values": ["chain", "complete"],
                "rows": [{"subject": "sum", "counts": [1234, 0]}, {"subject": "constant", "counts": [7, 0]}],
                "not_aimed_at": [{"subject": "constant", "value": "complete", "reason": "every vertex reads all before it"}],
            }
        ],
    }


def selftest(killed_by: list[str], alarms: list[str]) -> Record:
    mutant = {
        "mutant": "overwrite",
        "words": "contributions overwrite each other",
        "part": "backward",
        "agrees_on": "one function of one leaf",
        "killed_by": killed_by,
        "vertices": 4 if killed_by else None,
        "killer": "four vertices" if killed_by else None,
        "replay": "backproof1:abc" if killed_by else None,
        "diagnosis": "The contribution along edge a→b is missing." if killed_by else None,
    }
    return {
        "checks": ["Theorem 2, rational", "paths counted"],
        "caught": len(killed_by),
        "mutants": [mutant],
        "only": [1, 0],
        "false_alarms": alarms,
    }


def page(document: Record) -> str:
    return " ".join(render_html(document).split())


def test_empty_cells_are_named_and_a_long_run_says_that_it_fails(make: Callable[..., Record]) -> None:
    html = page({**make(["CORRECT"]), "coverage": coverage(2000, ["sum, family: complete"])})
    assert "<li>sum, family: complete</li>" in html
    assert "1 stayed empty, so this run fails." in html
    assert '<td class="num empty">empty</td>' in html


def test_a_short_run_names_them_and_does_not_fail(make: Callable[..., Record]) -> None:
    html = page({**make(["CORRECT"]), "coverage": coverage(200, ["sum, family: complete"])})
    assert "<li>sum, family: complete</li>" in html
    assert "so this run fails" not in html
    assert "A run of 2,000 must reach all of them." in html


def test_a_cell_that_is_not_aimed_at_has_a_note_and_is_not_called_empty(make: Callable[..., Record]) -> None:
    html = page({**make(["CORRECT"]), "coverage": coverage(200, [])})
    assert '<th scope="row">constant</th><td class="num">7</td><td class="num">–<sup>1</sup></td>' in html
    assert "Not aimed at: constant, family: complete; every vertex reads all before it." in html


def test_counts_are_grouped(make: Callable[..., Record]) -> None:
    assert '<td class="num">1,234</td>' in page({**make(["CORRECT"]), "coverage": coverage(200, [])})


def test_the_kill_matrix_shows_who_kills_and_the_smallest_graph(make: Callable[..., Record]) -> None:
    html = page({**make([]), "selftest": selftest(["paths counted"], [])})
    assert "1 of 1 were caught" in html
    assert "<td>·</td><td>×</td>" in html
    assert "<summary>four vertices</summary>" in html
    assert "backproof replay" in html


def test_a_survivor_and_a_false_alarm_stand_out(make: Callable[..., Record]) -> None:
    html = page({**make([]), "selftest": selftest([], ["random 3"])})
    assert "<strong>SURVIVES</strong>" in html
    assert "The right engine was flagged on 1 graph: random 3." in html


def test_without_their_data_neither_section_appears(make: Callable[..., Record]) -> None:
    html = page(make(["CORRECT"]))
    assert 'id="coverage"' not in html
    assert 'id="selftest"' not in html


def test_hostile_names_are_inert_in_both(make: Callable[..., Record]) -> None:
    evil = "<script>alert(1)</script>"
    document = {**make(["CORRECT"]), "coverage": coverage(200, [evil]), "selftest": selftest(["paths counted"], [evil])}
    document["selftest"]["mutants"][0]["mutant"] = evil
    assert evil not in render_html(document)


@pytest.mark.parametrize(("section", "broken"), [("coverage", {"cases": 3}), ("selftest", {"checks": []})])
def test_half_a_section_is_refused(make: Callable[..., Record], section: str, broken: Record) -> None:
    with pytest.raises(ResultsError, match=section):
        render_html({**make(["CORRECT"]), section: broken})


def test_a_shrunk_failure_is_drawn_with_its_test(make: Callable[..., Record]) -> None:
    document = make(["WRONG"])
    small = {
        "of": document["cases"][0]["id"],
        "name": "random 7",
        "vertices": 18,
        "case": document["cases"][0],
        "test": "def test_it() -> None: ...",
        "diagnosis": "The contribution along edge a→b is missing.",
    }
    html = page({**document, "smallest": small})
    assert "random 7 has 18 vertices." in html
    assert "<code>def test_it() -&gt; None: ...</code>" in html
    assert html.count('class="graph') > page(document).count('class="graph') > 0


@pytest.mark.parametrize("verdict", ["WRONG", "INCONCLUSIVE"])
def test_a_smallest_failure_without_a_detail_is_shown_with_what_is_known_of_it(make: Callable[..., Record], verdict: str) -> None:
    document = make([verdict])
    case = {**document["cases"][0], "detail": None, "reason": "exit: <script>alert(1)</script>"}
    small = {"of": case["id"], "name": "random 0", "vertices": 9, "case": case, "test": "def test(): ...", "diagnosis": None}
    html = page({**document, "cases": [case], "smallest": small})
    assert "There are no adjoints to draw." in html
    assert "exit: &lt;script&gt;" in html
    assert f"<code>backproof replay &#39;{case['replay']}&#39;</code>" in html
    assert page({**document, "cases": [case]}).count("There are no adjoints") == 0
