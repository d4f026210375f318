"""Whether an engine has changed the verifier: functions, classes and constants of backproof, NumPy and Python that are
no longer what they were before the engine was loaded.

No verdict hangs on it, because the judge is in another process. But an engine that replaces what checks it is not to be
trusted with a right answer either, and an engine that changes NumPy for everybody surprises its users.

Modules of backproof that the engine itself imports are compared with their source when they are first seen.

>>> import types, sys
>>> victim = sys.modules["backproof.victim"] = types.ModuleType("backproof.victim")
>>> exec("def judge(x):\\n    return x == 1\\nLIMIT = 3", vars(victim))
>>> seen = Seen.of([victim])
>>> patched(seen) is None
True
>>> victim.judge.__code__ = (lambda x: True).__code__
>>> patched(seen)
'backproof.victim.judge'
>>> del sys.modules["backproof.victim"]
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter, is_, itemgetter
from types import FunctionType, MappingProxyType, ModuleType
from typing import Any

import numpy as np

OURS = "backproof"
OTHERS: tuple[ModuleType, ...] = (np, np.linalg, builtins)
"""What an answer is read with beside our own modules."""
EVERYBODYS = frozenset({"print", "input", "open", "help", "exit", "quit", "copyright", "credits", "license", "_", "__import__"})
"""Names of `builtins` that libraries and shells replace in good faith."""
CODE = attrgetter("__code__")


@dataclass(frozen=True)
class Names:
    """The values of some names of one module or class; `get` fetches them all at once."""

    where: str
    space: Mapping[str, Any]
    names: tuple[str, ...]
    values: tuple[Any, ...]
    get: Callable[[Mapping[str, Any]], tuple[Any, ...]]

    def changed(self) -> str | None:
        """The first name that has another value now."""
        try:
            if all(map(is_, self.get(self.space), self.values)):
                return None
        except KeyError:
            pass
        name = next(name for name, value in zip(self.names, self.values, strict=True) if self.space.get(name) is not value)
        return f"{self.where}.{name}"


@dataclass
class Seen:
    """What modules held when they were seen."""

    modules: dict[str, ModuleType] = field(default_factory=dict[str, ModuleType])
    spaces: list[Names] = field(default_factory=list[Names])
    functions: list[FunctionType] = field(default_factory=list[FunctionType])
    codes: list[Any] = field(default_factory=list[Any])

    @classmethod
    def of(cls, modules: Iterable[ModuleType]) -> Seen:
        """These modules, as they are now."""
        seen = cls()
        for module in modules:
            seen.add(module)
        return seen

    def add(self, module: ModuleType) -> None:
        """One more module, as it is now."""
        name = module.__name__
        self.modules[name] = module
        self._space(name, vars(module))
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__module__ == name:
                self._space(f"{name}.{value.__qualname__}", vars(value))

    def _space(self, where: str, space: Mapping[str, Any]) -> None:
        kept = {key: value for key, value in space.items() if not key.startswith("__") and key not in EVERYBODYS}
        if not kept:
            return
        names = (*kept, next(iter(kept)))  # two at least, so that a tuple is fetched
        self.spaces.append(Names(where, space, names, (*kept.values(), kept[names[0]]), itemgetter(*names)))
        functions = [value for value in kept.values() if isinstance(value, FunctionType)]
        self.functions += functions
        self.codes += [function.__code__ for function in functions]


def present() -> Seen:
    """Everything that must stay as it is now."""
    return Seen.of([*OTHERS, *_ours(sys.modules)])


def patched(seen: Seen) -> str | None:
    """The first name that is no longer what it was, None if all are; modules that are new are seen from here on."""
    for names in seen.spaces:
        found = names.changed()
        if found is not None:
            return found
    if not all(map(is_, map(CODE, seen.functions), seen.codes)):
        function = next(f for f, code in zip(seen.functions, seen.codes, strict=True) if f.__code__ is not code)
        return f"{function.__module__}.{function.__qualname__}"
    for name, module in seen.modules.items():
        if name.partition(".")[0] == OURS and sys.modules.get(name) is not module:
            return f"sys.modules[{name!r}]"
    for module in _ours(sys.modules, seen.modules):
        found = _unlike_source(module)
        if found is not None:
            return found
        seen.add(module)
    return None


def _ours(modules: Mapping[str, ModuleType], but: Mapping[str, ModuleType] = MappingProxyType({})) -> list[ModuleType]:
    """The modules of backproof, but for those that are seen already."""
    names = [name for name in list(modules) if name.startswith(OURS) and name not in but]
    return [modules[name] for name in names if name.startswith(f"{OURS}.") and type(modules[name]) is ModuleType]


def _unlike_source(module: ModuleType) -> str | None:
    """The first function or class of a module that is not the one in its source; None also where there is no source."""
    try:
        source: str | None = module.__spec__.loader.get_source(module.__name__)  # type: ignore[union-attr]
        tree = ast.parse(source or "")
    except Exception:  # whatever loader somebody's packaging has
        return None
    defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for name, node in defined.items():
        value = vars(module).get(name)
        if isinstance(node, ast.ClassDef):
            if getattr(value, "__module__", None) != module.__name__:
                return f"{module.__name__}.{name}"
            methods = {inner.name: inner for inner in node.body if isinstance(inner, ast.FunctionDef)}
            for method, inner in methods.items():
                if not _written(vars(value).get(method), inner):
                    return f"{module.__name__}.{name}.{method}"
        elif not _written(value, node):
            return f"{module.__name__}.{name}"
    return None


def _written(value: Any, node: ast.FunctionDef) -> bool:
    """Whether a function is the one of this definition; a decorated one can be anything."""
    if node.decorator_list:
        return value is not None
    if isinstance(value, staticmethod | classmethod):  # what Python makes of __new__
        value = value.__func__
    return isinstance(value, FunctionType) and (value.__code__.co_name, value.__code__.co_firstlineno) == (node.name, node.lineno)
