"""Protocol probes: does a backward pass behave when it is called the way libraries call it? `probe(f, args, vjp, cotangent)`.

Every probe is a row of `PROBES`: it calls the forward and the backward in some way that changes nothing for a correct one, and compares. Bytes are compared exactly
where the same computation is
repeated; where the memory layout differs, sums may be ordered differently, and LAYOUT·u of the largest entry is allowed.

>>> def overwriting(args, out, ct):
...     ct *= 2 * args[0]
...     return (ct,)
>>> [found.probe for found in probe(lambda x: x * x, (np.array([1.0, 2.0]),), overwriting, np.array([1.0, 1.0]))]
['cotangent unchanged', 'read-only cotangent', 'expanded cotangent']
>>> probe(lambda x: x * x, (np.array([1.0, 2.0]),), lambda args, out, ct: (2 * ct * args[0],), np.array([1.0, 1.0]))
()
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np

from backproof.engine.number_systems import Array

Function: TypeAlias = Callable[..., Any]
LAYOUT = 1e4
UNFIT = (ValueError, ArithmeticError, IndexError, TypeError, np.linalg.LinAlgError)  # the forward does not take these arguments


@dataclass(frozen=True)
class ProbeFinding:
    """What a probe found: its name, the argument concerned, a sentence, and both values where two were compared."""

    probe: str
    argument: int | None
    sentence: str
    left: str = ""
    right: str = ""


@dataclass(frozen=True)
class _Call:
    """What is probed, with the gradients of a call in isolation."""

    f: Function
    vjp: Function
    args: tuple[Any, ...]
    cotangent: Array
    alone: tuple[Any, ...]
    other: tuple[Any, ...]
    rng: np.random.Generator
    sizes: tuple[float, ...]

    def forward(self, args: Sequence[Any] | None = None) -> Any:
        """f on copies of the arguments."""
        return self.f(*copied(self.args if args is None else args))

    def backward(self, args: Sequence[Any], out: Any, cotangent: Any) -> tuple[Any, ...]:
        """The gradients as a tuple."""
        return as_tuple(self.vjp(tuple(args), out, cotangent))


def copied(values: Sequence[Any]) -> tuple[Any, ...]:
    """The same values in memory of their own."""
    return tuple(value.copy() if isinstance(value, np.ndarray) else value for value in values)


def as_tuple(gradients: Any) -> tuple[Any, ...]:
    """What a backward returned, as a tuple."""
    return tuple(gradients) if isinstance(gradients, tuple | list) else (gradients,)


def probe(f: Function, args: Sequence[Any], vjp: Function, cotangent: Any, *, seed: int = 0) -> tuple[ProbeFinding, ...]:
    """The findings of all probes, in the order of the table. A probe in which the backward raises is a finding."""
    given = copied(args)
    rng = np.random.default_rng(seed)
    seed_array = np.array(cotangent, copy=True)
    with np.errstate(all="ignore"):
        alone = kept(as_tuple(vjp(copied(given), f(*copied(given)), seed_array.copy())))
        other = tuple(_shuffled(value, rng) for value in given)
        largest = max((float(np.max(np.abs(np.asarray(g, dtype=float)), initial=0.0)) for g in alone if g is not None), default=0.0)
        sizes = (largest,) * len(alone)
        call = _Call(f, vjp, given, seed_array, alone, other, rng, sizes)
        found: list[ProbeFinding] = []
        for name, run in PROBES.items():
            try:
                found += [ProbeFinding(name, *finding) for finding in run(call)]
            except Exception as error:
                found.append(ProbeFinding(name, None, f"{WORDS[name]}, the backward raises {type(error).__name__}: {error}"))
    return tuple(found)


def kept(gradients: Sequence[Any]) -> tuple[Any, ...]:
    """Copies that no later call can change."""
    return tuple(None if g is None else np.array(g, copy=True) for g in gradients)


def _shuffled(value: Any, rng: np.random.Generator) -> Any:
    """Another argument of the same shape that the forward surely takes: the same entries turned around, a little larger."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return value.copy() if isinstance(value, np.ndarray) else value
    return (value.reshape(-1)[::-1].reshape(value.shape) * value.dtype.type(1.25)).astype(value.dtype)


