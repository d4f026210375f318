"""Trees: lists, tuples, dictionaries, dataclasses and named tuples of arrays, taken apart into leaves with their paths,
and put together again. Pure data: everything behind this file sees flat arrays.

>>> leaves, structure = taken_apart({"W": np.ones((1, 2)), "b": [0.5, None]})
>>> leaves
[array([[1., 1.]]), 0.5, None]
>>> [name_of("params", path) for path in paths_of(structure)]
["params['W']", "params['b'][0]", "params['b'][1]"]
>>> put_together(structure, [1, 2, 3])
{'W': 1, 'b': [2, 3]}
>>> matched(structure, {"W": 10, "b": [20, 30]})
[10, 20, 30]
>>> matched(structure, {"W": 10, "c": 20})
[10, None, None, Misplaced(words="['c'] is not among the arguments")]
>>> put_together(structure, [1])
Traceback (most recent call last):
    ...
IndexError: list index out of range
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from backproof.verify.gradient_oracle.given.words import of_what

Path: TypeAlias = tuple[tuple[str, Any], ...]
"""Steps from the root: ("item", key) or ("attribute", name)."""
DEEPEST = 32  # chosen: nobody's parameters are nested so deep; what is, holds itself


@dataclass(frozen=True)
class Structure:
    """How a value is made of leaves: `kind` is "leaf", "list", "tuple", "named", "dict" or "object"; `keys` and `parts`
    are what it holds, `made_of` its class, and `like` the dictionary itself where that is more than a dict. A leaf has
    its `number`."""

    kind: str
    number: int = -1
    keys: tuple[Any, ...] = ()
    parts: tuple[Structure, ...] = ()
    made_of: type | None = None
    like: Any = field(default=None, compare=False)

    @property
    def count(self) -> int:
        """How many leaves it has."""
        return 1 if self.kind == "leaf" else sum(part.count for part in self.parts)


@dataclass(frozen=True)
class Misplaced:
    """What stands in the place of a gradient where the structure is another one than that of the argument."""

    words: str


def is_container(value: Any) -> bool:
    """Whether a value is taken apart.

    >>> is_container([1.0]), is_container({}), is_container(np.ones(2)), is_container("ab")
    (True, True, False, False)
    """
    return isinstance(value, dict | list | tuple) or (dataclasses.is_dataclass(value) and not isinstance(value, type))


def taken_apart(value: Any) -> tuple[list[Any], Structure]:
    """The leaves in order, and how they are put together. ValueError for what holds itself."""
    leaves: list[Any] = []
    return leaves, _structure(value, leaves, 0)


def _structure(value: Any, leaves: list[Any], depth: int) -> Structure:
    if not is_container(value):
        leaves.append(value)
        return Structure("leaf", len(leaves) - 1)
    if depth > DEEPEST:
        raise ValueError(f"{of_what(value)} is nested deeper than {DEEPEST}: does it hold itself?")
    keys = tuple(_keys(value))
    parts = tuple(_structure(_part(value, key), leaves, depth + 1) for key in keys)
    special = isinstance(value, dict) and type(value) is not dict
    return Structure(_kind(value), -1, keys, parts, type(value), value if special else None)


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "dict"
    if isinstance(value, list):
        return "list"
    if isinstance(value, tuple):
        return "named" if hasattr(value, "_fields") else "tuple"
    return "object"


def _keys(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value)
    if isinstance(value, list | tuple):
        return getattr(value, "_fields", range(len(value)))
    return [entry.name for entry in dataclasses.fields(value) if hasattr(value, entry.name)]


def _part(value: Any, key: Any) -> Any:
    return getattr(value, key) if _by_name(_kind(value)) else value[key]


def _by_name(kind: str) -> bool:
    return kind in ("named", "object")


def put_together(structure: Structure, leaves: Sequence[Any]) -> Any:
    """A new value of this structure, with other leaves."""
    if structure.kind == "leaf":
        return leaves[structure.number]
    parts = [put_together(part, leaves) for part in structure.parts]
    if structure.kind == "list":
        return parts
    if structure.kind == "tuple":
        return tuple(parts)
    if structure.kind == "named":
        return structure.made_of(*parts)  # type: ignore[misc]  # pyright: ignore[reportOptionalCall]
    if structure.kind == "dict":
        found: Any = {} if structure.like is None else copy.copy(structure.like)
        found.update(zip(structure.keys, parts, strict=True))
        return found
    made: Any = object.__new__(structure.made_of)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    for key, part in zip(structure.keys, parts, strict=True):
        object.__setattr__(made, key, part)
    return made


def paths_of(structure: Structure) -> list[Path]:
    """The path of every leaf."""
    if structure.kind == "leaf":
        return [()]
    step = "attribute" if _by_name(structure.kind) else "item"
    return [((step, key), *path) for key, part in zip(structure.keys, structure.parts, strict=True) for path in paths_of(part)]


def name_of(root: str, path: Path) -> str:
    """A path as somebody writes it."""
    name = root
    for step, key in path:
        name += f".{key}" if step == "attribute" else f"[{key!r}]"
    return name.removeprefix(".")


def at_path(value: Any, path: Path) -> Any:
    """What stands at a path. LookupError or AttributeError where there is nothing."""
    for step, key in path:
        value = getattr(value, key) if step == "attribute" else value[key]
    return value


def matched(structure: Structure, gradient: Any) -> list[Any]:
    """What a gradient of this structure has for each leaf, None where it has nothing; a `Misplaced` in the place of
    what does not fit, and behind the others for what is no leaf of it."""
    found: list[Any] = []
    extra = _match(structure, gradient, "", found)
    return [*found, *map(Misplaced, extra)]


def _match(structure: Structure, gradient: Any, where: str, found: list[Any]) -> list[str]:
    if structure.kind == "leaf" or gradient is None:
        found += [gradient] * structure.count
        return []
    parts = _parts_of(structure, gradient)
    if parts is None:
        wanted = {"object": "an object with its fields", "named": "a tuple"}.get(structure.kind, f"a {structure.kind}")
        found += [Misplaced(f"{of_what(gradient)} in the place of {wanted} of {len(structure.keys)}")] * structure.count
        return []
    extra = [f"{where}{name_of('', (('item', key),))} is not among the arguments" for key in parts if key not in structure.keys]
    for key, part in zip(structure.keys, structure.parts, strict=True):
        step = name_of("", ((("attribute" if _by_name(structure.kind) else "item"), key),))
        extra += _match(part, parts.get(key), where + step, found)
    return extra


def _parts_of(structure: Structure, gradient: Any) -> dict[Any, Any] | None:
    """The parts of a gradient by the keys of a structure; None where it has no such parts."""
    if isinstance(gradient, Mapping):
        return dict(gradient) if structure.kind in ("dict", "object", "named") else None
    if structure.kind == "object":
        return {key: getattr(gradient, key) for key in structure.keys if hasattr(gradient, key)} if is_container(gradient) else None
    if structure.kind in ("list", "tuple", "named"):
        several = isinstance(gradient, list | tuple) or (isinstance(gradient, np.ndarray) and gradient.ndim > 0)
        return dict(zip(structure.keys, gradient, strict=True)) if several and len(gradient) == len(structure.keys) else None
    return None
