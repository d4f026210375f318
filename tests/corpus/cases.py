"""The type of a case and the loader of the corpus: backward passes written by hand in NumPy, wrong ones and right ones.

A case holds a forward pass `f`, arguments at which somebody would naturally test it, the right backward pass, and perhaps a wrong one. What is wrong, and
why sampling does not see it, is the docstring of the wrong one; a case without a wrong one is correct but nasty, and its docstring says why. Each module of
this folder is one category and ends with its list `CASES`.

>>> len({case.category for case in load_cases()}) > 30
True
>>> next(case.name for case in load_cases() if case.category == "scans")
'cumulative sum, not reversed'
>>> load_cases("no_such_category")
Traceback (most recent call last):
    ...
FileNotFoundError: no module of the corpus is called 'no_such_category'; the modules are the files of this folder
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, Any]
Value: TypeAlias = Array | np.number[Any]
Args: TypeAlias = tuple[Array, ...]
Grads: TypeAlias = tuple[Array | None, ...]
Vjp: TypeAlias = Callable[[Args, Array, Array], Grads]
Mechanism: TypeAlias = Literal["point", "protocol", "tolerance", "cotangent", "shape"]
Probe: TypeAlias = Literal[
    "twice", "other forward", "layout", "read-only", "bytes", "own buffer", "repeated forward", "turned forward", "other step", "read-only arguments", "column order",
    "reversed", "expanded", "scaled", "zeros", "many forwards", "other order", "many calls", "threads",
]  # fmt: skip

Made: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...], Callable[..., Any], Callable[..., Any] | None]
Maker: TypeAlias = Callable[[], Made]

FOLDER = Path(__file__).resolve().parent
INDEPENDENT = FOLDER / "independent"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One forward pass with its right backward pass, and perhaps a wrong one: `vjp(args, out, cotangent)` gives one gradient for each argument.

    `exposes` are arguments at which the wrong one visibly differs from the right one; without it `args` are. `needs` is the mechanism without which the
    wrong one is not seen: another point, a protocol probe (named by `probe`), a tight tolerance, a cotangent other than ones, or a look at shape and dtype.
    `smooth` are arguments at which the right one can be compared with differences, where `args` lie on a kink or where a step would be lost;
    `accuracy` is the relative error that such a comparison may have. The gradient of an integer argument is None.

    `check` passes a wrong one with a `note`: the words that it says instead, since many right backward passes do the same. A wrong one that is `unseen` passes without
    a word, for this reason. `make` gives functions and arguments afresh; `about` says what is wrong or nasty, in place of the docstring.
    """

    name: str
    f: Callable[..., Any]
    args: Args
    right: Vjp
    wrong: Vjp | None = None
    exposes: Args | None = None
    needs: Mechanism | None = None
    probe: Probe | None = None
    smooth: Args | None = None
    accuracy: float = 1e-7
    note: str | None = None
    unseen: str | None = None
    make: Maker | None = None
    about: str | None = None

    @property
    def category(self) -> str:
        """The module that holds the case."""
        return (self.make or self.right).__module__.rpartition(".")[2]

    @property
    def bug(self) -> str:
        """What is wrong and why it is missed; for a correct case, what is nasty about it."""
        return self.about or " ".join((inspect.getdoc(self.wrong or self.right) or "").split())

    def anew(self) -> Case:
        """The same case without state of earlier calls, where a function makes it."""
        if self.make is None:
            return self
        f, args, right, wrong = self.make()
        return replace(self, f=f, args=args, right=right, wrong=wrong)


def made(about: str, **more: Any) -> Callable[[Maker], Case]:
    """A case from a function that makes it, and that gives it its name. `about` says what is wrong or nasty."""

    def case(make: Maker) -> Case:
        f, args, right, wrong = make()
        return Case(name=make.__name__.replace("_", " "), f=f, args=args, right=right, wrong=wrong, make=make, about=about, **more)

    return case


def load_cases(category: str | None = None, folder: Path = FOLDER) -> list[Case]:
    """The cases of one category, or of all, from modules that are executed anew: no state is left from an earlier load."""
    sys.modules.setdefault("cases", sys.modules[__name__])
    found: list[Case] = []
    for path in sorted(folder.glob("*.py")):
        if path.stem == "cases" or category not in {None, path.stem}:
            continue
        spec = importlib.util.spec_from_file_location(f"{folder.name}.{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found.extend(getattr(module, "CASES", None) or [value for value in vars(module).values() if isinstance(value, Case)])
    if not found:
        raise FileNotFoundError(f"no module of the corpus is called {category!r}; the modules are the files of this folder")
    return found


def vector(*entries: float) -> Array:
    """Some numbers as an array of floats."""
    return np.array(entries, dtype=float)


def unbroadcast(gradient: Any, shape: tuple[int, ...]) -> Array:
    """The sum over what was broadcast from `shape`.

    >>> unbroadcast(np.ones((2, 3)), (3,)), unbroadcast(np.ones((2, 3)), (2, 1))
    (array([2., 2., 2.]), array([[3.],
           [3.]]))
    """
    gradient = np.asarray(gradient)
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1 and gradient.shape[axis] != 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient
