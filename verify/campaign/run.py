"""Run the suite: the lecture's examples, the digits, and N random cases, on one or several processes, or any executor.

Enclosures judge every case. What costs more is done on some cases (`Sampling`): differences as a second witness, every
step of every theorem (`verify.proofs.steps`), a detail for the report. Case number i depends on the seed and on i
alone, so the records are the same wherever and in whatever order they are made.

>>> settings = Settings("backproof verify --cases 2", seed=0, cases=2, max_paths=64, digits=50)
>>> [(place, record["name"], record["verdict"]) for place, record in run_suite(settings, (), jobs=1)]
[(0, 'random 0', 'CORRECT'), (1, 'random 1', 'CORRECT')]
>>> next(run_suite(settings, (), jobs=2, routes=Routes()))
Traceback (most recent call last):
    ...
ValueError: replaced routes run in this process only: jobs must be 1, found 2
"""

from __future__ import annotations

import gc
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeAlias

from backproof.engine import number_system
from backproof.reports.document import Record
from backproof.theorems.catalogue import THEOREMS
from backproof.verify.cases.case import Case
from backproof.verify.cases.draws import campaign_case
from backproof.verify.cases.replay import replay_id
from backproof.verify.proofs.steps import check_case_theorems
from backproof.verify.results.case_record import case_record
from backproof.verify.results.ledger import finding_record
from backproof.verify.results.settings import Settings
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.routes import Routes

Chunk: TypeAlias = "tuple[tuple[int, Case | int], ...]"
Finished: TypeAlias = tuple[int, Record]

RARELY = 50_000  # allocations between two looks of the collector (700 by default); chosen: a case leaves few cycles


@dataclass(frozen=True)
class Sampling:
    """Which cases get more than the judge says: of the random ones the first, or every so many."""

    detailed: int = 36  # random cases whose detail the report draws; chosen: four of each of the nine families
    stepped: int = 24  # random cases that go through the theorems' steps; chosen: one costs as much as thirty checks
    small: int = 6  # vertices up to which every graph has a witness; chosen: a witness costs several checks
    witnessed: int = 25  # every 25th of the larger random cases has a witness; chosen: a tenth more time
    few_entries: int = 40  # leaf entries up to which a named case has a witness; each is a difference of its own
    named_witnessed: int = 5  # every fifth of the larger named cases has a witness; chosen: there are few of them


@dataclass(frozen=True)
class Chunking:
    """How random cases are dealt out to workers."""

    longest: int = 10  # cases of a chunk; chosen: a chunk takes half a second, so that a run stops soon
    for_each: int = 8  # chunks for every worker at least, if there are enough cases; chosen: an even load at the end
    ahead: int = 2  # chunks that wait beside those at work; chosen: no worker is idle while records are written
    patience: float = 0.2  # seconds between two looks whether the run was asked to stop; chosen: at once, to a person


SAMPLING, CHUNKING = Sampling(), Chunking()


class CaseCrash(RuntimeError):
    """The suite itself failed on a case: the message has the traceback, and the replay line if there is a case."""


def processes(jobs: int) -> Executor:
    """Processes that leave Ctrl-C to their parent."""
    return ProcessPoolExecutor(jobs, initializer=_ready)


def run_suite(
    settings: Settings,
    named: Sequence[Case],
    jobs: int,
    routes: Routes | None = None,
    skip: Callable[[int], bool] = lambda place: False,
    stop: Callable[[], bool] = lambda: False,
    executor: Callable[[int], Executor] | None = None,
) -> Iterator[Finished]:
    """Check the named cases and `settings.cases` random ones: (place in the results, record) as they finish.

    `executor(jobs)` makes the workers, which are shut down at the end: any executor of `concurrent.futures` that runs
    no two cases at once in one process, since flint's precision is global there. Left out: this process if jobs is 1,
    else `processes`. Places for which `skip` is true are left out (they were done before); once `stop` is true nothing
    new is begun. `routes` replaces the engine's passes, in this process only. CaseCrash if the suite itself fails on a
    case.
    """
    if routes is not None and (jobs != 1 or executor is not None):
        found = f"jobs must be 1, found {jobs}" if jobs != 1 else "leave out the executor"
        raise ValueError(f"replaced routes run in this process only: {found}")
    left = (tuple(task for task in chunk if not skip(task[0])) for chunk in _chunks(settings, named, jobs))
    chunks = (chunk for chunk in left if chunk)
    if jobs > 1 or executor is not None:
        yield from _on_workers((executor or processes)(jobs), settings, chunks, jobs + CHUNKING.ahead, stop)
        return
    for place, task in chain.from_iterable(chunks):
        if stop():
            return
        yield place, _check_one(settings, place, task, routes)


