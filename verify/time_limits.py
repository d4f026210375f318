"""`limited(seconds)`: stop somebody's code that does not come back, an iteration that converges for the usual arguments
only, say.

The limit counts the processor time of this process, in the main thread of systems that have interval timers; elsewhere,
and inside another limit, nothing is limited. Python drops an exception that is raised in a destructor or a callback of
the garbage collector: the code that goes on is stopped the next time, after as long again.

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

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any


class TookTooLong(BaseException):
    """The time is up. Not an `Exception`, so that the code that is stopped does not take it for one of its own."""


@contextmanager
def limited(seconds: float) -> Generator[None, None, None]:
    """TookTooLong, raised in the code that runs inside, after so many seconds of processor time."""
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not usable or signal.getitimer(signal.ITIMER_VIRTUAL)[0]:
        yield
        return

    def stop(*_: Any) -> None:
        raise TookTooLong(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
