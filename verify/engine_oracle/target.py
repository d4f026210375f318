"""`package.module:factory`, as an engine: what the command line names is imported and called.

The factory is a function without arguments; what it returns is the engine, a `callable(graph, leaves, cotangent)` as
`engine_oracle.trial` describes it. Whatever goes wrong on the way is a `TargetError` that says where, and what to
write.

>>> load_engine("builtins:dict")
Traceback (most recent call last):
    ...
backproof.verify.engine_oracle.target.TargetError: 'builtins:dict': dict() returned dict; write package.module:factory, ...
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

from backproof.engine import Graph
from backproof.engine.number_systems import Array
from backproof.verify.engine_oracle.foreign import one_line, quoted, raised, type_name
from backproof.verify.engine_oracle.left_behind import Interrupts

Engine: TypeAlias = Callable[[Graph, Sequence[Array], Array], Mapping[int, Any]]
EXPECTED = "write package.module:factory, a function without arguments that returns a callable(graph, leaves, cotangent)"


class TargetError(ValueError):
    """The engine on trial cannot be loaded; the message says why and what a target looks like."""


def load_engine(target: str) -> Engine:
    """The engine that `module:factory` names: the factory is called without arguments, and returns it.

    >>> load_engine("my_engine")
    Traceback (most recent call last):
        ...
    backproof.verify.engine_oracle.target.TargetError: 'my_engine' is no engine: write package.module:factory, ...
    >>> load_engine("no_such_module:make")
    Traceback (most recent call last):
        ...
    backproof.verify.engine_oracle.target.TargetError: 'no_such_module:make': cannot import no_such_module: ModuleNotFoundError: No module named 'no_such_module'
    """
    shown = quoted(target)
    module_name, colon, attribute = target.partition(":")
    if not (module_name and colon and attribute):
        raise TargetError(f"{shown} is no engine: {EXPECTED}")
    module: Any = _called(lambda: importlib.import_module(module_name), f"{shown}: cannot import {one_line(module_name)}:")
    factory: Any = _called(lambda: getattr(module, attribute, None), f"{shown}: {one_line(module_name)} raised")
    if not callable(factory):
        raise TargetError(f"{shown}: {one_line(module_name)} has no function {quoted(attribute)}; {EXPECTED}")
    engine: Any = _called(factory, f"{shown}: {one_line(attribute)}() raised", f"; {EXPECTED}")
    if not callable(engine):
        raise TargetError(f"{shown}: {one_line(attribute)}() returned {type_name(engine)}; {EXPECTED}")
    return cast("Engine", engine)


def importable_here() -> None:
    """What lies in the current folder can be imported from here on, as in an interpreter that is started there."""
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())


def _called(somebodys: Callable[[], Any], words: str, expected: str = "") -> Any:
    """What somebody's code returns. TargetError if it raises anything; KeyboardInterrupt if the user pressed Ctrl-C."""
    interrupts = Interrupts()
    try:
        with interrupts:
            returned = somebodys()
    except BaseException as error:  # whatever somebody's module raises, SystemExit too
        if interrupts.pressed:
            raise KeyboardInterrupt from None
        raise TargetError(f"{words} {raised(error)}{expected}") from error
    if interrupts.pressed:
        raise KeyboardInterrupt
    return returned
