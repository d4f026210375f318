"""Random forwards: seen, and seeded before every call, so that what is drawn is the same each time and dropout masks are
constants.

Seen are NumPy's global generator, that of `random`, generators that the code holds, and generators that it makes without
a seed.

>>> def dropout(x):
...     return x * (np.random.rand(3) > 0.5)
>>> out, sources = watched(lambda: dropout(np.ones(3)), [dropout])
>>> sources.place
'<doctest backproof.verify.gradient_oracle.handed.randomness[0]>:2'
>>> seeded = with_seed(dropout, sources)
>>> all(np.array_equal(seeded(np.ones(3)), out) for _ in range(9))
True
>>> watched(lambda: np.ones(3), [np.ones])
(array([1., 1., 1.]), None)
>>> watched(lambda: 1 / 0, [])
Traceback (most recent call last):
    ...
ZeroDivisionError: division by zero
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any, cast

import numpy as np
from numpy.random import bit_generator

from backproof.engine.callers import is_users
from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.probes.remembered import GENERATORS, reachable, state_of
from backproof.verify.lift.lifted import Function
from backproof.verify.time_limits import PASSING

ENTROPY = 0x9E3779B97F4A7C15  # chosen: any fixed number; what generators without a seed begin with
_ENTROPY: Any = bit_generator  # where NumPy looks for the bits of a generator without a seed


@dataclass(frozen=True, eq=False)
class Sources:
    """Where random numbers come from: the `generators` that the code holds, beside the global ones, and the `states` of
    all before the first call; `place`, the line at which the first number is drawn."""

    generators: tuple[Any, ...]
    states: tuple[Any, ...]
    place: str = ""

    @property
    def words(self) -> str:
        """The note about them."""
        return f"random numbers are drawn{f' at {self.place}' if self.place else ''}: the same ones in every call, seeded before each"


def watched(call: Callable[[], Any], functions: Iterable[Any], seed: int = 0) -> tuple[Any, Sources | None]:
    """What a call returns, and where it drew random numbers from; None where it drew none. Where it did, it is called
    once more, with the global generators seeded, to see the line: what is returned is of that call."""
    generators = tuple(thing for thing in reachable(functions) if isinstance(thing, GENERATORS))
    before = _states(generators)
    with _entropy() as asked:
        out = call()
    if not asked and _same(before, _states(generators)):
        return out, None
    before = (*seeded_states(seed), *before[2:])
    sources = Sources(generators, before)
    with _restored(sources) as asked:
        out, place = _traced(call, lambda: bool(asked) or not _same(before, _states(generators)))
    return out, Sources(generators, before, place)


def seeded_states(seed: int) -> tuple[Any, Any]:
    """States of the global generators."""
    return np.random.RandomState(seed % 2**32).get_state(legacy=False), random.Random(seed).getstate()


def with_seed(f: Function, sources: Sources) -> Function:
    """f, with the same random numbers in every call."""
    return partial(_seeded, sources, f)


def _seeded(sources: Sources, f: Function, *args: Any) -> Any:
    with _restored(sources):
        return contained(f, *args)


@contextmanager
def _restored(sources: Sources) -> Generator[list[int]]:
    """Inside, all generators are as they were before the first call; afterwards those that the code does not hold are
    as they were."""
    outside = _states(())
    _restore(sources.generators, sources.states)
    try:
        with _entropy() as asked:
            yield asked
    finally:
        _restore((), outside)


@contextmanager
def _entropy() -> Generator[list[int]]:
    """Inside, generators without a seed begin in the same way each time; the list has an entry for each."""
    before, asked = _ENTROPY.randbits, list[int]()

    def fixed(bits: int) -> int:
        asked.append(bits)
        return ENTROPY % 2**bits

    _ENTROPY.randbits = fixed
    try:
        yield asked
    finally:
        _ENTROPY.randbits = before


def _states(generators: Sequence[Any]) -> tuple[Any, ...]:
    """The states of the global generators, then of these."""
    return (np.random.get_state(legacy=False), random.getstate(), *map(state_of, generators))


def _restore(generators: Sequence[Any], states: Sequence[Any]) -> None:
    np.random.set_state(states[0])
    random.setstate(states[1])
    for generator, state in zip(generators, states[2:], strict=False):
        if isinstance(generator, np.random.Generator):
            generator.bit_generator.state = state
        elif isinstance(generator, np.random.RandomState):
            generator.set_state(state)
        else:
            generator.setstate(state)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, np.ndarray):
        return bool(np.array_equal(left, right))
    if isinstance(left, dict):
        other = cast("dict[Any, Any]", right)
        return all(_same(part, other[key]) for key, part in left.items())
    if isinstance(left, tuple | list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)


def _traced(call: Callable[[], Any], has_drawn: Callable[[], bool]) -> tuple[Any, str]:
    """What a call returns, and the first line of the user's code behind which something was drawn."""
    found: list[str] = []
    last: list[str] = [""]

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        if found or not is_users(frame.f_code.co_filename):
            return None
        if last[0] and has_drawn():
            found.append(last[0])
            return None
        last[0] = f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
        return trace

    outer = sys.gettrace()
    sys.settrace(trace)
    try:
        out = call()
    except PASSING:
        raise
    finally:
        sys.settrace(outer)
    return out, found[0] if found else last[0]
