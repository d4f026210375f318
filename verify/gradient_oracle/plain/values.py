"""Other values of the floats, where the forward cannot be followed: the points that would be judged, and values on both
sides of every number that the code names, as candidates to be compared with differences. `of_values(points, codes, …)`.

What is found there is looked at beside, where there is no tie and no zero: `beside(args, rng)`.

>>> def f(x):
...     return x * (2.0 if x.max() > 50.5 else 1.0)
>>> rng = np.random.default_rng(0)
>>> [one.words for one in of_values([], [f.__code__], (np.ones(2),), rng)]
['values about 50.5', 'values about 2']
>>> at, = next(of_values([], [f.__code__], (np.ones(2),), rng)).args
>>> bool(np.all((at > 40) & (at < 65))), [float(abs(v) < 1e-2) for v in beside((np.zeros(2),), rng)[0]]
(True, [1.0, 1.0])
>>> list(of_values([], [None], (), rng))
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'co_consts'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import CodeType
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.plain.candidates import Axis, Candidate
from backproof.verify.numbers.float_model import largest_entry

LEAST, LARGEST = 1e-3, 1e6  # chosen: numbers outside of that are guards and sentinels more often than thresholds
MOST = 12  # chosen: numbers of the code about which values are tried, the largest first
ABOUT = (0.8, 1.25)  # chosen: values lie by so much on both sides
ASIDE = (0.99, 1.01)  # chosen: far enough that differences have no tie, near enough for the same branch
FROM_ZERO = 1e-2  # chosen, of the largest entry or of 1: the same for zeros


def of_values(
    points: Iterable[tuple[tuple[Any, ...], str]], codes: Iterable[CodeType], args: Sequence[Any], rng: np.random.Generator
) -> Iterator[Candidate]:
    """Candidates with other values: the arguments of points, with their words, then values about numbers of the code."""
    for values, words in points:
        yield Candidate(values, words, Axis.SETTING)
    for number in numbers_of(codes):
        yield Candidate(tuple(_about(a, number, rng) for a in args), f"values about {number:g}", Axis.SETTING)


def numbers_of(codes: Iterable[CodeType]) -> list[float]:
    """The floats and whole numbers that code names, but 0 and 1."""
    found = {abs(float(part)) for code in codes for part in code.co_consts if type(part) in (int, float)}
    return sorted((x for x in found - {1.0} if LEAST <= x <= LARGEST), reverse=True)[:MOST]


def _about(a: Any, number: float, rng: np.random.Generator) -> Any:
    return _like(a, number * rng.uniform(*ABOUT, size=np.shape(a))) if is_float(a) else a


def _like(a: Any, values: Any) -> Any:
    """The values in the type and the dtype of a float or an array."""
    return np.asarray(values, dtype=a.dtype) if isinstance(a, np.ndarray) else type(a)(float(values))


def beside(args: Sequence[Any], rng: np.random.Generator) -> tuple[Any, ...]:
    """Each float a little aside; zeros too."""
    moved: list[Any] = []
    for a in args:
        if not is_float(a):
            moved.append(a)
            continue
        values = np.asarray(a, dtype=float)
        step = FROM_ZERO * (largest_entry([values]) or 1.0) * rng.uniform(-1.0, 1.0, size=values.shape)
        moved.append(_like(a, np.where(values == 0, step, values * rng.uniform(*ASIDE, size=values.shape))))
    return tuple(moved)
