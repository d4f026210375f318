"""Engines that return what they may not, or other numbers than the right ones, always or now and then."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from right_engine import calls, first, instead, raising

from backproof.engine.number_systems import Array

Adjoints = Mapping[int, Array]


def _each(change: Any) -> Any:
    return instead(lambda p: {j: change(value) for j, value in p.items()})


class _Deaf(dict[int, Any]):
    def _refuse(self, *_: object) -> Any:
        raise SystemExit(0)

    get = __getitem__ = __iter__ = _refuse


class _Mute(Exception):
    def __str__(self) -> str:
        raise SystemExit(0)


def _generator(p: Adjoints) -> Iterator[Any]:
    yield from p.items()


complex_numbers = _each(lambda value: value + 5j)
complex_without_imaginary_part = _each(lambda value: value + 0j)
text = _each(lambda value: value.astype(str))
one_text = _each(str)
masked = _each(lambda value: np.ma.MaskedArray(value, mask=True))
dates = _each(lambda value: value.astype("M8[s]"))
booleans = _each(lambda value: value > 0)
objects = _each(lambda value: np.array([[object()]]))
nothing = instead(lambda p: None)
no_adjoint = instead(lambda p: {})
pairs = instead(lambda p: list(p.items()))
generator = instead(_generator)
other_shape = _each(lambda value: np.zeros((3, 7)))
more_vertices = instead(lambda p: {**p, 1000: np.zeros((1, 1))})
text_keys = instead(lambda p: {str(j): value for j, value in p.items()})
deaf_mapping = instead(_Deaf)

raises = first(lambda: 1 / 0)
raises_keyboard_interrupt = first(raising(KeyboardInterrupt()))
raises_base_exception = first(raising(BaseException("base")))
raises_generator_exit = first(raising(GeneratorExit()))
raises_a_mute_exception = first(raising(_Mute()))
raises_a_surrogate = first(raising(ValueError("\ud800 \x1b[31m \u202e" * 1000)))
recursion = first(lambda: _recursion())
unsupported = first(raising(NotImplementedError("everything")))


def _recursion() -> None:
    _recursion()


not_a_number = _each(lambda value: value * np.nan)
infinite = _each(lambda value: value + np.inf)
doubled = _each(lambda value: 2 * value)
slightly_wrong = _each(lambda value: value * 1.001)
every_seventh_doubled = _each(lambda value: 2 * value if len(calls) % 7 == 0 else value)
drift_from_call_7 = _each(lambda value: value * 1.5 if len(calls) >= 7 else value)
wrong_from_case_20 = _each(lambda value: 2 * value if len(calls) > 38 else value)
right_on_first_calls_only = _each(lambda value: value if len(calls) % 2 else 3 * value)


def wrong_inside_only() -> Any:
    def engine(graph: Any, leaves: Any, cotangent: Any) -> Any:
        p = right_engine(graph, leaves, cotangent)
        return {j: value if j <= graph.l or j == graph.n else 1.5 * value + 1 for j, value in p.items()}

    right_engine = instead(dict)()
    return engine


def wrong_inside_on_second_calls() -> Any:
    def engine(graph: Any, leaves: Any, cotangent: Any) -> Any:
        p = right_engine(graph, leaves, cotangent)
        again = len(calls) % 2 == 0
        return {j: 1.5 * value + 1 if again and graph.l < j < graph.n else value for j, value in p.items()}

    right_engine = instead(dict)()
    return engine


def changes_a_leaf() -> Any:
    def engine(graph: Any, leaves: Any, cotangent: Any) -> Any:
        p = right_engine(graph, leaves, cotangent)
        leaves[0][...] = 7
        return p

    right_engine = instead(dict)()
    return engine


def only_a_thread_knows() -> Any:
    """The thread that computes ends by SystemExit, which Python passes over in silence."""

    def engine(graph: Any, leaves: Any, cotangent: Any) -> Any:
        found: dict[int, Any] = {}

        def compute() -> None:
            raise SystemExit(0)

        thread = threading.Thread(target=compute)
        thread.start()
        thread.join()
        return found

    return engine