Finding: TypeAlias = "tuple[int | None, str, str, str]"


def _differences(call: _Call, gradients: Sequence[Any], words: str, exact: bool) -> list[Finding]:
    """Where gradients are not those of the call in isolation."""
    found: list[Finding] = []
    for k, (right, left) in enumerate(zip(call.alone, gradients, strict=False)):
        if right is None or left is None:
            if right is not left:
                found.append((k, f"{words}, one gradient is None and the other is not", str(left), str(right)))
            continue
        a, b = np.asarray(left), np.asarray(right)
        if a.shape != b.shape:
            found.append((k, f"{words}, the gradient has shape {a.shape} instead of {b.shape}", str(a.shape), str(b.shape)))
            continue
        floats = b.dtype if b.dtype.kind == "f" else np.dtype(float)
        size = max(float(np.max(np.abs(b.astype(float)), initial=0.0)), call.sizes[k] if k < len(call.sizes) else 0.0)
        room = 0.0 if exact else LAYOUT * float(ml_dtypes.finfo(floats).eps) * size
        apart = ~((np.abs(a.astype(float) - b.astype(float)) <= room) | (np.isnan(a.astype(float)) & np.isnan(b.astype(float))))
        if apart.any():
            index = tuple(int(i) for i in np.argwhere(apart)[0])
            found.append(
                (k, f"{words}, entry {list(index)} of the gradient is {a[index]!s} instead of {b[index]!s}", str(a[index]), str(b[index]))
            )
    return found


def _twice(call: _Call) -> list[Finding]:
    args, out = copied(call.args), call.forward()
    call.backward(args, out, call.cotangent.copy())
    return _differences(call, call.backward(args, out, call.cotangent.copy()), WORDS["called twice"], True)


def _two_live(call: _Call) -> list[Finding]:
    args, others = copied(call.args), copied(call.other)
    out = call.f(*args)
    try:
        second = call.f(*others)
    except UNFIT:
        return []
    first = kept(call.backward(args, out, call.cotangent.copy()))
    if np.shape(second) == call.cotangent.shape:
        call.backward(others, second, call.cotangent.copy())
    return _differences(call, first, WORDS["two live forwards"], True)


def _forward_between(call: _Call) -> list[Finding]:
    args, out = copied(call.args), call.forward()
    for scale in (2.0, -1.0):
        try:
            call.f(*(a * a.dtype.type(scale) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in copied(call.args)))
        except UNFIT:
            continue
    return _differences(call, call.backward(args, out, call.cotangent.copy()), WORDS["forward in between"], True)


def _larger_between(call: _Call) -> list[Finding]:
    """A forward and a backward of another batch in between, as a validation step does."""
    args, out = copied(call.args), call.forward()
    others = copied(call.other)
    try:
        second = call.f(*others)
        if np.shape(second) == call.cotangent.shape:
            call.backward(others, second, 2 * call.cotangent)
    except UNFIT:
        return []
    return _differences(call, call.backward(args, out, call.cotangent.copy()), WORDS["another step in between"], True)


def _deterministic(call: _Call) -> list[Finding]:
    first, second = call.forward(), call.forward()
    if np.asarray(first).tobytes() != np.asarray(second).tobytes():
        return [(None, "the forward gives two different results for the same arguments", "", "")]
    return []


