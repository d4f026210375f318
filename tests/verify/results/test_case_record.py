"""One case as a record: the whole case in a line, its checks in words, its detail wherever it is not CORRECT."""

from __future__ import annotations

from typing import Any

from backproof.engine import FLOAT64, Graph, backward, leaf, vertex
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.replay import from_replay_id
from backproof.verify.results.case_record import case_record, with_open_findings
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.routes import Routes


def product_case() -> Case:
    graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
    return make_case("L11", "lecture", graph, [3, 4])


def doubled(graph: Graph, D: Any, cotangent: Any = None, system: Any = FLOAT64) -> Any:
    p = backward(graph, D, cotangent, system)
    return {**p, 1: system.scale(2, p[1])}


def test_a_record_holds_the_whole_case_in_its_replay_line() -> None:
    case = product_case()
    record = case_record(check_case(case), with_detail=False)
    assert from_replay_id(record["replay"]) == case
    assert record["detail"] is None
    assert (record["vertices"], record["edges"], record["paths"], record["entries"]) == (4, 4, "3", 2)


def test_a_case_that_fails_always_has_its_detail_and_its_failures() -> None:
    record = case_record(check_case(product_case(), Routes(backward=doubled)), with_detail=False)
    assert record["verdict"] == "WRONG"
    assert record["detail"] is not None
    exact = next(check for check in record["checks"] if check["system"] == "rational")
    assert exact["failures"] == [{"where": "adjoint of u1", "left": "8", "right": "4", "difference": "4", "allowed": "0"}]
    assert record["reason"].startswith("1 of 4 adjoint entries are not the path sum")


def test_reasons_of_the_worst_verdict_are_joined_and_those_of_steps_name_them() -> None:
    step = {"theorem": "path-sum", "step": "conclusion", "verdict": "WRONG", "reason": "1 of 3 equations do not hold"}
    record = case_record(check_case(product_case()), with_detail=False, findings=[step])
    assert (record["verdict"], record["reason"]) == ("WRONG", "path-sum, conclusion: 1 of 3 equations do not hold")
    assert with_open_findings({**record, "findings": [step, {**step, "verdict": "CORRECT"}]})["findings"] == [step]


def test_what_is_undecidable_in_a_dtype_is_told_beside_the_checks() -> None:
    graph = Graph(1, (leaf("x", (2,)), vertex("y", "relu", (1,)), vertex("o", "sum", (2,))))
    record = case_record(check_case(make_case("kink", "random", graph, [[1.0, 0.0]])), with_detail=False)
    assert record["undecidable"] == [{"system": "float64", "reason": "at a kink, or without a certificate"}]
    certified = next(check for check in record["checks"] if check["claim"] == "path sum = certified derivative")
    assert (certified["verdict"], certified["reason"][:35]) == ("CORRECT", "at a kink, inside Clarke's interval")
