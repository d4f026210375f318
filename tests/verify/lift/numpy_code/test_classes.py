"""Classes of user code in a lifted run: every construct does what it does in floats, and is the user's own afterwards.

Each construct computes 3 x² through an array that is filled in place, which needs lifted globals: where one is not
followed, its backward is not certified. A wrong backward is caught through each.
"""

from __future__ import annotations

import abc
import contextlib
import dataclasses
import enum
import functools
import types
from collections.abc import Callable
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.classes import is_users_class, patched, while_running
from backproof.verify.lift.numpy_code.lifting import lift, lift_backward
from backproof.verify.lift.tape.reads import NotLifted
from backproof.verify.verdicts import Verdict

X = np.array([0.5, -1.25])
T = TypeVar("T")


def filled(x: Any) -> Any:
    out = np.zeros(2)
    out[:] = x
    return out


class Layer:
    count = 0
    made: ClassVar[list[Any]] = []
    named: ClassVar[dict[str, type]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        Layer.named[cls.__name__] = cls

    def __init__(self, scale: float = 3.0) -> None:
        self.scale = scale
        Layer.made[:] = [*Layer.made[-2:], self]
        type(self).count += 1

    def __call__(self, x: Any) -> Any:
        return self.forward(x)

    def forward(self, x: Any) -> Any:
        raise NotImplementedError


class Square(Layer):
    def __init__(self) -> None:
        super(Square, self).__init__(3.0)  # noqa: UP008

    def forward(self, x: Any) -> Any:
        assert isinstance(self, Layer)
        return self.scale * filled(x) ** 2


class Deeper(Square):
    def forward(self, x: Any) -> Any:
        return super().forward(x) if self.__class__ is Deeper else None


class Mixin:
    def forward(self, x: Any) -> Any:
        return super().forward(x) / 2.0  # type: ignore[misc]


class Mixed(Mixin, Square):
    def forward(self, x: Any) -> Any:
        return 2.0 * super().forward(x)


def only_layers(found: list[Any]) -> list[Any]:
    return [layer for layer in found if isinstance(layer, Layer)]


def of_all_subclasses(x: Any) -> Any:
    return next(kind for kind in Layer.__subclasses__() if kind.__name__ == "Square")()(x)


class Meta(type):
    instances: ClassVar[dict[Any, Any]] = {}

    def __call__(cls, *args: Any) -> Any:
        if cls not in Meta.instances:
            Meta.instances[cls] = super().__call__(*args)
        return Meta.instances[cls]

    @property
    def factor(cls) -> Any:
        return filled(3.0)


class Single(metaclass=Meta):
    def forward(self, x: Any) -> Any:
        assert Single() is self
        return type(self).factor * filled(x) ** 2


class Slotted:
    __slots__ = ("__scale", "x")

    def __init__(self, scale: float) -> None:
        self.__scale = scale

    def __call__(self, x: Any) -> Any:
        self.x = filled(x)
        assert not hasattr(self, "__dict__")
        return self.__scale * self.x**2


SLOTTED = Slotted(3.0)


class Abstract(abc.ABC):
    @property
    @abc.abstractmethod
    def scale(self) -> Any: ...

    @classmethod
    def build(cls) -> Any:
        return cls()

    @staticmethod
    def squared(x: Any) -> Any:
        return filled(x) ** 2


class Concrete(Abstract):
    @property
    def scale(self) -> Any:
        return filled(3.0)

    def run(self, x: Any) -> Any:
        return self.scale * self.squared(x)


class Registered:
    def run(self, x: Any) -> Any:
        return 3 * filled(x) ** 2


Abstract.register(Registered)


class Runs(Protocol):
    def run(self, x: Any) -> Any: ...


class Generically(Generic[T]):
    def run(self, x: Any) -> Any:
        return 3 * filled(x) ** 2


@dataclasses.dataclass
class Data:
    scale: float = 3.0
    kept: list[Any] = dataclasses.field(default_factory=list)
    buffer: Any = dataclasses.field(default_factory=lambda: np.zeros(2), compare=False)

    def run(self, x: Any) -> Any:
        self.buffer[:] = x
        self.kept.append(self.buffer)
        return dataclasses.replace(self, scale=1.5).scale * 2 * self.kept[-1] ** 2


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    w: Any

    def run(self, x: Any) -> Any:
        assert [f.name for f in dataclasses.fields(self)] == ["w"]
        return dataclasses.asdict(self)["w"] * filled(x) ** 2


class Mode(enum.Enum):
    SUM = "sum"
    SQUARE = "square"

    def apply(self, x: Any) -> Any:
        return 3 * filled(x) ** 2 if self is Mode.SQUARE else x


MODE = Mode.SQUARE


LAYER = Square()


def by_class(x: Any) -> Any:
    rules = {Square: 3, Layer: 0}
    assert issubclass(Square, Layer)
    assert [kind for kind in Deeper.__mro__ if kind in rules] == [Square, Layer]
    return rules[type(LAYER)] * filled(x) ** 2


def made_here(x: Any) -> Any:
    class Local(Layer):
        kept: ClassVar[list[Any]] = []

        def forward(self, x: Any) -> Any:
            self.kept.append(x)
            return 3 * filled(self.kept[-1]) ** 2

    return type("Derived", (Local,), {})()(x)


CONSTRUCTS: dict[str, Callable[[Any], Any]] = {
    "a loop that asserts isinstance": lambda x: only_layers([Square(), "no layer", LAYER])[-1](x),
    "super() in both forms": lambda x: Deeper()(x),
    "super() along a diamond": lambda x: Mixed()(x),
    "an object that was there before": lambda x: LAYER(x),
    "a registry filled by __init_subclass__": lambda x: Layer.named["Square"]()(x),
    "__subclasses__": of_all_subclasses,
    "a metaclass of singletons": lambda x: Single().forward(x),
    "slots, a private one": lambda x: SLOTTED(x),
    "abstract classes": lambda x: Concrete.build().run(x),
    "a virtual subclass": lambda x: Registered().run(x) if isinstance(Registered(), Abstract) else None,
    "a generic class": lambda x: Generically[int]().run(x),
    "a dataclass with factories": lambda x: Data().run(x),
    "a frozen dataclass": lambda x: Frozen(3.0).run(x),
    "an enumeration with a method": lambda x: MODE.apply(x) if MODE is Mode("square") else None,
    "a dictionary by class": by_class,
    "a class that is made in the code": made_here,
    "a bound method": LAYER.forward,
    "a class that is called": lambda x: functools.reduce(lambda found, kind: kind()(found), [Square], x),
    "types.MethodType": lambda x: types.MethodType(Square.forward, LAYER)(x),
    "the class through its object": lambda x: LAYER.__class__.forward(LAYER, x),
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


def members(*kinds: type) -> list[dict[str, Any]]:
    return [dict(vars(kind)) for kind in kinds]


def same(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
    return all(b.keys() == a.keys() and all(b[name] is a[name] for name in b) for b, a in zip(before, after, strict=True))


class Counting:
    total: Any = 0.0
    kept: ClassVar[list[Any]] = []

    def forward(self, x: Any) -> Any:
        Counting.total = Counting.total + x
        Counting.last = x  # type: ignore[attr-defined]
        self.kept.append(x)
        return filled(x) ** 2

    def backward(self, args: Any, out: Any, ct: Any) -> Any:
        assert len(self.kept) == len(args) == len(out) - 1
        return (ct * (Counting.total + Counting.last + 0 * self.kept[0]),)  # type: ignore[attr-defined]


def test_what_the_code_leaves_in_its_classes_reaches_the_backward_of_the_run_and_nobody_else() -> None:
    layer, before = Counting(), members(Counting)
    for _ in range(2):
        forward = lift(layer.forward, (X,))
        assert same(before, members(Counting))
        backward = lift_backward(layer.backward, (X,), None, np.ones(2), forward=forward)
        assert [float(ball.mid()) for ball in np.ravel(np.asarray(backward.values[0]))] == list(2 * X)
        assert [float(ball.mid()) for ball in pull_back(forward, np.ones(2))[0]] == list(2 * X)
    assert same(before, members(Counting))
    assert Counting.kept == []


class Breaking(Counting):
    def forward(self, x: Any) -> Any:
        super().forward(x)
        self.error(x)

    def error(self, x: Any) -> Any:
        return np.frombuffer(filled(x).tobytes())


class Stopping(Breaking):
    def error(self, x: Any) -> Any:
        raise KeyboardInterrupt(str(len(x)))


@pytest.mark.parametrize(("kind", "error"), [(Breaking, NotLifted), (Stopping, KeyboardInterrupt)])
def test_a_run_that_breaks_off_leaves_the_classes_as_they_were(kind: Any, error: type[BaseException]) -> None:
    before = members(Counting, Breaking, Stopping, Meta, Single)
    with pytest.raises(error):
        lift(lambda x: kind().forward(Single().forward(x)), (X,))
    assert same(before, members(Counting, Breaking, Stopping, Meta, Single))


def test_a_stop_in_the_middle_of_putting_back_is_made_good() -> None:
    class Own:
        def first(self) -> float:
            return 1.0

    class Stopping(dict):  # type: ignore[type-arg]
        """The patches, at which the first look after the run is stopped."""

        looks = 0

        def items(self) -> Any:
            self.looks += 1
            if self.looks == 2:
                raise TimeoutError
            return dict.items(self)

    before, overlays = members(Own), {"classes": Stopping()}
    run = contextlib.ExitStack()
    run.enter_context(while_running(overlays))
    patched(Own, overlays, lambda part: (lambda self: 2.0) if isinstance(part, types.FunctionType) else part)
    assert Own().first() == 2.0
    with pytest.raises(TimeoutError):
        run.close()
    assert same(before, members(Own))


def test_a_class_of_a_library_is_left_alone() -> None:
    assert [is_users_class(kind) for kind in (Square, Mode, Meta, dict, np.ndarray, functools.partial, object)] == [True] * 3 + [False] * 4
