"""Ctrl-C and SIGTERM, from the first line of a process to its last: exit code 2, and no traceback.

`stoppable` (`session.py`) takes over while a run keeps what is finished.

>>> with ended_by_signals():
...     try:
...         signal.raise_signal(signal.SIGTERM)
...     except KeyboardInterrupt:
...         interrupted()
True
"""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

_owner = os.getpid()
_asked = False


def interrupted() -> bool:
    """Whether one of the signals came to the handlers of `ended_by_signals`."""
    return _asked


@contextmanager
def ended_by_signals() -> Generator[None]:
    """SIGINT and SIGTERM raise KeyboardInterrupt in this process while it is open; afterwards they end it at once, so
    that the interpreter's own end shows nothing. A signal that is ignored (`nohup`, a job in the background) stays so.
    """
    global _asked, _owner  # noqa: PLW0603
    _asked, _owner = False, os.getpid()
    mine = [number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) is not signal.SIG_IGN]
    for number in mine:
        signal.signal(number, _end)
    try:
        yield
    finally:
        _asked = False
        for number in mine:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, *_: Any) -> None:
    global _asked  # noqa: PLW0603
    if os.getpid() != _owner:  # a process that was forked: its parent decides
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
    _asked = True
    raise KeyboardInterrupt
