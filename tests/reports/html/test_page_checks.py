"""Gradient checks on the page: failing ones first and explained, harmless names, and no trace where there are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backproof.reports import ResultsError, render_checks, render_html, validate, write_checks_html

Record = dict[str, Any]


def gradient_check(name: str, verdict: str = "CORRECT", **more: Any) -> Record:
    finding = {
        "verdict": verdict,
        "kind": "formula",
        "point": "the given arguments",
        "argument": 0,
        "index": [1],
        "found": "3.0",
        "expected": "2.0",
        "size": None,
        "words": "wrong by a factor of 1.5",
    }
    return {
        "name": name,
        "test": f"test_layers.py::test_{name}",
        "verdict": verdict,
        "evidence": "certified on 23 points",
        "reason": None,
        "points": 23,
        "certified": 23,
        "entries": 1234,
        "sizes": [2],
        "findings": [] if verdict == "CORRECT" else [finding],
        "unreached": [],
        "notes": [],
        "diagnosis": None,
        "reproduction": "",
        "explanation": f"{name} is {verdict}: as explained",
        **more,
    }


def with_checks(document: Record, *checks: Record) -> Record:
    return {**document, "gradient_checks": list(checks)}


def test_without_the_section_the_page_says_nothing_of_checks(make: Callable[..., Record]) -> None:
    document = make(["CORRECT"])
    assert "radient check" not in render_html(document)
    assert render_html(with_checks(document)) == render_html(document)


def test_cases_and_checks_stand_on_one_page_and_failing_checks_come_first_worst_first(sample: Record) -> None:
    names = {"fine": "CORRECT", "vague": "INCONCLUSIVE", "rough": "INACCURATE", "broken": "WRONG"}
    page = render_html(with_checks(sample, *(gradient_check(name, verdict) for name, verdict in names.items())))
    assert '<a href="#checks">Gradient checks</a>' in page
    assert 'id="case-table"' in page
    places = [page.index(f"{name} is {names[name]}: as explained") for name in ("broken", "rough", "vague")]
    assert places == sorted(places)
    assert "fine is CORRECT: as explained" not in page
    assert page.index("test_layers.py::test_fine") > places[-1]


def test_a_page_of_checks_alone_has_the_verdict_of_the_document(make: Callable[..., Record], tmp_path: Any) -> None:
    empty = make([])
    document = with_checks(empty, gradient_check("broken", "WRONG"))
    summary = {**empty["summary"], "verdict": "WRONG", "sentence": "0 of 1 gradient checks are CORRECT."}
    write_checks_html({**document, "summary": summary}, tmp_path / "checks.html")
    page = (tmp_path / "checks.html").read_text(encoding="utf-8")
    assert "<h1>0 of 1 gradient checks are CORRECT.</h1>" in page
    assert "broken is WRONG: as explained" in page
    assert "1,234" in page


def test_no_check_reads_not_checked(make: Callable[..., Record]) -> None:
    page = render_checks(make([]))
    assert "No check was made." in page
    assert "not checked" in page
    assert "CORRECT</" not in page


def test_names_and_explanations_are_harmless(make: Callable[..., Record]) -> None:
    document = with_checks(make([]), gradient_check("<b>&", "WRONG", explanation="<script>alert(1)</script>"))
    for page in (render_html(document), render_checks(document)):
        assert "<script>alert" not in page
        assert "&lt;b&gt;&amp;" in page


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verdict": "FINE"}, "$.gradient_checks[0].verdict: 'FINE' is not one of"),
        ({"points": -1}, "$.gradient_checks[0].points: -1 is less than the minimum"),
        ({"surprise": 1}, "$.gradient_checks[0]: Additional properties are not allowed"),
        ({"findings": [{}]}, "$.gradient_checks[0].findings[0]: 'verdict' is a required property"),
    ],
)
def test_a_check_that_does_not_fit_the_schema_is_refused_with_its_place(make: Callable[..., Record], change: Record, message: str) -> None:
    with pytest.raises(ResultsError) as refused:
        validate(with_checks(make([]), gradient_check("odd", **change)))
    assert str(refused.value).startswith(message)
