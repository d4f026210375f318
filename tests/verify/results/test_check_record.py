"""A check of code as a record: plain JSON with every finding, in a results document that is valid and renders."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.fft

from backproof.engine.number_systems import Array
from backproof.reports.document import load_results, save_results
from backproof.reports.html.page import render_checks, render_html
from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.result import CheckResult
from backproof.verify.results.check_record import check_record
from backproof.verify.results.document import gradient_checks_document

X = np.array([0.5, -2.0])


def square(x: Array) -> Array:
    return x * x


def checked(vjp: Callable[..., Any], name: str) -> CheckResult:
    return check(square, (X,), vjp=vjp, name=name, effort="quick")


RIGHT = checked(lambda args, out, ct: (2 * ct * args[0],), "right square")
WRONG = checked(lambda args, out, ct: (ct * args[0],), "wrong square")
SHAPE = checked(lambda args, out, ct: ((2 * ct * args[0])[:1],), "short square")
RAISES = checked(lambda args, out, ct: 1 / 0, "raising square")
EVERY = [RIGHT, WRONG, SHAPE, RAISES]
SENTENCE = "Of 4 gradient checks 3 are WRONG; 1 holds."


@pytest.mark.parametrize("result", EVERY, ids=lambda result: result.name)
def test_a_record_is_plain_data_and_says_what_the_result_says(result: CheckResult) -> None:
    record = check_record(result, "test_layer.py::test_it")
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert (record["name"], record["test"], record["verdict"]) == (result.name, "test_layer.py::test_it", result.verdict.value)
    assert (record["evidence"], record["reason"], record["explanation"]) == (result.evidence, result.reason, result.explain())
    assert (record["points"], record["certified"], record["entries"]) == (result.points, result.proved, result.entries)
    assert (record["diagnosis"], record["reproduction"]) == (result.diagnosis and str(result.diagnosis), result.reproduction)
    assert [cause["words"] for cause in record["causes"]] == [
        cause.words for cause in (result.diagnosis.causes if result.diagnosis else ())
    ]
    assert len(record["findings"]) == len(result.findings)


def test_a_finding_has_its_fields_and_a_size_beyond_all_bounds_is_null() -> None:
    (first, *_), finding = check_record(WRONG)["findings"], WRONG.findings[0]
    assert (first["verdict"], first["kind"], first["point"]) == ("WRONG", "formula", finding.point)
    assert (first["argument"], first["index"]) == (0, list(finding.index or ()))
    assert float(first["expected"]) == pytest.approx(2 * float(first["found"]))
    beyond = dataclasses.replace(WRONG, findings=tuple(dataclasses.replace(finding, size=size) for size in (math.inf, 3.5)))
    assert [found["size"] for found in check_record(beyond)["findings"]] == [None, 3.5]


def test_words_of_other_kinds_of_strings_become_strings() -> None:
    """Records travel between processes that know builtin types only."""
    record = check_record(WRONG)
    texts = [record["verdict"], *(found[key] for found in record["findings"] for key in ("verdict", "kind", "point"))]
    assert {type(text) for text in texts} == {str}


def test_a_document_of_gradient_checks_alone_is_valid_is_loaded_and_renders(tmp_path: Path) -> None:
    document = gradient_checks_document("pytest", [check_record(result, f"t.py::test_{k}") for k, result in enumerate(EVERY)])
    save_results(document, tmp_path / "r.json")
    assert load_results(tmp_path / "r.json") == document
    assert document["summary"]["holds"] is False
    assert (document["summary"]["verdict"], document["cases"], document["theorems"]) == ("WRONG", [], [])
    assert document["summary"]["sentence"] == SENTENCE
    for page in (render_html(document), render_checks(document)):
        assert SENTENCE in page
        assert "wrong square is WRONG: at the given arguments, the gradient of argument 0 is not the derivative" in page
        assert "t.py::test_0" in page


def test_a_document_holds_if_all_checks_are_correct_and_there_is_one() -> None:
    summary = gradient_checks_document("pytest", [check_record(RIGHT)])["summary"]
    assert (summary["holds"], summary["verdict"]) == (True, "CORRECT")
    assert gradient_checks_document("pytest", [])["summary"]["holds"] is False


def test_what_was_planned_and_not_judged_stands_in_the_record() -> None:
    record = check_record(RIGHT)
    assert record["planned"] == record["points"] + sum(entry["points"] for entry in record["unjudged"])
    assert [entry["reason"] for entry in record["unjudged"]] == [str(entry.reason.value) for entry in RIGHT.unjudged]
    assert all(entry["excused"] for entry in record["unjudged"])
    assert (record["shortfall"], check_record(WRONG)["shortfall"]) == ("", "it is WRONG")


def test_no_check_is_never_correct() -> None:
    document = gradient_checks_document("pytest", [])
    assert (document["summary"]["verdict"], document["summary"]["holds"]) == ("INCONCLUSIVE", False)
    for page in (render_html(document), render_checks(document)):
        assert '<span class="badge not-checked">not checked</span>' in page
        assert '<span class="badge correct">' not in page


def test_a_test_that_fails_by_what_it_requires_is_no_success_on_any_page() -> None:
    """CORRECT, and not certified: a decision that nobody followed."""
    result = check(
        square, (X,), vjp=lambda args, out, ct: (scipy.fft.idct(scipy.fft.dct(2 * ct * args[0])),), effort="quick", name="opaque"
    )
    assert result.ok
    assert result.shortfall
    free, required = check_record(result, "t.py::test_free"), check_record(result, "t.py::test_required", "certified")
    assert (free["unmet"], required["unmet"][:30]) == ("", "not certified, as is required:")
    held = gradient_checks_document("pytest", [free])["summary"]
    assert (held["verdict"], held["holds"]) == ("CORRECT", True)
    document = gradient_checks_document("pytest", [free, required])
    assert (document["summary"]["verdict"], document["summary"]["holds"]) == ("INCONCLUSIVE", False)
    assert document["summary"]["sentence"] == "2 of 2 gradient checks hold, but 1 of these is less than the test requires."
    for page in (render_html(document), render_checks(document)):
        assert "not certified, as is required:" in page
        assert page.count("<strong>less than required</strong>") == 1
        assert '<span class="badge correct">' not in page


def test_the_cause_at_a_line_names_its_file_from_the_current_folder_and_no_folder_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def forward(x: Array) -> Array:
        return np.exp(np.tanh(x)) + np.sin(x)

    def backward(args: tuple[Array], out: Array, cotangent: Array) -> tuple[Array]:
        (x,) = args
        return (cotangent * (np.exp(np.tanh(x)) * (1 - np.tanh(x) ** 2) - np.cos(x)),)

    result = check(forward, (np.array([0.5, -2.0]),), vjp=backward, effort="quick")
    monkeypatch.chdir(Path(__file__).parent)
    placed = [cause for cause in check_record(result)["causes"] if cause["line"]]
    assert {cause["file"] for cause in placed} == {"test_check_record.py"}
    monkeypatch.chdir(Path(__file__).parents[2])
    assert {cause["file"] for cause in check_record(result)["causes"] if cause["line"]} == {"verify/results/test_check_record.py"}
    monkeypatch.chdir(Path(np.__file__).parent)
    assert {cause["file"] for cause in check_record(result)["causes"] if cause["line"]} == {"test_check_record.py"}