def _on_workers(
    workers: Executor, settings: Settings, chunks: Iterator[Chunk], at_once: int, stop: Callable[[], bool]
) -> Iterator[Finished]:
    """The chunks on an executor, at most so many at once; what is begun when the run stops is waited for, and lost."""
    pending: set[Future[list[Finished]]] = set()
    try:
        pending = {workers.submit(_check_chunk, settings, chunk) for chunk in islice(chunks, at_once)}
        while pending and not stop():
            finished, pending = wait(pending, timeout=CHUNKING.patience, return_when=FIRST_COMPLETED)
            pending |= {workers.submit(_check_chunk, settings, chunk) for chunk in islice(chunks, len(finished))}
            for future in finished:
                yield from future.result()
    finally:
        for future in pending:  # not every executor can cancel all when it is shut down
            future.cancel()
        workers.shutdown(wait=True)


def _chunks(settings: Settings, named: Sequence[Case], jobs: int) -> Iterator[Chunk]:
    """The named cases one by one, then the numbers of the random ones in chunks: small ones where there are few."""
    size = max(1, min(CHUNKING.longest, settings.cases // (CHUNKING.for_each * jobs)))
    yield from (((place, case),) for place, case in enumerate(named))
    for start in range(0, settings.cases, size):
        yield tuple((len(named) + i, i) for i in range(start, min(start + size, settings.cases)))


def _check_chunk(settings: Settings, chunk: Chunk) -> list[Finished]:
    return [(place, _check_one(settings, place, task, None)) for place, task in chunk]


def _check_one(settings: Settings, place: int, task: Case | int, routes: Routes | None) -> Record:
    """The record of a named case, or of random case number `task`."""
    case = None
    try:
        case = campaign_case(settings.seed, task) if isinstance(task, int) else task
        dtypes = [number_system(name) for name in settings.dtypes]
        result = check_case(case, routes, digits=settings.digits, witness=_has_witness(case, place, task), dtypes=dtypes)
        stepped = task < SAMPLING.stepped if isinstance(task, int) else case.group != "digits"
        findings = [finding_record(found) for found in check_case_theorems(case, THEOREMS, routes, settings.digits)] if stepped else None
        detailed = not isinstance(task, int) or task < SAMPLING.detailed
        return case_record(result, detailed, findings, settings.max_paths)
    except Exception as error:
        replay = f"random case {task} of seed {settings.seed}" if case is None else f"backproof replay '{replay_id(case)}'"
        raise CaseCrash(f"{replay}\n{traceback.format_exc()}") from error


def _has_witness(case: Case, place: int, task: Case | int) -> bool:
    """Whether differences are taken too: on small cases, and on a sample of the others."""
    graph = case.graph
    if graph.n <= SAMPLING.small:
        return True
    if isinstance(task, int):
        return task % SAMPLING.witnessed == 0
    few = case.group != "random" and sum(graph.dimension(j) for j in graph.differentiable_leaves()) <= SAMPLING.few_entries
    return few or place % SAMPLING.named_witnessed == 0


def _ready() -> None:
    """Ctrl-C belongs to the parent, which keeps what is finished. What is imported stays, and a case leaves few cycles:
    the collector need not look often.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(RARELY)


def available_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
