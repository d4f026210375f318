"""At which points `check` looks: the given ones, then others chosen by reading the code and by breaking structure.

- `across(read, …)`: the other side of a decision that the code took, or exactly on it: one Newton step along the gradient of its margin, a little longer or far longer;
- `shifted(read, …)`: another whole number of a floor, so that the other entries of a table are read;
- `variants(args, …)`: arguments of the same shapes that are not what people test with: generic (not symmetric, no zeros), ties, zeros, negative, tiny and huge
  magnitudes, repeated and turned indices; and of other shapes: every size that arguments share made larger (a batch of one made three).

Each is a `Point`: the arguments and a few words. Whether they lie in the domain of the function is for `check` to find out.

>>> rng = np.random.default_rng(0)
>>> [point.words for point in variants((np.array([[1.0, 2.0]]),), rng)][:5]
['generic values', 'small values, times 1e-08', 'large values, times 1e+08', 'negative values', 'a zero']
>>> next(point.args[0].shape for point in variants((np.array([[1.0, 2.0]]),), rng) if "size 1 made 3" in point.words)
(3, 2)
>>> list(variants((3,), rng))
[]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.check_floats import is_float
from backproof.verify.reads import Read

JUST = 1.0 + 2.0**-20
SMALLEST = 7


@dataclass(frozen=True)
class Point:
    """Arguments to look at, and what is special about them.

    `small`: the numbers of arguments that are so small that relative accuracy is at stake; elsewhere derivatives may vanish by saturation. `resized`: they have
    other shapes, which the backward need not be meant for. `setting`: an argument that is no array has another value, which the backward need not accept.
    """

    args: tuple[Any, ...]
    words: str
    small: frozenset[int] = frozenset()
    resized: bool = False
    setting: bool = False


def variants(args: Sequence[Any], rng: np.random.Generator) -> Iterator[Point]:
    """Points that do not depend on the code, the most telling first."""
    if not any(is_float(a) for a in args):
        return
    given = tuple(args)
    floats = frozenset(k for k, a in enumerate(given) if is_float(a))

    def every(change: Callable[[Array], Array]) -> tuple[Any, ...]:
        return tuple(_like(a, change(np.asarray(a, dtype=float))) if is_float(a) else a for a in given)

    generic = _generic(given, rng)
    yield Point(generic, "generic values")
    yield Point(_scaled(generic, 1e-8), "small values, times 1e-08", small=floats)
    yield Point(_scaled(generic, 1e8), "large values, times 1e+08")
    yield Point(every(lambda x: -np.abs(x) - 0.1), "negative values")
    yield Point(tuple(_with_zero(a, rng) for a in given), "a zero")
    yield Point(tuple(_with_mixed_signs(a, k) for k, a in enumerate(generic)), "mixed signs")
    yield from _resized(given, rng)
    yield from _indices(given)
    yield Point(tuple(_with_tie(a, rng) for a in given), "two equal entries")
    yield Point(every(np.zeros_like), "zeros")
    yield Point(tuple(_first_zero(a) for a in given), "zeros in the first place of every argument")
    yield Point(_scaled(given, 1e-15), "next to zero, times 1e-15", small=floats)
    yield Point(_scaled(given, 30.0), "times 30")
    for k in sorted(floats) if len(floats) > 1 else ():
        for factor in (1e-8, 1e8):
            moved = _like(given[k], np.asarray(given[k], dtype=float) * factor)
            small = frozenset((k,)) if factor < 1 else frozenset[int]()
            yield Point((*given[:k], moved, *given[k + 1 :]), f"argument {k} times {factor:g}", small=small)
    yield Point(_scaled(given, 1e-4), "times 1e-04", small=floats)
    yield Point(_scaled(given, 1e4), "times 1e+04")
    yield Point(_scaled(generic, -3.0), "generic values, times -3")
    yield Point(every(lambda x: np.round(x)), "rounded to whole numbers")
    yield Point(every(lambda x: np.full_like(x, float(x.flat[0]) if x.size else 0.0)), "all entries equal")


def across(read: Read, args: Sequence[Any], positions: Sequence[int], t: float) -> Point | None:
    """The point x − t·m·∇m/|∇m|² for the margin m of a decision: exactly on it for t = 1, on the other side for larger t. None if it has no margin to move along.

    >>> from backproof.verify.lifting import lift
    >>> (read,) = lift(lambda x: np.maximum(x, 0.25), (np.array([1.0]),)).reads
    >>> point = across(read, (np.array([1.0]),), (0,), 1.5)
    >>> point.args, point.words.split(" at ")[0]
    ((array([-0.125]),), 'across the decision maximum')
    """
    try:
        margin = float(read.margin.mid())
    except Exception:  # a read without a margin has no other side that could be aimed at
        return None
    side = "exactly on" if t == 1.0 else "just across" if t < 1.1 else "across"
    return _moved(read, args, positions, -t * margin, f"{side} the decision {read.what} at {read.place}") if margin else None


def shifted(read: Read, args: Sequence[Any], positions: Sequence[int], by: int) -> Point | None:
    """The point at which a floor, ceil or round gives a whole number larger by `by`; None as for `across`."""
    return _moved(read, args, positions, float(by), f"{read.what} {int(read.outcome) + by} at {read.place}")


def _moved(read: Read, args: Sequence[Any], positions: Sequence[int], change: float, words: str) -> Point | None:
    """The nearest point at which the margin is larger by `change`, to first order."""
    try:
        gradients = [np.array([float(ball.mid()) for ball in array.reshape(-1)]).reshape(array.shape) for array in read.gradient()]
    except Exception:
        return None
    size = sum(float(np.sum(g * g)) for g in gradients)
    if not (np.isfinite(change) and np.isfinite(size)) or size == 0:
        return None
    moved_by = dict(zip(positions, gradients, strict=False))
    new: list[Any] = []
    for k, a in enumerate(args):
        g = moved_by.get(k)
        if g is None or not is_float(a) or np.shape(a) != g.shape:
            new.append(a)
        else:
            new.append(_like(a, np.asarray(a, dtype=float) + change * g / size))
    return Point(tuple(new), words)


def _like(a: Any, values: Any) -> Any:
    """The values in the dtype of an argument, and as a plain float where it is one."""
    if isinstance(a, np.ndarray):
        with np.errstate(all="ignore"):
            return np.asarray(values).astype(a.dtype)
    return type(a)(float(values))


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


def _generic(args: Sequence[Any], rng: np.random.Generator) -> tuple[Any, ...]:
    return tuple(_drawn(a, np.shape(a), rng) if is_float(a) else a for a in args)


def _with_zero(a: Any, rng: np.random.Generator) -> Any:
    if not is_float(a) or np.size(a) == 0:
        return a
    values = np.array(a, dtype=float)
    values.flat[int(rng.integers(values.size))] = 0.0
    return _like(a, values)


def _with_mixed_signs(a: Any, turn: int) -> Any:
    """Every other entry negative, beginning with another one in the next argument."""
    if not is_float(a):
        return a
    values = np.abs(np.asarray(a, dtype=float))
    signs = np.where((np.arange(values.size) + turn) % 2, 1.0, -1.0).reshape(values.shape)
    return _like(a, values * signs)


def _with_tie(a: Any, rng: np.random.Generator) -> Any:
    if not is_float(a) or np.size(a) < 2:
        return a
    values = np.array(a, dtype=float)
    largest = int(np.argmax(values))
    values.flat[int(rng.choice([k for k in range(values.size) if k != largest]))] = values.flat[largest]
    return _like(a, values)


def _resized(args: Sequence[Any], rng: np.random.Generator) -> Iterator[Point]:
    """Every size that stands in some shape, made larger everywhere at once."""
    sizes = sorted({size for a in args if isinstance(a, np.ndarray) for size in a.shape if size})
    for size in sizes:
        for larger in dict.fromkeys((3,) if size == 1 else (size + 1, max(SMALLEST, size + 2))):
            new = [
                _drawn(a, tuple(larger if s == size else s for s in a.shape), rng) if isinstance(a, np.ndarray) and size in a.shape else a
                for a in args
            ]
            yield Point(tuple(new), f"size {size} made {larger}", resized=True)
    for k, a in enumerate(args):
        if is_float(a) and isinstance(a, np.ndarray) and a.ndim and len(args) > 1:
            for axis in range(a.ndim):
                alone = _drawn(a, (*a.shape[:axis], a.shape[axis] + 2, *a.shape[axis + 1 :]), rng)
                yield Point((*args[:k], alone, *args[k + 1 :]), f"argument {k} alone larger along axis {axis}", resized=True)
    first = {a.shape[0] for a in args if isinstance(a, np.ndarray) and a.ndim}
    if len(first) == 1 and any(isinstance(a, np.ndarray) and len(set(a.shape)) < a.ndim for a in args):
        (size,) = first
        new_args = [_drawn(a, (size + 2, *a.shape[1:]), rng) if isinstance(a, np.ndarray) and a.ndim else a for a in args]
        yield Point(tuple(new_args), f"first size {size} made {size + 2}", resized=True)


def _indices(args: Sequence[Any]) -> Iterator[Point]:
    """Arrays of whole numbers with repeats, all equal, turned around, all zero and with a −1; arrays of truth values all true and all false."""
    for k, a in enumerate(args):
        if not isinstance(a, np.ndarray) or a.dtype.kind not in "iub" or not a.ndim or not a.size:
            continue
        changes = {
            "repeated": np.resize(a.reshape(-1)[: max(1, a.size // 2)], a.shape),
            "all equal": np.full_like(a, a.flat[-1]),
            "turned around": a[::-1].copy(),
            "all zero": np.zeros_like(a),
        }
        if a.dtype.kind == "i" and a.min() >= 0:
            changes["with a -1"] = a.copy()
            changes["with a -1"].flat[-1] = -1
        if a.dtype.kind == "b":
            changes = {"all true": np.ones_like(a), "all false": np.zeros_like(a), "turned around": ~a}
        for words, changed in changes.items():
            if not np.array_equal(changed, a):
                what = "truth values" if a.dtype.kind == "b" else "indices"
                yield Point((*args[:k], changed, *args[k + 1 :]), f"{what} {words}")


def _first_zero(a: Any) -> Any:
    if not isinstance(a, np.ndarray) or not a.size:
        return a
    values = a.copy()
    values.flat[0] = 0
    return values
