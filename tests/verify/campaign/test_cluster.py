"""A dask cluster on this machine, started as its documentation has it: results are those of `--jobs 1`, byte for byte,
whatever becomes of workers and scheduler; what cannot be used is refused in one sentence.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from concurrent.futures import CancelledError
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from backproof.verify.campaign import cluster as module
from backproof.verify.campaign.cluster import ClusterError, cluster, place, unlike, versions
from backproof.verify.campaign.workers import Crash, Done
from backproof.verify.campaign.workplace import Trouble
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.commands import verify
from backproof.verify.commands.exit_codes import INTERRUPTED, USAGE
from backproof.verify.commands.options import Output, TheoremsOptions, VerifyOptions
from backproof.verify.commands.proving import small_graphs
from backproof.verify.commands.proving.theorems import run_theorems
from backproof.verify.commands.verify import run_verify
from backproof.verify.proofs import exhaustive
from backproof.verify.proofs.exhaustive import blocks, check_size, whole

pytest.importorskip("distributed")

PATIENCE = 90.0  # seconds for what takes one or two; chosen: a shared machine may be slow
SMALL = {"DASK_DISTRIBUTED__WORKER__MULTIPROCESSING_METHOD": "spawn", "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.2)


class Dask:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workers = folder, list[subprocess.Popen[bytes]]()
        file = folder / "scheduler.json"
        file.unlink(missing_ok=True)
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        until(lambda: file.exists() and "address" in file.read_text(encoding="utf-8"))
        self.address: str = json.loads(file.read_text(encoding="utf-8"))["address"]

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{arguments[0]}.log").open("ab")
        command = [sys.executable, "-m", "dask", *arguments]
        return subprocess.Popen(command, cwd=self.folder, env={**os.environ, **SMALL}, stdout=log, stderr=log)

    def add(self, count: int, *arguments: str, threads: int = 1) -> list[subprocess.Popen[bytes]]:
        if not count:
            return []
        before = self.known()
        memory = ("--memory-limit", "1GB", "--no-nanny", "--no-dashboard", "--death-timeout", "60")
        new = [self._start("worker", self.address, "--nthreads", str(threads), *memory, *arguments) for _ in range(count)]
        self.workers += new
        until(lambda: len(self.known() - before) == count)
        return new

    def have(self, count: int) -> list[subprocess.Popen[bytes]]:
        """So many workers, all alive."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        for worker in self.workers[count:]:
            worker.kill()
            worker.wait()
        self.workers = self.workers[:count]
        until(lambda: len(self.known()) == len(self.workers))
        self.add(count - len(self.workers))
        return self.workers

    def known(self) -> set[str]:
        from distributed import Client

        with Client(self.address, set_as_default=False, timeout=PATIENCE) as client:
            threads: Any = client.nthreads()
            return set(threads)

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
        for process in (*self.workers, self.scheduler):
            process.wait()


