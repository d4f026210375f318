"""The first screen of a failing report says what is wrong, where, what was found, what is certified, and leads to the
smallest case; a sample of what `python -m benchmarks twenty-seconds` opens.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from backproof.reports import render_html
from backproof.verify.cases.draws import restricted_case
from backproof.verify.selftest.mutants import MUTANTS, by_name
from backproof.verify.selftest.trials import trial_cases
from benchmarks.twenty_seconds import PLANTED, SCREENS, UNCHANGED, engine_document, expected_of, missing, mutant_document, screens
from examples.scalar_engine import FUNCTIONS, wrong

TARGET = "examples.scalar_engine:wrong"
SAMPLE = ("wrong sign", "step too large")


def test_every_wrong_engine_has_a_cause_to_be_named_or_a_reason_not_to() -> None:
    named = {mutant.name for mutant in MUTANTS if not mutant.large}
    assert named == (set(PLANTED) - {TARGET}) | set(UNCHANGED)
    assert len(UNCHANGED) <= 8


@pytest.mark.parametrize("name", SAMPLE)
def test_the_first_screen_of_a_wrong_engine_names_its_cause(browser: Any, name: str) -> None:
    html = render_html(mutant_document(by_name(name), trial_cases(0, 0)[::8]))
    for text, links in screens(browser, html):
        assert missing(text, links, expected_of(by_name(name))) == [], text


def test_the_engine_that_sets_where_it_should_add_is_called_that_and_a_screen_that_is_not_is_told(browser: Any) -> None:
    document = engine_document(TARGET, wrong(), [restricted_case(0, k, FUNCTIONS, True) for k in range(8)])
    html = render_html(document)
    assert len(list(screens(browser, html))) == len(SCREENS)
    for text, links in screens(browser, html):
        assert missing(text, links, PLANTED[TARGET]) == [], text
        assert "CORRECT" not in re.sub(r"\b0 CORRECT|[0-9]+ CORRECT\b", "", text.split("comparisons")[0])
    old = {key: value for key, value in document.items() if key not in ("causes", "smallest")}
    for text, links in screens(browser, render_html(old)):
        assert {"cause", "found", "right"} <= set(missing(text, links, PLANTED[TARGET]))
