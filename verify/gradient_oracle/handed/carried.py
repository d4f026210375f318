"""Functions, classes and values carried over into a program of its own: by an import where another process can import
them, else by their source with all that it reads; what can be had in neither way is to be supplied, and said so.

>>> program = Program()
>>> program.function(np.tanh, "f"), program.function(np.linalg.norm, "g")
('tanh', 'norm')
>>> k = 2.5
>>> def scaled(x):
...     return k * np.tanh(x)
>>> program.function(scaled, "h")
'scaled'
>>> print(program.text())
import numpy as np
from numpy import tanh
from numpy.linalg import norm
<BLANKLINE>
k = 2.5
<BLANKLINE>
def scaled(x):
    return k * np.tanh(x)
>>> program.function(3, "i"), program.text().splitlines()[-1]
('i', 'i = ...  # supply: the int that was checked')
"""

from __future__ import annotations

import functools
import inspect
import re
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.words import of_what, one_line
from backproof.verify.gradient_oracle.handed.definitions import Definition, definition_of
from backproof.verify.gradient_oracle.handed.importable import attribute, where_to_import
from backproof.verify.gradient_oracle.handed.trees import is_container, taken_apart
from backproof.verify.gradient_oracle.handed.written import as_source, is_literal
from backproof.verify.time_limits import PASSING

HEAP_TYPE = 1 << 9  # of CPython: a class that was made by a class statement
MOST_NUMBERS = 100  # chosen: numbers that one pastes; more are not written down


class Program:
    """Lines that define what a program reads, in the order in which they are needed."""

    def __init__(self) -> None:
        self._imports = {"import numpy as np": None}
        self._lines: list[str] = []
        self._known: dict[str, Any] = {"np": np}
        self._begun: set[int] = set()
        self.complete = True

    def text(self) -> str:
        """Imports, then definitions."""
        blocks = "\n".join(self._lines).strip("\n")
        return "\n".join(self._imports) + (f"\n\n{blocks}" if blocks else "")

    def imports(self, line: str) -> None:
        """One more line of imports."""
        self._imports[line] = None

    def _state(self) -> tuple[dict[str, Any], list[str], dict[str, None]]:
        return dict(self._known), list(self._lines), dict(self._imports)

    def function(self, value: Any, role: str) -> str:
        """An expression for a function; its `role` is its name where it has none."""
        name = getattr(value, "__name__", "")
        wanted = name if isinstance(name, str) and name.isidentifier() and (inspect.isfunction(value) or isinstance(value, type)) else role
        before = self._state()
        try:
            written = self._expression(value, wanted)
        except PASSING:
            raise
        except Exception:  # whatever the attributes of somebody's objects do
            written = None
        if written is None:
            self._known, self._lines, self._imports = before
        return written or self._supplied(wanted, where_is(value))

    def value(self, value: Any, role: str) -> str:
        """An expression for an argument or an option."""
        written = self._written(value)
        return self._supplied(role, f"{of_what(value)}, as the check was given") if written is None else written

    def supplied(self, role: str, words: str) -> str:
        """A name for what is to be supplied."""
        return self._supplied(role, words)

    def _expression(self, value: Any, wanted: str) -> str | None:
        """How a function or a class is called after the lines that this adds; None where it cannot be had."""
        wanted = next((name for name, known in self._known.items() if known is value), wanted)
        if wanted in self._known and self._known[wanted] is value:
            return wanted
        imported = self._imported(value)
        if imported is not None:
            return imported
        if isinstance(value, functools.partial):
            return self._partial(value)
        if inspect.ismethod(value):
            owner = self._expression(value.__self__, _name_of(value.__self__))
            return None if owner is None else f"{owner}.{value.__name__}"
        if not (inspect.isfunction(value) or isinstance(value, type)):
            return self._object(value, wanted)
        plain = inspect.unwrap(value) if inspect.isfunction(value) else value
        definition = definition_of(plain if getattr(plain, "__globals__", {}).get(plain.__name__) is value else value)
        return None if definition is None else self._defined(value, definition, wanted)

    def _object(self, value: Any, wanted: str) -> str | None:
        """An object of a class in Python, with what it holds now."""
        if type(value).__flags__ & HEAP_TYPE == 0 or not isinstance(getattr(value, "__dict__", None), dict):
            return None
        if id(value) in self._begun:  # it holds itself
            return None
        self._begun.add(id(value))
        kind = self._expression(type(value), type(value).__name__)
        held = [self._named(key, part) for key, part in vars(value).items()]
        while wanted in self._known:
            wanted += "_"
        if kind is None or None in held or not self._bind(wanted, value):
            return None
        self._lines += [f"{wanted} = object.__new__({kind})"]
        self._lines += [f"{wanted}.__dict__.update({', '.join(part for part in held if part is not None)})"] if held else []
        return wanted

    def _imported(self, value: Any) -> str | None:
        found = where_to_import(value)
        if found is None:
            return None
        module, qualified = found
        top = qualified.partition(".")[0]
        if not self._bind(top, attribute(sys.modules[module], top)):
            return None
        self._imports[f"from {module} import {top}"] = None
        return qualified

    def _partial(self, value: functools.partial[Any]) -> str | None:
        function = self._expression(value.func, _name_of(value.func))
        parts = [self._written(part) for part in value.args] + [self._named(key, part) for key, part in value.keywords.items()]
        if function is None or None in parts or not self._bind("partial", functools.partial):
            return None
        self._imports["from functools import partial"] = None
        return f"partial({', '.join([function, *(part for part in parts if part is not None)])})"

    def _named(self, key: str, value: Any) -> str | None:
        written = self._written(value)
        return None if written is None else f"{key}={written}"

    def _defined(self, value: Any, definition: Definition, wanted: str) -> str | None:
        name = definition.name or wanted
        while name in self._known and self._known[name] is not value:
            name += "_"
        before = self._state()
        if not self._bind(name, value) or not self._all_read(value, definition):
            self._known, self._lines, self._imports = before
            return None
        text = f"{name} = {_in_one(definition.text)}" if not definition.name else _renamed(definition, name)
        self._lines += ["", text]
        return name

    def _all_read(self, value: Any, definition: Definition) -> bool:
        scope = _scope(value)
        known = all(one in scope or one == definition.name for one in definition.at_once)
        return known and all(self._read(one, scope.__getitem__) for one in sorted(definition.names))

    def _read(self, name: str, scope: Callable[[str], Any]) -> bool:
        """Define a name that a definition reads, as it is there; False where that cannot be."""
        try:
            value = scope(name)
        except KeyError:
            return True  # it is as undefined there
        if name in self._known:
            return self._known[name] is value or (self._written(value) is not None and _same(self._known[name], value))
        if isinstance(value, types.ModuleType):
            self._imports[f"import {value.__name__}" + ("" if value.__name__ == name else f" as {name}")] = None
            return self._bind(name, value)
        written = self._expression(value, name) if callable(value) else self._written(value)
        if written is None:
            self._supplied(name, f"{of_what(value)}, which the code reads")
        elif written != name:
            self._lines.append(f"{name} = {written}")
        return self._bind(name, value)

    def _bind(self, name: str, value: Any) -> bool:
        if name in self._known:
            return self._known[name] is value
        self._known[name] = value
        return True

    def _written(self, value: Any) -> str | None:
        """A value as source, with the classes that it is made of; None where it has no source, or is too large."""
        leaves = _leaves(value)
        if type(value) in (list, tuple, dict) and any(callable(leaf) for leaf in leaves):
            return self._tree(value)
        if sum(np.size(leaf) for leaf in leaves if isinstance(leaf, np.ndarray)) > MOST_NUMBERS:
            return None
        for leaf in leaves:
            if not _is_plain(leaf):
                return self._expression(value, _name_of(value)) if callable(value) else None
        return as_source(value) if all(self._expression(one, one.__name__) == one.__name__ for one in _classes(value)) else None

    def _tree(self, value: Any) -> str | None:
        """A list, a tuple or a dictionary that holds functions."""
        parts = [self._written(part) for part in (value.values() if isinstance(value, dict) else value)]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        if isinstance(value, dict):
            return f"{{{', '.join(f'{key!r}: {part}' for key, part in zip(value, known, strict=True))}}}"
        return f"[{', '.join(known)}]" if isinstance(value, list) else f"({', '.join(known)}{',' if len(known) == 1 else ''})"

    def _supplied(self, name: str, words: str) -> str:
        line = f"{name} = ...  # supply: {words}"
        if line not in self._lines:
            self._lines.append(line)
        self.complete = False
        return name


