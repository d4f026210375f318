"""Somebody's functions with other globals, so that code which leaves NumPy's dispatch is lifted too:
`np.zeros(n)[i] = x`, `math.exp(x)`, `float(x)`.

`lifted_value(f, overlays)` is f with the same code, defaults and closure, whose globals are looked up in an overlay: the
module's own globals, in which modules and functions of NumPy, math and SciPy stand for lifted ones, and functions of
user code are patched in turn when they are first used. What the code assigns to its globals stays in the overlay, and
`overlays` are shared by all functions of a run, so a pass can leave something for the next one.

>>> import math
>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.numpy_code.lifting import NUMPY
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> def f(x):
...     result = np.zeros(2)
...     result[0] = math.exp(x[0])
...     return result
>>> with running(Tape(100, front=NUMPY)) as tape:
...     lifted_value(f, {})(leaves(np.array([1.0]), tape))
lifted(array([2.718281828459045, 0.0], dtype=object))
>>> with running(Tape(100, front=NUMPY)) as tape:
...     f(leaves(np.array([1.0]), tape))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: float(…), which needs a plain number, has no lifted rule (...
"""

from __future__ import annotations

import abc
import builtins
import functools
import inspect
import operator
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.engine.callers import is_users
from backproof.verify.lift.arrays.arrays import array_of
from backproof.verify.lift.numpy_code.guards import guarded
from backproof.verify.lift.numpy_code.replacements import CONSTANTS, replacement, wrapped_ufunc
from backproof.verify.lift.numpy_code.types import BUILTINS, FLOATS

Overlays = dict[Any, Any]
REPLACED = ("numpy", "math", "scipy", "cmath")
NOT_USERS = frozenset(sys.stdlib_module_names) | {
    "numpy", "scipy", "flint", "mpmath", "torch", "jax", "jaxlib", "tensorflow", "sympy", "pytest", "_pytest", "hypothesis",
    "sklearn", "pandas", "matplotlib", "networkx", "numba", "cython", "autograd", "ml_dtypes", "cupy",
}  # fmt: skip
_METHODS = (types.FunctionType, staticmethod, classmethod, property)  # what is code among the attributes of a class


class Overlay(dict[str, Any]):
    """The globals of one module of user code: own values first, then those of the module, patched when they are first
    asked for."""

    def __init__(self, below: dict[str, Any], overlays: Overlays) -> None:
        super().__init__()
        self.below, self.overlays = below, overlays
        dict.__setitem__(self, "__name__", below.get("__name__", "user"))
        dict.__setitem__(self, "__builtins__", _builtins(overlays))

    def __missing__(self, name: str) -> Any:
        value = self.below[name]
        found = lifted_value(value, self.overlays)
        if found is not value:
            dict.__setitem__(self, name, found)
        return found

    def get_if_known(self, name: str) -> None:
        """Take over a value of the module, if it has one of that name."""
        if name in self.below and not dict.__contains__(self, name):
            dict.__setitem__(self, name, lifted_value(self.below[name], self.overlays))

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or name in self.below


class Library:
    """NumPy, math or SciPy with lifted functions in place of those that have one."""

    def __init__(self, module: types.ModuleType, overlays: Overlays) -> None:
        self.__dict__.update(__name__=module.__name__, _module=module, _overlays=overlays)

    def __getattr__(self, name: str) -> Any:
        module = self.__dict__["_module"]
        constants = CONSTANTS.get((module.__name__, name))
        value = constants() if constants else lifted_value(getattr(module, name), self.__dict__["_overlays"])
        if constants is None:
            self.__dict__[name] = value
        return value

    def __repr__(self) -> str:
        return f"<lifted {self.__dict__['_module'].__name__}>"


