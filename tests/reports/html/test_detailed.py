"""Large results: the page stays below its limits, keeps what tells most, and says what it left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from backproof.reports import render_html
from backproof.reports.html import detailed
from backproof.reports.html import page as pages

Make = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("verdicts", [["CORRECT"] * 40, ["WRONG"] * 3 + ["CORRECT"] * 37])
def test_too_many_details_are_dropped_and_the_page_says_so(make: Make, verdicts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detailed, "MOST_DETAILED", 30)
    monkeypatch.setattr(detailed, "KEPT_BY_ULPS", 4)
    results = make(verdicts)
    text = render_html(results)
    kept = set(re.findall(r'<article class="case" id="case-(\w+)"', text))
    assert all(case["id"] in kept for case in results["cases"] if case["verdict"] != "CORRECT")
    assert {case["family"] for case in results["cases"] if case["id"] in kept} == {"chain", "diamond", "ladder"}
    worst = sorted(results["cases"], key=lambda case: -int(case["ulps"]))[:4]
    assert {case["id"] for case in worst} <= kept
    assert f"The details of {40 - len(kept)} more were left out" in text
    assert all(case["id"] in text and case["replay"] in text for case in results["cases"])


def test_a_page_that_grows_too_large_is_cut_below_the_limit(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LARGEST_PAGE", 320_000)
    text = render_html(make(["WRONG"] * 5 + ["CORRECT"] * 40))
    assert 250_000 < len(text.encode()) <= 320_000
    assert "more were left out to keep this page small" in text


def test_a_thousand_detailed_cases_stay_within_three_megabytes(make: Make) -> None:
    assert len(render_html(make(["CORRECT"] * 1000)).encode()) <= 3 * 10**6