def _own_buffer(call: _Call) -> list[Finding]:
    """The gradients of one call must not change when another one runs, and accumulating into them must not reach anything else."""
    args, out = copied(call.args), call.forward()
    first = call.backward(args, out, call.cotangent.copy())
    before = kept(first)
    second_args = copied(call.other)
    try:
        second_out = call.f(*second_args)
        if np.shape(second_out) == call.cotangent.shape:
            call.backward(second_args, second_out, 3 * call.cotangent)
    except UNFIT:
        pass
    call.backward(args, out, 2 * call.cotangent)
    found: list[Finding] = []
    for k, (held, value) in enumerate(zip(first, before, strict=True)):
        if held is not None and np.asarray(held).tobytes() != value.tobytes():
            found.append((k, "the gradient of an earlier call changes when the backward is called again: both are the same memory", "", ""))
    return found


def _aliases(call: _Call) -> list[Finding]:
    """A gradient that is a writable view of an argument, of the output or of another gradient is spoilt by accumulation in place."""
    args, out = copied(call.args), call.forward()
    gradients = call.backward(args, out, call.cotangent.copy())
    found: list[Finding] = []
    for k, gradient in enumerate(gradients):
        if not isinstance(gradient, np.ndarray) or not gradient.flags.writeable:
            continue
        for name, held in (*((f"argument {i}", a) for i, a in enumerate(args)), ("the output", out)):
            if isinstance(held, np.ndarray) and held.size and np.shares_memory(gradient, held):
                found.append((k, f"the gradient is the memory of {name}: adding to it in place changes {name}", "", ""))
    return found


def _unchanged(which: str) -> Callable[[_Call], list[Finding]]:
    def run(call: _Call) -> list[Finding]:
        args, cotangent = copied(call.args), call.cotangent.copy()
        before_args = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
        out = call.f(*args)
        changed_by_forward = _changed(before_args, args, "the forward") if which == "arguments" else []
        if changed_by_forward:
            return changed_by_forward
        out_before = np.array(out, copy=True)
        call.backward(args, out, cotangent)
        if which == "arguments":
            return _changed(before_args, args, "the backward")
        left, right = (cotangent, call.cotangent) if which == "cotangent" else (np.asarray(out), out_before)
        if left.tobytes() == right.tobytes():
            return []
        index = _first(left, right)
        name = "its cotangent" if which == "cotangent" else "the output"
        return [
            (
                None,
                f"the backward changes {name} in place: entry {list(index)} was {right[index]!s} and is {left[index]!s} afterwards",
                "",
                "",
            )
        ]

    return run


def _first(left: Array, right: Array) -> tuple[int, ...]:
    apart = np.argwhere(~((left == right) | (np.not_equal(left, left) & np.not_equal(right, right))))
    return tuple(int(i) for i in apart[0]) if len(apart) else (0,) * left.ndim


def _changed(before: Sequence[Any], after: Sequence[Any], who: str) -> list[Finding]:
    found: list[Finding] = []
    for k, (old, new) in enumerate(zip(before, after, strict=True)):
        if isinstance(old, np.ndarray) and old.tobytes() != new.tobytes():
            index = _first(new, old)
            found.append(
                (k, f"{who} changes argument {k} in place: entry {list(index)} was {old[index]!s} and is {new[index]!s} afterwards", "", "")
            )
    return found


def _layout(change: Callable[[Array], Array], name: str) -> Callable[[_Call], list[Finding]]:
    """The same cotangent in another memory layout."""

    def run(call: _Call) -> list[Finding]:
        if call.cotangent.ndim == 0:
            return []
        same = change(call.cotangent.copy())
        return _differences(call, call.backward(copied(call.args), call.forward(), same), WORDS[name], False)

    return run


def strided(array: Array) -> Array:
    """Every second entry of a larger array."""
    wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), math.pi, dtype=array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def reversed_memory(array: Array) -> Array:
    """The same entries with negative strides."""
    return array[..., ::-1].copy()[..., ::-1]


def read_only(array: Array) -> Array:
    """The same entries, not to be written to."""
    array.setflags(write=False)
    return array