TASKS = """
import os, signal, time
from backproof.verify.proofs.exhaustive import check_block

def slowly(block):
    time.sleep(0.3)
    return check_block(block)

def deadly_at(number, given):
    if given == number:
        os.kill(os.getpid(), signal.SIGKILL)
    return given

def raises(given):
    if given == 2:
        raise ModuleNotFoundError("no such thing")
    return given
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Generator[Dask]:
    """One scheduler for all tests; its workers find `cluster_tasks`."""
    folder = tmp_path_factory.mktemp("dask")
    (folder / "cluster_tasks.py").write_text(TASKS, encoding="utf-8")
    started = Dask(folder)
    try:
        yield started
    finally:
        started.end()


@pytest.fixture
def tasks(shared: Dask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Tasks that are slow, deadly or wrong."""
    monkeypatch.syspath_prepend(shared.folder)
    return import_module("cluster_tasks")


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five vertices are 16 blocks, and three are enough to leave this process."""
    monkeypatch.setattr(exhaustive, "GRAPHS_BY_NETWORKX", 64)
    monkeypatch.setattr(small_graphs, "ALONE", 2)


def results(folder: Path, **options: Any) -> bytes:
    """What `backproof theorems` writes on every graph with up to five vertices."""
    file = folder / "r.json"
    file.unlink(missing_ok=True)
    assert run_theorems(TheoremsOptions("backward-pass", cases=2, exhaustive=5, output=Output(file, no_color=True), **options)) == 0
    return file.read_bytes()


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("workers", [2, 4])
def test_results_on_two_and_on_four_workers_are_those_of_one_process(
    shared: Dask, workers: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shared.have(workers)
    on_cluster = results(tmp_path, scheduler=shared.address)
    shown = capfd.readouterr()
    assert on_cluster == results(tmp_path, jobs=1)
    assert capfd.readouterr().out == shown.out
    assert "1,024 graphs with 5 vertices, 5,120 adjoints, 0 violations" in shown.out
    assert shown.err == ""


def test_cases_on_two_workers_are_those_of_one_process(shared: Dask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "named_cases", lambda seed: (lecture_cases()[:1], ["the others were left out"]))
    shared.have(2)
    files: list[bytes] = []
    for scheduler, jobs in ((shared.address, None), (None, 1)):
        output = Output(tmp_path / f"{len(files)}.json", quiet=True)
        assert run_verify(VerifyOptions(cases=4, seed=3, output=output, scheduler=scheduler, jobs=jobs)) == 0
        files.append((tmp_path / f"{len(files)}.json").read_bytes())
    assert files[0] == files[1]
    assert json.loads(files[0])["summary"]["counts"]["CORRECT"] == 5


@pytest.mark.usefixtures("small_blocks")
def test_a_worker_is_killed_and_another_added_and_nothing_changes(shared: Dask, tasks: Any) -> None:
    first, *_ = shared.have(2)
    found: list[Any] = []
    with cluster(shared.address) as where:
        for outcome in where.run(tasks.slowly, blocks(5)):
            found.append(outcome.result)  # type: ignore[union-attr]
            if len(found) == 2:
                first.kill()
                shared.add(1)
    assert len(found) == 16
    assert whole(5, found) == check_size(5)


def test_a_task_that_kills_its_workers_is_named_and_the_others_go_on(shared: Dask, tasks: Any) -> None:
    shared.have(3)
    with cluster(shared.address) as where:
        found = list(where.run(partial(tasks.deadly_at, 2), range(6)))
        assert where.trouble() is None
    assert sorted(one.result for one in found if isinstance(one, Done)) == [0, 1, 3, 4, 5]
    (crash,) = [one for one in found if isinstance(one, Crash)]
    assert crash.task == 2
    assert "WorkerDied: its workers died" in crash.words


def test_what_a_task_raises_is_its_own(shared: Dask, tasks: Any) -> None:
    shared.have(1)
    with cluster(shared.address) as where:
        found = list(where.in_order(tasks.raises, range(4)))
        assert where.trouble() is None
    assert [one.task for one in found] == [0, 1, 2, 3]
    assert "ModuleNotFoundError: no such thing" in getattr(found[2], "words", "")


def backproof(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "backproof.verify", "theorems", *arguments]
    return subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def blocks_in(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines()) - 1 if file.exists() else 0


def test_a_lost_scheduler_or_ctrl_c_is_a_sentence_and_a_file_that_goes_on(tmp_path: Path) -> None:
    dask, file = Dask(tmp_path), tmp_path / "blocks.jsonl"
    arguments = ("backward-pass", "--cases", "0", "--exhaustive", "6", "--scheduler", dask.address, "--resume", file.name)
    try:
        dask.add(1)
        run = backproof(*arguments, cwd=tmp_path)
        until(lambda: blocks_in(file) > 5)
        run.send_signal(signal.SIGINT)
        said = run.communicate(timeout=PATIENCE)[1].splitlines()
        assert run.returncode == INTERRUPTED
        assert said[-1].endswith("blocks of graphs, which 'blocks.jsonl' keeps: the same command goes on.")
        kept = blocks_in(file)
        run = backproof(*arguments, cwd=tmp_path)
        until(lambda: blocks_in(file) > kept)
        dask.scheduler.kill()
        said = run.communicate(timeout=PATIENCE)[1].splitlines()
    finally:
        dask.end()
    assert run.returncode == INTERRUPTED
    said = [line for line in said if " blocks of graphs, " not in line or "keeps" in line]  # a slow machine has time for progress
    assert said[0] == f"{kept} of 13 blocks were finished before"
    assert said[1] == f"backproof theorems: the scheduler at {dask.address} was lost"
    assert said[2].endswith("blocks of graphs, which 'blocks.jsonl' keeps: the same command goes on.")
    assert len(said) == 3
    assert run_theorems(TheoremsOptions("backward-pass", cases=0, exhaustive=6, jobs=1, resume_file=file)) == 0


OTHER = """
from importlib import metadata
if not hasattr(metadata, "right"):  # dask runs this twice
    metadata.right = metadata.version
    metadata.version = lambda name: "0.0.7" if name == "python-flint" else metadata.right(name)
