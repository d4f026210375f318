"""Who hears of every assertion about a backward pass: a list of listeners, which the pytest plugin fills.

>>> heard = []
>>> with listening(lambda result, require: heard.append((result, require))):
...     asserted("a result", "certified")
>>> asserted("another", None)
>>> heard
[('a result', 'certified')]
>>> with listening(None):
...     asserted("a result", None)
Traceback (most recent call last):
    ...
TypeError: 'NoneType' object is not callable
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeAlias

Listener: TypeAlias = Callable[[Any, "str | None"], None]
_LISTENERS: list[Listener] = []


@contextmanager
def listening(listener: Listener) -> Generator[None]:
    """Inside, the listener hears of every assertion, in whatever thread it is made."""
    _LISTENERS.append(listener)
    try:
        yield
    finally:
        _LISTENERS.remove(listener)


def asserted(result: Any, require: str | None) -> None:
    """Tell those who listen what was found, and what was required, before an AssertionError is raised of it."""
    for listener in tuple(_LISTENERS):
        listener(result, require)
