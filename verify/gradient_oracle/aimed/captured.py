"""What somebody's functions hold beside their arguments: arrays of whole numbers by name and line (`whole_arrays`), and
the sizes to which all that ties them (`tied_sizes`).

Ids in a closure or on a layer are as much a part of f as its code: nothing that is found with others is held against a
backward. It is said, so that they can be passed as an argument.

>>> def made(ids):
...     def f(x):
...         return x[ids] * 2
...     return f
>>> f = made(np.array([2, 0, 2]))
>>> [(held.name, held.value.tolist()) for held in whole_arrays([f])]
[('ids', [2, 0, 2])]
>>> sorted(tied_sizes([f]))
[2, 3]
>>> whole_arrays(None)
Traceback (most recent call last):
    ...
TypeError: 'NoneType' object is not iterable
"""

from __future__ import annotations

import dis
import functools
import os
import sys
import types
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine.callers import is_users
from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.plain.whole_numbers import is_whole

MOST = 300  # chosen: things that are looked at; what holds more is a program, not a function
COUNTED = ("BUILD_LIST", "BUILD_TUPLE", "UNPACK_SEQUENCE")
LONGEST = 4096  # chosen: sizes up to that may tie an argument's; larger whole numbers are seeds and bounds


@dataclass(frozen=True, eq=False)
class Held:
    """Something that a function holds: under which `name`, and where it is `read`, a function with code or a class."""

    name: str
    value: Any
    read: Any = None

    @property
    def place(self) -> str:
        """`file.py:line` at which it is first read; "" if that is not known."""
        name = self.name.rpartition(".")[2]
        if isinstance(self.read, types.CodeType):
            return _place(self.read, name)
        methods = (part for part in vars(self.read).values() if isinstance(part, types.FunctionType)) if self.read else ()
        return next((place for method in methods if (place := _place(method.__code__, name))), "")

    @property
    def words(self) -> str:
        """Its name and its line."""
        return f"`{self.name}`{f' ({self.place})' if self.place else ''}"


def whole_arrays(functions: Iterable[Any]) -> list[Held]:
    """The arrays of whole numbers that functions hold, each once."""
    found: dict[int, Held] = {}
    for held in _held(functions):
        if is_whole(held.value):
            found.setdefault(id(held.value), held)
    return list(found.values())


VARIED: tuple[tuple[str, Callable[[Array], Array]], ...] = (
    ("some entries repeated", lambda a: np.resize(a.reshape(-1)[: max(1, a.size // 2)], a.shape)),
    ("all entries equal", lambda a: np.full_like(a, a.flat[-1])),
    ("its entries turned around", lambda a: a.reshape(-1)[::-1].reshape(a.shape).copy()),
)
"""Other entries for an array, all of which occur in it: what they stand for is not known."""


@contextmanager
def holding(array: Array, values: Array) -> Generator[None, None, None]:
    """The array holds these values, and its own again afterwards.

    >>> ids = np.array([1, 2])
    >>> with holding(ids, np.array([2, 2])):
    ...     ids.tolist()
    [2, 2]
    >>> ids.tolist()
    [1, 2]
    """
    own = array.copy()
    try:
        array[...] = values
        yield
    finally:
        array[...] = own


def tied_sizes(functions: Iterable[Any]) -> set[int]:
    """The numbers to which a size may be tied by what functions hold: whole numbers, literals of their code among them,
    and the sizes of arrays, lists and tuples."""
    sizes = set[int]()
    for held in _held(functions):
        value = held.value
        if isinstance(value, np.ndarray):
            sizes.update(value.shape)
        elif isinstance(value, int | np.integer) and not isinstance(value, bool):
            sizes.add(int(value))
        elif isinstance(value, list | tuple):
            sizes.add(len(value))
        elif isinstance(value, types.CodeType):
            sizes.update(_tied_by(value))
    return {size for size in sizes if 0 < size <= LONGEST}


def _tied_by(code: types.CodeType) -> Iterator[int]:
    """What code says of sizes: its whole numbers, one more than each, since a[2] is the last of three, and how many
    values it puts together or takes apart."""
    for constant in code.co_consts:
        parts = constant if isinstance(constant, tuple) else (constant,)
        yield from (size for part in parts if type(part) is int for size in (abs(part), abs(part) + 1))
        if isinstance(constant, tuple):
            yield len(constant)
    yield from (int(one.arg or 0) for one in dis.get_instructions(code) if one.opname in COUNTED)


def _held(functions: Iterable[Any]) -> Iterator[Held]:
    """All that functions hold, in the order in which it is found; theirs, not a library's."""
    waiting, known = [Held(getattr(f, "__name__", ""), f) for f in functions], set[int]()
    while waiting and len(known) < MOST:
        held = waiting.pop(0)
        if id(held.value) in known:
            continue
        known.add(id(held.value))
        yield held
        waiting += list(_parts(held))


def _parts(held: Held) -> Iterator[Held]:
    value = held.value
    if isinstance(value, types.FunctionType):
        if is_users(value.__code__.co_filename):
            yield from _of_code(value.__code__, value)
    elif isinstance(value, types.MethodType):
        yield Held(held.name, value.__func__)
        yield Held("self", value.__self__)
    elif isinstance(value, functools.partial):
        yield Held(held.name, value.func)
        yield from (Held(held.name, part) for part in (*value.args, *value.keywords.values()))
    elif isinstance(value, types.CodeType):
        yield from (Held(held.name, part) for part in value.co_consts if isinstance(part, types.CodeType))
    elif isinstance(value, list | tuple | dict):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        yield from (Held(f"{held.name}[{key!r}]", part) for key, part in list(inner)[:MOST])
    elif not isinstance(value, type | types.ModuleType) and _is_of_users(type(value)):
        own = getattr(value, "__dict__", {})
        yield from (Held(f"{held.name}.{name}", part, type(value)) for name, part in own.items())
        yield from (Held(name, part) for kind in type(value).__mro__ if _is_of_users(kind) for name, part in vars(kind).items())


def _of_code(code: types.CodeType, function: types.FunctionType) -> Iterator[Held]:
    """The code itself, and what its names stand for."""
    yield Held(function.__name__, code)
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=False))
    names = dict.fromkeys(name for inner in _codes(code) for name in (*inner.co_freevars, *inner.co_names))
    for name in names:
        cell = cells.get(name)
        try:
            value = function.__globals__[name] if cell is None else cell.cell_contents
        except (KeyError, ValueError):  # an attribute, or a cell that is not yet filled
            continue
        yield Held(name, value, code)
    yield from (Held(function.__name__, part) for part in function.__defaults__ or ())


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            yield from _codes(part)


def _place(code: types.CodeType, name: str) -> str:
    """The line on which a name is first read."""
    for inner in _codes(code):
        for instruction in dis.get_instructions(inner):
            if (
                instruction.opname.startswith("LOAD_")
                and instruction.argval == name
                and instruction.positions
                and instruction.positions.lineno
            ):
                return f"{os.path.basename(inner.co_filename)}:{instruction.positions.lineno}"
    return ""


def _is_of_users(kind: type) -> bool:
    module = sys.modules.get(kind.__module__)
    file = getattr(module, "__file__", None)
    return is_users(file) if file else kind.__module__ == "__main__"
