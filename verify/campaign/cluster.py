"""Tasks on the workers of a dask cluster: `backproof verify --scheduler ADDRESS` and `backproof theorems --scheduler
ADDRESS`.

A cluster is started as dask's own documentation has it, with one thread in each worker, since flint's precision is
global in a process:

    dask scheduler
    dask worker tcp://HOST:8786 --nthreads 1 --nworkers 4

backproof must be installed where the workers run, in the same versions: that is asked of all of them first, and again
by every task where it runs, so that a worker that joins late is asked too. Everything else that a worker needs comes
with the task; nothing is left behind on it.

>>> with cluster("tcp://127.0.0.1:1", seconds=1) as place:  # nobody listens there, or dask is not installed
...     pass
Traceback (most recent call last):
    ...
backproof.verify.campaign.cluster.ClusterError: ...
"""

from __future__ import annotations

import gc
import importlib.util
import logging
import pickle
import platform
import time
import traceback
import warnings
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import CancelledError, Executor, Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from typing import Any

from backproof.verify.campaign.workers import RARELY
from backproof.verify.campaign.workplace import Trouble, Workplace

PACKAGES = ("backproof", "numpy", "scipy", "mpmath", "python-flint", "networkx")
"""What the numbers of a record come from."""
CONNECTING = 10.0  # seconds for the scheduler to answer, and for a first worker; chosen: a cluster that is there answers at once
DESERTED = 60.0  # seconds without a worker after which a run ends; chosen: a worker that is restarted is back sooner
LOOK = 2.0  # seconds between two looks at the workers; chosen: seldom enough to cost the scheduler nothing
AHEAD = 4  # times as many tasks at the scheduler as there are threads, so that workers that join find work; chosen
FEWEST = 32  # tasks at the scheduler at least, for the same reason; chosen: results of so many fit anywhere
START = "dask worker {address} --nthreads 1 --nworkers N"


class ClusterError(RuntimeError):
    """A cluster that cannot be used: not there, without workers, or with workers that do not fit."""


class WorkerDied(RuntimeError):
    """The workers of a task that was run alone died, as often as dask tries."""


@dataclass(frozen=True)
class Raised:
    """What a task raised, in words, as its result: an exception that arrives is then dask's own."""

    words: str


@dataclass(frozen=True)
class Unfit:
    """Why a worker must not run our tasks, as a result."""

    words: str


