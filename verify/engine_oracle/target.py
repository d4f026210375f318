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
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

from backproof.engine import Graph
from backproof.engine.number_systems import Array

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
    backproof.verify.engine_oracle.target.TargetError: 'no_such_module:make': cannot import no_such_module: No module named 'no_such_module'
    """
    module_name, colon, attribute = target.partition(":")
    if not (module_name and colon and attribute):
        raise TargetError(f"{target!r} is no engine: {EXPECTED}")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # whatever somebody's module raises
        raise TargetError(f"{target!r}: cannot import {module_name}: {error}") from error
    factory = getattr(module, attribute, None)
    if not callable(factory):
        raise TargetError(f"{target!r}: {module_name} has no function {attribute!r}; {EXPECTED}")
    try:
        engine: Any = factory()
    except Exception as error:
        raise TargetError(f"{target!r}: {attribute}() raised {type(error).__name__}: {error}{line_of(error)}; {EXPECTED}") from error
    if not callable(engine):
        raise TargetError(f"{target!r}: {attribute}() returned {type(engine).__name__}; {EXPECTED}")
    return cast("Engine", engine)


def line_of(error: BaseException) -> str:
    """Where an exception of somebody's code was raised, as ` (file:line)`; nothing where it has no traceback."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f" ({trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno})"
