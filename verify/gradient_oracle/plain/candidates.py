"""Other arguments for somebody's code that differ in what is no lifted number: `resized` in their sizes, `reformed` in
dtypes, ranks and types, `reset` in whole numbers, truth values and words; and `at_keys`, at whole numbers that the code
looks up.

Sizes that are equal change together; where an array has one of them twice, the first axes change alone as well. Entries
are drawn like the given ones. Whether f takes any of this is for `screening.py` to find out.

>>> rng = np.random.default_rng(0)
>>> [[np.shape(a) for a in one.args] for one in resized((np.ones((3, 4)), np.ones(4)), (1, 65), rng)]
[[(1, 4), (4,)], [(3, 1), (1,)], [(65, 4), (4,)], [(3, 65), (65,)]]
>>> [one.words for one in reset((np.ones(2), "sum", 3), ["mean"], [])][:3]
["argument 1 set to 'mean'", "argument 1 set to 'another word'", 'argument 2 set to 2']
>>> [one.words for one in reformed((1.0,), rng)]
['a scalar of NumPy', 'of rank 1']
>>> next(reformed((), rng))
Traceback (most recent call last):
    ...
StopIteration
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.given.names import argument

MOST_ENTRIES = 16_384  # chosen: of a candidate; some runs in floats of so many take milliseconds
ALONE = 3  # what other sizes are made where there are more
SPREAD = (0.8, 1.25)  # chosen: positive entries are drawn by so much beside given ones
ABOVE = (0.2, 0.8)  # chosen: between two whole numbers, away from both
LARGEST_SETTING = 64  # chosen: whole numbers up to that are tried as settings; a larger one is a size
MOST_SETTINGS = 16  # chosen: other values of one argument
ANOTHER = "another word"  # a word that no code knows: what it takes for every other
FORMS = ("float64", "float32", "float16")


class Axis(Enum):
    """What is another one."""

    SIZE = "sizes"
    DTYPE = "dtypes"
    TYPE = "ranks and types"
    SETTING = "settings"


@dataclass(frozen=True, eq=False)
class Candidate:
    """Arguments to try, what is special about them in `words`, and along which `axis`. `size`: the one that was made.
    `otherwise`: the same where whole numbers go with the sizes."""

    args: tuple[Any, ...]
    words: str
    axis: Axis
    size: int = -1
    otherwise: tuple[Any, ...] | None = None

    def as_told(self) -> Candidate:
        """The other way to change whole numbers."""
        return self if self.otherwise is None else replace(self, args=self.otherwise, otherwise=None)


# sizes


def resized(args: Sequence[Any], sizes: Sequence[int], rng: np.random.Generator) -> Iterator[Candidate]:
    """The arguments with each of the sizes along every axis; what has too many entries even with the other axes short is
    left out."""
    shapes = [np.shape(a) if isinstance(a, np.ndarray) else None for a in args]
    there = sorted({size for shape in shapes if shape for size in shape})
    for new in sizes:
        for old in there:
            if new != old:
                yield from _made(args, shapes, old, new, rng, False)
        first = {shape[0] for shape in shapes if shape}
        if len(first) == 1 and new not in first and any(shape and shape.count(shape[0]) > 1 for shape in shapes):
            yield from _made(args, shapes, first.pop(), new, rng, True)


def _made(
    args: Sequence[Any], shapes: Sequence[tuple[int, ...] | None], old: int, new: int, rng: np.random.Generator, first: bool
) -> Iterator[Candidate]:
    """The candidate in which one size, or the first one only, is another."""

    def changed(shape: tuple[int, ...], most: float) -> tuple[int, ...]:
        return tuple(new if size == old and not (first and axis) else int(min(size, most)) for axis, size in enumerate(shape))

    for most in (math.inf, ALONE):
        wanted = [shape and changed(shape, most) for shape in shapes]
        if sum(math.prod(shape) for shape in wanted if shape) <= MOST_ENTRIES:
            break
    else:
        return
    made = tuple(a if shape is None or shape == np.shape(a) else _drawn(a, shape, rng) for a, shape in zip(args, wanted, strict=True))
    told = tuple(new if type(a) is int and a == old else _below(b, a, old, new) for a, b in zip(args, made, strict=True))
    same = all(a is b for a, b in zip(made, told, strict=True))
    what = "the first size" if first else "size"
    yield Candidate(made, f"{what} {old} made {new:,}", Axis.SIZE, new, None if same else told)


def as_large(args: Sequence[Any], rng: np.random.Generator) -> Iterator[Candidate]:
    """The larger of two sizes that stand in different arguments made the smaller one. That it becomes less than that, sizes
    of 1 and 2 show.

    >>> [[np.shape(a) for a in one.args] for one in as_large((np.ones((5, 2)), np.ones(3)), np.random.default_rng(0))]
    [[(5, 2), (2,)], [(3, 2), (3,)]]
    """
    shapes = [np.shape(a) if isinstance(a, np.ndarray) else None for a in args]
    own = [{size for size in shape if size > 1} for shape in shapes if shape]
    pairs = {(max(a, b), min(a, b)) for k, one in enumerate(own) for other in own[k + 1 :] for a in one for b in other if a != b}
    for old, new in sorted(pairs):
        yield from _made(args, shapes, old, new, rng, False)


def all_resized(args: Sequence[Any], sizes: Sequence[int], rng: np.random.Generator) -> Iterator[Candidate]:
    """All sizes made larger at once: the least of them to each of these, the next to one more, as they were different.

    >>> [np.shape(one.args[0]) for one in all_resized((np.ones((3, 4)),), (7, 8), np.random.default_rng(0))]
    [(7, 8), (8, 9)]
    """
    shapes = [np.shape(a) if isinstance(a, np.ndarray) else None for a in args]
    there = sorted({size for shape in shapes if shape for size in shape})
    for new in sizes if len(there) > 1 or any(shape and len(shape) > 1 for shape in shapes) else ():
        larger = {old: new + k for k, old in enumerate(there)}
        wanted = [shape and tuple(larger[size] for size in shape) for shape in shapes]
        if sum(math.prod(shape) for shape in wanted if shape) <= MOST_ENTRIES:
            made = tuple(a if shape is None else _drawn(a, shape, rng) for a, shape in zip(args, wanted, strict=True))
            yield Candidate(made, f"all sizes from {new} on", Axis.SIZE, new)


def _drawn(a: Any, shape: tuple[int, ...], rng: np.random.Generator) -> Any:
    """Entries like those of an array, in another shape."""
    values = np.asarray(a).reshape(-1)
    if not values.size or not math.prod(shape):
        return np.zeros(shape, dtype=values.dtype)
    taken = values[rng.integers(values.size, size=shape)]
    if not is_float(a):
        return taken
    wide = values.astype(float)
    if np.all(wide > 0):
        return (taken.astype(float) * rng.uniform(*SPREAD, size=shape)).astype(values.dtype)
    spread = float(np.std(wide)) or float(np.max(np.abs(wide))) or 1.0
    return (rng.normal(size=shape) * spread).astype(values.dtype)


def _below(made: Any, given: Any, old: int, new: int) -> Any:
    """Whole numbers that were below the old size, below the new one: indices."""
    if not isinstance(given, np.ndarray) or given.dtype.kind not in "iu" or not given.size or new < 1:
        return made
    return made % new if new < old and int(given.min()) >= 0 and int(given.max()) < old else made


# dtypes, ranks, types


def reformed(args: Sequence[Any], rng: np.random.Generator) -> Iterator[Candidate]:
    """The floats among the arguments in other dtypes; as single numbers, arrays of another rank, None."""
    floats = [k for k, a in enumerate(args) if is_float(a)]
    arrays = [k for k in floats if isinstance(args[k], np.ndarray | np.generic)]
    for name in FORMS:
        if any(args[k].dtype != name for k in arrays):
            yield Candidate(_with(args, arrays, lambda a, name=name: a.astype(name)), f"dtype {name}", Axis.DTYPE)
    for words, change, fits in _RANKS:
        for places in [floats] if len(floats) == 1 else [floats, *([k] for k in floats)]:
            if places and all(fits(args[k]) for k in places):
                which = "" if len(places) == len(floats) else f"{argument(places[0])} "
                yield Candidate(_with(args, places, change), f"{which}{words}", Axis.TYPE)
    for k, a in enumerate(args):
        if a is not None and floats != [k]:
            yield Candidate(_with(args, [k], lambda _: None), f"None for {argument(k)}", Axis.TYPE)


def _with(args: Sequence[Any], places: Sequence[int], change: Callable[[Any], Any]) -> tuple[Any, ...]:
    return tuple(change(a) if k in places else a for k, a in enumerate(args))


def _has_entries(a: Any) -> bool:
    return isinstance(a, np.ndarray) and a.size > 0


_RANKS: tuple[tuple[str, Callable[[Any], Any], Callable[[Any], bool]], ...] = (
    ("of rank 0", lambda a: np.asarray(a.flat[0]), lambda a: _has_entries(a) and a.ndim > 0),
    ("a float of Python", lambda a: float(np.asarray(a).flat[0]), lambda a: type(a) is not float and np.size(a) > 0),
    ("a scalar of NumPy", lambda a: np.asarray(a).flat[0], lambda a: not isinstance(a, np.generic) and np.size(a) > 0),
    ("of rank 1", lambda a: np.full(3, a) * np.array([1.0, 1.25, 0.75]).astype(np.asarray(a).dtype), lambda a: np.ndim(a) == 0),
    ("without its first axis", lambda a: a[0].copy(), lambda a: _has_entries(a) and a.ndim > 1),
    ("with one more axis", lambda a: a[None].copy(), _has_entries),
    ("with one more last axis", lambda a: a[..., None].copy(), _has_entries),
)
"""Other ranks and types of a float: in words, how it is made, of what."""


# values


def at_keys(args: Sequence[Any], keys: Sequence[int], rng: np.random.Generator) -> Iterator[Candidate]:
    """Each array of floats with entries a little above these whole numbers, as long as there are some left.

    >>> [one.args[0].astype(int).tolist() for one in at_keys((np.ones(2),), (3, 5, 7), np.random.default_rng(0))]
    [[3, 5], [7, 3]]
    """
    for k, a in enumerate(args):
        if isinstance(a, np.ndarray) and is_float(a) and a.size:
            for start in range(0, len(keys), a.size):
                values = np.resize([*keys[start:], *keys[:start]], a.shape) + rng.uniform(*ABOVE, size=a.shape)
                chosen = values.astype(a.dtype)
                shown = ", ".join(map(str, keys[start : start + a.size][:3]))
                yield Candidate(_with(args, [k], lambda _, new=chosen: new), f"{argument(k)} at {shown}, …", Axis.SETTING)


# settings


def reset(args: Sequence[Any], words: Sequence[str], numbers: Sequence[int]) -> Iterator[Candidate]:
    """Each argument that is a word, a truth value or a whole number at other values; `words` and `numbers` are those
    that the code knows."""
    for k, a in enumerate(args):
        for value in list(dict.fromkeys(_others(a, words, numbers)))[:MOST_SETTINGS]:
            yield Candidate(_with(args, [k], lambda _, value=value: value), f"{argument(k)} set to {value!r}", Axis.SETTING)


def _others(a: Any, words: Sequence[str], numbers: Sequence[int]) -> list[Any]:
    if isinstance(a, str):
        return [word for word in (*words, ANOTHER) if word != a]
    if isinstance(a, bool | np.bool_):
        return [type(a)(not a)]
    if isinstance(a, int | np.integer) and abs(int(a)) <= LARGEST_SETTING:
        known = [near for number in numbers if number <= LARGEST_SETTING for near in (number, number - 1, number + 1)]
        return [type(a)(value) for value in (a - 1, a + 1, 0, 1, 2, *known) if value != a and (value >= 0 or a < 0)]
    return []
