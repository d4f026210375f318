"""Points that do not depend on the code: the given arguments, changed in every way of the table `VARIANTS`.

They are of the same shapes and not what people test with: generic (not symmetric, no zeros), with ties and zeros,
negative, of tiny and huge magnitudes, with repeated and turned indices; or of other shapes: every size that arguments
share made larger (a batch of one made three), one more axis, sizes of one. A row is added here and nowhere else.

>>> rng = np.random.default_rng(0)
>>> [point.words for point in variants((np.array([[1.0, 2.0]]),), rng)][:5]
['generic values', 'small values, times 1e-08', 'large values, times 1e+08', 'negative values', 'a zero']
>>> next(point.args[0].shape for point in variants((np.array([[1.0, 2.0]]),), rng) if "size 1 made 3" in point.words)
(3, 2)
>>> next(variants((3,), rng))
Traceback (most recent call last):
    ...
StopIteration
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.aimed.steps import in_form_of
from backproof.verify.gradient_oracle.findings import Kind
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.given.names import argument
from backproof.verify.gradient_oracle.plain.positions import are_labels
from backproof.verify.gradient_oracle.points import Point
from backproof.verify.numbers.float_model import largest_entry

FROM_ONE = 3  # what a size of one is made: two would be the size that people test with
SMALLEST = 7  # chosen: what a size is made at least to be much larger, beyond loops that stop after five steps or six
LONGER = 2  # chosen: by how much one axis alone is made longer
HUGE = {"float64": 600, "float32": 80}  # powers of two: their squares overflow (from 512, 64), usual values times them do not
SPANS = {"float16": 10.0}  # chosen: right formulas cube and divide, and larger factors leave a range of 10⁻⁷ to 65504

Points: TypeAlias = "Callable[[Given, Variant], Iterable[Point]]"


@dataclass(frozen=True)
class Given:
    """The given arguments, generic ones of their shapes, and the numbers of those that are floats; whether the code reads
    an argument as positions."""

    args: tuple[Any, ...]
    generic: tuple[Any, ...]
    floats: frozenset[int]
    rng: np.random.Generator
    is_position: Callable[[int], bool] = lambda k: True

    def with_argument(self, k: int, value: Any) -> tuple[Any, ...]:
        """The given arguments with another one in place k."""
        return (*self.args[:k], value, *self.args[k + 1 :])


@dataclass(frozen=True)
class Variant:
    """One way to change arguments: a row of `VARIANTS`.

    `kind`     what is changed, in words
    `points`   the points that come of it
    `factor`   by which floats are multiplied, as far as their dtype bears it
    `argument` which argument alone; in the table None, for each in turn

    >>> tiny = Variant("one argument", lambda given, variant: [], 1e-8)
    >>> tiny.words, replace(tiny, argument=2, factor=0.1).words
    ('one argument times 1e-08', 'argument 2 times 0.1')
    """

    kind: str
    points: Points
    factor: float = 1.0
    argument: int | None = None

    @property
    def words(self) -> str:
        """What is special about its points."""
        what = self.kind if self.argument is None else argument(self.argument)
        if self.factor == 1.0:
            return what
        return f"{what} times {self.factor:{'.0e' if self.factor < 1e-3 else '.2g'}}".lstrip()


def variants(args: Sequence[Any], rng: np.random.Generator, is_position: Callable[[int], bool] = lambda k: True) -> Iterator[Point]:
    """The points of all `VARIANTS`; none without a float among the arguments. `is_position(k)` says whether the code
    reads argument k as positions."""
    if not any(is_float(a) for a in args):
        return
    floats = frozenset(k for k, a in enumerate(args) if is_float(a))
    given = Given(tuple(args), tuple(_drawn(a, np.shape(a), rng) if is_float(a) else a for a in args), floats, rng, is_position)
    for variant in VARIANTS:
        yield from variant.points(given, variant)


# values


def _drawn(a: Any, shape: tuple[int, ...], rng: np.random.Generator) -> Any:
    """Random values like those of an argument: positive where all of its are, of the same size; whole numbers in its
    range; else a copy spread to the shape."""
    array = np.asarray(a)
    if is_float(a):
        values = array.astype(float)
        spread = float(np.std(values)) or largest_entry([values]) or 1.0
        drawn = rng.normal(size=shape)
        drawn = np.abs(drawn) * spread + 0.1 * spread if values.size and np.all(values > 0) else drawn * spread
        return np.asarray(drawn).astype(array.dtype) if isinstance(a, np.ndarray) else type(a)(float(drawn))
    if array.dtype.kind in "iu" and array.ndim:
        low, high = int(array.min(initial=0)), int(array.max(initial=0))
        return rng.integers(low, high + 1, size=shape).astype(array.dtype)
    if array.dtype.kind == "b" and array.ndim:
        return rng.random(shape) < 0.5
    return a


def _within_range(variant: Variant, args: Sequence[Any]) -> Variant:
    """The variant with a factor no larger or smaller than the dtypes bear."""
    span = min((SPANS.get(np.asarray(a).dtype.name, math.inf) for a in args if is_float(a)), default=math.inf)
    return replace(variant, factor=min(max(variant.factor, 1 / span), span))


def _scaled(args: Sequence[Any], factor: float) -> tuple[Any, ...]:
    return tuple(in_form_of(a, np.asarray(a, dtype=float) * factor) if is_float(a) else a for a in args)


def _times(given: Given, variant: Variant, generic: bool = False) -> Iterable[Point]:
    """All float arguments times the factor."""
    here = _within_range(variant, given.args)
    small = given.floats if variant.factor < 1 else frozenset[int]()
    return [Point(_scaled(given.generic if generic else given.args, here.factor), here.words, small=small)]


def _generic_times(given: Given, variant: Variant) -> Iterable[Point]:
    """Generic values times the factor."""
    return _times(given, variant, generic=True)


def _alone_times(given: Given, variant: Variant) -> Iterator[Point]:
    """One float argument of several times the factor, each in turn."""
    for k in sorted(given.floats) if len(given.floats) > 1 else ():
        here = replace(_within_range(variant, given.args[k : k + 1]), argument=k)
        small = frozenset((k,)) if variant.factor < 1 else frozenset[int]()
        yield Point(given.with_argument(k, *_scaled((given.args[k],), here.factor)), here.words, small=small)


def _huge(given: Given, variant: Variant) -> Iterator[Point]:
    """All float arguments, if they are of one dtype, times a power of two whose square overflows. Right formulas may
    overflow there as well."""
    dtypes = {np.asarray(given.args[k]).dtype for k in given.floats}
    exponent = HUGE.get(next(iter(dtypes)).name) if len(dtypes) == 1 else None
    if exponent is not None:
        yield Point(_scaled(given.args, 2.0**exponent), variant.words, noted=frozenset((Kind.FLOATS,)))


def _each(change: Callable[[Array, np.random.Generator], Array]) -> Points:
    """All float arguments changed, each by itself."""

    def points(given: Given, variant: Variant) -> Iterable[Point]:
        changed = tuple(in_form_of(a, change(np.array(a, dtype=float), given.rng)) if is_float(a) else a for a in given.args)
        return [Point(changed, variant.words)]

    return points


def _with_zero(x: Array, rng: np.random.Generator) -> Array:
    if x.size:
        x.flat[int(rng.integers(x.size))] = 0.0
    return x


def _with_tie(x: Array, rng: np.random.Generator) -> Array:
    if x.size > 1:
        most = int(np.argmax(x))
        x.flat[int(rng.choice([k for k in range(x.size) if k != most]))] = x.flat[most]
    return x


def _mixed_signs(given: Given, variant: Variant) -> Iterable[Point]:
    """Every other entry negative, beginning with another one in the next argument."""

    def mixed(a: Any, turn: int) -> Any:
        values = np.abs(np.asarray(a, dtype=float))
        return in_form_of(a, values * np.where((np.arange(values.size) + turn) % 2, 1.0, -1.0).reshape(values.shape))

    return [Point(tuple(mixed(a, k) if k in given.floats else a for k, a in enumerate(given.generic)), variant.words)]


def _first_zeros(given: Given, variant: Variant) -> Iterable[Point]:
    """Zero in the first place of every array, also of those of whole numbers."""

    def first_zero(a: Any) -> Any:
        if not isinstance(a, np.ndarray) or not a.size:
            return a
        values = a.copy()
        values.flat[0] = 0
        return values

    return [Point(tuple(first_zero(a) for a in given.args), variant.words)]


# sizes


def _larger(by: Callable[[int], int]) -> Points:
    """Every size that stands in some shape, made larger everywhere at once."""

    def points(given: Given, variant: Variant) -> Iterator[Point]:
        sizes = sorted({size for a in given.args if isinstance(a, np.ndarray) for size in a.shape if size})
        for size in sizes:
            if (larger := by(size)) > size:
                shapes = [tuple(larger if s == size else s for s in np.shape(a)) for a in given.args]
                yield _reshaped(given, shapes, replace(variant, kind=f"size {size} made {larger}"))

    return points


def _alone_larger(given: Given, variant: Variant) -> Iterator[Point]:
    """One axis of one argument of several, each in turn. Where whole numbers (labels, ids) come in that size, a backward
    need not be meant for more rows than there are labels."""
    whole = {size for a in given.args if isinstance(a, np.ndarray) and a.dtype.kind in "iu" for size in a.shape}
    for k, a in enumerate(given.args):
        for axis in range(np.ndim(a)) if is_float(a) and len(given.args) > 1 else ():
            shapes = [np.shape(b) for b in given.args]
            shapes[k] = (*shapes[k][:axis], shapes[k][axis] + LONGER, *shapes[k][axis + 1 :])
            point = _reshaped(given, shapes, replace(variant, kind=f"{argument(k)} alone larger along axis {axis}"))
            yield replace(point, noted=frozenset(Kind)) if np.shape(a)[axis] in whole else point


def _first_larger(given: Given, variant: Variant) -> Iterator[Point]:
    """The first size of all arrays, where another axis has that size as well."""
    first = {a.shape[0] for a in given.args if isinstance(a, np.ndarray) and a.ndim}
    if len(first) == 1 and any(len(set(np.shape(a))) < np.ndim(a) for a in given.args):
        (size,) = first
        shapes = [(size + LONGER, *np.shape(a)[1:]) if np.ndim(a) else () for a in given.args]
        yield _reshaped(given, shapes, replace(variant, kind=f"first size {size} made {size + LONGER}"))


def _reshaped(given: Given, shapes: Sequence[tuple[int, ...]], variant: Variant) -> Point:
    """Random values in place of the arguments whose shape is another one."""
    new = tuple(a if np.shape(a) == shape else _drawn(a, shape, given.rng) for a, shape in zip(given.args, shapes, strict=True))
    return Point(new, variant.words, resized=True)


def _one_more_axis(given: Given, variant: Variant) -> Iterable[Point]:
    """Every array twice, along a new first axis."""
    both = zip(given.args, given.generic, strict=True)
    stacked = tuple(np.stack([a, b]) if isinstance(a, np.ndarray) else a for a, b in both)
    return [Point(stacked, variant.words, noted=frozenset(Kind))]


def _sizes_of_one(given: Given, variant: Variant) -> Iterator[Point]:
    """The last array of floats that is not the only one, with one entry and the same rank: it is broadcast."""
    arrays = [k for k, a in enumerate(given.args) if isinstance(a, np.ndarray) and k in given.floats and a.size > 1]
    if arrays and len(given.floats) > 1:
        k = arrays[-1]
        one = given.args[k].reshape(-1)[:1].reshape((1,) * given.args[k].ndim)
        here = replace(variant, kind=f"{argument(k)} of shape {one.shape}")
        yield Point(given.with_argument(k, one), here.words, noted=frozenset(Kind))


# whole numbers and truth values


def _indices(change: Callable[[Array], Array], kinds: str = "iu", fits: Callable[[Array], bool] = lambda a: True) -> Points:
    """Each array of whole numbers, or of truth values, changed by itself."""

    def points(given: Given, variant: Variant) -> Iterator[Point]:
        for k, a in enumerate(given.args):
            if isinstance(a, np.ndarray) and a.dtype.kind in kinds and a.size and a.ndim and fits(a):
                changed = change(a.copy())
                if not np.array_equal(changed, a):
                    yield Point(given.with_argument(k, changed), variant.words)

    return points


def _last_negative(a: Array) -> Array:
    a.flat[-1] = -1
    return a


def _negative(given: Given, variant: Variant) -> Iterator[Point]:
    """The last one −1, where that is a position: to labels 0 and 1 it is none."""
    for point in _indices(_last_negative, "i", lambda a: bool(a.min() >= 0))(given, variant):
        k = next(k for k, (a, b) in enumerate(zip(point.args, given.args, strict=True)) if a is not b)
        if not are_labels(given.args[k]) or given.is_position(k):
            yield point


VARIANTS: tuple[Variant, ...] = (
    Variant("generic values", lambda given, variant: [Point(given.generic, variant.words)]),
    Variant("small values,", _generic_times, 1e-8),
    Variant("large values,", _generic_times, 1e8),
    Variant("negative values", _each(lambda x, rng: -np.abs(x) - 0.1)),
    Variant("a zero", _each(_with_zero)),
    Variant("mixed signs", _mixed_signs),
    Variant("a size of one made three", _larger(lambda size: FROM_ONE if size == 1 else 0)),
    Variant("a size larger by one", _larger(lambda size: size + 1 if size > 1 else 0)),
    Variant("a size much larger", _larger(lambda size: max(SMALLEST, size + LONGER) if size > 1 else 0)),
    Variant("one argument alone larger", _alone_larger),
    Variant("the first size larger", _first_larger),
    Variant("indices repeated", _indices(lambda a: np.resize(a.reshape(-1)[: max(1, a.size // 2)], a.shape))),
    Variant("indices all equal", _indices(lambda a: np.full_like(a, a.flat[-1]))),
    Variant("indices turned around", _indices(lambda a: a[::-1].copy())),
    Variant("indices all zero", _indices(np.zeros_like)),
    Variant("indices with a -1", _negative),
    Variant("truth values all true", _indices(np.ones_like, "b")),
    Variant("truth values all false", _indices(np.zeros_like, "b")),
    Variant("truth values turned around", _indices(np.logical_not, "b")),
    Variant("two equal entries", _each(_with_tie)),
    Variant("zeros", _each(lambda x, rng: np.zeros_like(x))),
    Variant("zeros in the first place of every argument", _first_zeros),
    Variant("next to zero,", _times, 1e-15),
    Variant("", _times, 30.0),
    Variant("one argument", _alone_times, 1e-8),
    Variant("one argument", _alone_times, 1e8),
    Variant("", _times, 1e-4),
    Variant("", _times, 1e4),
    Variant("rounded to whole numbers", _each(lambda x, rng: np.round(x))),
    Variant("all entries equal", _each(lambda x, rng: np.full_like(x, x.flat[0] if x.size else 0.0))),
    Variant("huge values, whose squares overflow", _huge),
    Variant("one more leading axis", _one_more_axis),
    Variant("all sizes of an argument made one", _sizes_of_one),
)
"""The most telling first; of a budget of points, those at the end may not be reached."""
