"""Signs of life on standard error: how far a run is, or that it is still at work.

On a terminal a bar; elsewhere a plain line every ten seconds, which a log of hours can hold. Both come from a clock of
their own, so that one long case does not look like a standstill.

>>> with progress(2, silent=True) as advance:
...     advance()
>>> with alive("the proofs", silent=True) as note:
...     note("PathSum.v")
>>> with progress(2, silent=True) as advance:
...     advance("too much")
Traceback (most recent call last):
    ...
TypeError: ...
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from backproof.reports.foreign import one_line
from backproof.reports.terminal import tell

PLAIN_INTERVAL = 10.0  # seconds between two plain lines; chosen: a log of hours stays readable


def _nothing() -> None:
    """What `advance` does where nothing is shown."""


def _no_words(words: str) -> None:
    """What `note` does where nothing is shown."""


def on_a_terminal() -> bool:
    """Whether standard error is a terminal on which lines can be drawn again."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def progress(total: int, silent: bool, what: str = "cases") -> Generator[Callable[[], None]]:
    """A function to call after each case: a bar on a terminal, elsewhere a plain line every ten seconds, with the rate
    and the time that is left.
    """
    if silent:
        yield _nothing
    elif on_a_terminal():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task, far = bar.add_task(what, total=total, rate=""), Far(total, what)

            def advance() -> None:
                far.advance()
                bar.update(task, advance=1, rate=_rate(far.done, far.seconds))

            yield advance
    else:
        far = Far(total, what)
        with _every_interval(lambda: far.sentence):
            yield far.advance


@contextmanager
def alive(what: str, silent: bool) -> Generator[Callable[[str], None]]:
    """A function that is told what is done now, for work of which nobody knows how much is left: a spinner with the
    time on a terminal, elsewhere a plain line every ten seconds.
    """
    if silent:
        yield _no_words
    elif on_a_terminal():
        from rich.console import Console
        from rich.markup import escape
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn("line"), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(escape(what), total=None)
            yield lambda words: bar.update(task, description=escape(one_line(f"{what}: {words}")))
    else:
        now = Now(what)
        with _every_interval(lambda: now.sentence):
            yield now.note


@dataclass
class Far:
    """How far a run is."""

    total: int
    what: str
    done: int = 0
    began: float = field(default_factory=time.monotonic)

    def advance(self) -> None:
        self.done += 1

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def sentence(self) -> str:
        """How many are done, how fast it goes, and how long the rest will take."""
        words = f"{self.done:,} of {self.total:,} {self.what}"
        if not self.done:
            return f"{words}, after {_duration(self.seconds)}"
        left = _duration((self.total - self.done) * self.seconds / self.done)
        return f"{words}, {_rate(self.done, self.seconds)}, {left} left"


@dataclass
class Now:
    """What is done now."""

    what: str
    words: str = ""
    began: float = field(default_factory=time.monotonic)

    def note(self, words: str) -> None:
        self.words = words

    @property
    def sentence(self) -> str:
        """What is done now, and since when."""
        return f"{self.what}: {self.words or 'at work'}, after {_duration(time.monotonic() - self.began)}"


@contextmanager
def _every_interval(sentence: Callable[[], str]) -> Generator[None]:
    """A plain line every ten seconds, from a thread of its own, while it is open."""
    left = threading.Event()

    def say_it() -> None:
        while not left.wait(PLAIN_INTERVAL):
            tell(sentence())

    threading.Thread(target=say_it, daemon=True).start()
    try:
        yield
    finally:
        left.set()


def _rate(done: int, seconds: float) -> str:
    """How fast it goes, in words.

    >>> _rate(300, 10.0), _rate(5, 120.0), _rate(1, 0.0)
    ('30 a second', '2.5 a minute', '')
    """
    if seconds <= 0:
        return ""
    each = done / seconds
    return f"{each:.2g} a second" if 1 <= each < 10 else f"{each:,.0f} a second" if each >= 10 else f"{60 * each:.2g} a minute"


def _duration(seconds: float) -> str:
    """A time in words, to two units.

    >>> _duration(9.6), _duration(284), _duration(7500), _duration(200000)
    ('10 s', '4 min 44 s', '2 h 5 min', '2 d 7 h')
    """
    whole = round(seconds)
    for size, unit, smaller, inner in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // smaller} {inner}"
    return f"{whole} s"
