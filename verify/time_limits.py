"""`limited(seconds)`: stop code that does not come back, an iteration that converges for the usual arguments only, say,
or that fills the memory.

The limit counts wall clock, so that code that sleeps is stopped too. Limits nest: the one that is over first stops the
code, and what is over for the whole is over for its parts. They are kept by an interval timer in the main thread, of
systems that have one; elsewhere nothing is limited (`unenforced` says so). A single operation of C code ends before it
is stopped, which is why documents have limits of their own (`engine/limits.py`). Python drops an exception that is
raised in a destructor: the code that goes on is stopped again soon after. Callbacks of the garbage collector, where it
would be dropped too, are waited for.

>>> with limited(0.05):
...     while True:
...         pass
Traceback (most recent call last):
    ...
backproof.verify.time_limits.TookTooLong: more than 0.05 s
>>> with limited(5.0):
...     sum(range(1000))
499500
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from time import monotonic
from types import FrameType
from typing import Any

AGAIN = 1.0  # chosen: seconds until code that swallowed its stop is stopped again, where its limit is not shorter still
SOON = 1e-3  # chosen: seconds; a timer of 0 is none, and the lines of this file that must not be interrupted take less
NEAR = 4  # chosen: frames of a callback of the collector that are looked at; those that are known call nothing
AT_ONCE = 1e-6  # seconds, the least that a timer takes: it is theirs again, and nothing of ours may be interrupted any more
NEVER = 1e8  # seconds, three years, which every timer takes
GLANCE = 0.05  # chosen: seconds between two looks at the memory; what Python objects fill in that time is a few megabytes


class TookTooLong(BaseException):
    """The time is up. Not an `Exception`, so that the code that is stopped does not take it for one of its own."""


class OutOfTime(BaseException):
    """The time of a whole is up: what `limited` raises where it is told to, so that a limit inside, and whoever catches
    its TookTooLong, lets it through."""


class OutOfMemory(BaseException):
    """The memory that code may fill is full. Not an `Exception` either."""


class FromOutside(BaseException):
    """The timer of somebody else has raised `cause`: a limit of the caller's. No code that runs here may take that for
    an error of its own; it is raised as itself where the outermost limit ends."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(f"{type(cause).__name__}: {cause}")
        self.cause = cause


PASSING = (TimeoutError, MemoryError)
"""Exceptions that say that there is no time or no memory left, and nothing of the code in which they come up."""


OURS = (TookTooLong, OutOfTime, OutOfMemory, FromOutside)
"""What this file raises in code that runs within a limit; never an error of that code."""


@dataclass
class _Limit:
    """When to raise what: `due` by the clock, or when more than `most` bytes are held."""

    due: float
    seconds: float
    late: type[BaseException]
    most: float
    memory: int | None
    quiet: float = 0.0  # until then, memory is not complained of again, so that what was raised can be cleaned up after


@dataclass
class _Others:
    """A timer that somebody else had set, which goes on."""

    due: float
    interval: float
    handler: Any


_running: list[_Limit] = []
_others: list[_Others] = []


@contextmanager
def limited(seconds: float, memory: int | None = None, late: type[BaseException] = TookTooLong) -> Generator[None, None, None]:
    """`late`, raised in the code that runs inside, after so many seconds of wall clock; OutOfMemory when the process
    holds so many bytes more than at the start.

    >>> with limited(5.0, memory=2**24):
    ...     filled = [[0] for _ in range(10_000_000)]
    Traceback (most recent call last):
        ...
    backproof.verify.time_limits.OutOfMemory: more than 16 MB
    """
    if not _has_timer():
        yield
        return
    start = monotonic()
    outermost = not _running
    if outermost:
        _take_over(start)
    limit = _Limit(start + seconds, seconds, late, _held() + memory if memory is not None else float("inf"), memory)
    _running.append(limit)
    try:
        _set_timer(start)
        yield
    except FromOutside as error:
        if not outermost:
            raise
        raise error.cause from None
    finally:
        _running.remove(limit)
        if outermost:
            _hand_back()
        else:
            _set_timer(monotonic())


