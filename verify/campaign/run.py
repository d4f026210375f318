"""Run the suite: the lecture's examples, the digits, and N random cases, on one or several processes, or any executor.

Enclosures judge every case; differences, the second witness, are taken on all or on a sample (`Settings.differences`).
What costs more is done on some cases (`Sampling`): the path sums by their definition, every step of every theorem
(`verify.proofs.steps`), a detail for the report. Case number i depends on the seed and on i
alone, so the records are the same wherever and in whatever order they are made.

>>> settings = Settings("backproof verify --cases 2", seed=0, cases=2, max_paths=64, digits=50)
>>> [(place, record["name"], record["verdict"]) for place, record in run_suite(settings, (), jobs=1)]
[(0, 'random 0', 'CORRECT'), (1, 'random 1', 'CORRECT')]
>>> def broken(*given):
...     raise RuntimeError("planted")
>>> crash = next(run_suite(settings, (), jobs=1, routes=Routes(backward=broken)))  # the others go on
>>> crash.place, crash.replay[:29], crash.words.splitlines()[-1]
(0, "backproof replay 'backproof1:", 'RuntimeError: planted')
>>> next(run_suite(settings, (), jobs=2, routes=Routes()))
Traceback (most recent call last):
    ...
ValueError: replaced routes run in this process only: jobs must be 1, found 2
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import NamedTuple, TypeAlias

from backproof.engine import number_system
from backproof.reports.document import Record
from backproof.theorems.catalogue import THEOREMS
from backproof.verify.campaign.workers import Crash, Deaths, Workers, in_order, never, processes, run_here, run_tasks
from backproof.verify.cases.case import Case
from backproof.verify.cases.draws import campaign_case
from backproof.verify.cases.replay import replay_id
from backproof.verify.proofs.within_limits import findings_within_limits
from backproof.verify.results.case_record import case_record
from backproof.verify.results.faults import fault_of_routes, fault_of_steps
from backproof.verify.results.ledger import finding_record
from backproof.verify.results.settings import ALL, Settings
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.definition import is_small
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.within_limits import within_limits
from backproof.verify.three_way.witness import Witness, fitting
from backproof.verify.times import part, timed, written

Chunk: TypeAlias = "tuple[tuple[int, Case | int], ...]"


class Finished(NamedTuple):
    """A case that was checked: its number in the order of the results, and its record."""

    place: int
    record: Record


@dataclass(frozen=True)
class CaseCrash:
    """A case on which the suite itself failed: it raised (`words` is the traceback), or ended its worker so many times.
    `replay`: the command that runs the case again, or which random case it is where it could not even be drawn.
    """

    place: int
    replay: str
    words: str
    deaths: int = 0


@dataclass(frozen=True)
class Sampling:
    """Which cases get more than the judge says: of the random ones the first, or every so many."""

    detailed: int = 36  # random cases whose detail the report draws; chosen: four of each of the nine families
    stepped: int = 24  # random cases that go through the theorems' steps; chosen: one costs as much as thirty checks
    small: int = 6  # vertices up to which every graph is in the sample of differences; chosen: these take no time
    witnessed: int = 25  # every 25th of the larger random cases is; chosen: a tenth more time
    few_entries: int = 40  # leaf entries up to which a named or a small case is; each is a difference of its own
    few_vertices: int = 64  # vertices up to which a case is; chosen: twice the largest of the lecture's and the digits'
    named_witnessed: int = 5  # every fifth of the larger named cases is; chosen: there are few of them
    defined: int = 5  # every fifth case, where it is small, has its path sums compared with their definition; chosen: 2 % of the time


@dataclass(frozen=True)
class Chunking:
    """How random cases are dealt out to workers."""

    longest: int = 10  # cases of a chunk; chosen: a chunk takes half a second, so that a run stops soon
    for_each: int = 8  # chunks for every worker at least, if there are enough cases; chosen: an even load at the end


SAMPLING, CHUNKING = Sampling(), Chunking()


def run_suite(
    settings: Settings,
    named: Sequence[Case],
    jobs: int,
    routes: Routes | None = None,
    skip: Callable[[int], bool] = lambda place: False,
    stop: Callable[[], bool] = never,
    executor: Workers | None = None,
    died: Deaths = (),
    cores: int | None = None,
    times: bool = False,
) -> Generator[Finished | CaseCrash]:
    """Check the named cases and `settings.cases` random ones: (place in the results, record) as they finish.

    `executor(jobs)` makes the workers, which are shut down at the end: any executor of `concurrent.futures` that runs
    no two cases at once in one process, since flint's precision is global there. Left out: this process if jobs is 1,
    else `processes`. A worker that dies (`died`: the executor's own exceptions that say so) costs no case but one that
    ends its worker three times; such a case, and one on which the suite raises, is a `CaseCrash`, and the others go on.
    `cores`: how many tasks run at once, where that is not `jobs`, the number that are given out at once.
    Places for which `skip` is true are left out (they were done before); once `stop` is true nothing new is begun.
    `routes` replaces the engine's passes, in this process only: ValueError if there are others. `times`: whether records
    say how long their parts took.
    """
    if routes is not None and (jobs != 1 or executor is not None):
        found = f"jobs must be 1, found {jobs}" if jobs != 1 else "leave out the executor"
        raise ValueError(f"replaced routes run in this process only: {found}")
    left = (tuple(task for task in chunk if not skip(task[0])) for chunk in _chunks(settings, named, cores or jobs))
    chunks = (chunk for chunk in left if chunk)
    check = partial(_check_chunk, settings, routes=routes, times=times)
    if jobs > 1 or executor is not None:
        outcomes = run_tasks(executor or processes, jobs, check, chunks, stop, _one_by_one, died)
    else:
        outcomes = run_here(check, chain.from_iterable(map(_one_by_one, chunks)), stop)
    with closing(outcomes):
        for outcome in outcomes:
            if isinstance(outcome, Crash):
                yield from (CaseCrash(place, _where(settings, task), outcome.words, outcome.deaths) for place, task in outcome.task)
            else:
                yield from outcome.result


def _chunks(settings: Settings, named: Sequence[Case], jobs: int) -> Iterator[Chunk]:
    """The named cases one by one, then the numbers of the random ones in chunks: small ones where there are few."""
    size = max(1, min(CHUNKING.longest, settings.cases // (CHUNKING.for_each * jobs)))
    yield from (((place, case),) for place, case in enumerate(named))
    for start in range(0, settings.cases, size):
        yield tuple((len(named) + i, i) for i in range(start, min(start + size, settings.cases)))


def _one_by_one(chunk: Chunk) -> list[Chunk]:
    return [(task,) for task in chunk]


def _check_chunk(settings: Settings, chunk: Chunk, routes: Routes | None, times: bool = False) -> list[Finished | CaseCrash]:
    return [(_timed_one if times else _check_one)(settings, place, task, routes) for place, task in chunk]


def _timed_one(settings: Settings, place: int, task: Case | int, routes: Routes | None) -> Finished | CaseCrash:
    """The record of a case, with how long its parts took."""
    with timed() as times, part("the rest"):
        found = _check_one(settings, place, task, routes)
    return found if isinstance(found, CaseCrash) else found._replace(record={**found.record, "times": written(times)})


def _check_one(settings: Settings, place: int, task: Case | int, routes: Routes | None) -> Finished | CaseCrash:
    """The record of a named case, or of random case number `task`."""
    case = None
    try:
        with part("drawing graphs"):
            case = _case(settings, task)
        dtypes = [number_system(name) for name in settings.dtypes]
        witness, definition = _witness(settings, case, place, task), place % SAMPLING.defined == 0 and is_small(case)
        check = partial(check_case, routes=routes, digits=settings.digits, witness=witness, dtypes=dtypes, definition=definition)
        result = within_limits(case, check)
        stepped = task < SAMPLING.stepped if isinstance(task, int) else case.group == "lecture"
        with part("steps of the theorems"):
            found = findings_within_limits(case, THEOREMS, routes, settings.digits) if stepped else None
        findings = None if found is None else [finding_record(one) for one in found]
        detailed = not isinstance(task, int) or task < SAMPLING.detailed
        with part("diagnosis"):
            fault = fault_of_routes(result, routes or Routes()) or fault_of_steps(findings)
        with part("records"):
            return Finished(place, case_record(result, detailed, findings, settings.max_paths, dtypes=settings.dtypes, fault=fault))
    except Exception:
        return CaseCrash(place, _undrawn(settings, task) if case is None else _command(case), traceback.format_exc())


def _case(settings: Settings, task: Case | int) -> Case:
    return campaign_case(settings.seed, task) if isinstance(task, int) else task


def _command(case: Case) -> str:
    return f"backproof replay '{replay_id(case)}'"


def _undrawn(settings: Settings, task: Case | int) -> str:
    return f"random case {task} of seed {settings.seed}" if isinstance(task, int) else task.name


def _where(settings: Settings, task: Case | int) -> str:
    """The command that runs a case again which ended its worker; it is drawn by a worker too, which may end as well."""
    outcome = next(in_order(1, partial(_replayed, settings), (task,), workers=processes))
    return _undrawn(settings, task) if isinstance(outcome, Crash) else outcome.result


def _replayed(settings: Settings, task: Case | int) -> str:
    return _command(_case(settings, task))


def _witness(settings: Settings, case: Case, place: int, task: Case | int) -> Witness:
    """How differences are taken: of all cases, along directions where they are large; or of those of the sample, entry
    by entry where they are few enough."""
    return fitting(case) if settings.differences == ALL or _is_in_sample(case, place, task) else Witness.NONE


def _is_in_sample(case: Case, place: int, task: Case | int) -> bool:
    """Whether the case is one of the small ones, or of the sample of the others."""
    graph = case.graph
    few = sum(graph.dimension(j) for j in graph.differentiable_leaves()) <= SAMPLING.few_entries
    if graph.n > SAMPLING.few_vertices or (case.group != "digits" and not few):
        return False
    if graph.n <= SAMPLING.small:
        return True
    if isinstance(task, int):
        return task % SAMPLING.witnessed == 0
    return (case.group != "random" and few) or place % SAMPLING.named_witnessed == 0


def available_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
