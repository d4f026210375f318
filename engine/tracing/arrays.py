"""The arrays that `trace` hands to f: `Traced` knows its shape and records what is done with it, `Condition` is the
outcome of `x > t`. What a function of NumPy becomes they ask the `Recorder`, which `trace` has given the rules
(`dispatch.py`).

Rule: what NumPy would compute from values is either recorded exactly or a `TraceError` with the line of the user's
code; it is never guessed. So an array that was changed in place (`x += y`) cannot be read under another name, and a
condition is no number until it meets one.

>>> from backproof.engine.vertices import leaf
>>> def named(function, *_):
...     return f"the rule of {function.__name__}"
>>> x = Traced(Recorder(named, named, [leaf("x", (3,))], [(3,)]), 1)
>>> x[1:].shape, x[0].shape, np.tanh(x), np.sum(x)
((2,), (), 'the rule of tanh', 'the rule of sum')
>>> bool(x)
Traceback (most recent call last):
    ...
backproof.engine.errors.TraceError: ...a branch (if, while, and, or, max, min) needs the value of a traced array...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from backproof.engine.errors import TraceError
from backproof.engine.functions import look_up
from backproof.engine.functions.row import Shape
from backproof.engine.tracing.places import called, where
from backproof.engine.vertices import Vertex, vertex


def _refusing(what: str, advice: str) -> Callable[..., Any]:
    def refuse(self: Any, *_: Any, **__: Any) -> Any:
        raise TraceError(f"{where()}{called() or what} needs the value of a traced array, and only its shape is known; {advice}")

    return refuse


@dataclass
class Recorder:
    """What a ufunc and what another function of NumPy become on its arrays; the vertices so far, with their shapes, and
    the constants among them by value."""

    ufunc: Callable[[Any, str, Sequence[Any], dict[str, Any]], Any]
    function: Callable[[Any, Sequence[Any], dict[str, Any]], Any]
    vertices: list[Vertex] = field(default_factory=list[Vertex])
    shapes: list[Shape] = field(default_factory=list[Shape])
    constants: dict[Any, int] = field(default_factory=dict[Any, int])

    def add(self, function: str, operands: Sequence[Traced], **attributes: Any) -> Traced:
        """Append the vertex `function(operands)`; TraceError if the shapes do not fit or an operand is a label."""
        for operand in operands:
            operand.check_current(function)
            if operand.recorder is not self:
                raise TraceError(f"{where()}{function} mixes arrays of two calls of trace; pass all of them as arguments of one f")
            if operand.discrete and function != "pick":
                raise TraceError(
                    f"{where()}{function} uses the discrete leaf {self.vertices[operand.number - 1].name!r}; a label can only index: q[y]"
                )
        new = vertex(f"v{len(self.vertices) + 1}", function, [operand.number for operand in operands], **attributes)
        try:
            shape = look_up(function).shape(dict(new.attributes), [operand.shape for operand in operands])
        except ValueError as error:
            raise TraceError(f"{where()}{function} does not fit its operands: {error}; change their shapes") from None
        self.vertices.append(new)
        self.shapes.append(tuple(int(size) for size in shape))
        return Traced(self, len(self.vertices))

    def constant(self, value: Any) -> Traced:
        """A constant vertex, one for each different value."""
        array = np.asarray(value)
        if array.dtype.kind not in "biuf" or array.size == 0 or not np.all(np.isfinite(array)):
            raise TraceError(
                f"{where()}a constant must be a finite real number or a non-empty array of them, found {type(value).__name__} of dtype {array.dtype}"
            )
        array = array.astype(float)
        key = (array.shape, array.tobytes())
        if key not in self.constants:
            self.constants[key] = self.add("constant", (), value=array.tolist()).number
        return Traced(self, self.constants[key])

    def lift(self, value: Any) -> Traced:
        """A traced array as it is, a condition as 0 and 1, anything else as a constant."""
        if isinstance(value, Condition):
            return value.chosen(1.0, 0.0)
        return value if isinstance(value, Traced) else self.constant(value)


class _Dispatched(NDArrayOperatorsMixin):
    """NumPy hands every ufunc and every function on traced arrays to the rules of their recorder."""

    recorder: Recorder
    __hash__ = None  # pyright: ignore[reportAssignmentType]
    __array_priority__ = 1000

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return self.recorder.ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        return self.recorder.function(function, arguments, options)

    def __getattr__(self, name: str) -> Any:
        """The methods of NumPy's arrays are its functions of the same names."""
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(f"a traced array has no attribute {name!r}")
        if not callable(getattr(np, name, None)) or not callable(getattr(np.ndarray, name)):
            raise TraceError(f"{where()}.{name} of a traced array cannot be traced: only its shape is known; write it with NumPy functions")
        return partial(getattr(np, name), self)

    def __format__(self, form: str) -> str:
        if form:
            raise TraceError(f"{where()}a format needs the value of a traced array, and only its shape is known; print outside of f")
        return repr(self)

    __array__ = _refusing("numpy.asarray, numpy.array or a function that calls it", "use the array as it is, numpy.stack to join several")
    __float__ = _refusing("float(…), math.… or an assignment into a plain array", "use the NumPy function, or numpy.stack, instead")
    __int__ = _refusing("int(…)", "a label is a discrete leaf: trace(f, …, discrete=('y',))")
    __index__ = _refusing("an index", "a label is a discrete leaf: trace(f, …, discrete=('y',))")
    __round__ = _refusing("round(…)", "leave it out")
    __bool__ = _refusing("a branch (if, while, and, or, max, min)", "use numpy.where, numpy.maximum or numpy.minimum")
    __complex__ = _refusing("complex(…)", "only real numbers can be traced")


