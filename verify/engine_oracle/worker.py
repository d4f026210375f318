"""The engine's own process: it loads the engine, and answers one case after the other, until the channel ends.

It holds no judge. What it sends is read by `wire.py` with the same strictness whoever wrote it, so an engine that takes
this process over gains nothing: it can send adjoints, and those are judged elsewhere.

What an engine does to this process is undone (`left_behind.py`) or said: a changed folder, a changed verifier, a fork
that comes back. Its output goes where `process.py` reads and bounds it; it reads nothing from standard input.
"""

from __future__ import annotations

import contextlib
import faulthandler
import fcntl
import os
import resource
import select
import signal
import socket
import sys
from pathlib import Path

from backproof.verify.cases.case import Case
from backproof.verify.engine_oracle.answers import Answer, Ending, ask
from backproof.verify.engine_oracle.foreign import raised
from backproof.verify.engine_oracle.patches import Seen, patched, present
from backproof.verify.engine_oracle.supervisor import HAS_MEMORY_LIMITS
from backproof.verify.engine_oracle.target import Engine, TargetError, importable_here, load_engine
from backproof.verify.engine_oracle.wire import (
    ADJOINTS,
    AGAIN,
    CHANNEL_LOST,
    ENDED,
    HEADER,
    LARGEST_CASE,
    LOADED,
    LONGEST_WORDS,
    REFUSED,
    RETURNED_TWICE,
    adjoints_body,
    call_of,
    ended_body,
    message,
    read_case_body,
    read_header,
)

OUT_OF_REACH = 200  # the channel's descriptor at least; chosen: who closes or writes to all small numbers misses it
FORK_PATIENCE = 0.1  # seconds in which a forked copy must come back to be noticed in the same call; chosen: both return at once


def serve(target: str, channel: int, memory: int) -> None:
    """Load the engine, then answer until the channel ends. Does not return."""
    status = CHANNEL_LOST
    try:
        _serve(target, socket.socket(fileno=out_of_reach(channel)), memory)
        status = 0
    except BaseException:  # the channel is gone or an engine has broken this process: how it ended says which call it was
        with contextlib.suppress(BaseException):
            faulthandler.dump_traceback()
    os._exit(status)


def _serve(target: str, channel: socket.socket, memory: int) -> None:
    first = call_of(received(channel, HEADER.size))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)  # pyright: ignore[reportAttributeAccessIssue]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever this process has inherited
    faulthandler.enable()
    own, exit_at_once = os.getpid(), os._exit
    seen = present()
    importable_here()
    limit_memory(memory, for_good=False)
    try:
        engine = load_engine(target)
    except TargetError as error:
        channel.sendall(message(REFUSED, first, str(error).encode("utf-8", "backslashreplace")[:LONGEST_WORDS]))
        return
    finally:
        if os.getpid() != own:  # a process that the factory forked
            exit_at_once(0)
    limit_memory(memory, for_good=True)
    channel.sendall(message(LOADED, first))
    _answer_all(engine, channel, seen)


def _answer_all(engine: Engine, channel: socket.socket, seen: Seen) -> None:
    """Everything that is used after the engine has run is at hand before."""
    own, exit_at_once, getpid = os.getpid(), os._exit, os.getpid
    forks = _Forks()
    case: Case | None = None
    changed: str | None = None
    while True:
        raw = received(channel, HEADER.size)
        kind, length = read_header(raw, None, LARGEST_CASE)
        call, body = call_of(raw), received(channel, length)
        if changed is None:
            if kind != AGAIN:
                case = read_case_body(body)
            assert case is not None
            forks.begin()
            answer, changed = one_call(engine, case, seen)
            if getpid() != own:
                forks.came_back()
                exit_at_once(0)
        else:  # nothing that runs here can be relied on any more
            answer = _patched(changed)
        if forks.both_returned():
            channel.sendall(message(RETURNED_TWICE, call))
        elif answer.ending is None:
            channel.sendall(message(ADJOINTS, call, adjoints_body(answer.p)))
        else:
            channel.sendall(message(ENDED, call, ended_body(answer)))


def one_call(engine: Engine, case: Case, seen: Seen) -> tuple[Answer, str | None]:
    """One call, and the name that the engine has changed of what was seen before it was loaded, if it has."""
    failure: BaseException | None = None
    answer = Answer()
    try:
        answer = ask(engine, case)
    except BaseException as error:  # also where the engine sent itself the signal of Ctrl-C
        failure = error
    changed = patched(seen)
    if changed is not None:
        answer = _patched(changed)
    elif failure is not None:
        answer = Answer({}, Ending.RAISED, f"the engine raised {raised(failure)}")
    return answer, changed


def _patched(name: str) -> Answer:
    return Answer({}, Ending.PATCHED, f"the engine changed {name}; what checks it, and what others use too, is not its to change")


class _Forks:
    """Whether a process that was forked during a call came back from it."""

    def __init__(self) -> None:
        self._read, self._write = (out_of_reach(end) for end in os.pipe())
        os.set_blocking(self._read, False)
        self._seen = False
        os.register_at_fork(before=self._note)

    def _note(self) -> None:
        self._seen = True

    def begin(self) -> None:
        self._seen = False

    def came_back(self) -> None:
        """Said by the copy."""
        with contextlib.suppress(OSError):
            os.write(self._write, b"!")

    def both_returned(self) -> bool:
        """Asked by the process that is the engine's; also of a copy that comes back in a later call."""
        try:
            ready, _, _ = select.select([self._read], [], [], FORK_PATIENCE if self._seen else 0)
            return bool(ready) and os.read(self._read, 4096) != b""
        except (OSError, ValueError):  # the engine closed it: nothing can be known of its copies
            return False


def limit_memory(memory: int, for_good: bool) -> None:
    """At most so many bytes beyond what this process holds now; then allocations fail. Nothing where the system has no
    such limit.
    """
    if not HAS_MEMORY_LIMITS:
        return
    text = Path("/proc/self/status").read_text(encoding="utf-8", errors="replace")
    held = next((1024 * int(line.split()[1]) for line in text.splitlines() if line.startswith("VmData:")), 0)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = held + memory if hard == resource.RLIM_INFINITY else min(held + memory, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed if for_good else hard))


def out_of_reach(descriptor: int) -> int:
    """The same under a number that nobody hits by chance, which no program that the engine starts inherits."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, OUT_OF_REACH if most == resource.RLIM_INFINITY else min(OUT_OF_REACH, most // 2))
    os.close(descriptor)
    return moved


def received(channel: socket.socket, length: int) -> bytes:
    """Exactly so many bytes. EOFError where the channel ends."""
    parts: list[bytes] = []
    while length:
        part = channel.recv(min(length, 2**20))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
