"""Wrappers of the standard library around functions of user code: `functools.partial`, `lru_cache`, `singledispatch`,
`cached_property` and their like, around the lifted function.

`rewrapped_function(value, lifted)` for what stands in globals, `in_a_class(value, lifted)` for what stands in classes.

>>> @functools.lru_cache(maxsize=2)
... def third(x):
...     return x / 3
>>> found = rewrapped_function(third, lambda value: (lambda x: x / 4) if value is third.__wrapped__ else value)
>>> found(1.0), third(1.0), found.cache_parameters()["maxsize"], found.cache_info().misses
(0.25, 0.3333333333333333, 2, 1)
>>> rewrapped_function(len, lambda value: value) is NOT_WRAPPED
True
>>> in_a_class(len, lambda value: value)
Traceback (most recent call last):
    ...
TypeError: builtin_function_or_method is no function in a class
"""

from __future__ import annotations

import copy
import functools
import types
from collections.abc import Callable
from typing import Any

from backproof.verify.lift.numpy_code.types import plain_type, type_of

FUNCTIONS_IN_CLASSES = (functools.cached_property, functools.partialmethod, functools.singledispatchmethod)
NOT_WRAPPED = object()
_BY_TYPE: Any = functools.singledispatch(lambda _: None)


def rewrapped_function(value: Any, lifted: Callable[[Any], Any]) -> Any:
    """The wrapper around a lifted function; `NOT_WRAPPED` for what is none of the standard library's."""
    if isinstance(value, functools.partial):
        keywords = {key: lifted(part) for key, part in value.keywords.items()}
        return type(value)(lifted(value.func), *map(lifted, value.args), **keywords)
    if isinstance(value, functools._lru_cache_wrapper):  # pyright: ignore[reportPrivateUsage]
        found = functools.lru_cache(**value.cache_parameters())(lifted(value.__wrapped__))
        return functools.update_wrapper(found, value.__wrapped__)
    if isinstance(value, types.FunctionType) and value.__code__ is _BY_TYPE.__code__:
        return _by_type(value, lifted)
    return NOT_WRAPPED


def _by_type(value: Any, lifted: Callable[[Any], Any]) -> Any:
    """A function of `functools.singledispatch`: which of its functions is called, the types say that patched code sees."""

    @functools.wraps(value, updated=())
    def call(*args: Any, **options: Any) -> Any:
        if not args:
            return value(**options)
        return lifted(value.dispatch(plain_type(type_of(args[0]))))(*args, **options)

    for name in ("registry", "register", "dispatch"):
        setattr(call, name, getattr(value, name))
    return call


def in_a_class(value: Any, lifted: Callable[[Any], Any]) -> Any:
    """One of `FUNCTIONS_IN_CLASSES` around the lifted function. TypeError for anything else."""
    if isinstance(value, functools.partialmethod):
        keywords = {key: lifted(part) for key, part in value.keywords.items()}
        return functools.partialmethod(lifted(value.func), *map(lifted, value.args), **keywords)
    if not isinstance(value, FUNCTIONS_IN_CLASSES):
        raise TypeError(f"{type(value).__name__} is no function in a class")
    found: Any = copy.copy(value)
    found.func = lifted(value.func)
    if isinstance(value, functools.singledispatchmethod):
        found.dispatcher = _Dispatcher(value.dispatcher, lifted)
    return found


class _Dispatcher:
    """What a `singledispatchmethod` asks for the function of a type."""

    def __init__(self, own: Any, lifted: Callable[[Any], Any]) -> None:
        self.own, self.lifted = own, lifted

    def dispatch(self, kind: Any) -> Any:
        return self.lifted(self.own.dispatch(plain_type(kind)))

    def register(self, *args: Any, **options: Any) -> Any:
        return self.own.register(*args, **options)
