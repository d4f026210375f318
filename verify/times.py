"""How long each part of a run takes, in seconds of processor time: `part("path sums")` where a part is, `timed()` where
somebody wants to know. Where nobody does, parts cost next to nothing and are not measured.

A part inside of another one counts for itself only, so that all parts add up to the whole.

>>> with timed() as times:
...     with part("outer"):
...         with part("inner"):
...             total = sum(range(1000))
>>> sorted(times), all(seconds >= 0 for seconds in times.values())
(['inner', 'outer'], True)
>>> with part("unmeasured"):
...     raise ValueError("what is raised inside passes")
Traceback (most recent call last):
    ...
ValueError: what is raised inside passes
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from time import process_time

_active: ContextVar[list[tuple[str, float]] | None] = ContextVar("_active", default=None)
_times: ContextVar[dict[str, float] | None] = ContextVar("_times", default=None)


@contextmanager
def timed() -> Generator[dict[str, float]]:
    """The seconds of every part that runs inside, by its name, as they are once it is left."""
    times: dict[str, float] = {}
    tokens = _times.set(times), _active.set([])
    try:
        yield times
    finally:
        _times.reset(tokens[0])
        _active.reset(tokens[1])


@contextmanager
def part(name: str) -> Generator[None]:
    """What runs inside is this part."""
    times, stack = _times.get(), _active.get()
    if times is None or stack is None:
        yield
        return
    began = process_time()
    if stack:
        outer, since = stack[-1]
        times[outer] = times.get(outer, 0.0) + began - since
    stack.append((name, began))
    try:
        yield
    finally:
        ended = process_time()
        _, since = stack.pop()
        times[name] = times.get(name, 0.0) + ended - since
        if stack:
            stack[-1] = (stack[-1][0], ended)


def written(times: dict[str, float]) -> list[dict[str, str]]:
    """The parts as data, in the order in which they first ended.

    >>> written({"path sums": 0.12345})
    [{'part': 'path sums', 'seconds': '0.1235'}]
    """
    return [{"part": name, "seconds": f"{seconds:.4f}"} for name, seconds in times.items()]
