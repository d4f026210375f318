"""Factories of which no engine comes."""

from __future__ import annotations

import os
import signal
import sys
import time

from right_engine import right


def exit_0() -> None:
    sys.exit(0)


def os_exit_0() -> None:
    os._exit(0)


def sigkill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    raise KeyboardInterrupt


def sleep() -> None:
    time.sleep(1000)


def raises() -> None:
    raise ValueError("no data\n\x1b[31m")


def nothing() -> None:
    pass


def too_much() -> None:
    bytearray(2**40)


def returns_twice() -> object:
    if not os.fork():
        time.sleep(0.05)
    return right
