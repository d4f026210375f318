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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, Any]
Value: TypeAlias = Array | np.number[Any]
Args: TypeAlias = tuple[Array, ...]
Grads: TypeAlias = tuple[Array | None, ...]
Vjp: TypeAlias = Callable[[Args, Array, Array], Grads]
Mechanism: TypeAlias = Literal["point", "protocol", "tolerance", "cotangent", "shape"]
Probe: TypeAlias = Literal["twice", "other forward", "layout", "read-only", "bytes", "own buffer"]

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, kw_only=True)
class Case:
    """One forward pass with its right backward pass, and perhaps a wrong one: `vjp(args, out, cotangent)` gives one gradient for each argument.

    `exposes` are arguments at which the wrong one visibly differs from the right one; without it `args` are. `needs` is the mechanism without which the
    wrong one is not seen: another point, a protocol probe (named by `probe`), a tight tolerance, a cotangent other than ones, or a look at shape and dtype.
    `smooth` are arguments at which the right one can be compared with differences, where `args` lie on a kink or where a step would be lost;
    `accuracy` is the relative error that such a comparison may have. The gradient of an integer argument is None.
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

    @property
    def category(self) -> str:
        """The module that holds the case."""
        return self.right.__module__.rpartition(".")[2]

    @property
    def bug(self) -> str:
        """What is wrong and why it is missed; for a correct case, what is nasty about it."""
        return " ".join((inspect.getdoc(self.wrong or self.right) or "").split())


def load_cases(category: str | None = None) -> list[Case]:
    """The cases of one category, or of all, from modules that are executed anew: no state is left from an earlier load."""
    sys.modules.setdefault("cases", sys.modules[__name__])
    found: list[Case] = []
    for path in sorted(FOLDER.glob("*.py")):
        if path.stem == "cases" or category not in {None, path.stem}:
            continue
        spec = importlib.util.spec_from_file_location(f"corpus.{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found.extend(module.CASES)
    if not found:
        raise FileNotFoundError(f"no module of the corpus is called {category!r}; the modules are the files of this folder")
    return found
