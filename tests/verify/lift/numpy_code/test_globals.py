"""Patched globals: what plain code needs besides NumPy's dispatch, and that nothing of the user's is changed."""

from __future__ import annotations

import abc
import functools
import math
import types
from math import sqrt
from typing import Any

import numpy as np
import pytest
from numpy import pi, zeros

from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift, lift_backward
from backproof.verify.lift.tape.reads import NotLifted

X = np.array([0.5, 1.5, 2.25])
BUFFER = np.zeros(3)
SAVED: list[Any] = []
counter = 0
latest_name: Any = None


def middle(array: Any) -> list[float]:
    return [float(entry.mid()) for entry in np.ravel(array)]


def value(f: Any, *args: Any) -> list[float]:
    return middle(lift(f, args or (X,)).values[0])


def into_zeros(x: Any) -> Any:
    out = zeros(3)
    out[1] = x[0] * pi
    return out


def with_math(x: Any) -> Any:
    return math.exp(x[0]) + sqrt(x[1]) + math.pow(x[2], 2) + math.pi


def with_float(x: Any) -> Any:
    total = float("0.5")
    for item in x:
        assert isinstance(item, float)
        total += float(item)
    return total


def importing(x: Any) -> Any:
    import numpy
    from scipy import special

    out = numpy.empty(3)
    out[:] = special.erf(x)
    return out


def through_a_helper(x: Any) -> Any:
    return into_zeros(x) + factorial_like(x)


def factorial_like(x: Any, n: int = 3) -> Any:
    return x if n == 0 else factorial_like(x, n - 1) * n


def with_buffer(x: Any) -> Any:
    BUFFER[:] = x
    return BUFFER * BUFFER


def with_globals(x: Any) -> Any:
    global counter, latest_name  # noqa: PLW0603
    counter += 1
    latest_name = x
    SAVED.append(x)
    return x * counter


@functools.lru_cache
def cached(n: int) -> Any:
    return np.eye(n)


def double(f: Any) -> Any:
    @functools.wraps(f)
    def both(x: Any) -> Any:
        return f(x) + f(x)

    return both


@double
def decorated(x: Any) -> Any:
    out = np.zeros(3)
    out += x
    return out


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (into_zeros, [0.0, 0.5 * math.pi, 0.0]),
        (with_math, [math.exp(0.5) + math.sqrt(1.5) + 2.25**2 + math.pi]),
        (with_float, [4.75]),
        (importing, [math.erf(0.5), math.erf(1.5), math.erf(2.25)]),
        (through_a_helper, [3.0, 9.0 + 0.5 * math.pi, 13.5]),
        (with_buffer, list(X * X)),
        (decorated, list(2 * X)),
        (functools.partial(np.multiply, 2.0), list(2 * X)),
        (lambda x: cached(3) @ x, list(X)),
        (lambda x: np.array([x[0], 1.0, np.sqrt(x[1])]), [0.5, 1.0, math.sqrt(1.5)]),
        (lambda x: np.asarray(x, dtype=np.float64) + np.float64(x[0]), list(X + 0.5)),
        (lambda x: np.linspace(x[0], x[1], 3), [0.5, 1.0, 1.5]),
        (lambda x: np.full(2, x[1]), [1.5, 1.5]),
        (lambda x: np.full_like(x, 2.5), [2.5, 2.5, 2.5]),
        (lambda x: np.fromiter((v * v for v in x), float), list(X * X)),
        (lambda x: np.eye(3)[1] * x + np.arange(3) + np.identity(3)[0], [1.0, 2.5, 2.0]),
        (lambda x: x if isinstance(x, np.ndarray) and issubclass(x.dtype.type, np.floating) else None, list(X)),
        (lambda x: x if isinstance(x[0], np.float64) and isinstance(x[0], (int, float)) and np.isscalar(x[0]) else None, list(X)),
        (lambda x: x if ~(x[0] > 1) and not ~(x[0] < 1) else None, list(X)),
        (lambda x: np.einsum("i,i->", x, np.ones(3)), [4.25]),
        (lambda x: np.exp(np.array([0.0, 0.0, 0.0])) * x, list(X)),
    ],
)
def test_plain_code_is_lifted(f: Any, expected: list[float]) -> None:
    lifted = lift(f, (X,))
    assert middle(lifted.values[0]) == pytest.approx(expected, rel=1e-15, abs=1e-300)


def test_without_patching_such_code_is_refused_with_its_line() -> None:
    with pytest.raises(NotLifted, match=r"float\(…\).*test_globals\.py:\d+"):
        lift(into_zeros, (X,), patched=False)


def test_globals_closures_and_containers_of_the_user_are_not_changed() -> None:
    cells: list[Any] = []
    count = 0

    def f(x: Any) -> Any:
        nonlocal count
        count += 1
        cells.append(x)
        return with_globals(x) + with_buffer(x) * count

    before = BUFFER.copy()
    assert value(f) == list(X + X * X)
    assert (counter, latest_name, SAVED, cells, count) == (0, None, [], [], 0)
    assert np.array_equal(BUFFER, before)
    assert type(BUFFER) is np.ndarray


