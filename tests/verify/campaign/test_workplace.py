"""A workplace runs tasks in this process, on processes, or on what it is given, until it is stopped or there is trouble."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from backproof.verify.campaign.workers import Done, Outcome
from backproof.verify.campaign.workplace import Trouble, Workplace


def results(outcomes: list[Outcome[int, int]]) -> list[int]:
    return [one.result for one in outcomes if isinstance(one, Done)]


@pytest.mark.parametrize("where", [Workplace(1), Workplace(2), Workplace(2, ThreadPoolExecutor), Workplace(1, ThreadPoolExecutor)])
def test_every_task_is_run(where: Workplace) -> None:
    assert sorted(results(list(where.run(abs, range(-9, 0))))) == list(range(1, 10))
    assert results(list(where.in_order(abs, range(-9, 0)))) == list(range(9, 0, -1))


@pytest.mark.parametrize("run", [Workplace.run, Workplace.in_order])
@pytest.mark.parametrize("workers", [None, ThreadPoolExecutor])
def test_trouble_ends_a_run_as_being_stopped_does(run: Callable[..., object], workers: Callable[[int], ThreadPoolExecutor] | None) -> None:
    lost = Workplace(1, workers, trouble=lambda: Trouble("lost"))
    assert not list(run(lost, abs, range(1000)))  # type: ignore[call-overload]
    assert not list(run(Workplace(1, workers), abs, range(1000), lambda: True))  # type: ignore[call-overload]


def test_trouble_that_comes_later_leaves_what_was_finished() -> None:
    done: list[int] = []
    where = Workplace(1, trouble=lambda: Trouble("lost") if len(done) >= 3 else None)
    for outcome in where.run(abs, range(10)):
        done += results([outcome])
    assert done == [0, 1, 2]
