"""Tasks on workers that may die: what a dead worker was running is run again, alone; a task that ends its worker three
times is reported, and the others go on.

`run_tasks` takes any executor of `concurrent.futures`; `processes` makes workers that end on SIGTERM and with their
parent, and leave Ctrl-C to it. `run_here` is the same in this process, `in_order` gives the outcomes in the order of
the tasks.

>>> [outcome.result for outcome in in_order(2, abs, [-3, 0, 5])]
[3, 0, 5]
>>> crash = next(run_here(abs, ["three"]))
>>> crash.task, crash.deaths, crash.words.splitlines()[-1]
('three', 0, "TypeError: bad operand type for abs(): 'str'")
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import connection
from typing import Any, Generic, TypeAlias, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

MOST_DEATHS = 3  # of its worker, until a task is given up; chosen: memory may have been short once, not three times alone
AHEAD = 2  # tasks that wait beside those at work; chosen: no worker is idle while results are written
PATIENCE = 0.2  # seconds between two looks whether the run was asked to stop; chosen: at once, to a person
GRACE = 2.0  # seconds for what is at work when a run stops; chosen: a chunk takes half a second, and nobody waits long
RARELY = 50_000  # allocations between two looks of the collector (700 by default); chosen: a case leaves few cycles
PR_SET_PDEATHSIG = 1  # of Linux' prctl: the signal that a process gets when its parent ends


@dataclass(frozen=True)
class Done(Generic[Task, Result]):
    """A task and what came of it."""

    task: Task
    result: Result


@dataclass(frozen=True)
class Crash(Generic[Task]):
    """A task without a result: it raised (`words` is the traceback), or ended its worker so many times."""

    task: Task
    words: str
    deaths: int = 0


Outcome: TypeAlias = Done[Task, Result] | Crash[Task]
Deaths: TypeAlias = tuple[type[BaseException], ...]
Workers: TypeAlias = Callable[[int], Executor]


def never() -> bool:
    """The run is not asked to stop."""
    return False


def whole(task: Task) -> Sequence[Task]:
    """A task that has no smaller parts."""
    return (task,)


def processes(jobs: int) -> Executor:
    """Processes that leave Ctrl-C to their parent, end on SIGTERM, and with their parent however it ends."""
    return ProcessPoolExecutor(jobs, initializer=ready)


def ready() -> None:
    """What every worker does first: signals, the end with its parent, and the collector (what is imported stays, and
    a case leaves few cycles).
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_the_parent()
    gc.freeze()
    gc.set_threshold(RARELY)


