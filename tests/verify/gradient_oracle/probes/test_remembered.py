"""What can remember is seen to, wherever it is kept; what cannot is not."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.probes.remembered import MOST, has_changed, held_by

total = 0
WEIGHTS = np.ones(3)


def in_a_closure() -> Callable[[], Any]:
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return count

    return step


def in_a_default(kept: list[int] = []) -> None:  # noqa: B006
    kept.append(1)


def in_a_global() -> None:
    global total  # noqa: PLW0603
    total += 1


def in_an_attribute() -> None:
    in_an_attribute.count = getattr(in_an_attribute, "count", 0) + 1  # pyright: ignore[reportFunctionMemberAccess]


class Layer:
    calls = 0
    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def step(self) -> None:
        self.count += 1

    @classmethod
    def of_the_class(cls) -> None:
        cls.calls += 1

    def __call__(self) -> None:
        self.count += 1


def in_an_array() -> Callable[[], None]:
    array = np.zeros(2)

    def step() -> None:
        array[1] += 1

    return step


def wrapped() -> Callable[[], Any]:
    inner = in_a_closure()
    return functools.partial(lambda _: inner(), 3)


REMEMBERING: dict[str, Callable[[], Any]] = {
    "closure": in_a_closure(),
    "default": in_a_default,
    "global": in_a_global,
    "attribute": in_an_attribute,
    "slot of an object": Layer().step,
    "class": Layer.of_the_class,
    "callable object": Layer(),
    "array": in_an_array(),
    "partial": wrapped(),
    "iterator": functools.partial(next, itertools.count()),
    "generator of random numbers": functools.partial(np.random.Generator.normal, np.random.default_rng(0)),
    "lru_cache": functools.lru_cache(lambda: 1),
}


@pytest.mark.parametrize("place", REMEMBERING)
def test_a_count_is_seen_wherever_it_is_kept(place: str) -> None:
    step = REMEMBERING[place]
    before = held_by([step])
    step()
    assert has_changed(before, held_by([step]))


def over(held: Any) -> Callable[[Any], Any]:
    return lambda x: held @ x if isinstance(held, np.ndarray) else held[x]


def reading(x: Any) -> Any:
    return np.sum(WEIGHTS * x) + MOST


FIXED: dict[str, Any] = {
    "globals that stay": reading,
    "a function of NumPy": np.tanh,
    "a partial of constants": functools.partial(np.sum, axis=0),
    "a closure over arrays": over(np.ones(3)),
    "an object that stays": Layer().step,
    "a mapping of constants": over({"a": 1.0, "b": (2, 3)}),
}


@pytest.mark.parametrize("name", FIXED)
def test_what_stays_is_no_memory(name: str) -> None:
    assert not has_changed(held_by([FIXED[name]]), held_by([FIXED[name]]))


def test_what_holds_more_than_is_looked_at_may_remember() -> None:
    many = [[k] for k in range(MOST + 1)]
    assert has_changed(held_by([lambda: many]), held_by([lambda: many]))
