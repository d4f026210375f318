"""Engines over many cases: in order, two calls each, as many processes as asked for, and no further case after three deaths."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from backproof.verify.cases.draws import campaign_case
from backproof.verify.engine_oracle.answers import Answer, Ending
from backproof.verify.engine_oracle.crew import InProcesses, InThisProcess, Lost, Stopped, replaying
from backproof.verify.engine_oracle.process import Allowed

HOSTILE = Path(__file__).parent / "hostile"
CASES = [campaign_case(0, number) for number in range(6)]
PATIENT = Allowed(20.0, 200 * 2**20, 60.0)


@pytest.fixture(autouse=True)
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HOSTILE))


def never() -> bool:
    return False


def test_each_case_is_asked_twice_in_order() -> None:
    asked: list[str] = []

    def engine(graph: Any, leaves: Any, cotangent: Any) -> Any:
        asked.append(graph.name(graph.n))
        raise NotImplementedError if len(asked) == 3 else ValueError

    crew = InThisProcess(engine)
    begun = [crew.begin(case) for case in CASES[:3]]
    assert asked == []
    answers = [fetch(never) for fetch in begun]
    assert [given is not None and given[-1].ending for given in answers] == [Ending.RAISED, Ending.RAISED, Ending.UNSUPPORTED]
    assert asked == [case.graph.name(case.graph.n) for case in CASES[:3]]  # without adjoints there is no second call


@pytest.mark.parametrize("jobs", [1, 2])
def test_processes_answer_in_the_order_in_which_cases_were_begun(jobs: int) -> None:
    with InProcesses("answers_given:doubled", jobs, PATIENT) as crew:
        crew.start()
        begun = [crew.begin(case) for case in CASES]
        answers = [fetch(never) for fetch in begun]
    for case, given in zip(CASES, answers, strict=True):
        assert given is not None
        assert len(given) == 2
        assert {j for j in given[0].p if j <= case.graph.l} == set(case.graph.differentiable_leaves())


def test_after_three_deaths_nothing_more_is_asked_and_single_calls_still_are() -> None:
    with InProcesses("endings:os_exit_3", 1, PATIENT) as crew:
        crew.start()
        answers = [crew.begin(case)(never) for case in CASES[:5]]
        assert [given is None for given in answers] == [False, False, False, True, True]
        assert crew.ask(CASES[0]).ending is Ending.EXIT


@pytest.mark.parametrize(("ending", "counted"), [(ending, ending in ("exit", "signal", "hang", "memory")) for ending in Ending])
def test_what_counts_as_a_death(ending: Ending, counted: bool) -> None:
    lost = Lost()
    lost.two_calls(lambda case: Answer({}, ending, "so"), CASES[0])
    assert lost.cases == int(counted)


def test_a_run_that_is_stopped_waits_for_nobody() -> None:
    begun = time.monotonic()
    with InProcesses("endings:sleep", 1, Allowed(seconds=100.0)) as crew:
        crew.start()
        stop = threading.Event()
        threading.Timer(0.3, stop.set).start()
        with pytest.raises(Stopped):
            crew.begin(CASES[0])(stop.is_set)
    assert time.monotonic() - begun < 50


def test_answers_are_replayed_then_asked_for() -> None:
    first, second, new = (Answer({}, ending, "so") for ending in (Ending.RAISED, Ending.HANG, Ending.EXIT))
    asked = replaying((first, second), lambda case: new)
    assert [asked(CASES[0]) for _ in range(4)] == [first, second, new, new]
