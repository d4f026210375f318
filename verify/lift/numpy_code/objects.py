"""Containers and objects of user code as lifted copies: what the run leaves in them stays in the run.

`lifted_copy(value, known, lifted, patched)` is the same copy each time it is asked for, with lifted parts, of the same
class (`patched` before); the user's keeps its state. What is no container and no object of a user's class is as it is.

>>> known = {}
>>> kept = {"w": [1.0], "same": None}
>>> kept["same"] = kept["w"]
>>> found = lifted_copy(kept, known, lambda part: lifted_copy(part, known, lambda x: x, lambda kind: kind), lambda kind: kind)
>>> found["same"].append(2.0)
>>> found, kept, found is kept, found["w"] is found["same"]
({'w': [1.0, 2.0], 'same': [1.0, 2.0]}, {'w': [1.0], 'same': [1.0]}, False, True)
>>> lifted_copy(open, known, None, None) is open
True
>>> lifted_copy([1.0], known, None, None)
Traceback (most recent call last):
    ...
TypeError: 'NoneType' object is not callable
"""

from __future__ import annotations

import enum
import operator
import types
import weakref
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

from backproof.verify.lift.numpy_code.classes import HEAP, is_users_class

Lifting = Callable[[Any], Any]
CONTAINERS = (list, dict, set, OrderedDict, defaultdict, deque, Counter, weakref.ref)
NEW: tuple[Any, ...] = (object, tuple, frozenset, types.SimpleNamespace, *CONTAINERS)
"""Classes whose `__new__` makes an object that may be used at once."""
LISTS = (list, deque)
NAMESPACES = {("types", "SimpleNamespace"), ("argparse", "Namespace")}
PLAIN_KEYS = (str, int, bytes, float)
ATOMS = (enum.Enum, BaseException, type, str, int, float, complex, bytes)
"""Classes whose objects are what they are: there is one of each, or nothing in them is exchanged."""


def lifted_copy(value: Any, known: dict[Any, Any], lifted: Lifting, patched: Callable[[type], type]) -> Any:
    """The copy, or the value itself; `known` are the copies that were made."""
    kind = type(value)
    if kind is tuple or kind is frozenset:
        return _of_parts(value, kind, lifted)
    users = is_users_class(kind)
    if not users and kind not in CONTAINERS and (kind.__module__, kind.__qualname__) not in NAMESPACES:
        return value
    if id(value) in known:
        return known[id(value)][1]
    if ("own", id(value)) in known:
        return value  # a copy
    if users:
        patched(kind)
    if isinstance(value, ATOMS):
        return value
    if kind is weakref.ref:
        return _reference(value, lifted)
    found = _copied(value, kind, lifted)
    if found is None:
        return value
    known[id(value)] = (value, found)
    known["own", id(found)] = value
    _fill(found, value, lifted)
    for slot in slots_of(kind):
        try:
            slot.__set__(found, lifted(slot.__get__(value)))
        except AttributeError:
            continue  # it was never set
    if hasattr(value, "__dict__"):
        found.__dict__.update({name: lifted(part) for name, part in value.__dict__.items()})
    return found


def _of_parts(value: Any, kind: type, lifted: Lifting) -> Any:
    parts = [lifted(part) for part in value]
    return value if all(map(operator.is_, parts, value)) else kind(parts)


def _reference(value: Any, lifted: Lifting) -> Any:
    target = value()
    return value if target is None else weakref.ref(lifted(target))


def _copied(value: Any, kind: type, lifted: Lifting) -> Any:
    """An object of the class without what is in it; None where there is no way to make one."""
    built: list[Any] = list(kind.__mro__)
    of: Any = next(base for base in built if not base.__flags__ & HEAP)
    if of not in NEW:
        return None  # one of a library's, of which a new one may not be used before it is initialised
    try:
        if issubclass(kind, tuple | frozenset):
            return of.__new__(kind, [lifted(part) for part in value])
        found = of.__new__(kind)
        if isinstance(value, deque):
            deque.__init__(found, maxlen=value.maxlen)
    except TypeError:
        return None
    return found


def _fill(found: Any, value: Any, lifted: Lifting) -> None:
    """Put lifted parts into an empty container, past what its class says of adding some."""
    if isinstance(value, LISTS):
        extend = list.extend if isinstance(value, list) else deque.extend
        extend(found, [lifted(part) for part in _within(value)])
    elif isinstance(value, set):
        set.update(found, {lifted(part) for part in set.__iter__(value)})
    elif isinstance(value, dict):
        store = OrderedDict.__setitem__ if isinstance(value, OrderedDict) else dict.__setitem__
        for key, part in dict.items(value):
            store(found, key if type(key) in PLAIN_KEYS else lifted(key), lifted(part))
        if isinstance(value, defaultdict):
            found.default_factory = lifted(value.default_factory)


def _within(value: Any) -> Any:
    return list.__iter__(value) if isinstance(value, list) else deque.__iter__(value)


def slots_of(kind: type) -> list[Any]:
    """The slots of a class and of its bases.

    >>> class Pair:
    ...     __slots__ = ("first", "__second")
    >>> [slot.__name__ for slot in slots_of(Pair)]
    ['first', '_Pair__second']
    """
    parts = [part for base in kind.__mro__ if is_users_class(base) for part in vars(base).values()]
    found = [part for part in parts if isinstance(part, types.MemberDescriptorType)]
    return sorted(found, key=lambda slot: slot.__name__.rpartition("__")[2])
