"""The arguments as flat ones: leaves of trees, those that are differentiated and those that are data.

`wrt` names what is differentiated: positions, names of arguments, or paths. Floats beside it are data: targets, masks,
weights. Data are varied within what occurs, as far as that is sure to keep what they are: the rows of a mask or of
targets in another order, some of them again; a grid, a square matrix or a basis stays as it is, and keeps its sizes.

>>> def f(x, params):
...     return x @ params["W"]
>>> handed = handed_over((np.ones((1, 2)), {"W": np.ones((2, 2)), "mode": "full"}), f)
>>> handed.names, [type(value).__name__ for value in handed.core]
(('x', "params['W']", "params['mode']"), ['ndarray', 'ndarray', 'str'])
>>> handed = handed_over((np.ones(3), np.array([0.0, 1.0, 0.0])), lambda p, t: p * t, wrt=(0,))
>>> handed.core[1], handed.frame.arguments((np.zeros(3), np.array([1, 1, 2])))
(array([0, 1, 2]), (array([0., 0., 0.]), array([1., 1., 0.])))
>>> handed_over((np.ones(3),), f, wrt="z")
Traceback (most recent call last):
    ...
ValueError: wrt names 'z', and the arguments that have a derivative are: 0, x
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.arguments import as_arguments, holds_floats, must_be_taken, must_hold_a_float
from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.given.words import of_what
from backproof.verify.gradient_oracle.handed.trees import Structure, is_container, name_of, paths_of, put_together, taken_apart
from backproof.verify.lift.lifted import Function

FEW_VALUES = 2  # a mask, or a row with a one among zeros: whose columns may be at right angles by chance
RIGHT_ANGLE = 1e-9  # chosen: of the largest product of columns; what a basis in floats leaves, and no measured data


@dataclass(frozen=True, eq=False)
class Frame:
    """How the arguments of the caller are made of flat ones.

    `structure`  of the tuple of all arguments
    `slots`      for each leaf, the number of its flat argument; None for data that stay as they are
    `fixed`      those data, for each leaf
    `tables`     for each flat argument that numbers the rows of data, these rows
    `roots`      the names of the arguments, "" where they have none
    `wanted`     for each argument, whether one of its leaves is differentiated
    """

    structure: Structure
    slots: tuple[int | None, ...]
    fixed: tuple[Any, ...]
    tables: tuple[Any, ...]
    roots: tuple[str, ...]
    wanted: tuple[bool, ...]

    @property
    def pinned(self) -> tuple[Any, ...]:
        """Data that fix sizes: those that stay as they are, and one row of those that vary."""
        return (*(value for value in self.fixed if value is not None), *(table[0] for table in self.tables if table is not None))

    def arguments(self, core: Sequence[Any]) -> tuple[Any, ...]:
        """The arguments as the caller's functions take them."""
        leaves = [
            self.fixed[leaf] if slot is None else _decoded(core[slot], self.tables[slot] if slot < len(self.tables) else None)
            for leaf, slot in enumerate(self.slots)
        ]
        found: tuple[Any, ...] = put_together(self.structure, leaves)
        return found


@dataclass(frozen=True, eq=False)
class Handed:
    """The arguments as they were handed over.

    `core`   the flat arguments, `names` what they are called: none where they are the caller's own
    `frame`  how the caller's are made of them; `plain`, whether they are the caller's own
    `differentiated`   the numbers of those that have a derivative
    `about`  what is to be said of data
    """

    core: tuple[Any, ...]
    names: tuple[str, ...]
    frame: Frame
    plain: bool
    differentiated: tuple[int, ...]
    about: tuple[str, ...] = ()


def handed_over(args: Any, f: Function | None, wrt: Any = None, *, others: Sequence[Function | None] = ()) -> Handed:
    """The arguments as flat ones, with the names that f gives them, or else `others` of the same arguments. TypeError for
    what is not taken, ValueError where nothing is differentiated, or `wrt` names what is not there."""
    given = as_arguments(args)
    several = [names_of_arguments(function, len(given)) for function in (f, *others)]
    roots = tuple(next(filter(None, names), "") for names in zip(*several, strict=True))
    trees = [is_container(a) and holds_floats(a) for a in given]
    leaves: list[Any] = []
    owners: list[tuple[int, str]] = []
    parts: list[Structure] = []
    for k, (a, is_tree) in enumerate(zip(given, trees, strict=True)):
        own, structure = taken_apart(a) if is_tree else ([a], Structure("leaf", 0))
        parts.append(_numbered_from(structure, len(leaves)))
        root = roots[k] or f"args[{k}]"
        owners += [(k, name_of(root, path)) for path in paths_of(structure)]
        leaves += own
    tree = any(trees)
    for leaf, (k, name) in zip(leaves, owners, strict=True):
        must_be_taken(name if tree else f"argument {k}", leaf)
    must_hold_a_float(leaves, len(given))
    structure = Structure("tuple", -1, tuple(range(len(given))), tuple(parts))
    wanted = [is_float(leaf) for leaf in leaves] if wrt is None else _wanted(wrt, leaves, owners)
    core: list[Any] = []
    tables: list[Any] = []
    slots: list[int | None] = []
    fixed: list[Any] = []
    for leaf, is_wanted in zip(leaves, wanted, strict=True):
        data = is_float(leaf) and not is_wanted
        stays = data and not _may_vary(leaf)
        slots.append(None if stays else len(core))
        fixed.append(leaf if stays else None)
        if not stays:
            core.append(np.arange(len(leaf)) if data else leaf)
            tables.append(np.array(leaf) if data else None)
    by_argument = tuple(any(w for w, (k, _) in zip(wanted, owners, strict=True) if k == number) for number in range(len(given)))
    frame = Frame(structure, tuple(slots), tuple(fixed), tuple(tables), roots, by_argument)
    plain = not tree and wrt is None
    names = [name if tree else f"argument {k}" for k, name in owners]
    data = [name for name, leaf, is_wanted in zip(names, leaves, wanted, strict=True) if is_float(leaf) and not is_wanted]
    return Handed(
        core=tuple(core),
        names=() if plain else tuple(name for name, slot in zip(names, slots, strict=True) if slot is not None),
        frame=frame,
        plain=plain,
        differentiated=tuple(slot for slot, is_wanted in zip(slots, wanted, strict=True) if slot is not None and is_wanted),
        about=(f"not differentiated, as wrt says: {', '.join(data)}",) if data else (),
    )


