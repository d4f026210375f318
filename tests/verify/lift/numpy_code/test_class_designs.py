"""What stands in classes, and classes that are containers or numbers, in a lifted run: as in floats, and certified.

Each construct computes 3 x² through an array that is filled in place, which needs lifted globals.
"""

from __future__ import annotations

import abc
import collections
import contextlib
import copy
import functools
import pickle
import threading
import typing
import weakref
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.verdicts import Verdict

X = np.array([0.5, -1.25])


def filled(x: Any) -> Any:
    out = np.zeros(2)
    out[:] = x
    return out


class Square:
    def __init__(self) -> None:
        self.scale = 3.0

    def __call__(self, x: Any) -> Any:
        return self.scale * filled(x) ** 2


LAYER = Square()


class Pair(NamedTuple):
    a: Any
    b: Any

    def product(self) -> Any:
        return filled(self.a) * self.b


class Cached:
    reads = 0

    def __init__(self, x: Any) -> None:
        self.x = x

    @functools.cached_property
    def squared(self) -> Any:
        self.reads += 1
        return filled(self.x) ** 2

    def run(self) -> Any:
        found = self.squared + self.squared + self.squared
        assert self.reads == 1
        assert "squared" in self.__dict__
        return found


class Dispatching:
    @functools.singledispatchmethod
    def run(self, x: Any) -> Any:
        raise TypeError(type(x))

    @run.register(np.ndarray)
    def _(self, x: Any) -> Any:
        return np.array([self.run(float(v)) for v in x])

    @run.register(float)
    def _(self, x: Any) -> Any:
        return 3 * filled(x)[0] ** 2

    thrice = functools.partialmethod(lambda self, k, x: k * filled(x) ** 2, 3)


class Descriptor:
    def __set_name__(self, owner: type, name: str) -> None:
        self.name = f"_{name}"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else filled(getattr(instance, self.name))

    def __set__(self, instance: Any, value: Any) -> None:
        setattr(instance, self.name, value)


class Described:
    x = Descriptor()
    power = math_power = np.power
    table = np.array([0.0, 3.0])
    make = np.zeros

    def run(self, x: Any) -> Any:
        self.x = x
        buffer = self.make(2)
        buffer[:] = self.power(self.x, 2)
        self.table[0] = 3.0
        return self.table * buffer


class Outer:
    class Inner:
        def run(self, x: Any) -> Any:
            return 3 * filled(x) ** 2


class Parameters(dict):  # type: ignore[type-arg]
    def total(self) -> Any:
        return sum(filled(part) for part in self.values())


class Stack(list):  # type: ignore[type-arg]
    def __init__(self, *layers: Any) -> None:
        super().__init__(layers)
        self.calls = 0

    def append(self, layer: Any) -> None:
        raise AssertionError(layer)

    def __call__(self, x: Any) -> Any:
        self.calls += 1
        for layer in self:
            x = filled(layer(x))
        return x


STACK = Stack(lambda x: x**2, lambda x: 3 * x)


class Number:
    def __init__(self, value: Any) -> None:
        self.value = value

    def __mul__(self, other: Any) -> Any:
        return Number(self.value * (other.value if isinstance(other, Number) else other))

    __rmul__ = __mul__

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return filled(self.value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.value, name)


class Guarded(Exception):
    def __init__(self, x: Any) -> None:
        super().__init__("kept")
        self.x = filled(x)


def through_an_exception(x: Any) -> Any:
    try:
        raise Guarded(x)
    except Guarded as error:
        return 3 * error.x**2


class Context:
    def __enter__(self) -> Any:
        self.out = np.zeros(2)
        return self

    def __exit__(self, *_: object) -> None:
        self.out *= 3


def with_context(x: Any) -> Any:
    with Context() as context:
        context.out[:] = x * x
    return context.out


def pickled(x: Any) -> Any:
    layer = pickle.loads(pickle.dumps(LAYER))
    assert type(layer) is Square
    assert layer is not LAYER
    return copy.deepcopy(layer)(x)


