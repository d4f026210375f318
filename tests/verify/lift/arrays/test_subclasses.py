"""Views, `np.matrix` and subclasses of ndarray keep their class and what they define."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.reads import NotLifted

pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass")
times: Any = np.multiply
equal: Any = np.equal
X = np.array([0.5, -1.25])


class Parameter(np.ndarray):
    grad: Any

    def __new__(cls, data: Any) -> Any:
        found = np.asarray(data).view(cls)
        found.grad = np.zeros(2)
        return found

    def __array_finalize__(self, obj: Any) -> None:
        self.grad = getattr(obj, "grad", None)

    def squared(self) -> Any:
        out = np.zeros(self.shape)
        out[:] = self
        return out * out


class Doubled(np.ndarray):
    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return 2 * getattr(ufunc, method)(*(np.asarray(part) for part in inputs), **options)


class Odd(np.ndarray):
    def __array_wrap__(self, *args: Any, **options: Any) -> Any:
        return 2 * np.asarray(args[0])


KEPT = Parameter(np.ones(2))


def kept(x: Any) -> Any:
    KEPT[:] = x
    KEPT.grad[:] = 3.0
    return KEPT.squared() * KEPT.grad


def passed_on(x: Any) -> Any:
    scaled = 3 * Parameter(x)
    assert type(scaled) is Parameter
    assert isinstance(scaled.reshape(1, 2), Parameter)
    assert scaled.grad is not None
    assert type(np.asarray(scaled)) is np.ndarray
    assert isinstance(np.asanyarray(scaled), Parameter)
    return np.asarray(scaled * x)


def written_through(x: Any) -> Any:
    y = np.zeros(2)
    y.view()[...] = x
    return 3 * y * y


CONSTRUCTS: dict[str, Callable[[Any], Any]] = {
    "x.view()": lambda x: 3 * x.view() ** 2,
    "views of a type or a dtype": lambda x: 3 * x.view(np.ndarray) * x.view(type=np.ndarray) * x.view(np.float64) / x.view("f8"),
    "a view is the same memory": written_through,
    "np.matrix": lambda x: 3 * np.asarray(np.matrix(x).T * np.matrix(x)).diagonal(),
    "np.asmatrix": lambda x: 3 * times(np.asmatrix(x), np.asmatrix(x)).A1,
    "a sum of a matrix": lambda x: np.asarray(np.matrix(np.stack([x, 2 * x])).sum(axis=0))[0] * x,
    "a subclass": lambda x: 3 * Parameter(x).squared(),
    "a subclass, passed on": passed_on,
    "a subclass with a ufunc of its own": lambda x: np.asarray(x.view(Doubled) * x) * 1.5,
    "an array of a subclass that was there before": kept,
    "None": lambda x: np.where(x == None, 0, 3 * x * x) * (x != None) * equal(None, x).__invert__(),  # noqa: E711
    "a word": lambda x: np.where(x == "none", 0, 3 * x * x),
    "a captured array and None": lambda x: np.where(KEPT == None, 0, 3 * x * x),  # noqa: E711
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_code_with_subclasses_is_certified_and_a_wrong_backward_caught(name: str, certified_and_caught: Callable[..., None]) -> None:
    certified_and_caught(CONSTRUCTS[name], X)


def test_what_has_a_say_in_results_and_other_dtypes_are_refused() -> None:
    with pytest.raises(NotLifted, match="Odd, a subclass of ndarray with __array_wrap__, has no lifted rule"):
        lift(lambda x: x.view(Odd) * 2, (X,))
    with pytest.raises(NotLifted, match=r"numpy\.ndarray\.view\(int64\)"):
        lift(lambda x: x.view(np.int64) * x, (X,))


def test_the_users_array_is_not_changed() -> None:
    before = KEPT.copy()
    lift(kept, (X,))
    assert np.array_equal(KEPT, before)
    assert type(KEPT) is Parameter
