"""One call, and between its forward and its backward a forward at each of the points that were judged: those on the
other side of a decision of the code, of other shapes, with other settings. `after_each(…)`.

What a layer keeps of its last forward may be the same for all batches that do not depend on the code: whether an entry
is above 40, say. The points that were chosen by reading the code lie on both sides.

>>> last = {}
>>> def f(x):
...     last["slope"] = np.where(x < 40, 2.0, 1.0)
...     return np.where(x < 40, 2 * x, x + 40)
>>> def vjp(args, out, ct):
...     return (ct * last["slope"],)
>>> x, ct = np.array([1.0, 2.0]), np.ones(2)
>>> for found in after_each(f, vjp, (x,), ct, [("a zero", (0 * x,)), ("across the decision x < 40", (40 + x,))]):
...     print(found.sentence)
the gradient changed when another forward, at the point "across the decision x < 40", ran before its backward (F1 F2 B1): entry [0] of the gradient is 1.0 instead of 2.0
>>> after_each(f, vjp, (x,), ct, [("a zero", (0 * x,))])
[]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.given.contained import contained, is_the_codes, what_it_raised
from backproof.verify.gradient_oracle.probes.calls import (
    Call,
    NoGradients,
    Probe,
    ProtocolFinding,
    as_tuple,
    changes,
    copied,
    is_as_alone,
    kept,
    must_be_gradients,
)
from backproof.verify.lift.lifted import Function

PROBE = Probe("points in between", "after forwards at other points", lambda call, probe: [])


def after_each(
    f: Function, vjp: Function, args: Sequence[Any], cotangent: Array, others: Iterable[tuple[str, tuple[Any, ...]]]
) -> list[ProtocolFinding]:
    """The first change after a forward of the others, each with words about its point."""
    with np.errstate(all="ignore"):
        given = copied(args)
        out = contained(f, *given)
        call = Call(f, vjp, given, cotangent, kept(as_tuple(contained(vjp, given, out, cotangent.copy()))), (), 0.0)
        for words, other in others:
            given = copied(args)
            out = contained(f, *given)
            try:
                contained(f, *copied(other))
            except Exception as error:
                if not is_the_codes(error):
                    raise
                continue
            when = f'when another forward, at the point "{words}", ran before its backward (F1 F2 B1)'
            try:
                gradients = as_tuple(contained(vjp, given, out, cotangent.copy()))
                if is_as_alone(call, gradients):
                    continue
                must_be_gradients(gradients)
            except Exception as error:
                if not (isinstance(error, NoGradients) or is_the_codes(error)):
                    raise
                what = f"returns {error}" if isinstance(error, NoGradients) else f"raises {what_it_raised(error)}"
                return [ProtocolFinding(PROBE.name, None, f"the backward {what} {when}", stale=True)]
            found = changes(PROBE, f"the gradient changed {when}: ", call, gradients, exact=True)
            if found:
                return [replace(one, stale=True) for one in found]
    return []