@cache
def versions() -> dict[str, str]:
    """What must be the same here and on every worker.

    >>> sorted(versions())
    ['Python', 'backproof', 'mpmath', 'networkx', 'numpy', 'python-flint', 'scipy']
    """
    return {"Python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def unlike(name: str, found: Mapping[str, str | None], expected: Mapping[str, str]) -> str | None:
    """In what a worker differs, in a sentence; None if in nothing.

    >>> unlike("tcp://b:1", {"numpy": "2.1.0", "scipy": None}, {"numpy": "2.2.0", "scipy": "1.14.0"})
    'the worker tcp://b:1 has numpy 2.1.0 and no scipy, here are numpy 2.2.0 and scipy 1.14.0; install the same there'
    """
    other = [key for key, own in expected.items() if found.get(key) != own]
    if not other:
        return None
    there = " and ".join(f"no {key}" if found.get(key) is None else f"{key} {found[key]}" for key in other)
    here = " and ".join(f"{key} {expected[key]}" for key in other)
    return f"the worker {name} has {there}, here {'is' if len(other) == 1 else 'are'} {here}; install the same there"


@contextmanager
def cluster(address: str, seconds: float | None = None) -> Generator[Workplace]:
    """The workers of the cluster whose scheduler is at `address`. ClusterError, in one sentence, if there is none, or
    its workers do not fit.
    """
    seconds = CONNECTING if seconds is None else seconds
    if importlib.util.find_spec("distributed") is None:
        raise ClusterError("--scheduler needs dask.distributed: pip install 'backproof[distributed]'")
    with _silent():
        import distributed  # before a setting is changed: of a package that is not there yet dask takes all settings back
        from dask import config

        with config.set({"distributed.comm.timeouts.connect": seconds}):
            client = _connected(address, seconds)
            try:
                threads = _fitting(client, address, seconds)
                watch = Watch(client, address)
                jobs = max(FEWEST, AHEAD * threads)
                yield Workplace(jobs, partial(ClusterExecutor, client, watch), (distributed.KilledWorker,), watch.trouble, threads)
            finally:
                _close(client)


def place(jobs: int, scheduler: str | None) -> AbstractContextManager[Workplace]:
    """The cluster of a scheduler, or so many processes of this machine where there is none."""
    return nullcontext(Workplace(jobs)) if scheduler is None else cluster(scheduler)


@contextmanager
def _silent() -> Generator[None]:
    """dask reports the end of a connection by dozens of lines on stderr; what matters of them is said in one."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _connected(address: str, seconds: float) -> Any:
    from distributed import Client

    try:
        if not address:
            raise ValueError("the address is empty")  # dask would start a cluster of its own
        return Client(address, timeout=seconds, set_as_default=False)
    except Exception as error:  # an OSError where nobody answers, a ValueError, TypeError … where it is no address
        why = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise ClusterError(
            f"no dask scheduler answers at {address or repr(address)}; start one with `dask scheduler`, and give its address ({why})"
        ) from error


def _close(client: Any) -> None:
    try:
        client.close(timeout=LOOK)
    except Exception:  # the scheduler is gone, and with it what would be closed
        return


def _fitting(client: Any, address: str, seconds: float) -> int:
    """How many threads the workers have. ClusterError if there are no workers, or one does not fit."""
    start = START.format(address=address)
    try:
        client.wait_for_workers(1, timeout=seconds)
        found: dict[str, dict[str, str | None]] = client.run(_asker(), PACKAGES)
        threads: dict[str, int] = client.nthreads()
    except Exception as error:
        if not _workers(client):
            raise ClusterError(f"the scheduler at {address} has no worker; start some: {start}") from error
        raise ClusterError(f"the workers of {address} cannot be asked for their versions: {str(error)[:200]}") from error
    expected = versions()
    for name in sorted(found):
        if words := unlike(name, found[name], expected):
            raise ClusterError(words)
    for name, count in sorted(threads.items()):
        if count != 1:
            raise ClusterError(_threads(name, count, start))
    return len(threads)


def _threads(name: str, count: int, start: str) -> str:
    return f"the worker {name} has {count} threads, and flint's precision is global in a process; start it so: {start}"


def _workers(client: Any) -> int:
    try:
        return len(client.nthreads())
    except Exception:
        return 0


def _asker() -> Callable[[Iterable[str]], dict[str, str | None]]:
    """A function that runs where backproof is not installed: it is sent whole, since it lives in no module's namespace."""

    def ask(packages: Iterable[str]) -> dict[str, str | None]:
        from importlib.metadata import PackageNotFoundError, version
        from platform import python_version

        found: dict[str, str | None] = {"Python": python_version()}
        for name in packages:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                found[name] = None
        return found

    return ask


def _unpacker() -> Callable[[bytes], Any]:
    """Another: what it runs is opaque on the way, so that the scheduler needs no backproof."""

    def unpack(packed: bytes) -> Any:
        from pickle import loads

        return loads(packed)()

    return unpack


class Watch:
    """What is wrong with the cluster, once something is."""

    def __init__(self, client: Any, address: str) -> None:
        self.client, self.address = client, address
        self.found: Trouble | None = None
        self.looked = self.manned = time.monotonic()

    def trouble(self) -> Trouble | None:
        """Why no more work can be done there; looks now and then."""
        now = time.monotonic()
        if self.client.status != "running":
            self.lost()
        elif self.found is None and now - self.looked > LOOK:
            self.looked = now
            if _workers(self.client):
                self.manned = now
            elif now - self.manned > DESERTED:
                start = START.format(address=self.address)
                self.say(Trouble(f"the scheduler at {self.address} had no worker for {DESERTED:.0f} s; start some: {start}"))
        return self.found

    def lost(self) -> None:
        """The connection is gone."""
        self.say(Trouble(f"the scheduler at {self.address} was lost"))

    def say(self, found: Trouble) -> None:
        """What was found first stays."""
        self.found = self.found or found


class ClusterExecutor(Executor):
    """Tasks that ask their worker first, and a word on what went wrong. dask's own executor leaves a future pending for
    ever whose result cannot be read here.
    """

    def __init__(self, client: Any, watch: Watch, jobs: int) -> None:
        self.client, self.watch, self.alone = client, watch, jobs == 1
        self.expected, self.unpack = versions(), _unpacker()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A future of `fn(*args)` on a worker."""
        outer: Future[Any] = Future()
        packed = pickle.dumps(partial(on_worker, self.expected, partial(fn, *args, **kwargs)))
        try:
            inner = self.client.submit(self.unpack, packed, pure=False)
            inner.add_done_callback(partial(self._settle, outer))
        except Exception:  # the client is closed
            self.watch.lost()
            _cancel(outer)
            return outer
        outer.add_done_callback(lambda _: inner.release())  # also what is cancelled here is given up there
        return outer

    def _settle(self, outer: Future[Any], inner: Any) -> None:
        """Hand on what came of a task."""
        from distributed import KilledWorker

        if outer.cancelled():
            return
        try:
            result = inner.result()
        except CancelledError:  # dask's own is one
            self.watch.lost()
            _cancel(outer)
        except KilledWorker as error:
            died = WorkerDied(f"its workers died, {error.allowed_failures + 1} times") if self.alone else error
            _fail(outer, died)
        except ModuleNotFoundError as error:
            self.watch.say(Trouble(f"a worker of {self.watch.address} cannot run backproof: {error}; install it there", refused=True))
            _cancel(outer)
        except Exception as error:
            _fail(outer, error)
        else:
            self._hand_on(outer, result)

    def _hand_on(self, outer: Future[Any], result: Any) -> None:
        if isinstance(result, Unfit):
            self.watch.say(Trouble(result.words, refused=True))
            _cancel(outer)
        elif isinstance(result, Raised):
            _fail(outer, RuntimeError(f"on a worker of the cluster:\n{result.words}"))
        elif outer.set_running_or_notify_cancel():
            outer.set_result(result)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing is kept here: the connection stays, for other executors."""


def _cancel(future: Future[Any]) -> None:
    if future.cancel():
        future.set_running_or_notify_cancel()


def _fail(future: Future[Any], error: Exception) -> None:
    if future.set_running_or_notify_cancel():
        future.set_exception(error)


def on_worker(expected: Mapping[str, str], work: Callable[[], Any]) -> Any:
    """`work()` on a worker that fits; `Unfit` if it does not, `Raised` if the work raises."""
    from distributed import get_worker

    worker: Any = get_worker()
    if words := unlike(worker.address, versions(), expected):
        return Unfit(words)
    if worker.state.nthreads != 1:
        return Unfit(_threads(worker.address, worker.state.nthreads, START.format(address=worker.scheduler.address)))
    before = gc.get_threshold()
    gc.set_threshold(RARELY)
    try:
        return work()
    except (Exception, SystemExit):
        return Raised(traceback.format_exc())
    finally:
        gc.set_threshold(*before)