def test_what_a_forward_leaves_in_globals_and_closures_reaches_the_backward_of_the_run() -> None:
    state: dict[str, Any] = {}
    latest = None

    def f(x: Any) -> Any:
        nonlocal latest
        latest = x * 3
        state["x"] = x
        return with_globals(x)

    def vjp(args: Any, out: Any, g: Any) -> Any:
        return (g * latest / state["x"] + 0 * latest_name + len(SAVED),)

    forward = lift(f, (X,))
    backward = lift_backward(vjp, (X,), None, np.ones(3), forward=forward)
    assert middle(backward.values[0]) == [4.0, 4.0, 4.0]
    assert backward.stale == 0


class Base:
    def __init__(self, weight: Any) -> None:
        self.weight = weight

    def scaled(self, x: Any) -> Any:
        return self.weight * x


class Layer(Base):
    calls = 0

    def __init__(self, weight: Any) -> None:
        super().__init__(weight)
        self.x: Any = None

    def __call__(self, x: Any) -> Any:
        out = np.zeros_like(x)
        out += self.scaled(x)
        self.x = x
        self.calls += 1
        return self.tidy(out)

    @staticmethod
    def tidy(out: Any) -> Any:
        result = np.zeros(3)
        result[:] = out
        return result

    @property
    def kept(self) -> Any:
        return np.zeros(3) + self.x

    def backward(self, args: Any, out: Any, g: Any) -> Any:
        assert len(args) == 1
        return (g * self.weight + 0 * out, self.kept)


def test_methods_are_patched_and_the_object_keeps_its_state() -> None:
    layer = Layer(np.array([1.0, 2.0, 3.0]))
    for f in (layer, layer.__call__, lambda x: layer(x)):
        forward = lift(f, (X,))
        assert middle(forward.values[0]) == list(layer.weight * X)
        assert middle(pull_back(forward, np.ones(3))[0]) == list(layer.weight)
        found = lift_backward(layer.backward, (X,), None, np.ones(3), forward=forward)
        assert [middle(part) for part in found.values] == [[1.0, 2.0, 3.0], list(X)]
    assert layer.x is None
    assert layer.calls == 0
    assert type(layer) is Layer


def test_objects_that_the_code_makes_are_patched_too() -> None:
    def f(x: Any) -> Any:
        layers = [Layer(2.0), Layer(np.ones(3))]
        assert isinstance(layers[0], Layer)
        for layer in layers:
            x = layer(x)
        return x

    assert value(f) == list(2 * X)


def test_modules_of_user_code_are_patched() -> None:
    module = types.ModuleType("somebodys_module")
    exec("import numpy as np\ndef ones(x):\n    out = np.ones(3)\n    out[0] = x[0]\n    return out\n", module.__dict__)
    assert value(lambda x: module.ones(x) * x) == [0.25, 1.5, 2.25]


def test_a_function_that_holds_itself_in_its_closure_is_patched_once() -> None:
    def count_down(x: Any, n: int) -> Any:
        return np.zeros(3) + x if n == 0 else count_down(x, n - 1) * 2

    assert value(lambda x: count_down(x, 3)) == list(8 * X)


def test_a_class_made_inside_the_code_sees_its_globals() -> None:
    def f(x: Any) -> Any:
        class Local:
            start = BUFFER + X[0]

            def shifted(self, v: Any) -> Any:
                out = np.zeros(3)
                out += v + self.start
                return out

        return Local().shifted(x)

    assert value(f) == list(X + 0.5)


def test_objects_and_functions_among_the_arguments_are_patched() -> None:
    layer = Layer(np.ones(3))

    def f(model: Any, activation: Any, x: Any) -> Any:
        assert isinstance(model, Layer)
        return activation(model(x))

    lifted = lift(f, (layer, into_zeros, X))
    assert lifted.positions == (2,)
    assert middle(lifted.values[0]) == [0.0, pytest.approx(0.5 * math.pi), 0.0]
    assert layer.x is None


class Abstract(abc.ABC):
    @abc.abstractmethod
    def run(self, x: Any) -> Any: ...


class Concrete(Abstract):
    __slots__ = ("scale",)

    def __init__(self, scale: float) -> None:
        self.scale = scale

    def run(self, x: Any) -> Any:
        out = np.zeros(3)
        out[:2] = x[1:] * self.scale
        return out

    @classmethod
    def made(cls, scale: float) -> Any:
        return cls(scale)


def test_abstract_base_classes_slots_and_class_methods_work() -> None:
    model = Concrete(2.0)
    assert value(model.run) == [3.0, 4.5, 0.0]
    assert value(lambda x: Concrete.made(2.0).run(x)) == [3.0, 4.5, 0.0]


def test_assertions_of_numpy_have_been_made_in_floats() -> None:
    def f(x: Any) -> Any:
        p = np.exp(x) / np.exp(x).sum()
        np.testing.assert_allclose(p.sum(), 1.0)
        np.testing.assert_array_less(p, 1.0)
        return p

    assert lift(f, (np.array([1.0, 2.0]),)).finite
