"""Functions of user code within wrappers of the standard library: followed, with what the wrapper does."""

from __future__ import annotations

import contextlib
import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.verdicts import Verdict

X = np.array([0.5, -1.25])


def filled(x: Any, scale: Any = 1) -> Any:
    out = np.zeros(2)
    out[:] = x
    return scale * out


calls: list[int] = []


@functools.lru_cache(maxsize=4)
def table(n: int) -> Any:
    calls.append(n)
    return np.full(n, 3.0)


@functools.cache
def power_of(k: int) -> Any:
    return 1 if k == 0 else 3 if k == 1 else power_of(1) * power_of(k - 1) / 3


def with_cache(x: Any) -> Any:
    table.cache_clear()
    found = table(2) * filled(x) * (table(2) * x) / 3
    assert table.cache_info().hits == 1
    return found


@functools.singledispatch
def cubed(x: Any) -> Any:
    raise TypeError(type(x))


@cubed.register(np.ndarray)
def _(x: Any) -> Any:
    return filled(x) ** 2


@cubed.register(float)
@cubed.register(int)
def _(x: Any) -> Any:
    return filled(x)[0] * x


@contextlib.contextmanager
def buffer() -> Any:
    yield np.zeros(2)


def with_buffer(x: Any) -> Any:
    with buffer() as out:
        out[:] = x * x
    return 3 * out


def counted(f: Any) -> Any:
    @functools.wraps(f)
    def call(*args: Any) -> Any:
        call.count += 1  # type: ignore[attr-defined]
        return f(*args)

    call.count = 0  # type: ignore[attr-defined]
    return call


@counted
def tripled(x: Any) -> Any:
    return filled(x, 3)


@np.errstate(all="ignore")
def in_peace(x: Any) -> Any:
    return filled(x, 3) * x


push = calls.append

WRAPPERS: dict[str, Callable[[Any], Any]] = {
    "lru_cache": with_cache,
    "a cached function that calls itself": lambda x: power_of(2) * filled(x) ** 2,
    "singledispatch of arrays": lambda x: 3 * cubed(x),
    "singledispatch of floats": lambda x: np.array([cubed(3.0) / 3 * cubed(float(v)) for v in x]),
    "contextmanager": with_buffer,
    "partial": lambda x: functools.partial(filled, scale=3)(x) * x,
    "a partial that was there before": lambda x: TRIPLE(x) * x,
    "wraps, with an attribute": lambda x: tripled(x) * x if tripled.count >= 0 else None,
    "a decorator of NumPy": in_peace,
    "reduce": lambda x: functools.reduce(operator.mul, [filled(x), filled(x), filled(3.0)]),
    "a method written in C of a captured list": lambda x: (push(1), 3 * filled(x) ** 2)[1],
}
TRIPLE = functools.partial(filled, scale=3)


@pytest.mark.parametrize("name", WRAPPERS)
def test_a_wrapped_function_is_certified_and_a_wrong_backward_caught(name: str) -> None:
    f = WRAPPERS[name]
    good = check(f, (X,), lambda args, out, ct: (6 * args[0] * ct,), effort="quick", timeout=120)
    assert good.ok, good.explain()
    assert good.proved == good.points > 1, good.explain()
    assert check(f, (X,), lambda args, out, ct: (6.001 * args[0] * ct,), effort="quick", timeout=120).verdict is Verdict.WRONG


def test_caches_and_lists_of_the_user_are_not_changed() -> None:
    table.cache_clear()
    calls.clear()
    tripled.count = 0
    for f in WRAPPERS.values():
        if f is not with_cache:
            lift(f, (X,))
    assert (table.cache_info().currsize, calls, tripled.count) == (0, [], 0)
