"""Other values for arguments that are no arrays: whole numbers, truth values and the words that the code compares with.
`settings(args, functions)`.

A stride, an axis, a padding or a mode is usually tested with one value; the others that the forward accepts are points
to look at as well. A kind of settings is a row of `SETTINGS`, and nowhere else.

>>> def f(x, reduction, k):
...     return x.sum() if reduction == "sum" else x.mean() if reduction == "mean" else x[k:]
>>> [point.args[1:] for point in settings((np.ones(3), "sum", 1), (f,))]
[('mean', 1), ('sum', 0), ('sum', 2), ('sum', -1)]
>>> next(settings((np.ones(3),), (f,)))
Traceback (most recent call last):
    ...
StopIteration
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.names import argument
from backproof.verify.gradient_oracle.points import Point

MOST_WORDS = 6  # chosen: words that one argument is set to
LARGEST = 16  # chosen: a whole number above that is a size, not a setting


def settings(args: Sequence[Any], functions: Sequence[Callable[..., Any]]) -> Iterator[Point]:
    """The given arguments with one of these values changed."""
    spoken = list(dict.fromkeys(word for f in functions for word in _words_of(_code_of(f))))
    for k, a in enumerate(args):
        for others in SETTINGS.values():
            for value in others(a, spoken):
                yield Point((*args[:k], value, *args[k + 1 :]), f"{argument(k)} set to {value!r}", setting=True)


def _other_truth_value(a: Any, spoken: Sequence[str]) -> list[Any]:
    return [type(a)(not a)] if isinstance(a, bool | np.bool_) else []


def _other_words(a: Any, spoken: Sequence[str]) -> list[Any]:
    return [word for word in spoken if word != a][:MOST_WORDS] if isinstance(a, str) else []


def _other_whole_numbers(a: Any, spoken: Sequence[str]) -> list[Any]:
    if isinstance(a, bool) or not isinstance(a, int | np.integer) or abs(int(a)) > LARGEST:
        return []
    return [type(a)(value) for value in dict.fromkeys((a - 1, a + 1, 0, 1, 2, -1)) if value != a and (value >= 0 or a <= 1)]


SETTINGS: dict[str, Callable[[Any, Sequence[str]], list[Any]]] = {
    "the other truth value": _other_truth_value,
    "another word": _other_words,
    "another whole number": _other_whole_numbers,
}
"""Other values of an argument, by its kind; given the words that the code speaks of."""


def _code_of(f: Any) -> types.CodeType | None:
    while isinstance(f, functools.partial):
        f = f.func
    if not hasattr(f, "__code__"):
        f = vars(type(f)).get("__call__", None)
    return getattr(getattr(f, "__func__", f), "__code__", None)


def _words_of(code: types.CodeType | None) -> Iterator[str]:
    """The words among the constants of a function, except its docstring."""
    constants: list[Any] = list[Any](code.co_consts) if code else []
    value: Any
    for place, value in enumerate(constants):
        if isinstance(value, types.CodeType):
            yield from _words_of(value)
        documented = place == 0 and code is not None and code.co_name != "<lambda>"
        parts: Sequence[Any] = tuple(value) if isinstance(value, tuple | frozenset) else () if documented else (value,)
        yield from (part for part in parts if isinstance(part, str) and part.replace("_", "").replace("-", "").isalnum())
