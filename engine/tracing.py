"""`trace(f, *args)`: ordinary NumPy code becomes a `Graph`.

f runs once, on arrays that record instead of computing: each NumPy operation on them adds a vertex. Only shapes are known while it runs, so the graph holds
for all values of those shapes, and code that asks for a value (`if x > 0`, `float(x)`, `math.exp(x)`) cannot be traced: it is a `TraceError` that
names the function and the line. Which NumPy functions are known is listed in `engine.tracing_rules`.

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
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from backproof.engine.errors import TraceError
from backproof.engine.functions import look_up
from backproof.engine.functions.row import Shape
from backproof.engine.graph import Graph, Vertex, leaf, vertex
from numpy.lib.mixins import NDArrayOperatorsMixin

_SKIPPED = (os.path.dirname(os.path.abspath(np.__file__)), os.path.dirname(os.path.abspath(__file__)))


@dataclass
class Recorder:
    """The vertices so far, with their shapes, and the constants among them by value."""

    vertices: list[Vertex] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    constants: dict[Any, int] = field(default_factory=dict)

    def add(self, function: str, operands: Sequence[Traced], **attributes: Any) -> Traced:
        """Append the vertex `function(operands)`; TraceError if the shapes do not fit or an operand is a label."""
        for operand in operands:
            if operand.recorder is not self:
                raise TraceError(f"{where()}{function} mixes arrays of two calls of trace; return everything through arguments")
            if operand.discrete and function != "pick":
                raise TraceError(
                    f"{where()}{function} uses the discrete leaf {self.vertices[operand.number - 1].name!r}; a label can only index: q[y]"
                )
        new = vertex(f"v{len(self.vertices) + 1}", function, [operand.number for operand in operands], **attributes)
        try:
            shape = look_up(function).shape(dict(new.attributes), [operand.shape for operand in operands])
        except ValueError as error:
            raise TraceError(f"{where()}{function} does not fit its operands: {error}") from None
        self.vertices.append(new)
        self.shapes.append(tuple(int(size) for size in shape))
        return Traced(self, len(self.vertices))

    def constant(self, value: Any) -> Traced:
        """A constant vertex, one for each different value."""
        array = np.asarray(value)
        if array.dtype.kind not in "biuf" or array.size == 0 or not np.all(np.isfinite(array)):
            raise TraceError(
                f"{where()}a constant must be a finite number or a non-empty array of them, found {type(value).__name__} of dtype {array.dtype}"
            )
        array = array.astype(float)
        key = (array.shape, array.tobytes())
        if key not in self.constants:
            self.constants[key] = self.add("constant", (), value=array.tolist()).number
        return Traced(self, self.constants[key])

    def lift(self, value: Any) -> Traced:
        """A traced array as it is, a comparison as 0 and 1, anything else as a constant."""
        if isinstance(value, Comparison):
            return self.add("where", (value.positive, self.constant(1.0 - value.inverted), self.constant(float(value.inverted))))
        return value if isinstance(value, Traced) else self.constant(value)


def where() -> str:
    """`file:line: ` of the code being traced, past NumPy's and our own frames."""
    frame = inspect.currentframe()
    while frame is not None and os.path.abspath(frame.f_code.co_filename).startswith(_SKIPPED):
        frame = frame.f_back
    return "" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}: "


def _refusing(what: str, advice: str) -> Callable[..., Any]:
    def refuse(self: Any, *_: Any, **__: Any) -> Any:
        raise TraceError(f"{where()}{what} needs the value of a traced array, and only its shape is known; {advice}")

    return refuse


class _Dispatched(NDArrayOperatorsMixin):
    """NumPy hands every ufunc and every function on traced arrays to the rules."""

    __hash__ = None  # pyright: ignore[reportAssignmentType]
    __array_priority__ = 1000

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        from backproof.engine.tracing_rules import apply_ufunc

        return apply_ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        from backproof.engine.tracing_rules import apply_function

        return apply_function(function, arguments, options)

    __array__ = _refusing("numpy.asarray or a function that calls it", "use NumPy functions on the array itself")
    __float__ = _refusing("float(…), math.… or an assignment into a plain array", "use the NumPy function instead")
    __int__ = _refusing("int(…)", "use a discrete leaf for a label")
    __index__ = _refusing("an index", "use a discrete leaf: trace(f, …, discrete=('y',))")
    __bool__ = _refusing("a branch (if, while, and, or, max, min)", "use numpy.where, numpy.maximum or numpy.minimum")
    __complex__ = _refusing("complex(…)", "only real numbers can be traced")


@dataclass(frozen=True, eq=False)
class Comparison(_Dispatched):
    """The outcome of `positive > 0` for each entry, or of its opposite where `inverted`: what `numpy.where` takes."""

    positive: Traced
    inverted: bool

    def __invert__(self) -> Comparison:
        return Comparison(self.positive, not self.inverted)

    def astype(self, dtype: Any) -> Traced:
        """1.0 where it holds, else 0.0."""
        return self.positive.recorder.lift(self).astype(dtype)


