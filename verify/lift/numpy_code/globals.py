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

import builtins
import functools
import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.engine.callers import is_users
from backproof.verify.lift.arrays.arrays import array_of
from backproof.verify.lift.arrays.whole import whole
from backproof.verify.lift.numpy_code.classes import Overlays, is_users_class, is_users_module, noted_as_made, patched, with_descendants
from backproof.verify.lift.numpy_code.draws import GENERATORS, Draws, drawing
from backproof.verify.lift.numpy_code.guards import guarded
from backproof.verify.lift.numpy_code.objects import lifted_copy
from backproof.verify.lift.numpy_code.replacements import CONSTANTS, replacement, wrapped_ufunc
from backproof.verify.lift.numpy_code.scipy_sparse import factored, is_factored, sparse_replacement
from backproof.verify.lift.numpy_code.sparse_matrices import is_sparse, lifted_sparse
from backproof.verify.lift.numpy_code.stand_ins import STAND_INS
from backproof.verify.lift.numpy_code.types import BUILTINS, FLOATS
from backproof.verify.lift.numpy_code.wrappers import NOT_WRAPPED, rewrapped_function

REPLACED = ("numpy", "math", "scipy", "cmath")
BOUND = (types.MethodType, types.BuiltinMethodType)
AS_THEY_ARE = (int, float, str, bool, type(None), bytes, complex)


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
    if type(value) in AS_THEY_ARE:
        return value
    if id(value) in overlays:
        return overlays[id(value)][1]

    def lifted(part: Any) -> Any:
        return lifted_value(part, overlays)

    found = rewrapped_function(value, lifted)
    if found is not NOT_WRAPPED:
        return _once(overlays, value, lambda: found)
    if isinstance(value, types.FunctionType):
        return _function(value, overlays) if _is_users_function(value) else _around(value, overlays)
    if isinstance(value, types.ModuleType):
        return _module(value, overlays)
    if isinstance(value, np.ufunc):
        return wrapped_ufunc(value)
    if isinstance(value, type):
        found = FLOATS.get(value) or STAND_INS.get(value) or (sparse_replacement(value) if _is_of_sparse(value) else replacement(value))
        return found or (patched(value, overlays, lifted) if is_users_class(value) else value)
    if type(value) is np.ndarray:
        return _once(overlays, value, lambda: array_of(value) if value.dtype.kind == "f" else whole(value))
    if isinstance(value, np.ndarray):
        return _once(overlays, value, lambda: _of_subclass(value, lifted)) if value.dtype.kind == "f" else value
    if isinstance(getattr(value, "__self__", None) if isinstance(value, BOUND) else value, GENERATORS):
        return _once(overlays, value, lambda: drawing(value) if isinstance(value, BOUND) else Draws(value))
    if isinstance(value, types.MethodType):
        return types.MethodType(lifted(value.__func__), lifted(value.__self__))
    if isinstance(value, np.vectorize):
        return np.vectorize(lifted(value.pyfunc), otypes="O", excluded=value.excluded, signature=value.signature)
    if isinstance(value, types.BuiltinMethodType) and type(value.__self__) is not types.ModuleType:
        return _of_object(value, lifted(value.__self__))
    if isinstance(value, types.GenericAlias) or type(value).__module__ == "typing":
        lifted(getattr(value, "__origin__", None))
        return value
    if is_sparse(value):
        return _once(overlays, value, lambda: lifted_sparse(value))
    if is_factored(value):
        return _once(overlays, value, lambda: factored(value))
    found = _library_function(value)
    return lifted_copy(value, overlays, lifted, lambda kind: patched(kind, overlays, lifted)) if found is value else found


def _of_subclass(value: Any, lifted: Callable[[Any], Any]) -> Any:
    """A copy of an array of floats of a subclass of ndarray."""
    found = array_of(np.array(value)).view(lifted(type(value)))
    found.__dict__.update({name: lifted(part) for name, part in getattr(value, "__dict__", {}).items()})
    return found


def _of_object(value: Any, owner: Any) -> Any:
    """A method that is written in C (`items.append`): that of the copy."""
    return value if owner is value.__self__ else getattr(owner, value.__name__)


def _around(value: types.FunctionType, overlays: Overlays) -> Any:
    """A library's function; if it holds one of user code (`contextlib.contextmanager`), around the lifted one."""
    found = _library_function(value)
    if found is not value or value.__closure__ is None or not _is_users_module(value):
        return found
    return _once(overlays, value, lambda: _with_closure(value, overlays))


def _with_closure(value: Any, overlays: Overlays) -> Any:
    cells = tuple(_cell(cell, overlays) for cell in value.__closure__)
    found = types.FunctionType(value.__code__, value.__globals__, value.__name__, value.__defaults__, cells)
    for cell, old in zip(cells, value.__closure__, strict=True):
        _fill(cell, old, overlays)
    return functools.update_wrapper(found, value)


def _is_users_module(value: Any) -> bool:
    return is_users_module(value.__module__)


def _library_function(value: Any) -> Any:
    """The lifted function in place of a library's, or that function guarded; anything else as it is."""
    found = sparse_replacement(value) if _is_of_sparse(value) else replacement(value)
    if found is not None:
        return found
    unknown = str(getattr(value, "__module__", "")).startswith("scipy.") and "function" in type(value).__name__.lower()
    return guarded(value) if unknown else value


def _is_of_sparse(value: Any) -> bool:
    """Whether it is a class or a function of `scipy.sparse`."""
    return str(getattr(value, "__module__", "")).startswith("scipy.sparse.") and isinstance(value, type | types.FunctionType)


def _once(overlays: Overlays, value: Any, make: Callable[[], Any]) -> Any:
    """The same object becomes the same object: state in arrays and closures is shared."""
    key = id(value)
    if key not in overlays:
        found = make()
        overlays[key] = (value, found)
        if found is not value:
            overlays["own", id(found)] = value
    return overlays[key][1]


def _is_users_function(f: types.FunctionType) -> bool:
    return is_users_module(f.__module__) and is_users(f.__code__.co_filename)


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
    if "__subclasses__" in f.__code__.co_names:
        with_descendants(overlays, lambda part: lifted_value(part, overlays))
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
    if top in REPLACED or is_users_module(module.__name__):
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

    def identity(value: Any, /) -> int:
        return id(overlays.get(("own", id(value)), value))

    building = noted_as_made(overlays, builtins.__build_class__)
    known = {**vars(builtins), **BUILTINS, "complex": STAND_INS[complex]}
    return {**known, **evaluating, "__import__": import_lifted, "__build_class__": building, "id": identity}