def _end_with_the_parent() -> None:
    """The kernel ends this process with its parent, where it can; a thread that watches the parent does everywhere."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux" and parent.pid == os.getppid():  # of a fork server's children it is not
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def run_tasks(
    workers: Workers,
    jobs: int,
    work: Callable[[Task], Result],
    tasks: Iterable[Task],
    stop: Callable[[], bool] = never,
    apart: Callable[[Task], Sequence[Task]] = whole,
    died: Deaths = (),
) -> Generator[Outcome[Task, Result]]:
    """`work(task)` for every task, on `workers(jobs)`: outcomes as they finish, `jobs` + 2 tasks at once.

    A task is a `Crash` where `work` raises. When a worker dies (`BrokenExecutor`, or an exception that `died` names,
    as dask's KilledWorker), the executor is made anew, and what was at work is run alone, one after the other, on
    `workers(1)`, in the parts that `apart` makes of it; a part whose worker dies three times is a `Crash` with that
    number of deaths. Once `stop()` is true nothing new is begun; what is at work has two seconds, what is not finished
    then has no outcome. Executors are ended whatever happens, without waiting where the caller leaves early.
    """
    rest, died = iter(tasks), (BrokenExecutor, CancelledError, *died)
    more = True
    while more and not stop():
        lost = yield from _together(workers, jobs, work, rest, stop, died)
        yield from _alone(workers, work, [part for task in lost for part in apart(task)], stop, died)
        more = bool(lost)


def _together(
    workers: Workers, jobs: int, work: Callable[[Task], Result], rest: Iterator[Task], stop: Callable[[], bool], died: Deaths
) -> Generator[Outcome[Task, Result], None, list[Task]]:
    """The outcomes until all tasks are done or the executor is broken; returned is what was at work when a worker died."""
    lost: list[Task] = []
    pool, pending, broken = workers(jobs), dict[Future[Result], Task](), False
    try:
        while not broken and not stop():
            for task in islice(rest, jobs + AHEAD - len(pending)):
                try:
                    pending[pool.submit(work, task)] = task
                except BrokenExecutor:
                    lost.append(task)
                    broken = True
                    break
            if not pending:
                break
            finished, _ = wait(pending, timeout=PATIENCE, return_when=FIRST_COMPLETED)
            for future in finished:
                task = pending.pop(future)
                broken = broken or isinstance(_error(future), BrokenExecutor)
                if (outcome := _outcome(task, future, died)) is None:
                    lost.append(task)
                else:
                    yield outcome
        if pending:  # a worker died, or the run was asked to stop
            begun = [future for future in pending if not future.cancel()]
            for future in wait(begun, timeout=GRACE).done:
                if (outcome := _outcome(pending[future], future, died)) is not None:
                    del pending[future]
                    yield outcome
            lost += pending.values()
    finally:
        close(pool, at_once=bool(pending))
    return lost


def _alone(
    workers: Workers, work: Callable[[Task], Result], parts: Sequence[Task], stop: Callable[[], bool], died: Deaths
) -> Iterator[Outcome[Task, Result]]:
    """One task after the other, so that it is certain which one ended its worker; each death is followed by a new one."""
    pool: Executor | None = None
    try:
        for task in parts:
            deaths = 0
            while deaths < MOST_DEATHS and not stop():
                pool = pool or workers(1)
                future = pool.submit(work, task)
                if not _waited_for(future, stop):
                    return
                if (outcome := _outcome(task, future, died)) is not None:
                    yield outcome
                    break
                deaths += 1
                close(pool, at_once=True)
                pool = None
            if deaths == MOST_DEATHS:
                yield Crash(task, f"its worker died {MOST_DEATHS} times", deaths)
    finally:
        if pool is not None:
            close(pool, at_once=True)


def _waited_for(future: Future[Any], stop: Callable[[], bool]) -> bool:
    """Whether the future finished; once the run is asked to stop it has `GRACE`."""
    while not stop():
        if wait([future], timeout=PATIENCE).done:
            return True
    return bool(wait([future], timeout=GRACE).done)


def _error(future: Future[Any]) -> BaseException | None:
    try:
        return future.exception()
    except CancelledError as error:
        return error


def _outcome(task: Task, future: Future[Result], died: Deaths) -> Outcome[Task, Result] | None:
    """What came of a task; None where its worker died."""
    error = _error(future)
    if error is None:
        return Done(task, future.result())
    return None if isinstance(error, died) else Crash(task, "".join(traceback.format_exception(error)))


def close(pool: Executor, at_once: bool) -> None:
    """End an executor: `at_once` kills its processes, if it has any, and waits for nothing; else idle workers end by
    themselves.
    """
    if at_once:
        own: dict[int, Any] = getattr(pool, "_processes", None) or {}  # as `kill_workers` of Python 3.14 does
        for process in list(own.values()):
            process.kill()
    pool.shutdown(wait=not at_once)


def run_here(work: Callable[[Task], Result], tasks: Iterable[Task], stop: Callable[[], bool] = never) -> Generator[Outcome[Task, Result]]:
    """`run_tasks` in this process, one task after the other; what ends this process ends the run."""
    for task in tasks:
        if stop():
            return
        try:
            outcome: Outcome[Task, Result] = Done(task, work(task))
        except Exception as error:
            outcome = Crash(task, "".join(traceback.format_exception(error)))
        yield outcome


def in_order(
    jobs: int,
    work: Callable[[Task], Result],
    tasks: Iterable[Task],
    stop: Callable[[], bool] = never,
    workers: Workers | None = None,
    died: Deaths = (),
) -> Generator[Outcome[Task, Result]]:
    """The outcomes in the order of the tasks: in this process if `jobs` is 1 and no workers are given, else on
    `workers(jobs)` (left out: `processes`).
    """
    if jobs == 1 and workers is None:
        yield from run_here(work, tasks, stop)
        return
    waiting: dict[int, Outcome[Task, Result]] = {}
    following = 0
    with closing(run_tasks(workers or processes, jobs, partial(_second, work), enumerate(tasks), stop, died=died)) as outcomes:
        for numbered in outcomes:
            waiting[numbered.task[0]] = _without_number(numbered)
            while following in waiting:
                yield waiting.pop(following)
                following += 1
    for place in sorted(waiting):  # where the run was stopped, what finished behind a gap
        yield waiting[place]


def _second(work: Callable[[Task], Result], numbered: tuple[int, Task]) -> Result:
    return work(numbered[1])


def _without_number(outcome: Outcome[tuple[int, Task], Result]) -> Outcome[Task, Result]:
    task = outcome.task[1]
    return Done(task, outcome.result) if isinstance(outcome, Done) else Crash(task, outcome.words, outcome.deaths)
