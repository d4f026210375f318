"""An engine in a process of its own, which holds no judge: `EngineProcess(target, allowed).ask(case)` is one call.

Cases go in, adjoints come out as plain numbers (`wire.py`). Whatever the engine does there ends as an `Answer` here:
adjoints in the shapes that the graph asks for, or an `Ending` with a sentence. A call has a limit of wall clock, which
counts for code that sleeps, waits or never returns to Python, too, and a limit of memory. After a death the next call
starts a new process. What the engine prints is read and bounded (`printed`), and never reaches standard output.

>>> with EngineProcess("no_such_module:make", Allowed()) as engine:
...     engine.start()
Traceback (most recent call last):
    ...
backproof.verify.engine_oracle.target.TargetError: 'no_such_module:make': cannot import no_such_module: ModuleNotFoundError: ...
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from dataclasses import dataclass, field
from typing import Self

from backproof.engine.limits import LIMITS
from backproof.verify.cases.case import Case
from backproof.verify.engine_oracle.answers import Answer, Ending
from backproof.verify.engine_oracle.child import SILENT, Child, Lost, end, how_it_ended, started
from backproof.verify.engine_oracle.foreign import one_line
from backproof.verify.engine_oracle.printed import Printed
from backproof.verify.engine_oracle.supervisor import PATIENCE, read_report
from backproof.verify.engine_oracle.target import TargetError
from backproof.verify.engine_oracle.wire import (
    AGAIN,
    CASE,
    HEADER,
    LOADED,
    LONGEST_WORDS,
    REFUSED,
    Broken,
    Call,
    case_body,
    largest_answer,
    message,
    read_answer,
    read_header,
)

PIECE = 2**16  # bytes that are read at once; chosen: what a pipe holds


@dataclass(frozen=True)
class Allowed:
    """What one call of an engine may take, and what loading it may."""

    seconds: float = LIMITS.engine_seconds
    memory: int = LIMITS.engine_bytes
    loading: float = LIMITS.engine_loading_seconds


@dataclass
class EngineProcess:
    """An engine that is asked in a process of its own. `ask` starts one where there is none."""

    target: str
    allowed: Allowed = field(default_factory=Allowed)
    printed: Printed = field(default_factory=Printed)
    _child: Child | None = None
    _ended: bool = False

    def start(self) -> None:
        """Load the engine. TargetError, with the reason, if it cannot be loaded."""
        try:
            self._load()
        except Lost as lost:
            self._discard()
            raise TargetError(lost.problem) from None

    def ask(self, case: Case) -> Answer:
        """One call. What is not an answer is an `Ending`; then the next call starts a new process."""
        try:
            if self._child is None:
                self._load()
            assert self._child is not None
            return self._call(self._child, case)
        except Lost as lost:
            self._discard()
            return Answer({}, lost.ending, lost.problem)

    def end_soon(self) -> None:
        """From another thread: end the process, so that a call that is waited for comes back at once."""
        self._ended = True
        child = self._child
        if child is not None:
            with contextlib.suppress(OSError):
                child.line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the process and all that it started."""
        self._ended = True
        self._discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _load(self) -> None:
        gone = Lost(Ending.EXIT, "the engine's process was ended")
        if self._ended:
            raise gone
        child = self._child = started(self.target, self.allowed.memory)
        if self._ended:
            raise gone
        call = Call(0, os.urandom(16))
        until = time.monotonic() + self.allowed.loading
        late = f"{self.target!r}: it was not loaded within {self.allowed.loading:g} s"
        try:
            self._send(child, message(CASE, call), until, late)
            kind, body = self._receive(child, call, LONGEST_WORDS, until, late)
        except Broken as broken:
            raise Lost(Ending.CONTRACT, f"{self.target!r}: while it was loaded, it broke the protocol: {broken}") from None
        except Lost as lost:
            if lost.ending is Ending.HANG:
                raise
            raise Lost(lost.ending, f"{self.target!r}: while it was loaded, {lost.problem}") from None
        if kind == REFUSED:
            raise Lost(Ending.RAISED, one_line(body.decode("utf-8", "replace"), LONGEST_WORDS))
        if kind != LOADED:
            raise Lost(Ending.CONTRACT, f"{self.target!r}: while it was loaded, it broke the protocol")
        with contextlib.suppress(OSError):
            child.line.send(b"L")

    def _call(self, child: Child, case: Case) -> Answer:
        child.asked += 1
        call = Call(child.asked, os.urandom(16))
        until = time.monotonic() + self.allowed.seconds
        late = f"the engine did not return within {self.allowed.seconds:g} s (wall clock; --timeout sets the limit)"
        again = child.last is case
        child.last = case
        try:
            self._send(child, message(AGAIN, call) if again else message(CASE, call, case_body(case)), until, late)
            kind, body = self._receive(child, call, largest_answer(case), until, late)
            return read_answer(kind, body, case)
        except Broken as broken:
            raise Lost(Ending.CONTRACT, f"the engine broke the protocol: {broken}") from None

    def _send(self, child: Child, raw: bytes, until: float, late: str) -> None:
        left = memoryview(raw)
        while left:
            ready = self._wait(child, until, late, writing=True)
            if child.channel.fileno() in ready:
                try:
                    left = left[child.channel.send(left) :]
                except BlockingIOError:
                    continue
                except OSError:  # nobody is there: how it ended is said on the line
                    self._until_it_ends(child, until, late)

    def _receive(self, child: Child, call: Call, most: int, until: float, late: str) -> tuple[bytes, bytes]:
        raw = bytearray()
        kind, needed = b"", HEADER.size
        while len(raw) < needed:
            ready = self._wait(child, until, late, writing=False)
            if child.channel.fileno() not in ready:
                continue
            try:
                part = child.channel.recv(needed - len(raw))
            except BlockingIOError:
                continue
            except OSError:
                part = b""
            if not part:
                self._until_it_ends(child, until, late)
            raw += part
            if not kind and len(raw) == HEADER.size:
                kind, length = read_header(bytes(raw), call, most)
                needed += length
        return kind, bytes(raw[HEADER.size :])

    def _until_it_ends(self, child: Child, until: float, late: str) -> None:
        """The channel has ended, so the process soon will have: Lost, with how it ended."""
        soon = min(until, time.monotonic() + PATIENCE)
        try:
            while True:
                self._wait(child, soon, late, writing=None)
        except Lost as lost:
            if lost.ending is Ending.HANG:
                raise Lost(Ending.CONTRACT, "the engine broke the protocol: it closed the channel to backproof") from None
            raise

    def _wait(self, child: Child, until: float, late: str, writing: bool | None) -> set[int]:
        """Descriptors that are ready, in time; what is printed is read on the way. Lost where the process has ended and
        said nothing more.
        """
        channel, line = child.channel.fileno(), child.line.fileno()
        left = until - time.monotonic()
        if left <= 0:
            raise Lost(Ending.HANG, late)
        poller = select.poll()
        for descriptor in (line, child.output):
            if descriptor != SILENT:
                poller.register(descriptor, select.POLLIN)
        if writing is not None:
            poller.register(channel, select.POLLOUT if writing else select.POLLIN)
        ready = {descriptor for descriptor, _ in poller.poll(1000 * left)}
        if child.output in ready and not self.printed.read(child.output):
            os.close(child.output)
            child.output = SILENT
        if channel in ready:  # an answer that is whole counts, also of a process that has ended since
            return {channel}
        if line in ready:
            self._listen(child)
        return ready

    def _listen(self, child: Child) -> None:
        """What the supervisor says: the session, then how the engine's process ended."""
        try:
            said = child.line.recv(PIECE)
        except OSError:
            said = b""
        child.heard += said
        *lines, child.heard = child.heard.split(b"\n") if said else [child.heard, b""]
        for line in lines:
            if child.session is None and line:
                child.session = int(line)
            elif line:
                raise how_it_ended(read_report(line), self.allowed.memory, self.printed.last_line())
        if not said:
            raise Lost(Ending.SIGNAL, "the engine's process was lost, and so was the one that watches over it")

    def _discard(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            end(child, self.printed)
