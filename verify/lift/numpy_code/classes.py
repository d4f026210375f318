"""Classes of user code while it runs lifted: their methods are exchanged in the classes themselves, and put back.

There is one class, the user's: `isinstance`, `super()`, registries, metaclasses, slots and pickling see what they always
see. `patched(kind, overlays, lifted)` gives a class, its bases and its metaclass lifted members; `while_running(overlays)`
puts the user's back at the end, whatever happens, and keeps what the run left for one that continues it.

>>> class Layer:
...     scale = [2.0]
...     def forward(self, x):
...         return self.scale[0] * x
>>> overlays, own = {}, Layer.forward
>>> def lifted(value):
...     return list(value) if type(value) is list else (lambda self, x: 3 * x)
>>> with while_running(overlays):
...     patched(Layer, overlays, lifted) is Layer, Layer().forward(1.0), Layer.scale.append(4.0)
(True, 3.0, None)
>>> Layer().forward(1.0), Layer.forward is own, Layer.scale
(2.0, True, [2.0])
>>> with while_running(overlays):
...     Layer().forward(1.0), Layer.scale
(3.0, [2.0, 4.0])
>>> patched(Layer, {}, lifted)
Traceback (most recent call last):
    ...
KeyError: 'classes'
"""

from __future__ import annotations

import enum
import functools
import sys
import types
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from backproof.verify.lift.numpy_code.wrappers import FUNCTIONS_IN_CLASSES, in_a_class

Overlays = dict[Any, Any]
CLASSES, MADE, DESCENDANTS = "classes", "made", "descendants"
NOT_USERS = frozenset(sys.stdlib_module_names) | {
    "numpy", "scipy", "flint", "mpmath", "torch", "jax", "jaxlib", "tensorflow", "sympy", "pytest", "_pytest", "hypothesis",
    "sklearn", "pandas", "matplotlib", "networkx", "numba", "cython", "autograd", "ml_dtypes", "cupy",
}  # fmt: skip
HEAP, FIXED = 1 << 9, 1 << 8  # CPython's flags of a class that was made by a class statement, and of one that cannot be changed
_CODE = (types.FunctionType, staticmethod, classmethod, property, *FUNCTIONS_IN_CLASSES)
_MISSING = object()


def is_users_module(module: Any) -> bool:
    """Whether a module of that name is user code."""
    return (module if isinstance(module, str) else "user").partition(".")[0] not in NOT_USERS


def is_users_class(kind: Any) -> bool:
    """Whether the class was made by a class statement of user code."""
    return bool(kind.__flags__ & HEAP) and not kind.__flags__ & FIXED and is_users_module(kind.__module__)


@dataclass(eq=False)
class _Patch:
    """What is the user's in a class, and what stood there at the end of the last run."""

    own: dict[str, Any]
    during: dict[str, Any] = field(default_factory=dict[str, Any])
    installed: bool = True


def patched(kind: type, overlays: Overlays, lifted: Callable[[Any], Any]) -> type:
    """The class, with lifted members from now to the end of the run; so are its bases and its metaclass."""
    meta: Any = type(kind)
    for base in (*kind.__mro__, *meta.__mro__):
        if is_users_class(base):
            _patch(base, overlays, lifted)
    return kind


def _patch(kind: type, overlays: Overlays, lifted: Callable[[Any], Any]) -> None:
    patches = overlays[CLASSES]
    if kind in patches or kind in overlays.get(MADE, ()):
        return
    patches[kind] = _Patch(dict(vars(kind)))
    members = issubclass(kind, enum.Enum)
    for name, part in patches[kind].own.items():
        if isinstance(part, _CODE) or not (members or (name.startswith("__") and name.endswith("__"))):
            found = _member(part, lifted)
            if found is not part:
                with suppress(AttributeError, TypeError):  # what a class of a library forbids to set again
                    type.__setattr__(kind, name, found)
    if overlays.get(DESCENDANTS):
        _patch_descendants(kind, overlays, lifted)


def with_descendants(overlays: Overlays, lifted: Callable[[Any], Any]) -> None:
    """Patch the classes that derive from those patched, too: the code asks for them (`__subclasses__`)."""
    if not overlays.get(DESCENDANTS):
        overlays[DESCENDANTS] = True
        for kind in list(overlays[CLASSES]):
            _patch_descendants(kind, overlays, lifted)


def _patch_descendants(kind: type, overlays: Overlays, lifted: Callable[[Any], Any]) -> None:
    for below in type.__subclasses__(kind):
        if is_users_class(below):
            patched(below, overlays, lifted)


def _member(part: Any, lifted: Callable[[Any], Any]) -> Any:
    kind: Any = type(part)
    if isinstance(part, staticmethod | classmethod):
        found = lifted(part.__func__)
        return part if found is part.__func__ else kind(found)
    if isinstance(part, property):
        accessors = [accessor and lifted(accessor) for accessor in (part.fget, part.fset, part.fdel)]
        return part if accessors == [part.fget, part.fset, part.fdel] else kind(*accessors, part.__doc__)
    if isinstance(part, FUNCTIONS_IN_CLASSES):
        return in_a_class(part, lifted)
    found = lifted(part)
    binds = hasattr(type(found), "__get__") and not isinstance(found, type)
    return staticmethod(found) if found is not part and binds and not hasattr(type(part), "__get__") else found


# one run after another


@contextmanager
def while_running(overlays: Overlays) -> Generator[None, None, None]:
    """Classes that are `patched` inside are the user's own again afterwards. Those that an earlier run of the same
    overlays patched are as it left them."""
    patches: dict[type, _Patch] = overlays.setdefault(CLASSES, {})
    overlays.setdefault(MADE, set[type]())
    try:
        for kind, patch in patches.items():
            patch.installed = True
            _exchange(kind, patch.during)
        yield
    finally:
        try:
            _put_back(patches)
        finally:  # once more: a timer of somebody's may have gone off in the middle
            _put_back(patches)


def _put_back(patches: dict[type, _Patch]) -> None:
    for kind, patch in patches.items():
        if patch.installed:
            now = vars(kind)
            names = [name for name in {**patch.own, **now} if now.get(name, _MISSING) is not patch.own.get(name, _MISSING)]
            patch.during = {name: now.get(name, _MISSING) for name in names}
            _exchange(kind, {name: patch.own.get(name, _MISSING) for name in names})
            patch.installed = False


def _exchange(kind: type, members: dict[str, Any]) -> None:
    for name, part in members.items():
        if part is not _MISSING:
            type.__setattr__(kind, name, part)
        elif name in vars(kind):
            type.__delattr__(kind, name)


def noted_as_made(overlays: Overlays, build: Callable[..., Any]) -> Callable[..., Any]:
    """Python's `__build_class__`: a class that is made in patched code is lifted already."""

    @functools.wraps(build)
    def build_class(*args: Any, **options: Any) -> Any:
        found = build(*args, **options)
        if isinstance(found, type) and CLASSES in overlays:
            overlays[MADE].add(found)
        return found

    return build_class
