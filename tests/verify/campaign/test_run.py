"""The suite gives the same records in this process, in several, and on any executor; it skips and stops when asked."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.campaign import run
from backproof.verify.campaign.run import SAMPLING, CaseCrash, Finished, run_suite
from backproof.verify.campaign.workers import AHEAD, processes
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.draws import campaign_case
from backproof.verify.cases.replay import replay_id
from backproof.verify.paths.enumeration import paths
from backproof.verify.paths.sums import PathSum, path_sum
from backproof.verify.results.settings import ALL, Settings
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.definition import CLAIM_DEFINITION, is_small
from backproof.verify.three_way.routes import Routes


def settings(cases: int) -> Settings:
    return Settings("backproof verify", 3, cases, 64, 50)


def named() -> list[Case]:
    graph = Graph(1, (leaf("x"), vertex("y", "exp", (1,)), vertex("z", "multiply", (1, 2))))
    return [make_case(name, "digits", graph, [x]) for name, x in (("first", 0.5), ("second", 2.0))]


class Here(Executor):
    """Runs what is submitted at once, in this process, and knows of no way to cancel all when it is shut down."""

    def __init__(self, _jobs: int = 1) -> None:
        self.submitted, self.closed = 0, False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.submitted += 1
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future

    def shutdown(self, wait: bool = True) -> None:  # type: ignore[override]
        self.closed = wait


def as_bytes(finished: Any) -> list[bytes]:
    return [json.dumps(pair).encode() for pair in sorted(finished, key=lambda pair: pair[0])]


@pytest.fixture(scope="module")
def in_this_process() -> list[bytes]:
    return as_bytes(run_suite(settings(3), named(), jobs=1))


@pytest.mark.parametrize("executor", [Here, ThreadPoolExecutor], ids=["here", "one thread"])
def test_any_executor_gives_the_records_of_one_process(in_this_process: list[bytes], executor: Callable[[int], Executor]) -> None:
    assert as_bytes(run_suite(settings(3), named(), 1, executor=executor)) == in_this_process
    assert len(in_this_process) == 5


def test_processes_give_the_records_of_one_process(in_this_process: list[bytes]) -> None:
    assert as_bytes(run_suite(settings(3), named(), jobs=2)) == in_this_process
    assert as_bytes(run_suite(settings(3), named(), jobs=2, executor=processes)) == in_this_process


@pytest.mark.parametrize("executor", [None, Here], ids=["none", "here"])
def test_what_was_done_before_is_left_out(executor: Callable[[int], Executor] | None, in_this_process: list[bytes]) -> None:
    rest = as_bytes(run_suite(settings(3), named(), 1, skip=lambda place: place % 3 > 0, executor=executor))
    assert rest == [record for place, record in enumerate(in_this_process) if place % 3 == 0]


def test_a_run_that_is_stopped_submits_nothing_new_and_closes_its_workers() -> None:
    workers, finished = Here(), list[Finished]()
    for pair in run_suite(settings(40), named(), 1, stop=lambda: bool(finished), executor=lambda jobs: workers):
        assert isinstance(pair, Finished)
        finished.append(pair)
    assert 0 < len(finished) <= 42
    assert workers.closed
    assert workers.submitted <= 2 * (1 + AHEAD)
    assert list(run_suite(settings(40), named(), 1, stop=lambda: True)) == []


def broken(*given: Any, **options: Any) -> Any:
    raise RuntimeError("planted")


@pytest.mark.parametrize("executor", [None, Here], ids=["none", "here"])
def test_a_case_on_which_the_suite_fails_is_named_and_the_others_go_on(
    executor: Callable[[int], Executor] | None, monkeypatch: pytest.MonkeyPatch, in_this_process: list[bytes]
) -> None:
    right = check_case
    monkeypatch.setattr(
        run, "check_case", lambda case, *given, **options: (broken if case.name == "random 1" else right)(case, *given, **options)
    )
    found = list(run_suite(settings(3), named(), 1, executor=executor))
    crash = next(one for one in found if isinstance(one, CaseCrash))
    assert (crash.place, crash.replay, crash.deaths) == (3, f"backproof replay '{replay_id(campaign_case(3, 1))}'", 0)
    assert crash.words.rstrip().endswith("RuntimeError: planted")
    assert as_bytes(one for one in found if isinstance(one, Finished)) == [*in_this_process[:3], in_this_process[4]]


def test_a_case_that_cannot_be_drawn_is_named_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "campaign_case", broken)
    assert [one.replay for one in run_suite(settings(2), (), 1) if isinstance(one, CaseCrash)] == [
        "random case 0 of seed 3",
        "random case 1 of seed 3",
    ]


def test_a_case_that_ends_its_worker_is_named_with_its_replay_line(monkeypatch: pytest.MonkeyPatch, in_this_process: list[bytes]) -> None:
    right = check_case

    def deadly(case: Case, *given: Any, **options: Any) -> Any:
        if case.name in ("first", "random 2"):
            os.kill(os.getpid(), signal.SIGKILL)
        return right(case, *given, **options)

    monkeypatch.setattr(run, "check_case", deadly)
    found = list(run_suite(settings(3), named(), 2))
    crashes = sorted((one for one in found if isinstance(one, CaseCrash)), key=lambda one: one.place)
    assert [(one.place, one.deaths, one.words) for one in crashes] == [(0, 3, "its worker died 3 times"), (4, 3, "its worker died 3 times")]
    assert [one.replay for one in crashes] == [f"backproof replay '{replay_id(case)}'" for case in (named()[0], campaign_case(3, 2))]
    assert as_bytes(one for one in found if isinstance(one, Finished)) == in_this_process[1:4]


@pytest.mark.parametrize(("jobs", "executor", "words"), [(2, None, "jobs must be 1, found 2"), (1, Here, "leave out the executor")])
def test_replaced_routes_run_in_this_process_only(jobs: int, executor: Callable[[int], Executor] | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        next(run_suite(settings(2), named(), jobs, routes=Routes(), executor=executor))


def test_the_sample_decides_which_cases_have_a_witness_a_detail_and_the_theorems_steps() -> None:
    numbers = [SAMPLING.stepped + 2, SAMPLING.witnessed, SAMPLING.detailed, SAMPLING.detailed + 1]
    found = run_suite(settings(max(numbers) + 1), (), 1, skip=lambda place: place not in numbers)
    records = {one.place: one.record for one in found if isinstance(one, Finished)}
    assert [records[i]["detail"] is not None for i in numbers] == [True, True, False, False]
    assert [records[i]["findings"] for i in numbers] == [None] * 4
    assert all("differences" not in record or record["differences"]["how"] == "entry by entry" for record in records.values())
    small = [campaign_case(3, i).graph.n <= SAMPLING.small for i in numbers]
    assert [records[i]["witnessed"] for i in numbers] == [one or i % SAMPLING.witnessed == 0 for one, i in zip(small, numbers, strict=True)]


def test_differences_are_taken_on_all_cases_along_directions_where_they_are_large() -> None:
    large = make_case("large", "digits", Graph(1, (leaf("x", (65,)), vertex("y", "sum", (1,)))), [[0.5] * 65])
    found = run_suite(replace(settings(28), differences=ALL), [large], 1, skip=lambda place: 0 < place <= SAMPLING.stepped)
    records = [one.record for one in found if isinstance(one, Finished)]
    assert [record["differences"]["how"] for record in records] == [*["along directions"] * 2, *["entry by entry"] * 3]
    assert records[0]["differences"]["directions"] == [f"{records[0]['id']}/{number}" for number in range(3)]
    assert all(record["witnessed"] for record in records)


def without_the_last_of_several(graph: Graph, D: Any, j: int, k: int, system: Any) -> PathSum:
    right = path_sum(graph, D, j, k, system)
    return right if right.count < 2 else path_sum(graph, D, j, k, system, enumerate_paths=lambda *given: iter(list(paths(*given))[:-1]))


@pytest.mark.parametrize("routes", [Routes(), Routes(definition=without_the_last_of_several)], ids=["right", "wrong"])
def test_every_fifth_case_that_is_small_has_its_path_sums_compared_with_their_definition(routes: Routes) -> None:
    places = range(SAMPLING.stepped, SAMPLING.stepped + 11)
    found = run_suite(settings(places.stop), (), 1, routes, skip=lambda place: place not in places)
    records = {one.place: one.record for one in found if isinstance(one, Finished)}
    compared = {place for place, record in records.items() if CLAIM_DEFINITION in {check["claim"] for check in record["checks"]}}
    assert compared == {place for place in places if place % SAMPLING.defined == 0 and is_small(campaign_case(3, place))}
    wrong = {place for place, record in records.items() if record["verdict"] == "WRONG"}
    assert bool(wrong) == (routes.definition is not path_sum)
    assert wrong <= compared
    assert all(records[place]["reason"].startswith("internal disagreement: ") for place in wrong)