class Traced(_Dispatched):
    """An array of which only the shape is known: vertex `number` of the graph being recorded."""

    def __init__(self, recorder: Recorder, number: int) -> None:
        self.recorder = recorder
        self.number = number

    @property
    def shape(self) -> Shape:
        return self.recorder.shapes[self.number - 1]

    @property
    def discrete(self) -> bool:
        return self.recorder.vertices[self.number - 1].discrete

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=int))

    @property
    def dtype(self) -> np.dtype[np.float64]:
        return np.dtype(np.float64)

    @property
    def T(self) -> Traced:
        return self.recorder.add("transpose", (self,))

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"<traced array of shape {self.shape}>"

    def __getitem__(self, key: Any) -> Traced:
        if isinstance(key, Traced) and key.discrete:
            return self.recorder.add("pick", (self, key))
        for part in key if isinstance(key, tuple) else (key,):
            if isinstance(part, _Dispatched):
                raise TraceError(
                    f"{where()}an index that is itself traced depends on values; use numpy.where, or a discrete leaf for a label"
                )
        return self.moved(lambda numbers: numbers[key])

    def moved(self, move: Callable[[Any], Any]) -> Traced:
        """The result of a function that only moves, repeats or drops entries, found by applying it to their numbers."""
        numbers = np.arange(self.size).reshape(self.shape)
        result = np.asarray(move(numbers))
        if result.size == 0:
            raise TraceError(f"{where()}the result is empty; a vertex needs at least one entry")
        if result.size == self.size and np.array_equal(result.reshape(-1), numbers.reshape(-1)):
            return self if result.shape == self.shape else self.recorder.add("reshape", (self,), to=result.shape)
        return self.recorder.add("take", (self,), indices=result)

    def __setitem__(self, key: Any, value: Any) -> None:
        raise TraceError(f"{where()}assignment into a traced array; build the result with numpy.where, numpy.concatenate or numpy.stack")

    def reshape(self, *shape: Any, order: str = "C") -> Traced:
        return self.moved(lambda numbers: numbers.reshape(*shape, order=order))

    def ravel(self) -> Traced:
        return self.moved(np.ravel)

    flatten = ravel

    def copy(self) -> Traced:
        return self

    def transpose(self, *axes: Any) -> Traced:
        return np.transpose(self, axes[0] if len(axes) == 1 else axes or None)  # pyright: ignore

    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        return np.sum(self, axis=axis, keepdims=keepdims)  # pyright: ignore

    def mean(self, axis: Any = None, keepdims: bool = False) -> Any:
        return np.mean(self, axis=axis, keepdims=keepdims)  # pyright: ignore

    def max(self, axis: Any = None, keepdims: bool = False) -> Any:
        return np.max(self, axis=axis, keepdims=keepdims)  # pyright: ignore

    def min(self, axis: Any = None, keepdims: bool = False) -> Any:
        return np.min(self, axis=axis, keepdims=keepdims)  # pyright: ignore

    def dot(self, other: Any) -> Any:
        return np.dot(self, other)  # pyright: ignore

    def clip(self, low: Any = None, high: Any = None) -> Any:
        return np.clip(self, low, high)  # pyright: ignore

    def squeeze(self, axis: Any = None) -> Traced:
        return self.moved(lambda numbers: np.squeeze(numbers, axis))

    def astype(self, dtype: Any) -> Traced:
        if np.dtype(dtype) != np.float64:
            raise TraceError(f"{where()}astype({np.dtype(dtype)}): a graph is traced in float64; run it in another number system instead")
        return self

    def __iadd__(self, other: Any) -> Any:
        return self + other

    def __isub__(self, other: Any) -> Any:
        return self - other

    def __imul__(self, other: Any) -> Any:
        return self * other

    def __itruediv__(self, other: Any) -> Any:
        return self / other


def trace(f: Callable[..., Any], *args: Any, discrete: Sequence[str] = ()) -> Graph:
    """The graph of `f(*args)`: one leaf for each argument, in order, named after f's parameters; the output is the value that f returns.

    `args` are numbers or arrays of numbers; only their shapes matter. `discrete` names the arguments that are labels (L6), to be used as in
    `q[y]`. TraceError names the function and the line of what cannot be traced.
    """
    recorder = Recorder()
    names = _names(f, len(args))
    for name in discrete:
        if name not in names:
            raise TraceError(f"discrete names {name!r}, which is no argument; f has {', '.join(names) or 'none'}")
    traced: list[Traced] = []
    for name, value in zip(names, args, strict=True):
        array = np.asarray(value)
        if array.dtype.kind not in "biuf" or array.size == 0:
            raise TraceError(
                f"argument {name!r} must be a number or a non-empty array of real numbers, found {type(value).__name__} of dtype {array.dtype}"
            )
        recorder.vertices.append(leaf(name, array.shape, discrete=name in discrete))
        recorder.shapes.append(array.shape)
        traced.append(Traced(recorder, len(recorder.vertices)))
    try:
        returned = f(*traced)
    except (TypeError, ValueError) as error:
        behind = error.__cause__ or error.__context__
        if isinstance(behind, TraceError):  # NumPy put an error of its own in front of ours
            raise behind from None
        raise
    return _pruned(recorder, len(args), _output(recorder, returned, len(args)))


def _output(recorder: Recorder, returned: Any, leaves: int) -> int:
    if isinstance(returned, tuple | list | dict | Comparison) or returned is None:
        raise TraceError(f"f returned {type(returned).__name__}; it must return one number or array (join several with numpy.concatenate)")
    result = recorder.lift(returned)
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


def _names(f: Callable[..., Any], count: int) -> list[str]:
    """The names of f's first parameters, or x1, x2, … where they do not tell."""
    try:
        parameters = inspect.signature(f).parameters.values()
        names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][:count]
    except (TypeError, ValueError):
        names = []
    return names if len(names) == count else [f"x{i}" for i in range(1, count + 1)]