def lifted_value(value: Any, overlays: Overlays) -> Any:
    """What a global, a closure variable or a module attribute becomes."""
    if isinstance(value, types.FunctionType):
        return _library_function(value) if not _is_users_function(value) else _function(value, overlays)
    if isinstance(value, types.ModuleType):
        return _module(value, overlays)
    if isinstance(value, np.ufunc):
        return wrapped_ufunc(value)
    if isinstance(value, type):
        return FLOATS.get(value) or replacement(value) or lifted_class(value, overlays)
    if type(value) in (list, dict):
        return _container(value, overlays)
    if type(value) is tuple:
        parts = tuple(lifted_value(part, overlays) for part in value)
        return value if all(map(operator.is_, parts, value)) else parts
    if type(value) is np.ndarray and value.dtype.kind == "f":
        return _once(overlays, value, lambda: array_of(value))
    if isinstance(value, types.MethodType):
        return types.MethodType(lifted_value(value.__func__, overlays), lifted_value(value.__self__, overlays))
    if isinstance(value, functools.partial):
        keywords = {key: lifted_value(part, overlays) for key, part in value.keywords.items()}
        return functools.partial(lifted_value(value.func, overlays), *(lifted_value(part, overlays) for part in value.args), **keywords)
    if isinstance(value, functools._lru_cache_wrapper):  # pyright: ignore[reportPrivateUsage]
        return lifted_value(value.__wrapped__, overlays)
    if isinstance(value, np.vectorize):
        return np.vectorize(lifted_value(value.pyfunc, overlays), otypes="O", excluded=value.excluded, signature=value.signature)
    found = _library_function(value)
    return lifted_object(value, overlays) if found is value and is_users_class(type(value)) else found


def _library_function(value: Any) -> Any:
    """The lifted function in place of a library's, or that function guarded; anything else as it is."""
    found = replacement(value)
    if found is not None:
        return found
    unknown = str(getattr(value, "__module__", "")).startswith("scipy.") and "function" in type(value).__name__.lower()
    return guarded(value) if unknown else value


def _container(value: Any, overlays: Overlays) -> Any:
    """A copy with lifted parts, the same copy each time: what the code keeps in it stays in the run."""
    known = overlays.get(id(value))
    if known is not None:
        return known[1]
    found: Any = type(value)()
    overlays[id(value)] = (value, found)
    if isinstance(value, dict):
        found.update({key: lifted_value(part, overlays) for key, part in value.items()})
    else:
        found.extend(lifted_value(part, overlays) for part in value)
    return found


def is_users_class(kind: type) -> bool:
    """Whether methods of the class can be patched: an ordinary class of user code."""
    plain_layout = not issubclass(kind, BaseException | tuple | list | dict | str | int | float | np.ndarray)
    registers = any("__init_subclass__" in vars(base) for base in kind.__mro__ if _is_users(base.__module__))
    return plain_layout and type(kind) in (type, abc.ABCMeta) and _is_users(kind.__module__) and not registers


def lifted_class(kind: type, overlays: Overlays) -> type:
    """A class whose methods are patched, derived from the user's so that `isinstance` holds."""
    if not is_users_class(kind) or overlays.get(("made", id(kind))):
        return kind
    return _once(overlays, kind, lambda: _derived(kind, overlays))


def _derived(kind: type, overlays: Overlays) -> type:
    members: dict[str, Any] = {}
    for base in reversed(kind.__mro__[:-1]):
        if is_users_class(base):
            members.update({name: part for name, part in vars(base).items() if isinstance(part, _METHODS)})
    found: type = type(kind)(kind.__name__, (kind,), {"__module__": kind.__module__, "__qualname__": kind.__qualname__})
    overlays[id(kind)] = (kind, found)
    overlays["made", id(found)] = (found, found)
    for name, part in members.items():
        setattr(found, name, _member(part, overlays))
    return found


def _member(part: Any, overlays: Overlays) -> Any:
    if isinstance(part, staticmethod | classmethod):
        return type(part)(lifted_value(part.__func__, overlays))
    if isinstance(part, property):
        return property(*(accessor and lifted_value(accessor, overlays) for accessor in (part.fget, part.fset, part.fdel)))
    return lifted_value(part, overlays)


def lifted_object(value: Any, overlays: Overlays) -> Any:
    """A copy of an object of a user's class whose methods are patched; the object itself keeps its state."""
    kind = type(value)
    if overlays.get(("made", id(kind))):
        return value
    known = overlays.get(id(value))
    if known is not None:
        return known[1]
    try:
        found: Any = object.__new__(lifted_class(kind, overlays))
    except TypeError:
        return value
    overlays[id(value)] = (value, found)
    for name, part in _state(value).items():
        object.__setattr__(found, name, lifted_value(part, overlays))
    return found


def _state(value: Any) -> dict[str, Any]:
    slots = [name for base in type(value).__mro__ for name in np.atleast_1d(vars(base).get("__slots__", []))]
    found = {str(name): getattr(value, name) for name in slots if name not in ("__dict__", "__weakref__") and hasattr(value, name)}
    return {**found, **getattr(value, "__dict__", {})}


