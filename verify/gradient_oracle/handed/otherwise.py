"""A backward that is right when it is called in another way: then it is handed over wrongly, and nothing is wrong with
it. Asked where a backward raises, or returns what has no right shape.

Another way counts only if all gradients have the right shapes there, and agree with slopes of the forward along random
directions, at arguments of which no two entries are alike: a wrong backward is not excused by a call that it happens to
survive.

>>> def backward(x, out, ct):
...     return 2 * ct * x
>>> must_be_called_so(np.square, lambda args, out, ct: (2 * ct * args[0][None],), (np.ones(2),))  # wrong in either way
>>> must_be_called_so(np.square, backward, (np.array([1.0, 2.0]),))  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
TypeError: vjp is called as vjp(args, out, cotangent), ... write vjp=lambda args, out, cotangent: backward(args[0], out, cotangent)
>>> must_be_called_so(lambda x: (x * x, "cache"), lambda args, out, ct: (2 * ct * args[0],), (np.array([1.0, 2.0]),))
Traceback (most recent call last):
    ...
ValueError: f returns a tuple of 2, and vjp gets a cotangent for each output; this one is right for the first output alone; write f=lambda *args: f(*args)[0]
>>> must_be_called_so(np.square, lambda x, out, ct: 3 * ct * x, (np.array([1.0, 2.0]),))  # wrong in either way
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.differences.slopes import slope_of
from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.given.floats import is_float, unit_roundoff
from backproof.verify.gradient_oracle.given.words import of_what, one_line
from backproof.verify.gradient_oracle.handed.trees import put_together, taken_apart
from backproof.verify.lift.lifted import Function
from backproof.verify.numbers.float_model import largest_entry
from backproof.verify.time_limits import PASSING

LARGEST_STEP = 2.0**-6  # chosen: of a difference, as a share of the largest entry or of 1
AGREE = 1e-4  # chosen: of a directional derivative; by chance two random directions agree as well in one of 10⁸ cases
DIRECTIONS = 2  # chosen: see AGREE
APART = 2.0**-5  # chosen: how far entries are moved, as a share of each, or of 1 for zeros, so that none is like another
NAMES = ("args", "out", "cotangent")


@dataclass(frozen=True)
class _Way:
    """Another way: how the backward is called with what f returned and a cotangent of `output` of it, and what to say."""

    call: Callable[[Any, Any], Any]
    output: Callable[[Any], Any]
    error: type[Exception]
    words: str


def must_be_called_so(f: Function, vjp: Function, args: Sequence[Any]) -> None:
    """TypeError or ValueError where the backward is right when it is called in another way, with how to hand it over."""
    with np.errstate(all="ignore"):
        there = _unlike(args)
        try:
            out = contained(f, *_copied(there))
        except PASSING:
            raise
        except Exception:  # f need not be meant for arguments beside those given
            return
        if not isinstance(out, tuple | list) and _is_right(
            f, _Way(lambda o, ct: vjp(_copied(there), o, ct), _same, TypeError, ""), there, out
        ):
            return  # it raised once, and not again
        for way in _ways(vjp, there, out):
            if _is_right(f, way, there, out):
                raise way.error(way.words)


def _same(out: Any) -> Any:
    return out


def _unlike(args: Sequence[Any]) -> tuple[Any, ...]:
    """Arguments beside these, of which no two entries are alike."""
    rng = np.random.default_rng(1)
    leaves, structure = taken_apart(tuple(args))
    return put_together(structure, [_moved(a, _apart(a, rng)) if is_float(a) else a for a in leaves])


def _apart(a: Any, rng: np.random.Generator) -> Array:
    values = np.asarray(a, dtype=float)
    return APART * rng.uniform(0.25, 1.0, size=values.shape) * np.where(values == 0, 1.0, values)


def _ways(vjp: Function, args: tuple[Any, ...], out: Any) -> Iterator[_Way]:
    name = one_line(getattr(vjp, "__name__", "vjp"))
    name = name if name.isidentifier() and name != "vjp" else "backward"
    if isinstance(out, tuple | list) and out:
        more = f"f returns {of_what(out)}, and vjp gets a cotangent for each output; this one is right"
        first = f"{more} for the first output alone; write f=lambda *args: f(*args)[0]"
        yield _Way(lambda o, ct: vjp(_copied(args), o[0], ct), lambda o: o[0], ValueError, first)
        stacked = f"{more} for one array of them all; write f=lambda *args: np.array(f(*args))"
        yield _Way(lambda o, ct: vjp(_copied(args), np.array(o), ct), np.array, ValueError, stacked)
        return
    called = "vjp is called as vjp(args, out, cotangent), args being the tuple of all arguments, and this one is right when called as"
    longer = len(args) == 1 and np.shape(args[0])[:1] != (1,)  # of one entry, x[0] is right where x is
    for names in _orders(len(args), longer):

        def call(o: Any, ct: Any, names: Sequence[str] = names) -> Any:
            known = {"args": _copied(args), "out": o, "cotangent": ct, "x": _copied(args)[0], "*args": None}
            return vjp(*(value for one in names for value in (_copied(args) if one == "*args" else [known[one]])))

        passed = ", ".join("args[0]" if one == "x" else one for one in names)
        words = f"{called} vjp({', '.join(names)}); write vjp=lambda args, out, cotangent: {name}({passed})"
        yield _Way(call, lambda o: o, TypeError, words)


def _orders(count: int, alone: bool) -> Iterator[tuple[str, ...]]:
    """The orders of three positions that people use, the usual one apart; with the argument itself where it is `alone`."""
    single = [("x", "out", "cotangent")] if alone else []
    spread = [("cotangent", "*args"), ("*args", "cotangent")] if count == 2 else []
    yield from (*single, *spread)
    for order in permutations(NAMES):
        if order != NAMES:
            yield order
            if alone:
                yield tuple("x" if one == "args" else one for one in order)


def _is_right(f: Function, way: _Way, args: Sequence[Any], out: Any) -> bool:
    """Whether the gradients of this way have the right shapes and agree with slopes along random directions."""
    rng = np.random.default_rng(0)
    try:
        first = np.asarray(way.output(out), dtype=float)
        cotangent = np.asarray(rng.normal(size=first.shape))
        gradients = _leaves_of(args, contained(way.call, out, cotangent.copy()))
        return gradients is not None and all(_agrees(f, way, args, gradients, cotangent, rng) for _ in range(DIRECTIONS))
    except PASSING:
        raise
    except (Exception, SystemExit):  # whatever the code, and what it returns, does when it is called in a way that is not its own
        return False


def _leaves_of(args: Sequence[Any], returned: Any) -> list[Array | None] | None:
    """The gradients of all leaves of the arguments, None for those that are no floats; None where shapes are not right."""
    leaves, structure = taken_apart(tuple(args))
    given = returned if isinstance(returned, tuple | list) and len(returned) == len(args) else (returned,)
    found, form = taken_apart(tuple(given))
    if form.count != structure.count:
        return None
    right = [not is_float(a) or np.shape(g) == np.shape(a) for a, g in zip(leaves, found, strict=True)]
    return [np.asarray(g, dtype=float) if is_float(a) else None for a, g in zip(leaves, found, strict=True)] if all(right) else None


def _agrees(f: Function, way: _Way, args: Sequence[Any], gradients: list[Array | None], cotangent: Array, rng: np.random.Generator) -> bool:
    leaves, structure = taken_apart(tuple(args))
    directions = [rng.normal(size=np.shape(a)) if is_float(a) else None for a in leaves]
    pairs = [(g, v) for g, v in zip(gradients, directions, strict=True) if g is not None and v is not None]
    along = sum(float(np.sum(g * v)) for g, v in pairs)
    size = sum(float(np.sum(np.abs(g * v))) for g, v in pairs)

    def value(t: float) -> float:
        moved = [a if v is None else _moved(a, t * v) for a, v in zip(leaves, directions, strict=True)]
        return float(np.sum(cotangent * np.asarray(way.output(contained(f, *put_together(structure, moved))), dtype=float)))

    floats = [a for a in leaves if is_float(a)]
    noise = unit_roundoff(floats) * max(abs(value(0.0)), 1e-3)
    slope = slope_of(value, LARGEST_STEP * max(1.0, largest_entry(floats)), noise)
    return bool(size > 0 and abs(along - slope.value) <= AGREE * size + 10 * slope.estimate and slope.estimate <= AGREE * size)


def _moved(a: Any, step: Array) -> Any:
    moved = np.asarray(a, dtype=float) + step
    return moved.astype(np.asarray(a).dtype) if isinstance(a, np.ndarray) else type(a)(float(moved))


def _copied(args: Sequence[Any]) -> tuple[Any, ...]:
    leaves, structure = taken_apart(tuple(args))
    return put_together(structure, [a.copy() if isinstance(a, np.ndarray) else a for a in leaves])
