"""A judge that answers wrongly is seen, whatever it answers wrongly; and the pages ask every part of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from backproof.engine.functions import TABLE
from backproof.reports.agreement import disagreements
from backproof.reports.document import validate
from backproof.reports.formats.outcomes import FAILED, parts
from backproof.reports.html.page import render_html
from backproof.verify.commands.selftest import selftest_document
from backproof.verify.paths import magnitudes
from backproof.verify.results import document
from backproof.verify.selftest.known import comparisons as page
from backproof.verify.selftest.known.answers import JUDGING, Answers, Missed, answers_of, known_answers, modules
from backproof.verify.three_way import comparison, floats

PAGES = "backproof.verify.selftest.known"


@pytest.mark.parametrize(
    ("owner", "name", "wrong", "asked"),
    [
        (magnitudes, "growth_by", lambda largest, longest: max(1.0, largest) ** (longest + 1), "paths"),
        (floats, "BINS", (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.1), "comparisons"),
        (comparison, "MOST_FAILURES", 21, "comparisons"),
        (document, "MOST_INCONCLUSIVE", 0.011, "counts"),
    ],
)
def test_a_part_that_is_off_by_a_little_answers_wrongly(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, wrong: Any, asked: str
) -> None:
    monkeypatch.setattr(owner, name, wrong)
    found = known_answers((f"{PAGES}.{asked}",))
    assert not found.right
    assert found.asked > len(found.missed) > 0
    assert all(missed.where == f"{PAGES}.{asked}" and missed.line > 0 and missed.asked for missed in found.missed)


def test_a_wrong_row_of_the_function_table_answers_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, "sin", TABLE["cos"])
    assert not known_answers((f"{PAGES}.functions",)).right


def test_a_page_as_it_is_answers_rightly_and_counts_its_questions() -> None:
    found = answers_of([page])
    assert (found.pages, found.missed) == (1, ())
    assert found.asked == (page.__doc__ or "").count(">>> ")


def test_the_pages_of_every_package_that_judges_are_asked() -> None:
    names = {name for package in JUDGING for name in modules(package)}
    assert {"backproof.engine.passes", "backproof.verify.three_way.check", "backproof.verify.results.tally", f"{PAGES}.paths"} <= names


def test_without_docstrings_nothing_is_right() -> None:
    code = f"from {PAGES}.answers import known_answers; print(known_answers(('{PAGES}.counts',)).right)"
    done = subprocess.run([sys.executable, "-OO", "-c", code], capture_output=True, text=True, env=dict(os.environ), check=True)
    assert done.stdout.strip() == "False"


def test_a_wrong_answer_fails_the_selftest_and_is_told_everywhere() -> None:
    missed = Missed("backproof.engine.passes", 12, "width(0)", "1", "0")
    results = selftest_document(0, [], [], answers=Answers(3, 20, (missed,)))
    assert (results["summary"]["holds"], results["summary"]["verdict"]) == (False, "WRONG")
    assert results["summary"]["sentence"] == "0 of 0 wrong engines caught, 0 false alarms; 1 of 20 known answers wrong."
    assert validate(results) == results
    assert disagreements(results) == []
    assert "width(0)" in render_html(results)
    assert [outcome.name for outcome in parts(results) if outcome.status == FAILED] == ["backproof.engine.passes, line 12"]
    right = selftest_document(0, [], [], answers=Answers(3, 20, ()))
    assert "known" not in right["summary"]["sentence"]
    assert right["summary"]["not_checked"] == results["summary"]["not_checked"]


def test_a_sentence_that_hides_a_wrong_answer_is_seen() -> None:
    results = selftest_document(0, [], [], answers=Answers(3, 20, (Missed("page", 1, "a", "b", "c"),)))
    hidden = json.loads(json.dumps(results).replace("; 1 of 20 known answers wrong", ""))
    assert any("known answers" in found for found in disagreements(hidden))


def test_what_was_not_asked_is_said() -> None:
    none = selftest_document(0, [], [], answers=Answers(0, 0, ()))
    assert any("beforehand" in sentence for sentence in none["summary"]["not_checked"])
