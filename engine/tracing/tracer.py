"""`trace(f, *args)`: ordinary NumPy code becomes a `Graph`.

f runs once, on arrays that record instead of computing: each NumPy operation on them adds a vertex. Only shapes are
known while it runs, so the graph holds for all values of those shapes, and code that asks for a value (`if x > 0`,
`float(x)`, `math.exp(x)`) cannot be traced: it is a `TraceError` that names the function and the line. The functions
that can be traced are in `engine.tracing.ufuncs` and `engine.tracing.functions`.

>>> graph = trace(lambda x, y: np.sum(np.tanh(x) * y), np.ones(3), 2.0)
>>> [(v.name, v.function) for v in graph.vertices]
[('x', None), ('y', None), ('v3', 'tanh'), ('v4', 'multiply'), ('v5', 'sum')]
>>> trace(lambda x: np.fft.fft(x), np.ones(3))
Traceback (most recent call last):
    ...
backproof.engine.errors.TraceError: ...numpy.fft.fft cannot be traced; write it with functions that can...
"""

from __future__ import annotations

import inspect
import pickle
import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from backproof.engine.errors import TraceError
from backproof.engine.graph import Graph
from backproof.engine.tracing.arrays import Condition, Recorder, Traced
from backproof.engine.tracing.dispatch import apply_function, apply_ufunc
from backproof.engine.vertices import Vertex, leaf


def trace(f: Callable[..., Any], *args: Any, discrete: Sequence[str | int] = ()) -> Graph:
    """The graph of `f(*args)`: one leaf for each argument, in order, named after f's parameters; the output is the
    value that f returns.

    `args` are numbers or arrays; only their shapes matter, and their entries are read as real numbers, so that integers
    and float32 are computed in the number system of the graph and never wrap around. `discrete` gives the names or the
    positions (0, 1, …) of the arguments that are labels (L6), to be used as in `q[y]`. TraceError names the function
    and the line of what cannot be traced. f must be a function of its arguments: other state that it reads is frozen,
    and random numbers are refused where they come from the global generators.

    >>> trace(lambda q, y: -q[y], np.zeros(3), 1, discrete=("y",)).is_discrete(2)
    True
    >>> trace(lambda x: x if x > 0 else 0.0, 1.0)
    Traceback (most recent call last):
        ...
    backproof.engine.errors.TraceError: ...a branch (if, while, and, or, max, min) needs the value of a traced array, and only its shape is known; use numpy.where...
    """
    recorder = Recorder(apply_ufunc, apply_function)
    names = _names(f, len(args))
    labels = {_named(name, names) for name in discrete}
    for name, value in zip(names, args, strict=True):
        shape = _checked_shape(name, value, name in labels)
        recorder.vertices.append(leaf(name, shape, discrete=name in labels))
        recorder.shapes.append(shape)
    before = _random_state()
    try:
        returned = f(*(Traced(recorder, number) for number in range(1, len(args) + 1)))
    except (TypeError, ValueError) as error:
        behind = error.__cause__ or error.__context__
        if isinstance(behind, TraceError):  # NumPy put an error of its own in front of ours
            raise behind from None
        raise
    if _random_state() != before:
        raise TraceError(
            f"{_place(f)}f drew random numbers, and the graph would hold this one draw; draw them before and pass them as an argument"
        )
    return _pruned(recorder, len(args), _output(f, recorder, returned, len(args)))


def _names(f: Callable[..., Any], count: int) -> list[str]:
    """The names of f's first parameters, or x1, x2, … where they do not tell."""
    try:
        parameters = inspect.signature(f).parameters.values()
        names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][:count]
    except (TypeError, ValueError):
        names = []
    return names if len(names) == count else [f"x{i}" for i in range(1, count + 1)]


def _named(argument: str | int, names: Sequence[str]) -> str:
    if isinstance(argument, int) and 0 <= argument < len(names):
        return names[argument]
    if argument not in names:
        raise TraceError(f"discrete names {argument!r}, which is no argument; f has {', '.join(names) or 'none'}")
    return str(argument)


def _checked_shape(name: str, value: Any, label: bool) -> tuple[int, ...]:
    array: Any = np.asarray(value)
    kind: str = type(value).__name__
    if array.dtype.kind not in "biuf" or array.size == 0 or isinstance(value, np.matrix | np.ma.MaskedArray):
        raise TraceError(f"argument {name!r} must be a number or a non-empty array of real numbers, found {kind} of dtype {array.dtype}")
    if array.dtype.kind == "b" and not label:
        raise TraceError(f"argument {name!r} is true or false, and NumPy does not compute with those as with numbers; pass 0.0 and 1.0")
    return array.shape


def _random_state() -> tuple[Any, bytes]:
    return random.getstate(), pickle.dumps(np.random.get_state(legacy=False))


def _place(f: Callable[..., Any]) -> str:
    """`file:line: ` where f is defined, or nothing if it has no code."""
    code = getattr(f, "__code__", None)
    return "" if code is None else f"{code.co_filename}:{code.co_firstlineno}: "


def _output(f: Callable[..., Any], recorder: Recorder, returned: Any, leaves: int) -> int:
    kind: str = "Comparison" if isinstance(returned, Condition) else type(returned).__name__
    if isinstance(returned, tuple | list | dict | Condition) or returned is None:
        raise TraceError(f"{_place(f)}f returned {kind}; it must return one number or array (join several with numpy.concatenate)")
    result = recorder.lift(returned)
    result.check_current("the result of f")
    if result.number <= leaves:
        result = recorder.add("identity", (result,))
    return result.number


def _pruned(recorder: Recorder, leaves: int, output: int) -> Graph:
    """The graph of the leaves and of the vertices from which the output is reached, numbered anew."""
    needed, stack = set(range(1, leaves + 1)), [output]
    while stack:
        i = stack.pop()
        if i not in needed:
            needed.add(i)
            stack += recorder.vertices[i - 1].operands
    order = {old: new for new, old in enumerate(sorted(needed), start=1)}
    names = {v.name for v in recorder.vertices[:leaves]}
    kept: list[Vertex] = []
    for old, new in order.items():
        v = recorder.vertices[old - 1]
        name = v.name if old <= leaves else _free_name(f"v{new}", names)
        kept.append(Vertex(name, recorder.shapes[old - 1], v.function, tuple(order[j] for j in v.operands), v.attributes, v.discrete))
    return Graph(leaves, tuple(kept))


def _free_name(name: str, taken: set[str]) -> str:
    return name if name not in taken else _free_name(name + "′", taken)
