"""A campaign on a dask cluster beside the same campaign on processes of this machine: wall time, time of all processors together, memory; and every graph
with seven vertices.

The cluster is a scheduler and as many workers as there are cores, each a process here. Both sides are run twice in each round, so that the table shows what
repeating a side changes. The memory of client and scheduler is that of a run whose workers give one record again and again: what they hold does not depend on
what a case costs.

>>> settings_of(20).command
'backproof verify --cases 20 --seed 0'
>>> [place for place, record in given_again({"name": "?"}, range(3))]
[0, 1, 2]
>>> agree({"processes": ("a",), "dask": ("b",)})
Traceback (most recent call last):
    ...
benchmarks.measure.Disagreement: dask gives other records than processes
"""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from backproof.verify.campaign.cluster import cluster
from backproof.verify.campaign.lines_file import lines_file
from backproof.verify.campaign.run import CaseCrash, Finished, available_cores, run_suite
from backproof.verify.campaign.workers import Crash
from backproof.verify.campaign.workplace import Workplace
from backproof.verify.cases.draws import usual_case
from backproof.verify.commands.proving.small_graphs import run_small_graphs
from backproof.verify.results.case_record import case_record
from backproof.verify.results.lines import header
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import Tally
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.witness import Witness
from benchmarks.measure import Comparison, Disagreement, Line, Result, line, need, ratios

NAME = "scale"
TITLE = "Campaigns on a cluster"
ABOUT = (
    "Random cases as `backproof verify` checks them, on processes of this machine and on a dask cluster of as many workers, which are warm; CPU seconds are those "
    "of client, scheduler and workers together. Then the memory of client and scheduler against the number of cases, and the backward pass on symbols on every graph."
)
ROOT = Path(__file__).resolve().parents[1]
SEED = 0
CHUNK = 10  # cases of a task, as in a campaign
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Started:
    """A cluster on this machine, and its processes: the scheduler first."""

    address: str
    processes: tuple[subprocess.Popen[bytes], ...]


