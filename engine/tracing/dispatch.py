"""What a ufunc or another function of NumPy becomes on traced arrays: `apply_ufunc` and `apply_function` choose among
the rules of `ufuncs.py` and `functions.py`. `trace` hands both to its `Recorder`, so that the arrays know no rule.

>>> from backproof.engine.tracing.arrays import Recorder, Traced
>>> from backproof.engine.vertices import leaf
>>> recorder = Recorder(apply_ufunc, apply_function, [leaf("x", (2, 3))], [(2, 3)])
>>> x = Traced(recorder, 1)
>>> apply_ufunc(np.multiply, "__call__", (x, 2.0), {})
<traced array of shape (2, 3)>
>>> apply_function(np.sum, (x,), {"axis": 0})
<traced array of shape (3,)>
>>> [v.function for v in recorder.vertices]
[None, 'constant', 'multiply', 'sum']
>>> apply_function(np.sort, (x,), {})
Traceback (most recent call last):
    ...
backproof.engine.errors.TraceError: ...numpy.sort cannot be traced; write it with functions that can, or add a row to the function table
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from backproof.engine.errors import TraceError
from backproof.engine.tracing.arrays import Condition, Traced
from backproof.engine.tracing.functions import FUNCTIONS, JOINS, MOVES, OF_SHAPE, REDUCTIONS, join, only_defaults
from backproof.engine.tracing.places import where
from backproof.engine.tracing.ufuncs import recorded, recorder_of, refused


def apply_ufunc(ufunc: Any, method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """What a ufunc on traced arrays becomes."""
    name = f"numpy.{ufunc.__name__}" if getattr(np, ufunc.__name__, None) is ufunc else ufunc.__name__
    if method == "reduce" and ufunc in REDUCTIONS and not isinstance(inputs[0], Condition):
        return apply_function(REDUCTIONS[ufunc], inputs, {"axis": 0, **options})
    if method != "__call__":
        raise refused(f"{name}.{method}")
    for key, value in options.items():
        if value is not None:
            change = " (or a change in place of a plain array, such as total += x)" if key == "out" else ""
            raise TraceError(f"{where()}{name} with {key}=…{change} cannot be traced; use the new array that {name} returns")
    return recorded(recorder_of(inputs), name, ufunc, inputs)


def apply_function(function: Any, arguments: Sequence[Any], options: dict[str, Any]) -> Any:
    """What a NumPy function (not a ufunc) on traced arrays becomes."""
    name = f"{function.__module__}.{function.__name__}"
    first: Any = arguments[0] if arguments else next(iter(options.values()), None)
    if function in OF_SHAPE and arguments and isinstance(first, Traced | Condition):
        return function(np.empty(first.shape), *arguments[1:], **options)
    if any(isinstance(value, Condition) for value in arguments) and function not in (np.where, np.sum, np.mean):
        raise TraceError(f"{where()}{name} of a comparison cannot be traced; multiply it by 1.0 first")
    if function in FUNCTIONS:
        return _called(name, FUNCTIONS[function], arguments, options)
    only_defaults(name, options)
    if function in MOVES and isinstance(first, Traced) and not (len(arguments) > 1 and function in (np.atleast_1d, np.atleast_2d)):
        return first.moved(lambda numbers: function(numbers, *arguments[1:], **options))
    if function in JOINS and arguments:
        return join(function, list(first), *arguments[1:], **options)
    raise refused(name)


def _called(name: str, rule: Callable[..., Any], arguments: Sequence[Any], options: dict[str, Any]) -> Any:
    try:
        bound = inspect.signature(rule).bind(*arguments, **options)
    except TypeError as error:
        raise TraceError(f"{where()}{name}: {error}; the rule for tracing it does not know this option, so leave it out") from None
    only_defaults(name, bound.arguments)
    return rule(*arguments, **options)
