"""Protocol probes: does a backward pass behave when it is called the way libraries call it? `probe(f, args, …)`.

Every probe is a row of `PROBES`: it calls the forward and the backward in some way that changes nothing for a correct
one, and compares. Bytes are compared exactly where the same computation is repeated.

>>> def overwriting(args, out, ct):
...     ct *= 2 * args[0]
...     return (ct,)
>>> [found.probe for found in probe(lambda x: x * x, (np.array([1.0, 2.0]),), overwriting, np.array([1.0, 1.0]))]
['cotangent unchanged', 'read-only cotangent', 'expanded cotangent']
>>> probe(lambda x: x * x, (np.array([1.0, 2.0]),), lambda args, out, ct: (2 * ct * args[0],), np.array([1.0, 1.0]))
()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.contained import Escaped, contained, is_the_codes, what_it_raised
from backproof.verify.gradient_oracle.given.names import argument
from backproof.verify.gradient_oracle.probes import layouts
from backproof.verify.gradient_oracle.probes.calls import (
    Call,
    ForwardRaised,
    NoGradients,
    Probe,
    Probing,
    ProtocolFinding,
    Second,
    as_tuple,
    copied,
    deviations,
    kept,
    was_and_is,
)
from backproof.verify.gradient_oracle.probes.counts import many_calls
from backproof.verify.gradient_oracle.probes.interleavings import after_many, interleaved, seconds
from backproof.verify.gradient_oracle.probes.remembered import held_by
from backproof.verify.gradient_oracle.probes.threads import two_threads
from backproof.verify.lift.lifted import Function
from backproof.verify.numbers.float_model import largest_entry
from backproof.verify.time_limits import TookTooLong, limited

SECONDS = 10.0  # chosen, of wall clock: of one probe, where somebody's iteration may have no end at other arguments
OTHER = 1.25  # chosen: by which another argument is larger; exact in every dtype, and near enough to stay in most domains
UNFIT = (ValueError, ArithmeticError, IndexError, TypeError, np.linalg.LinAlgError, Escaped)  # the forward does not take these arguments


def probe(
    f: Function, args: Sequence[Any], vjp: Function, cotangent: Any, domain: Callable[..., bool] | None = None
) -> tuple[ProtocolFinding, ...]:
    """The findings of all probes, in the order of the table. A probe in which the backward raises is a finding; one
    that does not end, at other arguments, is `unended` and held against nobody."""
    given = copied(args)
    seed = np.array(cotangent, copy=True)
    held = held_by([f, vjp])
    with np.errstate(all="ignore"):
        try:
            out = contained(f, *copied(given))
            alone = kept(as_tuple(contained(vjp, copied(given), out, seed.copy())))
        except Exception as error:
            if not is_the_codes(error):
                raise
            return (ProtocolFinding("called again", None, f"called again, it raises {what_it_raised(error)}"),)
        other = tuple(shuffled(value) for value in given)
        call = Call(f, vjp, given, seed, alone, other, largest_entry([g for g in alone if g is not None]))
        beside, found = _beside(call, domain)
        call = replace(call, seconds=beside, held=held)
        for row in PROBES:
            try:
                with limited(SECONDS):
                    found += contained(row.run, call, row)
            except TookTooLong:
                words = f"{row.words}, the code takes more than {SECONDS:g} s"
                found.append(ProtocolFinding(row.name, None, words, unended=True))
            except NoGradients as error:
                found.append(ProtocolFinding(row.name, None, f"{row.words}, the backward returns {error}"))
            except ForwardRaised as error:
                found.append(ProtocolFinding(row.name, None, f"{row.words}, the forward raises {error}"))
            except Exception as error:
                if not is_the_codes(error):
                    raise
                found.append(ProtocolFinding(row.name, None, f"{row.words}, the backward raises {what_it_raised(error)}"))
    return tuple(found)


def _beside(call: Call, domain: Callable[..., bool] | None) -> tuple[tuple[Second, ...], list[ProtocolFinding]]:
    """The other calls that may run beside this one: those before the first from which the code does not come back."""
    beside: list[Second] = []
    try:
        with limited(SECONDS):
            for second in seconds(call, domain):
                beside.append(second)
    except TookTooLong:
        words = f"with two calls at once, a forward of other arguments takes more than {SECONDS:g} s"
        return tuple(beside), [ProtocolFinding("interleaved calls", None, words, unended=True, excused=True)]
    return tuple(beside), []


def shuffled(value: Any) -> Any:
    """Another argument of the same shape that the forward surely takes: the entries turned around, a little larger."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return value.copy() if isinstance(value, np.ndarray) else value
    return (value.reshape(-1)[::-1].reshape(value.shape) * value.dtype.type(OTHER)).astype(value.dtype)


