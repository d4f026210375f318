"""CTRF: valid, with a summary that counts its tests."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from backproof.reports.formats.ctrf import ctrf

Record = dict[str, Any]


def test_it_is_valid(everything: Record, holding: Record, schema: Callable[[str], Any]) -> None:
    official = jsonschema.Draft7Validator(schema("ctrf-schema-0.0.json"))
    for document in (everything, holding):
        official.validate(json.loads(ctrf(document)))
    with pytest.raises(jsonschema.ValidationError):
        official.validate({**json.loads(ctrf(holding)), "reportFormat": "JUnit"})


def test_the_summary_counts_the_tests(everything: Record) -> None:
    results = json.loads(ctrf(everything))["results"]
    counts = Counter(test["status"] for test in results["tests"])
    assert results["summary"]["tests"] == len(results["tests"]) == sum(counts.values())
    assert {name: results["summary"][name] for name in counts} == dict(counts)


def test_only_what_is_correct_passed(everything: Record) -> None:
    tests = json.loads(ctrf(everything))["results"]["tests"]
    assert {test["rawStatus"] for test in tests if test["status"] == "passed"} == {"CORRECT"}
    assert {test["status"] for test in tests if test["rawStatus"] == "INCONCLUSIVE"} == {"failed"}
    everything["run"]["allow_inconclusive"] = everything["summary"]["holds"] = True
    tests = json.loads(ctrf(everything))["results"]["tests"]
    assert {test["status"] for test in tests if test["rawStatus"] == "INCONCLUSIVE"} == {"other"}
