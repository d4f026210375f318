"""Engines that end their process, or the one that asks them: exits, signals, hangs, memory."""

from __future__ import annotations

import atexit
import ctypes
import mmap
import os
import re
import resource
import signal
import sys
import threading
import time

import numpy as np
from right_engine import first, later, raising

FOR_EVER = 1000.0


def _thread(act: object) -> None:
    thread = threading.Thread(target=act, daemon=True)  # type: ignore[arg-type]
    thread.start()
    thread.join()


def _with_a_slow_end() -> None:
    atexit.register(time.sleep, FOR_EVER)
    sys.exit(0)


def _in_a_moment() -> None:
    threading.Timer(0.02, os._exit, (0,)).start()
    time.sleep(0.01)


def _daemon() -> None:
    if os.fork():
        os._exit(0)


exit_0 = first(lambda: sys.exit(0))
exit_1 = first(lambda: sys.exit(1))
exit_none = first(lambda: sys.exit(None))
exit_text = first(lambda: sys.exit("done"))
exit_builtin = first(lambda: exit(0))  # noqa: PLR1722
exit_with_a_slow_end = first(_with_a_slow_end)
os_exit_0 = first(lambda: os._exit(0))
os_exit_3 = first(lambda: os._exit(3))
os_exit_in_a_thread = first(lambda: _thread(lambda: os._exit(0)))
os_exit_behind_the_answer = first(_in_a_moment)
exit_from_case_20 = later(lambda: sys.exit(0), 38)
os_exit_from_case_20 = later(lambda: os._exit(0), 38)
becomes_a_daemon = first(_daemon)
becomes_another_program = first(lambda: os.execv("/bin/true", ["true"]))


def _send(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(FOR_EVER)


def _by_alarm() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(FOR_EVER)


def _out_of_time() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (0, 1))
    while True:
        pass


def _end_who_watches() -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(FOR_EVER)


sigkill = first(lambda: _send(signal.SIGKILL))
sigterm = first(lambda: _send(signal.SIGTERM))
sigabrt = first(os.abort)
segfault = first(lambda: ctypes.string_at(0))
alarm = first(_by_alarm)
cpu_limit = first(_out_of_time)
whole_group = first(lambda: os.killpg(0, signal.SIGKILL))
watcher_killed = first(_end_who_watches)
sigint = first(lambda: os.kill(os.getpid(), signal.SIGINT))


def _loop() -> None:
    while True:
        pass


def _deadlock() -> None:
    lock = threading.Lock()
    with lock:
        lock.acquire()


def _deaf() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(FOR_EVER)


def _talk() -> None:
    while True:
        print("still at work " * 100)


loop = first(_loop)
sleep = first(lambda: time.sleep(FOR_EVER))
deadlock = first(_deadlock)
power = first(lambda: pow(3, 10**9))
expression = first(lambda: re.match(r"(a+)+$", "a" * 60 + "b"))
sigstop = first(lambda: os.kill(os.getpid(), signal.SIGSTOP))
deaf = first(_deaf)
talks_for_ever = first(_talk)
sleep_from_case_3 = later(lambda: time.sleep(FOR_EVER), 4)


def _list() -> None:
    kept: list[list[int]] = []
    while True:
        kept.append([0] * 10**6)


def _shared() -> None:
    kept: list[mmap.mmap] = []
    while True:
        kept.append(mmap.mmap(-1, 2**24))
        for place in range(0, 2**24, 4096):
            kept[-1][place] = 1


def _without_limit() -> None:
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (ValueError, OSError):
        raise MemoryError("the limit stands") from None
    _list()


list_grows = first(_list)
zeros = first(lambda: np.zeros(10**12))
byte_array = first(lambda: bytearray(2**40))
shared_memory = first(_shared)
limit_raised = first(_without_limit)
memory_error = first(raising(MemoryError("no room")))
