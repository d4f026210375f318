"""What a document says was judged: everything is listed, and nothing that was not decided passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from backproof.reports.formats.outcomes import ALLOWED, FAILED, NOT_CHECKED, PASSED, RUN, outcomes, overall, parts, worst_first

Record = dict[str, Any]


def test_everything_that_was_judged_is_an_outcome(everything: Record) -> None:
    sections = Counter(outcome.section for outcome in outcomes(everything))
    assert sections == {
        **{"Random graphs": 5, "theorems": 3, "derivations": 1, "wrong engines": 3, "graded faults": 4, "gradient checks": 4}
    }


def test_what_is_not_correct_never_passes(everything: Record) -> None:
    found = {outcome.name: (outcome.verdict, outcome.status) for outcome in outcomes(everything)}
    assert {verdict for verdict, status in found.values() if status == PASSED} == {"CORRECT"}
    assert found["backward-pass"] == (None, NOT_CHECKED)
    assert found["survivor"] == found["false alarm on random 1"] == ("WRONG", FAILED)
    assert found["floats: below resolution, 2 of the bound"] == (None, NOT_CHECKED)
    assert found["tests/test_net.py::test_layer/less"] == ("INCONCLUSIVE", FAILED)
    assert [outcome.message for outcome in outcomes(everything) if outcome.status != PASSED and not outcome.message] == []


def test_an_inconclusive_case_is_allowed_only_where_the_run_allows_it_and_holds(make: Callable[..., Record]) -> None:
    document = make(verdicts=["CORRECT", "INCONCLUSIVE"])
    document["run"]["allow_inconclusive"] = True
    assert [outcome.status for outcome in parts(document)[:2]] == [PASSED, FAILED]
    document["summary"]["holds"] = True
    assert [outcome.status for outcome in parts(document)[:2]] == [PASSED, ALLOWED]


@pytest.mark.parametrize(("interrupted", "word"), [(True, "it was interrupted: "), (False, "it does not hold: ")])
def test_a_run_that_does_not_hold_though_its_parts_do_is_a_failure_of_its_own(holding: Record, interrupted: bool, word: str) -> None:
    assert outcomes(holding)[0].key == RUN
    assert outcomes(holding)[0].status == PASSED
    holding["summary"]["holds"], holding["run"]["interrupted"] = False, interrupted
    run = outcomes(holding)[0]
    assert (run.status, run.verdict) == (FAILED, "INCONCLUSIVE")
    assert run.message.startswith(word)
    assert overall(holding) == ("INTERRUPTED" if interrupted else "INCONCLUSIVE")


def test_cases_that_have_no_row_are_counted_by_their_verdicts(holding: Record) -> None:
    holding["unlisted"] = 7
    holding["summary"]["counts"] = {"CORRECT": 8, "INACCURATE": 0, "WRONG": 2, "INCONCLUSIVE": 0}
    unlisted = next(outcome for outcome in parts(holding) if outcome.key == "unlisted")
    assert (unlisted.verdict, unlisted.status, unlisted.message) == ("WRONG", FAILED, "2 WRONG, 5 CORRECT")


def test_the_worst_come_first_and_have_places_where_a_line_is_known(everything: Record) -> None:
    worst = worst_first(outcomes(everything))
    assert [outcome.verdict for outcome in worst] == sorted(
        (outcome.verdict for outcome in worst), key=("WRONG", "INACCURATE", "INCONCLUSIVE").index
    )
    places = {outcome.name: [(place.file, place.line) for place in outcome.places] for outcome in worst if outcome.places}
    assert places == {
        "tests/test_net.py::test_layer/layer #2": [("src/net.py", 12)],
        "tests/test_net.py::test_layer/less": [("src/net.py", 12)],
    }


def test_a_long_text_is_cut_and_says_so(everything: Record) -> None:
    everything["gradient_checks"][1]["explanation"] = "x" * 50_000
    text = next(outcome.text for outcome in outcomes(everything) if outcome.name.endswith("layer #2"))
    assert text.endswith("… (cut: 30,000 characters more)")
