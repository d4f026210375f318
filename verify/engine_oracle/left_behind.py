"""What a call of somebody else's code leaves behind in this process, and the user's Ctrl-C while it runs.

`put_back` restores what a judge could stumble over: floating-point error handling, filters of warnings, the precision
of `decimal`, mpmath and flint, the recursion limit, the standard streams, the folder. `Interrupts` tells the user's
Ctrl-C from a KeyboardInterrupt that the code raised by itself, and gives Ctrl-C its handler back.

>>> with put_back() as folders:
...     kept = np.seterr(all="raise")
...     mpmath.mp.dps = 3
...     os.chdir("/")
>>> np.geterr()["divide"], mpmath.mp.dps, folders
('warn', 15, ['/'])
>>> interrupts = Interrupts()
>>> try:
...     with interrupts:
...         raise KeyboardInterrupt
... except KeyboardInterrupt:
...     interrupts.pressed
False
"""

from __future__ import annotations

import decimal
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import flint
import mpmath
import numpy as np


@contextmanager
def put_back() -> Generator[list[str]]:
    """Restore at the end what the code in between left behind; the list names the folder where it left the process, if
    that is another one.
    """
    mp: Any = mpmath.mp
    folders: list[str] = []
    folder, depth, streams = working_folder(), sys.getrecursionlimit(), (sys.stdin, sys.stdout, sys.stderr)
    filters, rules = warnings.filters, list(warnings.filters)
    digits, bits = mp.prec, flint.ctx.prec
    with decimal.localcontext(), np.errstate():
        try:
            yield folders
        finally:
            sys.setrecursionlimit(depth)
            sys.stdin, sys.stdout, sys.stderr = streams
            _restore_filters(filters, rules)
            if mp.prec != digits:
                mp.prec = digits
            flint.ctx.prec = bits
            now = working_folder()
            if folder is not None and now != folder:
                folders.append(now or "a folder that does not exist")
                os.chdir(folder)


def working_folder() -> str | None:
    """The folder of this process; None where it was deleted."""
    try:
        return os.getcwd()
    except OSError:
        return None


def _restore_filters(filters: Any, rules: list[Any]) -> None:
    """The filters of warnings as they were, with what Python has remembered of other ones forgotten."""
    if warnings.filters is filters and filters == rules:
        return
    warnings.filters = filters
    filters[:] = rules
    with warnings.catch_warnings():
        pass


class Interrupts:
    """The user's Ctrl-C while somebody's code runs: `pressed` once its handler raised KeyboardInterrupt.

    Only the main thread is interrupted; in others, and where Ctrl-C is ignored, each KeyboardInterrupt is the code's
    own.
    """

    def __init__(self) -> None:
        self.pressed = False
        self._handled = False
        self._before: Callable[[int, FrameType | None], Any] | None = None

    def __enter__(self) -> None:
        self.pressed, self._handled, self._before = False, False, None
        handler = signal.getsignal(signal.SIGINT) if threading.current_thread() is threading.main_thread() else None
        if callable(handler):
            self._before = handler
            signal.signal(signal.SIGINT, self._handle)

    def __exit__(self, *_: object) -> None:
        if self._before is None:
            return
        if not self._handled or signal.getsignal(signal.SIGINT) == self._handle:  # else the handler chose another itself
            signal.signal(signal.SIGINT, self._before)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._handled = True
        try:
            if self._before is not None:
                self._before(number, frame)
        except KeyboardInterrupt:
            self.pressed = True
            raise