"""


def test_workers_that_do_not_fit_are_refused_also_when_they_join_late(shared: Dask) -> None:
    dask = shared
    (dask.folder / "other.py").write_text(OTHER, encoding="utf-8")
    dask.have(0)
    with pytest.raises(ClusterError, match="has no worker; start some: dask worker tcp://"), cluster(dask.address, seconds=1):
        pass
    (right,) = dask.have(1)
    with cluster(dask.address) as where:
        assert [one.result for one in where.run(abs, [-1])] == [1]  # type: ignore[union-attr]
        dask.add(1, "--preload", "other.py")
        right.kill()
        assert list(where.run(abs, [-1, -2])) == []
        trouble = where.trouble()
        assert trouble is not None
        assert trouble.refused
        assert "has python-flint 0.0.7, here is python-flint" in trouble.words
    with pytest.raises(ClusterError, match=r"has python-flint 0\.0\.7, here is python-flint"), cluster(dask.address):
        pass
    dask.have(0)
    dask.add(1, threads=2)
    with (
        pytest.raises(ClusterError, match="has 2 threads, and flint's precision is global in a process; start it so: dask"),
        cluster(dask.address),
    ):
        pass
    dask.have(0)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "127.0.0.1:99999999", ""])
def test_a_scheduler_that_does_not_answer_is_a_sentence(
    address: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONNECTING", 1.0)
    assert run_theorems(TheoremsOptions(scheduler=address)) == USAGE
    shown = capfd.readouterr()
    assert (shown.out, len(shown.err.splitlines())) == ("", 1)
    assert shown.err.startswith(
        f"backproof theorems: no dask scheduler answers at {address or repr(address)}; start one with `dask scheduler`"
    )


def test_what_dask_is_set_to_is_as_before_in_a_process_that_had_not_imported_it() -> None:
    pytest.importorskip("distributed")
    program = """
from backproof.verify.campaign.cluster import ClusterError, cluster
for _ in range(2):
    try:
        with cluster("tcp://127.0.0.1:1", 0.2):
            pass
    except ClusterError as error:
        print("no dask scheduler answers" in str(error), "Timed out" in str(error))
from dask import config
print(config.get("distributed.comm.timeouts.connect"), config.get("distributed.client.direct-to-workers", "?"))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["True True", "True True", "30s None"]


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ClusterError, match=r"pip install 'backproof\[distributed\]'"), place(2, "tcp://127.0.0.1:8786"):
        pass


def test_without_a_scheduler_tasks_run_here() -> None:
    with place(3, None) as where:
        assert (where.jobs, where.workers, where.trouble()) == (3, None, None)


def test_what_differs_is_named_and_what_does_not_is_not() -> None:
    own = versions()
    assert unlike("w", own, own) is None
    words = unlike("w", {**own, "backproof": "0.0.1"}, own)
    assert words == f"the worker w has backproof 0.0.1, here is backproof {own['backproof']}; install the same there"


class Here:
    """A client, and a future of it that fails as it is told."""

    status = "running"

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def submit(self, *_: Any, **__: Any) -> Here:
        return self

    def add_done_callback(self, call: Callable[[Here], None]) -> None:
        call(self)

    def release(self) -> None: ...

    def result(self) -> Any:
        raise self.error


def test_a_task_that_dask_forgets_is_the_scheduler_lost() -> None:
    here = Here(CancelledError())
    watch = module.Watch(here, "tcp://a:1")
    assert module.ClusterExecutor(here, watch, 2).submit(abs, -1).cancelled()
    assert watch.trouble() == Trouble("the scheduler at tcp://a:1 was lost")


def test_a_result_that_cannot_be_read_is_an_exception_and_not_waited_for() -> None:
    here = Here(RecursionError("too deep"))
    watch = module.Watch(here, "tcp://a:1")
    future = module.ClusterExecutor(here, watch, 2).submit(abs, -1)
    assert isinstance(future.exception(timeout=1), RecursionError)
    assert watch.trouble() is None


def test_a_worker_without_backproof_that_joins_late_is_named() -> None:
    here = Here(ModuleNotFoundError("No module named 'backproof'"))
    watch = module.Watch(here, "tcp://a:1")
    assert module.ClusterExecutor(here, watch, 2).submit(abs, -1).cancelled()
    expected = "a worker of tcp://a:1 cannot run backproof: No module named 'backproof'; install it there"
    assert watch.trouble() == Trouble(expected, refused=True)