def _name_of(value: Any) -> str:
    """A name for a function, or for an object by its class."""
    name = getattr(value, "__name__", None)
    if isinstance(name, str) and name.isidentifier():
        return name
    return "function" if inspect.isfunction(value) else f"the_{type(value).__name__.lower()}"


def _scope(value: Any) -> dict[str, Any]:
    """What a name means in a function or a class: in what encloses it, and in its module."""
    functions = (
        [inspect.unwrap(value), value] if inspect.isfunction(value) else [one for one in vars(value).values() if inspect.isfunction(one)]
    )
    found: dict[str, Any] = dict(vars(sys.modules.get(getattr(value, "__module__", ""), types.ModuleType("none"))))
    for function in functions:
        found |= function.__globals__
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        found |= {name: cell.cell_contents for name, cell in cells if _is_full(cell)}
    return found


def _is_full(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


def _same(left: Any, right: Any) -> bool:
    if left is right:
        return True
    plain = type(left) is type(right) and all(_is_plain(leaf) for value in (left, right) for leaf in _leaves(value))
    return plain and as_source(left) == as_source(right)


def _is_plain(leaf: Any) -> bool:
    """Whether no code of its own runs where it is written."""
    return isinstance(leaf, np.ndarray | np.generic) or leaf is Ellipsis or is_literal(leaf)


def _leaves(value: Any) -> list[Any]:
    """What a value is made of; itself alone where it holds itself."""
    try:
        return taken_apart(value)[0]
    except ValueError:
        return [value]


def _classes(value: Any) -> list[type]:
    """The classes of which trees are made, beside Python's own."""
    if not is_container(value):
        return []
    parts = (
        list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list | tuple) else list(vars(value).values())
    )
    own = [] if type(value) in (list, tuple, dict) else [type(value)]
    return [*own, *(one for part in parts for one in _classes(part))]


def _in_one(text: str) -> str:
    return f"({text})" if "\n" in text else text


def _renamed(definition: Definition, name: str) -> str:
    if name == definition.name:
        return definition.text
    return re.sub(rf"^(\s*(?:def|class)\s+){re.escape(definition.name)}\b", rf"\g<1>{name}", definition.text, count=1, flags=re.MULTILINE)


def where_is(function: Any) -> str:
    """Where a function or a class stands, in words."""
    try:
        file, line = inspect.getsourcefile(function) or "?", inspect.getsourcelines(function)[1]
        return f"the {'class' if isinstance(function, type) else 'function'} at {file.rsplit('/', 1)[-1]}:{line}"
    except (TypeError, OSError):
        return f"the {one_line(type(function).__name__)} that was checked"
