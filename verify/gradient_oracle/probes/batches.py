"""Arguments for a second call beside the given ones, a `Batch` each: of other signs, order, size, dtype, with one other
entry or all but the same.

What a layer keeps of its last forward, or a cache takes for its key, is a mask, an order, a shape, a sum: each batch
leaves some of these as they are and changes others, whatever the given arguments look like. A batch that is no other
than the given arguments is left out, so that each that is there differs.

>>> for batch in batches((np.array([1.0, 2.0, 3.0]),)):
...     print(batch.words, batch.args[0].round(3).tolist())
of an argument with other signs [-1.0, -2.0, -3.0]
of an argument in another order [3.0, 1.0, 2.0]
of another size (4 for 3) [1.0, 2.0, 3.0, 1.0]
of another size (2 for 3) [1.0, 2.0]
of an argument with one other entry [1.0, 2.75, 3.0]
of an argument twice as large [2.0, 4.0, 6.0]
of an argument that is nearly the same [1.0, 2.0, 3.0]
of an argument in float32 [1.0, 2.0, 3.0]
of an argument a thousand times as large [1000.0, 2000.0, 3000.0]
of an argument a thousandth as large [0.001, 0.002, 0.003]
>>> [batch.words for batch in batches((np.zeros(1),))]
['of another size (2 for 1)', 'of an argument with one other entry', 'of an argument in float32']
>>> next(batches(("mean", 3)))
Traceback (most recent call last):
    ...
StopIteration
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.given.names import argument

LARGER = 1.25  # chosen: by which an entry is larger; exact in every dtype, and near enough to stay in most domains
BESIDE = 0.25  # chosen: what is added to it, so that a zero is another number too
NEARLY = 2.0**-20  # chosen: a relative change below what caches round to, or take for equal, and above the roundings of a float32
FAR = 1000.0  # chosen: past thresholds like 6 and 100, and in the range of float16
MOST_ALONE = 4  # chosen: arguments that are changed alone; few functions have more
MOST_SIZES = 3  # chosen: sizes that are changed, each with all axes of that size


@dataclass(frozen=True)
class Batch:
    """Other arguments, and `words` for a forward of them: "another forward, of an argument with other signs, …".

    `daring`   the forward may not come back there, or not be meant for it: last, and only so that a forward ran
    """

    words: str
    args: tuple[Any, ...]
    daring: bool = False


def batches(args: Sequence[Any]) -> Iterator[Batch]:
    """Other arguments than these, the most telling first; each differs from them in some byte, shape or dtype. One that
    is of turned shape has the same bytes."""
    floats = [k for k, a in enumerate(args) if is_float(a)]
    what = "an argument" if len(floats) == 1 else "arguments"
    for words, change in OF_FLOATS:
        if change is None:
            for size, other in _sizes(args):
                yield from _other(args, f"of another size ({other} for {size})", [_resized(a, size, other) for a in args])
            continue
        yield from _other(args, f"of {what} {words}", [_changed(a, change) if k in floats else a for k, a in enumerate(args)])
    yield from _other(args, f"of {what} of turned shape", [a.reshape(a.shape[::-1]) if isinstance(a, np.ndarray) else a for a in args])
    yield from _other(args, f"of {what} in float32", [_in_float32(a) for a in args])
    yield from _other(args, "with other whole numbers and truth values", [_other_whole_numbers(a) for a in args])
    alone = [k for k, a in enumerate(args) if k in floats or _is_whole_array(a)]
    for k in alone[:MOST_ALONE] if len(alone) > 1 else ():
        changed = _changed(args[k], _one_entry) if k in floats else _other_whole_numbers(args[k])
        yield from _other(args, f"in which {argument(k)} alone is another", [*args[:k], changed, *args[k + 1 :]])
    for words, factor in (("a thousand times as large", FAR), ("a thousandth as large", 1 / FAR)):
        scaled = [_changed(a, lambda x, factor=factor: x * factor) if k in floats else a for k, a in enumerate(args)]
        yield from _other(args, f"of {what} {words}", scaled, daring=True)


def turned(a: Array) -> Array:
    """The same entries in another order, each one place further: also where they read the same backward."""
    return np.roll(a.reshape(-1), 1).reshape(a.shape)


def _other(args: Sequence[Any], words: str, changed: Sequence[Any], daring: bool = False) -> list[Batch]:
    """A batch, if it is another one."""
    same = all(_is_same(a, b) for a, b in zip(args, changed, strict=True))
    return [] if same else [Batch(words, tuple(changed), daring)]


def _is_same(a: Any, b: Any) -> bool:
    if a is b:
        return True
    left, right = np.asarray(a), np.asarray(b)
    return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()


def _one_entry(x: Array) -> Array:
    """The middle entry another one."""
    x = x.copy()
    if x.size:
        x.flat[x.size // 2] = x.flat[x.size // 2] * LARGER + BESIDE
    return x


OF_FLOATS: tuple[tuple[str, Callable[[Array], Array] | None], ...] = (
    ("with other signs", lambda x: 0.0 - x),  # no zero is made negative: that would be another number for division
    ("in another order", turned),
    ("of another size", None),
    ("with one other entry", _one_entry),
    ("twice as large", lambda x: 2 * x),
    ("that is nearly the same", lambda x: x * (1 + NEARLY)),
)
"""How all floats are changed together; other sizes, where nothing is said."""


def _changed(a: Any, change: Callable[[Array], Array]) -> Any:
    """A float argument, changed, in the same form."""
    values = np.asarray(a)
    changed = np.asarray(change(values)).astype(values.dtype)
    return changed if isinstance(a, np.ndarray) else type(a)(changed[()])


def _sizes(args: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """The sizes among the shapes, and what each is made: one more, and one fewer."""
    sizes = list(dict.fromkeys(size for a in args if isinstance(a, np.ndarray) for size in a.shape if size))
    for size in sizes[:MOST_SIZES]:
        yield size, size + 1
        if size > 1:
            yield size, size - 1


def _resized(a: Any, size: int, other: int) -> Any:
    """An array with every axis of one size in another; entries that are missing are repeated."""
    if not isinstance(a, np.ndarray) or size not in a.shape:
        return a
    return np.resize(a, tuple(other if s == size else s for s in a.shape))


def _in_float32(a: Any) -> Any:
    """An array of floats in float32; one of float32 in float64."""
    if not isinstance(a, np.ndarray) or not is_float(a):
        return a
    return a.astype(np.float64 if a.dtype == np.float32 else np.float32)


def _is_whole_array(a: Any) -> bool:
    return isinstance(a, np.ndarray) and a.ndim > 0 and a.dtype.kind in "iub"


def _other_whole_numbers(a: Any) -> Any:
    """Whole numbers in another order, or smaller by one where they are all the same; the other truth values."""
    if not _is_whole_array(a):
        return a
    if a.dtype.kind == "b":
        return ~a
    other = turned(a)
    return other if not np.array_equal(other, a) else np.where(a > 0, a - 1, a).astype(a.dtype)
