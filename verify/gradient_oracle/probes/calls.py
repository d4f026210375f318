"""What protocol probes have in common: a `Probe` as a row of a table, the functions under test with the gradients of a
call in isolation (`Call`), and where other gradients are not those (`deviations`).

>>> twice = Probe("called twice", "called a second time", lambda call, probe: [])
>>> call = Call(np.sin, lambda args, out, ct: (ct,), (np.ones(1),), np.ones(1), (np.ones(1),), (np.ones(1),), 1.0)
>>> deviations(twice, call, (np.ones(1),), exact=True)
[]
>>> deviations(twice, call, (np.zeros(1),), exact=True)[0].sentence
'called a second time, entry [0] of the gradient is 0.0 instead of 1.0'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.given.contained import contained, what_it_raised
from backproof.verify.gradient_oracle.given.floats import is_number_dtype
from backproof.verify.gradient_oracle.given.words import of_what
from backproof.verify.gradient_oracle.probes.remembered import State
from backproof.verify.lift.lifted import Function
from backproof.verify.time_limits import PASSING

LAYOUT = 1e4  # chosen, in epsilons of the largest entry: what long sums may differ by in another order


@dataclass(frozen=True)
class ProtocolFinding:
    """What a probe found: its name, the argument concerned, a sentence, and both values where two were compared; or
    that it was not made, since the code did not come back: `unended`, and `excused` where nobody gave the arguments.
    `stale` where another forward ran in between, so that the backward may use what that one left. `first` where it says
    how to hand the backward over, which is said before all else."""

    probe: str
    argument: int | None
    sentence: str
    left: str = ""
    right: str = ""
    unended: bool = False
    excused: bool = False
    stale: bool = False
    first: bool = False


class ForwardRaised(Exception):
    """The forward raises at arguments at which it had returned."""


class NoGradients(Exception):
    """The backward returns what is no gradients, where it had returned some."""


@dataclass(frozen=True)
class Probe:
    """One way to call a backward pass that changes nothing for a right one: its name, the words with which a sentence
    about it begins, and what it does."""

    name: str
    words: str
    run: Probing


@dataclass(frozen=True)
class Call:
    """What is probed, with the gradients of a call in isolation, `alone`, the largest entry of which has the size
    `largest`; `other` arguments of the same shapes; the calls of other arguments that may run beside it, its
    `seconds`; and what the code `held` before it was probed."""

    f: Function
    vjp: Function
    args: tuple[Any, ...]
    cotangent: Array
    alone: tuple[Any, ...]
    other: tuple[Any, ...]
    largest: float
    seconds: tuple[Second, ...] = ()
    held: State | None = None

    def forward(self) -> Any:
        """f on copies of the arguments. ForwardRaised where it raises, though it did not when it was first called."""
        try:
            return contained(self.f, *copied(self.args))
        except PASSING:
            raise
        except Exception as error:
            raise ForwardRaised(what_it_raised(error)) from error

    def backward(self, args: Sequence[Any], out: Any, cotangent: Any) -> tuple[Any, ...]:
        """The gradients as a tuple. NoGradients where there is something else among them than arrays of numbers and
        None."""
        gradients = as_tuple(contained(self.vjp, tuple(args), out, cotangent))
        must_be_gradients(gradients)
        return gradients


@dataclass(frozen=True)
class Second:
    """A call of other arguments: in `words` how they differ, "of an argument with other signs". Its backward is called
    where it was seen to return gradients: `backward`; `daring` ones are only there so that a forward ran, or, where it
    `refuses` the arguments, broke off half-way."""

    words: str
    call: Call
    backward: bool
    daring: bool = False
    refuses: bool = False


Probing: TypeAlias = Callable[[Call, Probe], list[ProtocolFinding]]


def copied(values: Sequence[Any]) -> tuple[Any, ...]:
    """The same values in memory of their own."""
    return tuple(value.copy() if isinstance(value, np.ndarray) else value for value in values)


def as_tuple(gradients: Any) -> tuple[Any, ...]:
    """What a backward returned, as a tuple."""
    return tuple(gradients) if isinstance(gradients, tuple | list) else (gradients,)


def must_be_gradients(gradients: Sequence[Any]) -> None:
    """NoGradients where there is something else than arrays of numbers and None."""
    for gradient in gradients:
        if gradient is not None and not is_number_dtype(contained(np.asarray, gradient).dtype):
            raise NoGradients(f"{of_what(gradient)} in the place of a gradient")


def kept(gradients: Sequence[Any]) -> tuple[Any, ...]:
    """Copies that no later call can change."""
    return tuple(None if g is None else contained(np.array, g) for g in gradients)


def is_as_alone(call: Call, gradients: Sequence[Any]) -> bool:
    """Whether gradients are those of the call in isolation, byte for byte: seen quickly, and before any words."""
    return len(gradients) == len(call.alone) and all(
        left is right
        or (
            isinstance(left, np.ndarray | np.generic)
            and isinstance(right, np.ndarray)
            and left.dtype == right.dtype
            and left.shape == right.shape
            and left.tobytes() == right.tobytes()
        )
        for left, right in zip(gradients, call.alone, strict=True)
    )


def deviations(probe: Probe, call: Call, gradients: Sequence[Any], *, exact: bool) -> list[ProtocolFinding]:
    """Where gradients are not those of the call in isolation: not byte for byte, or for another memory layout, in which
    sums may be ordered differently, not within `LAYOUT` epsilons of the largest entry."""
    return changes(probe, f"{probe.words}, ", call, gradients, exact=exact)


def changes(probe: Probe, words: str, call: Call, gradients: Sequence[Any], *, exact: bool) -> list[ProtocolFinding]:
    """The same, in sentences that begin with these words."""
    if len(gradients) != len(call.alone):
        more = f"{words}the number of gradients is {len(gradients)} instead of {len(call.alone)}"
        return [ProtocolFinding(probe.name, None, more, str(len(gradients)), str(len(call.alone)))]
    found: list[ProtocolFinding] = []
    for k, (right, left) in enumerate(zip(call.alone, gradients, strict=True)):
        if right is None or left is None:
            if right is not left:
                more = f"{words}one gradient is None and the other is not"
                found.append(ProtocolFinding(probe.name, k, more, str(left), str(right)))
            continue
        a, b = contained(np.asarray, left), np.asarray(right)
        if not (is_number_dtype(a.dtype) and is_number_dtype(b.dtype)):
            wanted = b.dtype if is_number_dtype(b.dtype) else "numbers"
            more = f"{words}the gradient is {of_what(left)} of dtype {a.dtype} instead of {wanted}"
            found.append(ProtocolFinding(probe.name, k, more, str(a.dtype), str(b.dtype)))
            continue
        if a.shape != b.shape:
            more = f"{words}the gradient has shape {a.shape} instead of {b.shape}"
            found.append(ProtocolFinding(probe.name, k, more, str(a.shape), str(b.shape)))
            continue
        floats = b.dtype if b.dtype.kind == "f" else np.dtype(float)
        here, alone = a.astype(float), b.astype(float)
        size = float(np.max(np.abs(alone), initial=call.largest, where=np.isfinite(alone)))
        room = 0.0 if exact else LAYOUT * float(ml_dtypes.finfo(floats).eps) * size
        with np.errstate(invalid="ignore"):
            near = np.abs(here - alone) <= room
        apart = ~(near | (here == alone) | (np.isnan(here) & np.isnan(alone)))
        if apart.any():
            index = tuple(int(i) for i in np.argwhere(apart)[0])
            more = f"{words}entry {list(index)} of the gradient is {a[index]!s} instead of {b[index]!s}"
            found.append(ProtocolFinding(probe.name, k, more, str(a[index]), str(b[index])))
    return found


def first_difference(left: Array, right: Array) -> tuple[int, ...]:
    """The index of the first entry that differs; the first of all where only bytes do."""
    apart = np.argwhere(~((left == right) | (np.not_equal(left, left) & np.not_equal(right, right))))
    return tuple(int(i) for i in apart[0]) if len(apart) else (0,) * left.ndim


def was_and_is(before: Array, after: Array) -> str:
    """The first entry that was changed in place."""
    index = first_difference(after, before)
    return f"entry {list(index)} was {before[index]!s} and is {after[index]!s} afterwards"
