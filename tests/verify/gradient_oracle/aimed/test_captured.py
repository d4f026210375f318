"""What functions hold beside their arguments is found under its name and line: in closures, globals, defaults, on
layers, behind methods and partials."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.aimed.captured import tied_sizes, whole_arrays

IDS = np.array([3, 1, 3, 0])


class Table:
    scale = np.array([7, 7])

    def __init__(self) -> None:
        self.ids = np.array([1, 2])
        self.weights = np.ones((5, 6))

    def f(self, x: Any) -> Any:
        return x[self.ids] * self.scale

    def vjp(self, _args: Any, _out: Any, ct: Any) -> Any:
        return (ct[self.ids],)


def names(*functions: Any) -> dict[str, list[int]]:
    return {held.name: held.value.tolist() for held in whole_arrays(functions)}


def test_globals_closures_defaults_and_partials() -> None:
    own = np.array([9])

    def f(x: Any, order: Any = np.array([2, 0])) -> Any:  # noqa: B008
        return x[IDS] + x[order] + own

    assert names(f) == {"IDS": [3, 1, 3, 0], "own": [9], "f": [2, 0]}
    own_first = whole_arrays([f])[0]
    assert own_first.words == f"`own` ({own_first.place})"
    assert own_first.place.startswith("test_captured.py:")
    assert list(names(functools.partial(lambda x, ids: x[ids], ids=np.array([4]))).values()) == [[4]]


def test_layers_and_what_their_methods_read() -> None:
    layer = Table()
    assert names(layer.f, layer.vjp) == {"self.ids": [1, 2], "scale": [7, 7]}
    assert whole_arrays([layer.f])[0].place.startswith("test_captured.py:")
    assert names(lambda x: layer.f(x)) == {"layer.ids": [1, 2], "scale": [7, 7]}


def test_sizes_are_tied_by_numbers_arrays_lists_and_literals() -> None:
    parts, width = [1.0, 2.0, 3.0, 4.0], 11

    def f(x: Any) -> Any:
        return x[:width].reshape(-1, 13) * len(parts)

    assert {4, 11, 13} <= tied_sizes([f])
    assert {5, 6} <= tied_sizes([Table().f])
    assert 17 not in tied_sizes([f])


def test_a_library_is_not_looked_into_and_what_holds_itself_ends() -> None:
    assert names(np.fft.fft, np.sum) == {}
    loop: list[Any] = [IDS]
    loop.append(loop)
    assert list(names(lambda: loop).values()) == [[3, 1, 3, 0]]
