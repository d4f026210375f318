"""Points that do not depend on the code."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.points import Point, _like
from backproof.verify.gradient_oracle.running import is_float

SMALLEST = 7
EVERY_KIND = frozenset(("formula", "floats", "shape", "finite", "protocol"))
HUGE = {"float64": 600, "float32": 80}  # binary exponents
SPANS = {"float16": 10.0}  # factors beyond leave a range of 10⁻⁷ to 65504
Rule: TypeAlias = "Callable[[Given, str], Iterable[Point]]"


@dataclass(frozen=True)
class Given:
    """The given arguments, generic ones of their shapes, and the numbers of those that are floats."""

    args: tuple[Any, ...]
    generic: tuple[Any, ...]
    floats: frozenset[int]
    rng: np.random.Generator

    def with_argument(self, k: int, value: Any) -> tuple[Any, ...]:
        """The given arguments with another one in place k."""
        return (*self.args[:k], value, *self.args[k + 1 :])


def variants(args: Sequence[Any], rng: np.random.Generator) -> Iterator[Point]:
    """The points of all `RULES`: they do not depend on the code."""
    if not any(is_float(a) for a in args):
        return
    floats = frozenset(k for k, a in enumerate(args) if is_float(a))
    given = Given(tuple(args), tuple(_drawn(a, np.shape(a), rng) if is_float(a) else a for a in args), floats, rng)
    for words, rule in RULES.items():
        yield from rule(given, words)


def _within_range(factor: float, args: Sequence[Any]) -> float:
    """The factor, no larger or smaller than the dtypes bear: right formulas cube and divide."""
    span = min((SPANS.get(np.asarray(a).dtype.name, math.inf) for a in args if is_float(a)), default=math.inf)
    return min(max(factor, 1 / span), span)


def _scaled(args: Sequence[Any], factor: float) -> tuple[Any, ...]:
    return tuple(_like(a, np.asarray(a, dtype=float) * factor) if is_float(a) else a for a in args)


def _drawn(a: Any, shape: tuple[int, ...], rng: np.random.Generator) -> Any:
    """Random values like those of an argument: positive where all of its are, of the same size; whole numbers in its range; else a copy spread to the shape."""
    array = np.asarray(a)
    if is_float(a):
        values = array.astype(float)
        spread = float(np.std(values)) or float(np.max(np.abs(values), initial=0.0)) or 1.0
        drawn = (
            np.abs(rng.normal(size=shape)) * spread + 0.1 * spread
            if values.size and np.all(values > 0)
            else rng.normal(size=shape) * spread
        )
        return drawn.astype(array.dtype) if isinstance(a, np.ndarray) else type(a)(float(drawn))
    if array.dtype.kind in "iu" and array.ndim:
        low, high = int(array.min(initial=0)), int(array.max(initial=0))
        return rng.integers(low, high + 1, size=shape).astype(array.dtype)
    if array.dtype.kind == "b" and array.ndim:
        return rng.random(shape) < 0.5
    return a


def _renamed(words: str, factor: float) -> str:
    """The words with the factor that was taken."""
    return f"{words[: words.index('times ')]}times {factor:.2g}"


def _times(factor: float, small: bool = False, generic: bool = False) -> Rule:
    """All float arguments times a factor."""

    def rule(given: Given, words: str) -> Iterable[Point]:
        here = _within_range(factor, given.args)
        args = _scaled(given.generic if generic else given.args, here)
        return [Point(args, words if here == factor else _renamed(words, here), small=given.floats if small else frozenset())]

    return rule


def _huge(given: Given, words: str) -> Iterator[Point]:
    """All float arguments, if they are of one dtype, times a power of two whose square overflows. Right formulas may overflow there as well."""
    dtypes = {np.asarray(given.args[k]).dtype for k in given.floats}
    exponent = HUGE.get(next(iter(dtypes)).name) if len(dtypes) == 1 else None
    if exponent is not None:
        yield Point(_scaled(given.args, 2.0**exponent), words, noted=frozenset(("floats",)))


def _alone_times(factor: float) -> Rule:
    """One float argument of several times a factor, each in turn."""

    def rule(given: Given, words: str) -> Iterator[Point]:
        for k in sorted(given.floats) if len(given.floats) > 1 else ():
            here = _within_range(factor, given.args[k : k + 1])
            (moved,) = _scaled((given.args[k],), here)
            small = frozenset((k,)) if factor < 1 else frozenset[int]()
            named = words if here == factor else _renamed(words, here)
            yield Point(given.with_argument(k, moved), named.replace("one argument", f"argument {k}"), small=small)

    return rule


def _each(change: Callable[[Array, np.random.Generator], Array]) -> Rule:
    """All float arguments changed, each by itself."""
    return lambda given, words: [
        Point(tuple(_like(a, change(np.array(a, dtype=float), given.rng)) if is_float(a) else a for a in given.args), words)
    ]


def _with_zero(x: Array, rng: np.random.Generator) -> Array:
    if x.size:
        x.flat[int(rng.integers(x.size))] = 0.0
    return x


def _with_tie(x: Array, rng: np.random.Generator) -> Array:
    if x.size > 1:
        largest = int(np.argmax(x))
        x.flat[int(rng.choice([k for k in range(x.size) if k != largest]))] = x.flat[largest]
    return x


def _mixed_signs(given: Given, words: str) -> Iterable[Point]:
    """Every other entry negative, beginning with another one in the next argument."""

    def mixed(a: Any, turn: int) -> Any:
        values = np.abs(np.asarray(a, dtype=float))
        return _like(a, values * np.where((np.arange(values.size) + turn) % 2, 1.0, -1.0).reshape(values.shape))

    return [Point(tuple(mixed(a, k) if k in given.floats else a for k, a in enumerate(given.generic)), words)]


def _first_zeros(given: Given, words: str) -> Iterable[Point]:
    """Zero in the first place of every array, also of those of whole numbers."""

    def first_zero(a: Any) -> Any:
        if not isinstance(a, np.ndarray) or not a.size:
            return a
        values = a.copy()
        values.flat[0] = 0
        return values

    return [Point(tuple(first_zero(a) for a in given.args), words)]


def _larger(by: Callable[[int], int]) -> Rule:
    """Every size that stands in some shape, made larger everywhere at once."""

    def rule(given: Given, words: str) -> Iterator[Point]:
        sizes = sorted({size for a in given.args if isinstance(a, np.ndarray) for size in a.shape if size})
        for size in sizes:
            if (larger := by(size)) > size:
                shapes = [tuple(larger if s == size else s for s in np.shape(a)) for a in given.args]
                yield _reshaped(given, shapes, f"size {size} made {larger}")

    return rule


def _alone_larger(given: Given, words: str) -> Iterator[Point]:
    for k, a in enumerate(given.args):
        for axis in range(np.ndim(a)) if is_float(a) and len(given.args) > 1 else ():
            shapes = [np.shape(b) for b in given.args]
            shapes[k] = (*shapes[k][:axis], shapes[k][axis] + 2, *shapes[k][axis + 1 :])
            yield _reshaped(given, shapes, f"argument {k} alone larger along axis {axis}")


def _first_larger(given: Given, words: str) -> Iterator[Point]:
    """The first size of all arrays, where another axis has that size as well."""
    first = {a.shape[0] for a in given.args if isinstance(a, np.ndarray) and a.ndim}
    if len(first) == 1 and any(len(set(np.shape(a))) < np.ndim(a) for a in given.args):
        (size,) = first
        shapes = [(size + 2, *np.shape(a)[1:]) if np.ndim(a) else () for a in given.args]
        yield _reshaped(given, shapes, f"first size {size} made {size + 2}")


def _reshaped(given: Given, shapes: Sequence[tuple[int, ...]], words: str) -> Point:
    """Random values in place of the arguments whose shape is another one."""
    new = tuple(a if np.shape(a) == shape else _drawn(a, shape, given.rng) for a, shape in zip(given.args, shapes, strict=True))
    return Point(new, words, resized=True)


def _one_more_axis(given: Given, words: str) -> Iterable[Point]:
    """Every array twice, along a new first axis."""
    both = zip(given.args, given.generic, strict=True)
    return [Point(tuple(np.stack([a, b]) if isinstance(a, np.ndarray) else a for a, b in both), words, noted=EVERY_KIND)]


def _sizes_of_one(given: Given, words: str) -> Iterator[Point]:
    """The last array of floats that is not the only one, with one entry and the same rank: it is broadcast."""
    arrays = [k for k, a in enumerate(given.args) if isinstance(a, np.ndarray) and k in given.floats and a.size > 1]
    if arrays and len(given.floats) > 1:
        k = arrays[-1]
        one = given.args[k].reshape(-1)[:1].reshape((1,) * given.args[k].ndim)
        yield Point(given.with_argument(k, one), f"argument {k} of shape {one.shape}", noted=EVERY_KIND)


def _indices(change: Callable[[Array], Array], kinds: str = "iu", fits: Callable[[Array], bool] = lambda a: True) -> Rule:
    """Each array of whole numbers, or of truth values, changed by itself."""

    def rule(given: Given, words: str) -> Iterator[Point]:
        for k, a in enumerate(given.args):
            if isinstance(a, np.ndarray) and a.dtype.kind in kinds and a.size and a.ndim and fits(a):
                changed = change(a.copy())
                if not np.array_equal(changed, a):
                    yield Point(given.with_argument(k, changed), words)

    return rule


def _last_negative(a: Array) -> Array:
    a.flat[-1] = -1
    return a


RULES: dict[str, Rule] = {
    "generic values": lambda given, words: [Point(given.generic, words)],
    "small values, times 1e-08": _times(1e-8, small=True, generic=True),
    "large values, times 1e+08": _times(1e8, generic=True),
    "negative values": _each(lambda x, rng: -np.abs(x) - 0.1),
    "a zero": _each(_with_zero),
    "mixed signs": _mixed_signs,
    "a size of one made three": _larger(lambda size: 3 if size == 1 else 0),
    "a size larger by one": _larger(lambda size: size + 1 if size > 1 else 0),
    "a size much larger": _larger(lambda size: max(SMALLEST, size + 2) if size > 1 else 0),
    "one argument alone larger": _alone_larger,
    "the first size larger": _first_larger,
    "indices repeated": _indices(lambda a: np.resize(a.reshape(-1)[: max(1, a.size // 2)], a.shape)),
    "indices all equal": _indices(lambda a: np.full_like(a, a.flat[-1])),
    "indices turned around": _indices(lambda a: a[::-1].copy()),
    "indices all zero": _indices(np.zeros_like),
    "indices with a -1": _indices(_last_negative, "i", lambda a: bool(a.min() >= 0)),
    "truth values all true": _indices(np.ones_like, "b"),
    "truth values all false": _indices(np.zeros_like, "b"),
    "truth values turned around": _indices(np.logical_not, "b"),
    "two equal entries": _each(_with_tie),
    "zeros": _each(lambda x, rng: np.zeros_like(x)),
    "zeros in the first place of every argument": _first_zeros,
    "next to zero, times 1e-15": _times(1e-15, small=True),
    "times 30": _times(30.0),
    "one argument times 1e-08": _alone_times(1e-8),
    "one argument times 1e+08": _alone_times(1e8),
    "times 1e-04": _times(1e-4, small=True),
    "times 1e+04": _times(1e4),
    "rounded to whole numbers": _each(lambda x, rng: np.round(x)),
    "all entries equal": _each(lambda x, rng: np.full_like(x, x.flat[0] if x.size else 0.0)),
    "huge values, whose squares overflow": _huge,
    "one more leading axis": _one_more_axis,
    "all sizes of an argument made one": _sizes_of_one,
}
