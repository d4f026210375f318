"""Who watches over an engine's process: ends it, and all that it started, when it dies, when it uses too much memory,
and when backproof ends, however that ends.

The interpreter that backproof starts becomes the supervisor; it forks before anything else is imported, and the copy
becomes the engine's process (`worker.py`), in a session of its own. The supervisor never runs a line of the engine, and
the engine's process does not hold its socket: so how the engine ended is known, and cannot be forged. Over this socket
backproof says that the engine is loaded (from there on its memory counts), the supervisor how it ended; the end of the
socket is the end of everything.

On Linux, processes that the engine leaves behind fall to the supervisor (a "child subreaper"), also those with a
session of their own; elsewhere those of the engine's session are ended.

>>> read_report(report(3, None)).status, read_report(report(-11, None)).status
(3, -11)
>>> read_report(b"0 and more")
Traceback (most recent call last):
    ...
ValueError: a report has two numbers, found b'0 and more'
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

LOOK = 0.1  # seconds between two looks at the memory in use; chosen: a gigabyte takes about as long to fill
PATIENCE = 5.0  # seconds in which what was killed must be gone; chosen: a process that is killed ends at once
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
"""Of Linux's `prctl`: a signal when the parent dies; orphans become children of this process."""
HAS_MEMORY_LIMITS = sys.platform == "linux"
"""Whether the memory of a process can be read and limited here; macOS accepts limits, and does not keep them."""


@dataclass(frozen=True)
class Report:
    """How the engine's process ended: its exit status, or minus the number of a signal; and how many bytes it held when
    it was ended for that, None if it was not.
    """

    status: int
    held: int | None = None


def report(status: int, held: int | None) -> bytes:
    """A report as it is sent."""
    return f"{status} {-1 if held is None else held}\n".encode("ascii")


def read_report(raw: bytes) -> Report:
    """The report that was sent; ValueError if it is none."""
    try:
        status, held = map(int, raw.split())
    except ValueError:
        raise ValueError(f"a report has two numbers, found {raw!r}") from None
    return Report(status, None if held < 0 else held)


def supervise(line: int, channel: int, memory: int) -> None:
    """Fork; come back in the engine's process. In the supervisor this does not return: it ends with what it watches.

    `line` is the descriptor of the socket to backproof, `channel` the one that is the engine's alone, `memory` how many
    bytes the engine may hold beyond what it holds once it is loaded.
    """
    if HAS_MEMORY_LIMITS:
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
    waker = os.pipe()
    own = os.getpid()
    worker = os.fork()
    if not worker:
        os.setsid()
        for descriptor in (line, *waker):
            os.close(descriptor)
        if HAS_MEMORY_LIMITS:
            _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != own:  # the supervisor ended before it could be watched
            os._exit(1)
        return
    os.close(channel)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for end in waker:
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker[1], warn_on_full_buffer=False)
    with contextlib.suppress(OSError):
        _watch(socket.socket(fileno=line), worker, waker[0], memory)
    _end_all(worker)
    os._exit(0)


def _watch(line: socket.socket, worker: int, waker: int, memory: int) -> None:
    """Until the engine's process has ended or backproof has."""
    line.sendall(f"{worker}\n".encode("ascii"))
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):  # the engine's words are its own; what it closes is closed
        os.dup2(null, descriptor)
    allowed: int | None = None
    held: int | None = None
    while True:
        ready, _, _ = select.select([line, waker], [], [], LOOK)
        if waker in ready:
            os.read(waker, 4096)
        if line in ready:
            if not line.recv(1):
                return
            allowed = memory + held_bytes(worker)
        status = _reaped(worker)
        if status is not None:
            _end_all(worker)
            line.sendall(report(status, held))
            return
        if allowed is not None and held is None and held_bytes(worker) > allowed:
            held = held_bytes(worker)
            os.kill(worker, signal.SIGKILL)


def _reaped(worker: int) -> int | None:
    """Take leave of every process that has ended; the status of the engine's, once it is among them."""
    found: int | None = None
    with contextlib.suppress(ChildProcessError):
        while True:
            ended, status = os.waitpid(-1, os.WNOHANG)
            if not ended:
                break
            if ended == worker:
                found = os.waitstatus_to_exitcode(status)
    return found


def _end_all(worker: int) -> None:
    """Kill the engine's session and every child, until there is none."""
    until = time.monotonic() + PATIENCE
    with contextlib.suppress(OSError):
        os.killpg(worker, signal.SIGKILL)
    while time.monotonic() < until:
        for child in _children():
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.002)


def _children() -> list[int]:
    """The children of this process, where the system lists processes as files."""
    found: list[int] = []
    own = str(os.getpid())
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            after_name = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if after_name[1] == own:
                found.append(int(entry.parent.name))
    return found


def held_bytes(process: int) -> int:
    """How much memory a process holds that is no file: its own and what it shares; 0 where that cannot be read."""
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    lines = (line.split() for line in text.splitlines() if line.startswith(("RssAnon:", "RssShmem:")))
    return sum(1024 * int(words[1]) for words in lines)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
