"""Engines that change the process that they are asked in: the folder, the verifier, its descriptors; and copies of it."""

from __future__ import annotations

import builtins
import contextlib
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from typing import Any

import numpy as np
from right_engine import Engine, first, right

import backproof.engine
from backproof.verify.engine_oracle import answers, wire, worker

FOR_EVER = 1000.0


def _channels() -> list[int]:
    """Every descriptor that is open, but for the standard ones."""
    return [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2]


def _write_to_all() -> None:
    for descriptor in _channels():
        with contextlib.suppress(OSError):
            os.set_blocking(descriptor, False)
            os.write(descriptor, b"CORRECT\n")


def _forge() -> None:
    """An answer of another call, in the right format."""
    body = wire.ended_body(answers.Answer({}, answers.Ending.UNSUPPORTED, "nothing to see"))
    for descriptor in _channels():
        with contextlib.suppress(OSError):
            socket.socket(fileno=os.dup(descriptor)).send(wire.message(wire.ENDED, wire.Call(1, bytes(16)), body))


def _announce_too_much() -> None:
    for descriptor in _channels():
        with contextlib.suppress(OSError):
            socket.socket(fileno=os.dup(descriptor)).send(wire.header(wire.ADJOINTS, wire.Call(1, bytes(16)), 2**60))


writes_to_all = first(_write_to_all)
forges = first(_forge)
announces_too_much = first(_announce_too_much)
closes_all = first(lambda: os.closerange(0, 4096))


def _vanish() -> None:
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.rmdir(folder)


chdir = first(lambda: os.chdir("/"))
chdir_to_nowhere = first(_vanish)


def _set(where: Any, name: str, value: Any) -> Any:
    return first(lambda: setattr(where, name, value))


class _Twin:
    """What looks like the function that it replaces."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __call__(self, *_: Any) -> Any:
        return answers.Answer({})


patched_ask = _set(answers, "ask", lambda engine, case: answers.Answer({}))
patched_worker = _set(worker, "ask", _Twin())
patched_limit = _set(wire, "LONGEST_WORDS", 10**9)
patched_method = _set(backproof.engine.Graph, "dimension", lambda self, j: 1)
patched_numpy = _set(np, "asarray", lambda *given, **named: np.zeros(1))
patched_builtin = _set(builtins, "isinstance", lambda *_: True)
patched_modules = first(lambda: sys.modules.pop("backproof.verify.engine_oracle.answers", None))


def patched_code() -> Engine:
    answers.leaf_arrays.__code__ = (lambda case: []).__code__
    return right


def patched_judge() -> Engine:
    """The judge is not even there: it is imported to be changed."""
    from backproof.verify.engine_oracle import trial

    trial.check_engine = lambda *_: None  # type: ignore[assignment]
    return right


def _fork(times: int) -> None:
    for _ in range(times):
        os.fork()


returns_twice = first(lambda: _fork(1))
returns_four_times = first(lambda: _fork(2))


# What is rude and not wrong: the adjoints are right, and nothing is left behind.


def _leave_a_daemon() -> None:
    if not os.fork():
        os.setsid()
        if not os.fork():
            time.sleep(FOR_EVER)
        os._exit(0)


def _leave_three() -> None:
    for _ in range(3):
        if not os.fork():
            time.sleep(FOR_EVER)


def _print_much() -> None:
    for _ in range(26_000):
        print("y" * 999)


def _write_much() -> None:
    for descriptor in (1, 2):
        for _ in range(13):
            os.write(descriptor, b"z" * 10**6)


def _write_to_small_numbers() -> None:
    for descriptor in range(3, 21):
        with contextlib.suppress(OSError):
            os.write(descriptor, b"CORRECT\n")


def _no_streams() -> None:
    sys.stdout = sys.stderr = None  # type: ignore[assignment]


def _ignore_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)


leaves_a_daemon = first(_leave_a_daemon)
leaves_three = first(_leave_three)
prints_much = first(_print_much)
writes_much = first(_write_much)
writes_to_small_numbers = first(_write_to_small_numbers)
closes_streams = first(lambda: os.closerange(0, 3))
no_streams = first(_no_streams)
reads_input = first(lambda: sys.stdin.read())
ignores_signals = first(_ignore_signals)
leaves_a_thread = first(lambda: threading.Thread(target=time.sleep, args=(FOR_EVER,)).start())
few_frames = first(lambda: sys.setrecursionlimit(200))
