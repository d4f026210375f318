"""Workers that die lose no task, are named where a task kills them, end with their parent, and end at once when left."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from backproof.verify.campaign.workers import AHEAD, MOST_DEATHS, Crash, Done, in_order, processes, ready, run_here, run_tasks


def doubled(number: int) -> int:
    return 2 * number


def deadly_at(numbers: frozenset[int], number: int) -> int:
    if number in numbers:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def deadly_once(folder: Path, number: int) -> int:
    """Ends its worker the first time it sees number 3, and is right afterwards."""
    mark = folder / "seen"
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGTERM)
    return number


def sums(folder: Path, chunk: tuple[int, ...]) -> list[int]:
    with open(folder / "chunks", "a", encoding="utf-8") as file:
        file.write(f"{chunk}\n")
    return [deadly_at(frozenset({7}), number) for number in chunk]


def raises(number: int) -> int:
    if number == 2:
        raise ValueError("two is refused")
    return number


def leaves(number: int) -> int:
    raise SystemExit(0)


def slow(number: int) -> int:
    time.sleep(600)
    return number


def nobody_is_left() -> bool:
    deadline = time.monotonic() + 20
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not multiprocessing.active_children()


class Cancelling(Executor):
    """Loses the first thing that is submitted, as a cluster does that forgets a task, and goes on."""

    def __init__(self, submitted: int) -> None:
        self.submitted = submitted

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.submitted += 1
        future: Future[Any] = Future()
        if self.submitted == 1:
            future.cancel()
            future.set_running_or_notify_cancel()
        else:
            future.set_result(fn(*args, **kwargs))
        return future


@pytest.mark.parametrize("workers", [processes, ThreadPoolExecutor], ids=["processes", "threads"])
def test_every_task_has_an_outcome(workers: Callable[[int], Executor]) -> None:
    found = list(run_tasks(workers, 2, doubled, range(20)))
    assert sorted(outcome.result for outcome in found if isinstance(outcome, Done)) == list(range(0, 40, 2))


def test_outcomes_stand_in_the_order_of_the_tasks() -> None:
    for jobs in (1, 2):
        assert [outcome.task for outcome in in_order(jobs, doubled, range(12))] == list(range(12))


def test_a_worker_that_dies_once_loses_nothing(tmp_path: Path) -> None:
    found = list(in_order(2, partial(deadly_once, tmp_path), range(9)))
    assert [outcome.result for outcome in found if isinstance(outcome, Done)] == list(range(9))
    assert (tmp_path / "seen").exists()


def test_a_task_that_ends_its_worker_three_times_is_named_and_the_others_go_on() -> None:
    found = list(in_order(2, partial(deadly_at, frozenset({0, 5})), range(9)))
    assert [(one.task, one.deaths) for one in found if isinstance(one, Crash)] == [(0, MOST_DEATHS), (5, MOST_DEATHS)]
    assert [one.result for one in found if isinstance(one, Done)] == [1, 2, 3, 4, 6, 7, 8]


def test_what_was_at_work_is_taken_apart_so_that_one_case_costs_no_other(tmp_path: Path) -> None:
    chunks = [tuple(range(start, start + 3)) for start in range(0, 12, 3)]
    found = list(run_tasks(processes, 1, partial(sums, tmp_path), chunks, apart=lambda chunk: [(number,) for number in chunk]))
    assert [one.task for one in found if isinstance(one, Crash)] == [(7,)]
    assert sorted(number for one in found if isinstance(one, Done) for number in one.result) == [n for n in range(12) if n != 7]
    tried = (tmp_path / "chunks").read_text(encoding="utf-8").splitlines()
    assert tried.count("(7,)") == MOST_DEATHS


def test_a_lost_task_of_an_executor_that_goes_on_is_run_alone() -> None:
    made: list[Cancelling] = []

    def workers(jobs: int) -> Executor:
        made.append(Cancelling(len(made)))
        return made[-1]

    found = list(run_tasks(workers, 1, doubled, range(4)))
    assert sorted(one.result for one in found if isinstance(one, Done)) == [0, 2, 4, 6]


def test_an_exception_is_a_crash_of_its_task_alone() -> None:
    for jobs in (1, 2):
        found = list(in_order(jobs, raises, range(4)))
        crash = found[2]
        assert isinstance(crash, Crash)
        assert crash.deaths == 0
        assert "ValueError: two is refused" in crash.words
        assert [one.task for one in found if isinstance(one, Done)] == [0, 1, 3]


def test_code_that_leaves_the_worker_by_system_exit_does_not_end_the_run() -> None:
    found = list(run_tasks(processes, 1, leaves, range(2)))
    assert all(isinstance(one, Crash) and "SystemExit" in one.words for one in found)
    assert len(found) == 2


def test_nothing_new_is_begun_once_the_run_is_stopped() -> None:
    found, taken = list[Any](), list[int]()

    def tasks() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    for outcome in run_tasks(processes, 2, doubled, tasks(), lambda: bool(found)):
        found.append(outcome)
    assert len(taken) <= 2 + AHEAD
    assert list(run_tasks(processes, 2, doubled, range(5), lambda: True)) == []
    assert list(run_here(doubled, range(5), lambda: True)) == []


def test_a_stopped_run_does_not_wait_for_what_takes_long() -> None:
    began = time.monotonic()
    assert list(run_tasks(processes, 2, slow, range(5), lambda: time.monotonic() - began > 0.5)) == []
    assert nobody_is_left()


def test_workers_end_at_once_when_the_caller_leaves() -> None:
    found = run_tasks(processes, 2, partial(max, 1), iter([2, 3, 4, 5, 6, 7, 8, 9]))
    next(found)
    found.close()  # type: ignore[attr-defined]
    assert nobody_is_left()


PARENT = """
import multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from time import sleep
from backproof.verify.campaign.workers import ready

if __name__ == "__main__":
    pool = ProcessPoolExecutor(2, multiprocessing.get_context(sys.argv[1]), ready)
    print(*set(pool.map(partial(max, 0), [os.getpid()] * 2)), flush=True)
    futures = [pool.submit(os.getpid) for _ in range(8)]
    print(*{future.result() for future in futures} | {process.pid for process in multiprocessing.active_children()}, flush=True)
    pool.submit(sleep, 600), pool.submit(sleep, 600)
    sleep(600)
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_end_with_their_parent_however_it_ends(method: str, tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(PARENT, encoding="utf-8")
    parent = subprocess.Popen([sys.executable, "parent.py", method], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    parent.stdout.readline()
    workers = [int(word) for word in parent.stdout.readline().split()]
    assert len(workers) >= 2
    time.sleep(0.5)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in workers if alive(pid)] == []


def test_workers_end_on_sigterm_whatever_their_parent_does_with_it() -> None:
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with ProcessPoolExecutor(1, initializer=ready) as pool:
            assert pool.submit(signal.getsignal, signal.SIGTERM).result() is signal.SIG_DFL
            assert pool.submit(signal.getsignal, signal.SIGINT).result() is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)