def _once(overlays: Overlays, value: Any, make: Callable[[], Any]) -> Any:
    """The same object becomes the same object: state in arrays and closures is shared."""
    key = id(value)
    if key not in overlays:
        overlays[key] = (value, make())
    return overlays[key][1]


def _is_users_function(f: types.FunctionType) -> bool:
    return _is_users(f.__module__) and is_users(f.__code__.co_filename)


def _is_users(module: str | None) -> bool:
    return (module or "user").partition(".")[0] not in NOT_USERS


def _function(f: types.FunctionType, overlays: Overlays) -> Any:
    if isinstance(f.__globals__, Overlay):
        return f
    return _once(overlays, f, lambda: _with_globals(f, overlays))


def _with_globals(f: types.FunctionType, overlays: Overlays) -> Any:
    below = f.__globals__
    key = ("globals", id(below))
    if key not in overlays:
        overlays[key] = Overlay(below, overlays)
    _name_class_bodies(f.__code__, overlays[key])
    names = zip(f.__code__.co_freevars, f.__closure__ or (), strict=True)
    cells = None if f.__closure__ is None else tuple(cell if name == "__class__" else _cell(cell, overlays) for name, cell in names)
    new = types.FunctionType(f.__code__, overlays[key], f.__name__, None, cells)
    overlays[id(f)] = (f, new)  # before the closure is looked at: it may hold f itself
    for cell, old in zip(cells or (), f.__closure__ or (), strict=True):
        if cell is not old:
            _fill(cell, old, overlays)
    new.__defaults__ = lifted_value(f.__defaults__, overlays)
    new.__kwdefaults__ = f.__kwdefaults__ and {name: lifted_value(part, overlays) for name, part in f.__kwdefaults__.items()}
    new.__dict__.update({name: lifted_value(part, overlays) for name, part in f.__dict__.items() if name != "__wrapped__"})
    new.__module__, new.__qualname__ = f.__module__, f.__qualname__
    return new


def _name_class_bodies(code: types.CodeType, overlay: Overlay) -> None:
    """The body of a class looks its names up in the globals without asking the overlay, so those stand in it before."""
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            if not inner.co_flags & inspect.CO_OPTIMIZED:
                for name in inner.co_names:
                    overlay.get_if_known(name)
            _name_class_bodies(inner, overlay)


def _cell(cell: Any, overlays: Overlays) -> Any:
    """A closure variable of its own, shared by all functions of the run that share the old one."""
    return _once(overlays, cell, types.CellType)


def _fill(cell: Any, old: Any, overlays: Overlays) -> None:
    key = ("filled", id(old))
    if key in overlays:
        return
    overlays[key] = (old, cell)
    try:
        value = old.cell_contents
    except ValueError:
        return
    cell.cell_contents = lifted_value(value, overlays)


def _module(module: types.ModuleType, overlays: Overlays) -> Any:
    top = module.__name__.partition(".")[0]
    if top in REPLACED or _is_users(module.__name__):
        return _once(overlays, module, lambda: Library(module, overlays))
    return module


def _evaluating(run: Callable[..., Any], mode: str) -> Callable[..., Any]:
    """`eval` or `exec`: source that is run in an overlay finds there what it names."""

    def evaluate(source: Any, globals: Any = None, locals: Any = None, /) -> Any:
        frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
        found = frame.f_globals if globals is None else globals
        code = source if isinstance(source, types.CodeType) else compile(source, "<string>", mode)
        if isinstance(found, Overlay):
            for name in code.co_names:
                found.get_if_known(name)
            _name_class_bodies(code, found)
        return run(code, found, (frame.f_locals if globals is None else found) if locals is None else locals)

    return evaluate


def _builtins(overlays: Overlays) -> dict[str, Any]:
    """Python's own names, with types that know lifted numbers and an `import` that gives lifted modules."""

    def import_lifted(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        if isinstance(globals, Overlay):
            globals = globals.below
        return lifted_value(builtins.__import__(name, globals, locals, fromlist, level), overlays)

    evaluating = {"eval": _evaluating(eval, "eval"), "exec": _evaluating(exec, "exec")}
    return {**vars(builtins), **BUILTINS, **evaluating, "__import__": import_lifted}
