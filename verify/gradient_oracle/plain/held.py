"""Arrays that functions hold beside their arguments, in closures, globals, defaults and on objects: `arrays_held(…)`. A
size of an argument that one of them has as well is not free.

Arrays of whole numbers (labels, ids) can be made as large as the arguments for a while, `resized(…)`; those of floats
stay.

>>> labels = np.array([0, 2, 1])
>>> def loss(x):
...     return -np.log(x[np.arange(len(labels)), labels]).sum()
>>> (held,) = arrays_held([loss])
>>> held.name, held.is_whole, held.value.shape
('labels', True, (3,))
>>> with resized([held], {3: 5}):
...     labels
array([0, 2, 1, 3, 4])
>>> labels, arrays_held([3])
(array([0, 2, 1]), [])
>>> with resized([held], [3]):
...     labels
Traceback (most recent call last):
    ...
AttributeError: 'list' object has no attribute 'get'
"""

from __future__ import annotations

import dis
import functools
import os
import types
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

import numpy as np

from backproof.engine.callers import is_users
from backproof.engine.number_systems import Array

MOST = 300  # chosen: things that are looked at; what holds more is a program, not a function


@dataclass(frozen=True, eq=False)
class Held:
    """An array that a function holds: its `name`, the `place` (`file.py:line`) at which it is read, "" if that is not
    known; `put` sets another one in its place."""

    name: str
    value: Array
    place: str
    put: Callable[[Any], None]

    @property
    def is_whole(self) -> bool:
        """Whether it holds whole numbers or truth values, and another one can stand in its place."""
        return self.value.dtype.kind in "iub" and self.put is not _fixed

    @property
    def words(self) -> str:
        """Its name and its line."""
        return f"`{self.name}`{f' ({self.place})' if self.place else ''}"


class Tied(NamedTuple):
    """Other `sizes`, by those that they replace, and the arrays that have those: what is resized `together` with the
    arguments, and what is `kept`."""

    sizes: dict[int, int]
    together: list[Held]
    kept: list[Held]

    @property
    def words(self) -> str:
        """What is resized beside the arguments; "" for nothing."""
        return f", and {_named(self.together)} with it" if self.together else ""

    def now(self) -> list[tuple[Held, Array]]:
        """What is resized, and what it is then."""
        return [(one, _as_large(one.value, self.sizes)) for one in self.together]

    @property
    def note(self) -> str:
        """What is kept, and why."""
        sizes = " and ".join(str(size) for size in self.sizes)
        return f"{self.kept[0].words} is captured and has size {sizes}: give it as an argument to have other sizes tried"


def _named(held: Sequence[Held]) -> str:
    return " and ".join(dict.fromkeys(one.words for one in held))


def tied_to(held: Sequence[Held], args: Sequence[Any], base: Sequence[Any]) -> Tied | None:
    """What arrays that are held have to do with arguments of other sizes than those of the base; None for nothing.

    >>> held = [Held("y", np.array([0, 1, 1]), "", print), Held("t", np.ones((3, 2)), "", print), Held("w", np.ones(5), "", print)]
    >>> tied = tied_to(held, (np.ones((4, 2)),), (np.ones((3, 2)),))
    >>> tied.sizes, [one.name for one in tied.together], [one.name for one in tied.kept]
    ({3: 4}, ['y'], ['t'])
    >>> tied_to(held, (np.ones((7, 2)),), (np.ones((6, 2)),)) is None
    True
    """
    pairs = [(np.shape(a), np.shape(b)) for a, b in zip(args, base, strict=False) if np.ndim(a) == np.ndim(b)]
    sizes = {old: new for shape, before in pairs for new, old in zip(shape, before, strict=True) if new != old}
    tied = [one for one in held if any(size in one.value.shape for size in sizes)]
    together = [one for one in tied if one.is_whole and not any(size in one.value.shape[1:] for size in sizes)]
    return Tied(sizes, together, [one for one in tied if one not in together]) if tied else None


@contextmanager
def resized(held: Sequence[Held], sizes: Mapping[int, int]) -> Generator[None, None, None]:
    """While this lasts, the arrays have other sizes, with their entries repeated in order; then the very arrays are back."""
    with ExitStack() as undone:
        for one in held:
            undone.callback(one.put, one.value)
            one.put(_as_large(one.value, sizes))
        yield


def _as_large(a: Array, sizes: Mapping[int, int]) -> Array:
    """With another size along the first axis: a permutation stays one, what is sorted or distinct stays so, and what is
    neither begins again. So what code may know of its labels still holds."""
    n, size = len(a), sizes.get(len(a), len(a))
    if a.ndim > 1 or not n or a.dtype.kind == "b":
        return np.take(a, np.arange(size), axis=0, mode="wrap") if n else a
    distinct = len(np.unique(a)) == n
    if distinct and size < n and np.array_equal(np.sort(a), np.arange(n)):
        return a[a < size]
    if distinct:
        return np.concatenate([a, np.max(a) + 1 + np.arange(max(0, size - n), dtype=a.dtype)])[:size]
    if np.all(a[1:] >= a[:-1]):
        return np.pad(a, (0, max(0, size - n)), mode="edge")[:size]
    return np.resize(a, size)


