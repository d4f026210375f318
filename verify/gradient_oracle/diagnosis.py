"""What kind of fault a wrong backward pass has, and where: `diagnosis_of(f, args, cotangent, gradients)`.

Every hypothesis predicts the gradients exactly, and is named only if the prediction fits what was found. They are of
two kinds:

- of whole gradients: missing, a simple factor (also the length of an axis), transposed, turned around, exchanged with
  another argument's, not summed over an axis, made with a cotangent of ones, only the last use of an entry counted;
- of places in the forward pass (`forward_edges.py`): the contribution along one group of edges, or everything that
  flows back into one operation or one line, is missing, counted twice, of the wrong sign, or multiplied by some factor.
  This is the path sum at work: the error is (factor − 1) times the sum over the paths through that place.

Nothing is said where no hypothesis fits.

>>> def f(x, b):
...     return x * 2 + b
>>> ct = np.ones((2, 3))
>>> diagnosis_of(f, (np.ones((2, 3)), np.ones(3)), ct, (2 * ct, ct))
'the contribution of `b` is not summed over axis 0'
>>> diagnosis_of(f, (np.ones((2, 3)), np.ones(3)), ct, (ct, ct.sum(axis=0)))
'the gradient of `x` is 0.5 times the derivative (2 is the length of an axis)'
>>> diagnosis_of(f, (np.ones((2, 3)), np.ones(3)), ct, (2 * ct, np.array([3.0, 4.0, 7.0]))) is None
True
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.forward_edges import Edges, Group, Operation, trace_edges
from backproof.verify.gradient_oracle.given.contained import Escaped
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.given.names import argument
from backproof.verify.lift.tape.reads import NotLifted, Undecided
from backproof.verify.numbers.float_model import largest_entry

FITS = 1e-6  # chosen: of the largest error; how well a prediction must fit to be said
NOISE = 1e4 * 2.0**-53  # chosen: of the largest derivative; what is smaller is the rounding of a right backward
NEAR_ONE = 1e-4  # chosen: a factor that is nearer to 1 is written as 1 + what it is more
MOST_STEPS = 3_000_000  # chosen: hypotheses times edges that they are swept over; in larger code no place is named
MOST_SAID = 2  # chosen: diagnoses that are said where more fit equally well
LONGEST = 60  # chosen: characters of a line of code that are quoted


def diagnosis_of(f: Callable[..., Any], args: Sequence[Any], cotangent: Any, gradients: Sequence[Any]) -> str | None:
    """The fault in words, or None. `gradients` has one entry for each argument that has a derivative."""
    places = [k for k, a in enumerate(args) if is_float(a)]
    try:
        edges = trace_edges(f, args, cotangent)
    except (NotLifted, Undecided, ArithmeticError, ValueError, Escaped):
        return None
    if list(edges.positions) != places or len(gradients) != len(places):
        return None
    right = edges.pulled(lambda group: 1.0)
    if not all(np.isfinite(part).all() for part in right):
        return None
    names = [f"`{name}`" for name in _names(f, args)]
    known = [names[k] for k in places]
    found: list[Any] = [None if g is None else np.asarray(g, dtype=float) for g in gradients]
    misshapen = list(_misshapen(known, right, found))
    if misshapen or any(g is None or g.shape != r.shape for g, r in zip(found, right, strict=True)):
        return _joined(misshapen)
    each = "; ".join(_each(known, right, found, cotangent))
    said = [*_whole(known, right, found, edges, cotangent), *([each] if each else ())]
    return _joined(said if each else [*said, *_places(names, right, found, edges)])


def _joined(said: Sequence[str]) -> str | None:
    return "; or equally well, ".join(list(dict.fromkeys(said))[:MOST_SAID]) or None


def _names(f: Callable[..., Any], args: Sequence[Any]) -> list[str]:
    """The names of the parameters of f, or `argument k`."""
    try:
        parameters = [p.name for p in inspect.signature(f).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        parameters = []
    return [parameters[k] if k < len(parameters) else argument(k) for k in range(len(args))]


def fits(predicted: Sequence[Array], found: Sequence[Array], right: Sequence[Array]) -> bool:
    """Whether a prediction explains the error: what is left is small beside it, and it is more than noise."""
    size = largest_entry(right)
    error = largest_entry([g - r for g, r in zip(found, right, strict=True)])
    left = largest_entry([g - p for g, p in zip(found, predicted, strict=True)])
    return bool(error > NOISE * size and left <= FITS * error + NOISE * size * (error > 1e3 * NOISE * size))


def _misshapen(names: Sequence[str], right: Sequence[Array], found: Sequence[Any]) -> Iterator[str]:
    """Gradients of another shape that become right by a sum, a transposition or a reshape."""
    for name, want, got in zip(names, right, found, strict=True):
        if got is None or got.shape == want.shape:
            continue
        axes = [axis for count in range(1, got.ndim + 1) for axis in itertools.combinations(range(got.ndim), count)]
        for axis in axes:
            for keep in (False, True):
                total = got.sum(axis=axis, keepdims=keep)
                if total.shape == want.shape and np.allclose(total, want, rtol=FITS, atol=0):
                    yield f"the contribution of {name} is not summed over {'axis' if len(axis) == 1 else 'axes'} {', '.join(map(str, axis))}"
                    return
        if got.T.shape == want.shape and np.allclose(got.T, want, rtol=FITS, atol=0):
            yield f"the gradient of {name} is transposed"
        elif got.size == want.size and np.allclose(got.reshape(want.shape), want, rtol=FITS, atol=0):
            yield f"the gradient of {name} has the right entries in shape {got.shape}, not {want.shape}"


def _whole(names: Sequence[str], right: Sequence[Array], found: Sequence[Array], edges: Edges, cotangent: Any) -> Iterator[str]:
    """Hypotheses of all wrong gradients at once."""
    wrong, _ = _wrong(right, found)
    if not wrong:
        return

    def fit(k: int, predicted: Array) -> bool:
        return fits([predicted], [found[k]], [right[k]])

    ones = _ones_like(cotangent)
    with_ones = None if ones is None else edges.pulled_with(ones)
    last = edges.last_contributions()
    if with_ones is not None and all(fit(k, with_ones[k]) for k in wrong):
        yield "the cotangent is not used: these are the derivatives of the sum of the outputs"
    if all(fit(k, last[k]) for k in wrong):
        yield f"entries of {_list([names[k] for k in wrong])} that are used several times keep the contribution of their last use only"


def _wrong(right: Sequence[Array], found: Sequence[Array]) -> tuple[list[int], float]:
    """Which gradients are wrong, and how much of an error is noise."""
    noise = NOISE * largest_entry(right)
    return [k for k in range(len(right)) if largest_entry([found[k] - right[k]]) > noise], noise


def _each(names: Sequence[str], right: Sequence[Array], found: Sequence[Array], cotangent: Any) -> Iterator[str]:
    """A hypothesis for each wrong gradient by itself, the simplest that fits."""
    wrong, noise = _wrong(right, found)
    for k in wrong:
        words = next(_alone(k, names, right, found, cotangent, noise), None)
        if words is not None:
            yield f"the gradient of {names[k]} {words}"


def _alone(k: int, names: Sequence[str], right: Sequence[Array], found: Sequence[Array], cotangent: Any, noise: float) -> Iterator[str]:
    def fit(predicted: Array) -> bool:
        return predicted.shape == right[k].shape and fits([predicted], [found[k]], [right[k]])

    sizes = sorted({length for part in (*right, np.asarray(cotangent, dtype=float)) for length in (*part.shape, part.size) if length > 1})
    if not found[k].any() and right[k].any():
        yield "is zero: nothing flows back to it"
    factor = _projected(found[k], right[k])
    if factor is not None and fit(factor * right[k]):
        yield f"is {_factor(factor, sizes)}"
    if right[k].ndim == 2 and right[k].shape[0] == right[k].shape[1] and fit(right[k].T):
        yield "is transposed"
    yield from (f"is {words}" for words, turned in _turned(right[k]) if fit(turned))
    yield from (f"is that of {names[other]}" for other in range(len(right)) if other != k and fit(right[other]))
    yield from _slice(right[k], found[k], noise)


def _ones_like(cotangent: Any) -> Any:
    return np.ones(np.shape(cotangent)) if isinstance(cotangent, np.ndarray | np.generic | float) else None


def _turned(array: Array) -> Iterator[tuple[str, Array]]:
    """The entries in another order along one axis."""
    for axis in range(array.ndim):
        yield f"turned around along axis {axis}", np.flip(array, axis)
        for step in (1, -1):
            yield f"shifted by one along axis {axis}", np.roll(array, step, axis)


def _projected(found: Array, right: Array) -> float | None:
    """The factor that brings `right` nearest to `found`."""
    square = float(np.vdot(right, right))
    return float(np.vdot(right, found)) / square if square > 0 and np.isfinite(square) else None


def _factor(factor: float, sizes: Sequence[int]) -> str:
    """A factor in words, also where it is the length of an axis, or one over it.

    >>> _factor(-1.0, []), _factor(4.0, [4]), _factor(0.25, [4]), _factor(1.0000003, [])
    ('minus the derivative', '4 times the derivative (4 is the length of an axis)', '0.25 times the derivative (4 is the length of an axis)', '(1 + 3e-07) times the derivative')
    """
    if abs(factor + 1) < FITS:
        return "minus the derivative"
    size = next((size for size in sizes if abs(factor - size) < FITS * size or abs(factor * size - 1) < FITS), None)
    shown = f"{factor:.10g}" if abs(factor - 1) > NEAR_ONE else f"({_near_one(factor)})"
    return f"{shown} times the derivative" + (f" ({size} is the length of an axis)" if size else "")


def _near_one(factor: float) -> str:
    return f"1 {'+' if factor > 1 else '−'} {abs(factor - 1):.3g}"


def _slice(right: Array, found: Array, noise: float) -> Iterator[str]:
    """Wrong entries that share an index along one axis, and what they are: zero, or a multiple of the derivative."""
    wrong = np.abs(found - right) > noise
    for axis in range(right.ndim):
        places = np.unique(np.nonzero(wrong)[axis])
        if len(places) != 1 or right.shape[axis] == 1:
            continue
        there = [slice(None)] * axis + [int(places[0])]
        got, want = found[tuple(there)], right[tuple(there)]
        factor = _projected(got, want)
        where = f"is wrong only at index {places[0]} of axis {axis}"
        if not got.any():
            yield f"{where}: it is zero there"
        elif factor is not None and fits([factor * want], [got], [want]):
            yield f"{where}: it is {_factor(factor, ())} there"


def _places(names: Sequence[str], right: Sequence[Array], found: Sequence[Array], edges: Edges) -> Iterator[str]:
    """Hypotheses of places in the forward pass, the narrowest first; those that predict the same are said once."""
    sources = dict.fromkeys(group.source for group in edges.groups if group.source.function != "argument")
    lines = dict.fromkeys((source.file, source.line) for source in sources)
    candidates: list[tuple[str, Callable[[Group], bool]]] = []
    for group in edges.groups:
        candidates.append((f"the contribution of {_edge(group, names)}", group.__eq__))
    for source in sources:
        candidates.append((f"all that flows back into {_said(source, names)}", lambda group, source=source: group.source == source))
    for file, line in lines:
        where = Operation("", file, line)
        words = f"all that flows back into {where.place}{_quoted(where)}"
        candidates.append((words, lambda group, at=(file, line): (group.source.file, group.source.line) == at))
    if len(candidates) * len(edges.edges) > MOST_STEPS:
        return
    for words, chosen in candidates:
        without = edges.pulled(lambda group, chosen=chosen: 0.0 if chosen(group) else 1.0)
        if fits(without, found, right):
            yield f"{words} is missing"
            continue
        through = [r - w for r, w in zip(right, without, strict=True)]
        square = sum(float(np.vdot(part, part)) for part in through)
        if not square > 0:
            continue
        shift = sum(float(np.vdot(t, g - r)) for t, g, r in zip(through, found, right, strict=True)) / square
        if fits([r + shift * t for r, t in zip(right, through, strict=True)], found, right) and sum(part.size for part in right) > 1:
            yield f"{words} {_counted(1 + shift)}"


def _counted(factor: float) -> str:
    if abs(factor - 2) < FITS:
        return "is counted twice"
    if abs(factor + 1) < FITS:
        return "has the wrong sign"
    return f"is multiplied by {f'{factor:.10g}' if abs(factor - 1) > NEAR_ONE else _near_one(factor)}"


def _said(operation: Operation, names: Sequence[str]) -> str:
    if operation.function == "argument":
        return names[operation.number]
    if operation.function == "output":
        return "the output"
    return f"{operation.function} at {operation.place}{_quoted(operation)}"


def _edge(group: Group, names: Sequence[str]) -> str:
    same = (group.source.file, group.source.line) == (group.target.file, group.target.line)
    return f"{group.source.function if same else _said(group.source, names)} to {_said(group.target, names)}"


def _quoted(operation: Operation) -> str:
    text = operation.text
    return f" (`{text if len(text) <= LONGEST else text[:LONGEST] + '…'}`)" if text else ""


def _list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
