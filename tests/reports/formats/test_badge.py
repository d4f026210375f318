"""The badge: green only where the run holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from backproof.reports.formats.badge import badge_json, badge_svg, badge_words

Record = dict[str, Any]


def test_it_says_how_many_cases_hold_or_do_not(holding: Record, sample: Record) -> None:
    assert json.loads(badge_json(holding)) == {
        **{"schemaVersion": 1, "label": "backproof", "message": "CORRECT: 3 of 3 cases", "color": "brightgreen"}
    }
    assert (badge_words(sample)[0], json.loads(badge_json(sample))["color"]) == ("WRONG: 2 of 12 cases", "red")


@pytest.mark.parametrize(("verdicts", "colour"), [(["INCONCLUSIVE"], "yellow"), (["INACCURATE"], "yellow"), ([], "lightgrey")])
def test_what_is_not_decided_is_not_green(make: Callable[..., Record], verdicts: list[str], colour: str) -> None:
    document = make(verdicts=verdicts)
    document["derivations"] = document["derivations"] if verdicts else []
    assert json.loads(badge_json(document))["color"] == colour


def test_an_interrupted_run_is_not_green(holding: Record) -> None:
    holding["run"]["interrupted"], holding["summary"]["holds"] = True, False
    assert json.loads(badge_json(holding)) == {**json.loads(badge_json(holding)), "message": "INTERRUPTED", "color": "yellow"}


def test_the_picture_is_whole_and_says_the_same_in_words(sample: Record) -> None:
    picture = ElementTree.fromstring(badge_svg(sample))
    assert picture.get("aria-label") == "backproof: WRONG: 2 of 12 cases"
    assert "style" not in badge_svg(sample)
