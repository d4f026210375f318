"""An engine on trial as it is reached by a run over many cases: N processes of its own, or none of its own.

A case is begun, and its answers are fetched later: while an engine's process works on the next case, this process
judges the last one. Each engine gets its cases in their order, two calls each, so that what it carries over from one
call to the next is seen; case number k goes to process k mod N. After `MOST_LOST` cases that ended by hang, death or
memory no further case is begun.

>>> from backproof.engine import backward, forward, jacobians
>>> from backproof.verify.cases.lecture import lecture_cases
>>> def gone(graph, leaves, cotangent):
...     raise SystemExit
>>> crew = InThisProcess(gone)
>>> [crew.begin(case)(lambda: False) is None for case in lecture_cases()[:4]]
[False, False, False, True]
>>> crew.begin(lecture_cases()[0])(lambda: True)
Traceback (most recent call last):
    ...
backproof.verify.engine_oracle.crew.Stopped
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from typing import Protocol, Self, TypeAlias

from backproof.engine import FLOAT64
from backproof.verify.cases.case import Case, rounded_case
from backproof.verify.engine_oracle.answers import Answer, Asked, Ending, ask
from backproof.verify.engine_oracle.process import Allowed, EngineProcess
from backproof.verify.engine_oracle.target import Engine

MOST_LOST = 3  # cases that may end so; chosen: one can be chance, and thirty seconds of hanging are enough
LOST = frozenset({Ending.EXIT, Ending.SIGNAL, Ending.HANG, Ending.MEMORY})
"""Endings after which an engine's process is gone, or can be expected to."""
PATIENCE = 0.2  # seconds between two looks whether the run was asked to stop; chosen: at once, to a person

Answers: TypeAlias = tuple[Answer, ...]
Fetch: TypeAlias = Callable[[Callable[[], bool]], Answers | None]
"""The answers to a case that was begun, None if it was not asked; takes a function that says whether to stop."""


class Stopped(Exception):
    """The run was asked to stop while an engine was at work."""


class Crew(Protocol):
    """Engines that are asked about cases, the same one or copies of it."""

    ahead: int
    """How many cases may be begun before the first is fetched."""

    def begin(self, case: Case) -> Fetch:
        """Ask about this case, after all that were begun before."""
        ...

    def printed(self) -> list[str]:
        """What is shown of what the engine printed."""
        ...

    def ask(self, case: Case) -> Answer:
        """One call more, whatever has ended before."""
        ...


@dataclass
class Lost:
    """How many cases ended by hang, death or memory."""

    cases: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def two_calls(self, asked: Asked, case: Case) -> Answers | None:
        """Two calls with the same arguments, one if the first has no adjoints; None if the engine is not asked again."""
        if self.cases >= MOST_LOST:
            return None
        case = rounded_case(case, FLOAT64)
        answers = (asked(case),)
        if answers[0].ending is None:
            answers = (*answers, asked(case))
        if answers[-1].ending in LOST:
            with self.lock:
                self.cases += 1
        return answers


@dataclass
class InThisProcess:
    """An engine without limits, for debugging: it is called when its answers are fetched."""

    engine: Engine
    lost: Lost = field(default_factory=Lost)
    ahead: int = 0

    def begin(self, case: Case) -> Fetch:
        """The two calls, when they are asked for."""

        def fetch(stop: Callable[[], bool]) -> Answers | None:
            if stop():
                raise Stopped
            return self.lost.two_calls(self.ask, case)

        return fetch

    def ask(self, case: Case) -> Answer:
        """One call."""
        return ask(self.engine, case)

    def printed(self) -> list[str]:
        """Nothing: it was seen."""
        return []


class InProcesses:
    """So many processes of one engine; each is asked by a thread of its own, one call after the other.

    A context manager: at its end no process is left.
    """

    def __init__(self, target: str, jobs: int, allowed: Allowed) -> None:
        self.ahead = jobs
        self._engines = [EngineProcess(target, allowed) for _ in range(jobs)]
        self._threads = [ThreadPoolExecutor(1) for _ in range(jobs)]
        self._lost = Lost()
        self._begun = 0

    def start(self) -> None:
        """Load every engine. TargetError if one cannot be loaded."""
        for started in [thread.submit(engine.start) for thread, engine in zip(self._threads, self._engines, strict=True)]:
            while not _done(started):
                pass
            started.result()

    def begin(self, case: Case) -> Fetch:
        """Ask about this case, after all that were begun before in the same process."""
        turn = self._begun % len(self._engines)
        self._begun += 1
        begun = self._threads[turn].submit(self._lost.two_calls, self._engines[turn].ask, case)

        def fetch(stop: Callable[[], bool]) -> Answers | None:
            while not _done(begun):
                if stop():
                    raise Stopped
            return begun.result()

        return fetch

    def ask(self, case: Case) -> Answer:
        """One call of the first process."""
        return self._threads[0].submit(self._engines[0].ask, case).result()

    def printed(self) -> list[str]:
        """What the first engine that printed something has printed, bounded."""
        return next((lines for engine in self._engines if (lines := engine.printed.lines())), [])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for engine in self._engines:
            engine.end_soon()
        for thread, engine in zip(self._threads, self._engines, strict=True):
            thread.shutdown(cancel_futures=True)
            engine.close()


def _done(future: Future[Answers | None] | Future[None]) -> bool:
    try:
        future.exception(PATIENCE)
    except NotYet:
        return False
    return True


def replaying(answers: Answers, asked: Asked) -> Asked:
    """These answers, one for each call, and new ones where more are asked for.

    >>> from backproof.verify.cases.lecture import lecture_cases
    >>> asked = replaying((Answer({}, Ending.HANG, "hung"),), lambda case: Answer({}, Ending.EXIT, "gone"))
    >>> [asked(lecture_cases()[0]).problem for _ in range(2)]
    ['hung', 'gone']
    """
    left: Iterator[Answer] = iter(answers)
    return lambda case: next(left, None) or asked(case)