def _deterministic(call: Call, probe: Probe) -> list[ProtocolFinding]:
    first, second = call.forward(), call.forward()
    if np.asarray(first).tobytes() != np.asarray(second).tobytes():
        return [ProtocolFinding(probe.name, None, "the forward gives two different results for the same arguments")]
    return []


def _same_memory(call: Call, probe: Probe) -> list[ProtocolFinding]:
    """The caller's own arrays with new contents, as after a step of training."""
    args = copied(call.args)
    try:
        second = contained(call.f, *copied(call.other))
    except UNFIT:
        return []
    if np.shape(second) != call.cotangent.shape:
        return []
    right = kept(call.backward(copied(call.other), contained(call.f, *copied(call.other)), call.cotangent.copy()))
    call.backward(args, contained(call.f, *args), call.cotangent.copy())
    for held, value in zip(args, call.other, strict=True):
        if isinstance(held, np.ndarray):
            held[...] = value
    gradients = call.backward(args, contained(call.f, *args), call.cotangent.copy())
    return deviations(probe, replace(call, alone=right), gradients, exact=True)


def _own_buffer(call: Call, probe: Probe) -> list[ProtocolFinding]:
    """The gradients of one call must not change when another one runs, and accumulating into them must not reach
    anything else."""
    args, out = copied(call.args), call.forward()
    first = call.backward(args, out, call.cotangent.copy())
    before = kept(first)
    second_args = copied(call.other)
    try:
        second_out = contained(call.f, *second_args)
        if np.shape(second_out) == call.cotangent.shape:
            call.backward(second_args, second_out, 3 * call.cotangent)
    except UNFIT:
        pass
    call.backward(args, out, 2 * call.cotangent)
    words = "the gradient of an earlier call changes when the backward is called again: both are the same memory"
    return [
        ProtocolFinding(probe.name, k, words)
        for k, (held, value) in enumerate(zip(first, before, strict=True))
        if held is not None and np.asarray(held).tobytes() != value.tobytes()
    ]


def _arguments_unchanged(call: Call, probe: Probe) -> list[ProtocolFinding]:
    args = copied(call.args)
    out = contained(call.f, *args)
    by_forward = _changed(probe, call.args, args, "the forward")
    if by_forward:
        return by_forward
    call.backward(args, out, call.cotangent.copy())
    return _changed(probe, call.args, args, "the backward")


def _changed(probe: Probe, before: Sequence[Any], after: Sequence[Any], who: str) -> list[ProtocolFinding]:
    return [
        ProtocolFinding(probe.name, k, f"{who} changes {argument(k)} in place: {was_and_is(old, new)}")
        for k, (old, new) in enumerate(zip(before, after, strict=True))
        if isinstance(old, np.ndarray) and old.tobytes() != new.tobytes()
    ]


def _unchanged(name: str, of_output: bool) -> Probing:
    """The output or the cotangent, after the backward."""

    def run(call: Call, probe: Probe) -> list[ProtocolFinding]:
        args, cotangent = copied(call.args), call.cotangent.copy()
        out = contained(call.f, *args)
        before = np.array(out, copy=True)
        call.backward(args, out, cotangent)
        old, new = (before, np.asarray(out)) if of_output else (call.cotangent, cotangent)
        if old.tobytes() == new.tobytes():
            return []
        return [ProtocolFinding(probe.name, None, f"the backward changes {name} in place: {was_and_is(old, new)}")]

    return run


PROBES: tuple[Probe, ...] = (
    Probe("deterministic forward", "called again", _deterministic),
    Probe("interleaved calls", "with two calls at once", interleaved),
    Probe("many forwards in between", "after many other forwards", after_many),
    Probe("same memory", "with the arguments changed in place and both passes called again", _same_memory),
    Probe("own buffer", "called again", _own_buffer),
    Probe("arguments unchanged", "looking at the arguments afterwards", _arguments_unchanged),
    Probe("output unchanged", "looking at the output afterwards", _unchanged("the output", of_output=True)),
    Probe("cotangent unchanged", "looking at the cotangent afterwards", _unchanged("its cotangent", of_output=False)),
    *layouts.ROWS,
    Probe("two threads", "in two threads", two_threads),
    Probe("many calls", "called many times", many_calls),
)
"""The words begin the sentence of what is found, `…, entry [0] of the gradient is 0.0 instead of 1.0`."""
