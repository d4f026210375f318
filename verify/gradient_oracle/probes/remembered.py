"""What functions hold from one call to the next: `held_by(functions)`, and whether that has changed: `has_changed`.

What a function can remember is in its closure, its defaults and attributes, its object, and the globals and classes of
its own code. What is seen there to be the same after many calls is no memory. Generators, random numbers, locks and
whatever else cannot be looked into may be one.

>>> def counting():
...     count = [0]
...     def vjp(args, out, ct):
...         count[0] += 1
...         return (ct,)
...     return vjp
>>> vjp = counting()
>>> before = held_by([vjp])
>>> _ = vjp((), None, 1.0)
>>> has_changed(before, held_by([vjp]))
True
>>> weights = np.ones(3)
>>> def f(x):
...     return x @ weights
>>> has_changed(held_by([f]), held_by([f]))
False
>>> has_changed(held_by([iter(())]), held_by([]))  # an iterator may be at any place
True
"""

from __future__ import annotations

import collections
import functools
import random
import sys
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine.callers import is_ours, is_users

MOST = 500  # chosen: things that are looked at; what holds more may remember
LARGE = 100_000  # chosen: bytes of an array that are compared; of a larger one, its sum
PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)
GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)
CONTAINERS = (list, tuple, set, frozenset, collections.deque)
FIXED = (
    *(range, slice, type(Ellipsis), type(NotImplemented), np.dtype, np.ufunc, types.CodeType, types.BuiltinFunctionType),
    *(types.MemberDescriptorType, types.GetSetDescriptorType, types.WrapperDescriptorType, types.GenericAlias, types.UnionType),
)
"""What holds nothing that could change."""


@dataclass(frozen=True)
class State:
    """What was held: values in the order in which they were found, and whether something could not be looked into."""

    values: tuple[Any, ...]
    closed: bool


def held_by(functions: Iterable[Any]) -> State:
    """What functions hold now."""
    values: list[Any] = []
    waiting, known, closed = list(functions), set[int](), False
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, PLAIN):
            values.append(thing)
        elif id(thing) not in known:
            known.add(id(thing))
            if len(known) > MOST or _is_closed(thing):
                closed = True
                break
            if isinstance(thing, np.ndarray):
                values.append((thing.shape, thing.dtype.str, _content(thing)))
            else:
                parts = list(_parts(thing))
                values.append(len(parts))
                waiting += parts
    return State(tuple(values), closed)


def reachable(functions: Iterable[Any]) -> Iterator[Any]:
    """The things that functions hold, and what these hold.

    >>> generator = np.random.default_rng(0)
    >>> any(thing is generator for thing in reachable([lambda x: generator.normal() * x]))
    True
    """
    waiting, known = list(functions), set[int]()
    while waiting and len(known) < MOST:
        thing = waiting.pop()
        if isinstance(thing, PLAIN) or id(thing) in known:
            continue
        known.add(id(thing))
        yield thing
        if not (isinstance(thing, np.ndarray) or _is_closed(thing)):
            waiting += _parts(thing)


def has_changed(before: State, now: State) -> bool:
    """Whether something is held that can change from call to call."""
    return before.closed or now.closed or before.values != now.values


def _content(array: Any) -> Any:
    if array.nbytes <= LARGE:
        return array.tobytes()
    with np.errstate(all="ignore"):
        return float(np.sum(array, dtype=float)) if array.dtype.kind in "fiub" else id(array)


def _is_closed(thing: Any) -> bool:
    """Whether something cannot be looked into, and may remember: arrays of objects and of other classes, too."""
    if isinstance(thing, np.ndarray):
        return type(thing) is not np.ndarray or thing.dtype.hasobject
    if isinstance(thing, (*CONTAINERS, *FIXED, dict, type, types.ModuleType, types.FunctionType, types.MethodType, types.CellType)):
        return False
    if isinstance(thing, functools.partial | staticmethod | classmethod | property) or _is_of_users(type(thing)):
        return False
    if isinstance(thing, GENERATORS):
        return False
    if is_ours(getattr(sys.modules.get(type(thing).__module__), "__file__", None) or ""):
        return False  # how arguments are put together: it remembers nothing
    return hasattr(thing, "cache_info") or not callable(thing)


def _is_of_users(kind: type) -> bool:
    """Whether a class is defined in the user's code."""
    module = sys.modules.get(kind.__module__)
    file = getattr(module, "__file__", None)
    return is_users(file) if file else kind.__module__ != "builtins" and not getattr(getattr(module, "__spec__", None), "origin", None)


def _parts(thing: Any) -> Iterator[Any]:
    """What something holds."""
    if isinstance(thing, types.FunctionType):
        yield from thing.__closure__ or ()
        yield from thing.__defaults__ or ()
        yield from (thing.__kwdefaults__ or {}).values()
        yield from vars(thing).values()
        if is_users(thing.__code__.co_filename):
            yield from _globals_of(thing)
    elif isinstance(thing, types.MethodType):
        yield from (thing.__self__, thing.__func__)
    elif isinstance(thing, types.CellType):
        try:
            yield thing.cell_contents
        except ValueError:  # not yet filled
            return
    elif isinstance(thing, GENERATORS):
        yield state_of(thing)
    elif isinstance(thing, functools.partial):
        yield from (thing.func, *thing.args, *thing.keywords.values())
    elif isinstance(thing, staticmethod | classmethod):
        yield thing.__func__
    elif isinstance(thing, property):
        yield from (thing.fget, thing.fset)
    elif isinstance(thing, dict):
        yield from (*thing.keys(), *thing.values())
    elif isinstance(thing, CONTAINERS):
        yield from thing
    elif isinstance(thing, type):
        if _is_of_users(thing):
            yield from vars(thing).copy().values()
            yield from thing.__bases__
    elif not isinstance(thing, FIXED) and not isinstance(thing, types.ModuleType) and _is_of_users(type(thing)):
        yield from getattr(thing, "__dict__", {}).values()
        slots = (slot for kind in type(thing).__mro__ for slot in getattr(kind, "__slots__", ()))
        yield from (getattr(thing, slot, None) for slot in slots if isinstance(slot, str))
        yield type(thing)


def state_of(generator: Any) -> Any:
    """The state of a generator of random numbers.

    >>> state_of(np.random.default_rng(0))["bit_generator"]
    'PCG64'
    """
    if isinstance(generator, np.random.Generator):
        return generator.bit_generator.state
    return generator.get_state(legacy=False) if isinstance(generator, np.random.RandomState) else generator.getstate()


def _globals_of(function: types.FunctionType) -> Iterator[Any]:
    """The values of the names that a function reads: globals, and what it reads of modules that are the user's."""
    names = set(_names(function.__code__))
    for name in sorted(names):
        value = function.__globals__.get(name)
        if isinstance(value, types.ModuleType):
            file = getattr(value, "__file__", None)
            if file and is_users(file):
                yield from (vars(value)[other] for other in sorted(names & vars(value).keys()))
        else:
            yield value


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)