def pickled_with_numbers(x: Any) -> Any:
    found = pickle.loads(pickle.dumps({"x": x, "first": x[0], "same": x}))
    assert found["x"] is found["same"]
    return 3 * np.array([found["first"], found["x"][1]]) * found["x"]


class Variable:
    """As the frameworks of books have it: data, gradient, and who made it."""

    __array_priority__ = 200

    def __init__(self, data: Any) -> None:
        if not isinstance(data, np.ndarray):
            raise TypeError(f"no array: {type(data)}")
        self.data, self.grad = data, None
        self.creator: Any = None
        self.generation = 0

    def __mul__(self, other: Any) -> Any:
        return Function.registry["Product"]()(self, other if isinstance(other, Variable) else Variable(np.asarray(other)))

    __rmul__ = __mul__

    def backward(self, seed: Any) -> None:
        self.grad: Any = seed
        waiting, seen = [self.creator], set[Any]()
        while waiting:
            made: Any = waiting.pop()
            for given, part in zip(made.inputs, made.backward(made.output().grad), strict=True):
                given.grad = part if given.grad is None else given.grad + part
                if given.creator is not None and given.creator not in seen:
                    seen.add(given.creator)
                    waiting.append(given.creator)
                    waiting.sort(key=lambda one: one.generation)


class Functions(abc.ABCMeta):
    def __new__(mcs, name: str, bases: Any, members: Any, **options: Any) -> Any:
        kind: Any = super().__new__(mcs, name, bases, members, **options)
        kind.registry[name] = kind
        return kind


class Function(metaclass=Functions):
    registry: ClassVar[dict[str, Any]] = {}

    def __call__(self, *inputs: Any) -> Any:
        self.inputs = inputs
        self.generation = max(given.generation for given in inputs)
        found = Variable(self.forward(*[given.data for given in inputs]))
        found.creator, found.generation = self, self.generation + 1
        self.output = weakref.ref(found)
        return found

    @abc.abstractmethod
    def forward(self, *xs: Any) -> Any: ...

    @abc.abstractmethod
    def backward(self, ct: Any) -> Any: ...


class Product(Function):
    def forward(self, *xs: Any) -> Any:
        out = np.empty_like(xs[0])
        np.multiply(xs[0], np.broadcast_to(xs[1], xs[0].shape), out=out)
        return out

    def backward(self, ct: Any) -> Any:
        a, b = self.inputs
        return ct * b.data, np.reshape(np.sum(ct * a.data), ()) if b.data.ndim == 0 else ct * a.data


def with_variables(x: Any) -> Any:
    v = Variable(x)
    return (3.0 * (v * v)).data


def backward_with_variables(args: Any, out: Any, ct: Any) -> Any:
    v = Variable(args[0])
    (3.0 * (v * v)).backward(ct)
    return (v.grad,)


def backward_of_one_use(args: Any, out: Any, ct: Any) -> Any:
    v, same = Variable(args[0]), Variable(args[0])
    (3.0 * (v * same)).backward(ct)
    return (v.grad,)


class Parameter:
    def __init__(self, value: Any) -> None:
        self.value = np.asarray(value, dtype=float)


class Module:
    def __init__(self) -> None:
        object.__setattr__(self, "held", collections.OrderedDict())

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Parameter | Module):
            self.held[name] = value  # type: ignore[attr-defined]
        object.__setattr__(self, name, value)

    def parameters(self) -> Any:
        for value in self.held.values():  # type: ignore[attr-defined]
            yield from value.parameters() if isinstance(value, Module) else [value]


class Scale(Module):
    def __init__(self) -> None:
        super().__init__()
        self.w = Parameter(np.random.rand(2))

    def __call__(self, x: Any) -> Any:
        return self.w.value * x


class Network(Module):
    def __init__(self) -> None:
        super(Network, self).__init__()  # noqa: UP008
        self.first, self.second = Scale(), Scale()

    def __call__(self, x: Any) -> Any:
        for parameter, value in zip(self.parameters(), (x, filled(3.0)), strict=True):
            parameter.value[...] = value
        return self.second(self.first(x))


