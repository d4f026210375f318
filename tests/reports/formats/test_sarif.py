"""SARIF: valid, a result for each check whose cause has a line, and a word on all that has none."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from backproof.reports.formats import sarif as module
from backproof.reports.formats.sarif import sarif

Record = dict[str, Any]


def run_of(document: Record) -> Record:
    return json.loads(sarif(document))["runs"][0]


def test_it_is_valid(everything: Record, holding: Record, schema: Callable[[str], Any]) -> None:
    official = jsonschema.Draft4Validator(schema("sarif-2.1.0-rtm.5.json"))
    for document in (everything, holding):
        official.validate(json.loads(sarif(document)))
    with pytest.raises(jsonschema.ValidationError):
        official.validate({**json.loads(sarif(holding)), "version": "3.0"})


def test_a_result_has_the_file_and_the_line_of_the_cause(everything: Record) -> None:
    results = run_of(everything)["results"]
    places = [result["locations"][0]["physicalLocation"] for result in results]
    assert {(place["artifactLocation"]["uri"], place["region"]["startLine"]) for place in places} == {("src/net.py", 12)}
    assert [result["level"] for result in results] == ["error", "warning"]


def test_what_has_no_line_is_said_in_a_notification(everything: Record) -> None:
    told = [entry["message"]["text"] for entry in run_of(everything)["invocations"][0]["toolExecutionNotifications"]]
    assert sum("layer #3 does not pass, and no line of code is known for it" in words for words in told) == 1


def test_a_fingerprint_does_not_move_with_the_line(everything: Record) -> None:
    before = [result["partialFingerprints"] for result in run_of(everything)["results"]]
    for check in everything["gradient_checks"]:
        for cause in check["causes"]:
            cause.update(place="net.py:99", line=99, words=cause["words"].replace(":12", ":99"))
    assert [result["partialFingerprints"] for result in run_of(everything)["results"]] == before
    everything["gradient_checks"][1]["name"] = "another"
    assert [result["partialFingerprints"] for result in run_of(everything)["results"]] != before


def test_further_causes_are_related_places_of_one_result(everything: Record) -> None:
    causes = everything["gradient_checks"][1]["causes"]
    causes.append({**causes[0], "line": 14, "fault": "factor"})
    result = run_of(everything)["results"][0]
    assert [place["physicalLocation"]["region"]["startLine"] for place in result["relatedLocations"]] == [14]


def test_too_many_results_are_cut_and_counted(everything: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_RESULTS", 1)
    run = run_of(everything)
    assert len(run["results"]) == 1
    assert run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"].startswith("1 results were left out")
