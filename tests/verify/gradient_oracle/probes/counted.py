"""More of `stateful.py`: backward passes that count their calls, and some that know their thread."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from stateful import Made, Stateful, square, v


def from_call(n: int, where: str) -> Callable[[bool], Callable[[], Made]]:
    """A backward that is another one from its n-th call on, by a count that is kept in one of several places; the right
    one counts and does no more."""

    def of(wrong: bool) -> Callable[[], Made]:
        def make() -> Made:
            calls = [0]
            steps = itertools.count(1)

            def generated() -> Any:
                count = 0
                while True:
                    count += 1
                    yield count

            numbers = generated()
            array = np.zeros(1)
            total = 0

            class Counter:
                count = 0

                def __call__(self) -> int:
                    self.count += 1
                    return self.count

            counter = Counter()

            def next_number() -> int:
                nonlocal total
                if where == "list":
                    calls[0] += 1
                    return calls[0]
                if where == "iterator":
                    return next(steps)
                if where == "generator":
                    return next(numbers)
                if where == "array":
                    array[0] += 1
                    return int(array[0])
                if where == "object":
                    return counter()
                if where == "class":
                    Counter.count += 1
                    return Counter.count
                total += 1
                return total

            def vjp(args: Any, out: Any, ct: Any) -> Any:
                late = next_number() >= n
                return ((2.5 if wrong and late else 2) * ct * args[0],)

            return square, vjp

        return make

    return of


COUNTS = [
    Stateful(
        f"another one from call {n} on, counted in {where}", from_call(n, where)(True), from_call(n, where)(False), (v(1.0, 2.0),), says
    )
    for n, where, says in (
        (2, "list", ""),
        (40, "list", ""),
        (300, "iterator", "more calls with the same arguments"),
        (500, "generator", "more calls with the same arguments"),
        (700, "array", "more calls with the same arguments"),
        (900, "object", "more calls with the same arguments"),
        (1000, "class", "more calls with the same arguments"),
        (1024, "closure", "more calls with the same arguments"),
    )
]


def of_a_thread(wrong: bool) -> Callable[[], Made]:
    """What only the thread has that made the layer; or every thread, when it first asks."""

    def make() -> Made:
        local = threading.local()
        local.two = 2.0

        def vjp(args: Any, out: Any, ct: Any) -> Any:
            if not wrong and not hasattr(local, "two"):
                local.two = 2.0
            return (local.two * ct * args[0],)

        return square, vjp

    return make


def by_thread(wrong: bool) -> Callable[[], Made]:
    """A factor that is another one in other threads than the first."""

    def make() -> Made:
        own = threading.get_ident()
        return square, lambda args, out, ct: ((2 if threading.get_ident() == own or not wrong else 1) * ct * args[0],)

    return make


THREADS = [
    Stateful("what another thread does not have", of_a_thread(True), of_a_thread(False), (v(1.0, 2.0),), "in two threads, the backward of the first call raises AttributeError"),
    Stateful("another factor in another thread", by_thread(True), by_thread(False), (v(1.0, 2.0),), "in two threads, the gradient of the first call changed"),
]  # fmt: skip