NETWORK = Network()


class Borg:
    shared: ClassVar[dict[str, Any]] = {}

    def __init__(self) -> None:
        self.__dict__ = self.shared


def through_shared_state(x: Any) -> Any:
    first, second = Borg(), Borg()
    first.a = filled(x)  # type: ignore[attr-defined]
    return 3 * second.a * x  # type: ignore[attr-defined]


class Once:
    made: Any = None

    def __new__(cls) -> Any:
        if cls.made is None:
            cls.made = super().__new__(cls)
        return cls.made

    def run(self, x: Any) -> Any:
        assert Once() is self
        return 3 * filled(x) ** 2


class Quiet(contextlib.ContextDecorator):
    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        return None


@Quiet()
def in_quiet(x: Any) -> Any:
    return 3 * filled(x) ** 2


class Local(threading.local):
    scale = 3.0


LOCAL = Local()


class Weight(float):
    def times(self, x: Any) -> Any:
        return float(self) * filled(x) ** 2


@typing.runtime_checkable
class Runs(typing.Protocol):
    def run(self, x: Any) -> Any: ...


CONSTRUCTS: dict[str, Callable[[Any], Any]] = {
    "a named tuple with a method": lambda x: 3 * Pair(x, b=x).product(),
    "a cached property": lambda x: Cached(x).run(),
    "a singledispatchmethod": lambda x: Dispatching().run(x),
    "a partialmethod": lambda x: Dispatching().thrice(x),
    "a descriptor, and functions as class attributes": lambda x: Described().run(x),
    "a nested class": lambda x: Outer.Inner().run(x),
    "a subclass of dict": lambda x: Parameters(a=2 * x * x, b=x * x).total(),
    "a subclass of list": lambda x: STACK(x),
    "an object that stands for an array": lambda x: np.asarray(3 * Number(x) * Number(x)),
    "an object with __getattr__": lambda x: 3 * filled(Number(x).copy()) ** 2,
    "an exception that carries numbers": through_an_exception,
    "a context manager": with_context,
    "pickle and deepcopy of a layer": pickled,
    "pickle of numbers": pickled_with_numbers,
    "attributes by name": lambda x: getattr(Outer, "Inner")().run(x),  # noqa: B009
    "variables that know who made them": with_variables,
    "modules that find their parameters": lambda x: NETWORK(x),
    "modules that are made in the code": lambda x: Network()(x),
    "state that all objects share": through_shared_state,
    "an object that is made once": lambda x: Once().run(x),
    "a decorator that is a context": in_quiet,
    "an object of a thread": lambda x: LOCAL.scale * filled(x) ** 2,
    "a subclass of float": lambda x: Weight(3.0).times(x),
    "a protocol that is asked": lambda x: Once().run(x) if isinstance(Once(), Runs) else None,
}


def right(args: Any, out: Any, ct: Any) -> Any:
    return (6 * args[0] * ct,)


def wrong(args: Any, out: Any, ct: Any) -> Any:
    return (6.001 * args[0] * ct,)


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_code_with_classes_is_certified_and_a_wrong_backward_caught(name: str) -> None:
    f = CONSTRUCTS[name]
    assert list(f(X)) == pytest.approx(list(3 * X**2))
    good = check(f, (X,), right, effort="quick", timeout=120)
    assert good.ok, good.explain()
    assert good.proved == good.points > 1, good.explain()
    assert check(f, (X,), wrong, effort="quick", timeout=120).verdict is Verdict.WRONG


def test_a_backward_by_such_a_framework_is_certified_and_one_that_forgets_a_use_caught() -> None:
    good = check(with_variables, (X,), backward_with_variables, effort="quick", timeout=120)
    assert good.ok, good.explain()
    assert good.proved == good.points > 1, good.explain()
    assert check(with_variables, (X,), backward_of_one_use, effort="quick", timeout=120).verdict is Verdict.WRONG