def arrays_held(functions: Iterable[Any]) -> list[Held]:
    """The arrays that functions hold, each slot once: those of user code, and of the objects that it speaks of."""
    found: list[Held] = []
    waiting: list[tuple[str, Any]] = [(getattr(f, "__name__", ""), f) for f in functions]
    known = set[int]()
    while waiting and len(known) < MOST:
        _, owner = waiting.pop(0)
        if id(owner) in known:
            continue
        known.add(id(owner))
        for name, value, place, put in _parts(owner):
            if isinstance(value, np.ndarray) and type(value) is np.ndarray:
                found.append(Held(name, value, place, put))
            elif not isinstance(value, type | types.ModuleType):
                waiting.append((name, value))
    return found


_Part = tuple[str, Any, str, Callable[[Any], None]]


def _parts(owner: Any) -> Iterator[_Part]:
    """The named parts of a function, an object or a container, and how each is set."""
    if isinstance(owner, types.FunctionType):
        yield from _of_function(owner) if is_users(owner.__code__.co_filename) else _wrapped(owner)
    elif isinstance(owner, types.MethodType):
        yield from (("self", part, "", _fixed) for part in (owner.__func__, owner.__self__))
    elif isinstance(owner, functools.partial):
        yield from (("partial", part, "", _fixed) for part in (owner.func, *owner.args, *owner.keywords.values()))
    elif isinstance(owner, list | dict):
        inner = list(owner.items() if isinstance(owner, dict) else enumerate(owner))[:MOST]
        yield from ((f"[{key!r}]", part, "", functools.partial(owner.__setitem__, key)) for key, part in inner)
    elif isinstance(getattr(owner, "__dict__", None), dict) and not isinstance(owner, type):
        yield from _of_object(owner)


def _of_function(function: types.FunctionType) -> Iterator[_Part]:
    """What the globals and the cells hold that it reads, each by the first line that does."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=False))
    seen = set[str]()
    for name, kind, place in _reads(function.__code__):
        if name in seen or kind is _Read.ATTRIBUTE:
            continue
        seen.add(name)
        cell = cells.get(name)
        if kind is _Read.CELL and cell is not None and _is_filled(cell):
            yield name, cell.cell_contents, place, functools.partial(setattr, cell, "cell_contents")
        elif kind is _Read.GLOBAL and name in function.__globals__:
            yield name, function.__globals__[name], place, functools.partial(function.__globals__.__setitem__, name)
    yield from (("default", part, "", _fixed) for part in function.__defaults__ or ())


class _Read(Enum):
    """From where a name is read."""

    GLOBAL = ("LOAD_GLOBAL", "LOAD_NAME")
    CELL = ("LOAD_DEREF", "LOAD_CLOSURE", "LOAD_CLASSDEREF")
    ATTRIBUTE = ("LOAD_ATTR", "LOAD_METHOD")


def _reads(code: types.CodeType) -> Iterator[tuple[str, _Read, str]]:
    """The names that code reads, also inside of it, and the lines."""
    kinds = {name: kind for kind in _Read for name in kind.value}
    for inner in _codes(code):
        for one in dis.get_instructions(inner):
            if one.opname in kinds:
                line = one.positions.lineno if one.positions else None
                place = f"{os.path.basename(inner.co_filename)}:{line}" if line else ""
                yield str(one.argval), kinds[one.opname], place


def _of_object(owner: Any) -> Iterator[_Part]:
    """What an object holds, by the first line of its methods that reads it."""
    methods = (part for kind in type(owner).__mro__ for part in vars(kind).values() if isinstance(part, types.FunctionType))
    places: dict[str, str] = {}
    for method in methods:
        for name, kind, place in _reads(method.__code__):
            if kind is _Read.ATTRIBUTE:
                places.setdefault(name, place)
    for name, part in list(vars(owner).items())[:MOST]:
        yield f".{name}", part, places.get(name, ""), functools.partial(setattr, owner, name)


def _wrapped(function: types.FunctionType) -> Iterator[_Part]:
    """The functions that one of ours or of a library was made of."""
    yield from (("", cell.cell_contents, "", _fixed) for cell in function.__closure__ or () if _is_function(cell))


def _is_function(cell: types.CellType) -> bool:
    return _is_filled(cell) and callable(cell.cell_contents)


def _is_filled(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


def _fixed(value: Any) -> None:
    """A slot that is left as it is."""


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            yield from _codes(part)
