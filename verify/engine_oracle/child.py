"""The process of an engine as its parent holds it: started, ended with all that it started, and how it ended in words.

>>> print(how_it_ended(Report(-11), 2**31, ""))
the engine's process was killed by SIGSEGV
>>> print(how_it_ended(Report(0), 2**31, "bye"))
the engine ended its process, with exit status 0; the last line that it printed: bye
>>> how_it_ended(Report(-9, 2**31), 2**30, "").ending
<Ending.MEMORY: 'memory'>
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass

from backproof.verify.cases.case import Case
from backproof.verify.engine_oracle.answers import Ending
from backproof.verify.engine_oracle.printed import Printed
from backproof.verify.engine_oracle.supervisor import PATIENCE, Report
from backproof.verify.engine_oracle.wire import CHANNEL_LOST

BOOTSTRAP = """\
import json, sys
target, line, channel, memory, sys.path[:] = json.loads(sys.argv.pop())
from backproof.verify.engine_oracle.supervisor import supervise
supervise(line, channel, memory)
from backproof.verify.engine_oracle.worker import serve
serve(target, channel, memory)
"""
"""What the interpreter runs: it finds the same backproof as this one, and nothing in the current folder by chance."""
SILENT = -1
"""The output of a process that has closed it."""
POSSIBLE = hasattr(os, "fork")
"""Whether this system can hold an engine in a process of its own."""


class Lost(Exception):
    """The process cannot be asked any further: how that came, as data and in words."""

    def __init__(self, ending: Ending, problem: str) -> None:
        super().__init__(problem)
        self.ending, self.problem = ending, problem


@dataclass
class Child:
    """What is held of one process: the supervisor's, the two sockets, what it prints, the session of the engine's."""

    supervisor: subprocess.Popen[bytes]
    line: socket.socket
    channel: socket.socket
    output: int
    session: int | None = None
    heard: bytes = b""
    asked: int = 0
    last: Case | None = None


def started(target: str, memory: int) -> Child:
    """A new process that begins to load the engine."""
    if not sys.executable:
        raise Lost(Ending.EXIT, f"{target!r}: no interpreter to start a process with; --in-process runs the engine in this one")
    line, theirs = socket.socketpair()
    channel, their_channel = socket.socketpair()
    output, their_output = os.pipe()
    path = [str(entry) or os.getcwd() for entry in sys.path]
    given = json.dumps([target, theirs.fileno(), their_channel.fileno(), memory, path])
    try:
        supervisor = subprocess.Popen(
            [sys.executable, "-P", "-c", BOOTSTRAP, given],
            stdin=subprocess.DEVNULL,
            stdout=their_output,
            stderr=their_output,
            pass_fds=(theirs.fileno(), their_channel.fileno()),
            start_new_session=True,
        )
    except OSError as error:
        line.close()
        channel.close()
        os.close(output)
        raise Lost(Ending.EXIT, f"{target!r}: no process can be started: {error.strerror}") from None
    finally:
        theirs.close()
        their_channel.close()
        os.close(their_output)
    os.set_blocking(output, False)
    channel.setblocking(False)
    return Child(supervisor, line, channel, output)


def end(child: Child, printed: Printed) -> None:
    """End a process, and wait until it is gone with all that it started."""
    child.line.close()
    try:
        child.supervisor.wait(PATIENCE + 1)
    except subprocess.TimeoutExpired:
        child.supervisor.kill()
        child.supervisor.wait()
    if child.supervisor.returncode and child.session is not None:  # the supervisor was killed: its work is done here
        with contextlib.suppress(OSError):
            os.killpg(child.session, signal.SIGKILL)
    child.channel.close()
    if child.output >= 0:
        printed.rest(child.output)
        os.close(child.output)


def how_it_ended(report: Report, memory: int, last_line: str) -> Lost:
    """How the engine's process ended, in words."""
    said = f"; the last line that it printed: {last_line}" if last_line else ""
    if report.held is not None:
        limit = f"{memory / 2**20:,.0f} MB"
        return Lost(Ending.MEMORY, f"the engine's process held {report.held / 2**20:,.0f} MB, allowed {limit} (--memory sets the limit)")
    if report.status == CHANNEL_LOST:
        return Lost(Ending.CONTRACT, "the engine broke the protocol: it closed or changed the channel to backproof")
    if report.status < 0:
        return Lost(Ending.SIGNAL, f"the engine's process was killed by {_signal_name(-report.status)}{said}")
    return Lost(Ending.EXIT, f"the engine ended its process, with exit status {report.status}{said}")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
