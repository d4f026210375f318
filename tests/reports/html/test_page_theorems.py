"""The theorems and the derivations on the page: statement, hypotheses, steps with their evidence, what fails, and what
is not claimed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from backproof.reports import render_html
from backproof.reports.document import ResultsError

Record = dict[str, Any]
Make = Callable[..., Record]


def page(document: Record) -> str:
    return " ".join(render_html(document).split())


def test_a_theorem_shows_statement_hypotheses_steps_and_evidence(make: Make) -> None:
    text = page(make(["CORRECT"]))
    assert '<article class="theorem" id="theorem-path-sum" ' in text
    assert "<munder><mo>∑</mo>" in text.replace("&#x02211;", "∑")
    assert "Presupposes: <em>acyclic</em> (edges go upward)." in text
    assert "rational: exact on 3 cases (interpolating stencil), 1,234 equations" in text
    assert "random point: exact on 3 cases, 1 equation; leaves drawn from 2³² numbers, degree ≤ 4" in text
    assert "probability ≤ 1.5e-09 (Schwartz, Zippel)" in text
    assert "Uses path-sum." in text


def test_a_step_that_was_not_checked_is_never_green(make: Make) -> None:
    text = page(make(["CORRECT"]))
    step = text[text.index("<strong>parts</strong>") :][:200]
    assert "not checked" in step
    assert "CORRECT" not in step


def test_a_step_that_fails_is_open_and_names_place_values_and_case(make: Make) -> None:
    document = make(["CORRECT"])
    theorem = document["theorems"][0]
    theorem["verdict"] = theorem["steps"][0]["verdict"] = "WRONG"
    failure = {"where": "u₂", "left": "4", "right": "11", "difference": "7", "allowed": "0"}
    theorem["steps"][0]["found"][0].update(verdict="WRONG", reason="1 of 3 equations do not hold", case="abc123", failure=failure)
    text = page(document)
    assert "<details open><summary>2 steps</summary>" in text
    assert "1 of 3 equations do not hold (case <code>abc123</code>): at u₂, 4 against 11" in text
    assert 'class="theorem-box fails stated unproved"' in text


def test_the_graph_of_theorems_says_in_words_what_border_and_filling_say(make: Make) -> None:
    document = make(["CORRECT"])
    document["theorems"][0].update(formal="PathSum.thm1", formal_statement="PathSum.thm1 : forall n, n = n")
    text = page(document)
    assert 'class="theorem-box holds formal unproved"' in text
    assert 'class="theorem-box holds stated unproved"' in text
    said = re.sub(r"</text><text[^>]*>", " ", text)
    assert "formalised, proof recorded" in said
    assert "statement not formalised" in said
    assert "Formal: <code>PathSum.thm1</code>, recorded" in text
    assert "forall n, n = n" in text
    document["proofs"].update(status="proved", proved=["PathSum.thm1"], sentence="1 proved without axioms")
    text = page(document)
    assert 'class="theorem-box holds formal proved"' in text
    assert "Formal: <code>PathSum.thm1</code>, proof checked by Coq in this run" in text
    assert "What is trusted: Coq" in text


def test_the_page_says_what_is_not_claimed_and_what_enumeration_means(make: Make) -> None:
    text = page(make(["CORRECT"]))
    for word in ("Not claimed:", "floating point", "kinks", "cost", "somebody supplies"):
        assert word in text
    assert "every graph with up to 2 vertices: 3 graphs, 5 adjoints, <strong>0 violations</strong>" in text
    assert "As an identity this follows from the complete graph alone" in text


def test_violations_on_small_graphs_stand_out(make: Make) -> None:
    document = make(["CORRECT"])
    document["exhaustive"].update(violated=1, violations=["edges 1→2: the adjoint of vertex 1 is 1→2, found 0"])
    assert '<p class="warning">edges 1→2: the adjoint of vertex 1 is 1→2, found 0</p>' in page(document)


def test_a_derivation_shows_every_line_with_its_reason_and_verdict(make: Make) -> None:
    document = make(["CORRECT"])
    line = document["derivations"][0]["lines"][0]
    document["derivations"][0]["lines"] = [line, {**line, "verdict": "WRONG", "evidence": "2 of 2 entries differ"}]
    text = page(document)
    assert "With respect to x" in text
    assert text.count("chain rule at y (L2(c))") == 2
    assert "2 of 2 entries differ" in text


def test_without_their_data_no_section_appears(make: Make) -> None:
    text = page({**make(["CORRECT"]), "theorems": [], "derivations": [], "exhaustive": None})
    assert 'id="theorems"' not in text
    assert 'id="derivations"' not in text
    assert 'href="#theorems"' not in text


def test_a_page_of_theorems_alone_has_their_verdict(make: Make) -> None:
    document = {**make(["CORRECT"]), "cases": [], "groups": []}
    assert "<title>backproof: CORRECT</title>" in page(document)
    unchecked = {**document, "derivations": [], "theorems": [{**theorem, "verdict": None} for theorem in document["theorems"]]}
    assert "<title>backproof: not checked</title>" in page(unchecked)


def test_hostile_words_are_inert(make: Make) -> None:
    document = make(["CORRECT"])
    hostile = '"><script>alert(1)</script>'
    theorem, derivation = document["theorems"][0], document["derivations"][0]
    theorem["words"] = theorem["latex"] = theorem["steps"][0]["latex"] = theorem["hypotheses"][0]["name"] = hostile
    theorem["steps"][0]["found"][0]["methods"] = [hostile]
    derivation["leaf"] = derivation["left_latex"] = derivation["lines"][0]["reason"] = derivation["lines"][0]["latex"] = hostile
    assert "<script>alert" not in page(document)


@pytest.mark.parametrize("key", ["steps", "uses", "evidence"])
def test_half_a_theorem_is_refused(make: Make, key: str) -> None:
    document = make(["CORRECT"])
    del document["theorems"][0][key]
    with pytest.raises(ResultsError, match="theorems"):
        render_html(document)


def test_a_theorem_that_uses_one_that_comes_later_is_refused(make: Make) -> None:
    document = make(["CORRECT"])
    document["theorems"].reverse()
    with pytest.raises(ResultsError, match="'backward-pass' uses 'path-sum', which does not come before it"):
        render_html(document)


def test_a_theorem_that_was_checked_alone_is_drawn_alone(make: Make) -> None:
    document = make(["CORRECT"])
    del document["theorems"][0]
    assert "Uses path-sum." in page(document)