def _expanded(call: _Call) -> list[Finding]:
    """A constant cotangent as one number with strides of zero, as the gradient of a sum is."""
    whole = np.full(call.cotangent.shape, call.cotangent.dtype.type(0.75))
    right = kept(call.backward(copied(call.args), call.forward(), whole))
    expanded = np.broadcast_to(call.cotangent.dtype.type(0.75), call.cotangent.shape)
    constant = _Call(call.f, call.vjp, call.args, whole, right, call.other, call.rng, call.sizes)
    return _differences(constant, call.backward(copied(call.args), call.forward(), expanded), WORDS["expanded cotangent"], False)


def _read_only_arguments(call: _Call) -> list[Finding]:
    args = tuple(read_only(a) if isinstance(a, np.ndarray) and a.ndim else a for a in copied(call.args))
    return _differences(call, call.backward(args, call.forward(), call.cotangent.copy()), WORDS["read-only arguments"], False)


def _turned_arguments(call: _Call) -> list[Finding]:
    args = tuple(np.asfortranarray(a) if isinstance(a, np.ndarray) and a.ndim > 1 else a for a in copied(call.args))
    return _differences(call, call.backward(args, call.forward(), call.cotangent.copy()), WORDS["arguments in column order"], False)


def _doubled(call: _Call) -> list[Finding]:
    """2·cotangent gives exactly 2·gradient: doubling is exact in floats."""
    gradients = call.backward(copied(call.args), call.forward(), 2 * call.cotangent)
    halves = tuple(None if g is None else np.asarray(g) / 2 for g in gradients)
    return _differences(call, halves, WORDS["twice the cotangent"], False)


def _zero(call: _Call) -> list[Finding]:
    gradients = call.backward(copied(call.args), call.forward(), np.zeros_like(call.cotangent))
    return [
        (k, "a cotangent of zeros gives a gradient that is not zero", "", "")
        for k, g in enumerate(gradients)
        if g is not None and np.any(np.nan_to_num(np.asarray(g, dtype=float)) != 0)
    ]


PROBES: dict[str, Callable[[_Call], list[Finding]]] = {
    "deterministic forward": _deterministic,
    "called twice": _twice,
    "two live forwards": _two_live,
    "forward in between": _forward_between,
    "another step in between": _larger_between,
    "own buffer": _own_buffer,
    "shared memory": _aliases,
    "arguments unchanged": _unchanged("arguments"),
    "output unchanged": _unchanged("output"),
    "cotangent unchanged": _unchanged("cotangent"),
    "column order": _layout(lambda a: np.asfortranarray(a) if a.ndim > 1 else a, "column order"),
    "strided cotangent": _layout(strided, "strided cotangent"),
    "reversed cotangent": _layout(reversed_memory, "reversed cotangent"),
    "read-only cotangent": _layout(read_only, "read-only cotangent"),
    "expanded cotangent": _expanded,
    "read-only arguments": _read_only_arguments,
    "arguments in column order": _turned_arguments,
    "twice the cotangent": _doubled,
    "zero cotangent": _zero,
}
WORDS = {
    "deterministic forward": "called again",
    "called twice": "called a second time with the same arguments",
    "two live forwards": "with a second forward before the first backward",
    "forward in between": "after an unrelated forward",
    "another step in between": "after a forward and a backward at other arguments",
    "own buffer": "called again",
    "shared memory": "looking at memory",
    "arguments unchanged": "looking at the arguments afterwards",
    "output unchanged": "looking at the output afterwards",
    "cotangent unchanged": "looking at the cotangent afterwards",
    "column order": "with a cotangent in column order",
    "strided cotangent": "with a cotangent that is a slice of a larger array",
    "reversed cotangent": "with a cotangent of negative strides",
    "read-only cotangent": "with a read-only cotangent",
    "expanded cotangent": "with an expanded cotangent (strides of zero)",
    "read-only arguments": "with read-only arguments",
    "arguments in column order": "with arguments in column order",
    "twice the cotangent": "with twice the cotangent",
    "zero cotangent": "with a cotangent of zeros",
}
