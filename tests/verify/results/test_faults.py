"""What a failing case says of its cause: the vertex, the contributions, the numbers; of routes that are wrong, which one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backproof.reports.document import fits_case
from backproof.verify.cases.draws import usual_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.engine_oracle.trial import check_engine
from backproof.verify.results.case_record import case_record
from backproof.verify.results.faults import fault_of_engine, fault_of_routes
from backproof.verify.results.tally import Tally
from backproof.verify.selftest.mutants import by_name
from backproof.verify.three_way.check import check_case

FOUR = lecture_cases()[0]


def fault_of(name: str) -> dict[str, Any]:
    routes = by_name(name).routes
    found = fault_of_routes(check_case(FOUR, routes), routes)
    assert found is not None
    return found


def test_the_adjoint_without_the_fault_is_the_one_that_its_children_make() -> None:
    found = fault_of("wrong sign")
    assert (found["vertex"], found["found"], found["expected"], found["certified"]["1"]) == (1, [["-4.0"]], [["4.0"]], [["4.0"]])
    mark = next(mark for mark in found["marks"] if "adjoint × −1 @ the first leaf" in mark["causes"])
    assert mark["without"] == found["expected"]
    assert mark["edges"] == [{"from": 1, "to": 3, "what": "has the wrong sign"}]


def test_an_engine_that_ends_without_adjoints_is_named_by_how_it_ends() -> None:
    def raises(*given: Any) -> Any:
        raise KeyError("x")

    found = fault_of_engine(check_engine(FOUR, raises))
    assert found is not None
    assert found["explained_by"] == ["ended exception, KeyError @ everywhere"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("path missed", "route the path enumeration @ everywhere"),
        ("step too large", "route the differences @ everywhere"),
        ("enclosures that claim too much", "route the enclosures @ everywhere"),
        ("stale value", "wrong value @ the first vertex that is no leaf"),
    ],
)
def test_a_wrong_route_is_told_by_what_disagrees_with_it(name: str, key: str) -> None:
    assert key in fault_of(name)["explained_by"]


def test_a_fault_in_balls_alone_is_found_in_balls() -> None:
    routes = by_name("float in balls").routes
    found = next(filter(None, (fault_of_routes(check_case(usual_case(0, k), routes), routes) for k in range(20))))
    assert "rounded to float64 @ everywhere" in found["explained_by"]


def test_a_record_holds_the_fault_and_fits_the_schema() -> None:
    routes = by_name("last consumer only").routes
    result = check_case(FOUR, routes)
    record = case_record(result, True, fault=fault_of_routes(result, routes))
    assert fits_case({**record, "findings": []})
    assert record["fault"]["vertex"] == 2
    assert "fault" not in case_record(check_case(FOUR), True)


def test_the_causes_of_a_run_are_the_same_in_any_order_and_after_a_file() -> None:
    routes = by_name("wrong sign").routes
    results = [check_case(usual_case(0, k), routes) for k in range(6)]
    records = [case_record(result, False, fault=fault_of_routes(result, routes)) for result in results]
    forward, backward = Tally(), Tally()
    for place, record in enumerate(records):
        forward.add(place, record)
    for place, record in reversed(list(enumerate(json.loads(json.dumps(records))))):
        backward.add(place, record)
    causes = forward.causes()
    assert causes is not None
    assert causes == backward.causes()
    assert causes["named"][0]["cause"] == "adjoint × −1 @ the first leaf"
    assert causes["failures"] == causes["named"][0]["explains"] == forward.counts["WRONG"]