@dataclass(frozen=True, eq=False)
class Condition(_Dispatched):
    """The outcome of `positive > 0` for each entry, or of its opposite where `inverted`: what `numpy.where` takes."""

    positive: Traced
    inverted: bool

    @property
    def recorder(self) -> Recorder:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.positive.recorder

    @property
    def shape(self) -> Shape:
        return self.positive.shape

    def chosen(self, x: Any, y: Any) -> Traced:
        """x where it holds, else y."""
        lift = self.recorder.lift
        return self.recorder.add("where", (self.positive, lift(y), lift(x)) if self.inverted else (self.positive, lift(x), lift(y)))

    def __invert__(self) -> Condition:
        return Condition(self.positive, not self.inverted)

    def astype(self, dtype: Any) -> Traced:
        """1 where it holds, else 0."""
        if np.dtype(dtype) not in (np.dtype(float), np.dtype(int)):
            raise TraceError(f"{where()}astype({np.dtype(dtype)}): use astype(float)")
        return self.chosen(1.0, 0.0)


@dataclass
class Memory:
    """What NumPy would store in one block: an array and its views share it, and `version` counts its changes in
    place."""

    version: int = 0


def _in_place(operation: Callable[[Any, Any], Any], sign: str) -> Callable[[Any, Any], Traced]:
    """`x += y` gives the name a new vertex. Other names of the same memory are from then on out of date; NumPy's
    scalars have no others."""

    def update(self: Traced, other: Any) -> Traced:
        result = operation(self, other)
        if not self.shape:
            return result
        if result.shape != self.shape:
            raise TraceError(f"{where()}{sign} would change the shape of an array from {self.shape} to {result.shape}; write x = x + y")
        self.memory.version += 1
        return Traced(self.recorder, result.number, self.memory)

    return update


class Traced(_Dispatched):
    """An array of which only the shape is known: vertex `number` of the graph being recorded."""

    def __init__(self, recorder: Recorder, number: int, memory: Memory | None = None) -> None:
        self.recorder = recorder
        self.number = number
        self.memory = memory or Memory()
        self.version = self.memory.version

    def check_current(self, function: str) -> None:
        """TraceError if the array was changed in place under another name."""
        if self.version != self.memory.version:
            raise TraceError(
                f"{where()}{function} reads an array that was changed in place under another name; write x = x + y, not x += y"
            )

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
        return self.view("transpose")

    @property
    def real(self) -> Traced:
        return self

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Traced]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"<traced array of shape {self.shape}>"

    def __getitem__(self, key: Any) -> Traced:
        if isinstance(key, Traced) and key.discrete:
            return self.recorder.add("pick", (self, key))
        parts: tuple[Any, ...] = key if isinstance(key, tuple) else (key,)  # pyright: ignore[reportUnknownVariableType]
        if any(isinstance(part, _Dispatched) for part in parts):
            raise TraceError(
                f"{where()}an index that is itself traced depends on values; use numpy.where, or a discrete leaf for a label: q[y]"
            )
        return self.moved(lambda numbers: numbers[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        raise TraceError(f"{where()}assignment into a traced array; build the result with numpy.where, numpy.concatenate or numpy.stack")

    def view(self, function: str, **attributes: Any) -> Traced:
        """The vertex `function(self)`, which in NumPy shares the memory of this array."""
        return Traced(self.recorder, self.recorder.add(function, (self,), **attributes).number, self.memory)

    def moved(self, move: Callable[[Any], Any]) -> Any:
        """The result (or list of results) of a function that only moves, repeats or drops entries, found by applying it
        to their numbers."""
        self.check_current("a function")
        numbers = np.arange(self.size).reshape(self.shape)
        results: Any = move(numbers)
        if isinstance(results, list):
            return [self._taken(numbers, result) for result in cast(list[Any], results)]
        return self._taken(numbers, np.asarray(results))

    def _taken(self, numbers: Any, result: Any) -> Traced:
        if result.size == 0:
            raise TraceError(f"{where()}the result is empty; a vertex needs at least one entry")
        if result.dtype != numbers.dtype:
            raise TraceError(f"{where()}a function that moves entries must not change their dtype; leave out and dtype out")
        number = self.number
        if not np.array_equal(result.reshape(-1), numbers.reshape(-1)):
            number = self.recorder.add("take", (self,), indices=result).number
        elif result.shape != self.shape:
            number = self.recorder.add("reshape", (self,), to=result.shape).number
        return Traced(self.recorder, number, self.memory if np.may_share_memory(result, numbers) else None)

    def reshape(self, *shape: Any, order: Any = "C") -> Traced:
        return self.moved(lambda numbers: numbers.reshape(*shape, order=order))

    def flatten(self, order: Any = "C") -> Traced:
        return self.moved(lambda numbers: numbers.flatten(order))

    def transpose(self, *axes: Any) -> Any:
        numpy: Any = np
        return numpy.transpose(self, axes[0] if len(axes) == 1 else axes or None)

    def astype(self, dtype: Any, copy: bool = True) -> Traced:
        if np.dtype(dtype) != np.float64:
            raise TraceError(f"{where()}astype({np.dtype(dtype)}): a graph is traced in float64; run it in another number system instead")
        return Traced(self.recorder, self.number, None if copy else self.memory)

    __iadd__: Any = _in_place(lambda x, y: x + y, "+=")
    __isub__: Any = _in_place(lambda x, y: x - y, "-=")
    __imul__: Any = _in_place(lambda x, y: x * y, "*=")
    __itruediv__: Any = _in_place(lambda x, y: x / y, "/=")
    __ipow__: Any = _in_place(lambda x, y: x**y, "**=")
    __imatmul__: Any = _in_place(lambda x, y: x @ y, "@=")
