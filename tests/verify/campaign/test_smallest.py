"""The first failure made small: for our own passes with a wrong route, and for somebody else's engine."""

from __future__ import annotations

from functools import partial
from typing import Any

from backproof.engine import Graph, backward, forward, jacobians
from backproof.verify.blame.causes import UNKNOWN, level, may_be_chance
from backproof.verify.campaign.smallest import Explained, representative, smallest
from backproof.verify.cases.case import Case
from backproof.verify.cases.draws import campaign_case, restricted_case
from backproof.verify.cases.replay import case_id, from_replay_id
from backproof.verify.engine_oracle.trial import check_engine, diagnose_engine
from backproof.verify.results.case_record import case_record
from backproof.verify.results.faults import fault_of_engine
from backproof.verify.results.tally import tally_of
from backproof.verify.selftest.mutants import by_name
from backproof.verify.three_way.check import CaseResult, check_case
from examples.scalar_engine import FUNCTIONS, wrong

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


def test_the_smallest_case_leaves_no_hypothesis_open_that_the_run_rules_out() -> None:
    cases = [restricted_case(0, index, FUNCTIONS, scalars=True) for index in range(10)]
    results = [check_engine(case, wrong()) for case in cases]
    tally = tally_of(case_record(result, False, fault=fault_of_engine(result)) for result in results)
    causes = tally.causes()
    chosen = representative(tally.records(), causes, fault_of_engine)
    assert causes is not None
    assert chosen is not None
    record, explained = chosen
    check = partial(check_engine, engine=wrong())
    found = smallest(check(from_replay_id(record["replay"])), check, nothing, explained=explained)
    assert found is not None
    known = {key for key in found["case"]["fault"]["explained_by"] if level(key) < UNKNOWN and not may_be_chance(key)}
    assert known <= set(causes["named"][0]["remain"])
    assert "sets where it should add" in found["diagnosis"]
    plain = smallest(check(from_replay_id(record["replay"])), check, nothing, explained=Explained(fault_of_engine))
    assert plain is not None
    assert plain["case"]["vertices"] <= found["case"]["vertices"], "what may be left open makes smaller cases"
