"""What an argument is called in a sentence: "argument 1", or `params['W1']` where arguments are trees.

>>> argument(1)
'argument 1'
>>> with named(("x", "params['W1']")):
...     argument(1), argument(2), entry_of(argument(1), (3, 2))
("params['W1']", 'argument 2', "params['W1'][3, 2]")
>>> argument(-1)
'argument -1'
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

_NAMES: ContextVar[tuple[str, ...]] = ContextVar("names of the arguments on trial", default=())


@contextmanager
def named(names: Sequence[str]) -> Generator[None]:
    """Inside, the arguments have these names."""
    before = _NAMES.set(tuple(names))
    try:
        yield
    finally:
        _NAMES.reset(before)


def argument(k: int, names: Sequence[str] | None = None) -> str:
    """The name of an argument, among those of this check unless others are given."""
    known = _NAMES.get() if names is None else names
    return known[k] if 0 <= k < len(known) else f"argument {k}"


def entry_of(name: str, index: Sequence[int] | None) -> str:
    """An entry of an argument; the argument itself where there is no index, or it is a number."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name
