"""Two calls at once: two forwards and two backwards on one object, in every order in which each backward comes after
its own forward, and each of them called twice.

F1 and B1 are the forward and the backward of the call that is probed, F2 and B2 those of a second one, of other
arguments (`batches.py`). Each backward is compared by itself with what the same call gives in isolation. A layer that
keeps its last forward, a stack or a queue of forwards, a buffer, a cache with too short a key: all give other gradients
in some order, with some batch.

An interleaving is one of separate calls. Where forward and backward are one call, `gradient(x)` or
`y, pull_back = vjp(x)` called inside `vjp`, nothing can run between the two: what is left is that one call runs after
another, which is `F1 B1 F2 B2` here.

>>> from dataclasses import replace
>>> class Relu:
...     def forward(self, x):
...         self.mask = x > 0
...         return x * self.mask
...     def backward(self, args, out, ct):
...         return (ct * self.mask,)
>>> layer, x = Relu(), np.array([1.0, 2.0, 3.0])
>>> alone = Call(layer.forward, layer.backward, (x,), np.ones(3), (np.ones(3),), (x,), 1.0)
>>> probe = Probe("interleaved calls", "with two calls at once", interleaved)
>>> for found in interleaved(replace(alone, seconds=tuple(seconds(alone))[:1]), probe):
...     print(found.sentence)
the gradient of the first call changed when another forward, of an argument with other signs, ran before its backward (F1 F2 B1): entry [0] of the gradient is 0.0 instead of 1.0
>>> right = replace(alone, vjp=lambda args, out, ct: (ct * (args[0] > 0),))
>>> interleaved(replace(right, seconds=tuple(seconds(right))), probe)
[]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.given.contained import contained, is_the_codes, what_it_raised
from backproof.verify.gradient_oracle.given.outputs import is_output
from backproof.verify.gradient_oracle.probes.batches import batches
from backproof.verify.gradient_oracle.probes.calls import (
    Call,
    NoGradients,
    Probe,
    ProtocolFinding,
    Second,
    as_tuple,
    changes,
    copied,
    is_as_alone,
    kept,
    must_be_gradients,
)

SEQUENCE = "F1 F1 F2 B1 B2 F1 F2 B2 B1 F1 B1 F2 B2 F1 B1 F2 F1 B1 B2 F2 F1 B2 B1 B2 B1"
"""The shortest that holds all six orders, found by trying all; before it a forward again, behind it each backward again
after the other."""
TWICE = "F1 B1 B1"
"""First of all: what changes here changes without another call."""
BOTH_WAYS = "F1 F2 B2 B1 F1 B2"
"""Each backward after the other forward."""
IN_BETWEEN = "F1 F2 B1"
"""For arguments that the backward need not be meant for, or the forward refuses."""
WHOLE = 3  # chosen: second calls that run in all orders, of other signs, order and size; what is kept when does not depend on the rest
DEAR = 4000  # chosen: numbers among the arguments; with more of them, a call takes longer than all that is around it
FEW = 4  # chosen: how many other batches are tried where calls are dear: other signs, order, entry, and one more


def seconds(call: Call, domain: Callable[..., bool] | None = None) -> Iterator[Second]:
    """The other calls that may run beside a call, each with its gradients in isolation: each batch in the domain, and
    the same arguments with another cotangent."""
    count = 0
    for batch in batches(call.args):
        if count == FEW and sum(np.size(a) for a in call.args) > DEAR:
            return
        if domain is None or _is_inside(domain, batch.args):
            for second in _second(call, batch.words, batch.args, batch.daring):
                count += 1
                yield second
    yield from _second(call, f"of the same argument{'s' if len(call.args) > 1 else ''} with another cotangent", call.args, False)


def _is_inside(domain: Callable[..., bool], args: Sequence[Any]) -> bool:
    try:
        return bool(contained(domain, *copied(args)))
    except Exception as error:
        if not is_the_codes(error):
            raise
        return False


def _second(call: Call, words: str, args: tuple[Any, ...], daring: bool) -> list[Second]:
    """One call in isolation; none if the forward returns no output."""
    try:
        out = contained(call.f, *copied(args))
    except Exception as error:
        if not is_the_codes(error):
            raise
        return [Second(words, Call(call.f, call.vjp, args, call.cotangent, (), (), 0.0), backward=False, daring=True, refuses=True)]
    if not is_output(out):
        return []
    cotangent = _other_cotangent(call.cotangent, np.asarray(out))
    forward_only = Second(words, Call(call.f, call.vjp, args, cotangent, (), (), 0.0), backward=False, daring=daring)
    if daring:
        return [forward_only]
    try:
        alone = kept(call.backward(copied(args), out, cotangent.copy()))
    except Exception as error:
        if not (isinstance(error, NoGradients) or is_the_codes(error)):
            raise
        return [forward_only]
    return [Second(words, Call(call.f, call.vjp, args, cotangent, alone, (), 0.0), backward=True)]


def _other_cotangent(cotangent: Array, out: Array) -> Array:
    """Another one, for an output: the entries from behind, twice as large, as many as there are."""
    return np.resize(2 * cotangent.reshape(-1)[::-1], out.shape).astype(out.dtype)


def interleaved(call: Call, probe: Probe) -> list[ProtocolFinding]:
    """What changes when this call is made twice, or calls of other arguments run beside it: the first change."""
    found = in_order(call, Second("", call, backward=False), probe, TWICE)
    if found:
        return found
    whole = WHOLE if sum(np.size(a) for a in call.args) <= DEAR else 0
    for place, second in enumerate(call.seconds):
        steps = IN_BETWEEN if second.daring else SEQUENCE if place < whole else BOTH_WAYS
        found = in_order(call, second, probe, steps)
        if found:
            return found
    return []


def after_many(call: Call, probe: Probe) -> list[ProtocolFinding]:
    """One forward, those of all other calls, and the backward of the first: layers that keep some of the last ones."""
    args, out = copied(call.args), call.forward()
    ran = 0
    for second in call.seconds:
        if second.call.args is not call.args and not second.refuses:
            second.call.forward()
            ran += 1
    what = f"the gradient of the first call changed when {ran} other forwards ran before its backward"
    found = changes(probe, f"{what}: ", call, call.backward(args, out, call.cotangent.copy()), exact=True)
    return [replace(one, stale=True) for one in found]


@dataclass
class _Live:
    """One of two calls: the arguments and the output of its last forward."""

    call: Call
    args: tuple[Any, ...] = ()
    out: Any = None

    def forward(self) -> None:
        self.args = copied(self.call.args)
        self.out = contained(self.call.f, *self.args)

    def backward(self) -> tuple[Any, ...]:
        return as_tuple(contained(self.call.vjp, self.args, self.out, self.call.cotangent.copy()))


def at_once(number: str, step: Callable[[], Any]) -> Any:
    """A step of call 1 or 2, where it is."""
    return step()


def in_order(
    call: Call, second: Second, probe: Probe, steps: str, run: Callable[[str, Callable[[], Any]], Any] = at_once, where: str = ""
) -> list[ProtocolFinding]:
    """What the first backward gives that is not as in isolation, where two calls run in these steps. `run` runs a step
    of one of them elsewhere, in a thread of its own, say; `where` is that in words. Elsewhere sums may be ordered
    differently."""
    live = {"1": _Live(call), "2": _Live(second.call)}
    ran: list[str] = []
    for step in steps.split():
        if step == "B2" and not second.backward:
            continue
        kind, number = step
        which = live[number]
        ran.append(step)
        try:
            gradients = run(number, which.forward if kind == "F" else which.backward)
            if kind == "F" or is_as_alone(which.call, gradients):
                continue
            must_be_gradients(gradients)
        except Exception as error:
            if not (isinstance(error, NoGradients) or is_the_codes(error)):
                raise
            if step == "F2" and second.refuses:
                continue
            what = f"returns {error}" if isinstance(error, NoGradients) else f"raises {what_it_raised(error)}"
            part = "forward" if kind == "F" else "backward"
            said = f"{where}the {part} {of_the_call(number, second)} {what} {when(ran, second)}"
            return [ProtocolFinding(probe.name, None, said, stale=kind == "B" and _another_forward(ran))]
        words = f"{where}the gradient {of_the_call(number, second)} changed {when(ran, second)}: "
        found = changes(probe, words, which.call, gradients, exact=run is at_once)
        if found:
            return [replace(one, stale=_another_forward(ran)) for one in found]
    return []


def _another_forward(ran: Sequence[str]) -> bool:
    """Whether the other call's forward ran between the last step and its own forward.

    >>> _another_forward(["F1", "F2", "B1"]), _another_forward(["F2", "F1", "B1"])
    (True, False)
    """
    *before, step = ran
    own, other = f"F{step[1]}", "F2" if step[1] == "1" else "F1"
    return _last(before, other) > _last(before, own)


def of_the_call(number: str, second: Second) -> str:
    """Which of two calls.

    >>> nothing = Call(abs, abs, (), np.ones(0), (), (), 0.0)
    >>> of_the_call("1", Second("twice as large", nothing, True)), of_the_call("2", Second("twice as large", nothing, True))
    ('of the first call', 'of the second call, twice as large,')
    """
    return "of the first call" if number == "1" else f"of the second call, {second.words},"


def when(ran: Sequence[str], second: Second) -> str:
    """What ran before the last step that may be why it went wrong, with the steps.

    >>> other = Second("twice as large", Call(abs, abs, (), np.ones(0), (), (), 0.0), True)
    >>> for steps in ("F1 F2 B1", "F1 F2 B2 B1", "F2 F1 B1 B2", "F2 F1 B2 B1", "F1 B1 B1", "F2 B2 F1 B1", "F1 B1"):
    ...     print(when(steps.split(), other))
    when another forward, twice as large, ran before its backward (F1 F2 B1)
    when another forward, twice as large, and its backward ran before its own (F1 F2 B2 B1)
    when the forward of the first call and its backward ran before its own (F2 F1 B1 B2)
    when the backward of another call, twice as large, ran before its own (F2 F1 B2 B1)
    when its backward ran a second time (F1 B1 B1)
    when another call, twice as large, ran before it (F2 B2 F1 B1)
    when it was made again (F1 B1)
    """
    *before, step = ran
    number, other = step[1], "2" if step[1] == "1" else "1"
    forward, backward = f"F{other}", f"B{other}"
    begun = _last(before, f"F{number}") if step[0] == "B" else len(before)
    between = before[begun + 1 :]
    of_other = f", {second.words}," if other == "2" else " of the first call"
    another = "another" if other == "2" else "the"
    begins = min(begun, _last(before, forward)) if forward in before else begun
    if forward in between:
        begins = begun
        both = backward in between[_last(between, forward) :]
        what = f"{another} forward{of_other} {'and its backward ran before its own' if both else 'ran before its backward'}"
    elif backward in between:
        what = f"the backward of {another if other == '2' else 'the first'} call{f', {second.words},' if other == '2' else ''} ran before its own"
    elif f"B{number}" in between:
        begins, what = begun, "its backward ran a second time"
    elif forward not in before and backward not in before:
        what = "it was made again"
    else:
        what = f"{another if other == '2' else 'the first'} call{f', {second.words},' if other == '2' else ''} ran before it"
    return f"when {what} ({' '.join(ran[max(0, begins) :])})"


def _last(steps: Sequence[str], step: str) -> int:
    """Where a step ran last; −1 where it did not."""
    return max((k for k, ran in enumerate(steps) if ran == step), default=-1)
