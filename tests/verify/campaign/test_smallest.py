"""The first failure made small: for our own passes with a wrong route, and for somebody else's engine."""

from __future__ import annotations

from functools import partial
from typing import Any

from backproof.engine import Graph, backward, forward, jacobians
from backproof.verify.campaign.smallest import smallest
from backproof.verify.cases.case import Case
from backproof.verify.cases.draws import campaign_case
from backproof.verify.cases.replay import case_id, from_replay_id
from backproof.verify.engine_oracle.trial import check_engine, diagnose_engine
from backproof.verify.selftest.mutants import by_name
from backproof.verify.three_way.check import CaseResult, check_case

WRONG = partial(check_case, routes=by_name("overwrite").routes)


def nothing(result: CaseResult) -> None:
    return None


def test_the_record_names_the_case_it_comes_from_and_fails_again() -> None:
    case = campaign_case(0, 1)
    found = smallest(WRONG(case), WRONG, nothing)
    assert found is not None
    assert (found["of"], found["name"], found["vertices"]) == (case_id(case), case.name, case.graph.n)
    assert found["diagnosis"] is None
    small = from_replay_id(found["case"]["replay"])
    assert small.graph.n == found["case"]["vertices"] < case.graph.n
    assert WRONG(small).verdict.value == found["case"]["verdict"] == "WRONG"
    assert "check_case" in found["test"]
    assert "target" not in found["case"]


def test_an_engine_is_asked_again_and_named_in_the_test() -> None:
    def doubled(graph: Graph, leaves: Any, cotangent: Any) -> Any:
        return {j: 2 * p for j, p in backward(graph, jacobians(graph, forward(graph, leaves)), cotangent).items()}

    check = partial(check_engine, engine=doubled)
    found = smallest(check(campaign_case(0, 1)), check, diagnose_engine, target="mine:make")
    assert found is not None
    assert found["diagnosis"]
    assert found["case"]["target"] == "mine:make"
    assert "load_engine('mine:make')" in found["test"]


def test_the_diagnosis_is_that_of_the_small_case() -> None:
    found = smallest(WRONG(campaign_case(0, 1)), WRONG, lambda result: f"{result.case.graph.n} vertices")
    assert found is not None
    assert found["diagnosis"] == f"{found['case']['vertices']} vertices"


def test_what_holds_or_does_not_fail_again_gives_none() -> None:
    case = campaign_case(0, 1)
    answers = [WRONG(case), check_case(case)]

    def once_wrong(candidate: Case) -> CaseResult:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    assert smallest(check_case(case), check_case, nothing) is None
    assert smallest(once_wrong(case), once_wrong, nothing) is None
