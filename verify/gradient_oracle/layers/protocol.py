"""The protocol of a layer: what may happen between the forward of an object and its backward, and around them, without
changing its gradients.

- two layers alive: another object runs in between;
- forward twice, then backward: the gradient is that of the last forward;
- backward twice: the same gradient again, the same added, or a refusal;
- called again: forward and backward once more, after `zero_grad` where there is one;
- eval between: a forward in evaluation mode between two calls in training mode.

Gradients that are added to what is there (`+=`) are recognised by the second call: that is no fault, and said. A layer
whose outputs depend on earlier calls keeps its state on purpose; what comes behind them is then not compared. Nor is
that of a backward that takes a step of its own.

>>> class Mask:
...     def forward(self, x):
...         if not hasattr(self, "mask"):
...             self.mask = x > 0
...         return x * (x > 0)
...     def backward(self, d):
...         return d * self.mask
>>> seen = Protocol(Mask, Form("forward", "backward", inputs=((),)), (np.array([1.0, -2.0]), {}, None), np.ones(2))
>>> for found in probe_layer(seen):
...     print(found.sentence)
with forward twice, then backward, entry [0] of the gradient of argument 0 is 0.0 instead of 1.0
>>> class Right(Mask):
...     def backward(self, d):
...         return d * (self.x > 0)
...     def forward(self, x):
...         self.x = x
...         return x * (x > 0)
>>> probe_layer(Protocol(Right, Form("forward", "backward", inputs=((),)), (np.array([1.0, -2.0]), {}, None), np.ones(2)))
[]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.contained import is_the_codes, what_it_raised
from backproof.verify.gradient_oracle.given.floats import is_float, unit_roundoff
from backproof.verify.gradient_oracle.given.names import argument
from backproof.verify.gradient_oracle.handed.trees import put_together, taken_apart
from backproof.verify.gradient_oracle.layers import running
from backproof.verify.gradient_oracle.layers.form import Form
from backproof.verify.gradient_oracle.probes.calls import LAYOUT, ProtocolFinding
from backproof.verify.gradient_oracle.running import is_gradient

NAME = "a layer's protocol"


@dataclass(eq=False)
class Protocol:
    """A layer whose protocol is tried: with these arguments (inputs, parameters, mode) and this cotangent. `names` are
    those of all leaves of the arguments, `seeded` runs code with the random numbers that every call has, and `said` is
    what is no fault."""

    make: Callable[[], Any]
    form: Form
    args: tuple[Any, ...]
    cotangent: Any
    names: tuple[str, ...] = ()
    seeded: Callable[[Callable[[], Any]], Any] = field(default=lambda code: code())
    said: list[str] = field(default_factory=list[str])

    def fresh(self) -> Any:
        """An object of its own."""
        return self.seeded(lambda: running.fresh(self.make, self.form, np, running.copied(self.args)))

    def forward(self, layer: Any, args: Sequence[Any] | None = None) -> Any:
        """What its forward returns, with what the backward needs beside."""
        return self.seeded(lambda: running.forward(layer, self.form, running.copied(self.args if args is None else args)))

    def backward(self, layer: Any, more: Any) -> list[Any]:
        """Its gradients, as a list of their own."""
        found = running.gradients(layer, self.form, running.copied(self.args), running.copied(self.cotangent), more)
        return running.copied(taken_apart(found)[0])

    def others(self) -> list[tuple[Any, ...]]:
        """Other inputs of the same shapes: with other signs, and in another order."""
        *inputs, parameters, training = self.args
        changes: list[Callable[[Any], Any]] = [lambda x: 0.5 - 1.25 * x, lambda x: 1.25 * x.reshape(-1)[::-1].reshape(x.shape)]
        return [(*(_each(value, change) for value in inputs), parameters, training) for change in changes]


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    leaves, structure = taken_apart(value)
    return put_together(structure, [change(leaf) if isinstance(leaf, np.ndarray) and is_float(leaf) else leaf for leaf in leaves])


def probe_layer(protocol: Protocol) -> list[ProtocolFinding]:
    """What changes the gradients that may not: the first change."""
    with np.errstate(all="ignore"):
        layer = protocol.fresh()
        out, more = protocol.forward(layer)
        alone = protocol.backward(layer, more)
        steps = any(parameter.applied for parameter in protocol.form.parameters)
        for way in (_two_alive, _forward_twice, *(() if steps else (_backward_twice, _called_again, _eval_between))):
            found = way(protocol, out, alone)
            if found:
                return found
    return []


def _two_alive(protocol: Protocol, out: Any, alone: list[Any]) -> list[ProtocolFinding]:
    for other in protocol.others():
        first, second = protocol.fresh(), protocol.fresh()
        _, more = protocol.forward(first)
        if _runs(lambda: protocol.forward(second, other)):  # noqa: B023
            return _compared(protocol, "with two layers alive, when the other one ran its forward in between", first, more, alone)
    return []


def _forward_twice(protocol: Protocol, out: Any, alone: list[Any]) -> list[ProtocolFinding]:
    for other in protocol.others():
        layer = protocol.fresh()
        if not _runs(lambda: protocol.forward(layer, other)):  # noqa: B023
            continue
        again, more = protocol.forward(layer)
        if not _same(taken_apart(again)[0], taken_apart(out)[0]):
            _say(protocol, "the forward depends on earlier calls of it: two of them in a row are not compared")
            return []
        found = _compared(protocol, "with forward twice, then backward", layer, more, alone)
        if found and protocol.form.zero:
            _say(protocol, f"after two forwards the backward is not that of the last one: call {protocol.form.zero} in between")
            return []
        return found
    return []


def _backward_twice(protocol: Protocol, out: Any, alone: list[Any]) -> list[ProtocolFinding]:
    layer = protocol.fresh()
    _, more = protocol.forward(layer)
    protocol.backward(layer, more)
    try:
        second = protocol.backward(layer, more)
    except Exception as error:
        if not is_the_codes(error):
            raise
        _say(protocol, f"called a second time, the backward refuses ({what_it_raised(error)})")
        return []
    return _differences(protocol, "with backward twice", second, alone, added=True)


def _called_again(protocol: Protocol, out: Any, alone: list[Any]) -> list[ProtocolFinding]:
    layer = protocol.fresh()
    protocol.backward(layer, protocol.forward(layer)[1])
    again, more = protocol.forward(layer)
    if not _same(taken_apart(again)[0], taken_apart(out)[0]):
        return []
    found = _compared(protocol, "when forward and backward are called again", layer, more, alone, added=True)
    if found or not protocol.form.zero:
        return found
    running.zero(layer, protocol.form)
    words = f"when forward and backward are called again after {protocol.form.zero}"
    return _compared(protocol, words, layer, protocol.forward(layer)[1], alone)


def _eval_between(protocol: Protocol, out: Any, alone: list[Any]) -> list[ProtocolFinding]:
    *_, parameters, training = protocol.args
    if training is None:
        return []
    for *others, _, _ in protocol.others():
        layer = protocol.fresh()
        protocol.backward(layer, protocol.forward(layer)[1])
        running.set_mode(layer, protocol.form, not training)
        if not _runs(lambda: protocol.forward(layer, (*others, parameters, not training))):  # noqa: B023
            continue
        running.set_mode(layer, protocol.form, training)
        again, more = protocol.forward(layer)
        if _same(taken_apart(again)[0], taken_apart(out)[0]):
            words = f"when a forward in {'evaluation' if training else 'training'} mode ran before"
            return _compared(protocol, words, layer, more, alone, added=True)
        return []
    return []


def _runs(code: Callable[[], Any]) -> bool:
    """Whether a forward of other inputs returns: where it does not, nothing is asked of the backward."""
    try:
        code()
    except Exception as error:
        if not is_the_codes(error):
            raise
        return False
    return True


def _say(protocol: Protocol, words: str) -> None:
    if words not in protocol.said:
        protocol.said.append(words)


def _compared(protocol: Protocol, words: str, layer: Any, more: Any, alone: list[Any], *, added: bool = False) -> list[ProtocolFinding]:
    """How the gradients that the backward gives now differ from those of a call alone."""
    try:
        now = protocol.backward(layer, more)
    except Exception as error:
        if not is_the_codes(error):
            raise
        return [ProtocolFinding(NAME, None, f"{words}, the backward raises {what_it_raised(error)}")]
    return _differences(protocol, words, now, alone, added=added)


def _differences(protocol: Protocol, words: str, now: list[Any], alone: list[Any], *, added: bool) -> list[ProtocolFinding]:
    """The first gradient that is another one; where it may be `added`, also another one than twice the right one."""
    parameters = protocol.form.parameters
    count = sum(len(taken_apart(value)[0]) for value in protocol.args[:-2])
    for k, (left, right) in enumerate(zip(now, alone, strict=True)):
        if not (is_gradient(left) and is_gradient(right)):
            if left is None and right is None:
                continue
            what = "None" if left is None else "another one"
            return [ProtocolFinding(NAME, None, f"{words}, the gradient of {argument(k, protocol.names)} is {what}")]
        u = unit_roundoff([right])
        a, b = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
        if _near(a, b, u):
            continue
        if added and k >= count and k - count < len(parameters) and _near(a, 2 * b, u):
            _say(protocol, "gradients of parameters are added to what is there (+=)" + _reset(protocol.form))
            continue
        index = tuple(int(i) for i in np.argwhere(~(a == b))[0]) if a.shape == b.shape else ()
        what = f"entry {list(index)} of the gradient" if a.shape == b.shape else "the gradient"
        values = f"is {a[index]!s} instead of {b[index]!s}" if a.shape == b.shape else f"has shape {a.shape} instead of {b.shape}"
        return [ProtocolFinding(NAME, None, f"{words}, {what} of {argument(k, protocol.names)} {values}", str(left), str(right))]
    return []


def _reset(form: Form) -> str:
    return f", and {form.zero} sets them to zero" if form.zero else ": set them to zero before each step"


def _near(a: Any, b: Any, u: float) -> bool:
    if a.shape != b.shape:
        return False
    room = LAYOUT * 2 * u * float(np.max(np.abs(b), initial=0.0, where=np.isfinite(b)))
    with np.errstate(invalid="ignore"):
        return bool(np.all((np.abs(a - b) <= room) | (a == b) | (np.isnan(a) & np.isnan(b))))


def _same(left: list[Any], right: list[Any]) -> bool:
    pairs = [(np.asarray(a), np.asarray(b)) for a, b in zip(left, right, strict=True)]
    return all(a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in pairs)
