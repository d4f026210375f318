"""The results document says what happened, in the design's words, and the exit gate counts INCONCLUSIVE as failure."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from backproof.engine import FLOAT64, Graph, backward, leaf, vertex
from backproof.reports import save_results
from backproof.reports.document import validate
from backproof.verify.cases.case import Case, make_case
from backproof.verify.results.case_record import case_record
from backproof.verify.results.document import fails, results_document
from backproof.verify.results.settings import NotRun, Settings
from backproof.verify.results.tally import tally_of
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.witness import Witness

SETTINGS = Settings("backproof verify", 0, 2, 100_000, 50)


def product_case(name: str = "L11", values: tuple[Any, Any] = (3, 4)) -> Case:
    graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
    return make_case(name, "lecture", graph, list(values))


def jump_case() -> Case:
    graph = Graph(1, (leaf("x"), vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))))
    return make_case("jump", "random", graph, [0.0])


def doubled(graph: Graph, D: Any, cotangent: Any = None, system: Any = FLOAT64) -> Any:
    p = backward(graph, D, cotangent, system)
    return {**p, 1: system.scale(2, p[1])}


@pytest.mark.parametrize(
    ("planned", "not_run", "holds", "unexplained"),
    [
        (None, (), True, 0),
        (3, (NotRun("undecidable in float64", 2, excused=True),), True, 0),
        (3, (NotRun("the engine was not asked again", 2),), False, 0),
        (3, (), False, 2),
        (3, (NotRun("undecidable in float64", 1, excused=True),), False, 1),
    ],
)
def test_a_run_holds_only_if_every_planned_case_was_run_or_is_excused(
    planned: int | None, not_run: tuple[NotRun, ...], holds: bool, unexplained: int
) -> None:
    tally = tally_of([case_record(check_case(product_case()), with_detail=False)])
    summary = results_document(SETTINGS, tally, [], interrupted=False, planned=planned, not_run=not_run)["summary"]
    assert (summary["holds"], summary["verdict"]) == (holds, "CORRECT" if holds else "INCONCLUSIVE")
    assert (summary["cases"]["planned"], summary["cases"]["unexplained"]) == (planned or 1, unexplained)
    missing = unexplained + sum(rest.cases for rest in not_run if not rest.excused)
    words = f" But {missing} of {planned} planned cases {'was' if missing == 1 else 'were'} not run."
    assert summary["sentence"].endswith(words) == (missing > 0)


def test_the_summary_counts_and_says_what_holds() -> None:
    records = [case_record(check_case(product_case()), with_detail=False)]
    summary = results_document(SETTINGS, tally_of(records), ["scikit-learn is not installed"], interrupted=False)["summary"]
    assert summary["holds"] is True
    assert summary["verdict"] == "CORRECT"
    assert summary["sentence"].startswith("The 1 case holds")
    assert "scikit-learn is not installed" in summary["not_checked"]
    evidence = {(claim["claim"], claim["system"]): claim["evidence"] for claim in summary["claims"]}
    assert evidence["backward pass = path sum", "rational"] == "exact on 1 case"
    assert evidence["backward pass = path sum", "float64"] == "within rounding bound on 1 case"
    assert evidence["path sum = differences", "mpmath(90)"] == "to 50 digits on 1 case"


@pytest.mark.parametrize("routes", [Routes(backward=doubled)])
def test_one_wrong_case_makes_the_run_not_hold(routes: Routes) -> None:
    records = [case_record(check_case(product_case()), False), case_record(check_case(product_case("2", (1, 2)), routes), False)]
    summary = results_document(SETTINGS, tally_of(records), [], interrupted=False)["summary"]
    assert summary["holds"] is False
    assert summary["verdict"] == "WRONG"
    assert summary["sentence"] == "1 of 2 cases hold; 1 WRONG."
    assert summary["counts"] == {"CORRECT": 1, "INACCURATE": 0, "WRONG": 1, "INCONCLUSIVE": 0}


def test_on_how_many_cases_differences_were_taken_and_decided_stands_in_the_summary_as_data() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "relu", (1,))))
    kink, wide = make_case("kink", "random", graph, [0.0]), Graph(1, (leaf("x", (65,)), vertex("y", "sum", (1,))))
    results = (
        *(check_case(product_case(name), witness=witness) for name, witness in (("1", None), ("2", Witness.NONE))),
        check_case(kink),
        check_case(make_case("wide", "random", wide, [[0.5] * 65]), definition=True),
    )
    records = [case_record(result, False) for result in results]
    assert [record["witnessed"] for record in records] == [True, False, True, True]
    assert records[2]["differences"] == {"how": "entry by entry", "directions": [], "left_open": "kink: ∂y/∂x"}
    document = results_document(dataclasses.replace(SETTINGS, differences="sample"), tally_of(records), [], interrupted=False)
    assert document["run"]["differences"] == "sample"
    summary = validate(document)["summary"]
    assert (summary["holds"], summary["differences"]) == (True, {"cases": 3, "directions": 1, "left_open": 1})
    assert summary["definition"] == {"cases": 1, "disagree": 0}
    assert "differences, the second witness of Theorem 1, on 1 of 4 cases" in summary["not_checked"]


def test_an_inconclusive_case_is_never_green() -> None:
    records = [case_record(check_case(jump_case()), False)]
    document = results_document(SETTINGS, tally_of(records), [], interrupted=False)
    assert document["summary"]["holds"] is False
    assert document["summary"]["verdict"] == "INCONCLUSIVE"
    claims = {(c["claim"], c["system"]): c for c in document["summary"]["claims"]}
    assert claims["path sum = certified derivative", "ball"]["evidence"] == "not checked"


def test_allowed_inconclusive_cases_pass_up_to_one_percent() -> None:
    counts = {"CORRECT": 99, "INACCURATE": 0, "WRONG": 0, "INCONCLUSIVE": 1}
    assert fails(counts, allow_inconclusive=False)
    assert not fails(counts, allow_inconclusive=True)
    assert fails({**counts, "INCONCLUSIVE": 2}, allow_inconclusive=True)
    assert fails({**counts, "INACCURATE": 1}, allow_inconclusive=True)
    assert not fails({**counts, "INCONCLUSIVE": 0}, allow_inconclusive=False)


def test_nothing_and_interrupted_do_not_hold() -> None:
    empty = results_document(SETTINGS, tally_of([]), [], interrupted=False)["summary"]
    assert (empty["holds"], empty["verdict"], empty["sentence"]) == (False, "INCONCLUSIVE", "no case was checked.")
    records = [case_record(check_case(product_case()), False)]
    cut = results_document(SETTINGS, tally_of(records), [], interrupted=True)["summary"]
    assert cut["verdict"] == "INCONCLUSIVE", "also where every case that was run holds"
    assert cut["holds"] is False
    assert cut["sentence"].startswith("Interrupted: of the cases checked so far, the 1 case holds")


def test_the_document_is_valid_and_the_same_every_time(tmp_path: Any) -> None:
    def document() -> str:
        records = [case_record(check_case(case), True) for case in (product_case(), jump_case())]
        return json.dumps(results_document(SETTINGS, tally_of(records), [], interrupted=False))

    assert document() == document()
    save_results(json.loads(document()), tmp_path / "results.json")
    assert dataclasses.asdict(SETTINGS)["seed"] == json.loads((tmp_path / "results.json").read_text())["run"]["seed"]
