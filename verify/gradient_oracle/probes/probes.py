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

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.probes.calls import (
    UNFIT,
    WORDS,
    Call,
    Finding,
    as_tuple,
    copied,
    differences,
    first_difference,
    kept,
    shuffled,
)
from backproof.verify.gradient_oracle.probes.layouts import (
    doubled_cotangent,
    expanded_cotangent,
    layout,
    read_only,
    read_only_arguments,
    reversed_memory,
    strided,
    turned_arguments,
    zero_cotangent,
)
from backproof.verify.lift.lifted import Function
from backproof.verify.time_limits import TookTooLong, limited

SECONDS = 5.0


@dataclass(frozen=True)
class ProbeFinding:
    """What a probe found: its name, the argument concerned, a sentence, and both values where two were compared."""

    probe: str
    argument: int | None
    sentence: str
    left: str = ""
    right: str = ""


def probe(f: Function, args: Sequence[Any], vjp: Function, cotangent: Any, *, seed: int = 0) -> tuple[ProbeFinding, ...]:
    """The findings of all probes, in the order of the table. A probe in which the backward raises is a finding; one that does not end, at other arguments, is not."""
    given = copied(args)
    rng = np.random.default_rng(seed)
    seed_array = np.array(cotangent, copy=True)
    with np.errstate(all="ignore"):
        alone = kept(as_tuple(vjp(copied(given), f(*copied(given)), seed_array.copy())))
        other = tuple(shuffled(value, rng) for value in given)
        largest = max((float(np.max(np.abs(np.asarray(g, dtype=float)), initial=0.0)) for g in alone if g is not None), default=0.0)
        sizes = (largest,) * len(alone)
        call = Call(f, vjp, given, seed_array, alone, other, rng, sizes)
        found: list[ProbeFinding] = []
        for name, run in PROBES.items():
            try:
                with limited(SECONDS):
                    found += [ProbeFinding(name, *finding) for finding in run(call)]
            except TookTooLong:
                continue
            except Exception as error:
                found.append(ProbeFinding(name, None, f"{WORDS[name]}, the backward raises {type(error).__name__}: {error}"))
    return tuple(found)


def _twice(call: Call) -> list[Finding]:
    args, out = copied(call.args), call.forward()
    call.backward(args, out, call.cotangent.copy())
    return differences(call, call.backward(args, out, call.cotangent.copy()), WORDS["called twice"], True)


def _forward_between(call: Call) -> list[Finding]:
    """Forwards of arguments that a careless cache takes for the same: multiples, the same entries in another order, all but one entry the same."""
    args, out = copied(call.args), call.forward()
    below = any(np.any(np.asarray(a, dtype=float) < 0) for a in call.args if isinstance(a, np.ndarray) and a.dtype.kind == "f")
    changes: list[Callable[[Array], Array]] = [lambda a: 2 * a, _turned, _but_for_one]
    for change in [np.negative, *changes] if below else changes:
        try:
            call.f(*(change(a) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in copied(call.args)))
        except UNFIT:
            continue
    return differences(call, call.backward(args, out, call.cotangent.copy()), WORDS["forward in between"], True)


def _turned(a: Array) -> Array:
    return np.ascontiguousarray(a.reshape(-1)[::-1].reshape(a.shape))


def _but_for_one(a: Array) -> Array:
    """The middle entry a little larger."""
    changed = a.copy()
    if a.size:
        changed.flat[a.size // 2] *= a.dtype.type(1.25)
    return changed


def _same_memory(call: Call) -> list[Finding]:
    """The caller's own arrays with new contents, as after a step of training."""
    args = copied(call.args)
    try:
        second = call.f(*copied(call.other))
    except UNFIT:
        return []
    if np.shape(second) != call.cotangent.shape:
        return []
    right = kept(call.backward(copied(call.other), call.f(*copied(call.other)), call.cotangent.copy()))
    call.backward(args, call.f(*args), call.cotangent.copy())
    for held, value in zip(args, call.other, strict=True):
        if isinstance(held, np.ndarray):
            held[...] = value
    alone = replace(call, alone=right)
    return differences(alone, call.backward(args, call.f(*args), call.cotangent.copy()), WORDS["same memory"], True)


def _two_live(call: Call) -> list[Finding]:
    """A forward and a backward of another batch in between, as a validation step does."""
    args, out = copied(call.args), call.forward()
    others = copied(call.other)
    try:
        second = call.f(*others)
        if np.shape(second) == call.cotangent.shape:
            call.backward(others, second, 2 * call.cotangent)
    except UNFIT:
        return []
    return differences(call, call.backward(args, out, call.cotangent.copy()), WORDS["two live forwards"], True)


def _deterministic(call: Call) -> list[Finding]:
    first, second = call.forward(), call.forward()
    if np.asarray(first).tobytes() != np.asarray(second).tobytes():
        return [(None, "the forward gives two different results for the same arguments", "", "")]
    return []


def _own_buffer(call: Call) -> list[Finding]:
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


def _unchanged(which: str) -> Callable[[Call], list[Finding]]:
    def run(call: Call) -> list[Finding]:
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
        index = first_difference(left, right)
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


def _changed(before: Sequence[Any], after: Sequence[Any], who: str) -> list[Finding]:
    found: list[Finding] = []
    for k, (old, new) in enumerate(zip(before, after, strict=True)):
        if isinstance(old, np.ndarray) and old.tobytes() != new.tobytes():
            index = first_difference(new, old)
            found.append(
                (k, f"{who} changes argument {k} in place: entry {list(index)} was {old[index]!s} and is {new[index]!s} afterwards", "", "")
            )
    return found


PROBES: dict[str, Callable[[Call], list[Finding]]] = {
    "deterministic forward": _deterministic,
    "called twice": _twice,
    "forward in between": _forward_between,
    "two live forwards": _two_live,
    "same memory": _same_memory,
    "own buffer": _own_buffer,
    "arguments unchanged": _unchanged("arguments"),
    "output unchanged": _unchanged("output"),
    "cotangent unchanged": _unchanged("cotangent"),
    "column order": layout(lambda a: np.asfortranarray(a) if a.ndim > 1 else a, "column order"),
    "strided cotangent": layout(strided, "strided cotangent"),
    "reversed cotangent": layout(reversed_memory, "reversed cotangent"),
    "read-only cotangent": layout(read_only, "read-only cotangent"),
    "expanded cotangent": expanded_cotangent,
    "read-only arguments": read_only_arguments,
    "arguments in column order": turned_arguments,
    "twice the cotangent": doubled_cotangent,
    "zero cotangent": zero_cotangent,
}
