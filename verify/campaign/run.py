"""Run the suite: the lecture's examples, the digits, and N random cases, on one or several processes.

Enclosures judge every case; differences are taken as a second witness on graphs of up to 6 vertices and the named ones
of up to 40 leaf entries, and on a sample of the others. The lecture's examples and the first 24 random cases also go
through every step of every theorem (`verify.proofs.steps`). Case number i depends on the seed and on i alone, so the
results are the same whatever the number of processes. A case that raises an unexpected error comes back as a
`CaseCrash` that carries its replay line.
"""

from __future__ import annotations

import gc
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
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

DETAILED = 36
STEPPED = 24
SMALL = 6
SAMPLED = 25
FEW_ENTRIES, NAMED_SAMPLED = 40, 5
LONGEST_CHUNK = 10
AHEAD = 2
PATIENCE = 0.2
RARELY = 50_000


class CaseCrash(RuntimeError):
    """The suite itself failed on a case: the message has the traceback, and the replay line where the case could be
    built.
    """


def run_suite(
    settings: Settings,
    named: Sequence[Case],
    jobs: int,
    routes: Routes | None = None,
    skip: Callable[[int], bool] = lambda place: False,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[int, Record]]:
    """Check the named cases and `settings.cases` random ones; yields (place in the results, record) as cases finish, in
    any order.

    Places for which `skip` is true are left out (they were done before); once `stop` is true nothing new is begun.
    `routes` replaces the engine's passes, in this process only (jobs = 1). CaseCrash if the suite itself fails on a
    case.
    """
    if routes is not None and jobs != 1:
        raise ValueError(f"replaced routes run in this process only: jobs must be 1, found {jobs}")
    left = (tuple(task for task in chunk if not skip(task[0])) for chunk in _chunks(settings, named, jobs))
    chunks = (chunk for chunk in left if chunk)
    if jobs == 1:
        for place, task in chain.from_iterable(chunks):
            if stop():
                return
            yield place, _check_one(settings, place, task, routes)
        return
    pool = ProcessPoolExecutor(jobs, initializer=_ready)
    try:
        pending = {pool.submit(_check_chunk, settings, chunk) for chunk in islice(chunks, jobs + AHEAD)}
        while pending and not stop():
            finished, pending = wait(pending, timeout=PATIENCE, return_when=FIRST_COMPLETED)
            pending |= {pool.submit(_check_chunk, settings, chunk) for chunk in islice(chunks, len(finished))}
            for future in finished:
                yield from future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _chunks(settings: Settings, named: Sequence[Case], jobs: int) -> Iterator[Chunk]:
    """The named cases one by one, then the numbers of the random ones in chunks: small where there are few, for an even
    load.
    """
    size = max(1, min(LONGEST_CHUNK, settings.cases // (8 * jobs)))
    yield from (((place, case),) for place, case in enumerate(named))
    for start in range(0, settings.cases, size):
        yield tuple((len(named) + i, i) for i in range(start, min(start + size, settings.cases)))


def _check_chunk(settings: Settings, chunk: Chunk) -> list[tuple[int, Record]]:
    return [(place, _check_one(settings, place, task, None)) for place, task in chunk]


def _check_one(settings: Settings, place: int, task: Case | int, routes: Routes | None) -> Record:
    """The record of a named case, or of random case number `task`."""
    case = None
    try:
        case = campaign_case(settings.seed, task) if isinstance(task, int) else task
        witness = _is_small(case) or (task % SAMPLED == 0 if isinstance(task, int) else place % NAMED_SAMPLED == 0)
        dtypes = [number_system(name) for name in settings.dtypes]
        result = check_case(case, routes, digits=settings.digits, witness=witness, dtypes=dtypes)
        stepped = task < STEPPED if isinstance(task, int) else case.group != "digits"
        findings = [finding_record(found) for found in check_case_theorems(case, THEOREMS, routes, settings.digits)] if stepped else None
        return case_record(result, not isinstance(task, int) or task < DETAILED, findings, settings.max_paths)
    except Exception as error:
        replay = f"random case {task} of seed {settings.seed}" if case is None else f"backproof replay '{replay_id(case)}'"
        raise CaseCrash(f"{replay}\n{traceback.format_exc()}") from error


def _is_small(case: Case) -> bool:
    graph = case.graph
    return graph.n <= SMALL or (case.group != "random" and sum(graph.dimension(j) for j in graph.differentiable_leaves()) <= FEW_ENTRIES)


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
