"""A line on the terminal while a check runs, from the second second on: `sign_of_life(tell)`.

Only where standard error is a terminal, and not in a test: elsewhere nothing is written. The line is gone afterwards.

>>> import io
>>> class Terminal(io.StringIO):
...     def isatty(self):
...         return True
>>> screen = Terminal()
>>> with sign_of_life(lambda: "check: 12 points judged", screen, after=0.01, tests=False):
...     time.sleep(0.2)
>>> screen.getvalue().startswith("\\r\\x1b[Kcheck: 12 points judged, 0 s"), screen.getvalue().endswith("\\r\\x1b[K")
(True, True)
>>> with sign_of_life(lambda: "check", io.StringIO(), after=0.01) as told:
...     pass
>>> told
False
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

AFTER = 2.0  # chosen: seconds; whoever waits longer asks whether it hangs
EVERY = 1.0  # chosen: seconds between two lines
CLEAR = "\r\x1b[K"  # to the start of the line, and erase it


@contextmanager
def sign_of_life(tell: Callable[[], str], to: Any = None, after: float = AFTER, tests: bool | None = None) -> Generator[bool, None, None]:
    """What `tell()` says, with the seconds, on `to` (standard error) after so many seconds and then every second; yields
    whether it will. `tests`: whether this is one."""
    screen = sys.stderr if to is None else to
    inside = "PYTEST_CURRENT_TEST" in os.environ if tests is None else tests
    if inside or not _is_terminal(screen):
        yield False
        return
    over, start = threading.Event(), time.monotonic()

    def show() -> None:
        shown = False
        wait = after
        while not over.wait(wait):
            with suppress(OSError, ValueError):
                screen.write(f"{CLEAR}{tell()}, {time.monotonic() - start:.0f} s")
                screen.flush()
                shown = True
            wait = EVERY
        if shown:
            with suppress(OSError, ValueError):
                screen.write(CLEAR)
                screen.flush()

    thread = threading.Thread(target=show, name="backproof: a sign of life", daemon=True)
    thread.start()
    try:
        yield True
    finally:
        over.set()
        thread.join()


def _is_terminal(screen: Any) -> bool:
    try:
        return bool(screen.isatty())
    except (AttributeError, ValueError, OSError):
        return False