def names_of_arguments(f: Function | None, count: int) -> list[str]:
    """The names of the parameters that take so many arguments by position; "" where a function does not say.

    >>> names_of_arguments(lambda x, *rest: x, 3), names_of_arguments(np.tanh, 1), names_of_arguments(None, 1)
    (['x', '', ''], [''], [''])
    """
    try:
        parameters = [] if f is None or isinstance(f, np.ufunc) else list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [parameter.name for parameter in parameters if parameter.kind in by_position][:count]
    return [*names, *[""] * (count - len(names))]


def _numbered_from(structure: Structure, first: int) -> Structure:
    if structure.kind == "leaf":
        return Structure("leaf", structure.number + first)
    parts = tuple(_numbered_from(part, first) for part in structure.parts)
    return Structure(structure.kind, -1, structure.keys, parts, structure.made_of, structure.like)


def _wanted(wrt: Any, leaves: Sequence[Any], owners: Sequence[tuple[int, str]]) -> list[bool]:
    if not isinstance(wrt, str | int | np.integer | Iterable):
        raise TypeError(f"wrt must name arguments, found {of_what(wrt)}; write wrt=(0,) for the first one, or a name or a path")
    chosen = [wrt] if isinstance(wrt, str | int | np.integer) else list(wrt)
    wanted = [False] * len(leaves)
    for choice in chosen:
        found = [place for place, (k, name) in enumerate(owners) if is_float(leaves[place]) and _is_meant(choice, k, name)]
        if not found:
            known = dict.fromkeys(part for place, (k, name) in enumerate(owners) if is_float(leaves[place]) for part in (str(k), name))
            raise ValueError(f"wrt names {choice!r}, and the arguments that have a derivative are: {', '.join(known)}")
        for place in found:
            wanted[place] = True
    if not any(wanted):
        raise ValueError("wrt names nothing; write wrt=(0,) for the first argument, or leave it out for all")
    return wanted


def _is_meant(choice: Any, k: int, name: str) -> bool:
    """Whether a position, a name or a path means a leaf, or a tree that holds it."""
    if isinstance(choice, int | np.integer) and not isinstance(choice, bool):
        return int(choice) == k
    return isinstance(choice, str) and (name == choice or name.startswith((f"{choice}[", f"{choice}.")))


def _may_vary(data: Any) -> bool:
    """Whether the rows of data may come in another order, and again: samples, targets and masks; no grid, no square
    matrix and no basis."""
    if not isinstance(data, np.ndarray) or data.ndim == 0 or len(data) < 2:
        return False
    rows = np.asarray(data, dtype=float).reshape(len(data), -1)
    if rows.shape[1] > 1:
        return rows.shape[0] != rows.shape[1] and not _is_orthogonal(rows)
    steps = np.diff(rows[:, 0])
    grid = len(data) > FEW_VALUES and (bool(np.all(steps > 0)) or bool(np.all(steps < 0)))
    return not grid


def _is_orthogonal(rows: Any) -> bool:
    """Whether the columns, or the rows, of a matrix are at right angles: a basis, which a repeated row would not be."""
    with np.errstate(all="ignore"):
        grams = (rows.T @ rows, rows @ rows.T)
    off = [gram - np.diag(np.diag(gram)) for gram in grams]
    values = np.unique(rows)
    return len(values) > FEW_VALUES and any(
        float(np.max(np.abs(part), initial=0.0)) <= RIGHT_ANGLE * float(np.max(np.abs(gram), initial=0.0))
        for part, gram in zip(off, grams, strict=True)
    )


def _decoded(value: Any, table: Any) -> Any:
    """Data by the numbers of its rows; what is no such number goes through."""
    if table is None or not (isinstance(value, np.ndarray) and value.dtype.kind in "iu"):
        return value
    return contained(operator.getitem, table, value)