@contextmanager
def started(workers: int) -> Generator[Started]:
    """A scheduler and so many workers, as dask's documentation starts them; ended whatever happens."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> None:
        command = [sys.executable, "-m", "dask", *arguments]
        processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT))

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "scheduler.json")
        try:
            start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
            address = _address(file)
            for _ in range(workers):
                start(
                    "worker",
                    address,
                    "--nthreads",
                    "1",
                    "--no-nanny",
                    "--no-dashboard",
                    "--local-directory",
                    folder,
                    "--death-timeout",
                    "60",
                )
            _wait_for(address, workers)
            yield Started(address, tuple(processes))
        finally:
            for process in processes:
                process.kill()
                process.wait()


def _address(file: Path) -> str:
    deadline = time.monotonic() + 60.0
    while time.monotonic() < deadline:
        if file.exists() and (text := file.read_text(encoding="utf-8")):
            return str(json.loads(text)["address"])
        time.sleep(0.1)
    raise TimeoutError("the scheduler did not start in a minute")


def _wait_for(address: str, workers: int) -> None:
    from distributed import Client

    if not workers:
        return
    with Client(address, set_as_default=False, timeout=60) as client:
        client.wait_for_workers(workers, timeout=60)


def settings_of(cases: int) -> Settings:
    """What a campaign of so many cases was asked for."""
    return Settings(f"backproof verify --cases {cases} --seed {SEED}", SEED, cases, LISTED_PATHS, 50)


def campaign(where: Workplace, cases: int) -> tuple[str, ...]:
    """The records of a campaign, as one sum over each, in the order of the cases."""
    sums: dict[int, str] = {}
    for found in run_suite(settings_of(cases), (), where.jobs, executor=where.workers, died=where.died, cores=where.cores):
        if isinstance(found, CaseCrash):
            raise Disagreement(f"the suite failed: {found.replay}")
        sums[found.place] = hashlib.sha256(json.dumps(found.record, sort_keys=True).encode()).hexdigest()
    return tuple(sums[place] for place in range(cases))


def cpu_seconds(processes: Sequence[subprocess.Popen[bytes]]) -> float:
    """Seconds of all processors: of this process, of its children that have ended, and of these."""
    import psutil

    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    others = [psutil.Process(process.pid).cpu_times() for process in processes]
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime + sum(each.user + each.system for each in others)


def agree(found: Mapping[str, tuple[str, ...]]) -> None:
    """Disagreement unless every side gave the same records."""
    first = next(iter(found))
    for name, records in found.items():
        if records != found[first]:
            raise Disagreement(f"{name} gives other records than {first}")


def times(cases: int, rounds: int, cores: int) -> tuple[Comparison, Comparison]:
    """Wall time and CPU seconds of both sides, each twice in every round, in rotating order."""
    with started(cores) as own, cluster(own.address) as there:
        sides: dict[str, Callable[[], tuple[str, ...]]] = {
            "processes": partial(campaign, Workplace(cores), cases),
            "dask": partial(campaign, there, cases),
            "processes again": partial(campaign, Workplace(cores), cases),
            "dask again": partial(campaign, there, cases),
        }
        warm = {name: partial(campaign, where, min(cases, 2 * cores)) for name, where in (("processes", Workplace(cores)), ("dask", there))}
        agree({name: run() for name, run in warm.items()})
        wall: dict[str, list[float]] = {name: [] for name in sides}
        cpu: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(rounds):
            names = list(sides)
            found: dict[str, tuple[str, ...]] = {}
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                began, before = time.perf_counter(), cpu_seconds(own.processes)
                found[name] = sides[name]()
                wall[name].append(time.perf_counter() - began)
                cpu[name].append(cpu_seconds(own.processes) - before)
            agree(found)
    what = f"{cases:,} random cases, {cores} process{'es' if cores > 1 else ''}"
    return Comparison(f"{what}: wall time", None, _lines(wall)), Comparison(f"{what}: CPU seconds of all together", None, _lines(cpu))


def _lines(seconds: Mapping[str, list[float]]) -> tuple[Line, ...]:
    first = next(iter(seconds.values()))
    return tuple(line(name, own, ratio=ratios(own, first)) for name, own in seconds.items())


def given_again(record: dict[str, Any], places: Sequence[int]) -> list[Finished]:
    """The record as that of each of these cases."""
    return [Finished(place, {**record, "name": f"random {place}"}) for place in places]


def memory(sizes: Sequence[int], cores: int) -> Comparison:
    """What client and scheduler hold after so many cases, and the bytes that a case takes in the lines file. ValueError below one case."""
    if min(sizes) < 1:
        raise ValueError(f"memory is measured from one case on, found {min(sizes)}")
    import psutil

    record = case_record(check_case(usual_case(SEED, 2000), witness=Witness.NONE), with_detail=False)
    lines: list[Line] = []
    with started(cores) as own, cluster(own.address) as where, tempfile.TemporaryDirectory() as folder:
        client, scheduler = psutil.Process(), psutil.Process(own.processes[0].pid)
        before = client.memory_info().rss
        for size in sizes:
            began, tally, path = time.perf_counter(), Tally(), Path(folder, f"{size}.jsonl")
            chunks = (range(start, min(start + CHUNK, size)) for start in range(0, size, CHUNK))
            with lines_file(path, None, header(settings_of(size), []), tally.add) as file:
                for outcome in where.run(partial(given_again, record), chunks):
                    if isinstance(outcome, Crash):
                        raise Disagreement(outcome.words)
                    for place, found in outcome.result:
                        file.write(place, found)
                        tally.add(place, found)
            if tally.total != size:
                raise Disagreement(f"{tally.total:,} of {size:,} cases came back")
            grown, held = (client.memory_info().rss - before) / MEBIBYTE, scheduler.memory_info().rss / MEBIBYTE
            name = (
                f"{size:,} cases: client {grown:+.0f} MB, scheduler {held:.0f} MB, {path.stat().st_size / size:,.0f} bytes a case on disk"
            )
            lines.append(line(name, (time.perf_counter() - began,)))
    return Comparison("Memory, with records that are given again", None, tuple(lines))


def every_graph(n: int, cores: int) -> Comparison:
    """The backward pass on symbols on every graph with up to n vertices. Disagreement if an adjoint is not the sum of its paths."""
    began = time.perf_counter()
    found = run_small_graphs(n, None, Workplace(cores), lambda: False)
    if len(found.sizes) != n or any(size.violated for size in found.sizes):
        raise Disagreement(f"{found.sizes}")
    took = line(found.sizes[-1].sentence, (time.perf_counter() - began,))
    return Comparison(f"Every graph with up to {n} vertices, {cores} process{'es' if cores > 1 else ''}", None, (took,))


def measure(quick: bool) -> Result:
    """Two thousand cases, the memory of up to ten thousand, every graph with up to seven vertices; a few of each if `quick`."""
    for package in ("distributed", "psutil"):
        need(package)
    cores = available_cores()
    sizes = (100, 200) if quick else (1000, 10_000)
    tables = (*times(4 if quick else 2000, 1 if quick else 3, cores), memory(sizes, cores), every_graph(5 if quick else 7, cores))
    return Result(NAME, TITLE, ABOUT, tables)