def alarms_pass() -> AbstractContextManager[None]:
    """Nothing is limited, but what an alarm of the caller's raises passes all code inside as `FromOutside`."""
    return limited(NEVER)


def unenforced() -> tuple[str, ...]:
    """What this platform, or this thread, cannot limit, in words.

    >>> unenforced() if sys.platform == "linux" else ()
    ()
    """
    missing: list[str] = []
    if not _has_timer():
        missing.append("seconds and memory of a case: no interval timer here, or not in the main thread")
    elif _held() == 0:
        missing.append("memory of a case: this system does not say what a process holds")
    return tuple(missing)


def _has_timer() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _ring(number: int, frame: Any) -> None:
    now = monotonic()
    if not _running:  # it comes late, while the timer is taken over or handed back: a timer set now would be nobody's
        return
    if frame is not None and (frame.f_code.co_filename in _UNINTERRUPTED or _in_the_collector(frame)):
        signal.setitimer(signal.ITIMER_REAL, SOON, AGAIN)
        return
    for others in _others:
        if others.due <= now:
            others.due = now + others.interval if others.interval else float("inf")
            if callable(others.handler):
                try:
                    others.handler(number, frame)
                except BaseException as error:
                    raise FromOutside(error) from error
    held = _held() if any(limit.memory is not None for limit in _running) else 0
    for limit in _running:  # what is over for the whole is over for its parts
        if now >= limit.due:
            limit.due = now + min(AGAIN, limit.seconds)
            _set_timer(now)
            raise limit.late(f"more than {limit.seconds:g} s")
        if held > limit.most and now >= limit.quiet:
            limit.quiet = now + AGAIN
            _set_timer(now)
            raise OutOfMemory(f"more than {(limit.memory or 0) // 2**20:,} MB")
    _set_timer(now)


def _in_the_collector(frame: FrameType) -> bool:
    """Whether this code was called by the garbage collector, which drops what is raised there."""
    codes = [getattr(callback, "__code__", None) for callback in gc.callbacks]
    near: FrameType | None = frame
    for _ in range(NEAR):
        if near is None:
            break
        if near.f_code in codes:
            return True
        near = near.f_back
    return False


def _set_timer(now: float) -> None:
    due = min([limit.due for limit in _running] + [others.due for others in _others], default=float("inf"))
    rest = due - now
    if any(limit.memory is not None for limit in _running):
        rest = min(rest, GLANCE)
    if _running:
        signal.setitimer(signal.ITIMER_REAL, max(rest, SOON), AGAIN)  # again: should a ring be lost


def _take_over(now: float) -> None:
    rest, interval = signal.getitimer(signal.ITIMER_REAL)
    handler = signal.signal(signal.SIGALRM, _ring)
    _others.append(_Others(now + rest if rest else float("inf"), interval, handler))


def _hand_back() -> None:
    others = _others.pop()
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, others.handler if others.handler is not None else signal.SIG_DFL)
    if others.due < float("inf"):
        signal.setitimer(signal.ITIMER_REAL, max(others.due - monotonic(), AT_ONCE), others.interval)


def _resident() -> int:
    """The bytes that this process holds, as Linux says."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * _PAGE


def _peak() -> int:
    """The most bytes that this process has held."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _nothing() -> int:
    return 0


def _meter() -> Callable[[], int]:
    """How this system says what a process holds."""
    for meter in (_resident, _peak):
        try:
            meter()
        except (OSError, ImportError, AttributeError, ValueError):
            continue
        return meter
    return _nothing


_UNINTERRUPTED = (__file__, contextmanager.__code__.co_filename)  # a limit that is being set or taken back is whole
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096  # bytes
_held = _meter()
