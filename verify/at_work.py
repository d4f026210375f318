"""The case that is being worked on, as data: what the command line names when something fails that nobody foresaw.

>>> with working_on("case 7"):
...     at_work()
'case 7'
>>> at_work() is None
True
>>> try:
...     with working_on("case 8"):
...         raise OverflowError
... except OverflowError:
...     at_work()
'case 8'
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_case: ContextVar[object] = ContextVar("the case that is being worked on", default=None)


@contextmanager
def working_on(case: object) -> Generator[None]:
    """Work on this case. It is forgotten when the work ends, and kept if the work fails: then somebody asks."""
    _case.set(case)
    yield
    _case.set(None)


def at_work() -> object:
    """The case that is being worked on, or at which the work failed; None if there is none."""
    return _case.get()


def forget() -> None:
    """Begin with no case.

    >>> forget()
    >>> at_work() is None
    True
    """
    _case.set(None)
